//! The profile: its tables and how they are filled and read.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::frame::{Frame, FrameFlags, FrameKind, Function, Mapping};
use crate::id::{FrameId, FunctionId, LabelSetId, MappingId, StackId, StringId, ThreadId};
use crate::intern::InternTable;
use crate::label::{Label, LabelValue};
use crate::metadata::Metadata;
use crate::sample::{Sample, SampleView, Samples};
use crate::sample_list::SampleList;
use crate::stack_tree::StackTree;
use crate::string_table::StringTable;
use crate::thread::Thread;
use crate::units::Address;
use crate::value_type::ValueType;

/// Stands for a name that is not known.
pub(crate) const UNKNOWN_NAME: &str = "[unknown]";

/// A profile: samples over stacks, with everything needed to name, filter and draw them.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    pub(crate) strings: StringTable,
    pub(crate) functions: InternTable<Function>,
    pub(crate) frames: InternTable<Frame>,
    pub(crate) mappings: InternTable<Mapping>,
    pub(crate) threads: InternTable<Thread>,
    pub(crate) label_sets: InternTable<Vec<Label>>,
    pub(crate) stacks: StackTree,
    pub(crate) samples: Samples,
    pub(crate) sample_types: Vec<ValueType>,
    /// Facts about the whole profile.
    pub metadata: Metadata,
}

impl Profile {
    /// An empty profile with one value column for each type.
    #[must_use]
    pub fn new(sample_types: Vec<ValueType>) -> Self {
        Self { samples: Samples::new(sample_types.len()), sample_types, ..Self::default() }
    }

    /// Makes room for so many strings, functions and frames, whose tables then do not grow step by step.
    pub fn reserve(&mut self, strings: usize, functions: usize, frames: usize) {
        self.strings.reserve(strings);
        self.functions.reserve(functions);
        self.frames.reserve(frames);
    }

    /// Interns a string.
    pub fn intern(&mut self, text: &str) -> StringId {
        self.strings.intern(text)
    }

    /// Interns a function.
    pub fn intern_function(&mut self, function: Function) -> FunctionId {
        FunctionId::from_index(self.functions.intern(function))
    }

    /// Interns a frame.
    pub fn intern_frame(&mut self, frame: Frame) -> FrameId {
        FrameId::from_index(self.frames.intern(frame))
    }

    /// Interns a mapping.
    pub fn intern_mapping(&mut self, mapping: Mapping) -> MappingId {
        MappingId::from_index(self.mappings.intern(mapping))
    }

    /// Interns a thread.
    pub fn intern_thread(&mut self, thread: Thread) -> ThreadId {
        ThreadId::from_index(self.threads.intern(thread))
    }

    /// Interns a set of labels. Labels are sorted by key and value, texts before numbers; the same key may occur
    /// twice.
    pub fn intern_labels(&mut self, labels: &[Label]) -> LabelSetId {
        let mut labels = labels.to_vec();
        let strings = &self.strings;
        labels.sort_by_key(|label| {
            let (is_number, text, number, unit) = match label.value {
                LabelValue::Text(text) => (false, strings.get(text), 0, ""),
                LabelValue::Number { value, unit } => (true, "", value, strings.get(unit)),
            };
            (strings.get(label.key), is_number, text, number, unit)
        });
        LabelSetId::from_index(self.label_sets.intern(labels))
    }

    /// Interns a frame of which only name and kind are known, as folded text gives it.
    pub fn intern_named_frame(&mut self, name: &str, kind: FrameKind) -> FrameId {
        let name = self.intern(name);
        let function = self.intern_function(Function { name, ..Function::default() });
        self.intern_frame(Frame { function, kind, ..Frame::default() })
    }

    /// The stack that `frame`, called from `parent`, makes.
    pub fn push_stack(&mut self, parent: StackId, frame: FrameId) -> StackId {
        self.stacks.push(parent, frame)
    }

    /// Adds a sample.
    pub fn add_sample(&mut self, sample: Sample<'_>) {
        self.samples.push(sample);
    }

    /// Adds samples of a list, whose frames are this profile's. They have neither labels nor threads nor times.
    pub fn add_samples(&mut self, samples: &SampleList) {
        for (frames, values) in samples.iter() {
            let stack = frames.iter().rev().fold(StackId::ROOT, |stack, &frame| self.push_stack(stack, frame));
            self.add_sample(Sample::new(stack, values));
        }
    }

