//! A pprof protobuf to flat tables, piece by piece.
//!
//! Its fields may come in any order: names stay indices here, and samples stay encoded, until everything they refer
//! to is known.

use super::id_table::IdTable;
use super::sample_table::SampleTable;
use super::wire::{Field, Message, Payload, number};
use crate::error::PprofProblem;
use crate::warning::{Place, WarningKind, Warnings};

/// Fields of the messages of `profile.proto` (google/pprof).
pub(crate) mod field {
    pub(crate) mod profile {
        pub(crate) const SAMPLE_TYPE: u32 = 1;
        pub(crate) const SAMPLE: u32 = 2;
        pub(crate) const MAPPING: u32 = 3;
        pub(crate) const LOCATION: u32 = 4;
        pub(crate) const FUNCTION: u32 = 5;
        pub(crate) const STRING_TABLE: u32 = 6;
        pub(crate) const DROP_FRAMES: u32 = 7;
        pub(crate) const KEEP_FRAMES: u32 = 8;
        pub(crate) const TIME_NANOS: u32 = 9;
        pub(crate) const DURATION_NANOS: u32 = 10;
        pub(crate) const PERIOD_TYPE: u32 = 11;
        pub(crate) const PERIOD: u32 = 12;
        pub(crate) const COMMENT: u32 = 13;
        pub(crate) const DEFAULT_SAMPLE_TYPE: u32 = 14;
        pub(crate) const DOC_URL: u32 = 15;
    }
}

/// A `ValueType`: string indices of its type and unit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ValueTypeEntry {
    pub(super) name: u64,
    pub(super) unit: u64,
}

/// A `Mapping`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MappingEntry {
    pub(super) start: u64,
    pub(super) limit: u64,
    pub(super) offset: u64,
    pub(super) file: u64,
    pub(super) build_id: u64,
}

/// A `Location`, its lines as a range of [`Tables::lines`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LocationEntry {
    pub(super) mapping: u64,
    pub(super) address: u64,
    pub(super) first_line: usize,
    pub(super) line_count: usize,
}

/// A `Line`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LineEntry {
    pub(super) function: u64,
    pub(super) line: i64,
}

/// A `Function`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FunctionEntry {
    pub(super) name: u64,
    pub(super) system_name: u64,
    pub(super) file: u64,
    pub(super) start_line: i64,
}

/// Longest field: a name, or the locations of a stack. One that says it is longer is broken.
const MAX_FIELD: u64 = 64 << 20;

/// The tables of a profile. The string table may come last, so strings are indices.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) strings: Strings,
    pub(super) sample_types: Vec<ValueTypeEntry>,
    pub(super) mappings: IdTable<MappingEntry>,
    pub(super) locations: IdTable<LocationEntry>,
    pub(super) lines: Vec<LineEntry>,
    pub(super) functions: IdTable<FunctionEntry>,
    pub(super) samples: SampleTable,
    pub(super) comments: Vec<u64>,
    pub(super) period_type: Option<ValueTypeEntry>,
    pub(super) period: i64,
    pub(super) time_nanos: i64,
    pub(super) duration_nanos: i64,
    pub(super) drop_frames: u64,
    pub(super) keep_frames: u64,
    pub(super) default_sample_type: u64,
    pub(super) doc_url: u64,
}

impl Tables {
    fn take(&mut self, field: Field<'_>, offset: u64) -> Result<(), PprofProblem> {
        let payload = field.payload;
        match field.number {
            field::profile::SAMPLE_TYPE => self.sample_types.push(value_type(payload)?),
            field::profile::SAMPLE => self.samples.add(payload.bytes(), offset)?,
            field::profile::MAPPING => {
                let (id, entry) = mapping(payload)?;
                self.mappings.insert(id, entry);
            }
            field::profile::LOCATION => {
                let (id, entry) = location(payload, &mut self.lines)?;
                self.locations.insert(id, entry);
            }
            field::profile::FUNCTION => {
                let (id, entry) = function(payload)?;
                self.functions.insert(id, entry);
            }
            field::profile::STRING_TABLE => self.strings.push(payload.bytes()),
            field::profile::DROP_FRAMES => self.drop_frames = payload.number(),
            field::profile::KEEP_FRAMES => self.keep_frames = payload.number(),
            field::profile::TIME_NANOS => self.time_nanos = payload.signed(),
            field::profile::DURATION_NANOS => self.duration_nanos = payload.signed(),
            field::profile::PERIOD_TYPE => self.period_type = Some(value_type(payload)?),
            field::profile::PERIOD => self.period = payload.signed(),
            field::profile::COMMENT => super::wire::push_numbers(payload, &mut self.comments)?,
            field::profile::DEFAULT_SAMPLE_TYPE => self.default_sample_type = payload.number(),
            field::profile::DOC_URL => self.doc_url = payload.number(),
            _ => {}
        }
        Ok(())
    }
}

/// The string table as it comes: texts one behind the other.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: Vec<u8>,
    /// End of each string in `text`; its start is the end of the one before.
    ends: Vec<usize>,
}

impl Strings {
    fn push(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
        self.ends.push(self.text.len());
    }

    pub(super) fn get(&self, index: u64) -> Option<&[u8]> {
        let index = usize::try_from(index).ok()?;
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(index)?)
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

/// Decodes a profile that comes in pieces. Only tables are kept, and one field that is not complete yet.
#[derive(Debug)]
pub(crate) struct Decoder {
    tables: Tables,
    warnings: Warnings,
    /// What is not decoded yet, and where in the input it begins.
    pending: Vec<u8>,
    offset: u64,
    /// Where and why decoding stopped, if it did not reach the end.
    broken: Option<(u64, PprofProblem)>,
}

/// What a [`Decoder`] made of its input.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(super) tables: Tables,
    pub(crate) warnings: Warnings,
    /// Where and why decoding stopped, if it did not reach the end.
    pub(super) broken: Option<(u64, PprofProblem)>,
    /// Bytes of the input, if it was not broken.
    pub(super) length: u64,
}

