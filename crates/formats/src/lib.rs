//! Bytes to profiles and back, one file per format.
//!
//! [`read_profile`] is the front door: it recognises the format from the content, never from a name,
//! and reads in bounded memory. [`fold`] is the shortest way from any input to folded stacks. The
//! modules hold the parsers themselves, which take bytes and return values: none opens a file.
//!
//! Broken input is not an error where a part of it can be read: every reader returns a [`Read`],
//! the profile with counted [`Warnings`].
//!
//! Non-goals: no files, no network, no clocks, no naming rules beyond what a format itself defines.

mod async_profiler_html;
mod austin;
mod bcc;
mod bpftrace;
mod byte_table;
mod callgrind;
mod chrome_cpu_profile;
mod compression;
mod content;
mod detect;
mod dtrace;
mod error;
mod faulthandler;
mod firefox;
mod fold;
pub mod folded;
mod format;
mod gdb;
mod gecko;
mod ghc_profile;
mod go_trace;
mod goroutine_dump;
mod gperftools;
mod jfr;
mod jstack;
mod macos_sample;
mod options;
mod otlp;
mod perf_data;
pub mod perf_script;
pub mod pprof;
mod pprof_raw;
mod pprof_text;
mod profile_builder;
mod read;
mod sixteen_bytes;
mod speedscope;
mod systemtap;
mod trace_events;
mod utf16;
mod v8_profile;
mod visual_studio;
mod vtune;
mod warning;
mod xctrace;

pub use compression::Compression;
pub use detect::detect;
pub use error::{Error, PprofProblem};
pub use fold::{Folded, Folder, fold};
pub use folded::{Column, FoldOptions, InlinedSuffix};
pub use format::Format;
pub use options::{Limits, ReadOptions};
pub use read::{Read, read_profile};
pub use warning::{Place, Warning, WarningKind, Warnings};
