//! One recording at a time, so that tests that run in parallel do not take each other's CPU.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Waits for the turn to record; it ends when the guard is dropped.
pub fn recording_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether tests run as root, who may sample the kernel and become somebody else.
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
