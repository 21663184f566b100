//! Places in an ELF file where the function table may be.

use crate::elf::{Elf, Part};
use crate::header::looks_like_header;

/// Section names that Go's linker and known tools give the table.
const SECTIONS: [&[u8]; 2] = [b".gopclntab", b".data.rel.ro.gopclntab"];

/// Start symbols of the table; a plugin or shared library has the second.
const SYMBOLS: [&[u8]; 2] = [b"runtime.pclntab", b"local.pclntab"];

/// Places looked at in one file; a real file has one, a few more if it contains the magic number as data.
const PLACES: usize = 16;

/// Candidates in the order of trust: by section name, by the content of renamed sections, by symbol, by scanning.
///
/// Lazy, so that a file with a good section is never scanned.
pub(crate) fn candidates<'a>(elf: &Elf<'a>) -> impl Iterator<Item = Part<'a>> {
    let machine = elf.machine;
    let named = SECTIONS.into_iter().filter_map(|name| elf.section(name));
    let renamed = elf
        .sections
        .iter()
        .filter(|section| !SECTIONS.contains(&section.name))
        .map(|section| section.part)
        .filter(move |part| looks_like_header(part.data, machine));
    let by_symbol = std::iter::once_with(|| elf.part_from(elf.symbol(&SYMBOLS)?)).flatten();
    named.chain(renamed).chain(by_symbol).chain(scan(elf)).take(PLACES)
}

/// Every place in a segment that starts like a header. Read-only data comes first: the table is usually there.
fn scan<'a>(elf: &Elf<'a>) -> impl Iterator<Item = Part<'a>> {
    let machine = elf.machine;
    let data = elf.segments.iter().filter(|segment| !segment.executable);
    let code = elf.segments.iter().filter(|segment| segment.executable);
    data.chain(code).flat_map(move |segment| {
        let skip = (segment.address.wrapping_neg() & 7) as usize;
        (skip..segment.data.len()).step_by(8).filter_map(move |offset| {
            let data = segment.data.get(offset..)?;
            let part =
                Part { address: segment.address.wrapping_add(offset as u64), offset: segment.offset + offset, data };
            looks_like_header(data, machine).then_some(part)
        })
    })
}
