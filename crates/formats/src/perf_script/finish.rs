//! Counts to a profile or straight to folded text.

use std::io;

use firesteel_model::{
    Address, Frame, FrameFlags, FrameId, Function, LineNumber, Mapping, MappingId, Nanoseconds, ProcessId, Profile,
    Sample, StackId, StringId, Thread, ThreadId, ThreadNumber, Unit, ValueType,
};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::BLANK;
use super::counts::{Count, Counts, LineFrame, LineThread};
use super::reader::{Events, PerfScriptReader};
use crate::error::Error;
use crate::folded::{Annotated, FoldOptions, LabelId, StackList, annotated, root_label, root_text};
use crate::format::Format;
use crate::read::Read;
use crate::warning::{WarningKind, Warnings};

impl PerfScriptReader {
    /// Ends the input. A last sample without a blank line counts.
    #[must_use]
    pub fn finish(mut self) -> Read {
        self.end();
        let Self { counts, mut warnings, events, .. } = self;
        let profile = profile(&counts, &events, &mut warnings);
        Read::new(profile, warnings, Format::PerfScript)
    }

    /// Ends the input and writes it as folded text. Returns the number of lines written.
    pub(crate) fn finish_folded(
        mut self,
        options: &FoldOptions,
        output: &mut dyn io::Write,
    ) -> Result<(u64, Warnings), Error> {
        self.end();
        let (counts, mut warnings) = self.into_counts();
        let lines = fold(counts, options, &mut warnings, output)?;
        Ok((lines, warnings))
    }

    /// What was counted, without what was kept for reading: its memory is free for what comes next.
    fn into_counts(self) -> (Counts, Warnings) {
        (self.counts, self.warnings)
    }
}

/// The value column of an event: what it counts when perf printed periods, else the number of samples.
fn value_type(event: Option<&[u8]>, is_weighted: bool) -> ValueType {
    let name = event.map(String::from_utf8_lossy);
    match name.as_deref() {
        Some(name) if is_weighted && is_clock(name) => ValueType::cpu(),
        Some(name) if is_weighted => ValueType::new(name, Unit::Count),
        _ => ValueType::samples(),
    }
}

/// The value column of an event beside others, which has the name of the event.
fn value_type_beside_others(event: Option<&[u8]>, is_weighted: bool) -> ValueType {
    let Some(name) = event.map(String::from_utf8_lossy) else { return ValueType::samples() };
    let unit = if is_weighted && is_clock(&name) { Unit::Nanoseconds } else { Unit::Count };
    ValueType::new(name, unit)
}

fn is_clock(event: &str) -> bool {
    matches!(event.split(':').next(), Some("cpu-clock" | "task-clock"))
}

/// The events of which there are samples, in order of first appearance. Samples of which the event is
/// not known are added to the first.
fn columns(counts: &Counts) -> Vec<Option<u32>> {
    let mut seen = vec![false; counts.threads.items().len()];
    let mut columns = Vec::new();
    for count in counts.counts() {
        let is_new = seen.get_mut(count.thread as usize).is_some_and(|seen| !std::mem::replace(seen, true));
        let event = counts.threads.get(count.thread).event;
        if is_new && event.is_some() && !columns.contains(&event) {
            columns.push(event);
        }
    }
    columns
}

fn profile(counts: &Counts, events: &Events, warnings: &mut Warnings) -> Profile {
    let columns = columns(counts);
    let event = |column: &Option<u32>| column.map(|event| counts.texts.get(event));
    let types = if columns.len() > 1 {
        columns.iter().map(|column| value_type_beside_others(event(column), events.weighted)).collect()
    } else {
        vec![value_type(events.first.as_deref(), events.weighted)]
    };
    let mut profile = Profile::new(types);
    if let Some(event) = &events.first {
        profile.metadata.set_property("event", String::from_utf8_lossy(event));
    }
    profile.metadata.losses.lost_samples = events.lost;
    count_unreadable(counts, warnings);
    let strings: Vec<StringId> = (0..counts.texts.len() as u32)
        .map(|text| profile.intern(&String::from_utf8_lossy(counts.texts.get(text))))
        .collect();
    let string = |text: u32| strings.get(text as usize).copied().unwrap_or_default();
    let frames: Vec<FrameId> =
        counts.frames.items().iter().map(|frame| intern_frame(frame, string, &mut profile)).collect();
    let threads: Vec<(ThreadId, usize)> = counts
        .threads
        .items()
        .iter()
        .map(|thread| {
            let column = columns.iter().position(|&column| column == thread.event).unwrap_or(0);
            (profile.intern_thread(model_thread(*thread, string(thread.comm))), column)
        })
        .collect();
    let mut values = vec![0; columns.len().max(1)];
    // Samples of several events that are else alike are one.
    let mut rows: HashMap<(StackId, ThreadId), usize, SeedableState<'static>> =
        HashMap::with_hasher(SeedableState::fixed());
    for (row, count) in counts.counts().iter().enumerate() {
        let mut stack = StackId::ROOT;
        for &frame in counts.stack_frames(count.stack).iter().rev() {
            stack = profile.push_stack(stack, frames.get(frame as usize).copied().unwrap_or_default());
        }
        let (thread, column) = threads.get(count.thread as usize).copied().unwrap_or_default();
        values.fill(0);
        if let Some(value) = values.get_mut(column) {
            *value = count.value;
        }
        let time = counts.time(row).map(Nanoseconds);
        let sample = Sample { thread, time, ..Sample::new(stack, &values) };
        if columns.len() < 2 || time.is_some() {
            profile.add_sample(sample);
        } else if let Some(&row) = rows.get(&(stack, thread)) {
            profile.add_to_sample(row, &values);
        } else {
            rows.insert((stack, thread), profile.sample_count());
            profile.add_sample(sample);
        }
    }
    profile
}

