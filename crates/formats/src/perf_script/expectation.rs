//! What line mostly comes after a line: call chains repeat.

use super::known_symbols::{KnownSymbol, LineFrames};

/// How many lines are expected before it is judged whether that helps.
const JUDGED_LINES: u32 = 1 << 13;

/// How many stacks are left alone after expecting did not help: at first, and at most.
const PAUSES: [u32; 2] = [1 << 10, 1 << 16];

/// A line that is expected.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ExpectedLine {
    /// Hash of what stands behind its address.
    pub(super) hash: u64,
    /// Length of that, 0 when nothing is expected.
    pub(super) len: u32,
    pub(super) symbol: KnownSymbol,
    /// The symbol that came the last time when another one was expected.
    candidate: u32,
}

/// The lines expected after each symbol. Where stacks do not repeat, nothing is expected for a while.
#[derive(Debug, Default)]
pub(super) struct Expectations {
    /// By number of the symbol before; number 0 is the place before the first line.
    lines: Vec<ExpectedLine>,
    tried: u32,
    met: u32,
    pause: u32,
    last_pause: u32,
}

impl Expectations {
    /// Whether lines are expected in the next stack.
    pub(super) fn are_useful(&mut self) -> bool {
        self.pause = self.pause.saturating_sub(1);
        self.pause == 0
    }

    /// Takes note of a stack: of so many lines, so many were the expected ones.
    pub(super) fn judge(&mut self, lines: u32, met: u32) {
        self.tried = self.tried.saturating_add(lines);
        self.met = self.met.saturating_add(met);
        if self.tried >= JUDGED_LINES {
            if self.met < self.tried / 4 {
                self.last_pause = (self.last_pause * 2).clamp(PAUSES[0], PAUSES[1]);
                self.pause = self.last_pause;
            } else {
                self.last_pause = 0;
            }
            (self.tried, self.met) = (0, 0);
        }
    }

    /// The line expected after one of a symbol.
    pub(super) fn after(&self, previous: KnownSymbol) -> ExpectedLine {
        self.lines.get(previous.number as usize).copied().unwrap_or_default()
    }

    /// Takes note of a line that was not expected. The same one twice makes it expected; `text` gives
    /// the hash and length of what stands behind its address.
    pub(super) fn correct(&mut self, previous: KnownSymbol, symbol: KnownSymbol, text: impl FnOnce() -> (u64, u32)) {
        let index = previous.number as usize;
        if index >= self.lines.len() {
            self.lines.resize(index + 1, ExpectedLine::default());
        }
        let Some(line) = self.lines.get_mut(index) else { return };
        if line.candidate == symbol.number && symbol != KnownSymbol::default() {
            (line.hash, line.len) = text();
            line.symbol = symbol;
        }
        line.candidate = symbol.number;
    }
}

impl ExpectedLine {
    /// The frames of the line.
    pub(super) fn frames(&self) -> LineFrames {
        self.symbol.frames
    }
}
