//! Lines of frames to numbers of frames: a line seen before costs one comparison.
//!
//! Call chains repeat: the line after a line is mostly the one that came after it the last time, so
//! that is tried first and found without hashing and even without looking for the end of the line.

use firesteel_model::FrameKind;
use hashbrown::HashTable;

use super::counts::{Counts, LineFrame};
use super::frame_line::{self, FrameLine};
use super::symbol;
use crate::byte_table::hash_short;

/// Most bytes of lines that are kept. A line beyond that is parsed each time.
const MAX_BYTES: usize = 64 << 20;

/// Most frames that a line is kept for.
const MAX_RUN: usize = 1 << 10;

/// The frames of a line: one, or a run of several in [`LineCache::runs`].
#[derive(Clone, Copy, Debug, Default)]
struct LineFrames(u32);

/// Marks a run of frames.
const RUN: u32 = 1 << 31;

/// Frames by line.
#[derive(Debug, Default)]
pub(super) struct LineCache {
    /// Java's lines are named differently, so they are kept apart.
    known: [KnownLines; 2],
    runs: Vec<Vec<u32>>,
    keep_addresses: bool,
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
        let mut previous = KnownLines::FIRST;
        while !rest.is_empty() {
            lines += 1;
            // Addresses in the key would make every line new.
            let start = if self.keep_addresses { 0 } else { behind_column(rest).unwrap_or(0) };
            let key = rest.get(start..).unwrap_or(&[]);
            let known = self.known.get_mut(usize::from(is_java))?;
            if let Some((line, len, packed)) = known.predict(previous, key) {
                self.unpack(packed, frames);
                rest = key.get(len..).unwrap_or(&[]);
                previous = line;
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
        self.push_line(line, 0, KnownLines::FIRST, is_java, counts, frames).is_some()
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
            known.set_next(previous, found);
            self.unpack(packed, frames);
            return Some(found);
        }
        let first = frames.len();
        let parsed = frame_line::parse(line)?;
        self.push_parsed(&parsed, is_java, counts, frames);
        let packed = self.pack(frames.get(first..).unwrap_or(&[]));
        let known = self.known.get_mut(usize::from(is_java))?;
        let (Some(key), Some(hash), Some(packed)) = (key, hash, packed) else { return Some(KnownLines::FIRST) };
        // Without an address, the symbol may begin before the key.
        if (parsed.pc.is_empty() && !self.keep_addresses) || known.text.len() + key.len() > MAX_BYTES {
            return Some(KnownLines::FIRST);
        }
        let added = known.insert(hash, key, packed);
        known.set_next(previous, added);
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
    fn push_parsed(&self, line: &FrameLine<'_>, is_java: bool, counts: &mut Counts, frames: &mut Vec<u32>) {
        // The collapser's word for this: process names.
        if line.symbol.starts_with(b"(") {
            return;
        }
        let is_inlined_line = line.file == b"inlined";
        let file = if is_inlined_line || line.file == b"[unknown]" { b"" } else { line.file };
        let kind = kind(file);
        let file = counts.text(file);
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

/// Lines with their frames, found by text or by the line before.
#[derive(Debug)]
struct KnownLines {
    lines: Vec<KnownLine>,
    text: Vec<u8>,
    /// Half of the hash, and the line.
    lookup: HashTable<(u32, u32)>,
}

/// A line, small because there may be many.
#[derive(Clone, Copy, Debug, Default)]
struct KnownLine {
    /// Where its text is; [`MAX_BYTES`] bounds it.
    start: u32,
    /// Length of its text, doubled, plus one if `next` came after it the last time: it then stays
    /// although another one comes once.
    len_and_sure: u32,
    frames: LineFrames,
    /// The line that mostly comes after it.
    next: u32,
}

impl KnownLine {
    fn text(self, text: &[u8]) -> &[u8] {
        let start = self.start as usize;
        text.get(start..start + (self.len_and_sure / 2) as usize).unwrap_or(&[])
    }
}

impl Default for KnownLines {
    fn default() -> Self {
        Self { lines: vec![KnownLine::default()], text: Vec::new(), lookup: HashTable::new() }
    }
}

impl KnownLines {
    /// Stands for the place before the first line.
    const FIRST: u32 = 0;

    /// The line that mostly comes after `previous`, if `text` begins with it: its number, length and frames.
    fn predict(&mut self, previous: u32, text: &[u8]) -> Option<(u32, usize, LineFrames)> {
        let next = self.lines.get(previous as usize)?.next;
        let line = *self.lines.get(next as usize)?;
        let known = line.text(&self.text);
        if known.is_empty() || !text.starts_with(known) {
            return None;
        }
        self.lines.get_mut(previous as usize)?.len_and_sure |= 1;
        Some((next, known.len(), line.frames))
    }

    fn find(&self, hash: u64, key: &[u8]) -> Option<(u32, LineFrames)> {
        let half = (hash >> 32) as u32;
        let same = |&(known, line): &(u32, u32)| {
            known == half && self.lines.get(line as usize).is_some_and(|line| line.text(&self.text) == key)
        };
        let &(_, line) = self.lookup.find(spread(half), same)?;
        Some((line, self.lines.get(line as usize)?.frames))
    }

    fn set_next(&mut self, previous: u32, next: u32) {
        let Some(line) = self.lines.get_mut(previous as usize) else { return };
        if line.len_and_sure & 1 == 0 {
            line.next = next;
        }
        line.len_and_sure &= !1;
    }

    fn insert(&mut self, hash: u64, key: &[u8], frames: LineFrames) -> u32 {
        let half = (hash >> 32) as u32;
        let number = self.lines.len() as u32;
        let (start, len_and_sure) = (self.text.len() as u32, (key.len() as u32) * 2);
        self.lines.push(KnownLine { start, len_and_sure, frames, next: 0 });
        self.text.extend_from_slice(key);
        self.lookup.insert_unique(spread(half), (half, number), |&(half, _)| spread(half));
        number
    }
}

/// Spreads half a hash over 64 bits, of which `HashTable` uses both ends.
fn spread(half: u32) -> u64 {
    u64::from(half).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Where the text behind the address begins, if the line is laid out as perf lays it out: a tab, the
/// address right-aligned in sixteen columns, a space.
fn behind_column(line: &[u8]) -> Option<usize> {
    const SYMBOL: usize = 18;
    let (head, _) = line.split_at_checked(SYMBOL)?;
    let &[b'\t', ref column @ .., b' '] = head else { return None };
    let (left, right) = column.split_first_chunk::<8>()?;
    let left = Columns::of(u64::from_le_bytes(*left));
    let right = Columns::of(u64::from_le_bytes(*right.first_chunk::<8>()?));
    // Spaces, then digits to the end: a digit has a digit to its right, which is the next higher byte.
    let goes_on = |columns: &Columns, carried: u64| ((columns.digits << 8) | carried) & !columns.digits == 0;
    let is_address = left.is_spaces_or_digits()
        && right.is_spaces_or_digits()
        && goes_on(&left, 0)
        && goes_on(&right, left.digits >> 56)
        && right.digits >> 56 != 0;
    is_address.then_some(SYMBOL - 1)
}

/// Which of eight characters are what: one flag in the highest bit of each byte.
struct Columns {
    digits: u64,
    spaces: u64,
}

impl Columns {
    /// Compares all eight at once. Adding within seven bits never carries into the next byte, so the
    /// highest bit of each sum says whether that character is above a bound.
    fn of(text: u64) -> Self {
        const FLAGS: u64 = repeat(0x80);
        let low = text & !FLAGS;
        let above = |value: u64, bound: u8| value + repeat(0x7f - bound);
        let not_decimal = above(low ^ repeat(b'0'), 9);
        let letter = low ^ repeat(0x60);
        let is_letter = above(letter, 0) & !above(letter, 6);
        let not_space = above(low ^ repeat(b' '), 0);
        Self { digits: (!not_decimal | is_letter) & !text & FLAGS, spaces: !not_space & !text & FLAGS }
    }

    fn is_spaces_or_digits(&self) -> bool {
        self.digits | self.spaces == repeat(0x80)
    }
}

/// A byte eight times.
const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Where the text behind the address begins in a line of any layout.
fn behind_address(line: &[u8]) -> Option<usize> {
    let start = line.iter().position(|&byte| byte != b' ' && byte != b'\t')?;
    let line = line.get(start..)?;
    let space = memchr::memchr(b' ', line)?;
    // Without an address, what follows is not the symbol.
    let is_address = line.get(..space).is_some_and(|address| address.iter().all(u8::is_ascii_hexdigit));
    (is_address && line.get(space + 1) != Some(&b'(')).then_some(start + space)
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

/// What kind of code a file holds.
fn kind(file: &[u8]) -> FrameKind {
    let base = file.rsplit(|&byte| byte == b'/').next().unwrap_or(&[]);
    let is_kernel_image = base.starts_with(b"vmlinux") || base.ends_with(b".ko") || is_packed_module(base);
    if is_jit_map(file) || (base.starts_with(b"jitted-") && base.ends_with(b".so")) {
        FrameKind::Jit
    } else if is_kernel_image || (file.starts_with(b"[") && !is_user_region(file)) {
        FrameKind::Kernel
    } else {
        FrameKind::Unknown
    }
}

/// Regions in brackets that are not the kernel's.
fn is_user_region(file: &[u8]) -> bool {
    [&b"[vdso]"[..], b"[vsyscall]", b"[heap]", b"[stack]", b"[stack:", b"[anon", b"[uprobes]"]
        .iter()
        .any(|region| file.starts_with(region))
}

/// `module.ko.xz` and the like.
fn is_packed_module(base: &[u8]) -> bool {
    [&b".ko.xz"[..], b".ko.gz", b".ko.zst"].iter().any(|suffix| base.ends_with(suffix))
}

/// `/tmp/perf-PID.map` anywhere in the name, as in a container's root.
fn is_jit_map(file: &[u8]) -> bool {
    let Some(start) = memchr::memmem::find(file, b"/tmp/perf-") else { return false };
    let rest = file.get(start + 10..).unwrap_or(&[]);
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && rest.get(digits..).is_some_and(|rest| rest.starts_with(b".map"))
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
