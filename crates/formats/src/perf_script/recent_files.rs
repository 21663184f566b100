//! Where the symbol of a line ends: before its offset and ` (file)`, of which there are few.

use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x64};

use super::address_column::digits_at_end;
use crate::byte_table::{is_same, slot_of};

/// How many files are remembered: a power of two.
const SLOTS: usize = 64;

/// Bytes at the end of a line that are compared at once.
pub(super) const TAIL: usize = 64;

/// The end of lines of a file.
#[derive(Debug)]
struct Tail {
    /// The last bytes of ` (file)`, zeros in front of it; nothing is equal to that of a free slot.
    last: [u8; TAIL],
    /// Which bits of them are compared.
    mask: [u8; TAIL],
    /// ` (file)`; empty in a free slot.
    text: Vec<u8>,
    file: u32,
}

impl Default for Tail {
    fn default() -> Self {
        // Nothing is equal to ones where nothing is compared.
        Self { last: [1; TAIL], mask: [0; TAIL], text: Vec::new(), file: 0 }
    }
}

/// The files of recent lines, each in the slot that its last bytes choose.
#[derive(Debug)]
pub(super) struct RecentFiles {
    tails: Box<[Tail; SLOTS]>,
}

impl Default for RecentFiles {
    fn default() -> Self {
        Self { tails: Box::new(std::array::from_fn(|_| Tail::default())) }
    }
}

impl RecentFiles {
    /// The file of a recent line that these bytes are the end of: how long it is with what is around it,
    /// and its number.
    #[expect(clippy::inline_always, reason = "a part of the innermost loop")]
    #[inline(always)]
    pub(super) fn find<S: Simd>(&self, simd: S, end: &[u8; TAIL]) -> Option<(usize, u32)> {
        let tail = self.tails.get(slot_of(*end.last_chunk()?, SLOTS))?;
        let end = u8x64::load_array_ref(simd, end) & u8x64::load_array_ref(simd, &tail.mask);
        end.simd_eq(u8x64::load_array_ref(simd, &tail.last)).all_true().then_some((tail.text.len(), tail.file))
    }

    /// Splits a line behind its address into the symbol with a space before it and a file seen recently.
    pub(super) fn split<'a>(&self, line: &'a [u8]) -> Option<(&'a [u8], u32)> {
        let tail = self.tails.get(slot_of(*line.last_chunk()?, SLOTS)).filter(|tail| !tail.text.is_empty())?;
        let (symbol, end) = line.split_at(line.len().checked_sub(tail.text.len())?);
        if !is_same(end, &tail.text) {
            return None;
        }
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
        let Some(slot) = tail.last_chunk().and_then(|last| self.tails.get_mut(slot_of(*last, SLOTS))) else { return };
        *slot = Tail { text: tail.to_vec(), file, ..Tail::default() };
        // One that is longer is not compared as a whole, so it is not found by its end.
        if let Some(free) = TAIL.checked_sub(tail.len()) {
            slot.last = [0; TAIL];
            let last = slot.last.iter_mut().zip(&mut slot.mask);
            for ((last, mask), &byte) in last.skip(free).zip(tail) {
                (*last, *mask) = (byte, 0xff);
            }
        }
    }
}

/// Whether a symbol begins behind one space and is there at all.
fn is_plain(symbol: &[u8]) -> bool {
    matches!(symbol, [b' ', first, ..] if !first.is_ascii_whitespace())
}

/// Most bytes of an offset that are looked for at once.
pub(super) const OFFSET: usize = DIGITS + 4;

/// Most digits of it.
const DIGITS: usize = 16;

/// The characters in front of an offset's digits, behind whatever is in front of them.
const MARK: u32 = u32::from_le_bytes(*b"\0+0x");

/// How long the offset at the end of these bytes is, 0 when there is none; `None` when it does not fit.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(super) fn offset_length<S: Simd>(simd: S, last: &[u8; OFFSET]) -> Option<usize> {
    let digits = digits_at_end(simd, last.last_chunk()?);
    let before = last.get(DIGITS - digits..)?.first_chunk()?;
    let is_offset = u32::from_le_bytes(*before) & !0xff == MARK && digits > 0;
    (digits < DIGITS).then_some(if is_offset { digits + 3 } else { 0 })
}

/// Takes `+0x12` off the end of a symbol.
fn without_offset(symbol: &[u8]) -> &[u8] {
    let length = symbol.last_chunk().and_then(|last| dispatch!(Level::new(), simd => offset_length(simd, last)));
    let Some(length) = length else { return short_without_offset(symbol) };
    symbol.get(..symbol.len() - length).unwrap_or(symbol)
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
        check(" abcdefabcdefabcdef ([kernel.kallsyms])", Some((" abcdefabcdefabcdef", 8)));
        check(" a+0xF ([kernel.kallsyms])", Some((" a+0xF", 8)));
        check("", None);
    }

    #[test]
    fn finds_files_at_the_end() {
        let mut recent = RecentFiles::default();
        let long = format!(" (/{})", "x".repeat(TAIL));
        recent.remember(b" (/bin/a)", 7);
        recent.remember(long.as_bytes(), 8);
        let check = |line: &str, expect: Option<(usize, u32)>| {
            let padded = format!("{}{line}", " ".repeat(TAIL));
            let end = padded.as_bytes().last_chunk().unwrap();
            assert_eq!(dispatch!(Level::new(), simd => recent.find(simd, end)), expect, "{line}");
        };
        check("main (/bin/a)", Some((9, 7)));
        check("main (/bin/a) ", None);
        check("main (/bin/b)", None);
        check("main (/xbin/a)", None);
        check("", None);
        // Only its end would be compared.
        check(&format!("main{long}"), None);
    }
}
