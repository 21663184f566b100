//! Events with stacks to samples.

use firesteel_model::{
    Frame, FrameFlags, FrameId, FrameKind, Function, LabelSetId, LineNumber, Nanoseconds, ProcessId, Sample, StackId,
    Thread, ThreadId, ThreadNumber, UnixNanoseconds,
};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::chunk::{Chunk, EventData};
use super::metadata::Class;
use super::value::Value;
use crate::profile_builder::ProfileBuilder;
use crate::warning::{Place, WarningKind};

/// The value columns.
const COLUMNS: [(&str, &str); 10] = [
    ("samples", "count"),
    ("cpu", "nanoseconds"),
    ("wall", "count"),
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("live_space", "bytes"),
    ("contentions", "count"),
    ("lock_delay", "nanoseconds"),
    ("waits", "count"),
    ("wait_delay", "nanoseconds"),
];

const SAMPLES: usize = 0;
const CPU: usize = 1;
const WALL: usize = 2;
const ALLOC_OBJECTS: usize = 3;
const ALLOC_SPACE: usize = 4;
const LIVE_SPACE: usize = 5;
const CONTENTIONS: usize = 6;
const LOCK_DELAY: usize = 7;
const WAITS: usize = 8;
const WAIT_DELAY: usize = 9;

/// Names and units of the value columns.
pub(super) fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    COLUMNS.into_iter()
}

/// How much an event counts.
#[derive(Clone, Copy)]
enum Weight {
    /// One.
    One,
    /// What a field says; one when it has none.
    Field(&'static str),
    /// How long it took.
    Duration,
}

/// What an event counts, by the name of its type.
fn weights(event: &[u8]) -> Option<&'static [(usize, Weight)]> {
    use Weight::{Duration, Field, One};
    Some(match event {
        b"jdk.ExecutionSample" | b"jdk.NativeMethodSample" => &[(SAMPLES, One)],
        b"jdk.CPUTimeSample" => &[(SAMPLES, One), (CPU, Field("samplingPeriod"))],
        b"profiler.WallClockSample" => &[(WALL, Field("samples"))],
        b"jdk.ObjectAllocationInNewTLAB" => &[(ALLOC_OBJECTS, One), (ALLOC_SPACE, Field("tlabSize"))],
        b"jdk.ObjectAllocationOutsideTLAB" => &[(ALLOC_OBJECTS, One), (ALLOC_SPACE, Field("allocationSize"))],
        b"jdk.ObjectAllocationSample" => &[(ALLOC_OBJECTS, One), (ALLOC_SPACE, Field("weight"))],
        b"profiler.LiveObject" => &[(LIVE_SPACE, Field("allocationSize"))],
        b"jdk.JavaMonitorEnter" | b"jdk.ThreadPark" => &[(CONTENTIONS, One), (LOCK_DELAY, Duration)],
        b"jdk.JavaMonitorWait"
        | b"jdk.ThreadSleep"
        | b"jdk.SocketRead"
        | b"jdk.SocketWrite"
        | b"jdk.FileRead"
        | b"jdk.FileWrite"
        | b"jdk.FileForce" => &[(WAITS, One), (WAIT_DELAY, Duration)],
        _ => return None,
    })
}

/// Makes samples of the events of all chunks.
#[derive(Default)]
pub(super) struct Recorder {
    start: Option<u64>,
    end: u64,
}

/// Constants of a chunk that are in the profile, by key.
struct Known {
    stacks: HashMap<i64, (StackId, bool), SeedableState<'static>>,
    threads: HashMap<i64, ThreadId, SeedableState<'static>>,
}

impl Recorder {
    /// Adds the events of a chunk, which begins at `offset` of the file.
    pub(super) fn read(&mut self, chunk: &Chunk<'_>, offset: u64, builder: &mut ProfileBuilder) {
        let hasher = SeedableState::fixed();
        let mut known = Known { stacks: HashMap::with_hasher(hasher), threads: HashMap::with_hasher(hasher) };
        let start = *self.start.get_or_insert(chunk.header.start);
        self.end = self.end.max(chunk.header.start.saturating_add(chunk.header.duration));
        let since = chunk.header.start.saturating_sub(start);
        for event in chunk.events() {
            let Some(class) = chunk.classes.get(event.class) else { continue };
            let Some(weights) = weights(&class.name) else { continue };
            let at = Place::Byte(offset.saturating_add(event.offset as u64));
            if add(chunk, event, class, weights, since, &mut known, builder, at).is_none() {
                builder.warnings.add(WarningKind::BrokenMessage, at);
            }
        }
    }

    /// Notes when the recording was made.
    pub(super) fn finish(self, builder: &mut ProfileBuilder) {
        let metadata = &mut builder.profile.metadata;
        if let Some(start) = self.start {
            metadata.start = i64::try_from(start).ok().map(UnixNanoseconds);
            metadata.duration = Some(Nanoseconds(self.end.saturating_sub(start)));
        }
        // Show first what there is.
        let totals = builder.profile.totals();
        let shown = totals.iter().position(|&total| total > 0).unwrap_or(0);
        builder.profile.metadata.default_sample_type = shown;
    }
}

