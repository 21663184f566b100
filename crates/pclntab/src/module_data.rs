//! The runtime's `moduledata`: where the code starts and where the inline trees are.
//!
//! It is found by its first two words, which point to the function table's header and to its name table: in section
//! `.go.module` (Go 1.26 and newer), in place anywhere in a segment, or, in position-independent files, by the addends
//! of the relocations that will fill those words. Layout: `moduledata` in Go's `src/runtime/symtab.go`.

use crate::bytes::u64_at;
use crate::elf::Elf;
use crate::header::Header;

/// Words of `moduledata` that are looked at.
const WORDS: usize = 48;
const WORD_FUNCTION_TABLE: usize = 13;
const WORD_FUNCTION_TABLE_LENGTH: usize = 14;
const WORD_MIN_PC: usize = 20;
const WORD_MAX_PC: usize = 21;
const WORD_TEXT: usize = 22;
/// Where `gofunc` (base of the inline trees) has been: Go 1.20 to 1.26, Go 1.27, Go 1.18 and 1.19.
const WORDS_INLINE_TREES: [usize; 3] = [40, 43, 38];

/// Candidates looked at in one file; a real file has one or two.
const CANDIDATES: usize = 8;

/// What `moduledata` says, as link-time addresses.
#[derive(Clone, Debug)]
pub(crate) struct ModuleData {
    /// Address that function offsets count from (`runtime.text`).
    pub(crate) text: u64,
    pub(crate) min_pc: u64,
    pub(crate) max_pc: u64,
    /// Size in bytes of the function index and records.
    pub(crate) functions_length: u64,
    /// Possible bases of the inline trees, most likely first. To be tried against the trees themselves.
    pub(crate) inline_trees: Vec<u64>,
}

/// Finds the `moduledata` of the function table at `table` (an address).
pub(crate) fn find(elf: &Elf<'_>, table: u64, header: &Header) -> Option<ModuleData> {
    let names = table.checked_add(header.names.start as u64)?;
    let at = |address| check(&words_at(elf, address), table, header);
    let named = elf.section(b".go.module").and_then(|section| at(section.address));
    named.or_else(|| scan(elf, table, names).into_iter().find_map(at))
}

/// Addresses where a `moduledata` may be.
fn scan(elf: &Elf<'_>, table: u64, names: u64) -> Vec<u64> {
    let mut found = Vec::new();
    for segment in elf.segments.iter().filter(|segment| !segment.executable) {
        let skip = (segment.address.wrapping_neg() & 7) as usize;
        let words = segment.data.get(skip..).unwrap_or_default();
        let mut previous = None;
        for (index, word) in words.chunks_exact(8).enumerate() {
            let word = u64_at(word, 0);
            if word == Some(names) && previous == Some(table) && found.len() < CANDIDATES {
                let offset = (index as u64 - 1) * 8 + skip as u64;
                found.push(segment.address.wrapping_add(offset));
            }
            previous = word;
        }
    }
    let relocated = elf.relative_relocations().filter(|&(_, value)| value == table);
    for (address, _) in relocated.take(CANDIDATES) {
        if !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// The words at `address`: what the file has in place, with relative relocations applied for load base 0.
fn words_at(elf: &Elf<'_>, address: u64) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    let data = elf.part_from(address).map(|part| part.data);
    for (word, bytes) in words.iter_mut().zip(data.unwrap_or_default().chunks_exact(8)) {
        *word = u64_at(bytes, 0).unwrap_or(0);
    }
    if !elf.fixed {
        for (place, value) in elf.relative_relocations() {
            let Some(offset) = place.checked_sub(address) else { continue };
            let index = usize::try_from(offset / 8).unwrap_or(usize::MAX);
            if offset % 8 == 0
                && let Some(word) = words.get_mut(index)
            {
                *word = value;
            }
        }
    }
    words
}

/// Accepts the words when they agree with the table, by what the runtime checks at start (`moduledataverify1`).
fn check(words: &[u64; WORDS], table: u64, header: &Header) -> Option<ModuleData> {
    let functions = table.checked_add(header.functions.start as u64)?;
    let consistent = words[0] == table
        && words[WORD_FUNCTION_TABLE] == functions
        && words[WORD_MIN_PC] < words[WORD_MAX_PC]
        && words[WORD_TEXT] <= words[WORD_MIN_PC];
    consistent.then(|| ModuleData {
        text: words[WORD_TEXT],
        min_pc: words[WORD_MIN_PC],
        max_pc: words[WORD_MAX_PC],
        functions_length: words[WORD_FUNCTION_TABLE_LENGTH],
        inline_trees: WORDS_INLINE_TREES.map(|index| words[index]).to_vec(),
    })
}
