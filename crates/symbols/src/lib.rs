//! Addresses to frames: ELF symbols, Go's pclntab with inlining, kernel symbols, demangling.
//!
//! Sans-IO: callers hand over the bytes of files (a memory map, usually) and get names. Nothing is read
//! or indexed before it is asked for.
//!
//! Non-goals: opening files, unwinding, deciding which binary an address belongs to.

mod binary;
mod demangle;
mod elf_symbols;
mod kernel;
mod stubs;
mod symbol_frame;

pub use binary::{Binary, BinaryError};
pub use demangle::demangle;
pub use elf_symbols::{ElfSymbol, ElfSymbols};
pub use kernel::{KernelSymbol, KernelSymbols};
pub use symbol_frame::SymbolFrame;
