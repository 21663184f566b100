//! Symbolizes Go binaries, stripped ones too, from the function table that Go's runtime carries: `pclntab`.
//!
//! Gives, for an address: the functions inlined there and the one in the binary, with files, lines and start lines; the
//! depth of the stack at each instruction; the bounds and flags of every function; and the build information. Reads
//! ELF files for x86-64 and aarch64 built by Go 1.18 to 1.27 in any link mode, found by section name, symbol, or
//! scanning when a file has neither.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let table = pclntab::Pclntab::parse(std::fs::read("server")?)?;
//! for frame in table.frames(0x47_b2c1) {
//!     let file = frame.file.as_deref().unwrap_or("?");
//!     println!("{} {}:{}", frame.function, file, frame.line);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Works on bytes only, does no I/O, has no unsafe code, and treats the file as hostile: no input makes it panic or run
//! for ever. Not read: Go 1.17 and older, 32-bit and big-endian files, formats other than ELF, DWARF, and binaries so
//! large that the linker splits their code (`textsectmap`).

mod build_info;
mod bytes;
mod elf;
mod error;
mod function;
mod function_kind;
mod header;
mod index;
mod inline;
mod locate;
mod module_data;
mod pcvalue;
mod table;

pub use build_info::{BuildInfo, Module};
pub use elf::Machine;
pub use error::Error;
pub use function::{Function, FunctionFlags};
pub use function_kind::FunctionKind;
pub use header::TableVersion;
pub use inline::{Frame, Frames};
pub use table::{Functions, Pclntab};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
