//! Sampling with the kernel's perf events: own code over `perf_event_open(2)`, no `perf` binary.
//!
//! The path of a sample: `ring` reads records from the kernel's buffers, `record` decodes them,
//! `order` puts the buffers' records into one order of time, `process` says which binary lay at
//! an address then, `unwind` repairs what frame pointers miss, `stacks` keeps the stack once,
//! and `finish` names its frames when recording has ended.

mod arch;
mod attribute;
mod binary;
mod error;
mod event;
mod finish;
mod launch;
mod order;
mod permissions;
mod proc_files;
mod process;
mod record;
mod recording;
mod ring;
mod sampler;
mod session;
mod stacks;
mod unwind;

pub use attribute::EventKind;
pub use error::CaptureError;
pub use launch::find_program;
pub use recording::{Note, Observer, Progress, RecordOptions, Recording, Started, Summary, Target};
pub use session::record;
