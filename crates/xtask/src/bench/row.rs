//! What is compared, one module for each kind of work.

mod fold;
mod lost;
mod perf_data;
mod pprof;
mod record;
mod recorder;
mod stop;
mod svg;
mod symbols;

use super::Bench;
use super::error::BenchError;
use super::section::Section;

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Fold,
    PerfData,
    Svg,
    Pprof,
    Record,
    Lost,
    Stop,
    Symbols,
}

impl Row {
    /// In the order they run and are shown. Symbols come last: that row reads a binary into this process, and a
    /// child's peak memory starts at that of its parent.
    pub(super) const ALL: [Self; 8] =
        [Self::Fold, Self::PerfData, Self::Svg, Self::Pprof, Self::Record, Self::Lost, Self::Stop, Self::Symbols];

    /// What it is called on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Fold => "fold",
            Self::PerfData => "perf_data",
            Self::Svg => "svg",
            Self::Pprof => "pprof",
            Self::Record => "record",
            Self::Lost => "lost",
            Self::Stop => "stop",
            Self::Symbols => "symbols",
        }
    }

    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Fold => "perf script text to folded stacks",
            Self::PerfData => "a recording of perf to folded stacks, with symbols",
            Self::Svg => "folded stacks to a flame graph",
            Self::Pprof => "a Go CPU profile to folded stacks and to a table",
            Self::Record => "recording a busy Go program at 999 Hz, through to folded stacks and pictures",
            Self::Lost => "samples lost at 4,999 Hz on all processors",
            Self::Stop => "from Ctrl-C to the report on disk, 100,000 samples",
            Self::Symbols => "opening a stripped Go binary and naming addresses",
        }
    }

    /// Its heading in the document.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Fold => fold::TITLE,
            Self::PerfData => perf_data::TITLE,
            Self::Svg => svg::TITLE,
            Self::Pprof => pprof::TITLE,
            Self::Record => record::TITLE,
            Self::Lost => lost::TITLE,
            Self::Stop => stop::TITLE,
            Self::Symbols => symbols::TITLE,
        }
    }

    pub(super) fn run(self, bench: &Bench<'_>) -> Result<Section, BenchError> {
        match self {
            Self::Fold => fold::run(bench),
            Self::PerfData => perf_data::run(bench),
            Self::Svg => svg::run(bench),
            Self::Pprof => pprof::run(bench),
            Self::Record => record::run(bench),
            Self::Lost => lost::run(bench),
            Self::Stop => stop::run(bench),
            Self::Symbols => symbols::run(bench),
        }
    }
}
