//! Processed profiles of the Firefox profiler to profiles.

use firesteel_model::{
    FrameKind, MappingId, Period, ProcessId, Thread, ThreadId, ThreadNumber, UnixNanoseconds, ValueType,
};

use super::samples::{SampleColumns, SampleKind, cpu_factor};
use super::tables::{Library, Stacks, Tables};
use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::json::{JsonError, JsonReader, Number};
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;

/// Reads content of this format. Markers are no samples: they are counted and left out.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = Reader::new(ProfileBuilder::new(vec![ValueType::samples()], options));
    let mut json = JsonReader::new(content);
    if let Err(error) = reader.file(&mut json) {
        error.into_warning(&mut reader.builder.warnings)?;
    }
    for thread in std::mem::take(&mut reader.waiting) {
        reader.add(thread);
    }
    reader.counts.write(&mut reader.builder);
    Ok(reader.builder.finish(Format::Firefox))
}

/// What has no place in a profile.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) markers: u64,
    pub(crate) without_stack: u64,
}

impl Counts {
    pub(crate) fn write(&self, builder: &mut ProfileBuilder) {
        for (key, count) in [("markers left out", self.markers), ("samples without a stack", self.without_stack)] {
            if count > 0 {
                builder.profile.metadata.set_property(key, count.to_string());
            }
        }
    }
}

/// What `meta` says.
#[derive(Debug)]
pub(crate) struct Meta {
    pub(crate) categories: Vec<FrameKind>,
    pub(crate) cpu_unit: String,
    /// Milliseconds since 1970.
    pub(crate) start: f64,
}

impl Default for Meta {
    fn default() -> Self {
        Self { categories: Vec::new(), cpu_unit: "µs".to_owned(), start: 0.0 }
    }
}

impl Meta {
    pub(crate) fn read(&mut self, json: &mut JsonReader<'_>, builder: &mut ProfileBuilder) -> Result<(), JsonError> {
        json.object(|json, key| {
            let metadata = &mut builder.profile.metadata;
            match key {
                "categories" => json.array(|json| {
                    let mut kind = FrameKind::Unknown;
                    json.object(|json, key| {
                        if key == "name" {
                            kind = match json.text()?.as_str() {
                                "Kernel" => FrameKind::Kernel,
                                "JavaScript" | "JIT" => FrameKind::Jit,
                                "Go" => FrameKind::Go,
                                "Native" | "User" => FrameKind::Native,
                                _ => FrameKind::Unknown,
                            };
                        }
                        Ok(())
                    })?;
                    self.categories.push(kind);
                    Ok(())
                })?,
                "sampleUnits" => json.object(|json, key| {
                    if key == "threadCPUDelta" {
                        self.cpu_unit = json.text()?;
                    }
                    Ok(())
                })?,
                "interval" => {
                    let interval = json.number()?.map_or(0.0, Number::to_f64);
                    if interval > 0.0 {
                        let value = (interval * 1e6).round() as i64;
                        metadata.period = Some(Period { value_type: ValueType::cpu(), value });
                    }
                }
                "startTime" => {
                    self.start = json.number()?.map_or(0.0, Number::to_f64);
                    // Profiles made by conversion often have none, which is written as zero.
                    if self.start > 0.0 {
                        metadata.start = Some(UnixNanoseconds((self.start * 1e6).round() as i64));
                    }
                }
                "product" => metadata.title = json.text()?,
                "oscpu" => {
                    let system = json.text()?;
                    if !system.is_empty() {
                        metadata.set_property("system", system);
                    }
                }
                _ => {}
            }
            Ok(())
        })
    }
}

