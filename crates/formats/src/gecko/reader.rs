//! Unprocessed Firefox profiles to profiles.

use firesteel_model::{Address, FrameId, FrameKind, MappingId, StackId, ValueType};

use super::location::Location;
use super::rows::read_rows;
use crate::content::Content;
use crate::error::Error;
use crate::firefox::{Counts, Library, Meta, SampleColumns, SampleKind, cpu_factor, intern_thread};
use crate::format::Format;
use crate::json::{JsonError, JsonReader, Number, Scalar};
use crate::options::ReadOptions;
use crate::profile_builder::{ProfileBuilder, SourceLines};
use crate::read::Read;
use crate::warning::WarningKind;

/// How deep profiles of processes may be within those of others. Browsers write one level.
const MAX_DEPTH: usize = 4;

/// Reads content of this format. Markers are no samples: they are counted and left out.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader {
        builder: ProfileBuilder::new(vec![ValueType::samples()], options),
        counts: Counts::default(),
        start: None,
    };
    let mut json = JsonReader::new(content);
    if let Err(error) = reader.process(&mut json, MAX_DEPTH) {
        error.into_warning(&mut reader.builder.warnings)?;
    }
    reader.counts.write(&mut reader.builder);
    Ok(reader.builder.finish(Format::Gecko))
}

struct Reader {
    builder: ProfileBuilder,
    counts: Counts,
    /// When the first process began to record, in milliseconds since 1970; the times of all count from here.
    start: Option<f64>,
}

/// A library and where it was mapped.
struct Mapped {
    start: u64,
    end: u64,
    mapping: MappingId,
}

/// What a process knows.
#[derive(Default)]
struct Process {
    meta: Meta,
    libraries: Vec<Mapped>,
    /// Threads that came before the libraries.
    waiting: Vec<ThreadData>,
    has_libraries: bool,
}

/// A thread with the tables that its samples refer to.
#[derive(Default)]
struct ThreadData {
    name: String,
    process: String,
    thread: String,
    strings: Vec<Box<str>>,
    /// Prefix and frame of each stack.
    stacks: Vec<(Option<u32>, Option<u32>)>,
    /// Location, line and category of each frame.
    frames: Vec<(Option<u32>, u32, Option<u32>)>,
    samples: SampleColumns,
    known_stacks: Vec<Option<StackId>>,
    known_frames: Vec<Option<FrameId>>,
}

impl Reader {
    fn process(&mut self, json: &mut JsonReader<'_>, depth: usize) -> Result<(), JsonError> {
        let mut process = Process::default();
        let result = json.object(|json, key| match key {
            "meta" => {
                let title = self.builder.profile.metadata.title.clone();
                let start = self.builder.profile.metadata.start;
                process.meta.read(json, &mut self.builder)?;
                self.start.get_or_insert(process.meta.start);
                // Those of the outermost process count.
                if start.is_some() {
                    self.builder.profile.metadata.start = start;
                    self.builder.profile.metadata.title = title;
                }
                Ok(())
            }
            "libs" => {
                process.has_libraries = true;
                json.array(|json| {
                    let library = Library::read(json)?;
                    let mapping = library.intern(&mut self.builder);
                    process.libraries.push(Mapped { start: library.start, end: library.end, mapping });
                    Ok(())
                })
            }
            "threads" => json.array(|json| {
                let mut thread = ThreadData::default();
                let result = self.thread(json, &mut thread);
                if process.has_libraries || result.is_err() {
                    self.add(&mut thread, &process);
                } else {
                    process.waiting.push(thread);
                }
                result
            }),
            "processes" if depth > 0 => json.array(|json| self.process(json, depth - 1)),
            _ => Ok(()),
        });
        for mut thread in std::mem::take(&mut process.waiting) {
            self.add(&mut thread, &process);
        }
        result
    }

