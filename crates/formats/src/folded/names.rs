//! Frames by name, for names that come one after the other by the million.

use std::borrow::Cow;

use firesteel_model::{Frame, FrameFlags, FrameId, FrameKind, Function, Profile};

use crate::byte_table::ByteTable;
use crate::head::readable;

/// How many bytes a name is looked at with. Text that names are read from has as many behind it.
pub(super) const BLOCK: usize = 64;

/// Words of a block.
const WORDS: usize = BLOCK / 8;

/// What is between names.
pub(super) const SEPARATOR: u8 = b';';

/// A short name in a block of words, with its separator, by which it ends, and zeros behind that.
#[derive(Clone, Copy)]
struct Block([u64; WORDS]);

/// Frames by name as it stands in the input.
///
/// Names differ in length from one to the next. Whatever goes through them byte by byte or word by word goes another
/// way each time, which processors cannot guess. So names that fit into a block are taken from the text, hashed and
/// compared as the whole block, without a branch.
#[derive(Default)]
pub(super) struct NameTable {
    blocks: Vec<Block>,
    /// The frame of each block.
    frames: Vec<FrameId>,
    /// The numbers of blocks, counted from 1, each at the place that its hash says or behind it; 0 where there is none.
    /// At most half of the places are taken, and there are a power of two of them.
    places: Vec<u32>,
    long: ByteTable,
    frames_of_long: Vec<FrameId>,
}

impl NameTable {
    /// The length of the name that a text begins with, and its frame. New names that are not UTF-8 are counted.
    #[inline]
    pub(super) fn next(&mut self, text: &[u8], profile: &mut Profile, lossy: &mut u64) -> (usize, FrameId) {
        let Some((block, len)) = text.first_chunk().and_then(Block::new) else {
            return self.next_long(text, profile, lossy);
        };
        let mut place = block.hash() as usize;
        loop {
            place &= self.places.len().wrapping_sub(1);
            let number = match self.places.get(place) {
                Some(&number) if number > 0 => number as usize - 1,
                _ => return (len, self.add(block, intern_frame(text.get(..len).unwrap_or(text), profile, lossy))),
            };
            if self.blocks.get(number).is_some_and(|known| known.is_same(&block)) {
                return (len, self.frames.get(number).copied().unwrap_or(FrameId::UNKNOWN));
            }
            place += 1;
        }
    }

    #[cold]
    fn add(&mut self, block: Block, frame: FrameId) -> FrameId {
        self.blocks.push(block);
        self.frames.push(frame);
        if 2 * self.blocks.len() > self.places.len() {
            self.places = vec![0; (4 * self.blocks.len()).next_power_of_two().max(256)];
            for number in 1..=self.blocks.len() {
                self.put(number);
            }
        } else {
            self.put(self.blocks.len());
        }
        frame
    }

    /// Puts the number of a block where it is found.
    fn put(&mut self, number: usize) {
        let Some(block) = self.blocks.get(number - 1) else { return };
        let place = block.hash() as usize & self.places.len().wrapping_sub(1);
        let (before, behind) = self.places.split_at_mut(place);
        if let Some(free) = behind.iter_mut().chain(before).find(|place| **place == 0) {
            *free = number as u32;
        }
    }

    #[cold]
    fn next_long(&mut self, text: &[u8], profile: &mut Profile, lossy: &mut u64) -> (usize, FrameId) {
        let len = memchr::memchr(SEPARATOR, text).unwrap_or(text.len());
        let name = text.get(..len).unwrap_or(text);
        let (id, is_new) = self.long.intern(name);
        if is_new {
            self.frames_of_long.push(intern_frame(name, profile, lossy));
        }
        (len, self.frames_of_long.get(id as usize).copied().unwrap_or(FrameId::UNKNOWN))
    }
}

impl Block {
    /// The block of the name that a text begins with, and its length; `None` for a name that does not fit.
    fn new(text: &[u8; BLOCK]) -> Option<(Self, usize)> {
        let separators = (0u8..).zip(text).map(|(index, &byte)| if byte == SEPARATOR { index } else { BLOCK as u8 });
        let len = usize::from(separators.fold(BLOCK as u8, u8::min));
        let mask = MASKS.get(len)?;
        let (bytes, _) = text.as_chunks::<8>();
        let mut words = [0; WORDS];
        for ((word, bytes), mask) in words.iter_mut().zip(bytes).zip(mask) {
            *word = u64::from_le_bytes(*bytes) & mask;
        }
        Some((Self(words), len))
    }

    fn is_same(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |any, (one, other)| any | (one ^ other)) == 0
    }

    /// Multiplies words, changed by numbers without a pattern (digits of pi), so that each bit of them matters.
    fn hash(&self) -> u32 {
        const PI: [u64; 4] =
            [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89];
        // Few names are longer than half of a block.
        let mixed = |word: usize| PI[word] ^ self.0[word] ^ self.0[word + 4].rotate_left(29);
        let product = |one: u64, other: u64| {
            let product = u128::from(one) * u128::from(other);
            product as u64 ^ (product >> 64) as u64
        };
        let hash = product(mixed(0), mixed(1)) ^ product(mixed(2), mixed(3)).rotate_left(17);
        (hash ^ (hash >> 32)) as u32
    }
}

/// For each length of a name which bits of a block are its, and its separator's.
static MASKS: [[u64; WORDS]; BLOCK] = masks();

const fn masks() -> [[u64; WORDS]; BLOCK] {
    let mut masks = [[0; WORDS]; BLOCK];
    let mut len = 0;
    while len < BLOCK {
        let mut byte = 0;
        while byte <= len {
            masks[len][byte / 8] |= 0xff << (byte % 8 * 8);
            byte += 1;
        }
        len += 1;
    }
    masks
}

/// A frame by its name, which stays as it is; suffixes of `stackcollapse-perf.pl` say what kind it is.
fn intern_frame(name: &[u8], profile: &mut Profile, lossy: &mut u64) -> FrameId {
    let name = readable(name);
    *lossy += u64::from(matches!(name, Cow::Owned(_)));
    let kind = if name.ends_with("_[k]") {
        FrameKind::Kernel
    } else if name.ends_with("_[j]") {
        FrameKind::Jit
    } else {
        FrameKind::Unknown
    };
    let flags = FrameFlags { inlined: name.ends_with("_[i]"), ..FrameFlags::default() };
    let name = profile.intern(&name);
    let function = profile.intern_function(Function { name, ..Function::default() });
    profile.intern_frame(Frame { function, kind, flags, ..Frame::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_one_frame() {
        let mut profile = Profile::default();
        let mut names = NameTable::default();
        let long = "x".repeat(200);
        let mut known = Vec::new();
        for len in (0..=long.len()).chain(0..=long.len()) {
            for name in [&long[..len], "a\0", "a"] {
                let text = [name.as_bytes(), &[SEPARATOR; BLOCK]].concat();
                let (found, frame) = names.next(&text, &mut profile, &mut 0);
                assert_eq!(found, name.len());
                assert_eq!(profile.string(profile.function(profile.frame(frame).function).name), name);
                known.push(frame);
            }
        }
        known.sort();
        known.dedup();
        assert_eq!(known.len(), long.len() + 3);
    }
}
