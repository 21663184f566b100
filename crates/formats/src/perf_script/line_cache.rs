//! Lines of frames to numbers of frames, without parsing a symbol twice.
//!
//! Call chains repeat: the line after a line is mostly the one that came after it before, so that is
//! tried first, and found without looking for the end of the line. Otherwise the symbol is cut out
//! and looked up. Addresses and offsets, which differ from line to line, are in no key.

use fearless_simd::{Level, Simd, dispatch};
use firesteel_model::FrameKind;

use super::address_column::{COLUMN, behind_address, behind_column, is_column};
use super::counts::{Counts, LineFrame};
use super::expectation::Expectations;
use super::file_kind::kind;
use super::frame_line::{self, FrameLine};
use super::known_symbols::{KnownSymbol, KnownSymbols, LineFrames};
use super::recent_files::RecentFiles;
use super::symbol;
use super::symbol_hash;
use super::usual_line::{UsualLine, take_apart};
use crate::byte_table::{ByteMap, hash_short};

/// Marks the number of a run of frames among numbers of frames.
const RUN: u32 = 1 << 31;

/// In place of the frames of a line that is not known; it looks like a run.
const UNKNOWN: LineFrames = LineFrames(u32::MAX);

/// Longest run of frames that a line is kept for.
const MAX_RUN: usize = 1 << 10;

/// Frames by line.
#[derive(Debug)]
pub(super) struct LineCache {
    /// Which instructions the processor has.
    level: Level,
    /// Java's symbols are named differently, so they are kept apart.
    known: [KnownSymbols; 2],
    expected: [Expectations; 2],
    runs: Vec<Vec<u32>>,
    recent: RecentFiles,
    files: ByteMap<KnownFile>,
    /// Lines of a stack; kept for its memory.
    lines: Vec<HashedLine>,
    keep_addresses: bool,
}

/// A line of a stack that is being looked up.
#[derive(Clone, Copy, Debug, Default)]
struct HashedLine {
    start: usize,
    end: usize,
    /// Length of its symbol, 0 when the line is not a usual one.
    symbol: usize,
    /// Number of its file.
    file: u32,
    /// Hash of its symbol, 0 when it has to be parsed.
    hash: u64,
}

/// Where the lines of a stack end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StackEnd {
    /// How many lines there are.
    pub(super) lines: u32,
    /// The place of the blank line behind them.
    pub(super) blank: usize,
}

/// What there is to know of a file.
#[derive(Clone, Copy, Debug)]
struct KnownFile {
    text: u32,
    kind: FrameKind,
}

impl LineCache {
    pub(super) fn new(keep_addresses: bool) -> Self {
        Self {
            level: Level::new(),
            known: Default::default(),
            expected: Default::default(),
            runs: Vec::new(),
            recent: RecentFiles::default(),
            files: ByteMap::default(),
            lines: Vec::new(),
            keep_addresses,
        }
    }

    /// Appends the frames of the lines of a text from a place to the next blank line, leaf first.
    /// `None` when one of them is not a frame's, or the text ends before the blank line.
    pub(super) fn push_all(
        &mut self,
        text: &[u8],
        start: usize,
        is_java: bool,
        counts: &mut Counts,
        frames: &mut Vec<u32>,
    ) -> Option<StackEnd> {
        if self.expected.get_mut(usize::from(is_java))?.are_useful() {
            dispatch!(self.level, simd => self.push_expected(simd, text, start, is_java, counts, frames))
        } else {
            dispatch!(self.level, simd => self.push_looked_up(simd, text, start, is_java, counts, frames))
        }
    }

