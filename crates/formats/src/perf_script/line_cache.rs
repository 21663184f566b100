//! Lines of frames to numbers of frames: a line seen before costs one comparison.
//!
//! Call chains repeat: the line after a line is mostly the one that came after it the last time, so
//! that is tried first and found without hashing and even without looking for the end of the line.

use firesteel_model::FrameKind;

use super::address_column::{behind_address, behind_column};
use super::counts::{Counts, LineFrame};
use super::file_kind::kind;
use super::frame_line::{self, FrameLine};
use super::known_lines::{KnownLines, LineFrames};
use super::symbol;
use crate::byte_table::{ByteMap, hash_short};

/// Marks the number of a run of frames among numbers of frames.
const RUN: u32 = 1 << 31;

/// Longest run of frames that a line is kept for.
const MAX_RUN: usize = 1 << 10;

/// Frames by line.
#[derive(Debug, Default)]
pub(super) struct LineCache {
    /// Java's lines are named differently, so they are kept apart.
    known: [KnownLines; 2],
    runs: Vec<Vec<u32>>,
    files: ByteMap<KnownFile>,
    keep_addresses: bool,
}

/// What there is to know of a file.
#[derive(Clone, Copy, Debug)]
struct KnownFile {
    text: u32,
    kind: FrameKind,
}

impl LineCache {
    pub(super) fn new(keep_addresses: bool) -> Self {
        Self { keep_addresses, ..Self::default() }
    }

    /// Appends the frames of all lines of a text in which each line has an end, leaf first. Returns
    /// the number of lines, `None` when one of them is not a frame's.
    pub(super) fn push_all(
        &mut self,
        text: &[u8],
        is_java: bool,
        counts: &mut Counts,
        frames: &mut Vec<u32>,
    ) -> Option<u32> {
        let mut rest = text;
        let mut lines = 0;
        let mut previous = KnownLines::NONE;
        while !rest.is_empty() {
            lines += 1;
            // Addresses in the key would make every line new.
            let start = if self.keep_addresses { 0 } else { behind_column(rest).unwrap_or(0) };
            let key = rest.get(start..).unwrap_or(&[]);
            let known = self.known.get_mut(usize::from(is_java))?;
            let (next, expected) = known.expected(previous);
            if let Some(text) = key.get(..expected.len()).filter(|text| text.ends_with(b"\n"))
                && expected.is(hash_short(text), text)
            {
                known.confirm(previous);
                self.unpack(expected.frames(), frames);
                rest = key.get(text.len()..).unwrap_or(&[]);
                previous = next;
                continue;
            }
            let len = memchr::memchr(b'\n', key)?;
            let (line, after) = rest.split_at(start + len + 1);
            rest = after;
            previous = self.push_line(line, start, previous, is_java, counts, frames)?;
        }
        Some(lines)
    }

    /// Appends the frames of a line, leaf first. Returns whether the line is one of a frame.
    pub(super) fn push(&mut self, line: &[u8], is_java: bool, counts: &mut Counts, frames: &mut Vec<u32>) -> bool {
        self.push_line(line, 0, KnownLines::NONE, is_java, counts, frames).is_some()
    }

    /// Appends the frames of a line whose text behind the address is at `start`, if that is known.
    fn push_line(
        &mut self,
        line: &[u8],
        start: usize,
        previous: u32,
        is_java: bool,
        counts: &mut Counts,
        frames: &mut Vec<u32>,
    ) -> Option<u32> {
        let start = if self.keep_addresses || start > 0 { Some(start) } else { behind_address(line) };
        let key = start.and_then(|start| line.get(start..));
        let hash = key.map(hash_short);
        let known = self.known.get_mut(usize::from(is_java))?;
        if let Some((found, packed)) = key.zip(hash).and_then(|(key, hash)| known.find(hash, key)) {
            known.correct(previous, found);
            self.unpack(packed, frames);
            return Some(found);
        }
        let first = frames.len();
        let parsed = frame_line::parse(line)?;
        self.push_parsed(&parsed, is_java, counts, frames);
        let packed = self.pack(frames.get(first..).unwrap_or(&[]));
        let known = self.known.get_mut(usize::from(is_java))?;
        let (Some(key), Some(hash), Some(packed)) = (key, hash, packed) else { return Some(KnownLines::NONE) };
        // Without an address, the symbol may begin before the key.
        let is_certain = !parsed.pc.is_empty() || self.keep_addresses;
        let added = if is_certain { known.insert(hash, key, packed) } else { None };
        let Some(added) = added else { return Some(KnownLines::NONE) };
        known.correct(previous, added);
        Some(added)
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
