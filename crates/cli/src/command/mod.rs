//! The commands, one file each.

mod definition;
mod diff;
mod fetch;
mod flamegraph;
mod fold;
mod record;
mod render;
mod strike;
mod top;
mod traces;
mod view;

pub(crate) use diff::pprof_difference;
pub(crate) use record::explain;

use crate::arguments::{Arguments, Command, FilterArguments};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::terminal::Terminal;

/// Runs what the arguments ask for. `command_follows` says that a `--` came before the things.
pub(crate) fn run(
    arguments: Arguments,
    command_follows: bool,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, CommandError> {
    if arguments.command.as_ref().is_some_and(Command::reads_and_ends) {
        firesteel_heap::prefer_huge_pages();
    }
    match arguments.command {
        None => strike::run(arguments.strike, command_follows, terminal),
        Some(Command::Record(arguments)) => record::run(arguments, terminal),
        Some(Command::Fetch(arguments)) => fetch::run(arguments, &FilterArguments::default(), terminal),
        Some(Command::View(arguments)) => view::run(&arguments, terminal),
        Some(Command::Diff(arguments)) => diff::run(arguments, terminal),
        Some(Command::Top(arguments)) => top::run(&arguments, terminal),
        Some(Command::Traces(arguments)) => traces::run(&arguments, terminal),
        Some(Command::Render(arguments)) => render::run(&arguments, terminal),
        Some(Command::Fold(arguments)) => fold::run(&arguments, terminal),
        Some(Command::Flamegraph(arguments)) => flamegraph::run(&arguments, terminal),
        Some(Command::Completions { shell }) => definition::completions(shell, terminal),
        Some(Command::Man) => definition::manual(terminal),
    }
}

impl Command {
    /// Whether it works through profiles and ends: huge pages make it faster. What records stays small, beside the
    /// program that is recorded.
    fn reads_and_ends(&self) -> bool {
        match self {
            Self::View(_)
            | Self::Diff(_)
            | Self::Top(_)
            | Self::Traces(_)
            | Self::Render(_)
            | Self::Fold(_)
            | Self::Flamegraph(_) => true,
            Self::Record(_) | Self::Fetch(_) | Self::Completions { .. } | Self::Man => false,
        }
    }
}
