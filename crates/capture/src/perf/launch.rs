//! Starting a program that waits, before its first instruction, until sampling is ready.
#![expect(unsafe_code, reason = "a child process must wait between fork and exec")]

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::JoinHandle;

use crate::perf::error::CaptureError;

/// The file that a command's program name stands for: a path as it is, a bare name by `PATH`.
#[must_use]
pub fn find_program(name: &Path) -> Option<PathBuf> {
    if name.components().count() > 1 {
        return Some(name.to_owned());
    }
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join(name)).find(|candidate| {
        candidate.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    })
}

/// A program that was forked but has not yet become itself.
pub(crate) struct PendingLaunch {
    command: String,
    process: u32,
    /// Writing a byte lets the program go; closing it ends it.
    gate: OwnedFd,
    spawner: JoinHandle<io::Result<Child>>,
}

impl PendingLaunch {
    /// Forks a child for a command.
    pub(crate) fn start(arguments: &[OsString]) -> Result<Self, CaptureError> {
        let program = arguments.first().cloned().unwrap_or_default();
        let name = program.to_string_lossy().into_owned();
        let pipe = || rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).map_err(io::Error::from);
        let (hello_read, hello_write) = pipe().map_err(CaptureError::system("making a pipe"))?;
        let (gate_read, gate_write) = pipe().map_err(CaptureError::system("making a pipe"))?;
        let mut command = Command::new(&program);
        command.args(&arguments[1.min(arguments.len())..]);
        let writing_end = gate_write.as_raw_fd();
        let hold = move || {
            // SAFETY: closes the child's copy, which nothing in the child owns or uses: it would keep the
            // gate from ever reading as closed.
            unsafe { libc::close(writing_end) };
            let process = rustix::process::getpid().as_raw_nonzero().get();
            rustix::io::write(&hello_write, &process.to_ne_bytes())?;
            let mut go = [0u8; 1];
            loop {
                match rustix::io::read(&gate_read, &mut go) {
                    Ok(1) => return Ok(()),
                    Ok(_) => return Err(io::ErrorKind::Interrupted.into()),
                    Err(rustix::io::Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        };
        // SAFETY: `hold` runs in the child between fork and exec and makes only async-signal-safe system
        // calls: close, getpid, write, read. It allocates nothing and takes no lock.
        unsafe { command.pre_exec(hold) };
        // `spawn` returns when the child has executed the program, which it cannot before the gate opens.
        let spawner = std::thread::Builder::new()
            .name("launch".into())
            .spawn(move || command.spawn())
            .map_err(CaptureError::system("starting a thread"))?;
        let mut process = [0u8; 4];
        match rustix::io::read(&hello_read, &mut process) {
            Ok(4) => Ok(Self { command: name, process: u32::from_ne_bytes(process), gate: gate_write, spawner }),
            // Fork failed: the writing end was closed with the command, and the spawner knows why.
            _ => Err(Self { command: name, process: 0, gate: gate_write, spawner }.failure()),
        }
    }

    /// The child's process id.
    pub(crate) fn process(&self) -> u32 {
        self.process
    }

    /// Lets the program start.
    pub(crate) fn release(self) -> Result<Child, CaptureError> {
        rustix::io::write(self.gate.as_fd(), &[1])
            .map_err(io::Error::from)
            .map_err(CaptureError::system("starting the program"))?;
        match self.spawner.join() {
            Ok(Ok(child)) => Ok(child),
            Ok(Err(source)) => Err(CaptureError::Launch { command: self.command, source }),
            Err(_) => Err(CaptureError::Launch { command: self.command, source: io::ErrorKind::Other.into() }),
        }
    }

    /// Ends the child, which never ran the program.
    pub(crate) fn cancel(self) {
        drop(self.gate);
        // The child sees the gate close and gives up; the standard library reaps it.
        let _ = self.spawner.join();
    }

    fn failure(self) -> CaptureError {
        drop(self.gate);
        let source = match self.spawner.join() {
            Ok(Err(source)) => source,
            _ => io::ErrorKind::Other.into(),
        };
        CaptureError::Launch { command: self.command, source }
    }
}
