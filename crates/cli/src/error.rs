//! What goes wrong, said once, with what to do about it.

use std::path::PathBuf;

use firesteel_capture::fetch::FetchError;
use firesteel_capture::perf::CaptureError;
use firesteel_model::MergeError;
use thiserror::Error;

/// Why a command failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CommandError {
    /// A recording could not be made.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// A service gave no profile.
    #[error(transparent)]
    Fetch(#[from] Box<FetchError>),
    /// An input is no profile.
    #[error(transparent)]
    Format(#[from] firesteel_formats::Error),
    /// Profiles do not fit together.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// A file could not be read or written.
    #[error("cannot {action} `{path}`: {source}")]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Standard output could not be written.
    #[error("cannot write to standard output: {source}")]
    Output {
        /// The system's reason.
        source: std::io::Error,
    },
    /// The command line asks for something that does not exist.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The user stopped the command before it had anything to show.
    #[error("stopped before there was anything to show")]
    Interrupted,
}

impl CommandError {
    /// A usage error with a hint.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: Some(hint.into()) }
    }

    /// What the user can do, one hint a line.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Capture(error) => error.hints(),
            Self::Fetch(error) => error.hint().into_iter().collect(),
            Self::Usage { hint, .. } => hint.iter().cloned().collect(),
            Self::Format(_) | Self::Merge(_) | Self::File { .. } | Self::Output { .. } | Self::Interrupted => {
                Vec::new()
            }
        }
    }
}

impl From<FetchError> for CommandError {
    fn from(error: FetchError) -> Self {
        Self::Fetch(Box::new(error))
    }
}
