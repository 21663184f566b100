//! A profile to speedscope.

use std::io;

use firesteel_model::{FrameId, Profile, StackId, Unit};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::{EXTENSION, SCHEMA};
use crate::error::Error;
use crate::json::{Decimal, JsonWriter};
use crate::timeline::{Track, layout, thread_title, tracks, value};

/// Writes a profile as speedscope reads it: one of its profiles for each value column and thread, the default column
/// first.
///
/// Where samples have times, those of a column of time stand where they were taken, with gaps between them; other columns
/// and profiles without times have one sample behind the other. The format has no labels, addresses and mappings, they
/// are left out.
///
/// # Errors
///
/// When writing fails.
pub fn write(profile: &Profile, output: &mut dyn io::Write) -> Result<(), Error> {
    let mut json = JsonWriter::new(output);
    json.object();
    json.text_field("$schema", SCHEMA);
    json.text_field("exporter", "firesteel");
    json.text_field("name", &profile.metadata.title);
    json.field("activeProfileIndex", 0);
    json.key("shared");
    json.object();
    json.key("frames");
    json.array();
    let frames = Frames::write(profile, &mut json)?;
    json.close();
    json.close();
    json.key("profiles");
    json.array();
    let tracks = tracks(profile);
    let default = profile.default_sample_type();
    let columns = (0..profile.sample_types().len()).filter(|&column| column != default);
    for column in std::iter::once(default).chain(columns) {
        for track in &tracks {
            write_track(profile, track, column, &frames, &mut json)?;
        }
    }
    json.close();
    json.close();
    json.finish()
}

/// Frames by the numbers that they have in the file.
struct Frames {
    numbers: Vec<u32>,
    /// What stands for a stack without frames, which in this format would be a gap.
    unknown: u32,
}

impl Frames {
    /// Writes the table. Frames that differ only in what the format has no place for are one.
    fn write(profile: &Profile, json: &mut JsonWriter<'_>) -> Result<Self, Error> {
        let mut known: HashMap<(&str, &str, u32), u32, SeedableState<'static>> =
            HashMap::with_hasher(SeedableState::fixed());
        let mut numbers = Vec::with_capacity(profile.frame_count());
        let mut unknown = 0;
        for index in 0..profile.frame_count() {
            let id = FrameId::from_index(index);
            let frame = profile.frame(id);
            let function = profile.function(frame.function);
            let line = if frame.line.0 == 0 { function.start_line.0 } else { frame.line.0 };
            let key = (profile.frame_name(id), profile.string(function.file), line);
            let count = known.len() as u32;
            let number = *known.entry(key).or_insert(count);
            numbers.push(number);
            if id == FrameId::UNKNOWN {
                unknown = number;
            }
            if number < count {
                continue;
            }
            json.line();
            json.object();
            json.text_field("name", key.0);
            if !key.1.is_empty() {
                json.text_field("file", key.1);
            }
            if line != 0 {
                json.field("line", line);
            }
            json.close();
            json.flush_some()?;
        }
        Ok(Self { numbers, unknown })
    }

    fn stack(&self, profile: &Profile, stack: StackId, numbers: &mut Vec<u32>) {
        numbers.clear();
        let frames = profile.stacks().frames(stack);
        numbers.extend(frames.map(|frame| self.numbers.get(frame.index()).copied().unwrap_or(self.unknown)));
        numbers.reverse();
        if numbers.is_empty() {
            numbers.push(self.unknown);
        }
    }
}

fn write_track(
    profile: &Profile,
    track: &Track,
    column: usize,
    frames: &Frames,
    json: &mut JsonWriter<'_>,
) -> Result<(), Error> {
    let Some(sample_type) = profile.sample_types().get(column) else { return Ok(()) };
    let is_time = sample_type.unit == Unit::Nanoseconds;
    let unit = match sample_type.unit {
        Unit::Nanoseconds => "nanoseconds",
        Unit::Bytes => "bytes",
        Unit::Count | Unit::Other(_) => "none",
    };
    // What a column says nothing of has no place in it; only in the main column zeros are of interest.
    let rows = track.rows.iter().copied().filter(|&row| value(&profile.sample(row), column) != 0);
    let track = Track { thread: track.thread, rows: rows.collect() };
    if track.rows.is_empty() && column != profile.default_sample_type() {
        return Ok(());
    }
    let slices = if is_time && sample_type.decimals == 0 { layout(profile, &track, column, 0) } else { Vec::new() };
    let mut title = thread_title(profile, track.thread);
    if profile.sample_types().len() > 1 {
        title = format!("{title}: {}", sample_type.name);
    }
    let decimals = sample_type.decimals;
    let number = |value: i64| Decimal { value, decimals };
    let thread = profile.thread(track.thread);
    let total = track.rows.iter().fold(0i64, |sum, &row| sum.saturating_add(value(&profile.sample(row), column)));
    let start = slices.first().map_or(0, |slice| slice.start);
    let end = slices.last().map_or(total, |slice| slice.start.saturating_add(slice.width));
    json.line();
    json.object();
    json.text_field("type", "sampled");
    json.text_field("name", &title);
    json.text_field("unit", unit);
    json.field("startValue", number(start));
    json.field("endValue", number(end));
    json.key(EXTENSION);
    json.object();
    json.text_field("thread", profile.string(thread.name));
    json.key("pid");
    json.optional(thread.process);
    json.key("tid");
    json.optional(thread.thread);
    json.text_field("sampleType", &sample_type.name);
    json.text_field("unit", sample_type.unit.as_str());
    json.close();
    json.key("samples");
    json.array();
    let mut stack = Vec::new();
    let mut weights: Vec<i64> = Vec::with_capacity(track.rows.len());
    let mut position = start;
    for (index, &row) in track.rows.iter().enumerate() {
        let sample = profile.sample(row);
        if let Some(slice) = slices.get(index) {
            if slice.start > position {
                json.array();
                json.close();
                weights.push(slice.start.saturating_sub(position));
            }
            position = slice.start.saturating_add(slice.width);
        }
        weights.push(value(&sample, column));
        frames.stack(profile, sample.stack, &mut stack);
        json.array();
        for frame in &stack {
            json.plain(frame);
        }
        json.close();
        json.flush_some()?;
    }
    json.close();
    json.key("weights");
    json.array();
    for weight in weights {
        json.plain(number(weight));
        json.flush_some()?;
    }
    json.close();
    json.close();
    Ok(())
}
