//! What a command line asks for.

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::arguments::{Arguments, Command, StrikeArguments};

/// [`Arguments`] for a command line that begins with a command, whose definition is a fraction of the whole.
#[derive(Debug, Parser)]
#[command(
    name = "firesteel",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true
)]
struct CommandArguments {
    #[command(subcommand)]
    command: Command,
}

/// What a command line asks for.
#[derive(Debug)]
pub(crate) enum Asked {
    /// Something that has a name.
    Command(Command),
    /// What there is to do with things.
    Strike(StrikeArguments),
}

impl Asked {
    /// Reads a command line, the program's name first. The error may be what was asked for: help, the version.
    pub(crate) fn read(given: &[OsString]) -> Result<Self, clap::Error> {
        let first = given.get(1).and_then(|first| first.to_str());
        if first.is_some_and(Command::has_subcommand) {
            return CommandArguments::try_parse_from(given).map(|arguments| Self::Command(arguments.command));
        }
        let Arguments { command, strike } = Arguments::try_parse_from(given)?;
        Ok(command.map_or(Self::Strike(strike), Self::Command))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_shorter_definition_gives_and_says_the_same() {
        let definition = Arguments::command();
        for command in definition.get_subcommands().map(clap::Command::get_name) {
            for rest in
                [vec![], vec!["x"], vec!["--help"], vec!["-h"], vec!["--version"], vec!["--no-such", "x"], vec!["-o"]]
            {
                let given = ["firesteel", command].into_iter().chain(rest);
                let long = Arguments::try_parse_from(given.clone()).map(|read| format!("{:?}", read.command));
                let short = CommandArguments::try_parse_from(given).map(|read| format!("{:?}", Some(read.command)));
                assert_eq!(
                    short.map_err(|error| error.to_string()),
                    long.map_err(|error| error.to_string()),
                    "{command}"
                );
            }
        }
    }
}
