//! A profile to the processed format of the Firefox profiler.

use std::io;

use firesteel_model::{Profile, Unit, ValueType};

use super::EXTENSION;
use super::thread_tables::{CATEGORIES, ThreadTables, debug_id};
use crate::error::Error;
use crate::folded::Column;
use crate::json::{Decimal, JsonWriter};
use crate::timeline::{Track, tracks, value};

/// The version that is written: old enough for every reader, the profiler's page upgrades it.
const VERSION: u32 = 49;

/// How many nanoseconds lie between samples where nothing else is known.
const INTERVAL: i64 = 1_000_000;

/// Writes a profile as <https://profiler.firefox.com> and `samply load` read it.
///
/// The weights of samples are the values of one column, the default one unless another is asked for. Where samples have
/// times, they count from the first sample, and a column of on-CPU time besides the weights is kept as well. Where they
/// have none, samples stand one behind the other. Addresses are relative to their libraries, as the format has it. Labels
/// have no place in it.
///
/// # Errors
///
/// [`Error::NoSuchColumn`], and when writing fails.
pub fn write(profile: &Profile, column: Option<usize>, output: &mut dyn io::Write) -> Result<(), Error> {
    let column = Column::Index(column.unwrap_or(profile.default_sample_type())).resolve(profile)?;
    let mut json = JsonWriter::new(output);
    let tracks = tracks(profile);
    let is_time = |&index: &usize| {
        index != column && profile.sample_types().get(index).is_some_and(|known| known.unit == Unit::Nanoseconds)
    };
    let cpu = (0..profile.sample_types().len()).find(is_time).filter(|_| profile.has_times());
    json.object();
    write_meta(profile, &mut json);
    json.line();
    json.key("libs");
    json.array();
    for mapping in profile.mappings().iter().skip(1) {
        let path = profile.string(mapping.file);
        let name = path.rsplit('/').next().unwrap_or(path);
        let build_id = profile.string(mapping.build_id);
        json.line();
        json.object();
        for (key, text) in [("name", name), ("path", path), ("debugName", name), ("debugPath", path)] {
            json.text_field(key, text);
        }
        json.text_field("breakpadId", &debug_id(build_id));
        json.key("codeId");
        if build_id.is_empty() {
            json.plain("null");
        } else {
            json.text(build_id);
        }
        json.field("arch", "null");
        json.close();
    }
    json.close();
    json.line();
    json.key("threads");
    json.array();
    let start = profile.samples().filter_map(|sample| sample.time).min().map_or(0, |time| time.0 as i64);
    for (index, track) in tracks.iter().enumerate() {
        let thread = Thread { profile, track, column, cpu, start, is_first: index == 0 };
        thread.write(index, &mut json)?;
    }
    json.close();
    for key in ["pages", "profilerOverhead", "counters"] {
        json.key(key);
        json.array();
        json.close();
    }
    json.close();
    json.finish()
}

fn write_meta(profile: &Profile, json: &mut JsonWriter<'_>) {
    let metadata = &profile.metadata;
    json.key("meta");
    json.object();
    json.field("preprocessedProfileVersion", VERSION);
    json.field("version", 24);
    json.text_field("product", if metadata.title.is_empty() { "firesteel" } else { &metadata.title });
    let period = metadata.period.as_ref().filter(|period| period.value_type.unit == Unit::Nanoseconds);
    let interval = period.map_or(INTERVAL, |period| period.value.max(1));
    json.field("interval", Decimal { value: interval, decimals: 6 });
    json.field("startTime", Decimal { value: metadata.start.map_or(0, |start| start.0), decimals: 6 });
    json.field("processType", 0);
    json.field("debug", false);
    json.field("symbolicated", !(0..profile.frame_count()).any(|index| is_unnamed(profile, index)));
    json.field("usesOnlyOneStackType", true);
    json.field("doesNotUseFrameImplementation", true);
    json.field("sourceCodeIsNotOnSearchfox", true);
    json.key("sampleUnits");
    json.object();
    for (key, unit) in [("time", "ms"), ("eventDelay", "ms"), ("threadCPUDelta", "ns")] {
        json.text_field(key, unit);
    }
    json.close();
    json.key("extensions");
    json.object();
    json.field("length", 0);
    for key in ["baseURL", "id", "name"] {
        json.key(key);
        json.array();
        json.close();
    }
    json.close();
    json.key("categories");
    json.array();
    for (name, color) in CATEGORIES {
        json.object();
        json.text_field("name", name);
        json.text_field("color", color);
        json.key("subcategories");
        json.array();
        json.text("Other");
        json.close();
        json.close();
    }
    json.close();
    for key in ["markerSchema", "pausedRanges"] {
        json.key(key);
        json.array();
        json.close();
    }
    json.close();
}

