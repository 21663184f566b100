//! `cargo xtask COMMAND`: finds the command and runs it.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use firesteel_xtask::{bench, tidy};

/// Name of a command, what it does, and how it runs: its arguments, its output, whether all is well.
type Command = (&'static str, &'static str, fn(&[String], &mut dyn Write) -> Result<bool, Box<dyn Error>>);

const COMMANDS: &[Command] = &[
    ("bench", "compare with the peers and write BENCHMARKS.md", bench::run),
    ("tidy", "check layers, texts and documents against the rules", tidy::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let command = arguments.first().and_then(|name| COMMANDS.iter().find(|command| command.0 == name));
    let mut errors = std::io::stderr();
    let Some((_, _, run)) = command else {
        let _ = writeln!(errors, "usage: cargo xtask COMMAND\n");
        for (name, about, _) in COMMANDS {
            let _ = writeln!(errors, "  {name:<8} {about}");
        }
        return ExitCode::from(2);
    };
    match run(&arguments[1..], &mut std::io::stdout()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(errors, "error: {error}");
            ExitCode::FAILURE
        }
    }
}
