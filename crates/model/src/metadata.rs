//! What is known of a profile as a whole.

use crate::units::{Nanoseconds, UnixNanoseconds};
use crate::value_type::ValueType;

/// How far apart samples were taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// What was counted between samples.
    pub value_type: ValueType,
    /// How much of it, 0 when unknown.
    pub value: i64,
}

/// What a capture or a reader could not keep. Shown to the user, never hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Samples that the kernel dropped because a buffer was full.
    pub lost_samples: u64,
    /// Times that the kernel throttled sampling.
    pub throttled: u64,
    /// Samples whose stack was deeper than the kernel's limit and ends in `[truncated]`.
    pub truncated_stacks: u64,
    /// Samples whose stack ends where the Go runtime switched stacks (`morestack`).
    pub stack_switches: u64,
    /// Samples of which the innermost function's caller could not be told and is left out.
    pub missing_callers: u64,
    /// Samples with at least one user frame without a name.
    pub unnamed_samples: u64,
    /// Records of the input that could not be read.
    pub skipped_records: u64,
}

impl Losses {
    /// Adds the counts of another profile.
    pub fn add(&mut self, other: &Self) {
        let Self {
            lost_samples,
            throttled,
            truncated_stacks,
            stack_switches,
            missing_callers,
            unnamed_samples,
            skipped_records,
        } = self;
        for (sum, more) in [
            (lost_samples, other.lost_samples),
            (throttled, other.throttled),
            (truncated_stacks, other.truncated_stacks),
            (stack_switches, other.stack_switches),
            (missing_callers, other.missing_callers),
            (unnamed_samples, other.unnamed_samples),
            (skipped_records, other.skipped_records),
        ] {
            *sum = sum.saturating_add(more);
        }
    }
}

/// Facts about the whole profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// What was profiled, in a few words: a command, a URL, a file name.
    pub title: String,
    /// When sampling began.
    pub start: Option<UnixNanoseconds>,
    /// For how long samples were taken.
    pub duration: Option<Nanoseconds>,
    /// How far apart samples were taken.
    pub period: Option<Period>,
    /// Index of the value column to show first.
    pub default_sample_type: usize,
    /// Free text of the profile's maker (pprof `comment`).
    pub comments: Vec<String>,
    /// Frames to drop, as a regular expression (pprof `drop_frames`).
    pub drop_frames: String,
    /// Frames to keep although `drop_frames` matches (pprof `keep_frames`).
    pub keep_frames: String,
    /// Where the profile is explained (pprof `doc_url`).
    pub documentation_url: String,
    /// Facts for people in the order to show them: event, rate, Go version, host, …
    pub properties: Vec<(String, String)>,
    /// What could not be kept.
    pub losses: Losses,
}

impl Metadata {
    /// Adds a fact for people; a later fact of the same key replaces the earlier.
    pub fn set_property(&mut self, key: &str, value: impl Into<String>) {
        let value = value.into();
        match self.properties.iter_mut().find(|(existing, _)| existing == key) {
            Some((_, slot)) => *slot = value,
            None => self.properties.push((key.to_owned(), value)),
        }
    }

    /// The fact of a key.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&str> {
        self.properties.iter().find(|(existing, _)| existing == key).map(|(_, value)| value.as_str())
    }
}