    /// Adds values to those of the sample in a row, saturating. Missing ones count as zero.
    pub fn add_to_sample(&mut self, row: usize, values: &[i64]) {
        self.samples.accumulate(row, values);
    }

    /// Adds a value column, in which every sample has zero so far. Returns its position.
    pub fn add_sample_type(&mut self, sample_type: ValueType) -> usize {
        self.sample_types.push(sample_type);
        self.samples.widen(1);
        self.sample_types.len() - 1
    }

    /// Gives the sample in a row another stack.
    pub fn set_stack(&mut self, row: usize, stack: StackId) {
        self.samples.set_stack(row, stack);
    }

    /// Gives a value column more digits behind the point, scaling what it holds. Fewer are never given.
    pub fn set_decimals(&mut self, column: usize, decimals: u8) {
        let decimals = decimals.min(ValueType::MAX_DECIMALS);
        if let Some(sample_type) = self.sample_types.get_mut(column)
            && let Some(more) = decimals.checked_sub(sample_type.decimals).filter(|&more| more > 0)
        {
            sample_type.decimals = decimals;
            self.samples.scale_column(column, more);
        }
    }

    /// The value columns.
    #[must_use]
    pub fn sample_types(&self) -> &[ValueType] {
        &self.sample_types
    }

    /// Index of the value column to show first; 0 when the metadata names one that does not exist.
    #[must_use]
    pub fn default_sample_type(&self) -> usize {
        let index = self.metadata.default_sample_type;
        if index < self.sample_types.len() { index } else { 0 }
    }

    /// The string of an id.
    #[must_use]
    pub fn string(&self, id: StringId) -> &str {
        self.strings.get(id)
    }

    /// The strings.
    #[must_use]
    pub fn strings(&self) -> &StringTable {
        &self.strings
    }

