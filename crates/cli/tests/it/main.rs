//! End-to-end tests: the real command on real Go programs.
//!
//! Recordings take turns ([`firesteel_testkit::recording_turn`]), so that they do not take each other's CPU. What they
//! assert holds on a busy machine, too; the exact figures are printed (`cargo test -- --nocapture`). With
//! `FIRESTEEL_TEST_SECONDS=20` the recordings that figures come from take that long.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]
#![expect(clippy::print_stdout, reason = "tells the figures")]

mod agreement;
mod attach;
mod bad_input;
mod diff;
mod fetch;
mod figures;
mod filters;
mod flamegraph;
mod fold;
mod formats;
mod go_trace;
mod help;
mod launch;
mod leafheavy;
mod link_modes;
mod matrix;
mod perf_data;
mod pprof_options;
mod pprof_profiles;
mod symbols;
mod unprivileged;
mod views;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use firesteel_testkit::{Finished, GoProgram, LinkMode, Toolchain};

/// Where Go programs are built.
const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The command under test, apart from the environment of whoever runs the tests.
fn firesteel() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_firesteel"));
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR", "FIRESTEEL_BEARER", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command.env("COLUMNS", "100");
    command
}

/// `firesteel record` into files, without the command to record.
fn record(outputs: &[&Path]) -> Command {
    let mut command = firesteel();
    command.args(["record", "--no-open"]);
    for output in outputs {
        command.arg("-o").arg(output);
    }
    command
}

fn run(command: &mut Command) -> Finished {
    firesteel_testkit::run(command, PATIENCE)
}

/// A folder of its own for a test.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The stripped program that does as it is told.
fn actor() -> PathBuf {
    GoProgram::ACTOR.build_stripped(&Toolchain::newest(), LinkMode::Plain, SCRATCH)
}

/// Folded stacks with their counts.
fn folded(path: &Path) -> Vec<(String, u64)> {
    let text = std::fs::read_to_string(path).unwrap();
    let line = |line: &str| {
        let (stack, count) = line.rsplit_once(' ').unwrap();
        (stack.to_owned(), count.parse().unwrap())
    };
    text.lines().map(line).collect()
}

/// The share of what was recorded whose stack has this function, among all stacks that have `among`.
fn share(stacks: &[(String, u64)], function: &str, among: &str) -> f64 {
    let sum = |wanted: &[&str]| -> u64 {
        let has = |stack: &str, name: &str| stack.split(';').any(|frame| frame == name);
        let found = stacks.iter().filter(|(stack, _)| wanted.iter().all(|name| has(stack, name)));
        found.map(|(_, count)| count).sum()
    };
    sum(&[function, among]) as f64 / sum(&[among]).max(1) as f64
}
