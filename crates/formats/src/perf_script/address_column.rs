//! Where the address of a frame's line ends.

use crate::sixteen_bytes::{self, BYTES, equal_to, hexadecimal_digits};

/// How long the column of the address is with the tab before and the space behind it.
pub(super) const COLUMN: usize = 1 + BYTES + 1;

/// Where the text behind the address begins, if the line is laid out as perf lays it out: a tab, the
/// address right-aligned in sixteen columns, a space.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn behind_column(line: &[u8]) -> Option<usize> {
    line.first_chunk().filter(|column| is_column(column)).map(|_| COLUMN - 1)
}

/// Whether these are a tab, an address right-aligned in sixteen columns, and a space.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn is_column(column: &[u8; COLUMN]) -> bool {
    let [b'\t', address @ .., b' '] = column else { return false };
    let (spaces, digits) = (equal_to(address, b' '), hexadecimal_digits(address));
    // Spaces, if any, are the lowest bits: one more than those has a single bit, which is none of them and, as there
    // is a digit, not the one behind all of them.
    spaces | digits == 0xffff && (spaces | 1 << BYTES) & (spaces + 1) == 0
}

/// How many of sixteen characters, from the last one back, are hexadecimal digits in lower case.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn digits_at_end(text: &[u8; BYTES]) -> usize {
    (!sixteen_bytes::hexadecimal_digits(text) << 16 | 1 << 15).leading_zeros() as usize
}

/// Where the text behind the address begins in a line of any layout.
pub(super) fn behind_address(line: &[u8]) -> Option<usize> {
    let start = line.iter().position(|&byte| byte != b' ' && byte != b'\t')?;
    let line = line.get(start..)?;
    let space = memchr::memchr(b' ', line)?;
    // Without an address, what follows is not the symbol.
    let is_address = line.get(..space).is_some_and(|address| address.iter().all(u8::is_ascii_hexdigit));
    (is_address && line.get(space + 1) != Some(&b'(')).then_some(start + space)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_column() {
        let check = |line: &str, expect: bool| assert_eq!(behind_column(line.as_bytes()).is_some(), expect, "{line:?}");
        check("\tffffffff8103d0ca symbol", true);
        check("\t           4a1b2 symbol", true);
        check("\t               0 symbol", true);
        check("\t                 symbol", false);
        check("\t           4a1 2 symbol", false);
        check("\t           4a1b2\tsymbol", false);
        check(" \t          4a1b2 symbol", false);
        check("\t           4A1B2 symbol", false);
        check("\t           4a1g2 symbol", false);
        check("\t           4a1b2", false);
        check("", false);
    }

    #[test]
    fn counts_digits() {
        let check = |text: &str, expect: usize| {
            assert_eq!(digits_at_end(text.as_bytes().first_chunk().unwrap()), expect, "{text}");
        };
        check("main.work()+0x12", 2);
        check("0123456789abcdef", 16);
        check("0123456789abcdeF", 0);
        check("x123456789abcdef", 15);
    }
}
