//! The end of a recording: addresses get names, and the stacks become a profile.

use firesteel_model::{
    Address, Frame, FrameId, FrameKind, Function, Mapping, MappingId, Nanoseconds, Period, ProcessId, Profile, Sample,
    StackId, Thread, ThreadId, ThreadNumber, Unit, ValueType,
};
use firesteel_symbols::{Binary, KernelSymbols};

use crate::perf::attribute::EventKind;
use crate::perf::proc_files;
use crate::perf::process::{CodeAddress, Processes};
use crate::perf::stacks::{RawFrame, RawStacks};

/// The value columns of a recording.
pub(crate) fn value_types(event: EventKind) -> Vec<ValueType> {
    let weight = match event {
        EventKind::CpuClock => ValueType::cpu(),
        EventKind::Cycles => ValueType::new("cycles", Unit::Count),
    };
    vec![ValueType::samples(), weight]
}

/// Names every frame and builds the profile.
pub(crate) fn finish(stacks: &RawStacks, processes: &Processes, event: EventKind, period: u64) -> Profile {
    let value_types = value_types(event);
    let mut namer = Namer::new(Profile::new(value_types.clone()), processes, stacks);
    let mut moved = Vec::with_capacity(stacks.tree.len());
    moved.push(StackId::ROOT);
    // Whether a user frame on the way to the stack has no name.
    let mut unnamed = vec![false; stacks.tree.len()];
    for (stack, parent, raw) in stacks.tree.iter() {
        let named = namer.frames(raw, stacks.raw_frame(raw));
        let mut target = moved[parent.index()];
        for &frame in &namer.named[named.start..named.end] {
            target = namer.profile.push_stack(target, frame);
        }
        moved.push(target);
        unnamed[stack.index()] = unnamed[parent.index()] || named.unnamed;
    }
    let mut profile = namer.profile;
    let threads: Vec<ThreadId> = stacks
        .threads
        .iter()
        .map(|raw| {
            let name = profile.intern(&raw.name);
            profile.intern_thread(Thread {
                process: Some(ProcessId(raw.process)),
                thread: Some(ThreadNumber(raw.thread)),
                name,
            })
        })
        .collect();
    for raw in &stacks.samples {
        let weight = i64::try_from(raw.period).unwrap_or(i64::MAX);
        profile.add_sample(Sample {
            thread: threads[raw.thread as usize],
            time: Some(Nanoseconds(raw.time)),
            ..Sample::new(moved[raw.stack.index()], &[1, weight])
        });
        profile.metadata.losses.unnamed_samples += u64::from(unnamed[raw.stack.index()]);
    }
    profile.metadata.default_sample_type = 1;
    let value_type = value_types.into_iter().next_back().unwrap_or_else(ValueType::samples);
    profile.metadata.period = Some(Period { value_type, value: i64::try_from(period).unwrap_or(0) });
    profile
}

/// The model's frames for one raw frame: a range of [`Namer::named`], outermost first.
#[derive(Clone, Copy, Debug)]
struct Named {
    start: usize,
    end: usize,
    /// User code without a name.
    unnamed: bool,
}

struct Namer<'a> {
    profile: Profile,
    processes: &'a Processes,
    kernel: KernelSymbols,
    mappings: Vec<MappingId>,
    kernel_mapping: MappingId,
    known: Vec<Option<Named>>,
    named: Vec<FrameId>,
}

impl<'a> Namer<'a> {
    fn new(mut profile: Profile, processes: &'a Processes, stacks: &RawStacks) -> Self {
        let mappings = processes
            .binaries
            .iter()
            .map(|binary| {
                let content = binary.content.as_ref();
                let file = profile.intern(&binary.path);
                let build_id = profile.intern(content.map_or("", |content| content.build_id()));
                // Frames carry link-time addresses, so the mapping is the file's own, as if loaded there.
                let (code, file_offset) = content.and_then(Binary::code_segment).unwrap_or_default();
                let (start, limit) = (Address(code.start), Address(code.end));
                profile.intern_mapping(Mapping { start, limit, file_offset, file, build_id })
            })
            .collect();
        let file = profile.intern("[kernel.kallsyms]");
        let kernel_mapping = profile.intern_mapping(Mapping { file, ..Mapping::default() });
        Self {
            profile,
            processes,
            kernel: proc_files::kernel_symbols(stacks.kernel_addresses()),
            mappings,
            kernel_mapping,
            known: vec![None; stacks.frame_count()],
            named: Vec::new(),
        }
    }

    fn frames(&mut self, id: FrameId, raw: RawFrame) -> Named {
        if let Some(known) = self.known[id.index()] {
            return known;
        }
        let start = self.named.len();
        let mut unnamed = false;
        match raw {
            RawFrame::Kernel(address) => self.kernel_frame(address),
            RawFrame::User(location) => unnamed = !self.user_frames(location),
            RawFrame::Truncated => {
                let frame = self.profile.intern_named_frame("[truncated]", FrameKind::Marker);
                self.named.push(frame);
            }
        }
        // Symbols come innermost first, stacks grow from the root.
        self.named[start..].reverse();
        let named = Named { start, end: self.named.len(), unnamed };
        self.known[id.index()] = Some(named);
        named
    }

    fn kernel_frame(&mut self, address: u64) {
        let mapping = self.kernel_mapping;
        let address_of = Address(address);
        let frame = match self.kernel.find(address) {
            Some(symbol) => {
                let name = self.profile.intern(symbol.name);
                let function = self.profile.intern_function(Function { name, ..Function::default() });
                let kind = FrameKind::Kernel;
                self.profile.intern_frame(Frame { function, mapping, address: address_of, kind, ..Frame::default() })
            }
            None => self.profile.intern_unnamed_frame(mapping, address_of, FrameKind::Kernel),
        };
        self.named.push(frame);
    }

    /// Adds the frames at an address; `false` when no symbol covers it.
    fn user_frames(&mut self, location: CodeAddress) -> bool {
        let mapping = location.binary.map_or(MappingId::NONE, |binary| self.mappings[binary.position()]);
        let address = Address(location.address);
        let content = location.binary.and_then(|binary| self.processes.binaries.get(binary).content.as_ref());
        let Self { profile, named, .. } = self;
        let found = content.is_some_and(|content| {
            content.frames(location.address, |symbol| named.push(symbol.intern(profile, mapping, address)))
        });
        if !found {
            let frame = profile.intern_unnamed_frame(mapping, address, FrameKind::Native);
            named.push(frame);
        }
        found
    }
}
