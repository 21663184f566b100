//! What a symbol table says of an address.

use std::borrow::Cow;

use firesteel_model::FrameKind;

/// One of the frames at an address; several when functions are inlined there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolFrame<'a> {
    /// Name for people, demangled.
    pub name: Cow<'a, str>,
    /// Name in the symbol table when it differs; else empty.
    pub system_name: Cow<'a, str>,
    /// Source file; empty when unknown.
    pub file: Cow<'a, str>,
    /// Line in the file; 0 when unknown.
    pub line: u32,
    /// Line where the function begins; 0 when unknown.
    pub start_line: u32,
    /// Whether the function was compiled into the next frame.
    pub inlined: bool,
    /// What kind of code it is.
    pub kind: FrameKind,
}
