//! The command line's grammar. The doc comments here are its help.

mod asked;
mod deferred;
mod diff;
mod filters;
pub(crate) mod flamegraph;
mod names;
mod symbols;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use firesteel_capture::fetch::{FetchError, ProfileKind};

pub(crate) use asked::Asked;
pub(crate) use deferred::Deferred;
pub(crate) use diff::{ComparingArguments, DiffArguments, PictureArguments, Width};
pub(crate) use filters::{CollapseRecursion, FilterArguments};
pub(crate) use names::NameArguments;
pub(crate) use symbols::SymbolArguments;

use crate::arguments::flamegraph::FlamegraphArguments;
use crate::duration::parse_duration;
use crate::output_format::OutputFormat;

/// One command from a slow Go program to its flame graph.
///
/// THING is what to look at:
///
///   ./app ARGS…         run a program and record it until it ends
///   1234                record a running process
///   http://host:6060    fetch a profile from a Go service (net/http/pprof)
///   cpu.pprof           view a profile: pprof, perf.data, Go trace, folded stacks and thirty more
///   old.pprof new.pprof compare two profiles; three and more are merged
///
/// The result is one HTML file that works offline: send it to anybody.
#[derive(Debug, Parser)]
#[command(
    name = "firesteel",
    verbatim_doc_comment,
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    after_help = EXAMPLES
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    strike: StrikeArguments,
}

const EXAMPLES: &str = "Examples:
  firesteel ./app -config dev.toml          record a program from its first instruction to its end
  firesteel -d 10s 1234                     record process 1234 for ten seconds
  firesteel http://localhost:6060           the service's CPU profile over 30 s
  firesteel --type heap localhost:6060      its heap
  firesteel -o cpu.svg cpu.pb.gz            draw a profile as SVG
  firesteel before.pb.gz after.pb.gz        what became slower, what faster
  perf script | firesteel fold - | head     fold stacks, like stackcollapse-perf.pl

`firesteel COMMAND --help` tells more about a command.";

/// How inputs are read, and which part of them.
#[derive(Clone, Debug, Args)]
pub(crate) struct InputArguments {
    #[command(flatten)]
    pub(crate) symbols: SymbolArguments,
    #[command(flatten)]
    pub(crate) filters: FilterArguments,
}

/// What can be done by name.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Record a program or a process by sampling its stacks.
    Record(Deferred<RecordArguments>),
    /// Fetch profiles from a Go service that imports net/http/pprof.
    Fetch(Deferred<FetchCommandArguments>),
    /// Make a report of profiles and open it in the browser.
    View(Deferred<ViewArguments>),
    /// Compare two profiles: what became more, what less, what appeared and what vanished.
    ///
    /// Prints a table of the greatest changes; -o draws them as a flame graph or writes them in other formats.
    Diff(Deferred<DiffArguments>),
    /// List the functions that cost the most.
    Top(Deferred<TopArguments>),
    /// Print every sample with its stack, as `go tool pprof -traces` does.
    Traces(Deferred<TracesArguments>),
    /// Write profiles in other formats: HTML, SVG, pprof, folded, speedscope, Firefox, trace events, OTLP, tables.
    Render(Deferred<RenderArguments>),
    /// Write profiles as folded stacks to standard output.
    ///
    /// Takes the options of stackcollapse-perf.pl and gives the same output for `perf script` text.
    Fold(Deferred<FoldArguments>),
    /// Draw folded stacks, or any profile, as an SVG flame graph to standard output.
    ///
    /// Takes the options of flamegraph.pl and of inferno-flamegraph.
    Flamegraph(Box<Deferred<FlamegraphArguments>>),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in roff.
    #[command(hide = true)]
    Man,
}

/// `firesteel THING…`
#[derive(Debug, Args)]
pub(crate) struct StrikeArguments {
    /// For how long to record or to let a service measure, such as `10s` or `1m30s`.
    ///
    /// A recording ends with its program or with Ctrl-C if not given; a service measures for 30 s.
    #[arg(short, long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) duration: Option<Duration>,
    /// A program with its arguments, a pid, a URL, or profiles. Everything behind it is the program's.
    #[arg(value_name = "THING", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) things: Vec<OsString>,
    // Behind the ungrouped ones, which would else be listed under the last group.
    #[command(flatten)]
    pub(crate) sampling: SamplingArguments,
    #[command(flatten)]
    pub(crate) fetching: FetchArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(flatten)]
    pub(crate) input: InputArguments,
}

