//! A table that keeps each distinct value once.

use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;
use rapidhash::fast::SeedableState;

/// Distinct values in order of first appearance, found again by hash.
#[derive(Clone, Debug)]
pub(crate) struct InternTable<T> {
    items: Vec<T>,
    lookup: HashTable<Hashed>,
}

/// The position of an interned value beside a part of its hash: neither looking for values that are not there nor
/// growing the table touches the values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hashed {
    hash: u32,
    pub(crate) position: u32,
}

impl Hashed {
    /// Keeps the upper half of a hash.
    pub(crate) fn new(hash: u64, position: usize) -> Self {
        Self { hash: (hash >> 32) as u32, position: position as u32 }
    }

    /// The hash that the table goes by, which looks at both ends.
    pub(crate) fn spread(self) -> u64 {
        (u64::from(self.hash) << 32) | u64::from(self.hash)
    }

    pub(crate) fn is_like(self, other: Self) -> bool {
        self.hash == other.hash
    }
}

impl<T: Hash + Eq + Default> Default for InternTable<T> {
    /// A table whose entry 0 is `T::default()`: "nothing known".
    fn default() -> Self {
        let mut table = Self { items: Vec::new(), lookup: HashTable::new() };
        table.intern(T::default());
        table
    }
}

impl<T: Hash + Eq> InternTable<T> {
    /// Returns the position of `value`, adding it when it is new.
    pub(crate) fn intern(&mut self, value: T) -> usize {
        let Self { items, lookup } = self;
        let new = Hashed::new(SeedableState::fixed().hash_one(&value), items.len());
        let same = |&known: &Hashed| known.is_like(new) && items[known.position as usize] == value;
        if let Some(known) = lookup.find(new.spread(), same) {
            return known.position as usize;
        }
        lookup.insert_unique(new.spread(), new, |known| known.spread());
        items.push(value);
        new.position as usize
    }

    /// Makes room for so many more values.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.items.reserve(count);
        self.lookup.reserve(count, |known| known.spread());
    }

    /// All values in order of first appearance.
    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }
}
