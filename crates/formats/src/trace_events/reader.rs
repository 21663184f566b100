//! Trace events to a profile.

use firesteel_model::{
    FrameKind, LabelSetId, Nanoseconds, ProcessId, Sample, Thread, ThreadId, ThreadNumber, Unit, ValueType,
};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::chunks::{self, Chunks};
use super::event::Event;
use super::slices::Slices;
use super::stack_frames::{StackFrames, stack_of};
use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::json::{JsonError, JsonReader, Kind, Scalar};
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::warning::WarningKind;

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader {
        builder: ProfileBuilder::new(Vec::new(), options),
        threads: Vec::new(),
        numbers: HashMap::with_hasher(SeedableState::fixed()),
        last: 0,
        process_names: HashMap::with_hasher(SeedableState::fixed()),
        chunks: Chunks::default(),
        stack_frames: StackFrames::new(),
        left_out: 0,
    };
    let mut json = JsonReader::new(content);
    let is_array = matches!(json.kind(), Ok(Kind::Array));
    match reader.file(&mut json) {
        // An array needs no end: a program may die while it writes.
        Err(JsonError::Broken(_)) if is_array && json.is_at_end() => {}
        Err(error) => error.into_warning(&mut reader.builder.warnings)?,
        Ok(()) => {}
    }
    Ok(reader.finish())
}

struct Reader {
    builder: ProfileBuilder,
    threads: Vec<ThreadState>,
    numbers: HashMap<(String, String), usize, SeedableState<'static>>,
    /// Number of the thread that the last event was of.
    last: usize,
    process_names: HashMap<String, String, SeedableState<'static>>,
    chunks: Chunks,
    stack_frames: StackFrames,
    left_out: u64,
}

/// A thread while its events come. Its name may come last, so samples are of a number first.
struct ThreadState {
    process: Scalar,
    thread: Scalar,
    name: String,
    slices: Option<Slices>,
}

impl Reader {
    fn file(&mut self, json: &mut JsonReader<'_>) -> Result<(), JsonError> {
        if json.kind()? == Kind::Array {
            return json.array(|json| self.event(json));
        }
        json.object(|json, key| match key {
            "traceEvents" => json.array(|json| self.event(json)),
            "stackFrames" => self.stack_frames.read(json, &mut self.builder),
            "samples" => json.array(|json| self.sample(json)),
            _ => Ok(()),
        })
    }

    fn event(&mut self, json: &mut JsonReader<'_>) -> Result<(), JsonError> {
        if json.kind()? != Kind::Object {
            return Ok(());
        }
        let place = json.place();
        self.chunks.clear();
        let event = Event::read(json, &mut self.chunks, &mut self.builder)?;
        let number = self.thread(&event.process, &event.thread);
        let thread = ThreadId::from_index(number + 1);
        match (event.phase, event.time) {
            (b'B', Some(time)) => {
                let frame = self.builder.named_frame(event.name.as_bytes(), FrameKind::Unknown, place);
                self.slices(number, |slices, builder| slices.begin(frame, time, builder));
            }
            (b'E', Some(time)) => {
                let mut is_open = true;
                self.slices(number, |slices, builder| is_open = slices.end(time, builder));
                if !is_open {
                    self.builder.warnings.add(WarningKind::BrokenMessage, place);
                }
            }
            (b'X', Some(time)) => {
                let frame = self.builder.named_frame(event.name.as_bytes(), FrameKind::Unknown, place);
                let duration = event.duration.unwrap_or(0);
                self.slices(number, |slices, builder| slices.complete(frame, time, duration, builder));
            }
            (b'M', _) => match event.name.as_str() {
                "thread_name" => {
                    if let Some(state) = self.threads.get_mut(number) {
                        state.name = event.argument;
                    }
                }
                "process_name" => {
                    self.process_names.insert(event.process.text(), event.argument);
                }
                _ => {}
            },
            (b'P' | b'I' | b'i' | b'n', _) if self.chunks.take(&event, thread, &mut self.builder) => {}
            (b'P', time) if event.stack_frame.is_some() || !event.stack.is_empty() => {
                if let Some(key) = &event.stack_frame {
                    self.stack_frames.add(key, thread, 1, time, &self.builder);
                } else {
                    let stack = stack_of(&event.stack, place, &mut self.builder);
                    let time = time.and_then(|time| u64::try_from(time).ok()).map(Nanoseconds);
                    let [count, _] = chunks::columns(&mut self.builder);
                    let sample = Sample { stack, values: &[], labels: LabelSetId::EMPTY, thread, time };
                    self.builder.add_value(sample, count, 1);
                }
            }
            (b'B' | b'E' | b'X' | 0, _) => self.builder.warnings.add(WarningKind::BrokenMessage, place),
            _ => self.left_out += 1,
        }
        Ok(())
    }

