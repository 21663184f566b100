//! The stubs through which a program calls functions of shared libraries (`.plt`). Linkers give them no symbols.

use std::ops::Range;

use object::elf::EM_AARCH64;
use object::read::elf::{ElfFile64, Sym};
use object::{Endianness, Object, ObjectSection};

use crate::elf_symbols::offset_within;

/// Size of a stub, on x86-64 as on 64-bit ARM.
const STUB: u64 = 16;

/// Size of a relocation with addend: place, kind and symbol, addend.
const RELOCATION: usize = 24;

/// A stub: its addresses, and where the name of the function is that it calls.
#[derive(Clone, Debug)]
pub(crate) struct Stub {
    pub(crate) addresses: Range<u64>,
    pub(crate) name: Range<usize>,
}

/// The stubs of a file, each for one relocation, in the same order.
pub(crate) fn stubs(file: &ElfFile64<'_, Endianness>, data: &[u8]) -> Vec<Stub> {
    let Some(relocations) = file.section_by_name(".rela.plt").and_then(|section| section.data().ok()) else {
        return Vec::new();
    };
    let endian = file.endian();
    // The first stub of `.plt` is the dynamic linker's; with control-flow protection, all others are elsewhere.
    let (section, head) = match file.section_by_name(".plt.sec") {
        Some(section) => (Some(section), 0),
        None if file.elf_header().e_machine.get(endian) == EM_AARCH64 => (file.section_by_name(".plt"), 2 * STUB),
        None => (file.section_by_name(".plt"), STUB),
    };
    let Some(section) = section else { return Vec::new() };
    let end = section.address().saturating_add(section.size());
    let mut start = section.address().saturating_add(head);
    let table = file.elf_dynamic_symbol_table();
    let mut stubs = Vec::new();
    for relocation in relocations.chunks_exact(RELOCATION) {
        let next = start.saturating_add(STUB);
        if next > end {
            break;
        }
        let addresses = std::mem::replace(&mut start, next)..next;
        let symbol = relocation.get(12..).and_then(|bytes| bytes.first_chunk()).map(|bytes| match endian {
            Endianness::Little => u32::from_le_bytes(*bytes),
            Endianness::Big => u32::from_be_bytes(*bytes),
        });
        let symbol = symbol.and_then(|index| table.symbol(object::SymbolIndex(index as usize)).ok());
        let name = symbol.and_then(|symbol| table.strings().get(symbol.st_name(endian)).ok());
        let name = name.filter(|name| !name.is_empty());
        if let Some((start, name)) = name.and_then(|name| Some((offset_within(data, name)?, name))) {
            stubs.push(Stub { addresses, name: start..start + name.len() });
        }
    }
    stubs
}
