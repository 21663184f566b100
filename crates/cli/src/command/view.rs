//! `firesteel view`: profiles in the browser, without leaving a file in the current directory.

use crate::arguments::{OutputArguments, ViewArguments};
use crate::command::render::report;
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::input;
use crate::terminal::Terminal;

pub(crate) fn run(arguments: &ViewArguments, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    // The browser reads the file after this command has ended, so it stays in the folder for temporary files.
    let name = format!("firesteel-{}-{}.html", input::label_of(&arguments.files), std::process::id());
    let output = OutputArguments {
        outputs: vec![std::env::temp_dir().join(name)],
        format: None,
        labels: Vec::new(),
        no_open: false,
        view: arguments.view.clone(),
    };
    report(&arguments.files, &arguments.input, &output, terminal)
}