/// `firesteel record`
#[derive(Debug, Args)]
pub(crate) struct RecordArguments {
    /// For how long to record, such as `10s` or `1m30s`; until the program ends or Ctrl-C if not given.
    #[arg(short, long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) duration: Option<Duration>,
    /// The process to record, with all its threads and those they start.
    #[arg(short, long, value_name = "PID", required_unless_present = "command", conflicts_with = "command")]
    pub(crate) pid: Option<u32>,
    /// The program to run and record, with its arguments.
    #[arg(value_name = "CMD", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<OsString>,
    #[command(flatten)]
    pub(crate) sampling: SamplingArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// How to sample.
#[derive(Debug, Args)]
#[command(next_help_heading = "Recording")]
pub(crate) struct SamplingArguments {
    /// Samples a second on each CPU that the program runs on.
    #[arg(short = 'F', long, value_name = "HZ", default_value_t = 999, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) frequency: u32,
    /// Leave the kernel out, even where it may be sampled.
    #[arg(long)]
    pub(crate) user_only: bool,
    /// Let the program that was started go on when recording ends before it does.
    ///
    /// Without this it is told to end (SIGTERM), once the report is written.
    #[arg(long)]
    pub(crate) keep_running: bool,
}

/// `firesteel fetch`
#[derive(Debug, Args)]
pub(crate) struct FetchCommandArguments {
    /// For how long the service takes its CPU profile.
    #[arg(short, long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) duration: Option<Duration>,
    /// The service: `http://host:6060`, `host:6060`, or a whole path such as
    /// `http://host:6060/debug/pprof/heap`.
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    #[command(flatten)]
    pub(crate) fetching: FetchArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// How to fetch.
#[derive(Debug, Args)]
#[command(next_help_heading = "Fetching")]
pub(crate) struct FetchArguments {
    /// Which profiles: cpu, heap, allocs, goroutine, block, mutex, threadcreate, several with commas, or all.
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_kinds)]
    pub(crate) kinds: Option<Kinds>,
    /// A header to send, such as `X-Tenant: shop`. May be given several times.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = firesteel_capture::fetch::parse_header)]
    pub(crate) headers: Vec<(String, String)>,
    /// User and password for basic authentication.
    #[arg(long, value_name = "USER:PASSWORD", conflicts_with = "bearer")]
    pub(crate) user: Option<String>,
    /// Token for bearer authentication; better given as FIRESTEEL_BEARER, which `ps` does not show.
    #[arg(long, value_name = "TOKEN")]
    pub(crate) bearer: Option<String>,
    /// How long to wait for an answer, beside the time that a profile takes.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) timeout: Option<Duration>,
    /// Certificates to trust, as PEM, besides the usual ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Trust any certificate. Somebody in between can then read and change everything.
    #[arg(long)]
    pub(crate) insecure: bool,
}

/// The kinds of profile asked for.
#[derive(Clone, Debug)]
pub(crate) struct Kinds(pub(crate) Vec<ProfileKind>);

fn parse_kinds(text: &str) -> Result<Kinds, FetchError> {
    ProfileKind::parse_list(text).map(Kinds)
}

/// Where results go and how they look.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArguments {
    /// File to write; its ending says what: .html, .svg, .pb.gz (pprof), .folded, .speedscope.json, .firefox.json,
    /// .trace.json, .otlp, or a table: .csv, .md, .top.json. May be given several times.
    ///
    /// `.gz` behind any of them compresses. `-` is standard output, for which `--format` says what. Without this an HTML
    /// report is written to the current directory.
    #[arg(short, long = "output", value_name = "FILE")]
    pub(crate) outputs: Vec<PathBuf>,
    /// The format to write, whatever the file's ending.
    #[arg(long, value_name = "FORMAT", value_enum, requires = "outputs")]
    pub(crate) format: Option<OutputFormat>,
    /// Labels to put under the root of folded stacks as frames, the first next to the root, like `-tagroot` of
    /// `go tool pprof`.
    #[arg(long, value_name = "KEY,…", value_delimiter = ',')]
    pub(crate) labels: Vec<String>,
    /// Do not open the report in the browser.
    #[arg(long)]
    pub(crate) no_open: bool,
    #[command(flatten)]
    pub(crate) view: ViewOptions,
}

/// How pictures and tables show a profile.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "View")]
pub(crate) struct ViewOptions {
    /// Heading of the report; what was profiled if not given.
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Which value to show first, such as `alloc_space` or `samples`, or its number from 0.
    #[arg(long, alias = "sample_index", value_name = "NAME")]
    pub(crate) sample_index: Option<String>,
    #[command(flatten)]
    pub(crate) names: NameArguments,
    /// Colours of SVG files: package (by whose code it is), or those of flamegraph.pl: hot, mem, io, wakeup, chain,
    /// java, js, perl, python, rust, red, green, blue, aqua, yellow, purple, orange.
    #[arg(long, value_name = "PALETTE", default_value = "package")]
    pub(crate) colors: String,
    /// Draw SVG files with the root at the top.
    #[arg(long)]
    pub(crate) inverted: bool,
}

/// `firesteel view`
#[derive(Debug, Args)]
pub(crate) struct ViewArguments {
    /// The profiles; several are merged. `-` is standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) view: ViewOptions,
    #[command(flatten)]
    pub(crate) input: InputArguments,
}

/// `firesteel render`
#[derive(Debug, Args)]
pub(crate) struct RenderArguments {
    /// The profiles; several are merged. `-` is standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(flatten)]
    pub(crate) input: InputArguments,
}

