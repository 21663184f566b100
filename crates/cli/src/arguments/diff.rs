//! The grammar of `firesteel diff`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use firesteel_model::{Comparison, Normalization, Unit, WidthBy};
use firesteel_render::quantity::format_amount;

use crate::arguments::{InputArguments, NameArguments};
use crate::duration::parse_duration;
use crate::error::CommandError;

/// `firesteel diff`
#[derive(Debug, Args)]
#[command(
    override_usage = "firesteel diff [OPTIONS] BEFORE AFTER\n       firesteel diff [OPTIONS] --before FILE… --after FILE…"
)]
pub(crate) struct DiffArguments {
    /// The profile before and the profile after; `-` is standard input. One file is enough when it is folded text with
    /// two counts a line.
    #[arg(value_name = "FILE", num_args = 1..=2, required_unless_present = "before", conflicts_with_all = ["before", "after"])]
    pub(crate) files: Vec<PathBuf>,
    /// Profiles before, in place of the first FILE; several are merged.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "after")]
    pub(crate) before: Vec<PathBuf>,
    /// Profiles after, in place of the second FILE; several are merged.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "before")]
    pub(crate) after: Vec<PathBuf>,
    /// How many functions each list of the table has.
    #[arg(long, value_name = "N", default_value_t = 15)]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) comparing: ComparingArguments,
    #[command(flatten)]
    pub(crate) picture: PictureArguments,
    /// File to write; its ending says what: .html, .svg, .txt (table), .md, .csv, .json, .folded (two counts a line),
    /// .pb.gz (pprof, as `go tool pprof -diff_base` has it). May be given several times.
    ///
    /// Without this the table goes to standard output.
    #[arg(short, long = "output", value_name = "FILE", help_heading = "Output")]
    pub(crate) outputs: Vec<PathBuf>,
    /// Do not open the report in the browser.
    #[arg(long, help_heading = "Output")]
    pub(crate) no_open: bool,
    #[command(flatten)]
    pub(crate) input: InputArguments,
}

/// What is compared, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Comparing")]
pub(crate) struct ComparingArguments {
    /// Which value to compare, such as `alloc_space` or `samples`; what the profile after shows first if not given.
    #[arg(long, value_name = "NAME")]
    pub(crate) sample_index: Option<String>,
    /// Whether to scale the profile before to the total of the profile after, so that shares are compared.
    ///
    /// auto does so for what accumulates while a profile is taken, such as samples and time, and not for a state, such as
    /// the heap in use or the number of goroutines.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Normalize::Auto)]
    pub(crate) normalize: Normalize,
    /// The same as `--normalize on`, as in difffolded.pl.
    #[arg(short = 'n', conflicts_with = "normalize")]
    pub(crate) normalize_on: bool,
    /// Put together what changed by less: a part of the greater total such as `0.5%`, or a value such as `10ms`, `4MiB` or
    /// `100`.
    #[arg(long, value_name = "VALUE")]
    pub(crate) min_delta: Option<MinDelta>,
    /// Exchange before and after.
    #[arg(long)]
    pub(crate) swap: bool,
    /// Take names that differ only in hexadecimal numbers (0x…) for one, as in difffolded.pl.
    #[arg(short = 's', long)]
    pub(crate) strip_hex: bool,
    #[command(flatten)]
    pub(crate) names: NameArguments,
}

/// How differences are drawn.
#[derive(Debug, Args)]
#[command(next_help_heading = "Picture")]
pub(crate) struct PictureArguments {
    /// What the width of a box is: its value before, its value after, what became more plus what became less in it, or the
    /// greater of before and after. Only max and delta give what appeared and what vanished a place at its callers; the
    /// others put it beside the graph.
    #[arg(long, value_name = "WIDTH", value_enum, default_value_t = Width::Max)]
    pub(crate) by: Width,
    /// Colour by the change of the function itself, without what it calls, as flamegraph.pl does.
    #[arg(long = "self")]
    pub(crate) color_by_self: bool,
    /// Blue for more and red for less.
    #[arg(long)]
    pub(crate) negate: bool,
    /// Heading; the names of both profiles if not given.
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Draw SVG files with the root at the top.
    #[arg(long)]
    pub(crate) inverted: bool,
}

