//! speedscope to a profile.

use firesteel_model::{
    FrameId, FrameKind, Nanoseconds, ProcessId, Sample, StackId, Thread, ThreadId, ThreadNumber, Unit, ValueType,
};

use super::EXTENSION;
use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::json::{Column, JsonError, JsonReader, Number, whole};
use crate::options::ReadOptions;
use crate::profile_builder::{ProfileBuilder, SourceLines};
use crate::read::Read;
use crate::warning::WarningKind;

/// How many digits behind the point are kept where weights are fractions of a unit that is no time.
const DECIMALS: u8 = 3;

/// Reads content of this format. Frames may come behind the profiles that refer to them, so stacks are built of the
/// numbers of frames first. Stretches of time without a stack are no samples.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader =
        Reader { builder: ProfileBuilder::new(Vec::new(), options), frames: Vec::new(), first_name: String::new() };
    let mut json = JsonReader::new(content);
    if let Err(error) = reader.file(&mut json) {
        error.into_warning(&mut reader.builder.warnings)?;
    }
    Ok(reader.finish())
}

struct Reader {
    builder: ProfileBuilder,
    frames: Vec<FrameId>,
    /// Name of the first profile.
    first_name: String,
}

/// One entry of `profiles`.
#[derive(Default)]
struct Entry {
    name: String,
    unit: String,
    start: f64,
    end: f64,
    /// Stacks of samples, or of the stretches between events.
    stacks: Column,
    /// Their weights, as floats.
    weights: Column,
    /// When stretches began, as floats.
    starts: Column,
    thread: Option<(String, Option<u32>, Option<u32>)>,
    sample_type: Option<ValueType>,
    /// What is open: frame numbers and the stack up to each.
    open: Vec<(u32, StackId)>,
    last: Option<f64>,
}

impl Reader {
    fn file(&mut self, json: &mut JsonReader<'_>) -> Result<(), JsonError> {
        json.object(|json, key| match key {
            "shared" => json.object(|json, key| match key {
                "frames" => json.array(|json| self.frame(json)),
                _ => Ok(()),
            }),
            "profiles" => json.array(|json| {
                let mut entry = Entry::default();
                let result = self.profile(json, &mut entry);
                self.add(entry);
                result
            }),
            "name" => {
                self.builder.profile.metadata.title = json.text()?;
                Ok(())
            }
            _ => Ok(()),
        })
    }

    fn frame(&mut self, json: &mut JsonReader<'_>) -> Result<(), JsonError> {
        let (mut name, mut file, mut line) = (String::new(), String::new(), 0);
        json.object(|json, key| {
            match key {
                "name" => name = json.text()?,
                "file" => file = json.text()?,
                "line" => line = json.index()?.unwrap_or(0),
                _ => {}
            }
            Ok(())
        })?;
        let lines = SourceLines { start: 0, line };
        self.frames.push(self.builder.source_frame(&name, &file, lines, FrameKind::Unknown));
        Ok(())
    }

    fn profile(&mut self, json: &mut JsonReader<'_>, entry: &mut Entry) -> Result<(), JsonError> {
        json.object(|json, key| {
            match key {
                "name" => entry.name = json.text()?,
                "unit" => entry.unit = json.text()?,
                "startValue" => entry.start = json.number()?.map_or(0.0, Number::to_f64),
                "endValue" => entry.end = json.number()?.map_or(0.0, Number::to_f64),
                "samples" => json.array(|json| {
                    let mut stack = StackId::ROOT;
                    json.array(|json| {
                        let frame = json.index()?.unwrap_or(u32::MAX);
                        stack = self.builder.profile.push_stack(stack, FrameId::from_index(frame as usize));
                        Ok(())
                    })?;
                    entry.stacks.push(i64::from(stack.as_u32()));
                    Ok(())
                })?,
                "weights" => json.array(|json| {
                    let weight = json.number()?.map_or(0.0, Number::to_f64);
                    entry.weights.push_float(weight);
                    Ok(())
                })?,
                "events" => json.array(|json| self.event(json, entry))?,
                EXTENSION => extension(json, entry)?,
                _ => {}
            }
            Ok(())
        })
    }

    /// A frame that opens or closes.
    fn event(&mut self, json: &mut JsonReader<'_>, entry: &mut Entry) -> Result<(), JsonError> {
        let (mut kind, mut at, mut frame) = (String::new(), None, None);
        let place = json.place();
        json.object(|json, key| {
            match key {
                "type" => kind = json.text()?,
                "at" => at = json.number()?.map(Number::to_f64),
                "frame" => frame = json.index()?,
                _ => {}
            }
            Ok(())
        })?;
        let (Some(at), Some(frame)) = (at, frame) else {
            self.builder.warnings.add(WarningKind::BrokenMessage, place);
            return Ok(());
        };
        entry.advance(at);
        match kind.as_str() {
            "O" => {
                let parent = entry.open.last().map_or(StackId::ROOT, |&(_, stack)| stack);
                let stack = self.builder.profile.push_stack(parent, FrameId::from_index(frame as usize));
                entry.open.push((frame, stack));
            }
            // What was opened in between and not closed ends here as well.
            "C" => match entry.open.iter().rposition(|&(open, _)| open == frame) {
                Some(position) => entry.open.truncate(position),
                None => self.builder.warnings.add(WarningKind::BrokenMessage, place),
            },
            _ => self.builder.warnings.add(WarningKind::BrokenMessage, place),
        }
        Ok(())
    }

