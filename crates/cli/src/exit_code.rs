//! Exit codes, a contract with scripts and CI jobs.

use std::process::{ExitCode, ExitStatus};

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked: 0.
    Success,
    /// The command line, the input or the environment was at fault: 2.
    Usage,
    /// The program that was recorded failed: its own exit code, or 128 plus the number of the signal
    /// that ended it, as a shell reports it.
    Program(u8),
    /// A defect of this program: 70 (`EX_SOFTWARE` of BSD's `sysexits.h`).
    Internal,
}

impl Exit {
    /// How a recorded program ended.
    #[must_use]
    pub fn of_program(status: ExitStatus) -> Self {
        use std::os::unix::process::ExitStatusExt;
        let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
        match u8::try_from(code).unwrap_or(1) {
            0 => Self::Success,
            code => Self::Program(code),
        }
    }

    /// The number for the operating system.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Usage => 2,
            Self::Program(code) => code,
            Self::Internal => 70,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn programs_pass_their_status_on() {
        assert_eq!(Exit::of_program(ExitStatus::from_raw(0)), Exit::Success);
        assert_eq!(Exit::of_program(ExitStatus::from_raw(3 << 8)).code(), 3);
        assert_eq!(Exit::of_program(ExitStatus::from_raw(9)).code(), 137);
    }
}
