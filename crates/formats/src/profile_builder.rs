//! What most readers do with their samples: names to frames, frames to stacks, and sums by stack.

use std::borrow::Cow;

use firesteel_model::{
    Frame, FrameEdit, FrameId, FrameKind, Function, LabelSetId, LineNumber, Profile, Sample, StackId, ThreadId,
    ValueType,
};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::byte_table::ByteTable;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::read::Read;
use crate::warning::{Place, WarningKind, Warnings};

/// Builds a profile from samples as they come. Samples alike in stack, labels and thread are added up, unless their
/// times are to be kept, so memory grows with what is distinct, not with the input.
pub(crate) struct ProfileBuilder {
    /// The profile, for whatever else the format knows: labels, threads, mappings, metadata.
    pub(crate) profile: Profile,
    /// What is skipped or guessed.
    pub(crate) warnings: Warnings,
    keeps_times: bool,
    names: ByteTable,
    /// For each name the frames of its kinds.
    frames: HashMap<(u32, FrameKind), FrameId, SeedableState<'static>>,
    rows: HashMap<(StackId, LabelSetId, ThreadId), usize, SeedableState<'static>>,
    /// Scratch.
    values: Vec<i64>,
}

/// The lines of a frame, 0 when unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SourceLines {
    /// Where its function begins.
    pub(crate) start: u32,
    /// What was executing or calling.
    pub(crate) line: u32,
}

impl ProfileBuilder {
    /// An empty profile with one value column for each type.
    pub(crate) fn new(sample_types: Vec<ValueType>, options: &ReadOptions) -> Self {
        Self::empty(sample_types, options.times)
    }

    /// Begins anew with other value columns, which an input may name late. What was skipped so far stays counted.
    pub(crate) fn restart(&mut self, sample_types: Vec<ValueType>) {
        let warnings = std::mem::take(&mut self.warnings);
        *self = Self { warnings, ..Self::empty(sample_types, self.keeps_times) };
    }

    fn empty(sample_types: Vec<ValueType>, keeps_times: bool) -> Self {
        Self {
            profile: Profile::new(sample_types),
            warnings: Warnings::default(),
            keeps_times,
            names: ByteTable::default(),
            frames: HashMap::with_hasher(SeedableState::fixed()),
            rows: HashMap::with_hasher(SeedableState::fixed()),
            values: Vec::new(),
        }
    }

    /// A frame of which only name and kind are known. Bytes that are not UTF-8 are replaced, and counted with the
    /// place.
    pub(crate) fn named_frame(&mut self, name: &[u8], kind: FrameKind, place: Place) -> FrameId {
        let (id, _) = self.names.intern(name);
        if let Some(&frame) = self.frames.get(&(id, kind)) {
            return frame;
        }
        let text = String::from_utf8_lossy(name);
        if matches!(text, Cow::Owned(_)) {
            self.warnings.add(WarningKind::InvalidUtf8, place);
        }
        let frame = self.profile.intern_named_frame(&text, kind);
        self.frames.insert((id, kind), frame);
        frame
    }

    /// A frame with its place in a source file; line 0 and an empty file mean that they are not known.
    pub(crate) fn source_frame(&mut self, name: &str, file: &str, lines: SourceLines, kind: FrameKind) -> FrameId {
        let function = Function {
            name: self.profile.intern(name),
            file: self.profile.intern(file),
            start_line: LineNumber(lines.start),
            ..Function::default()
        };
        let function = self.profile.intern_function(function);
        self.profile.intern_frame(Frame { function, line: LineNumber(lines.line), kind, ..Frame::default() })
    }

    /// The position of a value column, which is added when it is new.
    pub(crate) fn column(&mut self, value_type: &ValueType) -> usize {
        let known = self.profile.sample_types().iter().position(|known| known.is_same(value_type));
        known.unwrap_or_else(|| self.profile.add_sample_type(value_type.clone()))
    }

    /// Adds a sample that has a value in one column only.
    pub(crate) fn add_value(&mut self, sample: Sample<'_>, column: usize, value: i64) {
        let mut values = std::mem::take(&mut self.values);
        values.clear();
        values.resize(column, 0);
        values.push(value);
        self.add(Sample { values: &values, ..sample });
        self.values = values;
    }

    /// Puts frames into the place of numbers, for formats that say what a frame is behind the samples that have it.
    /// Until now every [`FrameId`] in the stacks was such a number.
    pub(crate) fn replace_frames(&mut self, frames: &[FrameId]) {
        let mut dangling = 0;
        self.profile = self.profile.rewritten(|_, _, number| {
            let frame = frames.get(number.index()).copied();
            dangling += u64::from(frame.is_none());
            FrameEdit::Replace(frame.unwrap_or(FrameId::UNKNOWN))
        });
        self.warnings.add_many(WarningKind::DanglingReference, dangling, None);
        self.profile = self.profile.compacted();
        self.rows.clear();
    }

    /// Puts threads into the place of numbers, for formats that name threads behind the samples of them. Until now every
    /// [`ThreadId`] of a sample was such a number.
    pub(crate) fn replace_threads(&mut self, threads: &[ThreadId]) {
        let mut result = self.profile.retained(|_| false);
        for sample in self.profile.samples() {
            let thread = threads.get(sample.thread.index()).copied().unwrap_or_default();
            result.add_sample(Sample { thread, ..sample });
        }
        self.profile = result.compacted();
        self.rows.clear();
    }

    /// The stack of frames that come from the root.
    pub(crate) fn stack(&mut self, root_first: impl IntoIterator<Item = FrameId>) -> StackId {
        root_first.into_iter().fold(StackId::ROOT, |parent, frame| self.profile.push_stack(parent, frame))
    }

    /// Adds a sample. Its time is dropped unless times are kept.
    pub(crate) fn add(&mut self, mut sample: Sample<'_>) {
        if !self.keeps_times {
            sample.time = None;
        }
        if sample.time.is_some() {
            self.profile.add_sample(sample);
            return;
        }
        let key = (sample.stack, sample.labels, sample.thread);
        if let Some(&row) = self.rows.get(&key) {
            self.profile.add_to_sample(row, sample.values);
        } else {
            self.rows.insert(key, self.profile.sample_count());
            self.profile.add_sample(sample);
        }
    }

    /// Adds values to a stack of which no more is known.
    pub(crate) fn add_values(&mut self, stack: StackId, values: &[i64]) {
        self.add(Sample::new(stack, values));
    }

    /// Whether the time of a sample is kept; reading it is a waste if not.
    pub(crate) fn keeps_times(&self) -> bool {
        self.keeps_times
    }

    /// The profile with what was skipped. It has a value column, even where the input had nothing to count.
    pub(crate) fn finish(mut self, format: Format) -> Read {
        if self.profile.sample_types().is_empty() {
            self.column(&ValueType::samples());
        }
        Read::new(self.profile, self.warnings, format)
    }
}
