//! What a recording is asked for, what it tells while it runs, and what it gives.

use std::ffi::OsString;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use firesteel_model::{Hertz, Profile};

use crate::perf::attribute::EventKind;

/// What to record.
#[derive(Clone, Debug)]
pub enum Target {
    /// A command to run, its program first.
    Launch(Vec<OsString>),
    /// A running process, by its pid.
    Attach(u32),
}

/// How to record.
#[derive(Clone, Debug)]
pub struct RecordOptions {
    /// Samples a second on each CPU that the target runs on.
    pub frequency: Hertz,
    /// When to stop; `None` records until the target ends or `stop` is set.
    pub duration: Option<Duration>,
    /// Whether to sample the kernel, too, where that is allowed.
    pub kernel: bool,
}

impl Default for RecordOptions {
    /// 999 Hz: near a thousand, and off the beat of timers that run at round rates.
    fn default() -> Self {
        Self { frequency: Hertz(999), duration: None, kernel: true }
    }
}

/// Told about a recording while it runs.
pub trait Observer {
    /// Sampling has begun.
    fn started(&mut self, started: &Started);
    /// Some time has passed.
    fn progress(&mut self, progress: &Progress);
}

/// How a recording began.
#[derive(Clone, Debug)]
pub struct Started {
    /// The process recorded.
    pub process: u32,
    /// What triggers samples.
    pub event: EventKind,
    /// Samples a second.
    pub frequency: Hertz,
    /// What differs from what was asked for.
    pub notes: Vec<Note>,
}

/// Where a recording stands.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Time since it began.
    pub elapsed: Duration,
    /// Samples so far.
    pub samples: u64,
    /// Samples lost so far.
    pub lost: u64,
}

/// Something the user should know about how a recording was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// The processor's cycle counter is not available (usual in virtual machines); a timer samples instead.
    NoHardwareCycles,
    /// The kernel is not sampled because this user may not.
    UserFramesOnly,
    /// Kernel addresses have no names: `kernel.kptr_restrict` hides them.
    KernelNamesHidden,
}

/// A finished recording.
#[derive(Debug)]
pub struct Recording {
    /// The samples.
    pub profile: Profile,
    /// How it went.
    pub summary: Summary,
    /// The launched program, if it still runs.
    pub running: Option<Child>,
}

/// How a recording went.
#[derive(Clone, Debug)]
pub struct Summary {
    /// What triggered samples.
    pub event: EventKind,
    /// Samples a second.
    pub frequency: Hertz,
    /// For how long samples were taken.
    pub duration: Duration,
    /// Samples taken.
    pub samples: u64,
    /// Samples that the kernel lost because a buffer was full.
    pub lost: u64,
    /// How the launched program ended; `None` when it still runs or was attached to.
    pub exit: Option<ExitStatus>,
    /// What differs from what was asked for.
    pub notes: Vec<Note>,
}