    /// The same, looking at each line whether it is the one that mostly comes after the one before.
    #[expect(clippy::inline_always, reason = "so that it is compiled for the processor")]
    #[inline(always)]
    fn push_expected<S: Simd>(
        &mut self,
        simd: S,
        text: &[u8],
        start: usize,
        is_java: bool,
        counts: &mut Counts,
        frames: &mut Vec<u32>,
    ) -> Option<StackEnd> {
        let mut rest = text.get(start..)?;
        let (mut lines, mut met) = (0, 0);
        let mut previous = KnownSymbol::default();
        while rest.first()? != &b'\n' {
            lines += 1;
            let start = rest.first_chunk().filter(|column| is_column(simd, column)).map(|_| COLUMN - 1);
            if let Some(behind) = start.and_then(|start| rest.get(start..)) {
                let expected = self.expected.get(usize::from(is_java))?.after(previous);
                let len = expected.len as usize;
                if len > 0
                    && behind.get(len) == Some(&b'\n')
                    && behind.get(..len).is_some_and(|text| hash_short(text) == expected.hash)
                {
                    met += 1;
                    self.unpack(expected.frames(), frames);
                    rest = behind.get(len + 1..)?;
                    previous = expected.symbol;
                    continue;
                }
            }
            let from = start.unwrap_or(0);
            let end = from + memchr::memchr(b'\n', rest.get(from..)?)?;
            let line = rest.get(..end)?;
            rest = rest.get(end + 1..)?;
            let symbol = self.push_line(line, start, is_java, counts, frames)?;
            if let Some(behind) = start.and_then(|start| line.get(start..)) {
                // A text of 4 GiB would have been refused as too long a line.
                let text = || (hash_short(behind), behind.len() as u32);
                self.expected.get_mut(usize::from(is_java))?.correct(previous, symbol, text);
            }
            previous = symbol;
        }
        self.expected.get_mut(usize::from(is_java))?.judge(lines, met);
        Some(StackEnd { lines, blank: text.len() - rest.len() })
    }

    /// The same, looking up every symbol. First all are hashed, then all are found, so that the
    /// processor can wait for several slots of the table at once.
    #[expect(clippy::inline_always, reason = "so that it is compiled for the processor")]
    #[inline(always)]
    fn push_looked_up<S: Simd>(
        &mut self,
        simd: S,
        text: &[u8],
        start: usize,
        is_java: bool,
        counts: &mut Counts,
        frames: &mut Vec<u32>,
    ) -> Option<StackEnd> {
        let mut lines = std::mem::take(&mut self.lines);
        lines.clear();
        let blank = self.hash_all(simd, text, start, counts, &mut lines);
        let found = blank.and_then(|blank| {
            if !self.push_known(simd, &lines, is_java, frames) {
                for line in &lines {
                    let text = text.get(line.start..line.end)?;
                    self.push_line(text, behind_column(text), is_java, counts, frames)?;
                }
            }
            Some(StackEnd { lines: lines.len() as u32, blank })
        });
        self.lines = lines;
        found
    }

    /// Appends the frames of lines if all are known and each is one frame, as is usual.
    #[expect(clippy::inline_always, reason = "so that it is compiled for the processor")]
    #[inline(always)]
    fn push_known<S: Simd>(&self, simd: S, lines: &[HashedLine], is_java: bool, frames: &mut Vec<u32>) -> bool {
        let Some(known) = self.known.get(usize::from(is_java)) else { return false };
        let first = frames.len();
        let mut any = 0;
        frames.resize(first + lines.len(), 0);
        for (line, slot) in lines.iter().zip(frames.get_mut(first..).unwrap_or_default()) {
            let LineFrames(frame) = known.find(simd, line.hash).map_or(UNKNOWN, |symbol| symbol.frames);
            any |= frame;
            *slot = frame;
        }
        let all_are_frames = any & RUN == 0;
        if !all_are_frames {
            frames.truncate(first);
        }
        all_are_frames
    }

    /// Hashes the symbols of all lines up to a blank one; returns the place of that.
    ///
    /// All are taken apart before the first one is hashed: the steps of a line wait for each other, and the fewer they
    /// are, the more lines the processor has at hand meanwhile.
    #[expect(clippy::inline_always, reason = "so that it is compiled for the processor")]
    #[inline(always)]
    fn hash_all<S: Simd>(
        &mut self,
        simd: S,
        text: &[u8],
        start: usize,
        counts: &mut Counts,
        lines: &mut Vec<HashedLine>,
    ) -> Option<usize> {
        let (mut start, mut are_usual) = (start, true);
        while text.get(start)? != &b'\n' {
            let usual = if self.keep_addresses { None } else { take_apart(simd, text, start, &self.recent) };
            let line = if let Some(UsualLine { end, symbol, file }) = usual {
                HashedLine { start, end, symbol, file, hash: 0 }
            } else {
                are_usual = false;
                let end = start + memchr::memchr(b'\n', text.get(start..)?)?;
                HashedLine { start, end, ..HashedLine::default() }
            };
            lines.push(line);
            start = line.end + 1;
        }
        let blank = start;
        for line in lines.iter_mut() {
            let behind = text.get(line.start + COLUMN..).unwrap_or(&[]);
            line.hash = hash_in_file(symbol_hash::hash_at_start(simd, behind, line.symbol), line.file);
        }
        for line in lines.iter_mut().filter(|line| !are_usual && line.symbol == 0) {
            let text = text.get(line.start..line.end)?;
            let behind = behind_column(text).and_then(|start| text.get(start..));
            line.hash = behind.and_then(|behind| self.symbol_hash(behind, counts)).unwrap_or(0);
        }
        Some(blank)
    }

