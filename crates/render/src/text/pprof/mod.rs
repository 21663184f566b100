//! Tables and dumps in the very words of `go tool pprof`: `-top`, `-traces` and `-raw`.
//!
//! Scripts read these texts, and people who come from pprof compare them, so they agree line by line; the tests of the
//! command run pprof itself. Names are written as they were recorded. After `internal/report` and `internal/graph` of
//! `github.com/google/pprof`.

mod graph;
mod header;
mod node_info;
mod raw;
mod top;
mod traces;

use firesteel_filter::{Granularity, Outcome};
use firesteel_model::{Profile, ValueType};
use jiff::tz::TimeZone;

pub use raw::pprof_raw;
pub use top::pprof_top;
pub use traces::pprof_traces;

use crate::text::TopOrder;

/// Options of pprof's reports, with pprof's defaults.
#[derive(Clone, Debug)]
pub struct PprofOptions {
    /// Index of the value column; `None` for the profile's default.
    pub sample_type: Option<usize>,
    /// What is one row.
    pub granularity: Granularity,
    /// What rows are sorted by.
    pub order: TopOrder,
    /// Most rows; 0 for all.
    pub node_count: usize,
    /// Rows whose total is below this share are dropped.
    pub node_fraction: f64,
    /// Calls below this share do not decide whether a function is marked as inlined.
    pub edge_fraction: f64,
    /// The unit of values: a name such as `ms`, `auto` for the best for each, `minimum` for the best for all.
    pub unit: String,
    /// Where the time of the recording is told in.
    pub time_zone: TimeZone,
}

impl Default for PprofOptions {
    fn default() -> Self {
        Self {
            sample_type: None,
            granularity: Granularity::Functions,
            order: TopOrder::SelfValue,
            node_count: 0,
            node_fraction: 0.005,
            edge_fraction: 0.001,
            unit: "minimum".to_owned(),
            time_zone: TimeZone::UTC,
        }
    }
}

/// What every part of a report needs to know.
struct Report<'a> {
    profile: &'a Profile,
    outcome: &'a Outcome,
    options: &'a PprofOptions,
    column: usize,
    value_type: &'a ValueType,
    /// What percentages are of.
    total: i64,
    /// The unit of values, which may be chosen late.
    unit: String,
}

impl<'a> Report<'a> {
    /// `None` for a profile without values.
    fn new(profile: &'a Profile, outcome: &'a Outcome, options: &'a PprofOptions) -> Option<Self> {
        let column = options
            .sample_type
            .filter(|&column| column < profile.sample_types().len())
            .unwrap_or_else(|| profile.default_sample_type());
        let value_type = profile.sample_types().get(column)?;
        let total = outcome.pprof_totals.get(column).copied().unwrap_or(0);
        Some(Self { profile, outcome, options, column, value_type, total, unit: options.unit.clone() })
    }

    /// A value in the report's unit.
    fn format(&self, value: i64) -> String {
        firesteel_filter::measurement::scaled_label(value, self.value_type.unit.as_str(), &self.unit)
    }

    fn value(&self, values: &[i64]) -> i64 {
        values.get(self.column).copied().unwrap_or(0)
    }
}

/// What is written for a profile without values.
const NO_VALUES: &str = "The profile has no values.\n";
