//! The little of ELF that finding Go's tables takes: segments, sections, relative relocations and a symbol by name.
//!
//! Addresses are link-time virtual addresses. Nothing is trusted: every offset is checked against the file, and headers
//! that do not fit are left out. Section headers may be missing altogether (`sstrip`, packers).

use crate::Error;
use crate::bytes::{slice_at, u16_at, u32_at, u64_at};

/// The processor a binary is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Machine {
    /// x86-64, Go's `amd64`.
    Amd64,
    /// AArch64, Go's `arm64`.
    Arm64,
}

impl Machine {
    /// Size in bytes of the unit that code addresses advance by (`pcHeader.minLC` in Go's runtime).
    pub(crate) fn quantum(self) -> u8 {
        match self {
            Self::Amd64 => 1,
            Self::Arm64 => 4,
        }
    }

    /// Type number of the relocation that stores "load base + addend".
    fn relative_relocation(self) -> u32 {
        match self {
            Self::Amd64 => 8,    // R_X86_64_RELATIVE
            Self::Arm64 => 1027, // R_AARCH64_RELATIVE
        }
    }
}

const TYPE_EXECUTABLE: u16 = 2;
const MACHINE_X86_64: u16 = 62;
const MACHINE_AARCH64: u16 = 183;
const SEGMENT_LOAD: u32 = 1;
const SEGMENT_DYNAMIC: u32 = 2;
const SEGMENT_EXECUTABLE: u32 = 1;
const SECTION_WITHOUT_DATA: u32 = 8; // SHT_NOBITS
const SECTION_SYMBOLS: u32 = 2; // SHT_SYMTAB
const DYNAMIC_RELA: u64 = 7;
const DYNAMIC_RELA_SIZE: u64 = 8;
const PROGRAM_HEADER_SIZE: usize = 56;
const SECTION_HEADER_SIZE: usize = 64;
const SYMBOL_SIZE: usize = 24;
const RELOCATION_SIZE: usize = 24;

/// A part of the file that is mapped at run time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) address: u64,
    /// Offset of `data` in the file.
    pub(crate) offset: usize,
    pub(crate) data: &'a [u8],
    pub(crate) executable: bool,
}

impl<'a> Segment<'a> {
    /// The bytes from `address` to the end of the segment's file data.
    fn from(&self, address: u64) -> Option<Part<'a>> {
        let offset = usize::try_from(address.checked_sub(self.address)?).ok()?;
        let data = self.data.get(offset..).filter(|rest| !rest.is_empty())?;
        Some(Part { address, offset: self.offset + offset, data })
    }
}

/// A run of the file's bytes and where it is mapped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) address: u64,
    /// Offset of `data` in the file.
    pub(crate) offset: usize,
    pub(crate) data: &'a [u8],
}

/// A named part of the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) part: Part<'a>,
    kind: u32,
    link: u32,
}

/// An ELF file's headers.
#[derive(Clone, Debug)]
pub(crate) struct Elf<'a> {
    pub(crate) machine: Machine,
    /// Linked for a fixed address (not a PIE or shared object).
    pub(crate) fixed: bool,
    pub(crate) segments: Vec<Segment<'a>>,
    pub(crate) sections: Vec<Section<'a>>,
    dynamic: &'a [u8],
}

impl<'a> Elf<'a> {
    /// Reads the file header, program headers and section headers.
    pub(crate) fn parse(data: &'a [u8]) -> Result<Self, Error> {
        if !data.starts_with(b"\x7fELF") {
            return Err(Error::NotElf);
        }
        let truncated = Error::Truncated { what: "ELF header", offset: 0 };
        let header = data.get(..64).ok_or(truncated)?;
        let [_, _, _, _, class, endianness, ..] = *header else { return Err(Error::NotElf) };
        if class != 2 {
            return Err(Error::UnsupportedElf { what: "EI_CLASS", found: class.into() });
        }
        if endianness != 1 {
            return Err(Error::UnsupportedElf { what: "EI_DATA", found: endianness.into() });
        }
        let half = |offset| u16_at(header, offset).unwrap_or(0);
        let machine = match half(18) {
            MACHINE_X86_64 => Machine::Amd64,
            MACHINE_AARCH64 => Machine::Arm64,
            found => return Err(Error::UnsupportedElf { what: "e_machine", found }),
        };
        let mut elf = Self {
            machine,
            fixed: half(16) == TYPE_EXECUTABLE,
            segments: Vec::new(),
            sections: Vec::new(),
            dynamic: &[],
        };
        let program_headers = u64_at(header, 32).unwrap_or(0);
        elf.read_segments(data, program_headers, half(54), half(56))?;
        let section_headers = u64_at(header, 40).unwrap_or(0);
        elf.read_sections(data, section_headers, half(58), half(60), half(62));
        Ok(elf)
    }

