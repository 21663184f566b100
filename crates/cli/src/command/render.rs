//! `firesteel render`: profiles in other formats.

use std::path::PathBuf;

use crate::arguments::{OutputArguments, RenderArguments, SymbolArguments};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::input;
use crate::output;
use crate::terminal::Terminal;
use crate::view::View;

pub(crate) fn run(arguments: &RenderArguments, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    report(&arguments.files, &arguments.symbols, &arguments.output, terminal)
}

/// Reads profiles and writes what is asked for, an HTML report unless told otherwise.
pub(crate) fn report(
    files: &[PathBuf],
    symbols: &SymbolArguments,
    output: &OutputArguments,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, CommandError> {
    output::check(output)?;
    let profile = input::load(files, output::has_times(output), symbols, terminal)?;
    let label = input::label_of(files);
    let view = View::new("", &profile, output.view.raw_names, terminal);
    output::write(&[view], &label, output, terminal)?;
    Ok(Exit::Success)
}
