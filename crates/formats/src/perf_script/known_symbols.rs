//! Symbols seen before, found by hash.
//!
//! Symbols are told apart by 64 bits of hash, without a look at the text, which would be most of the
//! cost: it is rarely in the processor's nearest cache. Among a million different symbols two are
//! confused with a probability of 3 in 100 million (n²/2⁶⁵).

use fearless_simd::{Simd, SimdBase, SimdMask, u64x4};

/// Most symbols that are kept. A line of another one is parsed each time.
const MAX_SYMBOLS: usize = 1 << 22;

/// Slots of a bucket: as many as a line of the processor's cache holds.
const SLOTS: usize = 4;

/// Buckets at first; a power of two.
const FIRST_BUCKETS: usize = 1 << 8;

/// The frames of a line: one, or a run of several that the cache keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LineFrames(pub(super) u32);

/// A symbol in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct KnownSymbol {
    pub(super) frames: LineFrames,
    /// Counted from 1, in order of first appearance; 0 stands for no symbol.
    pub(super) number: u32,
}

/// A few symbols.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Bucket {
    hashes: [u64; SLOTS],
    /// Symbol number 0 marks a free slot; slots are taken from the first one on.
    symbols: [KnownSymbol; SLOTS],
}

/// Symbols by hash, of which a lookup mostly touches one bucket, without a branch for each slot.
#[derive(Debug)]
pub(super) struct KnownSymbols {
    buckets: Vec<Bucket>,
    count: u32,
}

impl Default for KnownSymbols {
    fn default() -> Self {
        Self { buckets: vec![Bucket::default(); FIRST_BUCKETS], count: 0 }
    }
}

impl KnownSymbols {
    /// The symbol of a hash; zero is none.
    #[expect(clippy::inline_always, reason = "a part of the innermost loop")]
    #[inline(always)]
    pub(super) fn find<S: Simd>(&self, simd: S, hash: u64) -> Option<KnownSymbol> {
        if hash == 0 {
            return None;
        }
        let mask = self.buckets.len() - 1;
        let mut position = hash as usize & mask;
        loop {
            let bucket = self.buckets.get(position)?;
            let found = u64x4::load_array_ref(simd, &bucket.hashes).simd_eq(hash).to_bitmask();
            if found != 0 {
                return bucket.symbols.get(found.trailing_zeros() as usize).copied();
            }
            if bucket.symbols.last().is_none_or(|last| last.number == 0) {
                return None;
            }
            position = (position + 1) & mask;
        }
    }

    /// Adds a symbol that is not here, while there is room.
    pub(super) fn insert(&mut self, hash: u64, frames: LineFrames) -> Option<KnownSymbol> {
        let count = self.count as usize;
        if count >= MAX_SYMBOLS {
            return None;
        }
        if (count + 1) * 2 > self.buckets.len() * SLOTS {
            let larger = vec![Bucket::default(); self.buckets.len() * 2];
            for bucket in std::mem::replace(&mut self.buckets, larger) {
                for (hash, symbol) in bucket.hashes.into_iter().zip(bucket.symbols) {
                    if symbol.number != 0 {
                        self.place(hash, symbol);
                    }
                }
            }
        }
        self.count += 1;
        let symbol = KnownSymbol { frames, number: self.count };
        self.place(hash, symbol);
        Some(symbol)
    }

    /// Puts a symbol into the first free slot from its own bucket on; half of the slots are free.
    fn place(&mut self, hash: u64, symbol: KnownSymbol) {
        let mask = self.buckets.len() - 1;
        let mut position = hash as usize & mask;
        while let Some(bucket) = self.buckets.get_mut(position) {
            let free = bucket.symbols.iter().position(|symbol| symbol.number == 0);
            if let Some(free) = free {
                bucket.hashes[free] = hash;
                bucket.symbols[free] = symbol;
                return;
            }
            position = (position + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::*;

    #[test]
    fn finds_what_was_added() {
        let find = |known: &KnownSymbols, hash| dispatch!(Level::new(), simd => known.find(simd, hash));
        let mut known = KnownSymbols::default();
        // Hashes that collide in their low bits, more than the first slots hold.
        let hash = |number: u32| u64::from(number) << 40 | u64::from(number % 3);
        for number in 1..=5_000 {
            assert_eq!(find(&known, hash(number)), None);
            let added = known.insert(hash(number), LineFrames(number * 7));
            assert_eq!(added, Some(KnownSymbol { frames: LineFrames(number * 7), number }));
        }
        for number in 1..=5_000 {
            assert_eq!(find(&known, hash(number)).map(|symbol| symbol.number), Some(number));
        }
    }
}
