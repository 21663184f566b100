//! Lines seen before, found by the hash of their text or by the line before.
//!
//! Lines are told apart by length and 64 bits of hash, without a look at the text, which would be
//! most of the cost: it is rarely in the processor's nearest cache. Among a million different lines
//! two are confused with a probability of 3 in 100 million (n²/2⁶⁵).

use hashbrown::HashTable;

/// Most lines that are kept. A line beyond that is parsed each time.
const MAX_LINES: usize = 1 << 22;

/// The frames of a line: one, or a run of several that the cache keeps.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LineFrames(pub(super) u32);

/// Lines with their frames.
#[derive(Debug)]
pub(super) struct KnownLines {
    lines: Vec<KnownLine>,
    lookup: HashTable<(u64, u32)>,
}

/// A line that was seen before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KnownLine {
    hash: u64,
    len: u32,
    frames: LineFrames,
    /// The line that mostly comes after it, doubled, plus one if it did the last time: then it stays
    /// although another one comes once.
    next_and_sure: u32,
}

impl KnownLine {
    /// Length of its text, 0 when it stands for no line.
    pub(super) fn len(&self) -> usize {
        self.len as usize
    }

    /// Its frames.
    pub(super) fn frames(&self) -> LineFrames {
        self.frames
    }

    /// Whether it is the line of a text whose hash is known.
    pub(super) fn is(&self, hash: u64, text: &[u8]) -> bool {
        self.hash == hash && self.len() == text.len()
    }
}

impl Default for KnownLines {
    fn default() -> Self {
        Self { lines: vec![KnownLine::default()], lookup: HashTable::new() }
    }
}

impl KnownLines {
    /// Stands for the place before the first line, and for no line.
    pub(super) const NONE: u32 = 0;

    /// The line that mostly comes after `previous`, and its number.
    pub(super) fn expected(&self, previous: u32) -> (u32, KnownLine) {
        let next = self.lines.get(previous as usize).map_or(Self::NONE, |line| line.next_and_sure / 2);
        (next, self.lines.get(next as usize).copied().unwrap_or_default())
    }

    /// Notes that the expected line came after `previous`.
    pub(super) fn confirm(&mut self, previous: u32) {
        if let Some(line) = self.lines.get_mut(previous as usize) {
            line.next_and_sure |= 1;
        }
    }

    /// Notes that `next`, not the expected line, came after `previous`.
    pub(super) fn correct(&mut self, previous: u32, next: u32) {
        let Some(line) = self.lines.get_mut(previous as usize) else { return };
        if line.next_and_sure & 1 == 0 {
            line.next_and_sure = next * 2;
        }
        line.next_and_sure &= !1;
    }

    /// The line of a text whose hash is known: its number and frames.
    pub(super) fn find(&self, hash: u64, text: &[u8]) -> Option<(u32, LineFrames)> {
        let &(_, number) = self.lookup.find(hash, |&(known, _)| known == hash)?;
        self.lines.get(number as usize).filter(|line| line.is(hash, text)).map(|line| (number, line.frames))
    }

    /// Adds a line that is not here, while there is room; returns its number.
    pub(super) fn insert(&mut self, hash: u64, text: &[u8], frames: LineFrames) -> Option<u32> {
        let len = u32::try_from(text.len()).ok()?;
        if self.lines.len() >= MAX_LINES {
            return None;
        }
        let number = self.lines.len() as u32;
        self.lines.push(KnownLine { hash, len, frames, next_and_sure: 0 });
        self.lookup.insert_unique(hash, (hash, number), |&(hash, _)| hash);
        Some(number)
    }
}
