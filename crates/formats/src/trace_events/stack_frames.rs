//! `stackFrames`: frames with their parents, to which samples refer by key.

use firesteel_model::{FrameId, FrameKind, LabelSetId, Nanoseconds, Sample, StackId, ThreadId};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::chunks;
use crate::json::{JsonError, JsonReader};
use crate::profile_builder::ProfileBuilder;
use crate::warning::{Place, WarningKind};

/// Frames by their keys, and samples that refer to them. The frames mostly come behind the samples.
pub(super) struct StackFrames {
    keys: HashMap<String, u32, SeedableState<'static>>,
    frames: Vec<Frame>,
    samples: Vec<Pending>,
    sums: HashMap<(u32, ThreadId), usize, SeedableState<'static>>,
}

#[derive(Clone, Copy, Default)]
struct Frame {
    parent: Option<u32>,
    frame: Option<FrameId>,
}

struct Pending {
    key: u32,
    thread: ThreadId,
    weight: i64,
    time: Option<Nanoseconds>,
}

impl StackFrames {
    pub(super) fn new() -> Self {
        Self {
            keys: HashMap::with_hasher(SeedableState::fixed()),
            frames: Vec::new(),
            samples: Vec::new(),
            sums: HashMap::with_hasher(SeedableState::fixed()),
        }
    }

    /// Reads the frames.
    pub(super) fn read(&mut self, json: &mut JsonReader<'_>, builder: &mut ProfileBuilder) -> Result<(), JsonError> {
        json.object(|json, key| {
            let number = self.number(key);
            let (mut name, mut category, mut parent) = (String::new(), String::new(), None);
            json.object(|json, key| {
                match key {
                    "name" => name = json.text()?,
                    "category" => category = json.text()?,
                    "parent" => parent = Some(json.text()?),
                    _ => {}
                }
                Ok(())
            })?;
            let frame = builder.named_frame(name.as_bytes(), FrameKind::Unknown, json.place());
            let parent = parent.map(|parent| self.number(&parent));
            if let Some(slot) = self.frames.get_mut(number as usize) {
                *slot = Frame { parent, frame: Some(frame) };
            }
            Ok(())
        })
    }

    fn number(&mut self, key: &str) -> u32 {
        if let Some(&known) = self.keys.get(key) {
            return known;
        }
        let number = self.frames.len() as u32;
        self.frames.push(Frame::default());
        self.keys.insert(key.to_owned(), number);
        number
    }

    /// Adds a sample of a frame.
    pub(super) fn add(
        &mut self,
        key: &str,
        thread: ThreadId,
        weight: i64,
        time: Option<i64>,
        builder: &ProfileBuilder,
    ) {
        let key = self.number(key);
        let time = time.filter(|_| builder.keeps_times()).and_then(|time| u64::try_from(time).ok()).map(Nanoseconds);
        let count = self.samples.len();
        let row = if time.is_some() { count } else { *self.sums.entry((key, thread)).or_insert(count) };
        match self.samples.get_mut(row) {
            Some(sample) => sample.weight = sample.weight.saturating_add(weight),
            None => self.samples.push(Pending { key, thread, weight, time }),
        }
    }

    /// Adds all samples to the profile.
    pub(super) fn finish(self, builder: &mut ProfileBuilder) {
        if self.samples.is_empty() {
            return;
        }
        let [count, _] = chunks::columns(builder);
        let mut path = Vec::new();
        for sample in self.samples {
            path.clear();
            let mut next = Some(sample.key);
            while let Some(frame) = next.and_then(|number| self.frames.get(number as usize)) {
                match frame.frame {
                    Some(frame) => path.push(frame),
                    None => builder.warnings.add_many(WarningKind::DanglingReference, 1, None::<Place>),
                }
                // Broken input may go round in circles.
                next = frame.parent.filter(|_| path.len() <= self.frames.len());
            }
            let stack = builder.stack(path.iter().rev().copied());
            let Pending { thread, time, weight, .. } = sample;
            let sample = Sample { stack, values: &[], labels: LabelSetId::EMPTY, thread, time };
            builder.add_value(sample, count, weight);
        }
    }
}

/// The stack of names from the leaf, as an event may carry it.
pub(super) fn stack_of(names: &[String], place: Place, builder: &mut ProfileBuilder) -> StackId {
    names.iter().rev().fold(StackId::ROOT, |parent, name| {
        let frame = builder.named_frame(name.as_bytes(), FrameKind::Unknown, place);
        builder.profile.push_stack(parent, frame)
    })
}
