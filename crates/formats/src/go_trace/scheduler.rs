//! Follows goroutines through their states and counts the time of each.

use firesteel_model::{FrameId, FrameKind, Nanoseconds, Profile, Sample, StackId, Thread, ThreadId, ThreadNumber};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::event::{
    Event, GO_BLOCK, GO_CREATE, GO_CREATE_BLOCKED, GO_CREATE_SYSCALL, GO_DESTROY, GO_DESTROY_SYSCALL, GO_START,
    GO_STATUS, GO_STATUS_STACK, GO_STOP, GO_SWITCH, GO_SWITCH_DESTROY, GO_SYSCALL_BEGIN, GO_SYSCALL_END,
    GO_SYSCALL_END_BLOCKED, GO_UNBLOCK,
};
use super::generation::Names;
use super::goroutine::{Goroutine, State};
use crate::profile_builder::ProfileBuilder;
use crate::warning::Place;

/// How many value columns there are.
const COLUMNS: usize = 5;

/// The column of CPU samples; those before it are of the states.
const CPU_SAMPLES_COLUMN: usize = 4;

/// What blocks a goroutine that handed its thread to another one (`iter.Pull` and the like).
const COROUTINE: &[u8] = b"coroutine";

/// Stands behind states that had not ended when the trace did.
const TO_THE_END: &[u8] = b"[to the end of the trace]";

/// Packages whose functions stop and start goroutines, by how their names begin. They are not what runs in between.
const PLUMBING: [&str; 5] = ["runtime.", "sync.", "syscall.", "internal/", "runtime/"];

/// All goroutines, and which runs on which thread.
pub(super) struct Scheduler {
    goroutines: HashMap<u64, Goroutine, SeedableState<'static>>,
    /// By thread the goroutine that it runs or is in a system call for.
    current: HashMap<u64, u64, SeedableState<'static>>,
    start: Option<u64>,
    now: u64,
}

impl Default for Scheduler {
    fn default() -> Self {
        let hasher = SeedableState::fixed();
        Self { goroutines: HashMap::with_hasher(hasher), current: HashMap::with_hasher(hasher), start: None, now: 0 }
    }
}

impl Scheduler {
    /// Applies an event that a thread wrote.
    pub(super) fn apply(&mut self, thread: u64, event: &Event, names: &Names, builder: &mut ProfileBuilder) {
        // Clocks of different generations may differ by a rounding.
        self.now = self.now.max(names.nanoseconds(event.time));
        self.start.get_or_insert(self.now);
        let current = self.current.get(&thread).copied();
        let stack = names.stack(event.stack);
        if let (Some(goroutine), Some(stack)) = (current, stack) {
            self.sight(goroutine, stack, builder);
        }
        let [first, second, third, fourth] = event.arguments;
        match event.kind {
            GO_CREATE => self.create(first, State::Runnable, names.stack(second), None),
            GO_CREATE_BLOCKED => {
                let reason = blocked(COROUTINE, builder);
                self.create(first, State::Blocked, names.stack(second), Some(reason));
            }
            GO_CREATE_SYSCALL => {
                self.create(first, State::Syscall, None, None);
                self.current.insert(thread, first);
            }
            GO_START => self.start(thread, first, builder),
            GO_STOP => self.leave(thread, current, State::Runnable, stack, None, builder),
            GO_BLOCK => {
                let reason = blocked(names.text(first), builder);
                self.leave(thread, current, State::Blocked, stack, Some(reason), builder);
            }
            GO_UNBLOCK => self.enter(first, State::Runnable, None, None, builder),
            GO_SYSCALL_BEGIN => {
                if let Some(goroutine) = current {
                    self.enter(goroutine, State::Syscall, stack, None, builder);
                }
            }
            GO_SYSCALL_END => {
                if let Some(goroutine) = current {
                    self.enter(goroutine, State::Running, None, None, builder);
                }
            }
            GO_SYSCALL_END_BLOCKED => self.leave(thread, current, State::Runnable, None, None, builder),
            GO_DESTROY | GO_DESTROY_SYSCALL => self.destroy(thread, current, builder),
            GO_SWITCH => {
                let reason = blocked(COROUTINE, builder);
                self.leave(thread, current, State::Blocked, None, Some(reason), builder);
                self.start(thread, first, builder);
            }
            GO_SWITCH_DESTROY => {
                self.destroy(thread, current, builder);
                self.start(thread, first, builder);
            }
            GO_STATUS => self.report(first, second, third, None),
            GO_STATUS_STACK => self.report(first, second, third, names.stack(fourth)),
            _ => {}
        }
    }

