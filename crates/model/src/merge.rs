//! Several profiles into one.

use thiserror::Error;

use crate::frame::{Frame, Function, Mapping};
use crate::id::{FrameId, FunctionId, LabelSetId, MappingId, StackId, StringId, ThreadId};
use crate::label::{Label, LabelValue};
use crate::profile::Profile;
use crate::sample::Sample;
use crate::thread::Thread;

/// Why two profiles do not merge.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergeError {
    /// No value column of one is in the other: their numbers cannot be added.
    #[error(
        "profiles have no sample type in common: `{left}` against `{right}`; only profiles of one kind go together"
    )]
    NoCommonSampleType {
        /// Columns of the profile merged into.
        left: String,
        /// Columns of the profile to be added.
        right: String,
    },
}

impl Profile {
    /// Adds the samples of `other`. Value columns are matched by name and unit; a column that only
    /// one side has is kept, with zeros for the other side's samples.
    ///
    /// Follows pprof's merge where the two overlap: durations add up, the earliest start and the
    /// longest period win, comments are kept once (google/pprof `profile/merge.go`).
    pub fn merge(&mut self, other: &Self) -> Result<(), MergeError> {
        let takes_first_columns = self.sample_types.is_empty();
        let columns = self.match_columns(other)?;
        if takes_first_columns {
            self.metadata.default_sample_type = other.metadata.default_sample_type;
        }
        let mut transfer = Transfer::new(self, other);
        let mut values = vec![0i64; transfer.target.sample_types.len()];
        for sample in other.samples() {
            values.fill(0);
            for (&(column, factor), &value) in columns.iter().zip(sample.values) {
                values[column] = value.saturating_mul(factor);
            }
            let stack = transfer.stacks[sample.stack.index()];
            let labels = transfer.labels(sample.labels);
            let thread = transfer.thread(sample.thread);
            transfer.target.add_sample(Sample { stack, labels, thread, values: &values, time: sample.time });
        }
        self.merge_metadata(other);
        Ok(())
    }

    /// For each column of `other`: the column here and the factor that brings its decimals in line.
    fn match_columns(&mut self, other: &Self) -> Result<Vec<(usize, i64)>, MergeError> {
        let common = other.sample_types.iter().any(|theirs| self.sample_types.iter().any(|ours| ours.is_same(theirs)));
        if !common && !self.sample_types.is_empty() && !other.sample_types.is_empty() {
            let list = |profile: &Self| {
                profile.sample_types.iter().map(|t| format!("{}/{}", t.name, t.unit)).collect::<Vec<_>>().join(", ")
            };
            return Err(MergeError::NoCommonSampleType { left: list(self), right: list(other) });
        }
        let mut columns: Vec<(usize, i64)> = Vec::with_capacity(other.sample_types.len());
        for theirs in &other.sample_types {
            // The second column of a name and unit meets the second one here: none is lost.
            let is_free = |column: usize| columns.iter().all(|&(taken, _)| taken != column);
            let matching = (0..self.sample_types.len())
                .find(|&column| self.sample_types[column].is_same(theirs) && is_free(column));
            let column = if let Some(column) = matching {
                column
            } else {
                self.sample_types.push(theirs.clone());
                self.samples.widen(1);
                self.sample_types.len() - 1
            };
            self.set_decimals(column, theirs.decimals);
            let more = self.sample_types[column].decimals.saturating_sub(theirs.decimals);
            columns.push((column, 10i64.saturating_pow(u32::from(more))));
        }
        Ok(columns)
    }

