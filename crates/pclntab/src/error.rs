//! What can keep a file from being read as a Go binary.

use thiserror::Error;

/// Why a file could not be opened as a Go binary.
///
/// Only opening fails. A query on a damaged table gives `None` or fewer frames.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The data does not start with an ELF header.
    #[error("not an ELF file: the first four bytes are not \\x7fELF")]
    NotElf,

    /// An ELF file of a kind this crate does not read.
    #[error("unsupported ELF file: {what} is {found}, only 64-bit little-endian x86-64 and aarch64 files are read")]
    UnsupportedElf {
        /// The header field, for example `e_machine`.
        what: &'static str,
        /// Its value in this file.
        found: u16,
    },

    /// A structure reaches beyond the end of the file.
    #[error("truncated file: the {what} at offset {offset:#x} reaches beyond the end")]
    Truncated {
        /// The structure.
        what: &'static str,
        /// File offset where it starts, in bytes.
        offset: u64,
    },

    /// No Go function table was found: most likely not a Go binary.
    #[error("no Go function table (pclntab) found: not a Go binary, or one built before Go 1.18")]
    NoTable,

    /// A Go function table in a layout this crate does not read (Go 1.17 and older, or newer than known).
    #[error("unsupported Go function table: its magic number is {magic:#010x}, known are those of Go 1.18 to 1.27")]
    UnsupportedTable {
        /// The first four bytes of the table, little-endian.
        magic: u32,
    },

    /// The function table contradicts itself.
    #[error("corrupt Go function table at offset {offset:#x}: {what}")]
    CorruptTable {
        /// File offset of the table, in bytes.
        offset: u64,
        /// What is wrong.
        what: &'static str,
    },

    /// The runtime's `moduledata`, which holds the text address, was not found.
    #[error("no Go module data points to the function table at {table:#x}: the address of the code is unknown")]
    NoModuleData {
        /// Link-time address of the function table.
        table: u64,
    },
}
