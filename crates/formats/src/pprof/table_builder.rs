//! Decoded tables to those of a profile: everything but samples and stacks.

use std::borrow::Cow;

use firesteel_model::{
    Address, Frame, FrameFlags, FrameId, FrameKind, Function, FunctionId, Label, LabelSetId, LabelValue, LineNumber,
    Mapping, MappingId, Nanoseconds, Period, Profile, StackId, StringId, Unit, UnixNanoseconds, ValueType,
};

use super::decode::{FunctionEntry, LocationEntry, Tables, ValueTypeEntry, each_field};
use super::language;
use super::sample_table::{RowView, Uses};
use super::wire::{Message, number_at};
use crate::folded::sort_by_levels;
use crate::head::readable;
use crate::warning::{Place, WarningKind, Warnings};

/// Most functions inlined into one location. The deepest chains of real programs are below a hundred.
const MAX_INLINED: usize = 1_000;

/// Stands for the frame of a location that does not have exactly one, or whose id is not its position plus one.
const SEVERAL: u32 = u32::MAX;

/// How many stacks are touched before they are taken.
const AHEAD: usize = 32;

/// Most frames of a stack.
const MAX_DEPTH: usize = 1_000_000;

/// A profile without samples, and what decoded samples need to refer to it.
pub(super) struct TableBuilder<'a> {
    pub(super) tables: &'a Tables,
    pub(super) warnings: Warnings,
    pub(super) profile: Profile,
    strings: Vec<Option<StringId>>,
    go_profile: bool,
    mappings: Vec<MappingId>,
    functions: Vec<FunctionId>,
    /// For each function of the profile what kind its frames are, and in which mapping; a function is hardly ever in two.
    kinds: Vec<Option<(MappingId, FrameKind)>>,
    /// For each location the range of its frames in `frames`, innermost first. It has at least one.
    locations: Vec<(u32, u32)>,
    /// By id the frames of locations that have exactly one, or [`SEVERAL`]: most locations are found here at once.
    single_frames: Vec<u32>,
    pub(super) frames: Vec<FrameId>,
    /// The same for what stands for locations that are not there, once there is need of it.
    missing: Option<(u32, u32)>,
    /// For each label set of the decoded tables its own.
    pub(super) label_sets: Vec<LabelSetId>,
}

/// How frames are put down in stacks; see [`TableBuilder::names`].
pub(super) struct FrameNames<T, F> {
    /// By id what stands for the frame of a location that has exactly one, or `several`. One table rather than two in a
    /// row, for each frame of each stack.
    of_locations: Vec<T>,
    several: T,
    name: F,
}

impl<'a> TableBuilder<'a> {
    /// Builds the tables.
    pub(super) fn build(tables: &'a Tables, warnings: Warnings) -> Self {
        let mut builder = Self {
            tables,
            warnings,
            profile: Profile::default(),
            strings: vec![None; tables.strings.len()],
            go_profile: false,
            mappings: Vec::new(),
            functions: Vec::new(),
            kinds: Vec::new(),
            locations: Vec::with_capacity(tables.locations.entries().len()),
            single_frames: Vec::new(),
            frames: Vec::with_capacity(tables.lines.len()),
            missing: None,
            label_sets: Vec::new(),
        };
        builder.fill();
        builder
    }

    fn fill(&mut self) {
        let tables = self.tables;
        let types = tables.sample_types.iter().map(|&entry| self.value_type(entry)).collect();
        self.profile = Profile::new(types);
        self.profile.reserve(tables.strings.len(), tables.functions.entries().len(), tables.lines.len());
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
        self.kinds = vec![None; self.profile.function_count()];
        for location in tables.locations.entries() {
            let start = self.frames.len() as u32;
            self.location(location);
            self.locations.push((start, self.frames.len() as u32));
        }
        let single = |position: usize| match self.locations.get(position) {
            Some(&(start, end)) if end - start == 1 => start,
            _ => SEVERAL,
        };
        self.single_frames = tables.locations.by_id(single, SEVERAL);
        for (encoded, uses) in tables.samples.label_sets() {
            let labels = self.labels(encoded, uses);
            self.label_sets.push(labels);
        }
        for uses in tables.samples.not_of_width(tables.sample_types.len()) {
            self.warnings.add_many(WarningKind::WrongValueCount, uses.count, Some(Place::Byte(uses.first)));
        }
        self.metadata();
    }

