//! Decoded tables to a profile.

use std::borrow::Cow;

use firesteel_model::{
    Address, Frame, FrameFlags, FrameId, FrameKind, Function, FunctionId, Label, LabelSetId, LabelValue, LineNumber,
    Mapping, MappingId, Nanoseconds, Period, Profile, Sample, StackId, StringId, Unit, UnixNanoseconds, ValueType,
};

use super::decode::{FunctionEntry, LocationEntry, Tables, ValueTypeEntry, each_field};
use super::language;
use super::wire::{Message, Payload, push_numbers};
use crate::compression;
use crate::error::{Error, PprofProblem};
use crate::format::Format;
use crate::options::Limits;
use crate::read::Read;
use crate::warning::{Place, WarningKind, Warnings};

/// Most functions inlined into one location. The deepest chains of real programs are below a hundred.
const MAX_INLINED: usize = 1_000;

/// Most frames of a stack.
const MAX_DEPTH: usize = 1_000_000;

/// Reads a pprof protobuf, plain or compressed.
///
/// # Errors
///
/// When the data is empty, inflates to more than the limit, or is broken before a sample type.
pub fn read(data: &[u8], limits: Limits) -> Result<Read, Error> {
    if data.is_empty() {
        return Err(Error::Empty);
    }
    let mut warnings = Warnings::default();
    let inflated = compression::inflate_all(data, limits, &mut warnings)?;
    let data = inflated.as_deref().unwrap_or(data);
    let tables = Tables::decode(data, &mut warnings);
    // Most writers put the names last: cut before them, nothing is left to show.
    let unnamed = tables.broken.is_some() && tables.strings.len() <= 1;
    if tables.sample_types.is_empty() || unnamed {
        let (offset, problem) = tables.broken.unwrap_or((data.len(), PprofProblem::NoSampleType));
        return Err(Error::Pprof { offset, problem });
    }
    let (profile, warnings) = Builder::new(&tables, warnings).build();
    Ok(Read::new(profile, warnings, Format::Pprof))
}

struct Builder<'a> {
    tables: &'a Tables<'a>,
    warnings: Warnings,
    profile: Profile,
    strings: Vec<Option<StringId>>,
    go_profile: bool,
    mappings: Vec<MappingId>,
    functions: Vec<FunctionId>,
    /// For each location the range of its frames in `frames`, innermost first.
    locations: Vec<(usize, usize)>,
    frames: Vec<FrameId>,
}

impl<'a> Builder<'a> {
    fn new(tables: &'a Tables<'a>, warnings: Warnings) -> Self {
        Self {
            tables,
            warnings,
            profile: Profile::default(),
            strings: vec![None; tables.strings.len()],
            go_profile: false,
            mappings: Vec::new(),
            functions: Vec::new(),
            locations: Vec::new(),
            frames: Vec::new(),
        }
    }

    fn build(mut self) -> (Profile, Warnings) {
        let tables = self.tables;
        let types = tables.sample_types.iter().map(|&entry| self.value_type(entry)).collect();
        self.profile = Profile::new(types);
        self.mappings = tables
            .mappings
            .entries()
            .iter()
            .map(|entry| {
                let mapping = Mapping {
                    start: Address(entry.start),
                    limit: Address(entry.limit),
                    file_offset: entry.offset,
                    file: self.string(entry.file),
                    build_id: self.string(entry.build_id),
                };
                self.profile.intern_mapping(mapping)
            })
            .collect();
        self.functions = tables.functions.entries().iter().map(|entry| self.function(entry)).collect();
        self.go_profile = self.functions.iter().any(|&id| {
            let function = self.profile.function(id);
            language::is_go_evidence(self.profile.string(function.name), self.profile.string(function.file))
        });
        for location in tables.locations.entries() {
            let start = self.frames.len();
            self.location(location);
            self.locations.push((start, self.frames.len()));
        }
        self.samples();
        self.metadata();
        (self.profile, self.warnings)
    }

