//! CPU profiles of V8 to profiles.

use firesteel_model::{Nanoseconds, Sample, Unit, ValueType};

use super::head_tree;
use super::nodes::Nodes;
use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::json::{Column, JsonError, JsonReader, Number};
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::warning::{Place, WarningKind};

/// Reads content of this format. A sample lasts until the next one; where times are missing, samples are counted only.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut builder = ProfileBuilder::new(vec![ValueType::samples()], options);
    let mut file = File::default();
    let mut json = JsonReader::new(content);
    if let Err(error) = file.read(&mut json, &mut builder) {
        error.into_warning(&mut builder.warnings)?;
    }
    file.add_samples(&mut builder);
    Ok(builder.finish(Format::ChromeCpuProfile))
}

#[derive(Default)]
struct File {
    nodes: Nodes,
    /// Node of each sample.
    samples: Column,
    /// Microseconds between samples.
    differences: Column,
    /// When samples were taken, in microseconds; only old profiles have it.
    timestamps: Column,
    start: Option<Number>,
    end: Option<Number>,
    is_old: bool,
}

impl File {
    fn read(&mut self, json: &mut JsonReader<'_>, builder: &mut ProfileBuilder) -> Result<(), JsonError> {
        json.object(|json, key| {
            match key {
                "nodes" => json.array(|json| self.nodes.read(json, builder))?,
                "head" => {
                    self.is_old = true;
                    head_tree::read(json, &mut self.nodes, builder)?;
                }
                "samples" => integers(json, &mut self.samples)?,
                "timeDeltas" => integers(json, &mut self.differences)?,
                "timestamps" => integers(json, &mut self.timestamps)?,
                "startTime" => self.start = json.number()?,
                "endTime" => self.end = json.number()?,
                "title" => builder.profile.metadata.title = json.text()?,
                _ => {}
            }
            Ok(())
        })
    }

    fn add_samples(&mut self, builder: &mut ProfileBuilder) {
        // Old profiles say seconds here.
        let factor = if self.is_old { 1_000_000_000 } else { 1000 };
        let [start, end] = [self.start, self.end].map(|time| time.map(|time| time.scaled(factor)));
        if let (Some(start), Some(end)) = (start, end)
            && end > start
        {
            builder.profile.metadata.duration = Some(Nanoseconds((end - start) as u64));
        }
        if self.samples.is_empty() {
            for (id, hits) in std::mem::take(&mut self.nodes.hits) {
                if let Some(stack) = self.nodes.stack(id, builder) {
                    builder.add_values(stack, &[hits]);
                }
            }
            return;
        }
        let mut times = Times {
            differences: self.differences.iter(),
            timestamps: self.timestamps.iter(),
            time: if self.is_old { 0 } else { start.unwrap_or(0) },
        };
        let wall = if self.differences.is_empty() && self.timestamps.is_empty() {
            None
        } else {
            Some(builder.column(&ValueType::new("wall", Unit::Nanoseconds)))
        };
        if wall.is_some() {
            builder.profile.metadata.default_sample_type = 1;
        }
        let (mut unknown, mut samples) = (0, self.samples.iter());
        let mut current = samples.next();
        let mut time = times.next();
        while let Some(id) = current {
            current = samples.next();
            let next = if current.is_some() { times.next() } else { end.filter(|_| !self.is_old) };
            let lasts = match (time, next) {
                (Some(time), Some(next)) => next.saturating_sub(time).max(0),
                _ => 0,
            };
            match self.nodes.stack(id as u64, builder) {
                Some(stack) => {
                    let time = time.and_then(|time| u64::try_from(time).ok()).map(Nanoseconds);
                    let values = [1, lasts];
                    let values = if wall.is_some() { &values[..] } else { &values[..1] };
                    builder.add(Sample { time, ..Sample::new(stack, values) });
                }
                None => unknown += 1,
            }
            time = next;
        }
        builder.warnings.add_many(WarningKind::BrokenMessage, unknown, None::<Place>);
    }
}

/// When samples were taken, one after the other, in nanoseconds.
struct Times<D, T> {
    differences: D,
    timestamps: T,
    time: i64,
}

impl<D: Iterator<Item = i64>, T: Iterator<Item = i64>> Times<D, T> {
    fn next(&mut self) -> Option<i64> {
        if let Some(difference) = self.differences.next() {
            self.time = self.time.saturating_add(difference.saturating_mul(1000));
            return Some(self.time);
        }
        self.timestamps.next().map(|time| time.saturating_mul(1000))
    }
}

fn integers(json: &mut JsonReader<'_>, column: &mut Column) -> Result<(), JsonError> {
    json.array(|json| {
        column.push(json.integer()?.unwrap_or(0));
        Ok(())
    })
}