    /// Counts the states that had not ended, and notes when the trace was made.
    pub(super) fn finish(mut self, builder: &mut ProfileBuilder) {
        let mut open: Vec<u64> = self.goroutines.keys().copied().collect();
        open.sort_unstable();
        for id in open {
            if let Some(goroutine) = self.goroutines.remove(&id) {
                self.count(id, &unseen(goroutine, &builder.profile), true, builder);
            }
        }
        if let Some(start) = self.start {
            builder.profile.metadata.duration = Some(Nanoseconds(self.now.saturating_sub(start)));
        }
    }

    fn create(&mut self, id: u64, state: State, stack: Option<StackId>, reason: Option<FrameId>) {
        let stack = stack.unwrap_or(StackId::ROOT);
        self.goroutines.insert(id, Goroutine { state, since: self.now, stack, reason });
    }

    /// A status, which a generation begins with for each goroutine. It tells news about those not seen before only.
    fn report(&mut self, id: u64, thread: u64, status: u64, stack: Option<StackId>) {
        let Some(state) = State::of_status(status) else { return };
        if matches!(state, State::Running | State::Syscall) {
            self.current.insert(thread, id);
        }
        match self.goroutines.get_mut(&id) {
            None => self.create(id, state, stack, None),
            Some(known) if known.stack == StackId::ROOT => known.stack = stack.unwrap_or(StackId::ROOT),
            Some(_) => {}
        }
    }

    /// The current goroutine of a thread, where it is seen at `stack`.
    fn sight(&mut self, id: u64, stack: StackId, builder: &mut ProfileBuilder) {
        let now = self.now;
        let Some(goroutine) = self.goroutines.get_mut(&id).filter(|goroutine| goroutine.state == State::Running) else {
            return;
        };
        let before = std::mem::replace(goroutine, Goroutine { since: now, stack, ..*goroutine });
        let shared = shared_callers(before.stack, stack, &builder.profile);
        self.count(id, &Goroutine { stack: shared, ..before }, false, builder);
    }

    fn start(&mut self, thread: u64, id: u64, builder: &mut ProfileBuilder) {
        self.enter(id, State::Running, None, None, builder);
        self.current.insert(thread, id);
    }

    /// The current goroutine of a thread leaves it.
    fn leave(
        &mut self,
        thread: u64,
        current: Option<u64>,
        state: State,
        stack: Option<StackId>,
        reason: Option<FrameId>,
        builder: &mut ProfileBuilder,
    ) {
        if let Some(id) = current {
            self.enter(id, state, stack, reason, builder);
            self.current.remove(&thread);
        }
    }

    fn destroy(&mut self, thread: u64, current: Option<u64>, builder: &mut ProfileBuilder) {
        let ended = current.and_then(|id| Some((id, self.goroutines.remove(&id)?)));
        if let Some((id, goroutine)) = ended {
            self.count(id, &unseen(goroutine, &builder.profile), false, builder);
            self.current.remove(&thread);
        }
    }

    /// Ends a goroutine's state and begins another.
    fn enter(
        &mut self,
        id: u64,
        state: State,
        stack: Option<StackId>,
        reason: Option<FrameId>,
        builder: &mut ProfileBuilder,
    ) {
        let now = self.now;
        let Some(goroutine) = self.goroutines.get_mut(&id) else {
            // One that was never mentioned: the trace lost its beginning.
            self.create(id, state, stack, reason);
            return;
        };
        let next = Goroutine { state, since: now, stack: stack.unwrap_or(goroutine.stack), reason };
        let before = std::mem::replace(goroutine, next);
        self.count(id, &unseen(before, &builder.profile), false, builder);
    }

