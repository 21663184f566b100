//! Programs run to their end, with what they used.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use wait4::Wait4;

use super::error::BenchError;

/// What one or several processes used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// User and system time.
    pub(super) cpu: Duration,
    /// Time that passed.
    pub(super) elapsed: Duration,
    /// The largest resident memory of any of them, in bytes.
    pub(super) peak: u64,
}

impl Usage {
    /// Of this and then another.
    pub(super) fn and_then(self, next: Self) -> Self {
        Self { cpu: self.cpu + next.cpu, elapsed: self.elapsed + next.elapsed, peak: self.peak.max(next.peak) }
    }
}

/// A program that ended well.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) usage: Usage,
    /// Its standard error.
    pub(super) errors: String,
}

static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Makes Ctrl-C an error of the next run instead of the end of this process, so that settings are put back.
pub(super) fn catch_interrupts() -> Result<(), BenchError> {
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&INTERRUPTED))
            .map_err(|source| BenchError::Start { program: "signal handler".to_owned(), source })?;
    }
    Ok(())
}

fn check_interrupt() -> Result<(), BenchError> {
    if INTERRUPTED.load(Ordering::Relaxed) { Err(BenchError::Interrupted) } else { Ok(()) }
}

/// Sleeps, unless interrupted.
pub(super) fn sleep(duration: Duration) -> Result<(), BenchError> {
    let end = Instant::now() + duration;
    loop {
        check_interrupt()?;
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(Duration::from_millis(50)));
    }
}

fn describe(command: &Command) -> String {
    let parts = std::iter::once(command.get_program()).chain(command.get_args());
    parts.map(|part| part.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn start_error(command: &Command) -> impl FnOnce(std::io::Error) -> BenchError {
    let program = command.get_program().to_string_lossy().into_owned();
    move |source| BenchError::Start { program, source }
}

/// A started program whose standard error is read to its end before it is waited for.
pub(super) struct Running {
    child: Child,
    command: String,
    started: Instant,
}

impl Running {
    pub(super) fn start(command: &mut Command) -> Result<Self, BenchError> {
        check_interrupt()?;
        let started = Instant::now();
        command.stderr(Stdio::piped());
        let child = command.spawn().map_err(start_error(command))?;
        Ok(Self { child, command: describe(command), started })
    }

    /// Sends the signal of Ctrl-C.
    pub(super) fn interrupt(&self) {
        if let Some(process) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // That it has ended already shows when it is waited for.
            let _ = kill_process(process, Signal::INT);
        }
    }

    /// The CPU time that its threads have used so far; zero when the system does not tell.
    pub(super) fn cpu(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).into_iter().flatten().flatten();
        // Documentation/scheduler/sched-stats.rst: nanoseconds on the CPU come first.
        let nanoseconds = |task: fs::DirEntry| {
            let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<u64>().ok()
        };
        Duration::from_nanos(tasks.filter_map(nanoseconds).sum())
    }

    /// Waits for the end; the status is the caller's to judge.
    pub(super) fn wait(mut self) -> Result<(Finished, ExitStatus), BenchError> {
        let mut errors = Vec::new();
        let failed = |source| BenchError::Start { program: self.command.clone(), source };
        if let Some(mut pipe) = self.child.stderr.take() {
            pipe.read_to_end(&mut errors).map_err(&failed)?;
        }
        let ended = self.child.wait4().map_err(&failed)?;
        let usage = Usage {
            cpu: ended.rusage.utime + ended.rusage.stime,
            elapsed: self.started.elapsed(),
            peak: ended.rusage.maxrss,
        };
        check_interrupt()?;
        Ok((Finished { usage, errors: String::from_utf8_lossy(&errors).into_owned() }, ended.status))
    }

    /// Waits for the end, which has to be a good one.
    pub(super) fn finish(self) -> Result<Finished, BenchError> {
        let command = self.command.clone();
        let (finished, status) = self.wait()?;
        if status.success() {
            Ok(finished)
        } else {
            Err(BenchError::Failed { command, status, errors: finished.errors })
        }
    }
}

/// Runs a program to its end. Its output goes where the command says.
pub(super) fn finish(command: &mut Command) -> Result<Finished, BenchError> {
    Running::start(command.stdin(Stdio::null()))?.finish()
}

/// Runs programs as a pipe; the last one's output goes where its command says.
pub(super) fn pipe(commands: &mut [Command]) -> Result<Usage, BenchError> {
    check_interrupt()?;
    let started = Instant::now();
    let mut children = Vec::with_capacity(commands.len());
    let last = commands.len().saturating_sub(1);
    let mut input = Stdio::null();
    for (index, command) in commands.iter_mut().enumerate() {
        command.stdin(std::mem::replace(&mut input, Stdio::null())).stderr(Stdio::null());
        if index < last {
            command.stdout(Stdio::piped());
        }
        let mut child = command.spawn().map_err(start_error(command))?;
        if let Some(output) = child.stdout.take() {
            input = output.into();
        }
        children.push((child, describe(command)));
    }
    let mut usage = Usage::default();
    for (child, command) in children {
        let ended = child.wait4().map_err(|source| BenchError::Start { program: command.clone(), source })?;
        if !ended.status.success() {
            check_interrupt()?;
            return Err(BenchError::Failed { command, status: ended.status, errors: String::new() });
        }
        usage.cpu += ended.rusage.utime + ended.rusage.stime;
        usage.peak = usage.peak.max(ended.rusage.maxrss);
    }
    usage.elapsed = started.elapsed();
    Ok(usage)
}

/// Runs a program and returns its standard output, or `None` when it is not there or fails.
pub(super) fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
