//! Entries found by the ids that a profile gives them.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

/// Entries found by the id that the profile gives them. Ids are mostly 1, 2, 3, …
#[derive(Debug)]
pub(super) struct IdTable<T> {
    entries: Vec<T>,
    /// Positions of entries whose id is not their position plus one.
    others: HashMap<u64, usize, SeedableState<'static>>,
    /// Ids that equal the position of their entry plus one, as one bit each.
    in_place: Vec<bool>,
    duplicates: u64,
}

impl<T> Default for IdTable<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            others: HashMap::with_hasher(SeedableState::fixed()),
            in_place: Vec::new(),
            duplicates: 0,
        }
    }
}

impl<T> IdTable<T> {
    /// Adds an entry. The first of an id stays.
    pub(super) fn insert(&mut self, id: u64, entry: T) {
        if self.position(id).is_some() {
            self.duplicates += 1;
            return;
        }
        let position = self.entries.len();
        let in_place = id == position as u64 + 1;
        if !in_place {
            self.others.insert(id, position);
        }
        self.entries.push(entry);
        self.in_place.push(in_place);
    }

    /// The position of an id's entry.
    #[inline]
    pub(super) fn position(&self, id: u64) -> Option<usize> {
        let position = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        if self.others.is_empty() {
            return position.filter(|&position| position < self.entries.len());
        }
        match position.filter(|&position| self.in_place.get(position).is_some_and(|&in_place| in_place)) {
            Some(position) => Some(position),
            None => self.others.get(&id).copied(),
        }
    }

    /// By id what `of` makes of a position, for ids that are their position plus one; `other` for all others.
    pub(super) fn by_id<V: Copy>(&self, of: impl Fn(usize) -> V, other: V) -> Vec<V> {
        let places = self.in_place.iter().enumerate();
        let values = places.map(|(position, &in_place)| if in_place { of(position) } else { other });
        std::iter::once(other).chain(values).collect()
    }

    /// How many entries had an id that was taken.
    pub(super) fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// All entries in file order.
    pub(super) fn entries(&self) -> &[T] {
        &self.entries
    }
}