    fn read_segments(&mut self, data: &'a [u8], offset: u64, size: u16, count: u16) -> Result<(), Error> {
        let table = slice_at(data, offset, u64::from(size) * u64::from(count))
            .ok_or(Error::Truncated { what: "program header table", offset })?;
        if count > 0 && usize::from(size) < PROGRAM_HEADER_SIZE {
            return Err(Error::UnsupportedElf { what: "e_phentsize", found: size });
        }
        for entry in table.chunks_exact(usize::from(size).max(PROGRAM_HEADER_SIZE)) {
            let (Some(kind), Some(flags)) = (u32_at(entry, 0), u32_at(entry, 4)) else { continue };
            let (Some(offset), Some(address)) = (u64_at(entry, 8), u64_at(entry, 16)) else { continue };
            let Some(file_size) = u64_at(entry, 32) else { continue };
            // A file cut short still gives what is there.
            let end = offset.saturating_add(file_size).min(data.len() as u64);
            let Some(part) = slice_at(data, offset, end.saturating_sub(offset)) else { continue };
            match kind {
                SEGMENT_LOAD => self.segments.push(Segment {
                    address,
                    offset: offset as usize,
                    data: part,
                    executable: flags & SEGMENT_EXECUTABLE != 0,
                }),
                SEGMENT_DYNAMIC => self.dynamic = part,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_sections(&mut self, data: &'a [u8], offset: u64, size: u16, count: u16, names: u16) {
        if usize::from(size) < SECTION_HEADER_SIZE {
            return;
        }
        let Some(table) = slice_at(data, offset, u64::from(size) * u64::from(count)) else { return };
        let body = |entry: &[u8]| {
            let (offset, size) = (u64_at(entry, 24)?, u64_at(entry, 32)?);
            Some((offset as usize, slice_at(data, offset, size)?))
        };
        let names = table.chunks_exact(usize::from(size)).nth(usize::from(names)).and_then(body);
        let (_, names) = names.unwrap_or_default();
        for entry in table.chunks_exact(usize::from(size)) {
            let field = |offset| u32_at(entry, offset).unwrap_or(0);
            let kind = field(4);
            let part = if kind == SECTION_WITHOUT_DATA { None } else { body(entry) };
            let (offset, data) = part.unwrap_or_default();
            let name = names.get(field(0) as usize..).unwrap_or_default();
            self.sections.push(Section {
                name: name.split(|&byte| byte == 0).next().unwrap_or_default(),
                part: Part { address: u64_at(entry, 16).unwrap_or(0), offset, data },
                kind,
                link: field(40),
            });
        }
    }

    /// The first section of that name that has data in the file.
    pub(crate) fn section(&self, name: &[u8]) -> Option<Part<'a>> {
        let sections = self.sections.iter();
        sections
            .map(|section| (section.name, section.part))
            .find_map(|(found, part)| if found == name && !part.data.is_empty() { Some(part) } else { None })
    }

    /// The bytes from `address` to the end of the segment that holds it.
    pub(crate) fn part_from(&self, address: u64) -> Option<Part<'a>> {
        self.segments.iter().find_map(|segment| segment.from(address))
    }

    /// Address of the first symbol with one of these names, from `.symtab`.
    pub(crate) fn symbol(&self, wanted: &[&[u8]]) -> Option<u64> {
        let symbols = self.sections.iter().find(|section| section.kind == SECTION_SYMBOLS)?;
        let names = self.sections.get(symbols.link as usize)?.part.data;
        symbols.part.data.chunks_exact(SYMBOL_SIZE).find_map(|symbol| {
            let name = names.get(u32_at(symbol, 0)? as usize..)?;
            let matches = |wanted: &&[u8]| name.strip_prefix(*wanted).is_some_and(|rest| rest.first() == Some(&0));
            if wanted.iter().any(matches) { u64_at(symbol, 8) } else { None }
        })
    }

    /// Every relative relocation as (address of the word, value it gets at load base 0).
    ///
    /// Only RELA: with RELR and REL the value is already in the word itself.
    pub(crate) fn relative_relocations(&self) -> impl Iterator<Item = (u64, u64)> + use<'a> {
        let kind = self.machine.relative_relocation();
        let table = self.relocation_table().unwrap_or_default();
        table.chunks_exact(RELOCATION_SIZE).filter_map(move |entry| {
            if u32_at(entry, 8)? != kind {
                return None;
            }
            Some((u64_at(entry, 0)?, u64_at(entry, 16)?))
        })
    }

    fn relocation_table(&self) -> Option<&'a [u8]> {
        let entry = |wanted| {
            self.dynamic
                .chunks_exact(16)
                .find(|entry| u64_at(entry, 0) == Some(wanted))
                .and_then(|entry| u64_at(entry, 8))
        };
        let data = self.part_from(entry(DYNAMIC_RELA)?)?.data;
        let size = usize::try_from(entry(DYNAMIC_RELA_SIZE)?).ok()?;
        Some(data.get(..size).unwrap_or(data))
    }
}
