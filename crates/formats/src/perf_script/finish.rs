//! Counts to a profile or straight to folded text.

use std::io;

use firesteel_model::{
    Address, Frame, FrameFlags, FrameId, Function, LineNumber, Mapping, MappingId, ProcessId, Profile, Sample, StackId,
    StringId, Thread, ThreadId, ThreadNumber, Unit, ValueType,
};

use super::BLANK;
use super::counts::{Counts, LineFrame, LineThread};
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
        let Self { counts, mut warnings, .. } = self;
        let lines = fold(counts, options, &mut warnings, output)?;
        Ok((lines, warnings))
    }
}

/// The value column: samples, or what the event counts when perf printed periods.
fn value_type(events: &Events) -> ValueType {
    let name = events.first.as_deref().map(String::from_utf8_lossy);
    match name.as_deref() {
        Some(name) if events.weighted => match name.split(':').next() {
            Some("cpu-clock" | "task-clock") => ValueType::cpu(),
            _ => ValueType::new(name, Unit::Count),
        },
        _ => ValueType::samples(),
    }
}

fn profile(counts: &Counts, events: &Events, warnings: &mut Warnings) -> Profile {
    let mut profile = Profile::new(vec![value_type(events)]);
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
    let threads: Vec<ThreadId> = counts
        .threads
        .items()
        .iter()
        .map(|thread| profile.intern_thread(model_thread(*thread, string(thread.comm))))
        .collect();
    for count in counts.counts() {
        let mut stack = StackId::ROOT;
        for &frame in counts.stack_frames(count.stack).iter().rev() {
            stack = profile.push_stack(stack, frames.get(frame as usize).copied().unwrap_or_default());
        }
        let thread = threads.get(count.thread as usize).copied().unwrap_or_default();
        profile.add_sample(Sample { thread, ..Sample::new(stack, &[count.value]) });
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
    mut counts: Counts,
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
            let (name, file) = (text(frame.name), text(frame.file));
            let name = if name.is_empty() { "[unknown]" } else { name.as_ref() };
            let frame = Annotated {
                name: name.as_bytes(),
                kind: frame.kind,
                inlined: frame.inlined,
                unnamed: frame.unnamed,
                blank: frame.blank,
                mapping_file: file.as_bytes(),
                address: Address(frame.address),
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
    list.set_frames(counts.take_stack_frames(), labels);
    for count in counts.counts() {
        let root = roots.get(count.thread as usize).copied().flatten();
        list.push_range(root, counts.stack_range(count.stack), count.value);
    }
    list.write(0, output)
}
