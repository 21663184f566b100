//! `firesteel fold`: folded stacks, a drop-in for the stackcollapse scripts.

use std::io::Write;
use std::path::PathBuf;

use firesteel_filter::Granularity;
use firesteel_formats::{Column, FoldOptions, Folder, ReadOptions, Warnings, fold_with, folded};
use firesteel_model::{Profile, RootBy};
use firesteel_symbolize::Report;

use crate::arguments::{FilterArguments, FoldArguments, FoldRoot, SymbolArguments};
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
        source_lines: arguments.context || arguments.srcline,
        skip_after: arguments.skip_after.clone(),
        labels: arguments.labels.clone(),
        column: arguments.sample_index.as_deref().map_or(Column::Default, column),
        ..FoldOptions::default()
    };
    // Taken so that what calls the scripts goes on to work; see their help.
    let _ = (arguments.inline, arguments.nthreads);
    let files = if arguments.files.is_empty() { &[PathBuf::from("-")] } else { arguments.files.as_slice() };
    // With filters or without, stacks are folded as they were recorded.
    let filters = FilterArguments { all_frames: true, ..arguments.input.filters.clone() };
    let filter = filters::compile(&filters, None)?;
    let granularity = filters::granularity(&filters);
    if !filter.is_empty() || granularity != Granularity::Functions {
        read_options.times = filter.needs_times();
        let profile = input::load(files, &read_options, &arguments.input.symbols, terminal)?;
        let filtered = filters::apply(&filter, &profile, terminal)?;
        let named = granularity.name_frames(&filtered.profile);
        match &arguments.output {
            Some(path) => output::create(path, |file| Ok(folded::write(&named, &fold_options, file)?))?,
            None => folded::write(&named, &fold_options, &mut terminal.out)?,
        };
        terminal.flush()?;
        return Ok(Exit::Success);
    }
    let mut folding =
        Folding { files, read_options, fold_options, symbols: &arguments.input.symbols, told: Vec::new() };
    match &arguments.output {
        Some(path) => output::create(path, |file| folding.write(file))?,
        None => folding.write(&mut terminal.out)?,
    }
    terminal.flush()?;
    for (name, report, warnings) in folding.told {
        symbols::tell(&name, &report, terminal);
        for warning in warnings.iter() {
            terminal.say(format!("warning: {name}: {warning}"));
        }
    }
    Ok(Exit::Success)
}

/// What is folded and how.
struct Folding<'a> {
    files: &'a [PathBuf],
    read_options: ReadOptions,
    fold_options: FoldOptions,
    symbols: &'a SymbolArguments,
    /// By input what is to be said of it.
    told: Vec<(String, Report, Warnings)>,
}

impl Folding<'_> {
    fn write(&mut self, output: &mut dyn Write) -> Result<(), CommandError> {
        let Self { files, read_options, fold_options, symbols, told } = self;
        if let [path] = files {
            let (name, mut report) = (input::name_of(path), Report::default());
            let mut source = input::open(path)?;
            let mut rewrite = naming(symbols, &mut report);
            let warnings = fold_with(&name, &mut source, read_options, fold_options, &mut rewrite, output)?.warnings;
            drop(rewrite);
            told.push((name, report, warnings));
            return Ok(());
        }
        let mut folder = Folder::new(read_options, fold_options);
        for path in *files {
            let (name, mut report) = (input::name_of(path), Report::default());
            let (_, warnings) = folder.add(&name, &mut input::open(path)?, &mut naming(symbols, &mut report))?;
            told.push((name, report, warnings));
        }
        let (_, warnings) = folder.finish(output)?;
        told.push(("all together".to_owned(), Report::default(), warnings));
        Ok(())
    }
}

/// Gives names to the addresses of a profile, and notes which have none.
fn naming<'a>(symbols: &'a SymbolArguments, report: &'a mut Report) -> impl FnMut(Profile) -> Profile + 'a {
    |profile| {
        let (named, told) = symbols::name_addresses(profile, symbols);
        *report = told;
        named
    }
}

/// The value column of a name or a number from 0.
fn column(wanted: &str) -> Column {
    wanted.parse().map_or_else(|_| Column::Named(wanted.to_owned()), Column::Index)
}
