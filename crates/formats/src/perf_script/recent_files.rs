//! Where the symbol of a line ends: before its offset and ` (file)`, of which a few alternate.

use super::address_column::digits_at_end;
use crate::byte_table::is_same;

/// How many files are remembered.
const SLOTS: usize = 4;

/// Bytes that are compared first.
const WORD: usize = 8;

/// The end of lines of a file.
#[derive(Debug, Default)]
struct Tail {
    /// Its last bytes.
    last: u64,
    /// ` (file)`; empty in a free slot.
    text: Vec<u8>,
    file: u32,
}

/// The files of recent lines.
#[derive(Debug, Default)]
pub(super) struct RecentFiles {
    tails: [Tail; SLOTS],
    oldest: usize,
}

impl RecentFiles {
    /// Splits a line behind its address into the symbol and a file seen recently.
    pub(super) fn split<'a>(&self, line: &'a [u8]) -> Option<(&'a [u8], u32)> {
        let last = u64::from_le_bytes(*line.last_chunk::<WORD>()?);
        let tail = self.tails.iter().find(|tail| tail.last == last && ends_with(line, &tail.text))?;
        let symbol = line.get(..line.len() - tail.text.len())?;
        Some((without_offset(symbol), tail.file)).filter(|(symbol, _)| is_plain(symbol))
    }

    /// Splits a line behind its address into the symbol and ` (file)`, if it has the usual form.
    pub(super) fn split_any(line: &[u8]) -> Option<(&[u8], &[u8])> {
        let open = memchr::memrchr(b'(', line)?;
        let (symbol, tail) = line.split_at_checked(open.checked_sub(1)?)?;
        let file = tail.strip_prefix(b" (")?.strip_suffix(b")")?;
        let is_usual = memchr::memchr(b')', file).is_none();
        Some((without_offset(symbol), tail)).filter(|(symbol, _)| is_usual && is_plain(symbol))
    }

    /// Remembers a file by the end of its lines.
    pub(super) fn remember(&mut self, tail: &[u8], file: u32) {
        let Some(last) = tail.last_chunk::<WORD>() else { return };
        if let Some(slot) = self.tails.get_mut(self.oldest) {
            slot.last = u64::from_le_bytes(*last);
            slot.text.clear();
            slot.text.extend_from_slice(tail);
            slot.file = file;
        }
        self.oldest = (self.oldest + 1) % SLOTS;
    }
}

/// Whether a symbol begins behind one space and is there at all.
fn is_plain(symbol: &[u8]) -> bool {
    matches!(symbol, [b' ', first, ..] if !first.is_ascii_whitespace())
}

fn ends_with(line: &[u8], tail: &[u8]) -> bool {
    line.len().checked_sub(tail.len()).and_then(|start| line.get(start..)).is_some_and(|end| is_same(end, tail))
}

/// The characters in front of an offset's digits, the first one lowest.
const MARK: u64 = u32::from_le_bytes(*b"+0x\0") as u64;

/// Takes `+0x12` off the end of a symbol.
fn without_offset(symbol: &[u8]) -> &[u8] {
    let Some(last) = symbol.last_chunk::<WORD>() else { return short_without_offset(symbol) };
    let last = u64::from_le_bytes(*last);
    let digits = digits_at_end(last);
    // As long as the mark is among the characters at hand, it is a matter of shifting.
    let Some(in_front) = (WORD - 3).checked_sub(digits) else { return short_without_offset(symbol) };
    let is_offset = digits > 0 && (last >> (8 * in_front)) & 0xff_ffff == MARK;
    symbol.get(..symbol.len() - if is_offset { digits + 3 } else { 0 }).unwrap_or(symbol)
}

/// The same digit by digit.
fn short_without_offset(symbol: &[u8]) -> &[u8] {
    let digits = symbol.iter().rev().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
    match symbol.get(..symbol.len() - digits) {
        Some([name @ .., b'+', b'0', b'x']) if digits > 0 => name,
        _ => symbol,
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame_line;
    use super::*;

    #[test]
    fn agrees_with_the_parser() {
        let mut recent = RecentFiles::default();
        recent.remember(b" (/bin/application)", 7);
        recent.remember(b" ([kernel.kallsyms])", 8);
        let check = |text: &str, expect: Option<(&str, u32)>| {
            let found = recent.split(text.as_bytes());
            assert_eq!(found.map(|(symbol, file)| (std::str::from_utf8(symbol).unwrap(), file)), expect, "{text}");
            if let Some((symbol, tail)) = RecentFiles::split_any(text.as_bytes()) {
                let line = format!("ffff{text}");
                let parsed = frame_line::parse(line.as_bytes()).unwrap();
                assert_eq!((parsed.symbol, parsed.file), (&symbol[1..], &tail[2..tail.len() - 1]), "{text}");
            }
        };
        check(" main+0x12 (/bin/application)", Some((" main", 7)));
        check(" main (/bin/application)", Some((" main", 7)));
        check(" foo(int, char)+0x0 ([kernel.kallsyms])", Some((" foo(int, char)", 8)));
        check(" (anonymous namespace)::f+0xab ([kernel.kallsyms])", Some((" (anonymous namespace)::f", 8)));
        check(" a+0x+0xf ([kernel.kallsyms])", Some((" a+0x", 8)));
        check(" +0x12 ([kernel.kallsyms])", None);
        check("  ([kernel.kallsyms])", None);
        check("  main ([kernel.kallsyms])", None);
        check(" main+0x12 (/bin/other)", None);
        check(" main+0x12 (/bin/application (deleted))", None);
        check(" main (/x)", None);
        check(" main", None);
        check(" a+0x0123456789abcdef ([kernel.kallsyms])", Some((" a", 8)));
        check(" a+0x0123456 ([kernel.kallsyms])", Some((" a", 8)));
        check(" abcdef ([kernel.kallsyms])", Some((" abcdef", 8)));
        check(" a+0xF ([kernel.kallsyms])", Some((" a+0xF", 8)));
        check("", None);
    }
}