/// `firesteel top`
#[derive(Debug, Args)]
pub(crate) struct TopArguments {
    /// The profiles; several are merged. `-` is standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// How many functions to list, 0 for all; if not given, 20 for people and all for programs.
    #[arg(short = 'n', long = "nodecount", alias = "limit", value_name = "N")]
    pub(crate) node_count: Option<usize>,
    /// Leave out functions whose total is below this share, such as 0.005.
    #[arg(long = "nodefraction", value_name = "SHARE")]
    pub(crate) node_fraction: Option<f64>,
    /// Sort by total (with everything called) instead of self.
    #[arg(long)]
    pub(crate) cum: bool,
    /// Sort by self. This is the default.
    #[arg(long, conflicts_with = "cum")]
    pub(crate) flat: bool,
    /// Which value to show, such as `alloc_space` or `samples`, or its number from 0.
    #[arg(long, alias = "sample_index", value_name = "NAME")]
    pub(crate) sample_index: Option<String>,
    /// The unit of values, such as `ms` or `mb`; `auto` is the best for each.
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<String>,
    /// How to write the table.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = TopFormat::Text)]
    pub(crate) format: TopFormat,
    #[command(flatten)]
    pub(crate) names: NameArguments,
    #[command(flatten)]
    pub(crate) input: InputArguments,
}

/// How to write the top table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TopFormat {
    /// For people.
    Text,
    /// Comma-separated values.
    Csv,
    /// A JSON document.
    Json,
    /// A table in Markdown.
    Markdown,
    /// The lines of `go tool pprof -top`, names as they were recorded.
    Pprof,
}

/// `firesteel traces`
#[derive(Debug, Args)]
pub(crate) struct TracesArguments {
    /// The profiles; several are merged. `-` is standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Which value to show, such as `alloc_space` or `samples`, or its number from 0.
    #[arg(long, alias = "sample_index", value_name = "NAME")]
    pub(crate) sample_index: Option<String>,
    /// The unit of values, such as `ms` or `mb`; the best for each if not given.
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<String>,
    /// How to write the samples.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = TracesFormat::Text)]
    pub(crate) format: TracesFormat,
    #[command(flatten)]
    pub(crate) input: InputArguments,
}

/// How to write samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TracesFormat {
    /// The lines of `go tool pprof -traces`: stacks with the function that was running first.
    Text,
    /// The lines of `go tool pprof -raw`: numbers, with tables of locations and mappings.
    Raw,
}

/// Whether to put something under the root of stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FoldRoot {
    /// The name of the program.
    Comm,
    /// Nothing.
    None,
}

/// `firesteel fold`
#[derive(Debug, Args)]
pub(crate) struct FoldArguments {
    /// The inputs; standard input if not given or `-`. Several are folded as if they were one.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Put the process id behind the program's name.
    #[arg(long)]
    pub(crate) pid: bool,
    /// Put process and thread id behind the program's name.
    #[arg(long)]
    pub(crate) tid: bool,
    /// Mark kernel functions with `_[k]`.
    #[arg(long)]
    pub(crate) kernel: bool,
    /// Mark functions made at run time with `_[j]`.
    #[arg(long)]
    pub(crate) jit: bool,
    /// Mark both, like `--kernel --jit`.
    #[arg(long)]
    pub(crate) all: bool,
    /// Give the address of what has no name.
    #[arg(long)]
    pub(crate) addrs: bool,
    /// Accepted for stackcollapse-perf.pl's sake: inlined functions are always frames, wherever the input names
    /// them. What `perf script` did not resolve is not looked up in binaries.
    #[arg(long)]
    pub(crate) inline: bool,
    /// Put the place in the source behind each function, such as `main.c:12`, where the input says it.
    #[arg(long)]
    pub(crate) context: bool,
    /// The same as `--context`; for text of `perf script -F +srcline`.
    #[arg(long)]
    pub(crate) srcline: bool,
    /// Leave out what calls this function, so that it stands at the root. May be given several times.
    #[arg(long, value_name = "FUNCTION")]
    pub(crate) skip_after: Vec<String>,
    /// Accepted for inferno's sake: one thread is enough, and the output never depends on their number.
    #[arg(short = 'n', long, value_name = "N")]
    pub(crate) nthreads: Option<usize>,
    /// Take only samples of this event; the first one in the input if not given.
    #[arg(long, value_name = "EVENT")]
    pub(crate) event_filter: Option<String>,
    /// What to put under the root of each stack.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = FoldRoot::Comm)]
    pub(crate) root: FoldRoot,
    /// Which value to write, such as `alloc_space` or `samples`.
    #[arg(long, alias = "sample_index", value_name = "NAME")]
    pub(crate) sample_index: Option<String>,
    /// Labels to put under the root of stacks as frames, the first next to the root, like `-tagroot` of
    /// `go tool pprof`.
    #[arg(long, value_name = "KEY,…", value_delimiter = ',')]
    pub(crate) labels: Vec<String>,
    /// File to write; standard output if not given.
    #[arg(short, long, value_name = "FILE", action = ArgAction::Set)]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) input: InputArguments,
}
