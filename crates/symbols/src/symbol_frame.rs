//! What a symbol table says of an address.

use std::borrow::Cow;

use firesteel_model::{Address, Frame, FrameFlags, FrameId, FrameKind, Function, LineNumber, MappingId, Profile};

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

impl SymbolFrame<'_> {
    /// Interns it as a frame at an address of a mapping.
    pub fn intern(&self, profile: &mut Profile, mapping: MappingId, address: Address) -> FrameId {
        let function = Function {
            name: profile.intern(&self.name),
            system_name: profile.intern(&self.system_name),
            file: profile.intern(&self.file),
            start_line: LineNumber(self.start_line),
        };
        let function = profile.intern_function(function);
        profile.intern_frame(Frame {
            function,
            line: LineNumber(self.line),
            mapping,
            address,
            kind: self.kind,
            flags: FrameFlags { inlined: self.inlined, unnamed: false },
        })
    }
}