impl Default for Decoder {
    /// Decodes all that a profile holds.
    fn default() -> Self {
        Self::with(SampleTable::of_samples())
    }
}

impl Decoder {
    /// Decodes all but the labels of samples, for those who look at each stack once.
    pub(super) fn of_stacks() -> Self {
        Self::with(SampleTable::of_stacks())
    }

    fn with(samples: SampleTable) -> Self {
        let tables = Tables { samples, ..Tables::default() };
        Self { tables, warnings: Warnings::default(), pending: Vec::new(), offset: 0, broken: None }
    }

    /// Takes the next piece, cut anywhere.
    pub(crate) fn feed(&mut self, piece: &[u8]) {
        if self.broken.is_some() {
            return;
        }
        let mut data = std::mem::take(&mut self.pending);
        data.extend_from_slice(piece);
        let mut message = Message::new(&data);
        let used = loop {
            let start = message.position();
            match message.next() {
                None => break start,
                Some(Ok(field)) => {
                    let offset = self.offset + field.offset as u64;
                    if self.tables.take(field, offset).is_err() {
                        self.warnings.add(WarningKind::BrokenMessage, Place::Byte(offset));
                    }
                }
                Some(Err(problem)) => {
                    if !may_go_on(problem, data.get(start..).unwrap_or(&[])) {
                        self.stop(start, problem);
                    }
                    break start;
                }
            }
        };
        self.offset += used as u64;
        data.drain(..used);
        self.pending = data;
    }

    fn stop(&mut self, at: usize, problem: PprofProblem) {
        let offset = self.offset + at as u64;
        self.warnings.add(WarningKind::BrokenTail, Place::Byte(offset));
        self.broken = Some((offset, problem));
    }

    /// The tables, when there is no more input.
    pub(crate) fn finish(mut self) -> Decoded {
        if self.broken.is_none()
            && let Some(Err(problem)) = Message::new(&self.pending).next()
        {
            self.stop(0, problem);
        }
        let Self { tables, mut warnings, broken, offset, .. } = self;
        let duplicates = tables.mappings.duplicates() + tables.locations.duplicates() + tables.functions.duplicates();
        warnings.add_many(WarningKind::DuplicateId, duplicates, None);
        Decoded { tables, warnings, broken, length: offset }
    }
}

/// Whether more input may mend what is wrong with a field that begins so.
fn may_go_on(problem: PprofProblem, field: &[u8]) -> bool {
    /// Longest key and length.
    const HEAD: usize = 20;
    match problem {
        PprofProblem::Number => field.len() < HEAD,
        PprofProblem::Length => {
            let length = number(field).and_then(|(_, key)| number(field.get(key..)?));
            length.is_none_or(|(length, _)| length <= MAX_FIELD)
        }
        _ => false,
    }
}

/// Calls `take` for every field of a message.
pub(super) fn each_field<'a>(payload: Payload<'a>, mut take: impl FnMut(u32, Payload<'a>)) -> Result<(), PprofProblem> {
    let mut message = Message::new(payload.bytes());
    while let Some(field) = message.next() {
        let field = field?;
        take(field.number, field.payload);
    }
    Ok(())
}

fn value_type(payload: Payload<'_>) -> Result<ValueTypeEntry, PprofProblem> {
    let mut entry = ValueTypeEntry::default();
    each_field(payload, |number, value| match number {
        1 => entry.name = value.number(),
        2 => entry.unit = value.number(),
        _ => {}
    })?;
    Ok(entry)
}

fn mapping(payload: Payload<'_>) -> Result<(u64, MappingEntry), PprofProblem> {
    let mut id = 0;
    let mut entry = MappingEntry::default();
    each_field(payload, |number, value| match number {
        1 => id = value.number(),
        2 => entry.start = value.number(),
        3 => entry.limit = value.number(),
        4 => entry.offset = value.number(),
        5 => entry.file = value.number(),
        6 => entry.build_id = value.number(),
        _ => {}
    })?;
    Ok((id, entry))
}

fn location(payload: Payload<'_>, lines: &mut Vec<LineEntry>) -> Result<(u64, LocationEntry), PprofProblem> {
    let mut id = 0;
    let mut entry = LocationEntry { first_line: lines.len(), ..LocationEntry::default() };
    let mut broken_line = Ok(());
    each_field(payload, |number, value| match number {
        1 => id = value.number(),
        2 => entry.mapping = value.number(),
        3 => entry.address = value.number(),
        4 => {
            let mut line = LineEntry::default();
            let result = each_field(value, |number, value| match number {
                1 => line.function = value.number(),
                2 => line.line = value.signed(),
                _ => {}
            });
            lines.push(line);
            broken_line = broken_line.and(result);
        }
        _ => {}
    })?;
    broken_line?;
    entry.line_count = lines.len() - entry.first_line;
    Ok((id, entry))
}

fn function(payload: Payload<'_>) -> Result<(u64, FunctionEntry), PprofProblem> {
    let mut id = 0;
    let mut entry = FunctionEntry::default();
    each_field(payload, |number, value| match number {
        1 => id = value.number(),
        2 => entry.name = value.number(),
        3 => entry.system_name = value.number(),
        4 => entry.file = value.number(),
        5 => entry.start_line = value.signed(),
        _ => {}
    })?;
    Ok((id, entry))
}