    /// Adds the samples of a profile that was read, as far as it was.
    fn add(&mut self, mut entry: Entry) {
        // Where the file ends early or forgets to close what is open.
        entry.advance(entry.end);
        let entry = &entry;
        let factor = nanoseconds(&entry.unit);
        let default = match (factor, entry.unit.as_str()) {
            (Some(_), _) => ValueType::new("time", Unit::Nanoseconds),
            (None, "bytes") => ValueType::new("bytes", Unit::Bytes),
            (None, _) => ValueType::samples(),
        };
        let column = self.builder.column(entry.sample_type.as_ref().unwrap_or(&default));
        if self.first_name.is_empty() {
            self.first_name.clone_from(&entry.name);
        }
        let thread = self.thread(entry);
        let is_fraction = |weight: f64| weight.fract() != 0.0;
        let mut scale = 1.0;
        if factor.is_none() {
            if entry.weights.floats().any(is_fraction) {
                self.builder.profile.set_decimals(column, DECIMALS);
            }
            let decimals = self.builder.profile.sample_types().get(column).map_or(0, |known| known.decimals);
            scale = 10f64.powi(i32::from(decimals));
        }
        let factor_of_time = factor.unwrap_or(1.0);
        let integer = |value: f64| whole(value * factor_of_time * scale);
        let mut starts = entry.starts.floats();
        let mut weights = entry.weights.floats();
        // The sum of weights rather than of rounded ones: errors do not add up.
        let mut position = entry.start;
        for stack in entry.stacks.iter() {
            // Without weights every sample counts one.
            let weight = weights.next().unwrap_or(1.0);
            let start = starts.next().unwrap_or(position);
            position = start + weight;
            let stack = StackId::from_index(stack as usize);
            if stack == StackId::ROOT && factor.is_some() {
                continue;
            }
            let time = factor.map(|factor| Nanoseconds((start * factor).round() as u64));
            self.builder.add_value(Sample { thread, time, ..Sample::new(stack, &[]) }, column, integer(weight));
        }
        if entry.weights.len() > entry.stacks.len() {
            self.builder.warnings.add_many(WarningKind::WrongValueCount, 1, None);
        }
    }

    fn thread(&mut self, entry: &Entry) -> ThreadId {
        let (name, process, thread) = match &entry.thread {
            Some((name, process, thread)) => (name.as_str(), *process, *thread),
            None => (entry.name.as_str(), None, None),
        };
        let name = self.builder.profile.intern(name);
        let thread = Thread { process: process.map(ProcessId), thread: thread.map(ThreadNumber), name };
        self.builder.profile.intern_thread(thread)
    }

    fn finish(mut self) -> Read {
        self.builder.replace_frames(&self.frames);
        if self.builder.profile.metadata.title.is_empty() {
            self.builder.profile.metadata.title = self.first_name;
        }
        self.builder.finish(Format::Speedscope)
    }
}

impl Entry {
    /// Ends the stretch that goes on until now.
    fn advance(&mut self, at: f64) {
        if let (Some(last), Some(&(_, stack))) = (self.last, self.open.last())
            && at > last
        {
            self.stacks.push(i64::from(stack.as_u32()));
            self.starts.push_float(last);
            self.weights.push_float(at - last);
        }
        self.last = Some(at);
    }
}

/// What this program's own writer adds.
fn extension(json: &mut JsonReader<'_>, entry: &mut Entry) -> Result<(), JsonError> {
    let (mut name, mut process, mut thread) = (String::new(), None, None);
    let (mut sample_type, mut unit) = (String::new(), String::new());
    json.object(|json, key| {
        match key {
            "thread" => name = json.text()?,
            "pid" => process = json.index()?,
            "tid" => thread = json.index()?,
            "sampleType" => sample_type = json.text()?,
            "unit" => unit = json.text()?,
            _ => {}
        }
        Ok(())
    })?;
    entry.thread = Some((name, process, thread));
    if !sample_type.is_empty() {
        entry.sample_type = Some(ValueType::new(sample_type, Unit::parse(&unit)));
    }
    Ok(())
}

/// How many nanoseconds one of a unit is, if it is a unit of time.
fn nanoseconds(unit: &str) -> Option<f64> {
    match unit {
        "nanoseconds" => Some(1.0),
        "microseconds" => Some(1e3),
        "milliseconds" => Some(1e6),
        "seconds" => Some(1e9),
        _ => None,
    }
}
