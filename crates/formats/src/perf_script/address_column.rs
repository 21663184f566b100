//! Where the address of a frame's line ends.

use fearless_simd::{Level, Simd, SimdBase, dispatch, u8x16};

use super::byte_masks::{equal_to, hexadecimal_digits};

/// How many characters the address has, spaces before it included.
const ADDRESS: usize = 16;

/// How long the column of the address is with the tab before and the space behind it.
pub(super) const COLUMN: usize = 1 + ADDRESS + 1;

/// Where the text behind the address begins, if the line is laid out as perf lays it out: a tab, the
/// address right-aligned in sixteen columns, a space.
pub(super) fn behind_column(line: &[u8]) -> Option<usize> {
    let column = line.first_chunk()?;
    dispatch!(Level::new(), simd => is_column(simd, column)).then_some(COLUMN - 1)
}

/// Whether these are a tab, an address right-aligned in sixteen columns, and a space.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn is_column<S: Simd>(simd: S, column: &[u8; COLUMN]) -> bool {
    let [b'\t', address @ .., b' '] = column else { return false };
    let address = u8x16::load_array_ref(simd, address);
    let (spaces, digits) = (equal_to(address, b' '), hexadecimal_digits(address));
    // Spaces, if any, are the lowest bits: one more than those has a single bit, which is none of them and, as there
    // is a digit, not the one behind all of them.
    spaces | digits == 0xffff && (spaces | 1 << ADDRESS) & (spaces + 1) == 0
}

/// How many of sixteen characters, from the last one back, are hexadecimal digits in lower case.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn digits_at_end<S: Simd>(simd: S, text: &[u8; 16]) -> usize {
    let digits = hexadecimal_digits(u8x16::load_array_ref(simd, text)) as u16;
    digits.leading_ones() as usize
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
            let digits = text.as_bytes().first_chunk().unwrap();
            assert_eq!(dispatch!(Level::new(), simd => digits_at_end(simd, digits)), expect, "{text}");
        };
        check("main.work()+0x12", 2);
        check("0123456789abcdef", 16);
        check("0123456789abcdeF", 0);
        check("x123456789abcdef", 15);
    }
}
