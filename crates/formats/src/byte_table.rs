//! Byte strings kept once, found again by content.

use hashbrown::HashTable;
use rapidhash::v3::{RapidSecrets, rapidhash_v3_inline, rapidhash_v3_nano_inline};

const SECRETS: RapidSecrets = RapidSecrets::seed(0);

/// Hash of a short byte string such as a name or a line.
pub(crate) fn hash_short(bytes: &[u8]) -> u64 {
    rapidhash_v3_nano_inline::<true, false>(bytes, &SECRETS)
}

/// Hash of a long byte string such as a whole stack.
pub(crate) fn hash_long(bytes: &[u8]) -> u64 {
    rapidhash_v3_inline::<true, false, false>(bytes, &SECRETS)
}

/// The place that eight bytes have in a table of so many slots, a power of two.
#[expect(clippy::inline_always, reason = "a part of the innermost loop")]
#[inline(always)]
pub(crate) fn slot_of(bytes: [u8; 8], slots: usize) -> usize {
    (u64::from_le_bytes(bytes).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - slots.trailing_zeros())) as usize
}

/// Whether two short byte strings are the same: a comparison by words, in place, because calling the
/// library's costs more than comparing a line.
pub(crate) fn is_same(a: &[u8], b: &[u8]) -> bool {
    const WORD: usize = 8;
    if a.len() != b.len() {
        return false;
    }
    let (Some(a_last), Some(b_last)) = (a.last_chunk::<WORD>(), b.last_chunk::<WORD>()) else { return a == b };
    let differ = |a: [u8; WORD], b: [u8; WORD]| u64::from_le_bytes(a) ^ u64::from_le_bytes(b);
    let (a_words, _) = a.as_chunks::<WORD>();
    let (b_words, _) = b.as_chunks::<WORD>();
    // The last word overlaps the one before and stands for the rest. Nothing branches within the loop.
    a_words.iter().zip(b_words).fold(differ(*a_last, *b_last), |any, (&a, &b)| any | differ(a, b)) == 0
}

/// How many bytes two byte strings have in common at their beginnings.
pub(crate) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const WORD: usize = 8;
    let (a_words, _) = a.as_chunks::<WORD>();
    let (b_words, _) = b.as_chunks::<WORD>();
    for (index, (a_word, b_word)) in a_words.iter().zip(b_words).enumerate() {
        let different = u64::from_le_bytes(*a_word) ^ u64::from_le_bytes(*b_word);
        if different != 0 {
            return index * WORD + different.trailing_zeros() as usize / 8;
        }
    }
    let start = a_words.len().min(b_words.len()) * WORD;
    let rest = a.iter().skip(start).zip(b.iter().skip(start));
    start + rest.take_while(|(a, b)| a == b).count()
}

/// Distinct byte strings with numbers in order of first appearance.
#[derive(Clone, Debug, Default)]
pub(crate) struct ByteTable {
    text: Vec<u8>,
    /// End of each string in `text`; its start is the end of the one before.
    ends: Vec<usize>,
    /// Where each string is and its number: a lookup touches a slot and the string itself.
    lookup: HashTable<Slot<u32>>,
}

impl ByteTable {
    /// The number of a string, and whether it is new.
    pub(crate) fn intern(&mut self, bytes: &[u8]) -> (u32, bool) {
        let Self { text, ends, lookup } = self;
        let hash = hash_short(bytes);
        let same = |slot: &Slot<u32>| {
            slot.hash == hash
                && slot.len as usize == bytes.len()
                && text.get(slot.start..slot.start + bytes.len()).is_some_and(|known| is_same(known, bytes))
        };
        if let Some(slot) = lookup.find(hash, same) {
            return (slot.value, false);
        }
        let id = ends.len() as u32;
        // A string of 4 GiB or more would not be found again.
        let slot = Slot { hash, start: text.len(), len: bytes.len() as u32, value: id };
        text.extend_from_slice(bytes);
        ends.push(text.len());
        lookup.insert_unique(hash, slot, |slot| slot.hash);
        (id, true)
    }

    /// The string of a number; empty for a number that was never given.
    pub(crate) fn get(&self, id: u32) -> &[u8] {
        slice(&self.text, &self.ends, id)
    }

    /// How many strings there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}

fn slice<'a>(text: &'a [u8], ends: &[usize], id: u32) -> &'a [u8] {
    let id = id as usize;
    let start = id.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    let end = ends.get(id).copied().unwrap_or(start);
    text.get(start..end).unwrap_or(&[])
}

/// Values by byte string, for caches: the key is compared in full, a lookup touches one table slot
/// and the key itself.
#[derive(Clone, Debug)]
pub(crate) struct ByteMap<V> {
    keys: Vec<u8>,
    table: HashTable<Slot<V>>,
}

#[derive(Clone, Copy, Debug)]
struct Slot<V> {
    hash: u64,
    start: usize,
    len: u32,
    value: V,
}

impl<V> Default for ByteMap<V> {
    fn default() -> Self {
        Self { keys: Vec::new(), table: HashTable::new() }
    }
}

impl<V: Copy> ByteMap<V> {
    /// The value of a key whose hash is known.
    pub(crate) fn get(&self, hash: u64, key: &[u8]) -> Option<V> {
        let matches = |slot: &Slot<V>| {
            slot.hash == hash
                && slot.len as usize == key.len()
                && self.keys.get(slot.start..slot.start + key.len()) == Some(key)
        };
        self.table.find(hash, matches).map(|slot| slot.value)
    }

    /// Adds a key that is not in the map.
    pub(crate) fn insert(&mut self, hash: u64, key: &[u8], value: V) {
        let Ok(len) = u32::try_from(key.len()) else { return };
        let slot = Slot { hash, start: self.keys.len(), len, value };
        self.keys.extend_from_slice(key);
        self.table.insert_unique(hash, slot, |slot| slot.hash);
    }

    /// Bytes of all keys.
    pub(crate) fn key_bytes(&self) -> usize {
        self.keys.len()
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.table.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end_where_the_first_byte_differs() {
        let text: Vec<u8> = (0..40).collect();
        for len in 0..=text.len() {
            for differing in 0..=len {
                let mut other = text[..len].to_vec();
                if let Some(byte) = other.get_mut(differing) {
                    *byte = 0xff;
                }
                assert_eq!(common_prefix(&text, &other), differing.min(len), "{len} {differing}");
                assert_eq!(common_prefix(&other, &text), differing.min(len), "{len} {differing}");
            }
        }
    }
}