#[expect(clippy::too_many_arguments, reason = "each is a part of what an event is read with")]
fn add(
    chunk: &Chunk<'_>,
    mut event: EventData<'_>,
    class: &Class,
    weights: &[(usize, Weight)],
    since: u64,
    known: &mut Known,
    builder: &mut ProfileBuilder,
    place: Place,
) -> Option<()> {
    let value = event.fields.object(event.class, class, &chunk.classes)?;
    let Value::Object { fields, .. } = &value else { return None };
    let raw = |name: &str| class.position(name).and_then(|position| fields.get(position)).unwrap_or(&Value::Nothing);
    let number = |name: &str| match raw(name) {
        Value::Number(number) => Some(*number),
        _ => None,
    };
    let Value::Reference { key, .. } = *raw("stackTrace") else { return Some(()) };
    let (stack, is_truncated) =
        *known.stacks.entry(key).or_insert_with(|| stack_of(chunk, raw("stackTrace"), builder, place));
    builder.profile.metadata.losses.truncated_stacks += u64::from(is_truncated);
    let thread = ["sampledThread", "eventThread"].iter().find_map(|name| match raw(name) {
        Value::Reference { key, .. } => Some((*key, raw(name))),
        _ => None,
    });
    let thread = thread.map_or(ThreadId::NONE, |(key, value)| {
        *known.threads.entry(key).or_insert_with(|| thread_of(chunk, value, builder))
    });
    let mut values = [0i64; COLUMNS.len()];
    for &(column, weight) in weights {
        let weight = match weight {
            Weight::One => 1,
            Weight::Field(name) => number(name).unwrap_or(1),
            Weight::Duration => {
                let ticks = u64::try_from(number("duration").unwrap_or(0)).unwrap_or(0);
                i64::try_from(chunk.header.duration_nanoseconds(ticks)).unwrap_or(i64::MAX)
            }
        };
        if let Some(slot) = values.get_mut(column) {
            *slot = weight.max(0);
        }
    }
    let time = since.saturating_add(chunk.header.nanoseconds(number("startTime").unwrap_or(0)));
    let time = builder.keeps_times().then_some(Nanoseconds(time));
    builder.add(Sample { stack, values: &values, labels: LabelSetId::EMPTY, thread, time });
    Some(())
}

/// The stack of a constant, and whether it was cut.
fn stack_of(chunk: &Chunk<'_>, value: &Value<'_>, builder: &mut ProfileBuilder, place: Place) -> (StackId, bool) {
    let (pools, classes) = (&chunk.pools, &chunk.classes);
    let is_truncated = *pools.field(value, "truncated", classes) == Value::Number(1);
    let Value::Array(frames) = pools.field(value, "frames", classes) else { return (StackId::ROOT, is_truncated) };
    let frames: Vec<FrameId> = frames.iter().map(|frame| frame_of(chunk, frame, builder, place)).collect();
    let stack = builder.stack(frames.into_iter().rev());
    (stack, is_truncated)
}

fn frame_of(chunk: &Chunk<'_>, frame: &Value<'_>, builder: &mut ProfileBuilder, place: Place) -> FrameId {
    let (pools, classes) = (&chunk.pools, &chunk.classes);
    let method = pools.field(frame, "method", classes);
    let class = pools.text(pools.field(pools.field(method, "type", classes), "name", classes));
    let method = pools.text(pools.field(method, "name", classes));
    // As async-profiler writes them: `java/lang/Thread.run`; functions that are no methods have no class.
    let name = if class.is_empty() { method.to_vec() } else { [class, b".", method].concat() };
    let line = match pools.field(frame, "lineNumber", classes) {
        Value::Number(line) => u32::try_from(*line).unwrap_or(0),
        _ => 0,
    };
    let (kind, inlined) = match pools.text(pools.field(frame, "type", classes)) {
        b"Inlined" => (FrameKind::Jit, true),
        b"JIT compiled" | b"C1 compiled" => (FrameKind::Jit, false),
        b"Native" | b"C++" => (FrameKind::Native, false),
        b"Kernel" => (FrameKind::Kernel, false),
        _ => (FrameKind::Unknown, false),
    };
    let plain = builder.named_frame(&name, kind, place);
    let function: Function = *builder.profile.function(builder.profile.frame(plain).function);
    let function = builder.profile.intern_function(function);
    let flags = FrameFlags { inlined, ..FrameFlags::default() };
    builder.profile.intern_frame(Frame { function, line: LineNumber(line), kind, flags, ..Frame::default() })
}

fn thread_of(chunk: &Chunk<'_>, value: &Value<'_>, builder: &mut ProfileBuilder) -> ThreadId {
    let (pools, classes) = (&chunk.pools, &chunk.classes);
    let java = pools.text(pools.field(value, "javaName", classes));
    let system = pools.text(pools.field(value, "osName", classes));
    let name = String::from_utf8_lossy(if java.is_empty() { system } else { java }).into_owned();
    let number = match pools.field(value, "osThreadId", classes) {
        Value::Number(number) => u32::try_from(*number).ok().map(ThreadNumber),
        _ => None,
    };
    let name = builder.profile.intern(&name);
    builder.profile.intern_thread(Thread { process: None::<ProcessId>, thread: number, name })
}