    /// Adds the time from the beginning of a state until now.
    fn count(&self, id: u64, goroutine: &Goroutine, is_open: bool, builder: &mut ProfileBuilder) {
        let time = self.now.saturating_sub(goroutine.since);
        if time == 0 {
            return;
        }
        let mut stack = goroutine.stack;
        if let Some(reason) = goroutine.reason {
            stack = builder.profile.push_stack(stack, reason);
        }
        if is_open {
            let mark = builder.named_frame(TO_THE_END, FrameKind::Marker, Place::Byte(0));
            stack = builder.profile.push_stack(stack, mark);
        }
        let mut values = [0; COLUMNS];
        if let Some(value) = values.get_mut(goroutine.state as usize) {
            *value = i64::try_from(time).unwrap_or(i64::MAX);
        }
        self.add(id, goroutine.stack, goroutine.since, Sample::new(stack, &values), builder);
    }

    /// Adds a sample of a CPU profile that ran with the trace.
    pub(super) fn count_cpu_sample(
        &self,
        time: u64,
        goroutine: u64,
        stack: Option<StackId>,
        names: &Names,
        builder: &mut ProfileBuilder,
    ) {
        let stack = stack.unwrap_or(StackId::ROOT);
        let mut values = [0; COLUMNS];
        values[CPU_SAMPLES_COLUMN] = 1;
        self.add(goroutine, stack, names.nanoseconds(time), Sample::new(stack, &values), builder);
    }

    /// Adds a sample of a goroutine that was at `seen`.
    fn add(&self, id: u64, seen: StackId, time: u64, mut sample: Sample<'_>, builder: &mut ProfileBuilder) {
        // A goroutine is a row of the timeline. Without one, goroutines are many and each is of no interest.
        if builder.keeps_times() {
            sample.thread = thread_of(id, seen, &mut builder.profile);
            sample.time = Some(Nanoseconds(time.saturating_sub(self.start.unwrap_or(0))));
        }
        builder.add(sample);
    }
}

fn blocked(reason: &[u8], builder: &mut ProfileBuilder) -> FrameId {
    let name = [b"[blocked: ", reason, b"]"].concat();
    builder.named_frame(&name, FrameKind::Marker, Place::Byte(0))
}

/// A goroutine whose state ends without a stack: all that is known of where it ran is what it began with.
fn unseen(goroutine: Goroutine, profile: &Profile) -> Goroutine {
    match goroutine.state {
        State::Running => Goroutine { stack: outermost(goroutine.stack, profile), ..goroutine },
        _ => goroutine,
    }
}

/// What two stacks of one goroutine have in common, without the runtime's part at its end: the functions that were
/// active all the time between. At least the function that the goroutine began with.
fn shared_callers(one: StackId, other: StackId, profile: &Profile) -> StackId {
    let stacks = profile.stacks();
    let (mut left, mut right) = (one, other);
    while left != right {
        // A parent's id is below its children's.
        if left > right { left = stacks.parent(left) } else { right = stacks.parent(right) }
    }
    let is_plumbing = |stack: StackId| {
        let name = profile.frame_name(stacks.frame(stack));
        PLUMBING.iter().any(|package| name.starts_with(package))
    };
    while left != StackId::ROOT && is_plumbing(left) {
        left = stacks.parent(left);
    }
    if left != StackId::ROOT {
        return left;
    }
    outermost(if other == StackId::ROOT { one } else { other }, profile)
}

/// The stack of which only the function is left that the goroutine began with.
fn outermost(mut stack: StackId, profile: &Profile) -> StackId {
    let stacks = profile.stacks();
    while stack != StackId::ROOT && stacks.parent(stack) != StackId::ROOT {
        stack = stacks.parent(stack);
    }
    stack
}

/// The goroutine as a thread, named after the function that it began with.
fn thread_of(id: u64, stack: StackId, profile: &mut Profile) -> ThreadId {
    let first = outermost(stack, profile);
    let name = profile.function(profile.frame(profile.stacks().frame(first)).function).name;
    let thread = u32::try_from(id).ok().map(ThreadNumber);
    profile.intern_thread(Thread { process: None, thread, name })
}
