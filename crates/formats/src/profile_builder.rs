//! What most readers do with their samples: names to frames, frames to stacks, and sums by stack.

use std::borrow::Cow;

use firesteel_model::{FrameId, FrameKind, LabelSetId, Profile, Sample, StackId, ThreadId, ValueType};
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
}

impl ProfileBuilder {
    /// An empty profile with one value column for each type.
    pub(crate) fn new(sample_types: Vec<ValueType>, options: &ReadOptions) -> Self {
        Self {
            profile: Profile::new(sample_types),
            warnings: Warnings::default(),
            keeps_times: options.times,
            names: ByteTable::default(),
            frames: HashMap::with_hasher(SeedableState::fixed()),
            rows: HashMap::with_hasher(SeedableState::fixed()),
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
        match self.rows.get(&key) {
            Some(&row) => self.profile.add_to_sample(row, sample.values),
            None => {
                self.rows.insert(key, self.profile.sample_count());
                self.profile.add_sample(sample);
            }
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

    /// The profile with what was skipped.
    pub(crate) fn finish(self, format: Format) -> Read {
        Read::new(self.profile, self.warnings, format)
    }
}
