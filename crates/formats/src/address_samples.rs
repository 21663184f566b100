//! Samples whose stacks are addresses, which get their names and mappings later in the same input.

use std::borrow::Cow;

use firesteel_model::{
    Address, Frame, FrameFlags, FrameId, Function, FunctionId, LabelSetId, LineNumber, Profile, Sample, StackId,
    StringId, Thread, ThreadId, ValueType,
};
use hashbrown::{HashMap, HashSet};
use rapidhash::fast::SeedableState;

use crate::byte_table::ByteTable;
use crate::format::Format;
use crate::memory_map::{MappedRegions, MemoryMap};
use crate::pprof::language;
use crate::read::Read;
use crate::warning::{Place, WarningKind, Warnings};

/// Stands for functions of the Go runtime that Go does not name.
pub(crate) const HIDDEN_RUNTIME: &str = "[runtime]";

/// Samples alike in addresses, labels and thread, added up; names and mappings of addresses.
pub(crate) struct AddressSamples {
    /// The profile, for labels, threads and metadata.
    pub(crate) profile: Profile,
    /// What is skipped or guessed.
    pub(crate) warnings: Warnings,
    /// Where addresses belong to.
    pub(crate) memory_map: MemoryMap,
    /// Rows by labels, thread and addresses.
    keys: ByteTable,
    key: Vec<u8>,
    values: Vec<i64>,
    /// Functions at an address, innermost first.
    lines: HashMap<u64, Vec<SourceLine>, SeedableState<'static>>,
    hidden: HashSet<u64, SeedableState<'static>>,
}

/// A place in a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SourceLine {
    pub(crate) function: FunctionId,
    pub(crate) line: LineNumber,
}

impl AddressSamples {
    pub(crate) fn new(sample_types: Vec<ValueType>) -> Self {
        Self {
            profile: Profile::new(sample_types),
            warnings: Warnings::default(),
            memory_map: MemoryMap::default(),
            keys: ByteTable::default(),
            key: Vec::new(),
            values: Vec::new(),
            lines: HashMap::with_hasher(SeedableState::fixed()),
            hidden: HashSet::with_hasher(SeedableState::fixed()),
        }
    }

    /// Counts a line that cannot be read.
    pub(crate) fn skip_line(&mut self, number: u64) {
        self.warnings.add(WarningKind::UnreadableLine, Place::Line(number));
    }

    /// Adds a sample; addresses come from the leaf.
    pub(crate) fn add(&mut self, addresses: &[u64], labels: LabelSetId, thread: ThreadId, values: &[i64]) {
        self.key.clear();
        self.key.extend_from_slice(&(labels.index() as u32).to_le_bytes());
        self.key.extend_from_slice(&(thread.index() as u32).to_le_bytes());
        for address in addresses {
            self.key.extend_from_slice(&address.to_le_bytes());
        }
        let width = self.profile.sample_types().len();
        let (row, _) = self.keys.intern(&self.key);
        let start = row as usize * width;
        self.values.resize(self.keys.len() * width, 0);
        for (slot, &value) in self.values.get_mut(start..start + width).unwrap_or_default().iter_mut().zip(values) {
            *slot = slot.saturating_add(value);
        }
    }

    /// A function by what a text says of it.
    pub(crate) fn function(&mut self, name: &[u8], file: &[u8], place: Place) -> FunctionId {
        let name = self.text(name, place);
        let file = self.text(file, place);
        self.profile.intern_function(Function { name, file, ..Function::default() })
    }

    fn text(&mut self, bytes: &[u8], place: Place) -> StringId {
        let text = String::from_utf8_lossy(bytes);
        if matches!(text, Cow::Owned(_)) {
            self.warnings.add(WarningKind::InvalidUtf8, place);
        }
        self.profile.intern(&text)
    }

    /// A thread by its name and number.
    pub(crate) fn thread(&mut self, name: &[u8], number: Option<u32>, place: Place) -> ThreadId {
        let name = self.text(name, place);
        let thread = number.map(firesteel_model::ThreadNumber);
        self.profile.intern_thread(Thread { process: None, thread, name })
    }

    /// Whether an address has a name.
    pub(crate) fn is_named(&self, address: u64) -> bool {
        self.lines.contains_key(&address)
    }

