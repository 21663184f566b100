//! Folded text to a profile, as a stream.

use firesteel_model::{Profile, Unit, ValueType};

use super::count::Count;
use super::options::{CountColumns, FoldedOptions};
use super::stacks::StackReader;
use super::sums::Sums;
use crate::format::Format;
use crate::read::Read;
use crate::warning::{Place, WarningKind, Warnings};

/// Longest line that is read. A stack of 100,000 frames is a few megabytes.
const MAX_LINE: usize = 64 << 20;

/// How much is gathered before the number of count columns is decided.
const DECIDE_AFTER: usize = 1 << 16;

/// Reads folded text that comes in pieces.
pub struct FoldedReader {
    gathered: Vec<u8>,
    /// `None` until the number of columns is decided.
    lines: Option<LineReader>,
    /// How many columns there are, where that is known.
    columns: CountColumns,
    keeps_order: bool,
}

impl FoldedReader {
    /// A reader at the start of an input.
    #[must_use]
    pub fn new(options: FoldedOptions) -> Self {
        Self { gathered: Vec::new(), lines: None, columns: options.columns, keeps_order: options.keeps_order }
    }

    /// Takes the next piece of the input, cut anywhere.
    pub fn feed(&mut self, chunk: &[u8]) {
        if let Some(lines) = &mut self.lines {
            lines.feed(chunk);
            return;
        }
        // A first piece that is large enough is looked at where it is.
        if self.gathered.is_empty() && chunk.len() >= DECIDE_AFTER {
            self.lines = Some(self.decided(chunk));
            return;
        }
        self.gathered.extend_from_slice(chunk);
        if self.gathered.len() >= DECIDE_AFTER {
            let gathered = std::mem::take(&mut self.gathered);
            self.lines = Some(self.decided(&gathered));
        }
    }

    /// Ends the input. A last line without a line end counts.
    #[must_use]
    pub fn finish(mut self) -> Read {
        match self.lines.take() {
            Some(lines) => lines.finish(),
            None => self.decided(&self.gathered).finish(),
        }
    }

    /// The reader of lines, once their number of columns is clear, with what was gathered read.
    fn decided(&self, gathered: &[u8]) -> LineReader {
        let columns = match self.columns {
            CountColumns::Two => 2,
            CountColumns::Auto if has_two_counts(gathered) => 2,
            CountColumns::One | CountColumns::Auto => 1,
        };
        let mut lines = LineReader::new(columns, self.keeps_order);
        lines.feed(gathered);
        lines
    }
}

/// Whether every line with a count has two of them.
fn has_two_counts(text: &[u8]) -> bool {
    // The last piece may be cut.
    let is_cut = text.len() >= DECIDE_AFTER;
    let end = if is_cut { memchr::memrchr(b'\n', text).unwrap_or(0) } else { text.len() };
    let lines = text.get(..end).unwrap_or(text).split(|&byte| byte == b'\n');
    let mut seen = false;
    for (stack, last) in lines.filter_map(content).filter_map(split_last) {
        if Count::parse_signed(last).is_ok() {
            seen = true;
            if split_last(stack).is_none_or(|(_, token)| Count::parse_signed(token).is_err()) {
                return false;
            }
        }
    }
    seen
}

/// The part of a line that counts; `None` for blank lines and comments.
fn content(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii_end();
    (!line.is_empty() && line != b"#" && !line.starts_with(b"# ")).then_some(line)
}

/// Splits at the last white space.
fn split_last(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = memchr::memrchr2(b' ', b'\t', line)?;
    let (stack, token) = line.split_at(space);
    Some((stack, token.get(1..)?))
}

/// Reads lines whose number of counts is known.
struct LineReader {
    columns: usize,
    pending: Vec<u8>,
    /// Whether the line that is going on is being skipped because it is too long.
    skipping: bool,
    line: u64,
    warnings: Warnings,
    stacks: StackReader,
    sums: Sums,
}

impl LineReader {
    fn new(columns: usize, keeps_order: bool) -> Self {
        let types = if columns == 2 {
            vec![ValueType::new("before", Unit::Count), ValueType::new("after", Unit::Count)]
        } else {
            vec![ValueType::samples()]
        };
        Self {
            columns,
            pending: Vec::new(),
            skipping: false,
            line: 0,
            warnings: Warnings::default(),
            stacks: StackReader::new(Profile::new(types)),
            sums: Sums::new(columns, keeps_order),
        }
    }

    fn feed(&mut self, chunk: &[u8]) {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', chunk) {
            let piece = chunk.get(start..end).unwrap_or(&[]);
            start = end + 1;
            if self.skipping {
                self.skipping = false;
                self.line += 1;
            } else if self.pending.is_empty() {
                self.read_line(piece);
            } else {
                self.pending.extend_from_slice(piece);
                let mut line = std::mem::take(&mut self.pending);
                self.read_line(&line);
                line.clear();
                self.pending = line;
            }
        }
        if self.skipping {
            return;
        }
        self.pending.extend_from_slice(chunk.get(start..).unwrap_or(&[]));
        if self.pending.len() > MAX_LINE {
            self.warnings.add(WarningKind::LongLine, Place::Line(self.line + 1));
            self.pending = Vec::new();
            self.skipping = true;
        }
    }

    fn finish(mut self) -> Read {
        let last = std::mem::take(&mut self.pending);
        if !last.is_empty() {
            self.read_line(&last);
        }
        let mut profile = self.stacks.into_profile();
        self.sums.store(&mut profile);
        Read::new(profile, self.warnings, Format::Folded)
    }

    fn read_line(&mut self, line: &[u8]) {
        self.line += 1;
        let place = Place::Line(self.line);
        let Some(line) = content(line) else { return };
        match self.read_counts(line, place) {
            Ok((stack, counts)) => {
                let (stack, lossy) = self.stacks.read(stack);
                self.warnings.add_many(WarningKind::InvalidUtf8, lossy, Some(place));
                self.sums.add(stack, counts.get(..self.columns).unwrap_or(&[]));
            }
            Err(kind) => self.warnings.add(kind, place),
        }
    }

    fn read_counts<'a>(&mut self, line: &'a [u8], place: Place) -> Result<(&'a [u8], [Count; 2]), WarningKind> {
        let (stack, token) = split_last(line).ok_or(WarningKind::MissingCount)?;
        if self.columns == 2 {
            let last = Count::parse_signed(token)?;
            let (stack, token) = split_last(stack).ok_or(WarningKind::MissingCount)?;
            return Ok((stack, [Count::parse_signed(token)?, last]));
        }
        let last = Count::parse(token)?;
        if split_last(stack).is_some_and(|(_, token)| Count::parse(token).is_ok()) {
            self.warnings.add(WarningKind::NumberInName, place);
        }
        Ok((stack, [last, last]))
    }
}
