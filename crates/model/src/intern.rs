//! A table that keeps each distinct value once.

use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;
use rapidhash::fast::SeedableState;

/// Distinct values in order of first appearance, found again by hash.
#[derive(Clone, Debug)]
pub(crate) struct InternTable<T> {
    items: Vec<T>,
    lookup: HashTable<u32>,
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
        let hash = hash_of(&value);
        if let Some(&index) = lookup.find(hash, |&index| items[index as usize] == value) {
            return index as usize;
        }
        let index = items.len();
        items.push(value);
        lookup.insert_unique(hash, index as u32, |&index| hash_of(&items[index as usize]));
        index
    }

    /// All values in order of first appearance.
    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }
}

fn hash_of<T: Hash>(value: &T) -> u64 {
    SeedableState::fixed().hash_one(value)
}
