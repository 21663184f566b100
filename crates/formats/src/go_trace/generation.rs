//! A generation of a trace: tables of strings and stacks, and the events that refer to them.

use firesteel_model::{Address, Frame, FrameId, FrameKind, Function, LineNumber, Profile, StackId};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::batch::{Batch, Fields};
use super::event::{CLOCK_SNAPSHOT, CPU_SAMPLE, CPU_SAMPLES, FREQUENCY, STACK, STACKS, STRING, STRINGS, SYNC};
use super::order::Merged;
use super::scheduler::Scheduler;
use crate::profile_builder::ProfileBuilder;
use crate::warning::{Place, WarningKind};

type Table<T> = HashMap<u64, T, SeedableState<'static>>;

/// The most frames of a stack (`tracev2.MaxFramesPerStack`).
const MAX_FRAMES: u64 = 128;

/// The clock of traces whose generation does not say: the runtime divides nanoseconds by 64.
const USUAL_FREQUENCY: u64 = 1_000_000_000 / 64;

/// A frame as the trace has it.
struct TraceFrame {
    address: u64,
    function: u64,
    file: u64,
    line: u64,
}

/// A generation as it is gathered. Ids mean something within it only, and the tables may come after the events.
pub(super) struct Generation {
    number: Option<u64>,
    size: u64,
    frequency: u64,
    strings: Table<Vec<u8>>,
    /// Frames of all stacks.
    frames: Vec<TraceFrame>,
    /// For each stack where its frames are, innermost first.
    stacks: Table<(usize, usize)>,
    /// Time, goroutine and stack of each CPU sample.
    samples: Vec<(u64, u64, u64)>,
    /// Batches of events by thread, in the order of the trace.
    batches: Vec<(u64, Vec<Batch>)>,
    position_of_thread: Table<usize>,
}

impl Default for Generation {
    fn default() -> Self {
        Self {
            number: None,
            size: 0,
            frequency: USUAL_FREQUENCY,
            strings: HashMap::with_hasher(SeedableState::fixed()),
            frames: Vec::new(),
            stacks: HashMap::with_hasher(SeedableState::fixed()),
            samples: Vec::new(),
            batches: Vec::new(),
            position_of_thread: HashMap::with_hasher(SeedableState::fixed()),
        }
    }
}

/// What the ids of a generation stand for in the profile.
pub(super) struct Names {
    strings: Table<Vec<u8>>,
    stacks: Table<StackId>,
    nanoseconds_per_tick: f64,
}

impl Names {
    /// The text of an id, empty when there is none.
    pub(super) fn text(&self, id: u64) -> &[u8] {
        self.strings.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The stack of an id; `None` for "no stack".
    pub(super) fn stack(&self, id: u64) -> Option<StackId> {
        self.stacks.get(&id).copied()
    }

    /// A time in nanoseconds.
    pub(super) fn nanoseconds(&self, time: u64) -> u64 {
        (time as f64 * self.nanoseconds_per_tick) as u64
    }
}

impl Generation {
    /// Whether a batch of generation `number` begins another one.
    pub(super) fn is_other(&self, number: u64) -> bool {
        self.number.is_some_and(|own| own != number)
    }

    /// How many bytes were gathered.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a batch.
    pub(super) fn add(&mut self, batch: Batch, builder: &mut ProfileBuilder) {
        self.number.get_or_insert(batch.generation);
        self.size += batch.data.len() as u64;
        if batch.is_experimental {
            return;
        }
        let offset = batch.offset;
        let mut fields = Fields(&batch.data);
        let kind = fields.byte();
        let complete = match kind {
            Some(STRINGS) => self.add_strings(&mut fields),
            Some(STACKS) => self.add_stacks(&mut fields),
            Some(CPU_SAMPLES) => self.add_samples(&mut fields),
            Some(FREQUENCY) => fields.number().map(|frequency| self.frequency = frequency),
            Some(SYNC) => self.synchronise(&mut fields),
            _ => {
                self.add_events(batch);
                Some(())
            }
        };
        if complete.is_none() {
            builder.warnings.add(WarningKind::BrokenMessage, Place::Byte(offset));
        }
    }

    fn add_strings(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        while !fields.0.is_empty() {
            let (STRING, id) = (fields.byte()?, fields.number()?) else { return None };
            self.strings.insert(id, fields.text()?.to_vec());
        }
        Some(())
    }