    /// Names an address, with what was inlined there first. The first names stay.
    pub(crate) fn name(&mut self, address: u64, innermost_first: Vec<SourceLine>) {
        self.lines.entry(address).or_insert(innermost_first);
    }

    /// Says that an address is in the Go runtime, in case nothing else is said about it.
    pub(crate) fn hide(&mut self, address: u64) {
        self.hidden.insert(address);
    }

    /// Whether an address is one that was hidden.
    fn is_hidden(&self, address: u64) -> bool {
        !self.is_named(address) && self.hidden.contains(&address)
    }

    /// The profile.
    pub(crate) fn finish(mut self, format: Format) -> Read {
        let map = std::mem::take(&mut self.memory_map).finish(&mut self.profile);
        let functions = self.lines.values().flatten().map(|line| self.profile.function(line.function));
        let is_go_evidence = |function: &Function| {
            language::is_go_evidence(self.profile.string(function.name), self.profile.string(function.file))
        };
        let go_profile = !self.hidden.is_empty() || functions.copied().any(|function| is_go_evidence(&function));
        let width = self.profile.sample_types().len();
        let mut frames_of: HashMap<u64, Vec<FrameId>, SeedableState<'static>> =
            HashMap::with_hasher(SeedableState::fixed());
        let keys = std::mem::take(&mut self.keys);
        for row in 0..keys.len() {
            let key = keys.get(row as u32);
            let (head, addresses) = key.split_at_checked(8).unwrap_or((&[], key));
            let number = |bytes: Option<&[u8]>| {
                bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, |bytes| u32::from_le_bytes(bytes) as usize)
            };
            let labels = LabelSetId::from_index(number(head.get(..4)));
            let thread = ThreadId::from_index(number(head.get(4..)));
            let mut stack = StackId::ROOT;
            for bytes in addresses.as_chunks::<8>().0.iter().rev() {
                let address = u64::from_le_bytes(*bytes);
                let frames = frames_of.entry(address).or_insert_with(|| self.frames(address, &map, go_profile));
                for &frame in frames.iter().rev() {
                    stack = self.profile.push_stack(stack, frame);
                }
            }
            let values = self.values.get(row * width..(row + 1) * width).unwrap_or(&[]);
            self.profile.add_sample(Sample { labels, thread, ..Sample::new(stack, values) });
        }
        Read::new(self.profile, self.warnings, format)
    }

    /// The frames of an address, innermost first.
    fn frames(&mut self, address: u64, map: &MappedRegions, go_profile: bool) -> Vec<FrameId> {
        let mapping = map.find(address);
        if self.is_hidden(address) {
            let name = self.profile.intern(HIDDEN_RUNTIME);
            let function = self.profile.intern_function(Function { name, ..Function::default() });
            let flags = FrameFlags { unnamed: true, ..FrameFlags::default() };
            let kind = firesteel_model::FrameKind::Go;
            let address = Address(address);
            return vec![self.profile.intern_frame(Frame {
                function,
                mapping,
                address,
                kind,
                flags,
                ..Frame::default()
            })];
        }
        let Some(lines) = self.lines.get(&address).filter(|lines| !lines.is_empty()).cloned() else {
            let kind = self.kind(FunctionId::UNKNOWN, mapping, go_profile);
            return vec![self.profile.intern_unnamed_frame(mapping, Address(address), kind)];
        };
        let count = lines.len();
        let frame = |(index, SourceLine { function, line }): (usize, SourceLine)| {
            let kind = self.kind(function, mapping, go_profile);
            let flags = FrameFlags { inlined: index + 1 < count, unnamed: false };
            self.profile.intern_frame(Frame { function, line, mapping, address: Address(address), kind, flags })
        };
        lines.into_iter().enumerate().map(frame).collect()
    }

    fn kind(
        &self,
        function: FunctionId,
        mapping: firesteel_model::MappingId,
        go_profile: bool,
    ) -> firesteel_model::FrameKind {
        let function = self.profile.function(function);
        let text = |id: StringId| self.profile.string(id);
        language::kind(text(function.name), text(function.file), text(self.profile.mapping(mapping).file), go_profile)
    }
}
