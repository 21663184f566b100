//! A profile to trace events.

use std::io;

use firesteel_model::{FrameId, FrameKind, Profile, ThreadId};

use crate::error::Error;
use crate::json::{Decimal, JsonWriter};
use crate::timeline::{Slice, Track, layout, time_column, tracks, value};

/// Gaps between samples of less than one in so many of their width are closed.
const JOINED: i64 = 2;

/// How many nanoseconds one unit of a value is drawn as that is no time: a microsecond.
const UNIT: i64 = 1000;

/// Writes a profile as trace events, which the tracing pages of Chrome and Perfetto show on a line of time: slices that
/// begin and end, for each thread.
///
/// Each sample lasts as long as its value in the column says, the default one or the first that is time. Where samples
/// have times, they stand where they were taken, and slices of neighbours that share functions are one. Where they have
/// none, they stand one behind the other, so that the picture tells shares but no history. A value that is no time is
/// drawn as microseconds.
///
/// The format has no labels, addresses and mappings, they are left out.
///
/// # Errors
///
/// [`Error::NoSuchColumn`], and when writing fails.
pub fn write(profile: &Profile, column: Option<usize>, output: &mut dyn io::Write) -> Result<(), Error> {
    let time = time_column(profile, column);
    let column = match time.or(column) {
        Some(column) => crate::folded::Column::Index(column).resolve(profile)?,
        None => profile.default_sample_type(),
    };
    let factor = if time.is_some() { 1 } else { UNIT };
    let mut json = JsonWriter::new(output);
    json.object();
    json.text_field("displayTimeUnit", "ns");
    json.key("otherData");
    json.object();
    json.text_field("title", &profile.metadata.title);
    json.text_field("exporter", "firesteel");
    json.close();
    json.key("traceEvents");
    json.array();
    for (index, track) in tracks(profile).iter().enumerate() {
        let numbers = Numbers::new(profile, track.thread, index);
        numbers.write_name(profile, track.thread, &mut json);
        let mut events = Events { profile, numbers, open: Vec::new(), json: &mut json };
        for slice in slices(profile, track, column, factor) {
            events.write(&slice)?;
        }
        events.close(0)?;
    }
    json.close();
    json.close();
    json.finish()
}

fn slices(profile: &Profile, track: &Track, column: usize, factor: i64) -> Vec<Slice> {
    let rows = track.rows.iter().copied().filter(|&row| value(&profile.sample(row), column) > 0).collect();
    let track = Track { thread: track.thread, rows };
    if factor == 1 {
        return layout(profile, &track, column, JOINED);
    }
    let mut end = 0i64;
    let place = |&row: &usize| {
        let sample = profile.sample(row);
        let width = value(&sample, column).saturating_mul(factor);
        let time = sample.time.and_then(|time| i64::try_from(time.0).ok()).unwrap_or(0);
        let start = end.max(time);
        end = start.saturating_add(width);
        Slice { row, start, width }
    };
    track.rows.iter().map(place).collect()
}

/// Process and thread as events name them. The format needs both; zero and zero is "not known".
#[derive(Clone, Copy)]
struct Numbers {
    process: u32,
    thread: u32,
}

impl Numbers {
    fn new(profile: &Profile, id: ThreadId, index: usize) -> Self {
        let thread = profile.thread(id);
        let process = thread.process.map_or(0, |process| process.0);
        // Threads without a number must not become one.
        let stand_in = if id == ThreadId::NONE { 0 } else { index as u32 + 1 };
        Self { process, thread: thread.thread.map_or(stand_in, |thread| thread.0) }
    }

    fn write_name(self, profile: &Profile, thread: ThreadId, json: &mut JsonWriter<'_>) {
        let name = profile.string(profile.thread(thread).name);
        if name.is_empty() {
            return;
        }
        json.line();
        json.object();
        json.text_field("ph", "M");
        json.text_field("name", "thread_name");
        self.write(json);
        json.key("args");
        json.object();
        json.text_field("name", name);
        json.close();
        json.close();
    }

    fn write(self, json: &mut JsonWriter<'_>) {
        json.field("pid", self.process);
        json.field("tid", self.thread);
    }
}

/// The slices of a thread while they are written.
struct Events<'a, 'b, 'c> {
    profile: &'a Profile,
    numbers: Numbers,
    /// What is open, and when the last of it ends.
    open: Vec<(FrameId, i64)>,
    json: &'b mut JsonWriter<'c>,
}

impl Events<'_, '_, '_> {
    fn write(&mut self, slice: &Slice) -> Result<(), Error> {
        let profile = self.profile;
        let mut frames: Vec<FrameId> = profile.stacks().frames(profile.sample(slice.row).stack).collect();
        frames.reverse();
        if frames.is_empty() {
            frames.push(FrameId::UNKNOWN);
        }
        let name = |frame: &FrameId| profile.function(profile.frame(*frame).function).name;
        let goes_on = self.open.first().is_some_and(|&(_, end)| end == slice.start);
        let same = if goes_on {
            self.open.iter().zip(&frames).take_while(|((open, _), frame)| name(open) == name(frame)).count()
        } else {
            0
        };
        self.close(same)?;
        let end = slice.start.saturating_add(slice.width);
        for &frame in frames.iter().skip(same) {
            self.event("B", slice.start, frame)?;
            self.open.push((frame, end));
        }
        for (_, open_end) in &mut self.open {
            *open_end = end;
        }
        Ok(())
    }

    /// Ends slices until so many are open.
    fn close(&mut self, keep: usize) -> Result<(), Error> {
        while self.open.len() > keep {
            if let Some((frame, end)) = self.open.pop() {
                self.event("E", end, frame)?;
            }
        }
        Ok(())
    }

    fn event(&mut self, phase: &str, time: i64, frame: FrameId) -> Result<(), Error> {
        let json = &mut *self.json;
        json.line();
        json.object();
        json.text_field("ph", phase);
        // Ends need no name by the format, yet there are readers that go by it.
        json.text_field("name", self.profile.frame_name(frame));
        if phase == "B" {
            json.text_field("cat", category(self.profile.frame(frame).kind));
        }
        self.numbers.write(json);
        json.field("ts", Decimal { value: time, decimals: 3 });
        json.close();
        json.flush_some()
    }
}

fn category(kind: FrameKind) -> &'static str {
    match kind {
        FrameKind::Go => "go",
        FrameKind::Native => "native",
        FrameKind::Kernel => "kernel",
        FrameKind::Jit => "jit",
        FrameKind::Process => "process",
        FrameKind::Marker => "marker",
        _ => "function",
    }
}