    /// The text of a string index as it stands.
    fn text(&mut self, index: u64) -> Cow<'a, str> {
        let bytes = usize::try_from(index).ok().and_then(|index| self.tables.strings.get(index));
        // Index 0 is the empty string even when the table is missing.
        if bytes.is_none() && index != 0 {
            self.warnings.add_many(WarningKind::DanglingReference, 1, None);
        }
        String::from_utf8_lossy(bytes.copied().unwrap_or(&[]))
    }

    fn string(&mut self, index: u64) -> StringId {
        let position = usize::try_from(index).unwrap_or(usize::MAX);
        if let Some(&Some(known)) = self.strings.get(position) {
            return known;
        }
        let text = self.text(index);
        if matches!(text, Cow::Owned(_)) {
            self.warnings.add_many(WarningKind::InvalidUtf8, 1, None);
        }
        let id = self.profile.intern(&text);
        if let Some(slot) = self.strings.get_mut(position) {
            *slot = Some(id);
        }
        id
    }

    fn value_type(&mut self, entry: ValueTypeEntry) -> ValueType {
        let unit = Unit::parse(&self.text(entry.unit));
        ValueType::new(self.text(entry.name), unit)
    }

    fn function(&mut self, entry: &FunctionEntry) -> FunctionId {
        let name = self.string(entry.name);
        let system_name = self.string(entry.system_name);
        let function = Function {
            name: if name == StringId::EMPTY { system_name } else { name },
            system_name: if name == system_name || name == StringId::EMPTY { StringId::EMPTY } else { system_name },
            file: self.string(entry.file),
            start_line: line_number(entry.start_line),
        };
        self.profile.intern_function(function)
    }

    /// Appends the frames of a location, innermost first.
    fn location(&mut self, location: &LocationEntry) {
        let mapping = self.lookup_mapping(location.mapping);
        let address = Address(location.address);
        let end = location.first_line.saturating_add(location.line_count.min(MAX_INLINED));
        let lines = self.tables.lines.get(location.first_line..end).unwrap_or(&[]);
        if location.line_count > MAX_INLINED {
            self.warnings.add_many(WarningKind::DeepStack, 1, None);
        }
        for (index, line) in lines.iter().enumerate() {
            let position = self.tables.functions.position(line.function);
            let function = position.and_then(|position| self.functions.get(position)).copied();
            if function.is_none() {
                self.warnings.add_many(WarningKind::DanglingReference, 1, None);
            }
            let function = function.unwrap_or(FunctionId::UNKNOWN);
            let kind = self.kind(function, mapping);
            let known = *self.profile.function(function);
            if known.name == StringId::EMPTY && lines.len() == 1 {
                self.frames.push(self.profile.intern_unnamed_frame(mapping, address, kind));
                continue;
            }
            let flags = FrameFlags { inlined: index + 1 < lines.len(), unnamed: known.name == StringId::EMPTY };
            let line = line_number(line.line);
            self.frames.push(self.profile.intern_frame(Frame { function, line, mapping, address, kind, flags }));
        }
        if lines.is_empty() {
            let kind = self.kind(FunctionId::UNKNOWN, mapping);
            self.frames.push(self.profile.intern_unnamed_frame(mapping, address, kind));
        }
    }

    fn kind(&self, function: FunctionId, mapping: MappingId) -> FrameKind {
        let function = self.profile.function(function);
        let mapping = self.profile.mapping(mapping);
        let text = |id: StringId| self.profile.string(id);
        language::kind(text(function.name), text(function.file), text(mapping.file), self.go_profile)
    }

    fn lookup_mapping(&mut self, id: u64) -> MappingId {
        if id == 0 {
            return MappingId::NONE;
        }
        let found = self.tables.mappings.position(id).and_then(|position| self.mappings.get(position)).copied();
        if found.is_none() {
            self.warnings.add_many(WarningKind::DanglingReference, 1, None);
        }
        found.unwrap_or(MappingId::NONE)
    }

    fn samples(&mut self) {
        let tables = self.tables;
        let width = tables.sample_types.len();
        let mut sample = SampleScratch::default();
        for &(offset, data) in &tables.samples {
            let place = Place::Byte(offset as u64);
            if sample.decode(data).is_err() {
                self.warnings.add(WarningKind::BrokenMessage, place);
                continue;
            }
            if sample.values.len() != width {
                self.warnings.add(WarningKind::WrongValueCount, place);
            }
            let stack = self.stack(&sample.locations, place);
            let labels = self.labels(&sample.labels, place);
            let values: &[u64] = sample.values.get(..width).unwrap_or(&sample.values);
            sample.signed.clear();
            sample.signed.extend(values.iter().map(|&value| value as i64));
            self.profile.add_sample(Sample { labels, ..Sample::new(stack, &sample.signed) });
        }
    }

    /// The stack of a sample's locations, which stand leaf first.
    fn stack(&mut self, locations: &[u64], place: Place) -> StackId {
        let mut stack = StackId::ROOT;
        let mut depth = 0;
        for &id in locations.iter().rev() {
            let found = self.tables.locations.position(id).and_then(|position| self.locations.get(position)).copied();
            let Some((start, end)) = found else {
                self.warnings.add(WarningKind::DanglingReference, place);
                let frame = self.profile.intern_unnamed_frame(MappingId::NONE, Address(0), FrameKind::Unknown);
                stack = self.profile.push_stack(stack, frame);
                continue;
            };
            for &frame in self.frames.get(start..end).unwrap_or(&[]).iter().rev() {
                stack = self.profile.push_stack(stack, frame);
            }
            depth += end - start;
            if depth > MAX_DEPTH {
                self.warnings.add(WarningKind::DeepStack, place);
                break;
            }
        }
        stack
    }

    fn labels(&mut self, encoded: &[&[u8]], place: Place) -> LabelSetId {
        if encoded.is_empty() {
            return LabelSetId::EMPTY;
        }
        let mut labels = Vec::with_capacity(encoded.len());
        for &data in encoded {
            let (mut key, mut text, mut number, mut unit) = (0, 0, 0, 0);
            let result = each_field(Payload::Bytes(data), |field, value| match field {
                1 => key = value.number(),
                2 => text = value.number(),
                3 => number = value.signed(),
                4 => unit = value.number(),
                _ => {}
            });
            if result.is_err() {
                self.warnings.add(WarningKind::BrokenMessage, place);
                continue;
            }
            let value = if text == 0 {
                LabelValue::Number { value: number, unit: self.string(unit) }
            } else {
                LabelValue::Text(self.string(text))
            };
            labels.push(Label { key: self.string(key), value });
        }
        self.profile.intern_labels(&labels)
    }

    fn metadata(&mut self) {
        let tables = self.tables;
        let period_type = tables.period_type.map(|entry| self.value_type(entry));
        let comments = tables.comments.iter().map(|&index| self.text(index).into_owned()).collect();
        let default_name = self.text(tables.default_sample_type);
        let types = self.profile.sample_types();
        // Without a default, the last one is meant.
        let default_sample_type =
            types.iter().rposition(|sample_type| default_name.is_empty() || sample_type.name == default_name);
        let (drop_frames, keep_frames) = (self.text(tables.drop_frames), self.text(tables.keep_frames));
        let documentation_url = self.text(tables.doc_url);
        let metadata = &mut self.profile.metadata;
        metadata.default_sample_type = default_sample_type.unwrap_or(tables.sample_types.len().saturating_sub(1));
        metadata.start = (tables.time_nanos != 0).then_some(UnixNanoseconds(tables.time_nanos));
        metadata.duration = u64::try_from(tables.duration_nanos).ok().filter(|&nanos| nanos > 0).map(Nanoseconds);
        metadata.period = period_type.map(|value_type| Period { value_type, value: tables.period });
        metadata.comments = comments;
        metadata.drop_frames = drop_frames.into_owned();
        metadata.keep_frames = keep_frames.into_owned();
        metadata.documentation_url = documentation_url.into_owned();
    }
}

/// Lines are `int64` in the format; what is no line is unknown.
fn line_number(line: i64) -> LineNumber {
    LineNumber(u32::try_from(line).unwrap_or(0))
}

/// A decoded sample; one is reused for all.
#[derive(Default)]
struct SampleScratch<'a> {
    locations: Vec<u64>,
    values: Vec<u64>,
    labels: Vec<&'a [u8]>,
    signed: Vec<i64>,
}

impl<'a> SampleScratch<'a> {
    fn decode(&mut self, data: &'a [u8]) -> Result<(), PprofProblem> {
        self.locations.clear();
        self.values.clear();
        self.labels.clear();
        let mut message = Message::new(data);
        while let Some(field) = message.next() {
            let field = field?;
            match field.number {
                1 => push_numbers(field.payload, &mut self.locations)?,
                2 => push_numbers(field.payload, &mut self.values)?,
                3 => self.labels.push(field.payload.bytes()),
                _ => {}
            }
        }
        Ok(())
    }
}
