//! Why a recording could not be made, and what to do about it.

use std::io;

use thiserror::Error;

use crate::perf::permissions::Refusal;

/// Why a recording could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The command could not be started.
    #[error("cannot run `{command}`: {source}")]
    Launch {
        /// The command as given.
        command: String,
        /// The system's reason.
        source: io::Error,
    },
    /// No process has this number.
    #[error("no process has the pid {process}")]
    NoSuchProcess {
        /// The number asked for.
        process: u32,
    },
    /// The kernel does not let this user sample.
    #[error("the kernel refused to sample: {refusal}")]
    Refused {
        /// Which setting stands in the way.
        refusal: Refusal,
    },
    /// The sampling rate is above the kernel's limit.
    #[error("{asked} Hz is above the kernel's limit of {limit} Hz (`kernel.perf_event_max_sample_rate`)")]
    RateTooHigh {
        /// The rate asked for, in samples a second.
        asked: u32,
        /// The greatest rate allowed.
        limit: i64,
    },
    /// Not enough file descriptors for an event per thread and CPU.
    #[error("{needed} file descriptors are needed, one for each thread on each CPU, but only {limit} are allowed")]
    TooManyThreads {
        /// Descriptors needed.
        needed: u64,
        /// Descriptors allowed.
        limit: u64,
    },
    /// Any other system call failed.
    #[error("{action} failed: {source}")]
    System {
        /// What was being done.
        action: &'static str,
        /// The system's reason.
        source: io::Error,
    },
}

impl CaptureError {
    /// Gives a system error the name of what was being done.
    pub(crate) fn system(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { action, source }
    }

    /// What the user can do, one hint a line.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Launch { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                vec!["give the path of a program, such as `./app`, or a name that is in `PATH`".into()]
            }
            Self::Launch { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                vec!["the file is not executable: `chmod +x` it, or give a profile to view".into()]
            }
            Self::NoSuchProcess { .. } => vec!["`pgrep -a NAME` lists the pids of a program".into()],
            Self::Refused { refusal } => refusal.hints(),
            Self::RateTooHigh { limit, .. } => vec![
                format!("record with `-F {limit}` or less"),
                "or raise the limit: `sudo sysctl kernel.perf_event_max_sample_rate=100000`".into(),
            ],
            Self::TooManyThreads { needed, .. } => vec![format!("raise the limit first: `ulimit -n {needed}`")],
            _ => Vec::new(),
        }
    }
}
