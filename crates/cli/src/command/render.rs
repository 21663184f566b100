//! `firesteel render`: profiles in other formats.

use std::path::PathBuf;

use crate::arguments::{InputArguments, OutputArguments, RenderArguments};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::filters;
use crate::input;
use crate::output;
use crate::terminal::Terminal;
use crate::view::View;

pub(crate) fn run(arguments: &RenderArguments, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    report(&arguments.files, &arguments.input, &arguments.output, terminal)
}

/// Reads profiles and writes what is asked for, an HTML report unless told otherwise.
pub(crate) fn report(
    files: &[PathBuf],
    input: &InputArguments,
    output: &OutputArguments,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, CommandError> {
    output::check(output)?;
    let filter = filters::compile(&input.filters, None)?;
    let mut options = input::options_for(&filter);
    options.times |= output::has_times(output);
    let profile = input::load(files, &options, &input.symbols, terminal)?;
    let label = input::label_of(files);
    let filtered = filters::apply(&filter, &profile, terminal)?;
    let view = View::new("", &filtered.profile, &output.view.names, terminal)
        .filtered(&filtered.outcome, filters::granularity(&input.filters));
    output::write(&[view], &label, output, terminal)?;
    Ok(Exit::Success)
}