    /// An entry of `samples`, which belongs to `stackFrames`.
    fn sample(&mut self, json: &mut JsonReader<'_>) -> Result<(), JsonError> {
        let (mut process, mut thread, mut frame) = (Scalar::Nothing, Scalar::Nothing, None);
        let (mut time, mut weight) = (None, 1);
        json.object(|json, key| {
            match key {
                "pid" => process = json.scalar()?,
                "tid" => thread = json.scalar()?,
                "ts" => time = json.number()?.map(|time| time.scaled(1000)),
                "weight" => weight = json.integer()?.unwrap_or(1).max(0),
                "sf" => frame = Some(json.text()?),
                _ => {}
            }
            Ok(())
        })?;
        let number = self.thread(&process, &thread);
        if let Some(frame) = frame {
            self.stack_frames.add(&frame, ThreadId::from_index(number + 1), weight, time, &self.builder);
        }
        Ok(())
    }

    fn thread(&mut self, process: &Scalar, thread: &Scalar) -> usize {
        // Events of a thread mostly follow each other.
        if let Some(last) = self.threads.get(self.last)
            && last.process == *process
            && last.thread == *thread
        {
            return self.last;
        }
        self.last = self.find_thread(process, thread);
        self.last
    }

    fn find_thread(&mut self, process: &Scalar, thread: &Scalar) -> usize {
        let key = (process.text(), thread.text());
        if let Some(&known) = self.numbers.get(&key) {
            return known;
        }
        let number = self.threads.len();
        self.threads.push(ThreadState {
            process: process.clone(),
            thread: thread.clone(),
            name: String::new(),
            slices: None,
        });
        self.numbers.insert(key, number);
        number
    }

    fn slices(&mut self, number: usize, act: impl FnOnce(&mut Slices, &mut ProfileBuilder)) {
        let Some(state) = self.threads.get_mut(number) else { return };
        let builder = &mut self.builder;
        let slices = state.slices.get_or_insert_with(|| {
            let column = builder.column(&ValueType::new("wall", Unit::Nanoseconds));
            Slices::new(ThreadId::from_index(number + 1), column)
        });
        act(slices, builder);
    }

    fn finish(mut self) -> Read {
        let mut out_of_order = 0;
        for state in &mut self.threads {
            if let Some(slices) = &mut state.slices {
                slices.finish(&mut self.builder);
                out_of_order += slices.out_of_order;
            }
        }
        if out_of_order > 0 {
            self.builder.profile.metadata.set_property("events out of order", out_of_order.to_string());
        }
        self.chunks.finish(&mut self.builder);
        let has_profile = !self.chunks.is_empty();
        self.stack_frames.finish(&mut self.builder);
        if has_profile {
            // Of a recording of the developer tools people want to see the functions.
            let [_, wall] = chunks::columns(&mut self.builder);
            self.builder.profile.metadata.default_sample_type = wall;
        }
        if self.left_out > 0 {
            self.builder.profile.metadata.set_property("events without a stack", self.left_out.to_string());
        }
        let mut threads = vec![ThreadId::NONE];
        for state in &self.threads {
            threads.push(state.intern(&self.process_names, &mut self.builder));
        }
        self.builder.replace_threads(&threads);
        self.builder.finish(Format::TraceEvents)
    }
}

impl ThreadState {
    /// The thread with its name; where only the process has one, with that.
    fn intern(
        &self,
        process_names: &HashMap<String, String, SeedableState<'static>>,
        builder: &mut ProfileBuilder,
    ) -> ThreadId {
        let mut name = self.name.clone();
        if name.is_empty() {
            name = process_names.get(&self.process.text()).cloned().unwrap_or_default();
        }
        if name.is_empty() && self.thread.small().is_none() {
            // Some programs put names where numbers belong.
            name = self.thread.text();
        }
        if name.is_empty() && self.process.small() == Some(0) && self.thread.small() == Some(0) {
            // What is written where neither is known.
            return ThreadId::NONE;
        }
        let thread = Thread {
            process: self.process.small().map(ProcessId),
            thread: self.thread.small().map(ThreadNumber),
            name: builder.profile.intern(&name),
        };
        builder.profile.intern_thread(thread)
    }
}
