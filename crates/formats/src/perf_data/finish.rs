//! What was read to a profile.

use std::fmt::Write as _;

use firesteel_model::{
    Address, Frame, FrameId, FrameKind, Function, Mapping, MappingId, Nanoseconds, Period, ProcessId, Profile, Sample,
    StackId, Thread, ThreadId, ThreadNumber, Unit, ValueType,
};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::event::Event;
use super::frames::{File, Frames, RawFrame};
use super::recording::Recording;
use super::samples::Sum;
use super::simpleperf::DeviceSymbols;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::read::Read;
use crate::warning::WarningKind;

/// The value columns, and which one each event has.
struct Columns {
    types: Vec<ValueType>,
    of_event: Vec<Option<usize>>,
}

/// Builds the profile.
pub(super) fn finish(mut recording: Recording, options: &ReadOptions) -> Read {
    let names: Vec<String> = recording.events.iter().map(Event::shown_name).collect();
    let mut sums = std::mem::take(&mut recording.samples.sums);
    if let Some(wanted) = &options.perf_script.event_filter {
        let is_wanted = |sum: &Sum| names.get(sum.key.event as usize).is_some_and(|name| name == wanted);
        let others = sums.iter().filter(|sum| !is_wanted(sum)).map(|sum| sum.count).sum();
        recording.warnings.add_many(WarningKind::OtherEvent, others, None);
        sums.retain(is_wanted);
    }
    let columns = columns(&recording, &names, &sums);
    let mut profile = Profile::new(columns.types.clone());
    let frames = frames(&recording, &mut profile);
    let mut stacks = Vec::with_capacity(recording.samples.tree.len());
    stacks.push(StackId::ROOT);
    for (_, parent, frame) in recording.samples.tree.iter() {
        let parent = stacks.get(parent.index()).copied().unwrap_or(StackId::ROOT);
        let frame = frames.get(frame.index()).copied().unwrap_or(FrameId::UNKNOWN);
        stacks.push(profile.push_stack(parent, frame));
    }
    let threads = threads(&recording, &mut profile);
    let mut rows: HashMap<(StackId, ThreadId), usize, SeedableState<'static>> =
        HashMap::with_hasher(SeedableState::fixed());
    let mut values = vec![0; columns.types.len()];
    for sum in &sums {
        let Some(column) = columns.of_event.get(sum.key.event as usize).copied().flatten() else { continue };
        let stack = stacks.get(sum.key.stack.index()).copied().unwrap_or(StackId::ROOT);
        let thread = threads.get(sum.key.thread as usize).copied().unwrap_or(ThreadId::NONE);
        values.fill(0);
        if let Some(value) = values.get_mut(column) {
            *value = sum.value;
        }
        let time = sum.time.map(Nanoseconds);
        let row = *rows.entry((stack, thread)).or_insert(profile.sample_count());
        if time.is_none() && row < profile.sample_count() {
            profile.add_to_sample(row, &values);
        } else {
            profile.add_sample(Sample { thread, time, ..Sample::new(stack, &values) });
        }
    }
    describe(&recording, &names, &sums, &columns, &mut profile);
    let mut warnings = recording.warnings;
    warnings.add_many(WarningKind::LostEvents, recording.lost, None);
    Read::new(profile, warnings, Format::PerfData)
}

/// A column for each event that has samples, that of the first sample in front.
fn columns(recording: &Recording, names: &[String], sums: &[Sum]) -> Columns {
    let mut columns = Columns { types: Vec::new(), of_event: vec![None; names.len()] };
    let mut used: Vec<usize> = Vec::new();
    for sum in sums {
        let event = sum.key.event as usize;
        if !used.contains(&event) {
            used.push(event);
        }
    }
    for &number in &used {
        let (Some(event), Some(name)) = (recording.events.get(number), names.get(number)) else { continue };
        let value_type = match (event.is_weighted(), event.attribute.is_clock()) {
            (true, true) if columns.types.contains(&ValueType::cpu()) => ValueType::new(name, Unit::Nanoseconds),
            (true, true) => ValueType::cpu(),
            (false, _) if used.len() == 1 => ValueType::samples(),
            _ => ValueType::new(name, Unit::Count),
        };
        // An event that was opened once for each process or kind of core is one event.
        let namesake = used.iter().find(|&&other| names.get(other) == Some(name));
        let known = namesake.and_then(|&other| columns.of_event.get(other).copied().flatten());
        let column = known.unwrap_or_else(|| {
            columns.types.push(value_type);
            columns.types.len() - 1
        });
        if let Some(slot) = columns.of_event.get_mut(number) {
            *slot = Some(column);
        }
    }
    if columns.types.is_empty() {
        columns.types.push(ValueType::samples());
    }
    columns
}

