//! Programs under test, with a time limit for each.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How often a running program is looked at.
const POLL: Duration = Duration::from_millis(10);

/// How a program ended and what it wrote.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error, as text.
    pub stderr: String,
}

impl Finished {
    /// Standard output as text.
    #[must_use]
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Exit code; `None` after a signal.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Fails the test unless the program succeeded.
    #[must_use]
    pub fn succeeded(self) -> Self {
        assert!(self.status.success(), "{}\nstderr:\n{}", self.status, self.stderr);
        self
    }
}

/// Runs a command to its end. Fails the test when that takes longer than `limit`.
pub fn run(command: &mut Command, limit: Duration) -> Finished {
    Running::start(command).finish(limit)
}

/// What a stream has given so far.
type Captured = Arc<Mutex<Vec<u8>>>;

/// A program that runs. It is killed when this is dropped before its end.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
    stdout: Captured,
    stderr: Captured,
    readers: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts a command with its output captured and nothing to read.
    pub fn start(command: &mut Command) -> Self {
        let name = format!("{command:?}");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot run {name}: {error}"));
        let (stdout, stderr) = (Captured::default(), Captured::default());
        let mut readers = Vec::new();
        readers.extend(child.stdout.take().map(|stream| capture(stream, &stdout)));
        readers.extend(child.stderr.take().map(|stream| capture(stream, &stderr)));
        Self { child, name, stdout, stderr, readers }
    }

    /// Process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let process = Pid::from_child(&self.child);
        kill_process(process, signal).unwrap_or_else(|error| panic!("cannot signal {}: {error}", self.name));
    }

    /// Standard output so far.
    #[must_use]
    pub fn stdout_so_far(&self) -> String {
        text(&self.stdout)
    }

    /// Waits until standard output has a line with `part`, and returns that line.
    pub fn wait_for_line(&mut self, part: &str, limit: Duration) -> String {
        let mut found = None;
        self.wait_until(&format!("output with `{part}`"), limit, |running| {
            let output = text(&running.stdout);
            let complete = output.rfind('\n').map_or("", |end| &output[..end]);
            found = complete.lines().find(|line| line.contains(part)).map(str::to_owned);
            found.is_some()
        });
        found.unwrap_or_default()
    }

    /// Waits until the process has opened perf events: a recording is under way, and Ctrl-C ends it in order.
    pub fn wait_for_sampling(&mut self, limit: Duration) {
        self.wait_until("perf events", limit, |running| {
            let descriptors = fs::read_dir(format!("/proc/{}/fd", running.id()));
            descriptors.into_iter().flatten().flatten().any(|entry| {
                fs::read_link(entry.path()).is_ok_and(|target| target.to_string_lossy().contains("[perf_event]"))
            })
        });
    }

    fn wait_until(&mut self, what: &str, limit: Duration, mut condition: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + limit;
        while !condition(self) {
            let ended = self.child.try_wait().ok().flatten();
            if let Some(status) = ended {
                panic!("{} ended ({status}) before {what}; stderr:\n{}", self.name, text(&self.stderr));
            }
            assert!(Instant::now() < deadline, "{}: no {what} in {limit:?}", self.name);
            thread::sleep(POLL);
        }
    }

    /// Waits for the end. Fails the test when that takes longer than `limit`.
    pub fn finish(mut self, limit: Duration) -> Finished {
        let deadline = Instant::now() + limit;
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) => {}
                Err(error) => panic!("cannot wait for {}: {error}", self.name),
            }
            if Instant::now() >= deadline {
                let output = text(&self.stderr);
                panic!("{} has not ended in {limit:?}; stderr:\n{output}", self.name);
            }
            thread::sleep(POLL);
        };
        // A process that was left behind may hold the streams open; then what came so far has to do.
        while self.readers.iter().any(|reader| !reader.is_finished()) && Instant::now() < deadline {
            thread::sleep(POLL);
        }
        let stdout = std::mem::take(&mut *self.stdout.lock().unwrap_or_else(PoisonError::into_inner));
        Finished { status, stdout, stderr: text(&self.stderr) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn capture(mut stream: impl Read + Send + 'static, into: &Captured) -> JoinHandle<()> {
    let into = Arc::clone(into);
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            into.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&buffer[..count]);
        }
    })
}

fn text(captured: &Captured) -> String {
    String::from_utf8_lossy(&captured.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}
