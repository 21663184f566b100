//! Fixtures and oracles for tests: Go programs to profile, and what is true of their profiles.
//!
//! Everything here panics when the set-up is wrong, with a message that says what to do: a test cannot go on without
//! its program or its oracle. Only tests depend on this crate.

#![expect(clippy::missing_panics_doc, reason = "a missing toolchain or a failing build ends the test")]

pub mod addresses;
pub mod agreement;
pub mod flamegraph_rules;
mod go_program;
pub mod leafheavy;
pub mod perf_recording;
pub mod perf_tool;
mod process;
mod recording;
mod stacks;
mod toolchain;

pub use go_program::{GoProgram, LinkMode, text_section};
pub use process::{Finished, Running, run};
pub use recording::{is_root, recording_turn};
pub use stacks::{NamedFrame, Stack, read_stacks};
pub use toolchain::Toolchain;