    fn thread(&mut self, json: &mut JsonReader<'_>, thread: &mut ThreadData) -> Result<(), JsonError> {
        let keeps_times = self.builder.keeps_times();
        json.object(|json, key| match key {
            "name" => {
                thread.name = json.text()?;
                Ok(())
            }
            "pid" => {
                thread.process = json.text()?;
                Ok(())
            }
            "tid" => {
                thread.thread = json.text()?;
                Ok(())
            }
            "stringTable" => json.array(|json| {
                thread.strings.push(json.text()?.into_boxed_str());
                Ok(())
            }),
            "stackTable" => read_rows(json, ["prefix", "frame"], |[prefix, frame]| {
                thread.stacks.push((prefix.small(), frame.small()));
            }),
            "frameTable" => read_rows(json, ["location", "line", "category"], |[location, line, category]| {
                thread.frames.push((location.small(), line.small().unwrap_or(0), category.small()));
            }),
            "samples" => {
                let samples = &mut thread.samples;
                read_rows(json, ["stack", "time", "threadCPUDelta"], |[stack, time, cpu]| {
                    samples.add_stack(&stack);
                    if keeps_times {
                        samples.times.push_float(time.number().map_or(0.0, Number::to_f64));
                    }
                    // The first delta mostly is null, so that it does not tell whether there are any.
                    let has_cpu = !samples.cpu.is_empty();
                    if has_cpu || !matches!(cpu, Scalar::Nothing) {
                        while !has_cpu && samples.cpu.len() + 1 < samples.stacks.len() {
                            samples.cpu.push_float(0.0);
                        }
                        samples.add_cpu(&cpu);
                    }
                })
            }
            "markers" => json.object(|json, key| {
                if key != "data" {
                    return Ok(());
                }
                json.array(|_| {
                    self.counts.markers += 1;
                    Ok(())
                })
            }),
            _ => Ok(()),
        })
    }

    fn add(&mut self, data: &mut ThreadData, process: &Process) {
        let thread = intern_thread(&mut self.builder, &data.name, &data.process, &data.thread);
        let samples = std::mem::take(&mut data.samples);
        let start = process.meta.start - self.start.unwrap_or(process.meta.start);
        let kind = SampleKind { allocations: None, cpu_factor: cpu_factor(&process.meta.cpu_unit), start };
        self.counts.without_stack +=
            samples.add_to(&mut self.builder, thread, &kind, |builder, number| data.stack(number, process, builder));
    }
}

impl ThreadData {
    /// The stack of a number. A prefix always has a lower number than the stacks that begin with it.
    fn stack(&mut self, number: u32, process: &Process, builder: &mut ProfileBuilder) -> StackId {
        let mut path = Vec::new();
        let mut next = Some(number);
        let mut stack = StackId::ROOT;
        self.known_stacks.resize(self.stacks.len(), None);
        while let Some(number) = next {
            let Some(&(prefix, frame)) = self.stacks.get(number as usize) else {
                builder.warnings.add_many(WarningKind::DanglingReference, 1, None);
                break;
            };
            if let Some(known) = self.known_stacks.get(number as usize).copied().flatten() {
                stack = known;
                break;
            }
            path.push((number, frame));
            next = prefix.filter(|&prefix| prefix < number);
        }
        for (number, frame) in path.into_iter().rev() {
            let frame = self.frame(frame, process, builder);
            // What every stack begins with says nothing.
            if builder.profile.frame_name(frame) != "(root)" {
                stack = builder.profile.push_stack(stack, frame);
            }
            if let Some(slot) = self.known_stacks.get_mut(number as usize) {
                *slot = Some(stack);
            }
        }
        stack
    }

    fn frame(&mut self, number: Option<u32>, process: &Process, builder: &mut ProfileBuilder) -> FrameId {
        let index = number.map_or(usize::MAX, |number| number as usize);
        self.known_frames.resize(self.frames.len(), None);
        if let Some(known) = self.known_frames.get(index).copied().flatten() {
            return known;
        }
        let Some(&(location, line, category)) = self.frames.get(index) else {
            builder.warnings.add_many(WarningKind::DanglingReference, 1, None);
            return FrameId::UNKNOWN;
        };
        let text = location.and_then(|location| self.strings.get(location as usize)).map_or("", |text| text);
        let category = category.and_then(|category| process.meta.categories.get(category as usize)).copied();
        let frame = match Location::parse(text) {
            Location::Address(address) => {
                let kind = category.filter(|&kind| kind != FrameKind::Unknown).unwrap_or(FrameKind::Native);
                let mapped = process.libraries.iter().find(|mapped| (mapped.start..mapped.end).contains(&address));
                let mapping = mapped.map_or(MappingId::NONE, |mapped| mapped.mapping);
                builder.profile.intern_unnamed_frame(mapping, Address(address), kind)
            }
            Location::Script { name, file, line: start } => {
                let lines = SourceLines { start, line: if line == 0 { start } else { line } };
                builder.source_frame(name, file, lines, FrameKind::Jit)
            }
            Location::Label(name) => {
                builder.source_frame(name, "", SourceLines { start: 0, line }, category.unwrap_or_default())
            }
        };
        if let Some(slot) = self.known_frames.get_mut(index) {
            *slot = Some(frame);
        }
        frame
    }
}
