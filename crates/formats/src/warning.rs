//! What a reader skipped or had to guess: typed, counted, with the first places.

use std::fmt;

/// What was skipped or guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// The compressed data ends early; what came out of it was used.
    TruncatedCompression,
    /// The compressed data is broken or followed by something else; what came out of it was used.
    BrokenCompression,
    /// Bytes that are not UTF-8 were replaced.
    InvalidUtf8,
    /// A folded line without a count at its end.
    MissingCount,
    /// A count that is negative, in exponent or hexadecimal notation, or not a number.
    MalformedCount,
    /// A count that does not fit 64 bits.
    HugeCount,
    /// A stack that ends in a number in a file of one count each line: it stays part of the name.
    NumberInName,
    /// A line that is longer than the reader takes.
    LongLine,
    /// A line of `perf script` text that is neither sample nor frame.
    UnreadableLine,
    /// Frames of `perf script` text before any sample.
    OrphanFrame,
    /// Samples of other events than the one that is read.
    OtherEvent,
    /// Frames beyond the greatest depth.
    DeepStack,
    /// Events that perf says it lost.
    LostEvents,
    /// The pprof data ends early or is broken from a place on; what comes before was used.
    BrokenTail,
    /// A pprof message that could not be decoded.
    BrokenMessage,
    /// A pprof id or string index that points to nothing.
    DanglingReference,
    /// A pprof sample whose number of values is not the number of sample types.
    WrongValueCount,
    /// An id that two pprof entries claim; the first was used.
    DuplicateId,
}

impl WarningKind {
    /// Whether each occurrence is a record of the input that is missing from the profile.
    #[must_use]
    pub fn is_skipped_record(self) -> bool {
        match self {
            Self::TruncatedCompression
            | Self::BrokenCompression
            | Self::InvalidUtf8
            | Self::NumberInName
            | Self::DeepStack
            | Self::OtherEvent
            | Self::LostEvents
            | Self::BrokenTail
            | Self::DanglingReference
            | Self::WrongValueCount => false,
            Self::MissingCount
            | Self::MalformedCount
            | Self::HugeCount
            | Self::LongLine
            | Self::UnreadableLine
            | Self::OrphanFrame
            | Self::BrokenMessage
            | Self::DuplicateId => true,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::TruncatedCompression => "the compressed data ends early; what could be inflated was used",
            Self::BrokenCompression => "the compressed data is broken; what could be inflated was used",
            Self::InvalidUtf8 => "names with bytes that are not UTF-8; the bytes were replaced",
            Self::MissingCount => "lines without a count at their end were skipped",
            Self::MalformedCount => "lines with a count that is not a plain decimal number were skipped",
            Self::HugeCount => "lines with a count beyond 64 bits were skipped",
            Self::NumberInName => "stacks that end in a number; it was read as part of the name",
            Self::LongLine => "lines that are too long were skipped",
            Self::UnreadableLine => "lines that are neither sample nor frame were skipped",
            Self::OrphanFrame => "frames without a sample were skipped",
            Self::OtherEvent => "samples of other events were left out; choose one with `--event-filter`",
            Self::DeepStack => "stacks that are too deep were cut off",
            Self::LostEvents => "events were lost while recording, says perf",
            Self::BrokenTail => "the data is broken from here on; what comes before was used",
            Self::BrokenMessage => "messages that cannot be decoded were skipped",
            Self::DanglingReference => "references that point to nothing were read as unknown",
            Self::WrongValueCount => "samples with too few or too many values; missing ones count as zero",
            Self::DuplicateId => "entries whose id is taken were skipped",
        }
    }
}

impl fmt::Display for WarningKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}

/// Where in the input something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line, counted from 1.
    Line(u64),
    /// A byte, counted from 0.
    Byte(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(formatter, "line {line}"),
            Self::Byte(byte) => write!(formatter, "byte {byte}"),
        }
    }
}

/// One kind of thing that was skipped or guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What.
    pub kind: WarningKind,
    /// How often.
    pub count: u64,
    /// Where first: up to [`Warnings::PLACES`] places in input order.
    pub places: Vec<Place>,
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({}", self.kind, self.count)?;
        for (index, place) in self.places.iter().enumerate() {
            formatter.write_str(if index == 0 { "; first at " } else { ", " })?;
            write!(formatter, "{place}")?;
        }
        formatter.write_str(")")
    }
}

/// Everything that a reader skipped or guessed, by kind, in order of first appearance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warnings {
    entries: Vec<Warning>,
}

impl Warnings {
    /// How many places are kept of each kind.
    pub const PLACES: usize = 3;

    /// Counts one occurrence.
    pub fn add(&mut self, kind: WarningKind, place: Place) {
        self.add_many(kind, 1, Some(place));
    }

    /// Counts `count` occurrences, of which the first is at `place`.
    pub fn add_many(&mut self, kind: WarningKind, count: u64, place: Option<Place>) {
        if count == 0 {
            return;
        }
        let index = self.entries.iter().position(|entry| entry.kind == kind).unwrap_or_else(|| {
            self.entries.push(Warning { kind, count: 0, places: Vec::new() });
            self.entries.len() - 1
        });
        let entry = &mut self.entries[index];
        entry.count = entry.count.saturating_add(count);
        if entry.places.len() < Self::PLACES {
            entry.places.extend(place);
        }
    }

    /// Adds those of something else, such as a layer of compression.
    pub(crate) fn extend(&mut self, others: &Self) {
        for other in &others.entries {
            self.add_many(other.kind, other.count, other.places.first().copied());
        }
    }

    /// Whether nothing was skipped or guessed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The kinds that occurred.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Warning> {
        self.entries.iter()
    }

    /// How often a kind occurred.
    #[must_use]
    pub fn count(&self, kind: WarningKind) -> u64 {
        self.entries.iter().find(|entry| entry.kind == kind).map_or(0, |entry| entry.count)
    }

    /// How many records of the input are missing from the profile.
    #[must_use]
    pub fn skipped_records(&self) -> u64 {
        self.entries
            .iter()
            .filter(|entry| entry.kind.is_skipped_record())
            .fold(0, |sum, entry| sum.saturating_add(entry.count))
    }

    /// The kinds that occurred as one text, for an error that has to say why nothing is left.
    pub(crate) fn summary(&self) -> String {
        self.entries.iter().flat_map(|entry| ["; ".to_owned(), entry.to_string()]).collect()
    }
}
