//! The `firesteel` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    firesteel_cli::run(std::env::args_os(), &mut firesteel_cli::Terminal::standard())
}
