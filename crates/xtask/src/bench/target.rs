//! A Go program to profile: started apart from the profilers, and ended when it is no longer needed.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::error::BenchError;
use super::place::Places;
use super::process;

/// How long a program may take to get busy.
const WARM_UP: Duration = Duration::from_secs(1);

/// A running Go program.
#[derive(Debug)]
pub(super) struct Target {
    child: Child,
}

impl Target {
    /// Starts a program of examples/go that runs until it is dropped.
    pub(super) fn start(places: &Places, name: &str, arguments: &[&str]) -> Result<Self, BenchError> {
        let program = places.example(name)?;
        let mut command = Command::new(&program);
        command.args(arguments).args(["-duration", "6h"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child =
            command.spawn().map_err(|source| BenchError::Start { program: program.display().to_string(), source })?;
        let target = Self { child };
        process::sleep(WARM_UP)?;
        Ok(target)
    }

    /// Its pid, as an argument.
    pub(super) fn pid(&self) -> String {
        self.child.id().to_string()
    }

    /// The CPU time it has used so far, to 10 ms; zero when the system does not tell.
    pub(super) fn cpu(&self) -> Duration {
        let status = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        Duration::from_millis(10 * ticks(&status))
    }
}

/// User and system time of a `/proc/PID/stat`, in hundredths of a second.
fn ticks(status: &str) -> u64 {
    // The name, in brackets, may hold anything; the third field is the first behind it.
    let fields = status.rsplit_once(')').map_or("", |(_, fields)| fields);
    let field = |number: usize| fields.split_whitespace().nth(number - 3).and_then(|text| text.parse::<u64>().ok());
    field(14).unwrap_or(0) + field(15).unwrap_or(0)
}

impl Drop for Target {
    fn drop(&mut self) {
        // It is idle work: there is nothing to lose, and it may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_of_a_status() {
        assert_eq!(ticks("7 (a b) c) S 1 7 7 0 -1 4194304 1 2 3 4 500 34 5 6 20 0 1 0 99"), 534);
        assert_eq!(ticks(""), 0);
    }
}
