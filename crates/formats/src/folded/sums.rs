//! Sums of counts by stack, exact for fractions.

use firesteel_model::{Profile, Sample, StackId};

use super::count::{Count, power};

/// Values by stack. Every value is kept as an integer scaled by the column's decimals, which grow as
/// counts need them, as long as no value overflows.
pub(crate) struct Sums {
    width: usize,
    decimals: Vec<u8>,
    /// `width` values for each stack id.
    values: Vec<i64>,
    seen: Vec<bool>,
    /// Stacks in order of first appearance.
    order: Vec<StackId>,
}

impl Sums {
    pub(crate) fn new(width: usize) -> Self {
        Self { width, decimals: vec![0; width], values: Vec::new(), seen: Vec::new(), order: Vec::new() }
    }

    /// Adds one count for each column.
    pub(crate) fn add(&mut self, stack: StackId, counts: &[Count]) {
        let index = stack.index();
        if index >= self.seen.len() {
            self.seen.resize(index + 1, false);
            self.values.resize((index + 1) * self.width, 0);
        }
        if let Some(seen) = self.seen.get_mut(index).filter(|seen| !**seen) {
            *seen = true;
            self.order.push(stack);
        }
        for (column, count) in counts.iter().enumerate().take(self.width) {
            self.raise_decimals(column, count.decimals);
            let decimals = self.decimals.get(column).copied().unwrap_or(0);
            let value = count.at(decimals).unwrap_or(i64::MAX);
            if let Some(slot) = self.values.get_mut(index * self.width + column) {
                *slot = slot.saturating_add(value);
            }
        }
    }

    /// Gives a column more decimals unless that overflows a value that is there.
    fn raise_decimals(&mut self, column: usize, wanted: u8) {
        let Some(decimals) = self.decimals.get_mut(column) else { return };
        let Some(more) = wanted.checked_sub(*decimals).filter(|&more| more > 0) else { return };
        let factor = power(more);
        let mut values = self.values.iter().skip(column).step_by(self.width);
        if values.all(|value| value.checked_mul(factor).is_some()) {
            *decimals = wanted;
            for value in self.values.iter_mut().skip(column).step_by(self.width) {
                *value = value.saturating_mul(factor);
            }
        }
    }

    /// Adds the sums to a profile as samples.
    pub(crate) fn store(&self, profile: &mut Profile) {
        for (column, &decimals) in self.decimals.iter().enumerate() {
            profile.set_decimals(column, decimals);
        }
        for &stack in &self.order {
            let start = stack.index() * self.width;
            let values = self.values.get(start..start + self.width).unwrap_or(&[]);
            profile.add_sample(Sample::new(stack, values));
        }
    }
}
