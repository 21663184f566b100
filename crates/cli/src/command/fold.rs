//! `firesteel fold`: folded stacks, a drop-in for the stackcollapse scripts.

use std::path::Path;

use firesteel_filter::Granularity;
use firesteel_formats::{Column, FoldOptions, ReadOptions, fold_with, folded};
use firesteel_model::{Profile, RootBy};
use firesteel_symbolize::Report;

use crate::arguments::{FilterArguments, FoldArguments, FoldRoot};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::filters;
use crate::input;
use crate::output;
use crate::symbols;
use crate::terminal::Terminal;

pub(crate) fn run(arguments: &FoldArguments, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    let mut read_options = ReadOptions::default();
    read_options.perf_script.event_filter.clone_from(&arguments.event_filter);
    read_options.perf_script.addresses = arguments.addrs;
    let fold_options = FoldOptions {
        root: match arguments.root {
            FoldRoot::None => RootBy::Nothing,
            FoldRoot::Comm if arguments.tid => RootBy::Thread,
            FoldRoot::Comm if arguments.pid => RootBy::Process,
            FoldRoot::Comm => RootBy::Name,
        },
        annotate_kernel: arguments.kernel || arguments.all,
        annotate_jit: arguments.jit || arguments.all,
        addresses: arguments.addrs,
        labels: arguments.labels.clone(),
        column: arguments.sample_index.as_deref().map_or(Column::Default, column),
        ..FoldOptions::default()
    };
    let path = arguments.file.as_deref().unwrap_or(Path::new("-"));
    // With filters or without, stacks are folded as they were recorded.
    let filters = FilterArguments { all_frames: true, ..arguments.input.filters.clone() };
    let filter = filters::compile(&filters, None)?;
    let granularity = filters::granularity(&filters);
    if !filter.is_empty() || granularity != Granularity::Functions {
        read_options.times = filter.needs_times();
        let profile = input::load(&[path.to_owned()], &read_options, &arguments.input.symbols, terminal)?;
        let filtered = filters::apply(&filter, &profile, terminal)?;
        let named = granularity.name_frames(&filtered.profile);
        match &arguments.output {
            Some(path) => output::create(path, |file| Ok(folded::write(&named, &fold_options, file)?))?,
            None => folded::write(&named, &fold_options, &mut terminal.out)?,
        };
        terminal.flush()?;
        return Ok(Exit::Success);
    }
    let mut source = input::open(path)?;
    let name = input::name_of(path);
    let mut report = Report::default();
    let mut rewrite = |profile: Profile| {
        let (named, told) = symbols::name_addresses(profile, &arguments.input.symbols);
        report = told;
        named
    };
    let folded = match &arguments.output {
        Some(path) => output::create(path, |file| {
            Ok(fold_with(&name, &mut source, &read_options, &fold_options, &mut rewrite, file)?)
        })?,
        None => fold_with(&name, &mut source, &read_options, &fold_options, &mut rewrite, &mut terminal.out)?,
    };
    terminal.flush()?;
    symbols::tell(&name, &report, terminal);
    for warning in folded.warnings.iter() {
        terminal.say(format!("warning: {name}: {warning}"));
    }
    Ok(Exit::Success)
}

/// The value column of a name or a number from 0.
fn column(wanted: &str) -> Column {
    wanted.parse().map_or_else(|_| Column::Named(wanted.to_owned()), Column::Index)
}
