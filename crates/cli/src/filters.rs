//! Filters from arguments, applied to what was read.

use std::time::Duration;

use firesteel_filter::{Filter, FilterError, FilterOptions, Filtered, Granularity, Recursion};
use firesteel_model::{Nanoseconds, Profile};

use crate::arguments::{CollapseRecursion, FilterArguments};
use crate::error::CommandError;
use crate::terminal::Terminal;

/// Compiles filters. `unit` is for numbers in frames made from labels.
pub(crate) fn compile(arguments: &FilterArguments, unit: Option<&str>) -> Result<Filter, CommandError> {
    let time =
        |time: Option<Duration>| time.map(|time| Nanoseconds(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)));
    let arguments = arguments.clone();
    let options = FilterOptions {
        focus: arguments.focus,
        ignore: arguments.ignore,
        hide: arguments.hide,
        show: arguments.show,
        show_from: arguments.show_from,
        prune_from: arguments.prune_from,
        no_inlines: arguments.no_inlines,
        tag_focus: arguments.tag_focus,
        tag_ignore: arguments.tag_ignore,
        tag_show: arguments.tag_show,
        tag_hide: arguments.tag_hide,
        tag_root: arguments.tag_root,
        tag_leaf: arguments.tag_leaf,
        unit: unit.map(str::to_owned),
        from: time(arguments.from),
        to: time(arguments.to),
        thread: arguments.thread,
        comm: arguments.comm,
        recursion: match arguments.collapse_recursion {
            None => Recursion::Keep,
            Some(CollapseRecursion::Direct) => Recursion::Direct,
            Some(CollapseRecursion::Cycles) => Recursion::Cycles,
        },
        all_frames: arguments.all_frames,
    };
    Filter::new(&options).map_err(explain)
}

/// Compiles filters for what is yet to be recorded or fetched, which comes without times.
pub(crate) fn compile_for_live(arguments: &FilterArguments) -> Result<Filter, CommandError> {
    let filter = compile(arguments, None)?;
    if filter.needs_times() {
        return Err(CommandError::usage(
            "`--from` and `--to` are for profiles that were already taken",
            "`-d` says for how long to record",
        ));
    }
    Ok(filter)
}

/// Filters a profile; says what matched nothing.
pub(crate) fn apply<'a>(
    filter: &Filter,
    profile: &'a Profile,
    terminal: &mut Terminal<'_>,
) -> Result<Filtered<'a>, CommandError> {
    let filtered = filter.apply(profile).map_err(explain)?;
    // What the profile is like is only news to those who filter.
    if !filter.is_empty() {
        for warning in &filtered.outcome.warnings {
            terminal.say(format!("warning: {warning}"));
        }
    }
    Ok(filtered)
}

/// What is to be told apart.
pub(crate) fn granularity(arguments: &FilterArguments) -> Granularity {
    let given = &arguments.granularity;
    let flags = [
        (given.by_file_functions, Granularity::FileFunctions),
        (given.by_files, Granularity::Files),
        (given.by_lines, Granularity::Lines),
        (given.by_addresses, Granularity::Addresses),
    ];
    flags.into_iter().find(|(is_given, _)| *is_given).map_or(Granularity::Functions, |(_, granularity)| granularity)
}

/// What to do about a filter that is not possible.
pub(crate) fn explain(error: FilterError) -> CommandError {
    let (message, hint) = match error {
        FilterError::NoSuchValue { wanted, known } => {
            (format!("the profile has no value `{wanted}`"), format!("it has: {known}"))
        }
        FilterError::NoTimes => (
            error.to_string(),
            "`--from` and `--to` need an input that says it, such as perf.data or `perf script` text".to_owned(),
        ),
        error => (error.to_string(), "expressions are in Go's syntax: https://pkg.go.dev/regexp/syntax".to_owned()),
    };
    CommandError::usage(message, hint)
}
