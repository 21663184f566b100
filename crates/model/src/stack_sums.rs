//! What was sampled, summed up along the tree of stacks.

use crate::id::StackId;
use crate::profile::Profile;

/// The values of each stack's own samples. Few stacks have any, and only those take room.
pub(crate) struct SelfSums {
    width: usize,
    /// For each 64 stacks which of them have samples, a bit for each, and how many before them have.
    sampled: Vec<(u64, u32)>,
    /// A row of columns for each stack that has samples.
    values: Vec<i64>,
}

impl SelfSums {
    pub(crate) fn new(profile: &Profile) -> Self {
        let width = profile.sample_types().len();
        let mut sampled = vec![(0u64, 0); profile.stacks().len() / 64 + 1];
        for sample in profile.samples() {
            sampled[sample.stack.index() / 64].0 |= 1 << (sample.stack.index() % 64);
        }
        let mut count = 0;
        for (bits, before) in &mut sampled {
            *before = count;
            count += bits.count_ones();
        }
        let mut sums = Self { width, sampled, values: vec![0; count as usize * width] };
        for sample in profile.samples() {
            if let Some(row) = sums.row(sample.stack) {
                add(&mut sums.values[row * width..], sample.values);
            }
        }
        sums
    }

    fn row(&self, stack: StackId) -> Option<usize> {
        let (bits, before) = self.sampled[stack.index() / 64];
        let bit = 1 << (stack.index() % 64);
        (bits & bit != 0).then(|| (before + (bits & (bit - 1)).count_ones()) as usize)
    }

    /// The values of a stack; none for one without samples.
    pub(crate) fn get(&self, stack: StackId) -> &[i64] {
        self.row(stack).map_or(&[], |row| &self.values[row * self.width..][..self.width])
    }
}

/// The values of each stack's own samples and of those of every stack that begins with it, a row of columns for each.
pub(crate) struct TotalSums {
    width: usize,
    values: Vec<i64>,
}

impl TotalSums {
    pub(crate) fn new(profile: &Profile) -> Self {
        let width = profile.sample_types().len();
        // Zeros that come from the system are pages that are made when first read and again when first written. These
        // are written.
        let mut values: Vec<i64> = std::iter::repeat_n(0, profile.stacks().len() * width).collect();
        for sample in profile.samples() {
            add(&mut values[sample.stack.index() * width..], sample.values);
        }
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