    /// A function.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions.items()[id.index()]
    }

    /// All functions; the first is the unknown one.
    #[must_use]
    pub fn functions(&self) -> &[Function] {
        self.functions.items()
    }

    /// Number of functions, the unknown one included.
    #[must_use]
    pub fn function_count(&self) -> usize {
        self.functions.items().len()
    }

    /// A frame.
    #[must_use]
    pub fn frame(&self, id: FrameId) -> &Frame {
        &self.frames.items()[id.index()]
    }

    /// Number of frames, the unknown one included.
    #[must_use]
    pub fn frame_count(&self) -> usize {
        self.frames.items().len()
    }

    /// A mapping; id 0 is "none known".
    #[must_use]
    pub fn mapping(&self, id: MappingId) -> &Mapping {
        &self.mappings.items()[id.index()]
    }

    /// All mappings; the first is "none known".
    #[must_use]
    pub fn mappings(&self) -> &[Mapping] {
        self.mappings.items()
    }

    /// A thread; id 0 is "none known".
    #[must_use]
    pub fn thread(&self, id: ThreadId) -> &Thread {
        &self.threads.items()[id.index()]
    }

    /// The labels of a set, sorted by key.
    #[must_use]
    pub fn labels(&self, id: LabelSetId) -> &[Label] {
        &self.label_sets.items()[id.index()]
    }

    /// The stacks.
    #[must_use]
    pub fn stacks(&self) -> &StackTree {
        &self.stacks
    }

    /// Number of samples (rows, not values).
    #[must_use]
    pub fn sample_count(&self) -> usize {
        self.samples.len()
    }

    /// A sample.
    #[must_use]
    pub fn sample(&self, index: usize) -> SampleView<'_> {
        self.samples.get(index)
    }

    /// All samples in the order they were added.
    pub fn samples(&self) -> impl ExactSizeIterator<Item = SampleView<'_>> {
        self.samples.iter()
    }

    /// Whether any sample carries its time.
    #[must_use]
    pub fn has_times(&self) -> bool {
        self.samples.has_times()
    }

    /// Name of a frame's function, as it is to be shown. `[unknown]` when there is none.
    #[must_use]
    pub fn frame_name(&self, id: FrameId) -> &str {
        self.shown_name(self.function(self.frame(id).function).name)
    }

    /// A function's name as it is to be shown.
    pub(crate) fn shown_name(&self, name: StringId) -> &str {
        match self.string(name) {
            "" => UNKNOWN_NAME,
            name => name,
        }
    }

    /// Sum of each value column over all samples, saturating.
    #[must_use]
    pub fn totals(&self) -> Vec<i64> {
        let mut totals = vec![0i64; self.sample_types.len()];
        for sample in self.samples() {
            for (total, value) in totals.iter_mut().zip(sample.values) {
                *total = total.saturating_add(*value);
            }
        }
        totals
    }

    /// Interns the stand-in for an address that no symbol covers: its name is that of the mapped file in
    /// brackets, or `[unknown]`.
    pub fn intern_unnamed_frame(&mut self, mapping: MappingId, address: Address, kind: FrameKind) -> FrameId {
        let file = self.string(self.mapping(mapping).file);
        let base = file.rsplit('/').next().unwrap_or("");
        let name = match base {
            "" => UNKNOWN_NAME.to_owned(),
            bracketed if bracketed.starts_with('[') => bracketed.to_owned(),
            base => format!("[{base}]"),
        };
        let name = self.intern(&name);
        let function = self.intern_function(Function { name, ..Function::default() });
        let flags = FrameFlags { unnamed: true, ..FrameFlags::default() };
        self.intern_frame(Frame { function, mapping, address, kind, flags, ..Frame::default() })
    }

    /// The same profile with samples alike in stack, labels, thread and time added up, rows whose sum is
    /// zero in every column dropped, the rest in order of first appearance.
    #[must_use]
    pub fn compacted(&self) -> Self {
        let mut sums = Samples::new(self.sample_types.len());
        let mut rows = HashMap::with_capacity_and_hasher(self.sample_count(), SeedableState::fixed());
        for sample in self.samples().filter(is_not_zero) {
            let row = *rows.entry((sample.stack, sample.labels, sample.thread, sample.time)).or_insert_with(|| {
                sums.push(Sample { values: &[], ..sample });
                sums.len() - 1
            });
            sums.accumulate(row, sample.values);
        }
        // Samples of opposite sign cancel out: differences between profiles have them.
        if sums.iter().any(|sample| !is_not_zero(&sample)) {
            let mut kept = Samples::new(self.sample_types.len());
            for sample in sums.iter().filter(is_not_zero) {
                kept.push(sample);
            }
            sums = kept;
        }
        Self { samples: sums, ..self.clone_tables() }
    }

    /// The same profile without samples for which `keep` says no. Tables keep what is no longer used.
    #[must_use]
    pub fn retained(&self, mut keep: impl FnMut(&SampleView<'_>) -> bool) -> Self {
        let mut result = Self { samples: Samples::new(self.sample_types.len()), ..self.clone_tables() };
        for sample in self.samples().filter(|sample| keep(sample)) {
            result.samples.push(sample);
        }
        result
    }

    /// A profile with the same tables and facts, but without stacks and samples, for those who make their own. Ids of
    /// strings, functions, frames, mappings, threads and label sets stay valid in it.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self { samples: Samples::new(self.sample_types.len()), ..self.without_stacks() }
    }

    /// The same profile without samples and with other value columns, for those who derive values.
    #[must_use]
    pub fn with_columns(&self, sample_types: Vec<ValueType>) -> Self {
        let mut result = Self { samples: Samples::new(sample_types.len()), sample_types, ..self.clone_tables() };
        result.metadata.default_sample_type = 0;
        result
    }

    /// A copy of everything but the samples.
    pub(crate) fn clone_tables(&self) -> Self {
        Self { stacks: self.stacks.clone(), ..self.without_stacks() }
    }

    /// A copy of everything but stacks and samples, for those who make their own.
    pub(crate) fn without_stacks(&self) -> Self {
        Self {
            strings: self.strings.clone(),
            functions: self.functions.clone(),
            frames: self.frames.clone(),
            mappings: self.mappings.clone(),
            threads: self.threads.clone(),
            label_sets: self.label_sets.clone(),
            stacks: StackTree::default(),
            samples: Samples::default(),
            sample_types: self.sample_types.clone(),
            metadata: self.metadata.clone(),
        }
    }
}

fn is_not_zero(sample: &SampleView<'_>) -> bool {
    sample.values.iter().any(|&value| value != 0)
}
