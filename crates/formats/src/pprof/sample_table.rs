//! Samples as they come, those alike in locations and labels added up.

use std::ops::Range;

use hashbrown::{HashMap, HashTable};
use rapidhash::fast::SeedableState;

use super::wire::{Message, Payload, number_at, push_numbers};
use crate::byte_table::{ByteTable, hash_long, is_same};
use crate::error::PprofProblem;

/// Most values of a sample that are kept in the dense table. Real profiles have up to four.
const MAX_DENSE: usize = 64;

/// Most bytes of locations, and most rows, that are kept before stacks of a [`SampleTable::of_stacks`] are told apart.
const MAX_REPEATED: usize = 4 << 20;
const MAX_REPEATED_ROWS: usize = 1 << 18;

/// Sums of samples. Locations and labels stay encoded: what they refer to may not be there yet, and as bytes they are
/// found again with one hash. Memory grows with what is distinct.
#[derive(Debug, Default)]
pub(super) struct SampleTable {
    /// Encoded location ids of all rows.
    locations: Vec<u8>,
    rows: Vec<Row>,
    /// Half of a row's hash, and its number. While there is none, a row may occur again.
    lookup: Option<HashTable<(u32, u32)>>,
    ignores_labels: bool,
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

/// Spreads the number of a label set over a hash; odd, from the golden ratio.
const LABEL_FACTOR: u32 = 0x9e37_79b9;

/// Number of the empty label set.
const NO_LABELS: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Row {
    /// End of its locations; the start is the end of those before.
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

/// What could not be taken from a sample as it stands in the input.
#[derive(Debug, Default)]
struct Scratch {
    locations: Vec<u8>,
    values: Vec<u64>,
    labels: Vec<u8>,
}

impl SampleTable {
    /// A table of samples alike in locations and labels.
    pub(super) fn of_samples() -> Self {
        Self { lookup: Some(HashTable::new()), ..Self::default() }
    }

    /// A table of samples alike in locations, whatever their labels. Some may occur more than once: looking up those of
    /// a usual profile, to then hardly ever find one, takes longer than going on with all.
    pub(super) fn of_stacks() -> Self {
        Self { ignores_labels: true, ..Self::default() }
    }

    /// Adds an encoded `Sample` that stands at `offset`.
    pub(super) fn add(&mut self, data: &[u8], offset: u64) -> Result<(), PprofProblem> {
        if self.lookup.is_none() && self.append_usual(data, offset) {
            return Ok(());
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let result = self.add_with(data, offset, &mut scratch);
        self.scratch = scratch;
        result
    }

    /// Adds a sample that is written as usual, with as many values as the first one, as a row of its own. `false`, and
    /// nothing, for others. Nearly all samples of a table that does not look up are added here.
    fn append_usual(&mut self, data: &[u8], offset: u64) -> bool {
        let Some((locations, packed)) = usual_fields(data).filter(|_| !self.is_to_look_up()) else { return false };
        let Some((_, uses)) = self.widths.first_mut().filter(|(width, _)| *width == self.dense) else { return false };
        let start = self.values.len();
        let mut position = 0;
        while let Some((value, end)) = number_at(packed, position) {
            self.values.push(value as i64);
            position = end;
        }
        if position < packed.len() || self.values.len() - start != self.dense {
            self.values.truncate(start);
            return false;
        }
        uses.count += 1;
        self.locations.extend_from_slice(locations);
        self.rows.push(Row { end: self.locations.len(), labels: NO_LABELS, count: 1, first: offset });
        true
    }

    fn add_with(&mut self, data: &[u8], offset: u64, scratch: &mut Scratch) -> Result<(), PprofProblem> {
        scratch.values.clear();
        // Nearly always, locations are one packed field, and labels are fields next to each other.
        let mut locations = Pieces::default();
        let mut labels = Pieces::default();
        let mut message = Message::new(data);
        let mut start = 0;
        while let Some(field) = message.next() {
            let field = field?;
            let end = message.position();
            // Comparisons in the order in which fields come: a jump by field could not be foreseen.
            if let (1, Payload::Bytes(packed)) = (field.number, field.payload) {
                // A number that does not end would swallow what follows.
                if packed.last().is_some_and(|&last| last >= 0x80) {
                    return Err(PprofProblem::Number);
                }
                locations.add(end - packed.len()..end, data, &mut scratch.locations);
            } else if field.number == 2 {
                push_numbers(field.payload, &mut scratch.values)?;
            } else if let (3, Payload::Bytes(_)) = (field.number, field.payload) {
                if !self.ignores_labels {
                    labels.add(start..end, data, &mut scratch.labels);
                }
            } else if field.number == 1 {
                if field.payload == Payload::Fixed {
                    return Err(PprofProblem::WireType);
                }
                locations.add(field.offset..end, data, &mut scratch.locations);
            }
            start = end;
        }
        let labels = self.label_set(labels.get(data, &scratch.labels), offset);
        self.count_width(scratch.values.len(), offset);
        self.accumulate(locations.get(data, &scratch.locations), labels, &scratch.values, offset);
        Ok(())
    }

    fn label_set(&mut self, encoded: &[u8], offset: u64) -> u32 {
        if encoded.is_empty() {
            return NO_LABELS;
        }
        let (labels, is_new) = self.label_sets.intern(encoded);
        if is_new {
            self.label_uses.push(Uses::new(offset));
        }
        if let Some(uses) = self.label_uses.get_mut(labels as usize) {
            uses.count += 1;
        }
        labels
    }

    fn count_width(&mut self, width: usize, offset: u64) {
        let index = self.widths.iter().position(|&(known, _)| known == width).unwrap_or_else(|| {
            self.widths.push((width, Uses::new(offset)));
            self.widths.len() - 1
        });
        if let Some((_, uses)) = self.widths.get_mut(index) {
            uses.count += 1;
        }
    }

    fn accumulate(&mut self, locations: &[u8], labels: u32, added: &[u64], offset: u64) {
        if self.lookup.is_none() && self.is_to_look_up() {
            self.tell_apart();
        }
        let Self { locations: known_locations, rows, lookup, dense, values, more, .. } = self;
        let mut vacancy = None;
        let mut found = None;
        if let Some(lookup) = lookup {
            let hash = hash_of(locations, labels);
            let same = |&(of, row): &(u32, u32)| of == hash && is_row(known_locations, rows, row, locations, labels);
            found = lookup.find(spread(hash), same).map(|&(_, row)| row);
            vacancy = Some((lookup, hash));
        }
        let row = found.unwrap_or_else(|| {
            let row = rows.len() as u32;
            if rows.is_empty() {
                *dense = added.len().clamp(1, MAX_DENSE);
            }
            known_locations.extend_from_slice(locations);
            rows.push(Row { end: known_locations.len(), labels, count: 0, first: offset });
            values.resize(rows.len() * *dense, 0);
            if let Some((lookup, hash)) = vacancy {
                lookup.insert_unique(spread(hash), (hash, row), |&(hash, _)| spread(hash));
            }
            row
        });
        if let Some(row) = rows.get_mut(row as usize) {
            row.count = row.count.saturating_add(1);
        }
        let start = row as usize * *dense;
        let slots = values.get_mut(start..start + *dense).unwrap_or_default();
        let beyond = added.get(slots.len()..).unwrap_or(&[]);
        for (slot, &value) in slots.iter_mut().zip(added) {
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

    /// Whether there are so many rows that those alike have to be found.
    fn is_to_look_up(&self) -> bool {
        self.locations.len() >= MAX_REPEATED || self.rows.len() >= MAX_REPEATED_ROWS
    }

    /// From now on, rows are looked up.
    #[cold]
    fn tell_apart(&mut self) {
        let Self { locations, rows, .. } = self;
        let mut lookup = HashTable::with_capacity(rows.len());
        for (number, row) in rows.iter().enumerate() {
            let (of_row, labels) = (locations_of(locations, rows, number), row.labels);
            let hash = hash_of(of_row, labels);
            let same = |&(of, row): &(u32, u32)| of == hash && is_row(locations, rows, row, of_row, labels);
            lookup.entry(spread(hash), same, |&(hash, _)| spread(hash)).or_insert((hash, number as u32));
        }
        self.lookup = Some(lookup);
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Bytes of all locations: an upper bound of their number.
    pub(super) fn location_bytes(&self) -> usize {
        self.locations.len()
    }

    /// A row, if it is there.
    pub(super) fn row(&self, row: usize) -> Option<RowView<'_>> {
        let Row { labels, count, first, .. } = *self.rows.get(row)?;
        let locations = locations_of(&self.locations, &self.rows, row);
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

/// The packed locations and values of a sample that has each once and in the order of their numbers, as writers put
/// them, and then nothing but labels.
#[inline]
fn usual_fields(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (locations, rest) = bytes_of(1, data)?;
    let (values, mut labels) = bytes_of(2, rest)?;
    while !labels.is_empty() {
        (_, labels) = bytes_of(3, labels)?;
    }
    // A number that does not end would swallow what follows.
    (*locations.last()? < 0x80).then_some((locations, values))
}

/// The bytes of a field that data begins with, and what is behind it.
#[inline]
fn bytes_of(field: u8, data: &[u8]) -> Option<(&[u8], &[u8])> {
    let &[key, len, ..] = data else { return None };
    let (len, start) = if len < 0x80 { (u64::from(len), 2) } else { number_at(data, 1)? };
    (key == field << 3 | 2)
        .then_some(data.get(start..)?)
        .and_then(|rest| rest.split_at_checked(usize::try_from(len).ok()?))
}

/// Half a hash of a row.
fn hash_of(locations: &[u8], labels: u32) -> u32 {
    (hash_long(locations) >> 32) as u32 ^ labels.wrapping_mul(LABEL_FACTOR)
}

/// The hash that the table goes by, which looks at both ends.
fn spread(half: u32) -> u64 {
    u64::from(half) << 32 | u64::from(half)
}

fn is_row(all: &[u8], rows: &[Row], row: u32, locations: &[u8], labels: u32) -> bool {
    rows.get(row as usize).is_some_and(|row| row.labels == labels)
        && is_same(locations_of(all, rows, row as usize), locations)
}

fn locations_of<'a>(locations: &'a [u8], rows: &[Row], row: usize) -> &'a [u8] {
    let start = row.checked_sub(1).and_then(|before| rows.get(before)).map_or(0, |row| row.end);
    rows.get(row).and_then(|row| locations.get(start..row.end)).unwrap_or(&[])
}

/// Bytes of a message that belong together: a range of it, or put together elsewhere when they do not stand next to each
/// other.
#[derive(Debug, Default)]
struct Pieces {
    range: Range<usize>,
    is_apart: bool,
}

impl Pieces {
    fn add(&mut self, piece: Range<usize>, data: &[u8], apart: &mut Vec<u8>) {
        if self.is_apart {
            apart.extend_from_slice(data.get(piece).unwrap_or(&[]));
        } else if self.range.is_empty() {
            self.range = piece;
        } else if self.range.end == piece.start {
            self.range.end = piece.end;
        } else {
            apart.clear();
            apart.extend_from_slice(data.get(self.range.clone()).unwrap_or(&[]));
            apart.extend_from_slice(data.get(piece).unwrap_or(&[]));
            self.is_apart = true;
        }
    }

    fn get<'a>(&self, data: &'a [u8], apart: &'a [u8]) -> &'a [u8] {
        if self.is_apart { apart } else { data.get(self.range.clone()).unwrap_or(&[]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pprof::wire::{put_bytes, put_number};

    fn sample(locations: &[u8], value: u8, label: &[u8]) -> Vec<u8> {
        let mut data = Vec::new();
        put_bytes(1, locations, &mut data);
        put_bytes(2, &[value], &mut data);
        put_bytes(3, label, &mut data);
        data
    }

    fn rows(table: &SampleTable) -> Vec<(Vec<u8>, Option<usize>, i64)> {
        let row = |row: usize| table.row(row).map(|view| (view.locations.to_vec(), view.labels, table.value(row, 0)));
        (0..table.len()).filter_map(row).collect()
    }

    #[test]
    fn pieces_of_a_sample_may_stand_apart() {
        let mut apart = Vec::new();
        put_number(1 << 3, &mut apart);
        put_number(7, &mut apart);
        put_bytes(3, b"\x08\x01", &mut apart);
        put_bytes(1, &[8, 9], &mut apart);
        put_bytes(2, &[5], &mut apart);
        put_bytes(3, b"\x08\x02", &mut apart);
        let mut together = Vec::new();
        put_bytes(1, &[7, 8, 9], &mut together);
        put_bytes(3, b"\x08\x01", &mut together);
        put_bytes(3, b"\x08\x02", &mut together);
        put_bytes(2, &[6], &mut together);
        let mut table = SampleTable::of_samples();
        table.add(&apart, 0).unwrap();
        table.add(&together, 0).unwrap();
        table.add(&apart, 0).unwrap();
        assert_eq!(rows(&table), [(vec![7, 8, 9], Some(0), 16)]);
    }

    #[test]
    fn stacks_are_told_apart_when_there_are_many() {
        let mut table = SampleTable::of_stacks();
        let long = vec![1; MAX_REPEATED / 4];
        for value in 1..=6 {
            table.add(&sample(&long, value, &[8, value]), 0).unwrap();
            table.add(&sample(&[2], 1, b""), 0).unwrap();
        }
        let values: Vec<(usize, i64)> =
            rows(&table).iter().map(|(locations, _, value)| (locations.len(), *value)).collect();
        // Stacks of nothing are not kept forever, either.
        let mut empty = SampleTable::of_stacks();
        (0..MAX_REPEATED_ROWS + 10).for_each(|_| empty.add(&sample(b"", 1, b""), 0).unwrap());
        assert_eq!((empty.len(), empty.value(0, 0)), (MAX_REPEATED_ROWS, 11));
        // The first four, of whatever label, are rows of their own; what comes then is added to the first of its kind.
        let long = long.len();
        assert_eq!(values, [(long, 1 + 5 + 6), (1, 1 + 1 + 1 + 1), (long, 2), (1, 1), (long, 3), (1, 1), (long, 4)]);
    }
}