    fn merge_metadata(&mut self, other: &Self) {
        let (ours, theirs) = (&mut self.metadata, &other.metadata);
        if ours.title.is_empty() {
            ours.title.clone_from(&theirs.title);
        }
        ours.start = match (ours.start, theirs.start) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        ours.duration = match (ours.duration, theirs.duration) {
            (Some(a), Some(b)) => Some(crate::Nanoseconds(a.0.saturating_add(b.0))),
            (a, b) => a.or(b),
        };
        if let Some(period) = &theirs.period
            && ours.period.as_ref().is_none_or(|existing| existing.value < period.value)
        {
            ours.period = Some(period.clone());
        }
        for comment in &theirs.comments {
            if !ours.comments.contains(comment) {
                ours.comments.push(comment.clone());
            }
        }
        for (ours, theirs) in [
            (&mut ours.drop_frames, &theirs.drop_frames),
            (&mut ours.keep_frames, &theirs.keep_frames),
            (&mut ours.documentation_url, &theirs.documentation_url),
        ] {
            if ours.is_empty() {
                ours.clone_from(theirs);
            }
        }
        for (key, value) in &theirs.properties {
            if ours.property(key).is_none() {
                ours.set_property(key, value.clone());
            }
        }
        ours.losses.add(&theirs.losses);
    }
}

/// Carries table entries of one profile over into another.
pub(crate) struct Transfer<'a> {
    target: &'a mut Profile,
    source: &'a Profile,
    strings: Vec<Option<StringId>>,
    /// The target's stack for each stack of the source.
    stacks: Vec<StackId>,
    label_sets: Vec<Option<LabelSetId>>,
    threads: Vec<Option<ThreadId>>,
}

impl<'a> Transfer<'a> {
    fn new(target: &'a mut Profile, source: &'a Profile) -> Self {
        let mut transfer = Self {
            target,
            source,
            strings: vec![None; source.strings.len()],
            stacks: Vec::with_capacity(source.stacks.len()),
            label_sets: vec![None; source.label_sets.items().len()],
            threads: vec![None; source.threads.items().len()],
        };
        transfer.carry_stacks();
        transfer
    }

    fn carry_stacks(&mut self) {
        let source = self.source;
        let mappings: Vec<MappingId> = source.mappings.items().iter().map(|mapping| self.mapping(mapping)).collect();
        let functions: Vec<FunctionId> =
            source.functions.items().iter().map(|function| self.function(function)).collect();
        let frames: Vec<FrameId> = source
            .frames
            .items()
            .iter()
            .map(|frame| {
                self.target.intern_frame(Frame {
                    function: functions[frame.function.index()],
                    mapping: mappings[frame.mapping.index()],
                    ..*frame
                })
            })
            .collect();
        self.stacks.push(StackId::ROOT);
        for (_, parent, frame) in source.stacks.iter() {
            let stack = self.target.push_stack(self.stacks[parent.index()], frames[frame.index()]);
            self.stacks.push(stack);
        }
    }

    fn string(&mut self, id: StringId) -> StringId {
        if let Some(known) = self.strings[id.index()] {
            return known;
        }
        let carried = self.target.intern(self.source.string(id));
        self.strings[id.index()] = Some(carried);
        carried
    }

    fn function(&mut self, function: &Function) -> FunctionId {
        let carried = Function {
            name: self.string(function.name),
            system_name: self.string(function.system_name),
            file: self.string(function.file),
            start_line: function.start_line,
        };
        self.target.intern_function(carried)
    }

    fn mapping(&mut self, mapping: &Mapping) -> MappingId {
        let carried = Mapping { file: self.string(mapping.file), build_id: self.string(mapping.build_id), ..*mapping };
        self.target.intern_mapping(carried)
    }

    fn labels(&mut self, id: LabelSetId) -> LabelSetId {
        if let Some(known) = self.label_sets[id.index()] {
            return known;
        }
        let labels: Vec<Label> = self
            .source
            .labels(id)
            .iter()
            .map(|label| Label {
                key: self.string(label.key),
                value: match label.value {
                    LabelValue::Text(text) => LabelValue::Text(self.string(text)),
                    LabelValue::Number { value, unit } => LabelValue::Number { value, unit: self.string(unit) },
                },
            })
            .collect();
        let carried = self.target.intern_labels(&labels);
        self.label_sets[id.index()] = Some(carried);
        carried
    }

    fn thread(&mut self, id: ThreadId) -> ThreadId {
        if let Some(known) = self.threads[id.index()] {
            return known;
        }
        let thread = *self.source.thread(id);
        let carried = Thread { name: self.string(thread.name), ..thread };
        let carried = self.target.intern_thread(carried);
        self.threads[id.index()] = Some(carried);
        carried
    }
}
