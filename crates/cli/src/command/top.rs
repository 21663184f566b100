//! `firesteel top`: the functions that cost the most, as a table.

use std::io::Write;

use firesteel_render::text::{TopOptions, TopOrder, top_table};

use crate::arguments::TopArguments;
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::input;
use crate::terminal::Terminal;
use crate::view;

pub(crate) fn run(arguments: &TopArguments, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    let profile = input::load(&arguments.files, false, &arguments.symbols, terminal)?;
    let sample_type = view::sample_type(&profile, arguments.sample_index.as_deref())?;
    let profile = view::for_people(&profile, arguments.raw_names, terminal);
    let order = if arguments.cum { TopOrder::Total } else { TopOrder::SelfValue };
    let options = TopOptions { sample_type, limit: arguments.limit, order };
    let table = top_table(&profile, &options, &terminal.output_style());
    terminal.out.write_all(table.as_bytes()).map_err(|source| CommandError::Output { source })?;
    terminal.flush()?;
    Ok(Exit::Success)
}
