//! The filters that every command that reads profiles takes, with `go tool pprof`'s words.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::duration::parse_duration;

/// What of a profile is shown.
///
/// Regular expressions are Go's, and match the names as they were recorded, as in pprof: before type arguments are
/// shortened and wrappers hidden.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Filters (regular expressions match full recorded names, as in go tool pprof)")]
pub(crate) struct FilterArguments {
    /// Only samples that go through a function, file or binary that matches.
    #[arg(long, value_name = "REGEX", hide_short_help = true)]
    pub(crate) focus: Option<String>,
    /// No samples that go through a function, file or binary that matches.
    #[arg(long, value_name = "REGEX", hide_short_help = true)]
    pub(crate) ignore: Option<String>,
    /// Take functions that match out of the stacks.
    #[arg(long, value_name = "REGEX", hide_short_help = true)]
    pub(crate) hide: Option<String>,
    /// Leave only functions that match in the stacks.
    #[arg(long, value_name = "REGEX", hide_short_help = true)]
    pub(crate) show: Option<String>,
    /// Begin stacks at the outermost function that matches; leave out samples without one.
    #[arg(long, alias = "show_from", value_name = "REGEX", hide_short_help = true)]
    pub(crate) show_from: Option<String>,
    /// End stacks at the innermost function that matches.
    #[arg(long, alias = "prune_from", value_name = "REGEX", hide_short_help = true)]
    pub(crate) prune_from: Option<String>,
    /// Count inlined functions to those that they were inlined into.
    #[arg(long = "noinlines", alias = "no-inlines", hide_short_help = true)]
    pub(crate) no_inlines: bool,
    /// Only samples with a label that matches: REGEX against `key:value`, `key=REGEX`, or a range of numbers such as
    /// `1mb:10mb`, `:64kb`, `bytes=4kb:`.
    #[arg(long = "tagfocus", value_name = "FILTER", hide_short_help = true)]
    pub(crate) tag_focus: Option<String>,
    /// No samples with a label that matches.
    #[arg(long = "tagignore", value_name = "FILTER", hide_short_help = true)]
    pub(crate) tag_ignore: Option<String>,
    /// Only labels whose key matches.
    #[arg(long = "tagshow", value_name = "REGEX", hide_short_help = true)]
    pub(crate) tag_show: Option<String>,
    /// No labels whose key matches.
    #[arg(long = "taghide", value_name = "REGEX", hide_short_help = true)]
    pub(crate) tag_hide: Option<String>,
    /// Put the values of these labels under the root of the stacks, the first outermost.
    #[arg(long = "tagroot", value_name = "KEY,…", hide_short_help = true)]
    pub(crate) tag_root: Option<String>,
    /// Put the values of these labels on top of the stacks, the last innermost.
    #[arg(long = "tagleaf", value_name = "KEY,…", hide_short_help = true)]
    pub(crate) tag_leaf: Option<String>,
    /// Only samples taken from this time on, such as `2s`, counted from the first sample.
    #[arg(long, value_name = "TIME", value_parser = parse_duration, hide_short_help = true)]
    pub(crate) from: Option<Duration>,
    /// Only samples taken before this time, counted from the first sample.
    #[arg(long, value_name = "TIME", value_parser = parse_duration, hide_short_help = true)]
    pub(crate) to: Option<Duration>,
    /// Only threads that match, written as `NAME-PID/TID`.
    #[arg(long, value_name = "REGEX", hide_short_help = true)]
    pub(crate) thread: Option<String>,
    /// Only threads whose name matches.
    #[arg(long, value_name = "REGEX", hide_short_help = true)]
    pub(crate) comm: Option<String>,
    /// Show a function that calls itself once. With `=cycles` also one that comes back through others.
    #[arg(
        long,
        alias = "collapse_recursion",
        value_name = "HOW",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "direct",
        hide_short_help = true
    )]
    pub(crate) collapse_recursion: Option<CollapseRecursion>,
    /// Keep the frames that the profile itself says are to be dropped.
    #[arg(long, alias = "all_frames", hide_short_help = true)]
    pub(crate) all_frames: bool,
    #[command(flatten)]
    pub(crate) granularity: GranularityArguments,
}

/// Which recursion is shown once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CollapseRecursion {
    /// Functions that call themselves.
    Direct,
    /// Also functions that come back through others.
    Cycles,
}

/// What is one: at most one of these.
#[derive(Clone, Debug, Default, Args)]
#[group(multiple = false)]
pub(crate) struct GranularityArguments {
    /// Tell functions apart by name. This is the default.
    #[arg(long = "functions", hide_short_help = true)]
    pub(crate) by_functions: bool,
    /// Tell functions apart by name and file.
    #[arg(long = "filefunctions", hide_short_help = true)]
    pub(crate) by_file_functions: bool,
    /// Tell source files apart.
    #[arg(long = "files", hide_short_help = true)]
    pub(crate) by_files: bool,
    /// Tell lines of source code apart.
    #[arg(long = "lines", hide_short_help = true)]
    pub(crate) by_lines: bool,
    /// Tell addresses apart.
    #[arg(long = "addresses", hide_short_help = true)]
    pub(crate) by_addresses: bool,
}
