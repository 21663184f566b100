//! Interned strings in one arena.

use hashbrown::HashTable;
use rapidhash::v3::rapidhash_v3;

use crate::id::StringId;
use crate::intern::Hashed;

/// Every distinct string of a profile, once. Id 0 is the empty string.
#[derive(Clone, Debug)]
pub struct StringTable {
    text: String,
    /// End of each string in `text`; its start is the end of the one before.
    ends: Vec<usize>,
    lookup: HashTable<Hashed>,
}

impl Default for StringTable {
    fn default() -> Self {
        let mut table = Self { text: String::new(), ends: Vec::new(), lookup: HashTable::new() };
        table.intern("");
        table
    }
}

impl StringTable {
    /// Returns the id of `text`, adding it when it is new.
    pub fn intern(&mut self, text: &str) -> StringId {
        let new = Hashed::new(rapidhash_v3(text.as_bytes()), self.ends.len());
        if let Some(known) = self.find_hashed(new, text) {
            return known;
        }
        self.lookup.insert_unique(new.spread(), new, |known| known.spread());
        self.text.push_str(text);
        self.ends.push(self.text.len());
        StringId::from_index(new.position as usize)
    }

    /// Makes room for so many more strings.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.ends.reserve(count);
        self.lookup.reserve(count, |known| known.spread());
    }

    /// Returns the id of `text` if it is here.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<StringId> {
        self.find_hashed(Hashed::new(rapidhash_v3(text.as_bytes()), 0), text)
    }

    fn find_hashed(&self, hashed: Hashed, text: &str) -> Option<StringId> {
        let id = |known: &Hashed| StringId::from_index(known.position as usize);
        let same = |known: &Hashed| known.is_like(hashed) && self.get(id(known)) == text;
        self.lookup.find(hashed.spread(), same).map(id)
    }

    /// The string of an id; empty for an id of another profile that is out of range here.
    #[must_use]
    pub fn get(&self, id: StringId) -> &str {
        slice(&self.text, &self.ends, id)
    }

    /// Number of distinct strings, the empty one included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Never true: the empty string is always here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All strings in id order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(StringId::from_index(index)))
    }
}

fn slice<'a>(text: &'a str, ends: &[usize], id: StringId) -> &'a str {
    let index = id.index();
    let start = if index == 0 { 0 } else { ends.get(index - 1).copied().unwrap_or(text.len()) };
    let end = ends.get(index).copied().unwrap_or(start);
    &text[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interning_is_idempotent() {
        let mut table = StringTable::default();
        let first = table.intern("main.main");
        assert_eq!(table.intern("runtime.main"), StringId::from_index(2));
        assert_eq!(table.intern("main.main"), first);
        assert_eq!(table.intern(""), StringId::EMPTY);
        assert_eq!(table.get(first), "main.main");
        assert_eq!(table.find("runtime.main"), Some(StringId::from_index(2)));
        assert_eq!(table.find("absent"), None);
        assert_eq!(table.get(StringId::from_index(99)), "");
        assert_eq!(table.iter().collect::<Vec<_>>(), ["", "main.main", "runtime.main"]);
    }
}
