//! Why an input is not a profile.

use thiserror::Error;

use crate::compression::Compression;
use crate::format::Format;

/// Why an input could not be read at all. What can be read in part is returned with warnings instead.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// What went wrong, with the name of the input.
    #[error("{name}: {problem}")]
    Input {
        /// Name of the input as the caller gave it.
        name: String,
        /// What went wrong.
        problem: Box<Self>,
    },
    /// There was nothing to read.
    #[error("the input is empty; check that the command that writes it succeeded")]
    Empty,
    /// The content is not in a known format.
    #[error(
        "not a profile in a known format (it begins with {begins:?}); readable, plain or compressed by gzip, zstd, xz \
         or bzip2, are {}",
        Format::list()
    )]
    UnknownFormat {
        /// The first bytes, as text.
        begins: String,
    },
    /// The format was recognised, yet not one sample could be read.
    #[error("recognised as {format}, but no sample in it could be read{hint}")]
    NoSamples {
        /// The format.
        format: Format,
        /// What was skipped and where, empty when nothing was.
        hint: String,
    },
    /// The content, after inflating, is larger than the limit.
    #[error("more than {limit} bytes after inflating; raise the limit if this input is to be trusted")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The compressed data is broken so early that nothing useful comes out of it.
    #[error("broken {compression} data: {reason}; copy or fetch the file again")]
    Compression {
        /// How it is compressed.
        compression: Compression,
        /// What the decoder says.
        reason: String,
    },
    /// Layers of compression within compression.
    #[error("compressed more than {depth} times over; inflate it first")]
    CompressionDepth {
        /// How many layers were taken off.
        depth: usize,
    },
    /// The pprof protobuf is broken.
    #[error("broken pprof protobuf at byte {offset}: {problem}; fetch or copy the profile again")]
    Pprof {
        /// Position in the inflated data.
        offset: usize,
        /// What is wrong there.
        problem: PprofProblem,
    },
    /// The profile does not have the value column that was asked for.
    #[error("no sample type `{wanted}` in the profile; there are: {available}")]
    NoSuchColumn {
        /// Name or position asked for.
        wanted: String,
        /// Names of those that are there.
        available: String,
    },
    /// Two inputs have nothing in common that could be added up.
    #[error(transparent)]
    Merge(#[from] firesteel_model::MergeError),
    /// The operating system failed to deliver or take bytes.
    #[error("{action} failed: {source}")]
    Io {
        /// `reading` or `writing`.
        action: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
}

/// What is wrong in a pprof protobuf.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PprofProblem {
    /// A number does not end or is longer than ten bytes.
    #[error("a number does not end")]
    Number,
    /// A length reaches behind the end of the data.
    #[error("a field is longer than what is left")]
    Length,
    /// A field is coded in a way that protobuf does not know.
    #[error("a field has an unknown wire type")]
    WireType,
    /// No value column is declared.
    #[error("it declares no sample type")]
    NoSampleType,
}

impl Error {
    /// Puts the name of the input in front.
    #[must_use]
    pub fn of_input(self, name: &str) -> Self {
        match self {
            Self::Input { .. } => self,
            problem => Self::Input { name: name.to_owned(), problem: Box::new(problem) },
        }
    }

    /// What went wrong, without the name of the input.
    #[must_use]
    pub fn problem(&self) -> &Self {
        match self {
            Self::Input { problem, .. } => problem.problem(),
            problem => problem,
        }
    }

    pub(crate) fn reading(source: std::io::Error) -> Self {
        Self::Io { action: "reading", source }
    }

    pub(crate) fn writing(source: std::io::Error) -> Self {
        Self::Io { action: "writing", source }
    }
}