    /// Appends the frames of a line, leaf first. Returns whether the line is one of a frame.
    pub(super) fn push(&mut self, line: &[u8], is_java: bool, counts: &mut Counts, frames: &mut Vec<u32>) -> bool {
        self.push_line(line, behind_address(line), is_java, counts, frames).is_some()
    }

    /// Appends the frames of a line, of which `start` says where its text behind the address begins.
    /// Returns its symbol; `None` when it is not the line of a frame.
    fn push_line(
        &mut self,
        line: &[u8],
        start: Option<usize>,
        is_java: bool,
        counts: &mut Counts,
        frames: &mut Vec<u32>,
    ) -> Option<KnownSymbol> {
        let behind = start.or_else(|| behind_address(line)).and_then(|start| line.get(start..));
        let Some(hash) = behind.and_then(|behind| self.symbol_hash(behind, counts)) else {
            return self.parse(line, is_java, counts, frames).then(KnownSymbol::default);
        };
        if let Some(found) = dispatch!(self.level, simd => self.known.get(usize::from(is_java))?.find(simd, hash)) {
            self.unpack(found.frames, frames);
            return Some(found);
        }
        let first = frames.len();
        if !self.parse(line, is_java, counts, frames) {
            return None;
        }
        let packed = self.pack(frames.get(first..).unwrap_or(&[]));
        let known = self.known.get_mut(usize::from(is_java))?;
        Some(packed.and_then(|packed| known.insert(hash, packed)).unwrap_or_default())
    }

    /// The hash of the symbol and file of a line behind its address; `None` for a line that is not of
    /// the usual form, or whose frame has to keep its address.
    fn symbol_hash(&mut self, behind: &[u8], counts: &mut Counts) -> Option<u64> {
        let (symbol, file) = if let Some(found) = self.recent.split(behind) {
            found
        } else {
            let (symbol, tail) = RecentFiles::split_any(behind)?;
            let file = self.file(tail.get(2..tail.len() - 1)?, counts).text;
            self.recent.remember(tail, file);
            (symbol, file)
        };
        if self.keep_addresses && memchr::memmem::find(symbol, b"[unknown]").is_some() {
            return None;
        }
        Some(hash_in_file(symbol_hash::hash(symbol.get(1..)?), file))
    }

    fn parse(&mut self, line: &[u8], is_java: bool, counts: &mut Counts, frames: &mut Vec<u32>) -> bool {
        let Some(line) = frame_line::parse(line) else { return false };
        self.push_parsed(&line, is_java, counts, frames);
        true
    }

    fn unpack(&self, packed: LineFrames, frames: &mut Vec<u32>) {
        if packed.0 & RUN == 0 {
            frames.push(packed.0);
        } else if let Some(run) = self.runs.get((packed.0 & !RUN) as usize) {
            frames.extend_from_slice(run);
        }
    }

    fn pack(&mut self, frames: &[u32]) -> Option<LineFrames> {
        if let &[frame] = frames {
            return Some(LineFrames(frame));
        }
        (frames.len() <= MAX_RUN).then(|| {
            self.runs.push(frames.to_vec());
            LineFrames(RUN | (self.runs.len() - 1) as u32)
        })
    }

