//! Samples in columns.

use crate::id::{LabelSetId, StackId, ThreadId};
use crate::units::Nanoseconds;

/// A sample to add to a profile.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// Its stack.
    pub stack: StackId,
    /// One value for each of the profile's value types; missing ones count as zero.
    pub values: &'a [i64],
    /// Its labels.
    pub labels: LabelSetId,
    /// Its thread, [`ThreadId::NONE`] when unknown.
    pub thread: ThreadId,
    /// When it was taken, on a monotonic clock; `None` for a sample that stands for many.
    pub time: Option<Nanoseconds>,
}

impl<'a> Sample<'a> {
    /// A sample of which only stack and values are known.
    #[must_use]
    pub fn new(stack: StackId, values: &'a [i64]) -> Self {
        Self { stack, values, labels: LabelSetId::EMPTY, thread: ThreadId::NONE, time: None }
    }
}

/// A sample of a profile.
pub type SampleView<'a> = Sample<'a>;

/// Stands for "no time" in the time column.
const NO_TIME: u64 = u64::MAX;

/// The sample columns. Optional columns stay empty until a sample needs them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples {
    width: usize,
    stacks: Vec<StackId>,
    values: Vec<i64>,
    labels: Vec<LabelSetId>,
    threads: Vec<ThreadId>,
    times: Vec<u64>,
}

impl Samples {
    pub(crate) fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.stacks.len()
    }

    pub(crate) fn push(&mut self, sample: Sample<'_>) {
        let row = self.stacks.len();
        self.stacks.push(sample.stack);
        let given = sample.values.len().min(self.width);
        self.values.extend_from_slice(&sample.values[..given]);
        self.values.resize((row + 1) * self.width, 0);
        push_optional(&mut self.labels, row, sample.labels);
        push_optional(&mut self.threads, row, sample.thread);
        let time = sample.time.map_or(NO_TIME, |time| time.0);
        if time != NO_TIME || !self.times.is_empty() {
            self.times.resize(row, NO_TIME);
            self.times.push(time);
        }
    }

    pub(crate) fn get(&self, row: usize) -> SampleView<'_> {
        let time = self.times.get(row).copied().unwrap_or(NO_TIME);
        Sample {
            stack: self.stacks[row],
            values: &self.values[row * self.width..(row + 1) * self.width],
            labels: self.labels.get(row).copied().unwrap_or_default(),
            thread: self.threads.get(row).copied().unwrap_or_default(),
            time: (time != NO_TIME).then_some(Nanoseconds(time)),
        }
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = SampleView<'_>> {
        (0..self.len()).map(|row| self.get(row))
    }

    pub(crate) fn has_times(&self) -> bool {
        !self.times.is_empty()
    }

    /// Adds `values` to those of a row, saturating.
    pub(crate) fn accumulate(&mut self, row: usize, values: &[i64]) {
        let slots = &mut self.values[row * self.width..(row + 1) * self.width];
        for (slot, value) in slots.iter_mut().zip(values) {
            *slot = slot.saturating_add(*value);
        }
    }

    /// Gives a row another stack.
    pub(crate) fn set_stack(&mut self, row: usize, stack: StackId) {
        self.stacks[row] = stack;
    }

    /// Multiplies a column by ten to the power of `digits`, saturating.
    pub(crate) fn scale_column(&mut self, column: usize, digits: u8) {
        let factor = 10i64.saturating_pow(u32::from(digits));
        for value in self.values.iter_mut().skip(column).step_by(self.width.max(1)) {
            *value = value.saturating_mul(factor);
        }
    }

    /// Gives every row `added` more columns of zeros.
    pub(crate) fn widen(&mut self, added: usize) {
        if added == 0 {
            return;
        }
        let width = self.width + added;
        let mut values = Vec::with_capacity(self.len() * width);
        for row in 0..self.len() {
            values.extend_from_slice(&self.values[row * self.width..(row + 1) * self.width]);
            values.resize((row + 1) * width, 0);
        }
        self.values = values;
        self.width = width;
    }
}

fn push_optional<T: Copy + Default + PartialEq>(column: &mut Vec<T>, row: usize, value: T) {
    if value != T::default() || !column.is_empty() {
        column.resize(row, T::default());
        column.push(value);
    }
}
