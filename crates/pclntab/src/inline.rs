//! Inlined frames: which source functions an instruction stands for.
//!
//! A pc-value program names, for each instruction, the innermost call that was inlined there as a number in the
//! function's inline tree, or -1. A tree entry has the callee's name and the pc of its call site in the same function,
//! where the search goes on. Format: `inlinedCall` and `inlineUnwinder` in Go's `src/runtime/symtabinl.go`.

use std::borrow::Cow;
use std::iter::FusedIterator;

use crate::bytes::{string_at, u32_at};
use crate::function::{Function, line_number};
use crate::function_kind::FunctionKind;
use crate::header::TableVersion;

/// Inlined calls followed at one address. Compilers stay far below; a damaged table may run in circles.
const DEPTH_LIMIT: u32 = 256;

/// One source-level frame at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame<'a> {
    /// The linker's name of the function, see [`Function::name`].
    pub function: Cow<'a, str>,
    /// Source file of `line`; `None` when unknown.
    pub file: Option<Cow<'a, str>>,
    /// Line of the instruction, or of the call to the next inner frame; 0 when unknown.
    pub line: u32,
    /// Line of the `func` keyword; 0 when unknown, as always before Go 1.20.
    pub start_line: u32,
    /// Whether this function was inlined into the next frame.
    pub inlined: bool,
    /// What the runtime knows the function as. Go's own stack traces leave out [`FunctionKind::Wrapper`].
    pub kind: FunctionKind,
}

/// The frames at one address, innermost first; the last one is the function in the binary.
#[derive(Clone, Debug)]
pub struct Frames<'a> {
    function: Option<Function<'a>>,
    /// Where to look next, in bytes behind the function's entry.
    target: u64,
    depth: u32,
}

/// An entry of an inline tree.
#[derive(Clone, Copy, Debug)]
struct InlinedCall {
    kind: u8,
    name: u32,
    /// Bytes between the function's entry and the call site; may be anything in a damaged table.
    call_site: u32,
    start_line: u32,
}

impl InlinedCall {
    fn read(trees: &[u8], offset: usize, version: TableVersion) -> Option<Self> {
        let word = |number: usize| u32_at(trees, offset.checked_add(4 * number)?);
        let first = word(0)?.to_le_bytes();
        Some(match version {
            // parent i16, kind u8, file, line, name, call site
            TableVersion::Go118 => Self { kind: first[2], name: word(3)?, call_site: word(4)?, start_line: 0 },
            // kind u8, name, call site, start line
            TableVersion::Go120 => {
                Self { kind: first[0], name: word(1)?, call_site: word(2)?, start_line: line_number(word(3)?) }
            }
        })
    }
}

impl<'a> Frames<'a> {
    pub(crate) fn new(function: Function<'a>, target: Option<u64>) -> Self {
        Self { function: target.map(|_| function), target: target.unwrap_or(0), depth: 0 }
    }

    pub(crate) fn none() -> Self {
        Self { function: None, target: 0, depth: 0 }
    }

    fn inlined_call(&self, function: &Function<'a>) -> Option<InlinedCall> {
        if self.depth >= DEPTH_LIMIT {
            return None;
        }
        let trees = function.view.inline_trees?;
        let number = function.value_at(function.inline_index_program(), self.target)?;
        let version = function.view.index.version;
        let within = usize::try_from(number).ok()?.checked_mul(version.inlined_call_size())?;
        InlinedCall::read(trees, function.inline_tree()?.checked_add(within)?, version)
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Frame<'a>;

    fn next(&mut self) -> Option<Frame<'a>> {
        let function = self.function?;
        let call = self.inlined_call(&function);
        // Like the runtime, a place is known as a whole or not at all.
        let file = function.file_at(self.target);
        let line = if file.is_some() { function.line_at(self.target) } else { 0 };
        let Some(call) = call else {
            self.function = None;
            return Some(Frame {
                function: function.name(),
                file,
                line,
                start_line: function.start_line(),
                inlined: false,
                kind: function.kind(),
            });
        };
        self.depth += 1;
        // A call site outside the function has no lines; it leads to the function's own frame.
        self.target = call.call_site.into();
        Some(Frame {
            function: string_at(function.view.names, call.name as usize).unwrap_or_default(),
            file,
            line,
            start_line: call.start_line,
            inlined: true,
            kind: function.view.index.kinds.kind(call.kind),
        })
    }
}

impl FusedIterator for Frames<'_> {}

impl Function<'_> {
    /// Whether `trees` starts at the base of the inline trees, as far as this function can tell: the first entry of its
    /// tree must name a function by the start of its name and a call site within this one.
    pub(crate) fn fits_inline_trees(&self, trees: &[u8]) -> bool {
        let Some(offset) = self.inline_tree() else { return true };
        let Some(call) = InlinedCall::read(trees, offset, self.view.index.version) else { return false };
        let name = call.name as usize;
        let starts_name = match name.checked_sub(1) {
            Some(before) => self.view.names.get(before) == Some(&0),
            None => true,
        };
        starts_name && name < self.view.names.len() && call.call_site < self.end - self.entry
    }
}
