//! Work that is done once for each name.

use firesteel_model::{FrameKind, Profile};

/// What was worked out for names before, with the kind it was worked out for.
pub(super) struct NameCache<T> {
    known: Vec<Option<(FrameKind, T)>>,
}

impl<T: Copy> NameCache<T> {
    pub(super) fn new(profile: &Profile) -> Self {
        Self { known: vec![None; profile.strings().len()] }
    }

    pub(super) fn find(&self, name: usize, kind: FrameKind) -> Option<T> {
        self.known[name].filter(|&(known_kind, _)| known_kind == kind).map(|(_, value)| value)
    }

    pub(super) fn get(&mut self, name: usize, kind: FrameKind, compute: impl FnOnce() -> T) -> T {
        self.find(name, kind).unwrap_or_else(|| {
            let value = compute();
            self.known[name] = Some((kind, value));
            value
        })
    }
}
