//! The header of the function table (`pcHeader` in Go's runtime) and the check that it is one.
//!
//! Layout since Go 1.18, 64-bit: magic, two zero bytes, quantum, pointer size, then eight words: number of functions,
//! number of files, text start (0 since Go 1.26), and the offsets of the name, unit, file, program and function tables.
//! Source: `src/runtime/symtab.go`, `src/internal/abi/symtab.go`.

use std::ops::Range;

use crate::bytes::{u32_at, u64_at};
use crate::elf::Machine;

/// Layout family of a Go function table, told by its magic number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TableVersion {
    /// Go 1.18 and 1.19 (magic `0xfffffff0`): no start lines.
    Go118,
    /// Go 1.20 and newer (magic `0xfffffff1`).
    Go120,
}

impl TableVersion {
    fn from_magic(magic: u32) -> Option<Self> {
        match magic {
            0xffff_fff0 => Some(Self::Go118),
            0xffff_fff1 => Some(Self::Go120),
            _ => None,
        }
    }

    /// Size in bytes of the fixed part of `_func`.
    pub(crate) fn function_size(self) -> usize {
        match self {
            Self::Go118 => 40,
            Self::Go120 => 44,
        }
    }

    /// Size in bytes of an `inlinedCall`.
    pub(crate) fn inlined_call_size(self) -> usize {
        match self {
            Self::Go118 => 20,
            Self::Go120 => 16,
        }
    }
}

pub(crate) const HEADER_SIZE: usize = 72;

/// A checked header. Ranges count from the start of the table.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) version: TableVersion,
    pub(crate) quantum: u8,
    pub(crate) function_count: usize,
    /// Address of `runtime.text` before relocation; 0 when the header does not say.
    pub(crate) text_start: u64,
    pub(crate) names: Range<usize>,
    pub(crate) units: Range<usize>,
    pub(crate) files: Range<usize>,
    pub(crate) programs: Range<usize>,
    /// Function index and function records, to the end of the data.
    pub(crate) functions: Range<usize>,
}

/// What a place in the file turned out to be.
#[derive(Debug)]
pub(crate) enum Probe {
    Table(Header),
    /// A table of Go 1.17 or older, or in a layout newer than known.
    Unsupported(u32),
    Corrupt(&'static str),
    Nothing,
}

/// Whether `table` could start with a header for this machine. Cheap, for scanning.
pub(crate) fn looks_like_header(table: &[u8], machine: Machine) -> bool {
    let quantum = machine.quantum();
    // Up to the oldest magic number, 0xfffffffb; newer releases would most likely use one in between.
    matches!(table, [0xf0..=0xfb, 0xff, 0xff, 0xff, 0, 0, unit, 8, ..] if *unit == quantum)
}

/// Reads the header at the start of `table`, which may have more data after the table's end.
pub(crate) fn probe(table: &[u8], machine: Machine) -> Probe {
    if !looks_like_header(table, machine) {
        return Probe::Nothing;
    }
    let magic = u32_at(table, 0).unwrap_or(0);
    let Some(version) = TableVersion::from_magic(magic) else {
        return Probe::Unsupported(magic);
    };
    let word = |index: usize| usize::try_from(u64_at(table, 8 + 8 * index)?).ok();
    let fields = || Some((word(0)?, word(3)?, word(4)?, word(5)?, word(6)?, word(7)?));
    let Some((function_count, names, units, files, programs, functions)) = fields() else {
        return Probe::Corrupt("the header is cut short");
    };
    let ascending = HEADER_SIZE <= names
        && names < units
        && units <= files
        && files < programs
        && programs < functions
        && functions < table.len();
    if !ascending {
        return Probe::Corrupt("the offsets in the header are not ascending");
    }
    // One pair of u32 for each function, and the end of the last one.
    let index_size = function_count.checked_mul(8).and_then(|size| size.checked_add(4));
    if function_count == 0 || index_size.is_none_or(|size| size > table.len() - functions) {
        return Probe::Corrupt("the number of functions does not fit the table");
    }
    Probe::Table(Header {
        version,
        quantum: machine.quantum(),
        function_count,
        text_start: u64_at(table, 24).unwrap_or(0),
        names: names..units,
        units: units..files,
        files: files..programs,
        programs: programs..functions,
        functions: functions..table.len(),
    })
}
