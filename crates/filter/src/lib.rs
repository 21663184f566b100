//! Filters over profiles, with the words and the meaning of `go tool pprof`.
//!
//! A [`Filter`] is made from [`FilterOptions`], the texts that a command line gives, and makes a profile from a
//! profile: samples that are not wanted go, frames that are hidden leave their stacks, labels become frames. What
//! matched nothing is said in warnings, and the totals from before are kept, for pprof's percentages are of them.
//!
//! The rules are those of `github.com/google/pprof` (`profile/filter.go`, `profile/prune.go`,
//! `internal/driver/driver_focus.go`, `tagroot.go`, `internal/measurement`), followed in behaviour down to single
//! inlined lines: pprof filters *locations*, which hold one line for each function inlined there.
//!
//! Non-goals: no files, no drawing, no cleaning of names. Names are matched as they were recorded.

mod error;
mod filter;
mod granularity;
mod label_units;
mod located;
pub mod measurement;
mod names;
mod options;
mod outcome;
mod pattern;
mod prune;
mod pseudo_frames;
mod recursion;
mod sample_choice;
mod sample_index;
mod tags;

pub use error::FilterError;
pub use filter::{Filter, Filtered};
pub use granularity::Granularity;
pub use label_units::LabelUnits;
pub use options::{FilterOptions, Recursion};
pub use outcome::{Outcome, Warning};
pub use sample_index::sample_index;
