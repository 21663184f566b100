//! Samples as they come, those alike in locations and labels added up.

use hashbrown::{HashMap, HashTable};
use rapidhash::fast::SeedableState;

use super::wire::{Message, Payload, push_numbers, put_bytes, put_number};
use crate::byte_table::{ByteTable, hash_long, is_same};
use crate::error::PprofProblem;

/// Most values of a sample that are kept in the dense table. Real profiles have up to four.
const MAX_DENSE: usize = 64;

/// Sums of samples. Locations and labels stay encoded: what they refer to may not be there yet, and as bytes they are
/// found again with one hash. Memory grows with what is distinct.
#[derive(Debug, Default)]
pub(super) struct SampleTable {
    /// Encoded location ids of all rows, each followed by the number of the label set.
    keys: Vec<u8>,
    rows: Vec<Row>,
    /// Half of a row's hash, and its number.
    lookup: HashTable<(u32, u32)>,
    /// Values of a row in `values`; those beyond are in `more`.
    dense: usize,
    values: Vec<i64>,
    more: HashMap<u32, Vec<i64>, SeedableState<'static>>,
    label_sets: ByteTable,
    label_uses: Vec<Uses>,
    /// How many samples have how many values.
    widths: Vec<(usize, Uses)>,
    scratch: Scratch,
}

/// How often something occurred.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Uses {
    pub(super) count: u64,
    /// Where in the input it was first.
    pub(super) first: u64,
}

impl Uses {
    fn new(first: u64) -> Self {
        Self { count: 0, first }
    }
}

/// Number of the empty label set.
const NO_LABELS: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Row {
    /// End of its key; the start is the end of the one before.
    end: usize,
    labels: u32,
    count: u32,
    first: u64,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowView<'a> {
    /// Location ids, leaf first, as packed numbers.
    pub(super) locations: &'a [u8],
    /// Number of its label set; `None` for no labels.
    pub(super) labels: Option<usize>,
    /// The samples that were added up.
    pub(super) uses: Uses,
}

#[derive(Debug, Default)]
struct Scratch {
    key: Vec<u8>,
    values: Vec<u64>,
    labels: Vec<u8>,
}

impl SampleTable {
    /// Adds an encoded `Sample` that stands at `offset`.
    pub(super) fn add(&mut self, data: &[u8], offset: u64) -> Result<(), PprofProblem> {
        let Scratch { key, values, labels } = &mut self.scratch;
        key.clear();
        values.clear();
        labels.clear();
        let mut message = Message::new(data);
        while let Some(field) = message.next() {
            let field = field?;
            match (field.number, field.payload) {
                // A number that does not end would swallow what follows.
                (1, Payload::Bytes([.., 0x80..=0xff])) => return Err(PprofProblem::Number),
                (1, Payload::Bytes(packed)) => key.extend_from_slice(packed),
                (1, Payload::Number(id)) => put_number(id, key),
                (1, Payload::Fixed) => return Err(PprofProblem::WireType),
                (2, payload) => push_numbers(payload, values)?,
                (3, payload) => put_bytes(1, payload.bytes(), labels),
                _ => {}
            }
        }
        let labels = if labels.is_empty() { NO_LABELS } else { self.label_sets.intern(labels).0 };
        if labels != NO_LABELS {
            if labels as usize == self.label_uses.len() {
                self.label_uses.push(Uses::new(offset));
            }
            if let Some(uses) = self.label_uses.get_mut(labels as usize) {
                uses.count += 1;
            }
        }
        self.count_width(offset);
        self.accumulate(labels, offset);
        Ok(())
    }

    fn count_width(&mut self, offset: u64) {
        let width = self.scratch.values.len();
        let index = self.widths.iter().position(|&(known, _)| known == width).unwrap_or_else(|| {
            self.widths.push((width, Uses::new(offset)));
            self.widths.len() - 1
        });
        if let Some((_, uses)) = self.widths.get_mut(index) {
            uses.count += 1;
        }
    }

    fn accumulate(&mut self, labels: u32, offset: u64) {
        let Self { keys, rows, lookup, dense, values, more, scratch, .. } = self;
        scratch.key.extend_from_slice(&labels.to_le_bytes());
        let key = scratch.key.as_slice();
        let hash = (hash_long(key) >> 32) as u32;
        let spread = |half: u32| u64::from(half) << 32 | u64::from(half);
        let found = lookup
            .find(spread(hash), |&(known, row)| known == hash && is_same(key_of(keys, rows, row as usize), key))
            .map(|&(_, row)| row);
        let row = found.unwrap_or_else(|| {
            let row = rows.len() as u32;
            if rows.is_empty() {
                *dense = scratch.values.len().clamp(1, MAX_DENSE);
            }
            keys.extend_from_slice(key);
            rows.push(Row { end: keys.len(), labels, count: 0, first: offset });
            values.resize(rows.len() * *dense, 0);
            lookup.insert_unique(spread(hash), (hash, row), |&(hash, _)| spread(hash));
            row
        });
        if let Some(row) = rows.get_mut(row as usize) {
            row.count = row.count.saturating_add(1);
        }
        let start = row as usize * *dense;
        let slots = values.get_mut(start..start + *dense).unwrap_or_default();
        let beyond = scratch.values.get(slots.len()..).unwrap_or(&[]);
        for (slot, &value) in slots.iter_mut().zip(&scratch.values) {
            *slot = slot.saturating_add(value as i64);
        }
        if !beyond.is_empty() {
            let slots = more.entry(row).or_default();
            slots.resize(slots.len().max(beyond.len()), 0);
            for (slot, &value) in slots.iter_mut().zip(beyond) {
                *slot = slot.saturating_add(value as i64);
            }
        }
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Bytes of all keys: an upper bound of the number of locations in them.
    pub(super) fn key_bytes(&self) -> usize {
        self.keys.len()
    }

    /// A row, if it is there.
    pub(super) fn row(&self, row: usize) -> Option<RowView<'_>> {
        let Row { labels, count, first, .. } = *self.rows.get(row)?;
        let key = key_of(&self.keys, &self.rows, row);
        let locations = key.get(..key.len().saturating_sub(size_of::<u32>())).unwrap_or(&[]);
        let labels = (labels != NO_LABELS).then_some(labels as usize);
        Some(RowView { locations, labels, uses: Uses { count: u64::from(count), first } })
    }

    /// A value of a row; zero where its samples had none.
    pub(super) fn value(&self, row: usize, column: usize) -> i64 {
        let value = match column.checked_sub(self.dense) {
            None => self.values.get(row * self.dense + column),
            Some(column) => self.more.get(&(row as u32)).and_then(|more| more.get(column)),
        };
        value.copied().unwrap_or(0)
    }

    /// The label sets in order of first appearance, each as a sequence of fields that are labels.
    pub(super) fn label_sets(&self) -> impl Iterator<Item = (&[u8], Uses)> {
        self.label_uses.iter().enumerate().map(|(number, &uses)| (self.label_sets.get(number as u32), uses))
    }

    /// Samples that do not have as many values as they should.
    pub(super) fn not_of_width(&self, width: usize) -> impl Iterator<Item = Uses> {
        self.widths.iter().filter(move |&&(known, _)| known != width).map(|&(_, uses)| uses)
    }
}

fn key_of<'a>(keys: &'a [u8], rows: &[Row], row: usize) -> &'a [u8] {
    let start = row.checked_sub(1).and_then(|before| rows.get(before)).map_or(0, |row| row.end);
    rows.get(row).and_then(|row| keys.get(start..row.end)).unwrap_or(&[])
}