fn is_unnamed(profile: &Profile, index: usize) -> bool {
    let frame = profile.frame(firesteel_model::FrameId::from_index(index));
    frame.flags.unnamed && frame.address.0 != 0
}

/// A thread to be written.
struct Thread<'a> {
    profile: &'a Profile,
    track: &'a Track,
    /// The column of the weights.
    column: usize,
    /// The column of on-CPU time besides it.
    cpu: Option<usize>,
    /// When the first sample of all was taken.
    start: i64,
    is_first: bool,
}

impl Thread<'_> {
    fn write(&self, index: usize, json: &mut JsonWriter<'_>) -> Result<(), Error> {
        let Self { profile, track, .. } = *self;
        let thread = profile.thread(track.thread);
        let process = thread.process.map_or_else(|| "?".to_owned(), |process| process.to_string());
        let mut tables = ThreadTables::new(profile);
        let stacks: Vec<Option<usize>> =
            track.rows.iter().map(|&row| tables.stack(profile.sample(row).stack)).collect();
        json.line();
        json.object();
        json.text_field("name", profile.string(thread.name));
        let is_main = match (thread.process, thread.thread) {
            (Some(process), Some(thread)) => process.0 == thread.0,
            _ => self.is_first,
        };
        json.field("isMainThread", is_main);
        json.text_field("processName", &profile.metadata.title);
        json.text_field("processType", "default");
        json.text_field("pid", &process);
        json.key("tid");
        match thread.thread {
            Some(thread) => json.plain(thread),
            // Each thread needs one of its own.
            None => json.text(&format!("?{index}")),
        }
        for key in ["processStartupTime", "registerTime"] {
            json.field(key, 0);
        }
        for key in ["processShutdownTime", "unregisterTime"] {
            json.field(key, "null");
        }
        json.key("pausedRanges");
        json.array();
        json.close();
        json.key("markers");
        json.object();
        json.field("length", 0);
        for key in ["category", "data", "endTime", "name", "phase", "startTime"] {
            json.key(key);
            json.array();
            json.close();
        }
        json.close();
        tables.write(json)?;
        self.write_samples(&stacks, json)?;
        json.close();
        json.flush_some()
    }

    fn write_samples(&self, stacks: &[Option<usize>], json: &mut JsonWriter<'_>) -> Result<(), Error> {
        let Self { profile, track, column, .. } = *self;
        let default = ValueType::samples();
        let sample_type = profile.sample_types().get(column).unwrap_or(&default);
        let decimals = sample_type.decimals;
        let (weight_type, decimals) = match sample_type.unit {
            // Milliseconds in this format.
            Unit::Nanoseconds => ("tracing-ms", decimals.saturating_add(6)),
            Unit::Bytes => ("bytes", decimals),
            Unit::Count | Unit::Other(_) => ("samples", decimals),
        };
        let row_value = |row: usize, column: usize| value(&profile.sample(row), column);
        json.line();
        json.key("samples");
        json.object();
        json.field("length", track.rows.len());
        json.text_field("weightType", weight_type);
        json.key(EXTENSION);
        json.object();
        json.text_field("sampleType", &sample_type.name);
        json.text_field("unit", sample_type.unit.as_str());
        if let Some(cpu) = self.cpu.and_then(|cpu| profile.sample_types().get(cpu)) {
            json.text_field("threadCPUDelta", &cpu.name);
        }
        json.close();
        json.key("stack");
        json.array();
        for stack in stacks {
            json.optional(*stack);
            json.flush_some()?;
        }
        json.close();
        json.key("time");
        json.array();
        let mut position = 0i64;
        for &row in &track.rows {
            let time = profile.sample(row).time.and_then(|time| i64::try_from(time.0).ok());
            let time = time.map_or(position, |time| time.saturating_sub(self.start));
            json.plain(Decimal { value: time, decimals: 6 });
            let width = if sample_type.unit == Unit::Nanoseconds { row_value(row, column).max(0) } else { INTERVAL };
            position = time.saturating_add(width);
            json.flush_some()?;
        }
        json.close();
        json.key("weight");
        let is_plain = sample_type.unit == Unit::Count && decimals == 0;
        if is_plain && track.rows.iter().all(|&row| row_value(row, column) == 1) {
            json.plain("null");
        } else {
            json.array();
            for &row in &track.rows {
                json.plain(Decimal { value: row_value(row, column), decimals });
                json.flush_some()?;
            }
            json.close();
        }
        if let Some(cpu) = self.cpu {
            json.key("threadCPUDelta");
            json.array();
            for &row in &track.rows {
                json.plain(row_value(row, cpu));
                json.flush_some()?;
            }
            json.close();
        }
        json.close();
        Ok(())
    }
}