    /// Whether there are frames of which nothing but the address is known.
    pub(super) fn has_unnamed_addresses(&self) -> bool {
        self.frames.iter().any(|&frame| self.profile.frame(frame).is_address_only())
    }

    /// How to put down frames in stacks: `name` says it for a frame that stands at a position in
    /// [`frames`](Self::frames). It never gives `several`.
    pub(super) fn names<T: Copy, F: Fn(u32) -> T>(&self, several: T, name: F) -> FrameNames<T, F> {
        let single = |&position: &u32| if position == SEVERAL { several } else { name(position) };
        FrameNames { of_locations: self.single_frames.iter().map(single).collect(), several, name }
    }

    /// Appends the frames of a row, leaf first; of a stack that is too deep those at its root. `false`, and nothing, for
    /// a row that cannot be decoded.
    pub(super) fn push_frames<T: Copy + PartialEq, F: Fn(u32) -> T>(
        &mut self,
        row: &RowView<'_>,
        frames: &mut Vec<T>,
        names: &FrameNames<T, F>,
    ) -> bool {
        let start = frames.len();
        let mut position = 0;
        while position < row.locations.len() {
            let Some((id, end)) = number_at(row.locations, position) else {
                self.warn(WarningKind::BrokenMessage, row.uses);
                frames.truncate(start);
                return false;
            };
            position = end;
            match names.of_locations.get(id as usize) {
                Some(&frame) if frame != names.several => frames.push(frame),
                _ => {
                    let (first, end) = self.location_frames(id, row.uses);
                    frames.extend((first..end).map(&names.name));
                }
            }
        }
        let depth = frames.len() - start;
        if depth > MAX_DEPTH {
            self.warn(WarningKind::DeepStack, row.uses);
            frames.drain(start..start + depth - MAX_DEPTH);
        }
        true
    }

    /// The frames of a location, innermost first, as positions.
    fn location_frames(&mut self, id: u64, uses: Uses) -> (u32, u32) {
        let position = self.tables.locations.position(id);
        if let Some(&found) = position.and_then(|position| self.locations.get(position)) {
            return found;
        }
        self.warn(WarningKind::DanglingReference, uses);
        self.missing_location()
    }

    /// The stacks of rows, each leaf first in `frames`, where one ends where the next begins.
    ///
    /// They are made in the order of a walk through the tree: what two neighbours share is not looked up, and everything
    /// that goes through the tree later goes through memory in order.
    pub(super) fn push_stacks(&mut self, frames: &[u32], ends: &[usize]) -> Vec<StackId> {
        let leaf_first = |row: u32| {
            let row = row as usize;
            let start = row.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
            ends.get(row).and_then(|&end| frames.get(start..end)).unwrap_or(&[])
        };
        let bits = (usize::BITS - self.frames.len().leading_zeros()).max(1);
        let half = (u64::BITS / bits) as usize;
        let key = |&row: &u32, level: usize| {
            let stack = leaf_first(row);
            let rest = stack.get(..stack.len().saturating_sub(2 * half * level)).unwrap_or(&[]);
            // Zero stands for what is behind the leaf.
            let mut next = rest.iter().rev().map(|&position| u64::from(position) + 1);
            let mut pack = || (0..half).fold(0, |key: u64, _| key << bits | next.next().unwrap_or(0));
            u128::from(pack()) << u64::BITS | u128::from(pack())
        };
        let mut order: Vec<u32> = (0..ends.len() as u32).collect();
        let last = (1u128 << bits) - 1;
        sort_by_levels(&mut order, key, |key| key & last != 0);
        let mut stacks = vec![StackId::ROOT; ends.len()];
        // The frames of the last stack, from the root, each with the stack that ends in it.
        let mut path: Vec<(u32, StackId)> = Vec::new();
        for (index, &row) in order.iter().enumerate() {
            if index % AHEAD == 0 {
                // Neighbours are scattered over memory. Touched one right after the other, the processor waits for all
                // of them at once rather than for each.
                let ahead = order.get(index..order.len().min(index + AHEAD)).unwrap_or(&[]);
                let ends_of = |&row: &u32| {
                    let stack = leaf_first(row);
                    stack.first().copied().unwrap_or(0) ^ stack.last().copied().unwrap_or(0)
                };
                std::hint::black_box(ahead.iter().fold(0, |all, row| all ^ ends_of(row)));
            }
            let root_first = || leaf_first(row).iter().rev().copied();
            let shared = root_first().zip(&path).take_while(|&(position, &(of_path, _))| position == of_path).count();
            path.truncate(shared);
            let mut stack = path.last().map_or(StackId::ROOT, |&(_, stack)| stack);
            for position in root_first().skip(shared) {
                let frame = self.frames.get(position as usize).copied().unwrap_or(FrameId::UNKNOWN);
                stack = self.profile.push_stack(stack, frame);
                path.push((position, stack));
            }
            if let Some(slot) = stacks.get_mut(row as usize) {
                *slot = stack;
            }
        }
        stacks
    }

