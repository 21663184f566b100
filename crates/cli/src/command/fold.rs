//! `firesteel fold`: folded stacks, a drop-in for the stackcollapse scripts.

use std::path::PathBuf;

use firesteel_formats::{Column, FoldOptions, Folder, ReadOptions};
use firesteel_model::RootBy;

use crate::arguments::{FoldArguments, FoldRoot};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::input;
use crate::output;
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
        column: arguments.sample_index.clone().map_or(Column::Default, Column::Named),
        ..FoldOptions::default()
    };
    // Taken so that what calls the scripts goes on to work; see their help.
    let _ = (arguments.inline, arguments.nthreads);
    let files = if arguments.files.is_empty() { &[PathBuf::from("-")] } else { arguments.files.as_slice() };
    let mut folder = Folder::new(&read_options, &fold_options);
    for path in files {
        let name = input::name_of(path);
        let (_, warnings) = folder.add(&name, &mut input::open(path)?)?;
        for warning in warnings.iter() {
            terminal.say(format!("warning: {name}: {warning}"));
        }
    }
    let (_, warnings) = match &arguments.output {
        Some(path) => output::create(path, |file| folder.finish(file))?,
        None => folder.finish(&mut terminal.out)?,
    };
    terminal.flush()?;
    for warning in warnings.iter() {
        terminal.say(format!("warning: {warning}"));
    }
    Ok(Exit::Success)
}
