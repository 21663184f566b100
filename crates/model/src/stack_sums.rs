//! What was sampled, summed up along the tree of stacks.

use crate::id::StackId;
use crate::profile::Profile;

/// Values by stack, a row of columns for each.
pub(crate) struct StackSums {
    width: usize,
    values: Vec<i64>,
}

impl StackSums {
    /// The values of each stack's own samples.
    pub(crate) fn of_selfs(profile: &Profile) -> Self {
        let width = profile.sample_types().len();
        let mut values = vec![0i64; profile.stacks().len() * width];
        for sample in profile.samples() {
            add(&mut values[sample.stack.index() * width..], sample.values);
        }
        Self { width, values }
    }

    /// The values of each stack's own samples and of those of every stack that begins with it.
    pub(crate) fn of_totals(profile: &Profile) -> Self {
        let Self { width, mut values } = Self::of_selfs(profile);
        for (stack, parent, _) in profile.stacks().iter().rev() {
            // A parent's id is below its children's.
            let (before, after) = values.split_at_mut(stack.index() * width);
            add(&mut before[parent.index() * width..], &after[..width]);
        }
        Self { width, values }
    }

    pub(crate) fn get(&self, stack: StackId) -> &[i64] {
        &self.values[stack.index() * self.width..][..self.width]
    }
}

/// Adds values to the first slots, saturating.
pub(crate) fn add(slots: &mut [i64], values: &[i64]) {
    for (slot, value) in slots.iter_mut().zip(values) {
        *slot = slot.saturating_add(*value);
    }
}

/// Stacks that a sample passes through. A filter leaves others behind.
pub(crate) struct UsedStacks {
    /// For each stack whether it is; empty when all are.
    used: Vec<bool>,
}

impl UsedStacks {
    pub(crate) fn new(profile: &Profile) -> Self {
        let mut used = vec![false; profile.stacks().len()];
        for sample in profile.samples() {
            used[sample.stack.index()] = true;
        }
        for (stack, parent, _) in profile.stacks().iter().rev() {
            used[parent.index()] |= used[stack.index()];
        }
        if used.iter().skip(1).all(|&used| used) {
            used = Vec::new();
        }
        Self { used }
    }

    pub(crate) fn contains(&self, stack: StackId) -> bool {
        self.used.is_empty() || self.used[stack.index()]
    }
}