    fn add_stacks(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        while !fields.0.is_empty() {
            let (STACK, id) = (fields.byte()?, fields.number()?) else { return None };
            let count = fields.number().filter(|&count| count <= MAX_FRAMES)?;
            let start = self.frames.len();
            for _ in 0..count {
                let (address, function) = (fields.number()?, fields.number()?);
                let (file, line) = (fields.number()?, fields.number()?);
                self.frames.push(TraceFrame { address, function, file, line });
            }
            self.stacks.insert(id, (start, self.frames.len()));
        }
        Some(())
    }

    /// CPU samples: time, thread, processor, goroutine, stack.
    fn add_samples(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        while !fields.0.is_empty() {
            let (CPU_SAMPLE, time) = (fields.byte()?, fields.number()?) else { return None };
            let (_thread, _processor) = (fields.number()?, fields.number()?);
            self.samples.push((time, fields.number()?, fields.number()?));
        }
        Some(())
    }

    /// The clock's frequency and a snapshot of other clocks.
    fn synchronise(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        while !fields.0.is_empty() {
            match fields.byte()? {
                FREQUENCY => self.frequency = fields.number()?,
                CLOCK_SNAPSHOT => {
                    for _ in 0..4 {
                        fields.number()?;
                    }
                }
                _ => return None,
            }
        }
        Some(())
    }

    fn add_events(&mut self, batch: Batch) {
        let thread = batch.thread;
        let position = *self.position_of_thread.entry(thread).or_insert_with(|| {
            self.batches.push((thread, Vec::new()));
            self.batches.len() - 1
        });
        if let Some((_, batches)) = self.batches.get_mut(position) {
            batches.push(batch);
        }
    }

    /// Runs all that happened in it, in the order of time.
    pub(super) fn replay(self, scheduler: &mut Scheduler, builder: &mut ProfileBuilder) {
        let mut interned = Interned::default();
        let mut stacks: Table<StackId> = HashMap::with_capacity_and_hasher(self.stacks.len(), SeedableState::fixed());
        let mut ids: Vec<(u64, (usize, usize))> = self.stacks.iter().map(|(&id, &range)| (id, range)).collect();
        // The order of a hash table must not show in the profile.
        ids.sort_unstable();
        for (id, (start, end)) in ids {
            let frames = self.frames.get(start..end).unwrap_or(&[]);
            if !frames.is_empty() {
                let stack = frames.iter().rev().fold(StackId::ROOT, |parent, frame| {
                    let frame = interned.frame(frame, &self.strings, &mut builder.profile);
                    builder.profile.push_stack(parent, frame)
                });
                stacks.insert(id, stack);
            }
        }
        let frequency = if self.frequency == 0 { USUAL_FREQUENCY } else { self.frequency };
        let names = Names { strings: self.strings, stacks, nanoseconds_per_tick: 1e9 / frequency as f64 };
        let mut events = Merged::new(&self.batches);
        while let Some((thread, event)) = events.next() {
            scheduler.apply(thread, &event, &names, builder);
        }
        for (time, goroutine, stack) in self.samples {
            scheduler.count_cpu_sample(time, goroutine, names.stack(stack), &names, builder);
        }
        for offset in events.broken {
            builder.warnings.add(WarningKind::BrokenMessage, Place::Byte(offset));
        }
    }
}

/// Frames of a generation that are in the profile.
struct Interned {
    frames: HashMap<(u64, u64, u64), FrameId, SeedableState<'static>>,
}

impl Default for Interned {
    fn default() -> Self {
        Self { frames: HashMap::with_hasher(SeedableState::fixed()) }
    }
}

impl Interned {
    fn frame(&mut self, frame: &TraceFrame, strings: &Table<Vec<u8>>, profile: &mut Profile) -> FrameId {
        *self.frames.entry((frame.address, frame.function, frame.line)).or_insert_with(|| {
            let text = |id: u64| String::from_utf8_lossy(strings.get(&id).map_or(&[], Vec::as_slice)).into_owned();
            let name = profile.intern(&text(frame.function));
            let file = profile.intern(&text(frame.file));
            let function = profile.intern_function(Function { name, file, ..Function::default() });
            let line = LineNumber(u32::try_from(frame.line).unwrap_or(0));
            let address = Address(frame.address);
            profile.intern_frame(Frame { function, line, address, kind: FrameKind::Go, ..Frame::default() })
        })
    }
}
