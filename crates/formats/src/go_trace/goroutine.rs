//! What a goroutine is doing, and since when.

use firesteel_model::{FrameId, StackId};

/// A goroutine's state. The discriminants are the value columns that its time is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// On a processor.
    Running = 0,
    /// Waiting for something other than a processor.
    Blocked = 1,
    /// Waiting for a processor.
    Runnable = 2,
    /// In a system call or in C code.
    Syscall = 3,
}

impl State {
    /// The state of a status event (`tracev2.GoStatus`).
    pub(super) fn of_status(status: u64) -> Option<Self> {
        match status {
            1 => Some(Self::Runnable),
            2 => Some(Self::Running),
            3 => Some(Self::Syscall),
            4 => Some(Self::Blocked),
            _ => None,
        }
    }
}

/// A goroutine in a state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goroutine {
    pub(super) state: State,
    /// When the state began, in nanoseconds of the trace's clock.
    pub(super) since: u64,
    /// The stack that was known last; the root when none was.
    pub(super) stack: StackId,
    /// What it is blocked on.
    pub(super) reason: Option<FrameId>,
}
