//! The opened binary: data, index and queries.

use std::iter::FusedIterator;
use std::ops::{Deref, Range};

use crate::Error;
use crate::build_info::{self, BuildInfo};
use crate::elf::{Elf, Machine};
use crate::function::Function;
use crate::header::TableVersion;
use crate::index::{Index, View};
use crate::inline::Frames;

/// The function table of a Go binary, together with the binary's bytes.
///
/// `D` is whatever leads to the bytes of the file: `&[u8]`, `Vec<u8>`, a memory map, an `Arc` of one. Opening reads headers
/// and a few hundred entries; queries read the table in place and allocate nothing unless a name is not UTF-8.
///
/// All addresses are link-time addresses, as in the file's headers. For a position-independent binary, subtract the
/// load bias from addresses of a running process first.
#[derive(Clone, Debug)]
pub struct Pclntab<D> {
    data: D,
    index: Index,
}

impl<D: Deref<Target: AsRef<[u8]>>> Pclntab<D> {
    /// Opens an ELF file's bytes.
    ///
    /// # Errors
    ///
    /// When the bytes are not an ELF file for x86-64 or aarch64, hold no function table of Go 1.18 or newer, or the table
    /// is damaged so much that functions cannot be found.
    pub fn parse(data: D) -> Result<Self, Error> {
        let index = Index::build((*data).as_ref())?;
        Ok(Self { data, index })
    }

    fn bytes(&self) -> &[u8] {
        (*self.data).as_ref()
    }

    fn view(&self) -> View<'_> {
        self.index.view(self.bytes())
    }

    /// The layout family of the table.
    pub fn version(&self) -> TableVersion {
        self.index.version
    }

    /// The processor the binary is for.
    pub fn machine(&self) -> Machine {
        self.index.machine
    }

    /// The Go release that built the binary, for example `go1.27.3`.
    pub fn go_version(&self) -> Option<&str> {
        self.index.go_version.as_deref()
    }

    /// What the binary says about its build. Read anew by each call.
    pub fn build_info(&self) -> Option<BuildInfo> {
        let elf = Elf::parse(self.bytes()).ok()?;
        Some(build_info::find(&elf)?.parse())
    }

    /// The addresses of Go code: from the first function's entry to the last one's end. C code is outside.
    pub fn text_range(&self) -> Range<u64> {
        self.view().text_range().unwrap_or_default()
    }

    /// Whether inlined calls can be told. False only for a damaged binary, or one without any inlined call.
    pub fn has_inline_trees(&self) -> bool {
        self.index.inline_trees.is_some()
    }

    /// All functions in the order of their addresses.
    pub fn functions(&self) -> Functions<'_> {
        Functions { view: self.view(), numbers: 0..self.index.function_count }
    }

    /// The function whose code holds `address`.
    pub fn function_at(&self, address: u64) -> Option<Function<'_>> {
        self.view().function_at(address)
    }

    /// The frames at `address`, innermost first; none outside Go code.
    ///
    /// For a return address pass the address minus 1, so that it lies in the call instruction. Wrappers made by the
    /// compiler are included, see [`crate::FunctionKind::Wrapper`].
    pub fn frames(&self, address: u64) -> Frames<'_> {
        self.function_at(address).map_or_else(Frames::none, |function| function.frames(address))
    }

    /// Bytes between the stack pointer and the slot of the return address when the instruction at `address` is about to
    /// run, see [`Function::stack_delta`].
    pub fn stack_delta(&self, address: u64) -> Option<i32> {
        self.function_at(address)?.stack_delta(address)
    }

    /// The bytes.
    pub fn data(&self) -> &D {
        &self.data
    }

    /// Gives the bytes back.
    pub fn into_data(self) -> D {
        self.data
    }
}

/// All functions of a table in the order of their addresses. Damaged entries are left out.
#[derive(Clone, Debug)]
pub struct Functions<'a> {
    view: View<'a>,
    numbers: Range<usize>,
}

impl<'a> Iterator for Functions<'a> {
    type Item = Function<'a>;

    fn next(&mut self) -> Option<Function<'a>> {
        self.numbers.find_map(|number| self.view.function(number))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.numbers.len()))
    }
}

impl FusedIterator for Functions<'_> {}
