//! CPU profiles of V8 within trace events: a `Profile` event and the `ProfileChunk` events that follow it.

use firesteel_model::{LabelSetId, Nanoseconds, Sample, ThreadId, Unit, ValueType};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::event::Event;
use crate::chrome_cpu_profile::{NewNode, Nodes};
use crate::json::{JsonError, JsonReader};
use crate::profile_builder::ProfileBuilder;
use crate::warning::WarningKind;

/// The profiles that are under way, and what was read of the current event. The id that says to which profile it
/// belongs may stand behind it.
#[derive(Default)]
pub(super) struct Chunks {
    nodes: Vec<NewNode>,
    samples: Vec<u64>,
    differences: Vec<i64>,
    start: Option<i64>,
    profiles: Vec<Cpu>,
    numbers: HashMap<(String, String), usize, SeedableState<'static>>,
}

/// A profile of one thread.
struct Cpu {
    nodes: Nodes,
    thread: ThreadId,
    /// When the last sample was taken, in nanoseconds.
    time: i64,
    /// The node of the last sample, which lasts until the next one.
    last: Option<u64>,
}

impl Chunks {
    /// Reads `args.data` of an event.
    pub(super) fn read(&mut self, json: &mut JsonReader<'_>, builder: &mut ProfileBuilder) -> Result<(), JsonError> {
        json.object(|json, key| match key {
            "cpuProfile" => json.object(|json, key| match key {
                "nodes" => json.array(|json| {
                    self.nodes.push(NewNode::read(json, builder)?);
                    Ok(())
                }),
                "samples" => json.array(|json| {
                    self.samples.push(json.integer()?.unwrap_or(0) as u64);
                    Ok(())
                }),
                // Where one event has the whole profile.
                "timeDeltas" => differences(json, &mut self.differences),
                _ => Ok(()),
            }),
            "timeDeltas" => differences(json, &mut self.differences),
            "startTime" => {
                self.start = json.number()?.map(|time| time.scaled(1000));
                Ok(())
            }
            _ => Ok(()),
        })
    }

    /// Gives what was read to the profile that the event is of, and adds the samples that are complete. False when the
    /// event is of no profile.
    pub(super) fn take(&mut self, event: &Event, thread: ThreadId, builder: &mut ProfileBuilder) -> bool {
        let nodes = std::mem::take(&mut self.nodes);
        let samples = std::mem::take(&mut self.samples);
        let differences = std::mem::take(&mut self.differences);
        let start = self.start.take();
        if !matches!(event.name.as_str(), "Profile" | "ProfileChunk" | "CpuProfile") {
            return false;
        }
        let key = (event.process.text(), event.id.clone());
        let count = self.profiles.len();
        let number = *self.numbers.entry(key).or_insert(count);
        if number == count {
            let time = start.or(event.time).unwrap_or(0);
            self.profiles.push(Cpu { nodes: Nodes::default(), thread, time, last: None });
        }
        let Some(cpu) = self.profiles.get_mut(number) else { return true };
        if event.name == "Profile" {
            cpu.thread = thread;
            cpu.time = start.unwrap_or(cpu.time);
        }
        for node in nodes {
            cpu.nodes.add_new(node);
        }
        let mut differences = differences.into_iter();
        for sample in samples {
            let difference = differences.next().unwrap_or(0);
            cpu.advance(difference, builder);
            cpu.last = Some(sample);
        }
        true
    }

    /// Forgets what was read of an event that is of no profile.
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.samples.clear();
        self.differences.clear();
        self.start = None;
    }

    /// Adds the last sample of each profile, of which nobody says how long it lasted.
    pub(super) fn finish(&mut self, builder: &mut ProfileBuilder) {
        for cpu in &mut self.profiles {
            cpu.advance(0, builder);
        }
    }

    /// Whether there was any profile.
    pub(super) fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }
}

fn differences(json: &mut JsonReader<'_>, differences: &mut Vec<i64>) -> Result<(), JsonError> {
    json.array(|json| {
        differences.push(json.integer()?.unwrap_or(0).saturating_mul(1000));
        Ok(())
    })
}

/// The value columns of these profiles: samples, and the time between them. Slices have another.
pub(super) fn columns(builder: &mut ProfileBuilder) -> [usize; 2] {
    [ValueType::samples(), ValueType::new("sampled_wall", Unit::Nanoseconds)].map(|column| builder.column(&column))
}

impl Cpu {
    /// Ends the last sample.
    fn advance(&mut self, difference: i64, builder: &mut ProfileBuilder) {
        let began = self.time;
        self.time = self.time.saturating_add(difference);
        let Some(node) = self.last.take() else { return };
        let Some(stack) = self.nodes.stack(node, builder) else {
            builder.warnings.add_many(WarningKind::BrokenMessage, 1, None);
            return;
        };
        let [count, wall] = columns(builder);
        let mut values = vec![0; count.max(wall) + 1];
        for (column, value) in [(count, 1), (wall, difference.max(0))] {
            if let Some(slot) = values.get_mut(column) {
                *slot = value;
            }
        }
        let time = u64::try_from(began).ok().map(Nanoseconds);
        builder.add(Sample { stack, values: &values, labels: LabelSetId::EMPTY, thread: self.thread, time });
    }
}
