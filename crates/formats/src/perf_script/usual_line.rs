//! A frame's line as perf lays it out, taken apart without a loop: where it ends, and the hash of its
//! symbol. What is unusual in any way is left to the parser.

use super::address_column::{COLUMN, is_column};
use super::recent_files::{RecentFiles, TAIL, offset_length};
use super::symbol_hash;
use crate::sixteen_bytes::{equal_to, mask_of};

/// How far behind the address the end of the line is looked for at first: as far as most lines go.
const FIRST_REACH: usize = 80;

/// How far it is looked for at all.
const REACH: usize = FIRST_REACH + 64;

/// A line that was taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UsualLine {
    /// Where it ends in the text: the place of its line feed.
    pub(super) end: usize,
    /// Hash of its symbol.
    pub(super) hash: u64,
    /// Number of its file.
    pub(super) file: u32,
}

/// Takes the line apart that starts at a place in a text; `None` when it is not usual, or too close to
/// either end of the text.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn take_apart(text: &[u8], start: usize, recent: &RecentFiles) -> Option<UsualLine> {
    let window: &[u8; COLUMN + REACH] = text.get(start..)?.first_chunk()?;
    let (column, behind) = window.split_first_chunk::<COLUMN>()?;
    let len = first_line_feed::<FIRST_REACH>(behind.first_chunk()?).or_else(|| {
        let len = first_line_feed::<{ REACH - FIRST_REACH }>(behind.last_chunk()?)?;
        Some(len + FIRST_REACH)
    })?;
    let end = start + COLUMN + len;
    let (tail, file) = recent.find(text.get(..end)?.last_chunk::<TAIL>()?)?;
    let len = len.checked_sub(tail)?;
    let offset = offset_length(text.get(..end - tail)?.last_chunk()?)?;
    let len = len.checked_sub(offset).filter(|&len| len > 0)?;
    let hash = match symbol_hash::hash_at_start(behind.first_chunk()?, len) {
        Some(hash) => hash,
        None => symbol_hash::hash(behind.get(..len)?),
    };
    let is_plain = behind.first().is_some_and(|&first| first > b' ');
    (is_plain && is_column(column)).then_some(UsualLine { end, hash, file })
}

/// The place of the first line feed.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
fn first_line_feed<const N: usize>(text: &[u8; N]) -> Option<usize> {
    let line_feeds = mask_of(text, |part| equal_to(part, b'\n'));
    (line_feeds != 0).then(|| line_feeds.trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: Option<(&str, u32)>) {
        let mut recent = RecentFiles::default();
        recent.remember(b" (/bin/application)", 7);
        recent.remember(b" ([kernel.kallsyms])", 8);
        let before = "x".repeat(TAIL);
        let text = format!("{before}\n{line}\n{}", "y".repeat(200));
        let expect = expect.map(|(symbol, file)| UsualLine {
            end: TAIL + 1 + line.len(),
            hash: symbol_hash::hash(symbol.as_bytes()),
            file,
        });
        assert_eq!(take_apart(text.as_bytes(), TAIL + 1, &recent), expect, "{line}");
        let cut = &text[..=TAIL + 1 + line.len()];
        assert!(take_apart(cut.as_bytes(), TAIL + 1, &recent).is_none_or(|_| line.len() > REACH), "{line}");
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
