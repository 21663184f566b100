//! Whole stacks by their text: a stack seen before costs one hash of its bytes.

use crate::byte_table::{ByteMap, hash_long};

/// Most bytes of text that are kept.
const MAX_BYTES: usize = 8 << 20;

/// How much has to be kept before a cache that finds next to nothing is given up.
const FIRST_BYTES: usize = 1 << 20;

/// How many stacks are not looked up after a full cache turned out to be of no use, at first.
const FIRST_PAUSE: u64 = 1 << 16;

/// A stack, and how many lines its text has.
#[derive(Clone, Copy, Debug)]
pub(super) struct CachedStack {
    pub(super) stack: u32,
    pub(super) lines: u32,
}

/// Stacks by text. When a full cache did not help, it is emptied and left alone for a while, so that
/// input that never repeats costs little time and memory.
#[derive(Debug, Default)]
pub(super) struct StackCache {
    /// Java's stacks are named differently, so they are kept apart.
    stacks: [ByteMap<CachedStack>; 2],
    lookups: u64,
    hits: u64,
    pause: u64,
    pause_left: u64,
}

/// A place in the cache that is still free.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vacancy(u64);

impl StackCache {
    /// Whether the next stack is not looked up.
    pub(super) fn is_pausing(&self) -> bool {
        self.pause_left > 0
    }

    /// Takes note of a stack that was not looked up.
    pub(super) fn skip(&mut self) {
        self.pause_left = self.pause_left.saturating_sub(1);
    }

    /// The stack of a text; or where to keep it, if it is to be kept.
    pub(super) fn get(&mut self, text: &[u8], is_java: bool) -> Result<CachedStack, Option<Vacancy>> {
        if self.is_pausing() {
            self.skip();
            return Err(None);
        }
        self.lookups += 1;
        let hash = hash_long(text);
        match self.stacks.get(usize::from(is_java)).and_then(|stacks| stacks.get(hash, text)) {
            Some(found) => {
                self.hits += 1;
                Ok(found)
            }
            None => Err(Some(Vacancy(hash))),
        }
    }

    /// Keeps the stack of a text.
    pub(super) fn insert(&mut self, vacancy: Vacancy, text: &[u8], is_java: bool, stack: CachedStack) {
        let bytes = self.stacks.iter().map(ByteMap::key_bytes).sum::<usize>() + text.len();
        if bytes > MAX_BYTES || (bytes > FIRST_BYTES && self.hits < self.lookups / 64) {
            self.judge();
            return;
        }
        if let Some(stacks) = self.stacks.get_mut(usize::from(is_java)) {
            stacks.insert(vacancy.0, text, stack);
        }
    }

    /// Empties a cache that found less than a quarter.
    fn judge(&mut self) {
        if self.hits < self.lookups / 4 {
            self.stacks.iter_mut().for_each(ByteMap::clear);
            self.pause = (self.pause * 2).max(FIRST_PAUSE);
            self.pause_left = self.pause;
        }
        // A cache that was useful has to stay so.
        self.lookups /= 2;
        self.hits /= 2;
    }
}
