//! One function of the table (`_func` in Go's runtime).

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::bytes::{string_at, u32_at};
use crate::function_kind::FunctionKind;
use crate::header::TableVersion;
use crate::index::View;
use crate::inline::Frames;
use crate::pcvalue::{Lookup, value_at};

/// Record fields, as numbers of 32-bit words.
const FIELD_NAME: usize = 1;
const FIELD_STACK_PROGRAM: usize = 4;
const FIELD_FILE_PROGRAM: usize = 5;
const FIELD_LINE_PROGRAM: usize = 6;
const FIELD_PCDATA_COUNT: usize = 7;
const FIELD_UNIT: usize = 8;
const FIELD_START_LINE: usize = 9;

/// Index of the inline index program among a function's pcdata (`PCDATA_InlTreeIndex`).
const PCDATA_INLINE_INDEX: u32 = 2;
/// Index of the inline tree among a function's funcdata (`FUNCDATA_InlTree`).
const FUNCDATA_INLINE_TREE: u32 = 3;

/// A file offset in the unit table that says "no file"; a funcdata offset that says "no data".
const NONE: u32 = u32::MAX;

/// A function in the binary. What it says is read from the table when asked for.
///
/// Damaged entries read as unknown: an empty name, line 0, no file.
#[derive(Clone, Copy)]
pub struct Function<'a> {
    pub(crate) view: View<'a>,
    /// Offset of the record in the function table.
    pub(crate) record: usize,
    /// Offsets of entry and end from the text address.
    pub(crate) entry: u32,
    pub(crate) end: u32,
}

/// What the compiler, assembler and linker noted about a function (`abi.FuncFlag`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FunctionFlags(u8);

impl FunctionFlags {
    /// The outermost function of a stack: unwinding is complete here.
    pub fn is_top_frame(self) -> bool {
        self.0 & 1 != 0
    }

    /// Sets the stack pointer to any value, so that stack depths cannot be trusted beyond that point.
    pub fn writes_stack_pointer(self) -> bool {
        self.0 & 2 != 0
    }

    /// Written in assembly.
    pub fn is_assembly(self) -> bool {
        self.0 & 4 != 0
    }
}

