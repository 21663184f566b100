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

mod byte_table;
mod detect;
mod error;
mod fold;
pub mod folded;
mod gzip;
mod options;
pub mod perf_script;
pub mod pprof;
mod read;
mod warning;

pub use detect::{Format, detect};
pub use error::{Error, PprofProblem};
pub use fold::{Folded, fold};
pub use folded::{Column, FoldOptions, InlinedSuffix};
pub use options::{Limits, ReadOptions};
pub use read::{Read, read_profile};
pub use warning::{Place, Warning, WarningKind, Warnings};
