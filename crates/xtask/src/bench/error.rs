//! Why a benchmark could not be run.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a benchmark could not be run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BenchError {
    /// A file could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program could not be started or waited for.
    #[error("cannot run `{program}`: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program failed.
    #[error("`{command}` failed with {status}\n{errors}")]
    Failed {
        /// The command line.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// What it said.
        errors: String,
    },
    /// A program's output lacks what was looked for.
    #[error("`{program}` did not say {what}; it said:\n{output}")]
    Silent {
        /// The program.
        program: &'static str,
        /// What was looked for.
        what: &'static str,
        /// What it said.
        output: String,
    },
    /// Something is missing that other targets of the Makefile make.
    #[error("`{}` is missing; run `{remedy}` first", path.display())]
    Missing {
        /// What is missing.
        path: PathBuf,
        /// What makes it.
        remedy: &'static str,
    },
    /// A Go binary could not be read.
    #[error("cannot symbolize `{}`: {source}", path.display())]
    Symbols {
        /// The binary.
        path: PathBuf,
        /// What is wrong with it.
        source: pclntab::Error,
    },
    /// Ctrl-C.
    #[error("interrupted; what was changed for the time of the bench is put back")]
    Interrupted,
}

impl BenchError {
    /// Makes an error of a file's, for `map_err`.
    pub(super) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