impl Default for ComparingArguments {
    fn default() -> Self {
        Self {
            sample_index: None,
            normalize: Normalize::Auto,
            normalize_on: false,
            min_delta: None,
            swap: false,
            strip_hex: false,
            names: NameArguments::default(),
        }
    }
}

impl ComparingArguments {
    /// When to scale.
    pub(crate) fn normalization(&self) -> Normalization {
        match self.normalize {
            _ if self.normalize_on => Normalization::On,
            Normalize::Auto => Normalization::Auto,
            Normalize::On => Normalization::On,
            Normalize::Off => Normalization::Off,
        }
    }
}

/// Whether to scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Normalize {
    /// As suits the value.
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

/// What widths follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Width {
    /// The value before.
    Before,
    /// The value after.
    After,
    /// Increases plus decreases.
    Delta,
    /// The greater of before and after.
    Max,
}

impl From<Width> for WidthBy {
    fn from(width: Width) -> Self {
        match width {
            Width::Before => Self::Before,
            Width::After => Self::After,
            Width::Delta => Self::Delta,
            Width::Max => Self::Max,
        }
    }
}

/// The least change worth showing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum MinDelta {
    /// A percentage of the greater total.
    Percent(f64),
    /// A number, in the unit of the value.
    Number(f64),
    /// Nanoseconds.
    Time(f64),
    /// Bytes.
    Size(f64),
}

impl FromStr for MinDelta {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SIZES: [(&str, f64); 7] = [
            ("KiB", 1024.0),
            ("MiB", 1_048_576.0),
            ("GiB", 1_073_741_824.0),
            ("kB", 1e3),
            ("MB", 1e6),
            ("GB", 1e9),
            ("B", 1.0),
        ];
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
        if let Some(percent) = text.strip_suffix('%').and_then(number) {
            return Ok(Self::Percent(percent));
        }
        if let Some(plain) = number(text) {
            return Ok(Self::Number(plain));
        }
        let size = SIZES.iter().find_map(|&(unit, bytes)| Some(number(text.strip_suffix(unit)?)? * bytes));
        if let Some(bytes) = size {
            return Ok(Self::Size(bytes));
        }
        match parse_duration(text) {
            Ok(duration) => Ok(Self::Time(duration.as_nanos() as f64)),
            Err(_) => {
                Err("give a percentage such as `0.5%`, a time such as `10ms`, a size such as `4MiB` or a number".into())
            }
        }
    }
}

impl MinDelta {
    /// The least change in the unit of what is compared.
    pub(crate) fn resolve(self, comparison: &Comparison) -> Result<f64, CommandError> {
        let value_type = comparison.value_type();
        match (self, &value_type.unit) {
            (Self::Percent(percent), _) => Ok(comparison.totals().greater() * percent / 100.0),
            (Self::Number(number), _) | (Self::Time(number), Unit::Nanoseconds) | (Self::Size(number), Unit::Bytes) => {
                Ok(number)
            }
            (Self::Time(_) | Self::Size(_), _) => Err(CommandError::usage(
                format!("`{}` does not count in the unit of --min-delta", value_type.name),
                format!(
                    "it counts like this: {}; a percentage such as `0.5%` suits everything",
                    format_amount(10.0, value_type)
                ),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_changes_are_read() {
        for (text, expect) in [
            ("0.5%", Some(MinDelta::Percent(0.5))),
            ("100", Some(MinDelta::Number(100.0))),
            ("1.5", Some(MinDelta::Number(1.5))),
            ("10ms", Some(MinDelta::Time(1e7))),
            ("4MiB", Some(MinDelta::Size(4_194_304.0))),
            ("1 kB", Some(MinDelta::Size(1000.0))),
            ("-1", None),
            ("nan", None),
            ("%", None),
            ("a lot", None),
        ] {
            assert_eq!(text.parse().ok(), expect, "{text}");
        }
    }
}