/// A thread, or what has been read of it.
#[derive(Default)]
struct ThreadData {
    name: String,
    process: String,
    thread: String,
    tables: Tables,
    samples: Option<SampleColumns>,
    allocations: Vec<(&'static str, SampleColumns)>,
}

struct Reader {
    builder: ProfileBuilder,
    meta: Meta,
    libraries: Vec<MappingId>,
    shared: Tables,
    /// Threads that came before the tables that they share, or before the libraries.
    waiting: Vec<ThreadData>,
    has_libraries: bool,
    counts: Counts,
}

impl Reader {
    fn new(builder: ProfileBuilder) -> Self {
        Self {
            builder,
            meta: Meta::default(),
            libraries: Vec::new(),
            shared: Tables::default(),
            waiting: Vec::new(),
            has_libraries: false,
            counts: Counts::default(),
        }
    }

    fn file(&mut self, json: &mut JsonReader<'_>) -> Result<(), JsonError> {
        json.object(|json, key| match key {
            "meta" => self.meta.read(json, &mut self.builder),
            "libs" => {
                self.has_libraries = true;
                json.array(|json| {
                    let library = Library::read(json)?.intern(&mut self.builder);
                    self.libraries.push(library);
                    Ok(())
                })
            }
            "shared" => json.object(|json, key| self.shared.read(json, key)),
            "threads" => json.array(|json| {
                let mut thread = ThreadData::default();
                let result = self.thread(json, &mut thread);
                let is_complete = thread.tables.is_complete() || self.shared.is_complete();
                if is_complete && self.has_libraries || result.is_err() {
                    self.add(thread);
                } else {
                    self.waiting.push(thread);
                }
                result
            }),
            _ => Ok(()),
        })
    }

    fn thread(&mut self, json: &mut JsonReader<'_>, thread: &mut ThreadData) -> Result<(), JsonError> {
        let keeps_times = self.builder.keeps_times();
        json.object(|json, key| {
            match key {
                "name" => thread.name = json.text()?,
                "pid" => thread.process = json.text()?,
                "tid" => thread.thread = json.text()?,
                "samples" => thread.samples = Some(SampleColumns::read(json, keeps_times)?),
                "jsAllocations" => {
                    thread.allocations.push(("js_allocations", SampleColumns::read(json, keeps_times)?));
                }
                "nativeAllocations" => {
                    thread.allocations.push(("native_allocations", SampleColumns::read(json, keeps_times)?));
                }
                "markers" => json.object(|json, key| {
                    if key == "length" {
                        self.counts.markers += u64::from(json.index()?.unwrap_or(0));
                    }
                    Ok(())
                })?,
                // Before version 41 each thread had its own.
                "libs" => json.array(|json| {
                    let library = Library::read(json)?.intern(&mut self.builder);
                    self.libraries.push(library);
                    self.has_libraries = true;
                    Ok(())
                })?,
                key => thread.tables.read(json, key)?,
            }
            Ok(())
        })
    }

    fn add(&mut self, data: ThreadData) {
        let thread = intern_thread(&mut self.builder, &data.name, &data.process, &data.thread);
        let mut stacks = Stacks::new(data.tables.or(&self.shared), &self.libraries, &self.meta.categories);
        let kind = SampleKind { allocations: None, cpu_factor: cpu_factor(&self.meta.cpu_unit), start: 0.0 };
        let samples = data.samples.iter().map(|samples| (None, samples));
        let allocations = data.allocations.iter().map(|(name, samples)| (Some(*name), samples));
        for (allocations, samples) in samples.chain(allocations) {
            let kind = SampleKind { allocations, ..kind };
            self.counts.without_stack +=
                samples.add_to(&mut self.builder, thread, &kind, |builder, number| stacks.stack(number, builder));
        }
    }
}

/// The thread of numbers that may be written as text, and may have a suffix where the system gave one twice.
pub(crate) fn intern_thread(builder: &mut ProfileBuilder, name: &str, process: &str, thread: &str) -> ThreadId {
    let number = |text: &str| text.split('.').next().and_then(|text| text.trim().parse::<u32>().ok());
    let thread = Thread {
        process: number(process).map(ProcessId),
        thread: number(thread).map(ThreadNumber),
        name: builder.profile.intern(name),
    };
    builder.profile.intern_thread(thread)
}
