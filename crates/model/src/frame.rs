//! Functions, frames and the mappings that they were found in.

use crate::id::{FunctionId, MappingId, StringId};
use crate::units::{Address, LineNumber};

/// A function as symbols name it (pprof `Function`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Function {
    /// Name for people, demangled. Never empty except in [`FunctionId::UNKNOWN`].
    pub name: StringId,
    /// Name in the symbol table when it differs from `name`, such as a mangled one; else empty.
    pub system_name: StringId,
    /// Source file, empty when unknown.
    pub file: StringId,
    /// Line of the `func` keyword or its like, 0 when unknown.
    pub start_line: LineNumber,
}

/// What kind of code a frame runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FrameKind {
    /// The source does not say.
    #[default]
    Unknown,
    /// Go code, the runtime and Go assembly included.
    Go,
    /// Other machine code of user space: C, C++, Rust, the vdso.
    Native,
    /// The kernel.
    Kernel,
    /// Code made at run time, named by a perf map or a JIT dump.
    Jit,
    /// Not code: the process or thread that the stack belongs to.
    Process,
    /// Not code: a note in the stack, such as `[truncated]`.
    Marker,
}

/// Facts about a frame that are true or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FrameFlags {
    /// The compiler put this function into its caller: the next frame towards the root shares the address.
    pub inlined: bool,
    /// No symbol covers the address; the function's name is a stand-in such as `[libc.so.6]`.
    pub unnamed: bool,
}

/// One entry of a stack (pprof `Line` plus its `Location`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The function.
    pub function: FunctionId,
    /// Line within the function's file that was executing or calling, 0 when unknown.
    pub line: LineNumber,
    /// Where the function's code was mapped from.
    pub mapping: MappingId,
    /// Address of the instruction (for a caller: inside its call instruction), 0 when unknown.
    pub address: Address,
    /// What kind of code it is.
    pub kind: FrameKind,
    /// Whether it was inlined, whether its name is a stand-in.
    pub flags: FrameFlags,
}

impl Frame {
    /// Whether it is nothing but an address in a file.
    #[must_use]
    pub fn is_address_only(&self) -> bool {
        self.flags.unnamed && self.address != Address(0) && self.mapping != MappingId::NONE
    }
}

/// A file mapped into memory (pprof `Mapping`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mapping {
    /// First address.
    pub start: Address,
    /// Address behind the last one.
    pub limit: Address,
    /// Position of `start` in the file.
    pub file_offset: u64,
    /// Path of the file, or a name in brackets such as `[kernel.kallsyms]` or `[vdso]`.
    pub file: StringId,
    /// Build id in hexadecimal, empty when unknown.
    pub build_id: StringId,
}
