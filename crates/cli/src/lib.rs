//! The command line: arguments, wiring, progress, exit codes. Everything else is in the crates below.

mod arguments;
mod command;
mod difference_output;
mod duration;
mod error;
mod exit_code;
mod filters;
mod input;
mod output;
mod output_format;
mod progress;
mod signals;
mod summary;
mod symbols;
mod terminal;
mod thing;
mod view;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::CommandFactory;

use arguments::Asked;
pub use error::CommandError;
pub use exit_code::Exit;
pub use terminal::Terminal;

/// Runs the command with its arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>, terminal: &mut Terminal<'_>) -> ExitCode {
    let given: Vec<OsString> = arguments.into_iter().collect();
    // Before anything is allocated that is used for long: a command comes first or not at all.
    if given.get(1).and_then(|first| first.to_str()).is_some_and(command::reads_and_ends) {
        firesteel_heap::prefer_huge_pages();
    }
    let asked = match Asked::read(&given) {
        Ok(asked) => asked,
        Err(error) => return explain(&error, terminal).into(),
    };
    let result = match asked {
        Asked::Command(command) => command::run(command, terminal),
        Asked::Strike(arguments) => {
            let things = arguments.things.len();
            let command_follows = given.iter().rev().nth(things).is_some_and(|before| before == "--");
            command::strike(arguments, command_follows, terminal)
        }
    };
    match result {
        Ok(exit) => exit.into(),
        // Whoever read our output has seen enough: `firesteel fold x | head`.
        Err(error) if is_broken_pipe(&error) => Exit::Success.into(),
        Err(error) => {
            terminal.say(format!("error: {error}"));
            for hint in error.hints() {
                terminal.say(format!("hint: {hint}"));
            }
            Exit::Usage.into()
        }
    }
}

/// The definition of the command line, for completions, the manual page and generated documentation.
#[must_use]
pub fn definition() -> clap::Command {
    arguments::Arguments::command()
}

fn explain(error: &clap::Error, terminal: &mut Terminal<'_>) -> Exit {
    let text = if terminal.color { error.render().ansi().to_string() } else { error.render().to_string() };
    if error.use_stderr() {
        let _ = write!(terminal.err, "{text}");
        Exit::Usage
    } else {
        let _ = write!(terminal.out, "{text}");
        let _ = terminal.out.flush();
        Exit::Success
    }
}

fn is_broken_pipe(error: &CommandError) -> bool {
    let source = match error {
        CommandError::Output { source } => source,
        CommandError::Format(error) => match error.problem() {
            firesteel_formats::Error::Io { source, .. } => source,
            _ => return false,
        },
        _ => return false,
    };
    source.kind() == std::io::ErrorKind::BrokenPipe
}
