//! Sums of counts by stack, exact for fractions.

use firesteel_model::{Nanoseconds, Profile, Sample, StackId};

use super::count::{Count, power};

/// Values by stack. Every value is kept as an integer scaled by the column's decimals, which grow as
/// counts need them, as long as no value overflows.
pub(crate) struct Sums {
    width: usize,
    decimals: Vec<u8>,
    /// `width` values for each row.
    values: Vec<i64>,
    /// The stack of each row, in order of first appearance.
    stacks: Vec<StackId>,
    /// For each stack its row, counted from 1; 0 where there is none.
    rows: Vec<u32>,
    /// Whether each line is a row of its own.
    keeps_order: bool,
}

impl Sums {
    pub(crate) fn new(width: usize, keeps_order: bool) -> Self {
        Self { width, decimals: vec![0; width], values: Vec::new(), stacks: Vec::new(), rows: Vec::new(), keeps_order }
    }

    /// Adds one count for each column.
    pub(crate) fn add(&mut self, stack: StackId, counts: &[Count]) {
        let row = self.row(stack);
        for (column, count) in counts.iter().enumerate().take(self.width) {
            self.raise_decimals(column, count.decimals);
            let decimals = self.decimals.get(column).copied().unwrap_or(0);
            let value = count.at(decimals).unwrap_or(if count.scaled < 0 { i64::MIN } else { i64::MAX });
            if let Some(slot) = self.values.get_mut(row * self.width + column) {
                *slot = slot.saturating_add(value);
            }
        }
    }

    /// The row of a stack.
    fn row(&mut self, stack: StackId) -> usize {
        let index = stack.index();
        if index >= self.rows.len() {
            self.rows.resize(index + 1, 0);
        }
        let next = self.stacks.len();
        match self.rows.get_mut(index) {
            Some(row) if *row > 0 && !self.keeps_order => return *row as usize - 1,
            Some(row) => *row = next as u32 + 1,
            None => {}
        }
        self.stacks.push(stack);
        self.values.resize((next + 1) * self.width, 0);
        next
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
        for (row, (stack, values)) in self.stacks.iter().zip(self.values.chunks_exact(self.width.max(1))).enumerate() {
            let time = self.keeps_order.then_some(Nanoseconds(row as u64));
            profile.add_sample(Sample { time, ..Sample::new(*stack, values) });
        }
    }
}
