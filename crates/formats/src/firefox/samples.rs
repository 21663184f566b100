//! The samples of a thread, which come as columns.

use firesteel_model::{LabelSetId, Nanoseconds, Sample, StackId, ThreadId, Unit, ValueType};

use super::EXTENSION;
use crate::json::{Column, JsonError, JsonReader, Number, Scalar, whole};
use crate::profile_builder::ProfileBuilder;

/// Stands for `null` in a column of indices.
const NONE: i64 = -1;

/// How many nanoseconds a millisecond has: times are milliseconds in these formats.
const MILLISECOND: f64 = 1e6;

/// Samples as columns, kept until the stacks are known that they refer to.
#[derive(Debug, Default)]
pub(crate) struct SampleColumns {
    /// Number of each stack.
    pub(crate) stacks: Column,
    /// Milliseconds since the start of the profile, as floats. Empty unless times are kept.
    pub(crate) times: Column,
    /// Weights as floats; empty where each sample weighs one.
    pub(crate) weights: Column,
    /// On-CPU time since the sample before; empty where the profile does not say.
    pub(crate) cpu: Column,
    /// What weights are: `samples`, `tracing-ms` or `bytes`.
    weight_type: String,
    /// The value column that this program wrote.
    sample_type: Option<ValueType>,
    /// The unit of the deltas of on-CPU time that this program wrote and the column's name.
    cpu_name: String,
}

impl SampleColumns {
    /// Reads a table of columns.
    pub(crate) fn read(json: &mut JsonReader<'_>, keeps_times: bool) -> Result<Self, JsonError> {
        let mut samples = Self::default();
        let result = json.object(|json, key| samples.column(json, key, keeps_times));
        result.map(|()| samples)
    }

    fn column(&mut self, json: &mut JsonReader<'_>, key: &str, keeps_times: bool) -> Result<(), JsonError> {
        match key {
            "stack" => json.array(|json| {
                self.add_stack(&json.scalar()?);
                Ok(())
            }),
            "time" if keeps_times => json.array(|json| {
                self.times.push_float(json.number()?.map_or(0.0, Number::to_f64));
                Ok(())
            }),
            "timeDeltas" if keeps_times => {
                let mut time = 0.0;
                json.array(|json| {
                    time += json.number()?.map_or(0.0, Number::to_f64);
                    self.times.push_float(time);
                    Ok(())
                })
            }
            "weight" => json.array(|json| {
                self.weights.push_float(json.number()?.map_or(1.0, Number::to_f64));
                Ok(())
            }),
            "weightType" => {
                self.weight_type = json.text()?;
                Ok(())
            }
            "threadCPUDelta" => json.array(|json| {
                self.add_cpu(&json.scalar()?);
                Ok(())
            }),
            EXTENSION => {
                let (mut name, mut unit) = (String::new(), String::new());
                json.object(|json, key| {
                    match key {
                        "sampleType" => name = json.text()?,
                        "unit" => unit = json.text()?,
                        "threadCPUDelta" => self.cpu_name = json.text()?,
                        _ => {}
                    }
                    Ok(())
                })?;
                self.sample_type = (!name.is_empty()).then(|| ValueType::new(name, Unit::parse(&unit)));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn add_stack(&mut self, value: &Scalar) {
        self.stacks.push(value.small().map_or(NONE, i64::from));
    }

    pub(crate) fn add_cpu(&mut self, value: &Scalar) {
        self.cpu.push_float(value.number().map_or(0.0, Number::to_f64));
    }

    /// Adds the samples to a profile. Returns how many have no stack and were left out.
    pub(crate) fn add_to(
        &self,
        builder: &mut ProfileBuilder,
        thread: ThreadId,
        kind: &SampleKind<'_>,
        mut stack_of: impl FnMut(&mut ProfileBuilder, u32) -> StackId,
    ) -> u64 {
        let (default, factor) = match (self.weight_type.as_str(), kind.allocations) {
            ("bytes", name) => (ValueType::new(name.unwrap_or("bytes"), Unit::Bytes), 1.0),
            ("tracing-ms", _) => (ValueType::new("time", Unit::Nanoseconds), MILLISECOND),
            (_, None) => (ValueType::samples(), 1.0),
            (_, Some(name)) => (ValueType::new(name, Unit::Count), 1.0),
        };
        let column = builder.column(self.sample_type.as_ref().unwrap_or(&default));
        let cpu = (!self.cpu.is_empty()).then(|| {
            let name = if self.cpu_name.is_empty() { "cpu" } else { &self.cpu_name };
            let (name, unit) = match kind.cpu_factor {
                Some(_) => (name, Unit::Nanoseconds),
                None => ("cycles", Unit::Count),
            };
            builder.column(&ValueType::new(name, unit))
        });
        let mut values = vec![0; builder.profile.sample_types().len()];
        let (mut times, mut weights, mut deltas) = (self.times.floats(), self.weights.floats(), self.cpu.floats());
        let mut without_stack = 0;
        for stack in self.stacks.iter() {
            let time = times.next().and_then(|time| nanoseconds(time, kind.start));
            let weight = weights.next().unwrap_or(1.0);
            let delta = deltas.next().unwrap_or(0.0);
            let Ok(stack) = u32::try_from(stack) else {
                without_stack += 1;
                continue;
            };
            if let Some(value) = values.get_mut(column) {
                *value = whole(weight * factor);
            }
            if let Some(value) = cpu.and_then(|cpu| values.get_mut(cpu)) {
                *value = whole(delta * kind.cpu_factor.unwrap_or(1.0));
            }
            let stack = stack_of(builder, stack);
            builder.add(Sample { stack, values: &values, labels: LabelSetId::EMPTY, thread, time });
        }
        without_stack
    }
}

/// What samples of a table are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SampleKind<'a> {
    /// Name of the value column for a table of allocations.
    pub(crate) allocations: Option<&'a str>,
    /// How many nanoseconds one unit of on-CPU time is; `None` when it counts cycles.
    pub(crate) cpu_factor: Option<f64>,
    /// Milliseconds between the start of the profile and that of this process.
    pub(crate) start: f64,
}

fn nanoseconds(time: f64, start: f64) -> Option<Nanoseconds> {
    let time = ((time + start) * MILLISECOND).round();
    (time >= 0.0).then_some(Nanoseconds(time as u64))
}

/// How many nanoseconds the unit of `threadCPUDelta` is.
pub(crate) fn cpu_factor(unit: &str) -> Option<f64> {
    match unit {
        "ns" => Some(1.0),
        "variable CPU cycles" => None,
        // µs, whichever of the two signs for micro it is spelled with.
        _ => Some(1000.0),
    }
}
