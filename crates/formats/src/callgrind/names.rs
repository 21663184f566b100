//! Names, which the format may give a number when they first appear: `fn=(12) main`, later `fn=(12)`.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::byte_table::ByteTable;
use crate::text_number::decimal;

/// A name of one kind: objects, files or functions. 0 is the unknown one.
pub(super) type NameId = u32;

/// The names of one kind.
pub(super) struct Names {
    texts: ByteTable,
    numbered: HashMap<i64, NameId, SeedableState<'static>>,
}

impl Names {
    pub(super) fn new() -> Self {
        let mut texts = ByteTable::default();
        texts.intern(b"");
        Self { texts, numbered: HashMap::with_hasher(SeedableState::fixed()) }
    }

    /// The name that a field says; `None` when its number was never given a name.
    pub(super) fn field(&mut self, field: &str) -> Option<NameId> {
        let field = field.trim();
        let numbered = field.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let Some((number, name)) = numbered.and_then(|(number, name)| Some((decimal(number)?, name.trim()))) else {
            return Some(self.intern(field));
        };
        if name.is_empty() {
            return self.numbered.get(&number).copied();
        }
        let id = self.intern(name);
        self.numbered.insert(number, id);
        Some(id)
    }

    pub(super) fn get(&self, id: NameId) -> &str {
        // Only text goes in.
        std::str::from_utf8(self.texts.get(id)).unwrap_or_default()
    }

    fn intern(&mut self, name: &str) -> NameId {
        self.texts.intern(if name == "???" { b"" } else { name.as_bytes() }).0
    }
}
