//! One binary: its segments, its build id, and the names of its code.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::Write as _;
use std::ops::{Deref, Range};

use firesteel_model::FrameKind;
use object::elf::{PF_X, PT_LOAD};
use object::read::elf::{ElfFile64, ProgramHeader};
use object::{Endianness, Object};
use pclntab::Pclntab;
use thiserror::Error;

use crate::demangle::demangle;
use crate::elf_symbols::ElfSymbols;
use crate::symbol_frame::SymbolFrame;

/// Why a file gives no symbols at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BinaryError {
    /// The bytes are no 64-bit ELF file.
    #[error("not a 64-bit ELF file: {source}")]
    NotElf {
        /// What the parser said.
        source: object::read::Error,
    },
}

/// A loadable segment with code.
#[derive(Clone, Copy, Debug)]
struct Segment {
    address: u64,
    file_offset: u64,
    size: u64,
}

/// A binary's bytes with what was found in them. Symbol tables are indexed when first asked for.
#[derive(Debug)]
pub struct Binary<D> {
    data: D,
    segments: Vec<Segment>,
    build_id: String,
    position_independent: bool,
    go: OnceCell<Option<Pclntab<D>>>,
    symbols: OnceCell<ElfSymbols>,
}

impl<D: Deref<Target = [u8]> + Clone> Binary<D> {
    /// Reads the headers of an ELF file.
    pub fn parse(data: D) -> Result<Self, BinaryError> {
        let file = ElfFile64::<Endianness>::parse(&data).map_err(|source| BinaryError::NotElf { source })?;
        let endian = file.endian();
        let segments = file
            .elf_program_headers()
            .iter()
            .filter(|header| header.p_type(endian) == PT_LOAD && header.p_flags(endian).contains(PF_X))
            .map(|header| Segment {
                address: header.p_vaddr(endian),
                file_offset: header.p_offset(endian),
                size: header.p_filesz(endian),
            })
            .collect();
        let mut build_id = String::new();
        if let Ok(Some(bytes)) = file.build_id() {
            for byte in bytes {
                let _ = write!(build_id, "{byte:02x}");
            }
        }
        let position_independent = file.elf_header().e_type.get(endian) == object::elf::ET_DYN;
        Ok(Self { segments, build_id, position_independent, go: OnceCell::new(), symbols: OnceCell::new(), data })
    }

    /// GNU build id in hexadecimal; empty when the file has none.
    #[must_use]
    pub fn build_id(&self) -> &str {
        &self.build_id
    }

    /// Whether the file can be loaded at any address.
    #[must_use]
    pub fn is_position_independent(&self) -> bool {
        self.position_independent
    }

    /// The first code segment: the link-time addresses it covers and its position in the file.
    #[must_use]
    pub fn code_segment(&self) -> Option<(Range<u64>, u64)> {
        let segment = self.segments.first()?;
        Some((segment.address..segment.address.saturating_add(segment.size), segment.file_offset))
    }

    /// The link-time address of a position in the file, if code is loaded from there.
    #[must_use]
    pub fn address_of(&self, file_offset: u64) -> Option<u64> {
        let segment = self.segments.iter().find(|s| file_offset.wrapping_sub(s.file_offset) < s.size)?;
        Some(segment.address.wrapping_add(file_offset - segment.file_offset))
    }

    /// Go's function table; `None` when the file was not made by Go, or only by releases before 1.18.
    #[must_use]
    pub fn go(&self) -> Option<&Pclntab<D>> {
        self.go.get_or_init(|| Pclntab::parse(self.data.clone()).ok()).as_ref()
    }

    /// Calls `visit` with the frames at a link-time address, innermost first. Gives `false` when no symbol covers it.
    pub fn frames(&self, address: u64, mut visit: impl FnMut(SymbolFrame<'_>)) -> bool {
        let mut found = false;
        if let Some(go) = self.go() {
            for frame in go.frames(address) {
                found = true;
                visit(SymbolFrame {
                    name: frame.function,
                    system_name: Cow::Borrowed(""),
                    file: frame.file.unwrap_or_default(),
                    line: frame.line,
                    start_line: frame.start_line,
                    inlined: frame.inlined,
                    kind: FrameKind::Go,
                });
            }
        }
        if found {
            return true;
        }
        let symbols = self.symbols.get_or_init(|| ElfSymbols::collect(&self.data));
        let Some(symbol) = symbols.find(&self.data, address).filter(|symbol| !symbol.name.is_empty()) else {
            return false;
        };
        let mut name = demangle(symbol.name);
        if symbol.is_stub {
            name.to_mut().push_str("@plt");
        }
        let system_name = if name == symbol.name { "" } else { symbol.name };
        visit(SymbolFrame {
            name,
            system_name: Cow::Borrowed(system_name),
            file: Cow::Borrowed(""),
            line: 0,
            start_line: 0,
            inlined: false,
            kind: FrameKind::Native,
        });
        true
    }
}