    fn warn(&mut self, kind: WarningKind, uses: Uses) {
        self.warnings.add_many(kind, uses.count, Some(Place::Byte(uses.first)));
    }

    /// The frame that stands for locations that are not there.
    #[cold]
    pub(super) fn missing_location(&mut self) -> (u32, u32) {
        let frames = &mut self.frames;
        let profile = &mut self.profile;
        *self.missing.get_or_insert_with(|| {
            let start = frames.len() as u32;
            frames.push(profile.intern_unnamed_frame(MappingId::NONE, Address(0), FrameKind::Unknown));
            (start, start + 1)
        })
    }

    /// The text of a string index as it stands.
    fn text(&mut self, index: u64) -> Cow<'a, str> {
        let bytes = self.tables.strings.get(index);
        // Index 0 is the empty string even when the table is missing.
        if bytes.is_none() && index != 0 {
            self.warnings.add_many(WarningKind::DanglingReference, 1, None);
        }
        readable(bytes.unwrap_or(&[]))
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

    fn kind(&mut self, function_id: FunctionId, mapping_id: MappingId) -> FrameKind {
        let known = self.kinds.get(function_id.index()).copied().flatten();
        if let Some((_, kind)) = known.filter(|&(mapping, _)| mapping == mapping_id) {
            return kind;
        }
        let function = self.profile.function(function_id);
        let mapping = self.profile.mapping(mapping_id);
        let text = |id: StringId| self.profile.string(id);
        let kind = language::kind(text(function.name), text(function.file), text(mapping.file), self.go_profile);
        if let Some(slot) = self.kinds.get_mut(function_id.index()) {
            *slot = Some((mapping_id, kind));
        }
        kind
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

    fn labels(&mut self, encoded: &[u8], uses: Uses) -> LabelSetId {
        let place = Some(Place::Byte(uses.first));
        let before = self.warnings.count(WarningKind::DanglingReference);
        let mut labels = Vec::new();
        let mut message = Message::new(encoded);
        while let Some(Ok(field)) = message.next() {
            let (mut key, mut text, mut number, mut unit) = (0, 0, 0, 0);
            let result = each_field(field.payload, |field, value| match field {
                1 => key = value.number(),
                2 => text = value.number(),
                3 => number = value.signed(),
                4 => unit = value.number(),
                _ => {}
            });
            if result.is_err() {
                self.warnings.add_many(WarningKind::BrokenMessage, uses.count, place);
                continue;
            }
            let value = if text == 0 {
                LabelValue::Number { value: number, unit: self.string(unit) }
            } else {
                LabelValue::Text(self.string(text))
            };
            labels.push(Label { key: self.string(key), value });
        }
        // Names that are not there were counted once, yet every sample has them.
        let missing = self.warnings.count(WarningKind::DanglingReference) - before;
        self.warnings.add_many(WarningKind::DanglingReference, missing.saturating_mul(uses.count - 1), None);
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