fn model_thread(thread: LineThread, name: StringId) -> Thread {
    Thread { process: thread.pid.map(ProcessId), thread: thread.tid.map(ThreadNumber), name }
}

fn intern_frame(frame: &LineFrame, string: impl Fn(u32) -> StringId, profile: &mut Profile) -> FrameId {
    let file = string(frame.file);
    let mapping = if file == StringId::EMPTY {
        MappingId::NONE
    } else {
        profile.intern_mapping(Mapping { file, ..Mapping::default() })
    };
    let system_name = if frame.blank { profile.intern(BLANK) } else { StringId::EMPTY };
    let function = profile.intern_function(Function {
        name: string(frame.name),
        system_name,
        file: string(frame.source_file),
        ..Function::default()
    });
    profile.intern_frame(Frame {
        function,
        line: LineNumber(frame.source_line),
        mapping,
        address: Address(frame.address),
        kind: frame.kind,
        flags: FrameFlags { inlined: frame.inlined, unnamed: frame.unnamed },
    })
}

/// Counts names that are not UTF-8 among those that samples use.
fn count_unreadable(counts: &Counts, warnings: &mut Warnings) {
    let unreadable = |text: u32| std::str::from_utf8(counts.texts.get(text)).is_err();
    if !(0..counts.texts.len() as u32).any(unreadable) {
        return;
    }
    let mut used = vec![false; counts.texts.len()];
    let mut mark = |text: u32| {
        if let Some(slot) = used.get_mut(text as usize) {
            *slot = true;
        }
    };
    for count in counts.counts() {
        mark(counts.threads.get(count.thread).comm);
        for &frame in counts.stack_frames(count.stack) {
            let frame = counts.frames.get(frame);
            [frame.name, frame.file, frame.source_file].into_iter().for_each(&mut mark);
        }
    }
    let count = (0..counts.texts.len() as u32).zip(&used).filter(|&(text, &used)| used && unreadable(text)).count();
    warnings.add_many(WarningKind::InvalidUtf8, count as u64, None);
}

fn fold(
    counts: Counts,
    options: &FoldOptions,
    warnings: &mut Warnings,
    output: &mut dyn io::Write,
) -> Result<u64, Error> {
    let mut list = StackList::default();
    count_unreadable(&counts, warnings);
    let text = |number: u32| String::from_utf8_lossy(counts.texts.get(number));
    let mut scratch = Vec::new();
    let labels: Vec<LabelId> = counts
        .frames
        .items()
        .iter()
        .map(|frame| {
            scratch.clear();
            let (name, file, source_file) = (text(frame.name), text(frame.file), text(frame.source_file));
            let name = if name.is_empty() { "[unknown]" } else { name.as_ref() };
            let frame = Annotated {
                name: name.as_bytes(),
                kind: frame.kind,
                inlined: frame.inlined,
                unnamed: frame.unnamed,
                blank: frame.blank,
                mapping_file: file.as_bytes(),
                address: Address(frame.address),
                source_file: source_file.as_bytes(),
                source_line: frame.source_line,
            };
            annotated(&frame, options, &mut scratch);
            list.label(&scratch)
        })
        .collect();
    let roots: Vec<Option<LabelId>> = counts
        .threads
        .items()
        .iter()
        .map(|&thread| {
            let comm = text(thread.comm);
            // Only whether there is a name matters to the thread; the name itself goes beside it.
            let name = StringId::from_index(usize::from(!comm.is_empty()));
            let root = root_text(options.root, &model_thread(thread, name), &comm)?;
            Some(list.label(&root_label(&root)))
        })
        .collect();
    let root = |count: &Count| roots.get(count.thread as usize).copied().flatten();
    if options.skip_after.is_empty() {
        let (frames, ends, rows) = counts.into_stacks();
        list.set_stacks(frames, ends, labels, rows.into_iter().map(|count| (root(&count), count.stack, count.value)));
    } else {
        let are_roots: Vec<bool> =
            counts.frames.items().iter().map(|frame| options.skips_after(&text(frame.name))).collect();
        let is_root = |&frame: &u32| are_roots.get(frame as usize).copied().unwrap_or(false);
        for count in counts.counts() {
            let frames = counts.stack_frames(count.stack);
            let len = frames.iter().position(is_root).map_or(frames.len(), |position| position + 1);
            let labels = frames.iter().take(len).filter_map(|&frame| labels.get(frame as usize).copied());
            list.push(root(count), labels, count.value);
        }
    }
    list.write(0, output)
}
