//! Function symbols of an ELF file: `.symtab` and `.dynsym`.

use std::cmp::Reverse;
use std::ops::Range;

use object::elf::{SHN_UNDEF, STB_GLOBAL, STB_WEAK, STT_FUNC, STT_GNU_IFUNC, STT_NOTYPE};
use object::read::elf::{ElfFile64, Sym};
use object::{Endianness, Object, ObjectSection};

use crate::stubs::{Stub, stubs};

/// A function symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElfSymbol<'a> {
    /// Its name in the file; bytes that are not UTF-8 make it empty.
    pub name: &'a str,
    /// Its first address.
    pub address: u64,
    /// Whether it is not the function itself but a stub of this file that calls it.
    pub is_stub: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    address: u64,
    /// Address behind the symbol.
    end: u64,
    /// Its name in the file's bytes.
    name: Range<usize>,
    rank: Rank,
    is_stub: bool,
}

/// How good a name is among those of one address, by the order that perf prefers them in: one with a size, with a type,
/// that is not weak, that is global, with fewer underscores in front, the longest.
type Rank = (bool, bool, bool, bool, Reverse<usize>, usize);

/// Function symbols in order of address. Holds positions only; queries are given the file's bytes.
#[derive(Clone, Debug, Default)]
pub struct ElfSymbols {
    entries: Vec<Entry>,
}

impl ElfSymbols {
    /// Collects the function symbols of a file. A damaged table gives what can be read of it.
    #[must_use]
    pub fn collect(data: &[u8]) -> Self {
        let Ok(file) = ElfFile64::<Endianness>::parse(data) else { return Self::default() };
        let endian = file.endian();
        // Where code is, so that a symbol without a size can be given the rest of its section.
        let sections: Vec<Range<u64>> = file
            .sections()
            .map(|section| section.address()..section.address().saturating_add(section.size()))
            .collect();
        let mut entries = Vec::new();
        // The dynamic table repeats some of the other one.
        let full = file.elf_symbol_table();
        let table = if full.is_empty() { file.elf_dynamic_symbol_table() } else { full };
        for symbol in table.iter() {
            let is_function = matches!(symbol.st_type(), STT_FUNC | STT_GNU_IFUNC | STT_NOTYPE);
            let section = symbol.st_shndx(endian);
            let address = symbol.st_value(endian);
            if !is_function || section == SHN_UNDEF || address == 0 {
                continue;
            }
            // Assembly labels have no type and no size; keep those inside a section, as perf does.
            let size = symbol.st_size(endian);
            if symbol.st_type() == STT_NOTYPE && size == 0 && !sections.iter().any(|s| s.contains(&address)) {
                continue;
            }
            let Ok(name) = table.strings().get(symbol.st_name(endian)) else { continue };
            let Some(start) = offset_within(data, name).filter(|_| !name.is_empty()) else { continue };
            let underscores = name.iter().take_while(|&&byte| byte == b'_').count();
            let binding = symbol.st_bind();
            entries.push(Entry {
                address,
                end: address.saturating_add(size),
                name: start..start + name.len(),
                rank: (
                    size > 0,
                    symbol.st_type() != STT_NOTYPE,
                    binding != STB_WEAK,
                    binding == STB_GLOBAL,
                    Reverse(underscores),
                    name.len(),
                ),
                is_stub: false,
            });
        }
        entries.extend(stubs(&file, data).into_iter().map(|Stub { addresses, name }| Entry {
            address: addresses.start,
            end: addresses.end,
            name,
            rank: Rank::default(),
            is_stub: true,
        }));
        // The best name first among those of one address, then the earlier in the file.
        entries.sort_by_key(|entry| (entry.address, Reverse(entry.rank)));
        entries.dedup_by_key(|entry| entry.address);
        for index in 0..entries.len() {
            let next = entries.get(index + 1).map_or(u64::MAX, |next| next.address);
            let entry = &mut entries[index];
            if entry.end == entry.address {
                let limit = sections.iter().find(|s| s.contains(&entry.address)).map_or(entry.address, |s| s.end);
                entry.end = next.min(limit);
            }
        }
        Self { entries }
    }

    /// Number of symbols.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the file had no function symbol.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The function at an address. `data` are the bytes that [`ElfSymbols::collect`] read.
    #[must_use]
    pub fn find<'a>(&self, data: &'a [u8], address: u64) -> Option<ElfSymbol<'a>> {
        let index = self.entries.partition_point(|entry| entry.address <= address).checked_sub(1)?;
        let entry = self.entries.get(index).filter(|entry| address < entry.end)?;
        let name = std::str::from_utf8(data.get(entry.name.clone())?).unwrap_or("");
        Some(ElfSymbol { name, address: entry.address, is_stub: entry.is_stub })
    }
}

/// Position of a part of `data` in it.
pub(crate) fn offset_within(data: &[u8], part: &[u8]) -> Option<usize> {
    let offset = part.as_ptr().addr().checked_sub(data.as_ptr().addr())?;
    (offset + part.len() <= data.len()).then_some(offset)
}