/// The model's frames, by the ids of the raw ones.
fn frames(recording: &Recording, profile: &mut Profile) -> Vec<FrameId> {
    let raw_frames: &Frames = &recording.machine.frames;
    let mut mappings: Vec<Option<MappingId>> = vec![None; raw_frames.files().len()];
    let device = DeviceSymbols::new(&recording.features.files);
    raw_frames
        .iter()
        .map(|raw| {
            let file = raw_frames.files().get(raw.file.index()).cloned().unwrap_or_default();
            let known = mappings.get(raw.file.index()).copied().flatten();
            let mapping = known.unwrap_or_else(|| mapping(&file, raw, recording, profile));
            if let Some(slot) = mappings.get_mut(raw.file.index()) {
                *slot = Some(mapping);
            }
            let identity = &file.identity;
            let name = if identity.is_function {
                Some(String::from_utf8_lossy(&identity.name))
            } else {
                device.find(&identity.name, raw.address).map(Into::into)
            };
            let address = Address(raw.address);
            match name {
                Some(name) => {
                    let name = profile.intern(&name);
                    let function = profile.intern_function(Function { name, ..Function::default() });
                    profile.intern_frame(Frame { function, mapping, address, kind: raw.kind, ..Frame::default() })
                }
                None => profile.intern_unnamed_frame(mapping, address, raw.kind),
            }
        })
        .collect()
}

fn mapping(file: &File, raw: RawFrame, recording: &Recording, profile: &mut Profile) -> MappingId {
    let identity = &file.identity;
    if identity.name.is_empty() {
        return MappingId::NONE;
    }
    let name = if identity.is_function { "[bpf]".into() } else { String::from_utf8_lossy(&identity.name) };
    let mut build_id = identity.build_id.as_slice();
    if build_id.is_empty() {
        let known = recording.features.build_ids.iter().find(|(name, _)| *name == identity.name);
        build_id = known.map_or(&[], |(_, id)| id);
    }
    let mut text = String::new();
    for byte in build_id {
        let _ = write!(text, "{byte:02x}");
    }
    // What is in a file has positions in it as addresses, as if the file had been loaded at zero.
    let is_kernel = raw.kind == FrameKind::Kernel;
    let start = Address(if is_kernel { identity.start } else { 0 });
    let file_name = profile.intern(&name);
    let build_id = profile.intern(&text);
    profile.intern_mapping(Mapping { start, limit: Address(file.limit), file_offset: 0, file: file_name, build_id })
}

fn threads(recording: &Recording, profile: &mut Profile) -> Vec<ThreadId> {
    let machine = &recording.machine;
    machine
        .threads()
        .iter()
        .map(|raw| {
            let name = profile.intern(&machine.thread_name(raw));
            let known = |number: u32| (number != u32::MAX).then_some(number);
            let process = known(raw.process).map(ProcessId);
            profile.intern_thread(Thread { process, thread: known(raw.thread).map(ThreadNumber), name })
        })
        .collect()
}

fn describe(recording: &Recording, names: &[String], sums: &[Sum], columns: &Columns, profile: &mut Profile) {
    let features = &recording.features;
    let first = sums.first().map(|sum| sum.key.event as usize);
    let metadata = &mut profile.metadata;
    metadata.losses.lost_samples = recording.lost;
    metadata.losses.throttled = recording.throttled;
    metadata.losses.truncated_stacks = recording.samples.truncated;
    metadata.losses.missing_callers = recording.samples.not_unwound;
    metadata.duration = recording.samples.times.map(|(first, last)| Nanoseconds(last - first));
    if let Some((number, event)) = first.and_then(|number| Some((number, recording.events.get(number)?))) {
        metadata.set_property("event", names.get(number).cloned().unwrap_or_default());
        if let Some(frequency) = event.attribute.frequency() {
            metadata.set_property("frequency", format!("{frequency} Hz"));
        }
        let value_type = columns.of_event.get(number).copied().flatten().and_then(|column| columns.types.get(column));
        if let Some((period, value_type)) = event.attribute.period().zip(value_type)
            && event.is_weighted()
        {
            let value = i64::try_from(period).unwrap_or(i64::MAX);
            metadata.period = Some(Period { value_type: value_type.clone(), value });
        }
    }
    let facts = [
        ("command", features.command.join(" ")),
        ("host", features.host.clone()),
        ("kernel", features.kernel_release.clone()),
        ("architecture", features.architecture.clone()),
        ("processor", features.processor.clone()),
    ];
    for (key, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
        metadata.set_property(key, value);
    }
}
