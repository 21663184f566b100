//! What a value column counts and in which unit.

use std::fmt;

/// The unit of a value column, after the `unit` strings of pprof's `profile.proto`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Things counted: samples, objects, contentions, goroutines.
    Count,
    /// Nanoseconds.
    Nanoseconds,
    /// Bytes.
    Bytes,
    /// Any other unit, verbatim.
    Other(String),
}

impl Unit {
    /// Reads a unit as profiles spell it.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "count" => Self::Count,
            "nanoseconds" => Self::Nanoseconds,
            "bytes" => Self::Bytes,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The unit as pprof spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Count => "count",
            Self::Nanoseconds => "nanoseconds",
            Self::Bytes => "bytes",
            Self::Other(text) => text,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Name and unit of a value column, such as `cpu` in nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueType {
    /// What is counted: `samples`, `cpu`, `alloc_space`, …
    pub name: String,
    /// The unit of one.
    pub unit: Unit,
    /// How many decimal digits of a stored value are behind the point: 0 for whole numbers, 2 when
    /// a stored 1234 means 12.34. Folded text may carry fractions; keeping them as scaled integers
    /// makes sums exact and independent of order.
    pub decimals: u8,
}

impl ValueType {
    /// The most digits behind the point that a column keeps.
    pub const MAX_DECIMALS: u8 = 9;

    /// A column of whole numbers.
    #[must_use]
    pub fn new(name: impl Into<String>, unit: Unit) -> Self {
        Self { name: name.into(), unit, decimals: 0 }
    }

    /// The column that counts samples: `samples` in `count`.
    #[must_use]
    pub fn samples() -> Self {
        Self::new("samples", Unit::Count)
    }

    /// On-CPU time: `cpu` in nanoseconds.
    #[must_use]
    pub fn cpu() -> Self {
        Self::new("cpu", Unit::Nanoseconds)
    }

    /// Whether two columns count the same thing, whatever their decimals.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.unit == other.unit
    }

    /// A stored value as the number that it stands for.
    #[must_use]
    pub fn to_f64(&self, stored: i64) -> f64 {
        if self.decimals == 0 { stored as f64 } else { stored as f64 / 10f64.powi(i32::from(self.decimals)) }
    }
}
