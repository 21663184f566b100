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

mod address_samples;
mod async_profiler_html;
mod austin;
mod bcc;
mod bpftrace;
mod byte_table;
pub mod callgrind;
mod chrome_cpu_profile;
mod compression;
mod content;
mod delimited;
mod detect;
mod dtrace;
mod error;
mod faulthandler;
pub mod firefox;
mod fold;
pub mod folded;
mod format;
mod gdb;
mod gecko;
mod ghc_profile;
mod go_labels;
mod go_trace;
mod goroutine_dump;
mod gperftools;
mod head;
mod jfr;
mod json;
mod jstack;
mod macos_sample;
mod memory_map;
mod options;
pub mod otlp;
mod perf_data;
pub mod perf_script;
pub mod pprof;
mod pprof_raw;
mod pprof_text;
mod profile_builder;
mod read;
pub mod speedscope;
mod systemtap;
#[cfg(test)]
mod test_text;
mod text_lines;
mod text_number;
mod timeline;
pub mod trace_events;
mod utf16;
mod v8_profile;
mod visual_studio;
mod vtune;
mod warning;
mod whole_gzip;
mod xctrace;

pub use compression::Compression;
pub use detect::detect;
pub use error::{Error, PprofProblem};
pub use fold::{Folded, Folder, fold, fold_with};
pub use folded::{Column, FoldOptions, InlinedSuffix};
pub use format::Format;
pub use options::{Limits, ReadOptions};
pub use read::{Read, read_profile, read_samples};
pub use warning::{Place, Warning, WarningKind, Warnings};
