//! Chains of addresses that came lately, and their stacks: most samples repeat one.

use firesteel_model::StackId;

use super::machine::CpuMode;
use crate::byte_table::hash_long;

/// How many chains are remembered: enough for the busy parts of a program, little enough for the processor's cache to
/// hold what is looked at often.
const SLOTS: usize = 1 << 15;

/// What a chain's addresses mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// What the first address is in, where no marker says it.
    pub(super) mode: CpuMode,
    /// States of the process's and the kernel's memory; others after each change.
    pub(super) memory: (u64, u64),
}

/// A chain and its stack.
#[derive(Clone, Debug)]
struct Slot {
    meaning: Meaning,
    chain: Vec<[u8; 8]>,
    stack: StackId,
}

/// The chains that came lately. Each has one place; another chain of the same place takes it.
#[derive(Debug, Default)]
pub(super) struct ChainCache {
    slots: Vec<Option<Slot>>,
}

impl ChainCache {
    /// The stack of a chain; what `make` gives when the chain is not remembered.
    pub(super) fn stack(&mut self, chain: &[[u8; 8]], meaning: Meaning, make: impl FnOnce() -> StackId) -> StackId {
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, None);
        }
        let hash = hash_long(chain.as_flattened()) ^ meaning.memory.0.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let place = (hash >> 32) as usize % SLOTS;
        let Some(slot) = self.slots.get_mut(place) else { return make() };
        match slot {
            Some(slot) if slot.meaning == meaning && slot.chain == chain => slot.stack,
            Some(slot) => {
                slot.chain.clear();
                slot.chain.extend_from_slice(chain);
                (slot.meaning, slot.stack) = (meaning, make());
                slot.stack
            }
            None => {
                let stack = make();
                *slot = Some(Slot { meaning, chain: chain.to_vec(), stack });
                stack
            }
        }
    }
}
