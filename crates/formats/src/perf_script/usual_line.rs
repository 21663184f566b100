//! A frame's line as perf lays it out, taken apart without a loop: how long its symbol is, and its file. What is
//! unusual in any way is left to the parser.

use fearless_simd::{Simd, SimdBase, u8x64};

use super::address_column::{COLUMN, is_column};
use super::byte_masks::equal_to;
use super::recent_files::{RecentFiles, TAIL, offset_length};

/// How far behind the address the end of the line is looked for: further than almost all lines go.
const REACH: usize = 2 * BYTES;

/// How many bytes are compared at once.
const BYTES: usize = 64;

/// A line that was taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UsualLine {
    /// Where it ends in the text: the place of its line feed.
    pub(super) end: usize,
    /// Length of its symbol, which stands behind the column of the address.
    pub(super) symbol: usize,
    /// Number of its file.
    pub(super) file: u32,
}

/// Takes the line apart that starts at a place in a text; `None` when it is not usual, or too close to
/// either end of the text.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn take_apart<S: Simd>(simd: S, text: &[u8], start: usize, recent: &RecentFiles) -> Option<UsualLine> {
    let window: &[u8; COLUMN + REACH] = text.get(start..)?.first_chunk()?;
    let (column, behind) = window.split_first_chunk::<COLUMN>()?;
    let [first, second] = behind.as_chunks::<BYTES>().0 else { return None };
    // Not one after the other, as the processor could not tell which of them it will be.
    let first = equal_to(u8x64::load_array_ref(simd, first), b'\n');
    let second = equal_to(u8x64::load_array_ref(simd, second), b'\n');
    if first | second == 0 {
        return None;
    }
    let len = if first != 0 { first.trailing_zeros() as usize } else { BYTES + second.trailing_zeros() as usize };
    let end = start + COLUMN + len;
    let (tail, file) = recent.find(simd, text.get(..end)?.last_chunk::<TAIL>()?)?;
    let len = len.checked_sub(tail)?;
    let offset = offset_length(simd, text.get(..end - tail)?.last_chunk()?)?;
    let symbol = len.checked_sub(offset).filter(|&len| len > 0)?;
    let is_plain = behind.first().is_some_and(|&first| first > b' ');
    (is_plain && is_column(simd, column)).then_some(UsualLine { end, symbol, file })
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::*;

    fn check(line: &str, expect: Option<(&str, u32)>) {
        let mut recent = RecentFiles::default();
        recent.remember(b" (/bin/application)", 7);
        recent.remember(b" ([kernel.kallsyms])", 8);
        let before = "x".repeat(TAIL);
        let text = format!("{before}\n{line}\n{}", "y".repeat(200));
        let take_apart = |text: &str| {
            let found = dispatch!(Level::new(), simd => take_apart(simd, text.as_bytes(), TAIL + 1, &recent));
            found.map(|UsualLine { end, symbol, file }| (end, text[TAIL + 1 + COLUMN..][..symbol].to_owned(), file))
        };
        let end = TAIL + 1 + line.len();
        assert_eq!(take_apart(&text), expect.map(|(symbol, file)| (end, symbol.to_owned(), file)), "{line}");
        assert!(take_apart(&text[..=end]).is_none_or(|_| line.len() > REACH), "{line}");
    }

    #[test]
    fn takes_usual_lines_only() {
        check("\t          401000 main+0x12 (/bin/application)", Some(("main", 7)));
        check("\tffffffff81401000 a ([kernel.kallsyms])", Some(("a", 8)));
        check("\tffffffff81401000 f(int, char)+0x0 ([kernel.kallsyms])", Some(("f(int, char)", 8)));
        check("\tffffffff81401000 [unknown] ([kernel.kallsyms])", Some(("[unknown]", 8)));
        check("\tffffffff81401000  main+0x12 ([kernel.kallsyms])", None);
        check("\tffffffff81401000  ([kernel.kallsyms])", None);
        check("\tffffffff81401000 ([kernel.kallsyms])", None);
        check("\tffffffff81401000 +0x5 ([kernel.kallsyms])", None);
        check("\tffffffff81401000 main+0x12 (/other)", None);
        check("\tffffffff8140100g main+0x12 ([kernel.kallsyms])", None);
        check("\tffffffff8140100 main+0x12 ([kernel.kallsyms])", None);
        check("", None);
        let long = "x".repeat(64);
        check(&format!("\tffffffff81401000 {long}+0x12 (/bin/application)"), Some((&long, 7)));
        let longer = "x".repeat(65);
        check(&format!("\tffffffff81401000 {longer}+0x12 (/bin/application)"), Some((&longer, 7)));
        check(&format!("\tffffffff81401000 {}+0x12 (/bin/application)", long.repeat(2)), None);
    }
}
