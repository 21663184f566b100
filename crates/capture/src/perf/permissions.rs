//! What the kernel lets this user sample, and how to be let do more.

use std::fmt;
use std::io;

use crate::perf::proc_files::kernel_setting;

/// Why sampling was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// `kernel.perf_event_paranoid` is above 2: only privileged users may sample.
    Paranoid {
        /// The setting's value.
        level: i64,
    },
    /// The target belongs to another user.
    OtherUser {
        /// The target.
        process: u32,
    },
    /// A sandbox forbids the system call although the setting would allow it.
    Sandbox,
    /// The kernel was built without perf events.
    Unsupported,
    /// No event that could trigger samples exists.
    NoEvent,
}

impl Refusal {
    /// Judges the error of `perf_event_open(2)` for a process.
    pub(crate) fn judge(error: &io::Error, process: u32) -> Option<Self> {
        let paranoid = kernel_setting("perf_event_paranoid");
        match error.raw_os_error()? {
            libc::ENOSYS => Some(Self::Unsupported),
            libc::ENOENT | libc::EOPNOTSUPP | libc::ENODEV => Some(Self::NoEvent),
            libc::EACCES | libc::EPERM => Some(match paranoid {
                Some(level) if level > 2 => Self::Paranoid { level },
                _ if is_other_user(process) => Self::OtherUser { process },
                _ => Self::Sandbox,
            }),
            _ => None,
        }
    }

    /// What the user can do, one hint a line.
    pub(crate) fn hints(self) -> Vec<String> {
        let mut hints: Vec<String> = match self {
            Self::Paranoid { .. } => vec![
                "allow it until the next boot: `sudo sysctl kernel.perf_event_paranoid=2`".into(),
                "or run this command as root, or give the file the capability: `sudo setcap cap_perfmon+ep FIRESTEEL`"
                    .into(),
            ],
            Self::OtherUser { process } => vec![format!("run as that user or as root: `sudo firesteel {process}`")],
            Self::Sandbox => vec![
                "in Docker, start the container with `--cap-add PERFMON --security-opt seccomp=unconfined`".into(),
                "in Kubernetes, add the capability `PERFMON` and an unconfined seccomp profile".into(),
            ],
            Self::Unsupported => vec!["the kernel needs CONFIG_PERF_EVENTS".into()],
            Self::NoEvent => Vec::new(),
        };
        hints.push(
            "without the kernel's help, use the program's own profile: `firesteel http://HOST:PORT` (`net/http/pprof`)"
                .into(),
        );
        hints
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paranoid { level } => write!(
                formatter,
                "`kernel.perf_event_paranoid` is {level}, at most 2 lets users sample their own processes"
            ),
            Self::OtherUser { process } => write!(formatter, "process {process} belongs to another user"),
            Self::Sandbox => {
                formatter.write_str("`perf_event_open` is forbidden here, by a container's or a sandbox's rules")
            }
            Self::Unsupported => formatter.write_str("it was built without perf events"),
            Self::NoEvent => formatter.write_str("neither `cycles` nor `cpu-clock` exists here"),
        }
    }
}

fn is_other_user(process: u32) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(format!("/proc/{process}"))
        .is_ok_and(|metadata| metadata.uid() != rustix::process::geteuid().as_raw())
}

/// The deepest stack that the kernel records, in frames.
pub(crate) fn deepest_stack() -> usize {
    kernel_setting("perf_event_max_stack").and_then(|frames| usize::try_from(frames).ok()).unwrap_or(127)
}
