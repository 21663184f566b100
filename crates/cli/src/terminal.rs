//! The streams that a command talks to: data to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};

use firesteel_render::text::TextStyle;

use crate::error::CommandError;

/// Where output goes, and what may be done there.
pub struct Terminal<'a> {
    /// Data.
    pub out: Box<dyn Write + 'a>,
    /// Messages for people.
    pub err: Box<dyn Write + 'a>,
    /// Whether somebody watches the messages: progress is shown then.
    pub interactive: bool,
    /// Whether messages are coloured.
    pub color: bool,
    /// Whether data on standard output is coloured.
    pub color_output: bool,
    /// Characters in a line.
    pub width: usize,
    /// Whether a browser can be opened.
    pub can_open_browser: bool,
}

impl Terminal<'static> {
    /// The streams of this process.
    #[must_use]
    pub fn standard() -> Self {
        let interactive = io::stderr().is_terminal();
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self {
            out: Box::new(io::BufWriter::new(io::stdout())),
            err: Box::new(io::stderr()),
            interactive,
            color: interactive && !set("NO_COLOR"),
            color_output: io::stdout().is_terminal() && !set("NO_COLOR"),
            width: width(),
            can_open_browser: interactive && (set("DISPLAY") || set("WAYLAND_DISPLAY")),
        }
    }
}

/// Width of the terminal that messages or data go to; wide when there is none.
fn width() -> usize {
    let of = |size: rustix::termios::Winsize| usize::from(size.ws_col);
    let found = rustix::termios::tcgetwinsize(io::stderr()).or_else(|_| rustix::termios::tcgetwinsize(io::stdout()));
    found.map(of).ok().filter(|&width| width > 0).unwrap_or(TextStyle::default().width)
}

impl Terminal<'_> {
    /// How tables on standard output are written.
    pub(crate) fn output_style(&self) -> TextStyle {
        TextStyle { color: self.color_output, width: self.width, ..TextStyle::default() }
    }

    /// How tables among messages are written.
    pub(crate) fn message_style(&self) -> TextStyle {
        TextStyle { color: self.color, width: self.width, ..TextStyle::default() }
    }

    /// Hands the data over.
    pub(crate) fn flush(&mut self) -> Result<(), CommandError> {
        self.out.flush().map_err(|source| CommandError::Output { source })
    }

    /// Writes a line for people. A closed stream is no reason to fail.
    pub(crate) fn say(&mut self, line: impl AsRef<str>) {
        let _ = writeln!(self.err, "{}", line.as_ref());
    }
}
