//! Function symbols of an ELF file: `.symtab` and `.dynsym`.

use std::ops::Range;

use object::elf::{SHN_UNDEF, STT_FUNC, STT_GNU_IFUNC, STT_NOTYPE};
use object::read::elf::{ElfFile64, Sym};
use object::{Endianness, Object, ObjectSection};

/// A function symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElfSymbol<'a> {
    /// Its name in the file; bytes that are not UTF-8 make it empty.
    pub name: &'a str,
    /// Its first address.
    pub address: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    address: u64,
    /// Address behind the symbol.
    end: u64,
    /// Its name in the file's bytes.
    name: Range<usize>,
}

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
        for table in [file.elf_symbol_table(), file.elf_dynamic_symbol_table()] {
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
                entries.push(Entry { address, end: address.saturating_add(size), name: start..start + name.len() });
            }
        }
        // Longest symbol first among those of one address, then the earlier in the file.
        entries.sort_by_key(|entry| (entry.address, std::cmp::Reverse(entry.end)));
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
        Some(ElfSymbol { name, address: entry.address })
    }
}

/// Position of a part of `data` in it.
fn offset_within(data: &[u8], part: &[u8]) -> Option<usize> {
    let offset = part.as_ptr().addr().checked_sub(data.as_ptr().addr())?;
    (offset + part.len() <= data.len()).then_some(offset)
}