    /// Appends the frames of a parsed line, leaf first.
    fn push_parsed(&mut self, line: &FrameLine<'_>, is_java: bool, counts: &mut Counts, frames: &mut Vec<u32>) {
        // Some versions print the name of the process as a frame.
        if line.symbol.starts_with(b"(") && !line.symbol.starts_with(b"(anonymous namespace)") {
            return;
        }
        let is_inlined_line = line.file == b"inlined";
        let file = if is_inlined_line || line.file == b"[unknown]" { b"" } else { line.file };
        let KnownFile { text: file, kind } = self.file(file, counts);
        let start = frames.len();
        let mut is_outermost = true;
        for function in symbol::functions(line.symbol).filter(|_| !line.symbol.is_empty()) {
            let frame = LineFrame { file, kind, inlined: is_inlined_line || !is_outermost, ..LineFrame::default() };
            let frame = self.named(frame, function, line, is_java, counts);
            frames.push(counts.frames.number(frame));
            is_outermost = false;
        }
        if line.symbol.is_empty() {
            let frame = LineFrame { file, kind, blank: !line.file.is_empty(), ..LineFrame::default() };
            let frame = self.named(frame, b"[unknown]", line, is_java, counts);
            frames.push(counts.frames.number(frame));
        }
        // Symbols name the outermost function first.
        frames.get_mut(start..).unwrap_or_default().reverse();
    }

    fn file(&mut self, file: &[u8], counts: &mut Counts) -> KnownFile {
        let hash = hash_short(file);
        self.files.get(hash, file).unwrap_or_else(|| {
            let known = KnownFile { text: counts.text(file), kind: kind(file) };
            self.files.insert(hash, file, known);
            known
        })
    }

    fn named(
        &self,
        frame: LineFrame,
        function: &[u8],
        line: &FrameLine<'_>,
        is_java: bool,
        counts: &mut Counts,
    ) -> LineFrame {
        if function == b"[unknown]" {
            let name = stand_in(counts.texts.get(frame.file));
            let address = if self.keep_addresses { hexadecimal(line.pc) } else { 0 };
            return LineFrame { name: counts.text(&name), unnamed: true, address, ..frame };
        }
        LineFrame { name: counts.text(&symbol::tidy(function, is_java)), ..frame }
    }
}

/// Hash of a symbol in a file by the symbol's own.
fn hash_in_file(symbol: u64, file: u32) -> u64 {
    // Zero stands for no hash.
    (symbol ^ u64::from(file).wrapping_mul(0x9e37_79b9_7f4a_7c15)).max(1)
}

/// The name that stands for a missing symbol, as the model's `intern_unnamed_frame` makes it.
fn stand_in(file: &[u8]) -> Vec<u8> {
    let base = file.rsplit(|&byte| byte == b'/').next().unwrap_or(&[]);
    match base {
        [] => b"[unknown]".to_vec(),
        [b'[', ..] => base.to_vec(),
        base => [b"[", base, b"]"].concat(),
    }
}

fn hexadecimal(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |value, &digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            b'A'..=b'F' => digit - b'A' + 10,
            _ => return value,
        };
        (value << 4) | u64::from(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_agree() {
        let symbols =
            ["main.main", "a", "f(int, char)", "[unknown]", "", " x", &"long".repeat(20), &"longer".repeat(40)];
        let files = ["/bin/app", "[kernel.kallsyms]", "/usr/lib/x86_64-linux-gnu/libc.so.6", &"/directory".repeat(9)];
        let mut state = 1u32;
        let mut random = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as usize % below
        };
        let mut text = Vec::new();
        let mut starts = Vec::new();
        for _ in 0..2_000 {
            starts.push(text.len());
            for _ in 0..random(9) {
                let (symbol, file) = (symbols[random(symbols.len())], files[random(files.len())]);
                let offset = ["", "+0x1f", "+0xg", "+0x123456789abcdef0"][random(4)];
                let line = format!("\t{:16x} {symbol}{offset} ({file})\n", 0x40_1000 + random(1 << 12));
                text.extend_from_slice(line.as_bytes());
            }
            text.push(b'\n');
        }
        let fold = |level: Level| {
            let mut cache = LineCache { level, ..LineCache::new(false) };
            let mut counts = Counts::default();
            let ends_and_frames = starts.iter().map(|&start| {
                let mut frames = Vec::new();
                let end = cache.push_all(&text, start, false, &mut counts, &mut frames);
                (end, frames)
            });
            let ends_and_frames: Vec<_> = ends_and_frames.collect();
            (ends_and_frames, counts.frames.items().to_vec())
        };
        let expect = fold(Level::baseline());
        assert!(expect.0.iter().all(|(end, _)| end.is_some()) && expect.1.len() > 20, "{expect:?}");
        assert!(fold(Level::new()) == expect, "what the best instructions find differs from what the oldest find");
    }
}
