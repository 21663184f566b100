//! `firesteel completions` and `firesteel man`: texts generated from the command line's definition.

use std::io::Write;

use clap_complete::Shell;

use crate::definition;
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::terminal::Terminal;

pub(crate) fn completions(shell: Shell, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut definition(), "firesteel", &mut script);
    write(&script, terminal)
}

pub(crate) fn manual(terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(definition()).render(&mut page).map_err(|source| CommandError::Output { source })?;
    write(&page, terminal)
}

fn write(bytes: &[u8], terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    let written = terminal.out.write_all(bytes).and_then(|()| terminal.out.flush());
    written.map(|()| Exit::Success).map_err(|source| CommandError::Output { source })
}
