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
pub(crate) use strike::run as strike;

use crate::arguments::{Command, Deferred, FilterArguments};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::terminal::Terminal;

/// Runs a command.
pub(crate) fn run(command: Command, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    match command {
        Command::Record(Deferred(arguments)) => record::run(arguments, terminal),
        Command::Fetch(Deferred(arguments)) => fetch::run(arguments, &FilterArguments::default(), terminal),
        Command::View(Deferred(arguments)) => view::run(&arguments, terminal),
        Command::Diff(Deferred(arguments)) => diff::run(arguments, terminal),
        Command::Top(Deferred(arguments)) => top::run(&arguments, terminal),
        Command::Traces(Deferred(arguments)) => traces::run(&arguments, terminal),
        Command::Render(Deferred(arguments)) => render::run(&arguments, terminal),
        Command::Fold(Deferred(arguments)) => fold::run(&arguments, terminal),
        Command::Flamegraph(arguments) => flamegraph::run(&arguments.0, terminal),
        Command::Completions { shell } => definition::completions(shell, terminal),
        Command::Man => definition::manual(terminal),
    }
}

/// Whether the command of a name works through profiles and ends: huge pages make it faster. What records stays small,
/// beside the program that is recorded.
pub(crate) fn reads_and_ends(name: &str) -> bool {
    matches!(name, "view" | "diff" | "top" | "traces" | "render" | "fold" | "flamegraph")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_records_or_reads() {
        for command in crate::definition().get_subcommands().map(clap::Command::get_name) {
            let others = matches!(command, "record" | "fetch" | "completions" | "man");
            assert_ne!(reads_and_ends(command), others, "{command}");
        }
    }
}
