//! What makes a filter impossible.

use thiserror::Error;

/// Why a profile cannot be filtered as asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FilterError {
    /// A regular expression is none.
    #[error("`{pattern}` of {option} is no regular expression: {reason}")]
    Pattern {
        /// The option, as pprof spells it.
        option: &'static str,
        /// What was given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A range of label values has a number that does not fit into 64 bits.
    #[error("the number `{number}` of {option} is too large")]
    Number {
        /// The option, as pprof spells it.
        option: &'static str,
        /// The number as given.
        number: String,
    },
    /// A part of the time was asked for, and no sample says when it was taken.
    #[error("the profile does not say when its samples were taken")]
    NoTimes,
    /// The profile has no value column of this name or number.
    #[error("the profile has no value `{wanted}`; it has: {known}")]
    NoSuchValue {
        /// What was asked for.
        wanted: String,
        /// The names of the columns, with commas between.
        known: String,
    },
}
