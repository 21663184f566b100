//! A pprof protobuf to flat tables that borrow from it.
//!
//! The string table may come last, so indices stay indices here; samples stay encoded until
//! everything they refer to is known.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::wire::{Field, Message, Payload};
use crate::error::PprofProblem;
use crate::warning::{Place, WarningKind, Warnings};

/// Fields of the messages of `profile.proto` (google/pprof).
pub(super) mod field {
    pub(in crate::pprof) mod profile {
        pub(in crate::pprof) const SAMPLE_TYPE: u32 = 1;
        pub(in crate::pprof) const SAMPLE: u32 = 2;
        pub(in crate::pprof) const MAPPING: u32 = 3;
        pub(in crate::pprof) const LOCATION: u32 = 4;
        pub(in crate::pprof) const FUNCTION: u32 = 5;
        pub(in crate::pprof) const STRING_TABLE: u32 = 6;
        pub(in crate::pprof) const DROP_FRAMES: u32 = 7;
        pub(in crate::pprof) const KEEP_FRAMES: u32 = 8;
        pub(in crate::pprof) const TIME_NANOS: u32 = 9;
        pub(in crate::pprof) const DURATION_NANOS: u32 = 10;
        pub(in crate::pprof) const PERIOD_TYPE: u32 = 11;
        pub(in crate::pprof) const PERIOD: u32 = 12;
        pub(in crate::pprof) const COMMENT: u32 = 13;
        pub(in crate::pprof) const DEFAULT_SAMPLE_TYPE: u32 = 14;
        pub(in crate::pprof) const DOC_URL: u32 = 15;
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

/// The tables of a profile.
#[derive(Debug, Default)]
pub(super) struct Tables<'a> {
    pub(super) strings: Vec<&'a [u8]>,
    pub(super) sample_types: Vec<ValueTypeEntry>,
    pub(super) mappings: IdTable<MappingEntry>,
    pub(super) locations: IdTable<LocationEntry>,
    pub(super) lines: Vec<LineEntry>,
    pub(super) functions: IdTable<FunctionEntry>,
    /// Encoded samples with their positions.
    pub(super) samples: Vec<(usize, &'a [u8])>,
    pub(super) comments: Vec<u64>,
    pub(super) period_type: Option<ValueTypeEntry>,
    pub(super) period: i64,
    pub(super) time_nanos: i64,
    pub(super) duration_nanos: i64,
    pub(super) drop_frames: u64,
    pub(super) keep_frames: u64,
    pub(super) default_sample_type: u64,
    pub(super) doc_url: u64,
    /// Where and why decoding stopped, if it did not reach the end.
    pub(super) broken: Option<(usize, PprofProblem)>,
}

impl<'a> Tables<'a> {
    pub(super) fn decode(data: &'a [u8], warnings: &mut Warnings) -> Self {
        let mut tables = Self::default();
        let mut message = Message::new(data);
        loop {
            let start = message.position();
            match message.next() {
                None => break,
                Some(Ok(field)) => {
                    if tables.take(field).is_err() {
                        warnings.add(WarningKind::BrokenMessage, Place::Byte(field.offset as u64));
                    }
                }
                Some(Err(problem)) => {
                    warnings.add(WarningKind::BrokenTail, Place::Byte(start as u64));
                    tables.broken = Some((start, problem));
                    break;
                }
            }
        }
        let duplicates = tables.mappings.duplicates + tables.locations.duplicates + tables.functions.duplicates;
        warnings.add_many(WarningKind::DuplicateId, duplicates, None);
        tables
    }

    fn take(&mut self, field: Field<'a>) -> Result<(), PprofProblem> {
        let payload = field.payload;
        match field.number {
            field::profile::SAMPLE_TYPE => self.sample_types.push(value_type(payload)?),
            field::profile::SAMPLE => self.samples.push((field.offset, payload.bytes())),
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

/// Entries found by the id that the profile gives them. Ids are mostly 1, 2, 3, …
#[derive(Debug)]
pub(super) struct IdTable<T> {
    entries: Vec<T>,
    /// Positions of entries whose id is not their position plus one.
    others: HashMap<u64, usize, SeedableState<'static>>,
    /// Ids that equal the position of their entry plus one, as one bit each.
    in_place: Vec<bool>,
    duplicates: u64,
}

impl<T> Default for IdTable<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            others: HashMap::with_hasher(SeedableState::fixed()),
            in_place: Vec::new(),
            duplicates: 0,
        }
    }
}

impl<T> IdTable<T> {
    fn insert(&mut self, id: u64, entry: T) {
        if self.position(id).is_some() {
            self.duplicates += 1;
            return;
        }
        let position = self.entries.len();
        let in_place = id == position as u64 + 1;
        if !in_place {
            self.others.insert(id, position);
        }
        self.entries.push(entry);
        self.in_place.push(in_place);
    }

    /// The position of an id's entry.
    pub(super) fn position(&self, id: u64) -> Option<usize> {
        let position = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        match position.filter(|&position| self.in_place.get(position).is_some_and(|&in_place| in_place)) {
            Some(position) => Some(position),
            None if self.others.is_empty() => None,
            None => self.others.get(&id).copied(),
        }
    }

    /// All entries in file order.
    pub(super) fn entries(&self) -> &[T] {
        &self.entries
    }
}
