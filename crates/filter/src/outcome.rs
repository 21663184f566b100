//! What a filter found besides the profile that it made.

use std::fmt;

use firesteel_model::{LabelValue, Profile};

use crate::label_units::LabelUnits;

/// What the user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// An expression matched nothing; it may be misspelt.
    NoMatch {
        /// The option, as pprof spells it.
        option: &'static str,
    },
    /// A tag filter was read as a range of numbers, not as a regular expression.
    Range {
        /// The option, as pprof spells it.
        option: &'static str,
        /// What was given.
        text: String,
    },
    /// Samples had no frame left and were dropped.
    Emptied {
        /// How many.
        samples: usize,
    },
    /// The filters left no sample at all.
    NothingLeft,
    /// Samples were dropped because they do not say when they were taken.
    NoTime {
        /// How many.
        samples: usize,
    },
    /// Numbers under one key come in several units; filters take all for one of them.
    MixedUnits {
        /// The key.
        key: String,
        /// The unit that is used.
        used: String,
        /// The other units.
        others: Vec<String>,
    },
    /// The profile's own expression for frames to drop is no regular expression and was not applied.
    DropFrames {
        /// What is wrong with it.
        reason: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMatch { option } => write!(formatter, "{option} expression matched no samples"),
            Self::Range { option, text } => write!(formatter, "{option}: `{text}` is taken as a range, not a regexp"),
            Self::Emptied { samples: 1 } => write!(formatter, "1 sample has no frame left and is dropped"),
            Self::Emptied { samples } => write!(formatter, "{samples} samples have no frame left and are dropped"),
            Self::NothingLeft => write!(formatter, "the filters left no sample"),
            Self::NoTime { samples: 1 } => write!(formatter, "1 sample without a time is dropped"),
            Self::NoTime { samples } => write!(formatter, "{samples} samples without a time are dropped"),
            Self::MixedUnits { key, used, others } => {
                write!(formatter, "label {key} has unit {used} and also {}; {used} is used", others.join(", "))
            }
            Self::DropFrames { reason } => write!(formatter, "the profile's drop_frames are not applied: {reason}"),
        }
    }
}

/// What a filter found: what reports need of the profile before it was filtered, and warnings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What the user should know, in the order of the filters.
    pub warnings: Vec<Warning>,
    /// Number of samples before.
    pub samples_before: usize,
    /// Number of samples that are left.
    pub samples_after: usize,
    /// Sum of each value column before.
    pub totals: Vec<i64>,
    /// What pprof's percentages are of, for each value column: the sum of absolute values before, of the samples
    /// labelled `pprof::base` where there are such.
    pub pprof_totals: Vec<i64>,
    /// The unit of numbers under each label key.
    pub label_units: LabelUnits,
    /// The filters that pprof names in its headers, such as `focus=main`.
    pub active: Vec<String>,
}

impl Outcome {
    /// The facts of a profile that is about to be filtered.
    #[must_use]
    pub fn before(profile: &Profile) -> Self {
        let (label_units, conflicts) = LabelUnits::of(profile);
        Self {
            warnings: conflicts,
            samples_before: profile.sample_count(),
            samples_after: profile.sample_count(),
            totals: profile.totals(),
            pprof_totals: pprof_totals(profile),
            label_units,
            active: Vec::new(),
        }
    }
}

/// Sums of absolute values. They wrap where Go's do.
fn pprof_totals(profile: &Profile) -> Vec<i64> {
    let width = profile.sample_types().len();
    let (mut totals, mut bases) = (vec![0i64; width], vec![0i64; width]);
    for sample in profile.samples() {
        let is_base = profile.labels(sample.labels).iter().any(|label| {
            profile.string(label.key) == "pprof::base"
                && matches!(label.value, LabelValue::Text(text) if profile.string(text) == "true")
        });
        for ((total, base), value) in totals.iter_mut().zip(&mut bases).zip(sample.values) {
            let size = value.wrapping_abs();
            *total = total.wrapping_add(size);
            if is_base {
                *base = base.wrapping_add(size);
            }
        }
    }
    for (total, base) in totals.iter_mut().zip(bases) {
        if base > 0 {
            *total = base;
        }
    }
    totals
}
