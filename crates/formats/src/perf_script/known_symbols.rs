//! Symbols seen before, found by hash.
//!
//! Symbols are told apart by 64 bits of hash, without a look at the text, which would be most of the
//! cost: it is rarely in the processor's nearest cache. Among a million different symbols two are
//! confused with a probability of 3 in 100 million (n²/2⁶⁵).

/// Most symbols that are kept. A line of another one is parsed each time.
const MAX_SYMBOLS: usize = 1 << 22;

/// Slots at first; a power of two.
const FIRST_SLOTS: usize = 1 << 10;

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

/// Symbols by hash: an open-addressed table, of which a lookup mostly touches one cache line.
#[derive(Debug)]
pub(super) struct KnownSymbols {
    /// Hash and symbol; symbol number 0 marks a free slot.
    slots: Vec<(u64, KnownSymbol)>,
    count: u32,
}

impl Default for KnownSymbols {
    fn default() -> Self {
        Self { slots: vec![(0, KnownSymbol::default()); FIRST_SLOTS], count: 0 }
    }
}

impl KnownSymbols {
    /// The symbol of a hash.
    pub(super) fn find(&self, hash: u64) -> Option<KnownSymbol> {
        let mask = self.slots.len() - 1;
        let mut position = hash as usize & mask;
        loop {
            let &(known, symbol) = self.slots.get(position)?;
            if symbol.number == 0 {
                return None;
            }
            if known == hash {
                return Some(symbol);
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
        if (count + 1) * 2 > self.slots.len() {
            let larger = vec![(0, KnownSymbol::default()); self.slots.len() * 2];
            for (hash, symbol) in std::mem::replace(&mut self.slots, larger) {
                if symbol.number != 0 {
                    self.place(hash, symbol);
                }
            }
        }
        self.count += 1;
        let symbol = KnownSymbol { frames, number: self.count };
        self.place(hash, symbol);
        Some(symbol)
    }

    /// Puts a symbol into the first free slot from its own on; half of the slots are free.
    fn place(&mut self, hash: u64, symbol: KnownSymbol) {
        let mask = self.slots.len() - 1;
        let mut position = hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(position) {
            if slot.1.number == 0 {
                *slot = (hash, symbol);
                return;
            }
            position = (position + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_added() {
        let mut known = KnownSymbols::default();
        // Hashes that collide in their low bits, more than the first slots hold.
        let hash = |number: u32| u64::from(number) << 40 | u64::from(number % 3);
        for number in 1..=5_000 {
            assert_eq!(known.find(hash(number)), None);
            let added = known.insert(hash(number), LineFrames(number * 7));
            assert_eq!(added, Some(KnownSymbol { frames: LineFrames(number * 7), number }));
        }
        for number in 1..=5_000 {
            assert_eq!(known.find(hash(number)).map(|symbol| symbol.number), Some(number));
        }
    }
}
