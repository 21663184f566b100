//! Names for the addresses of a profile, from the files of this machine.
//!
//! [`symbolize`] looks at every frame that is only an address in a file and asks that file: Go's function table, DWARF
//! with its inlined functions, ELF symbols; the kernel's list of symbols for the kernel; the lists that runtimes leave
//! in `/tmp/perf-PID.map` for code that they make. It does not matter where the profile comes from.
//!
//! A file whose build id is another than the profile's is not asked: wrong names are worse than none. What could not be
//! named, and why, is in the [`Report`].
//!
//! Addresses are positions in files: `address - mapping.start + mapping.file_offset`, as pprof defines it.
//!
//! Non-goals: downloading debug information, unwinding, cleaning names for people.

mod code_file;
mod debug_info;
mod kernel;
mod locate;
mod naming;
mod options;
mod perf_map;
mod report;

pub use naming::{has_addresses_only, symbolize};
pub use options::SymbolizeOptions;
pub use report::{Problem, Report, Unnamed};