impl<'a> Function<'a> {
    /// The linker's name with package path, for example `main.(*Server).handle.func1` or `slices.Index[go.shape.int]`.
    pub fn name(&self) -> Cow<'a, str> {
        self.field(FIELD_NAME).and_then(|offset| string_at(self.view.names, offset as usize)).unwrap_or_default()
    }

    /// Link-time address of the first instruction.
    pub fn entry(&self) -> u64 {
        self.view.index.text.wrapping_add(self.entry.into())
    }

    /// Link-time address where the next function starts. The bytes before it may be padding.
    pub fn end(&self) -> u64 {
        self.view.index.text.wrapping_add(self.end.into())
    }

    /// The addresses from entry to end.
    pub fn range(&self) -> Range<u64> {
        self.entry()..self.end()
    }

    /// Line of the `func` keyword or `TEXT` directive; 0 when unknown, as always before Go 1.20.
    pub fn start_line(&self) -> u32 {
        match self.view.index.version {
            TableVersion::Go118 => 0,
            TableVersion::Go120 => self.field(FIELD_START_LINE).map_or(0, line_number),
        }
    }

    /// Source file, as the compiler saw it: absolute, or starting with the module path under `-trimpath`.
    pub fn file(&self) -> Option<Cow<'a, str>> {
        self.file_at(0)
    }

    /// Flags.
    pub fn flags(&self) -> FunctionFlags {
        FunctionFlags(self.byte(1).unwrap_or(0))
    }

    /// What the runtime knows this function as.
    pub fn kind(&self) -> FunctionKind {
        self.kind_number().map_or(FunctionKind::Normal, |number| self.view.index.kinds.kind(number))
    }

    /// The frames at an address in this function, innermost first. None if the address is not in it.
    pub fn frames(&self, address: u64) -> Frames<'a> {
        Frames::new(*self, self.offset_of(address))
    }

    /// Bytes between the stack pointer and the slot of the return address when the instruction at `address` is about to
    /// run; `None` outside the function or where the table does not say.
    ///
    /// On arm64 it counts to the stack pointer of the caller; 0 means the return address is in the link register.
    pub fn stack_delta(&self, address: u64) -> Option<i32> {
        let program = self.field(FIELD_STACK_PROGRAM)?;
        self.value_at(program, self.offset_of(address)?).filter(|&delta| delta >= 0)
    }

    fn offset_of(&self, address: u64) -> Option<u64> {
        self.range().contains(&address).then(|| address - self.entry())
    }

    /// A 32-bit word of the record's fixed part.
    fn field(&self, number: usize) -> Option<u32> {
        u32_at(self.view.functions, self.record.checked_add(4 * number)?)
    }

    /// A byte of the last word of the fixed part: kind, flags, padding, number of funcdata.
    fn byte(&self, number: usize) -> Option<u8> {
        let last_word = self.view.index.version.function_size() - 4;
        self.view.functions.get(self.record.checked_add(last_word + number)?).copied()
    }

    pub(crate) fn kind_number(&self) -> Option<u8> {
        self.byte(0)
    }

    /// Whether the name is this one. Reads no further than needed.
    pub(crate) fn is_named(&self, wanted: &[u8]) -> bool {
        let name = self.field(FIELD_NAME).and_then(|offset| self.view.names.get(offset as usize..));
        name.and_then(|name| name.strip_prefix(wanted)).is_some_and(|rest| rest.first() == Some(&0))
    }

    /// The value of a pc-value program `target` bytes behind the entry.
    pub(crate) fn value_at(&self, program: u32, target: u64) -> Option<i32> {
        let size = u64::from(self.end - self.entry);
        value_at(self.view.programs, Lookup { program, target, size, quantum: self.view.index.quantum })
    }

    /// Source file of the instruction `target` bytes behind the entry.
    pub(crate) fn file_at(&self, target: u64) -> Option<Cow<'a, str>> {
        let file = self.value_at(self.field(FIELD_FILE_PROGRAM)?, target)?;
        let number = (self.field(FIELD_UNIT)? as usize).checked_add(usize::try_from(file).ok()?)?;
        let offset = u32_at(self.view.units, number.checked_mul(4)?)?;
        if offset == NONE { None } else { string_at(self.view.files, offset as usize) }
    }

    /// Source line of the instruction `target` bytes behind the entry; 0 when unknown.
    pub(crate) fn line_at(&self, target: u64) -> u32 {
        let line = self.field(FIELD_LINE_PROGRAM).and_then(|program| self.value_at(program, target));
        line.map_or(0, |line| line_number(line as u32))
    }

    /// The program that gives the innermost inlined call of each instruction; 0 when there is none.
    pub(crate) fn inline_index_program(&self) -> u32 {
        let count = self.field(FIELD_PCDATA_COUNT).unwrap_or(0);
        if PCDATA_INLINE_INDEX < count { self.after_fields(PCDATA_INLINE_INDEX).unwrap_or(0) } else { 0 }
    }

    /// Offset of this function's inline tree from their common base.
    pub(crate) fn inline_tree(&self) -> Option<usize> {
        if FUNCDATA_INLINE_TREE >= u32::from(self.byte(3)?) {
            return None;
        }
        let position = self.field(FIELD_PCDATA_COUNT)?.checked_add(FUNCDATA_INLINE_TREE)?;
        let offset = self.after_fields(position)?;
        (offset != NONE).then_some(offset as usize)
    }

    /// A word behind the fixed part: first all pcdata, then all funcdata.
    fn after_fields(&self, position: u32) -> Option<u32> {
        let fields = self.view.index.version.function_size() / 4;
        self.field(fields.checked_add(position as usize)?)
    }
}

/// A line as a positive number; the tables hold signed ones.
pub(crate) fn line_number(line: u32) -> u32 {
    u32::try_from(line as i32).unwrap_or(0)
}

impl fmt::Debug for Function<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Function")
            .field("name", &self.name())
            .field("range", &format_args!("{:#x}..{:#x}", self.entry(), self.end()))
            .field("file", &self.file())
            .field("start_line", &self.start_line())
            .field("kind", &self.kind())
            .field("flags", &self.flags())
            .finish()
    }
}
