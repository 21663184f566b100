//! What a `perf script` text boils down to: distinct frames, stacks and threads, and their counts.

use std::hash::{BuildHasher, Hash, Hasher};

use firesteel_model::FrameKind;
use hashbrown::HashTable;
use rapidhash::fast::SeedableState;

use crate::byte_table::ByteTable;

/// A frame as a line of text gives it. Texts are numbers in [`Counts::texts`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LineFrame {
    /// Name to show.
    pub(super) name: u32,
    /// File it is mapped from, empty when unknown.
    pub(super) file: u32,
    pub(super) kind: FrameKind,
    pub(super) inlined: bool,
    pub(super) unnamed: bool,
    /// Whether perf printed white space in place of the symbol.
    pub(super) blank: bool,
    /// 0 unless addresses are asked for.
    pub(super) address: u64,
    pub(super) source_file: u32,
    pub(super) source_line: u32,
}

impl Hash for LineFrame {
    /// Leaves out what rarely tells frames of one name apart: few writes make a fast hash.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.name) << 32 | u64::from(self.file));
        state.write_u64(self.address ^ u64::from(self.source_line) << 48 ^ u64::from(self.inlined));
    }
}

/// A thread as headers give it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct LineThread {
    pub(super) comm: u32,
    pub(super) pid: Option<u32>,
    pub(super) tid: Option<u32>,
    /// The event whose samples of the thread these are, where events are told apart.
    pub(super) event: Option<u32>,
}

/// How much was counted for a thread and a stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) thread: u32,
    pub(super) stack: u32,
    pub(super) value: i64,
}

/// Stands for no row.
const NO_ROW: u32 = u32::MAX;

/// Distinct things with numbers in order of first appearance, and counts.
#[derive(Debug)]
pub(super) struct Counts {
    /// All texts; number 0 is the empty one.
    pub(super) texts: ByteTable,
    pub(super) frames: Numbered<LineFrame>,
    pub(super) threads: Numbered<LineThread>,
    stack_frames: Vec<u32>,
    stack_ends: Vec<usize>,
    /// Half of each stack's hash. Beside the table rather than in it, as a table that grows is copied, with half of
    /// the new one free.
    stack_hashes: Vec<u32>,
    stack_lookup: HashTable<u32>,
    rows: Vec<Count>,
    /// When the samples of the rows were taken, where every sample is a row.
    times: Vec<Option<u64>>,
    /// For each stack the row that its first thread got.
    first_rows: Vec<u32>,
    /// Rows of further threads of a stack.
    other_rows: HashTable<u32>,
    last_thread: u32,
}

impl Default for Counts {
    fn default() -> Self {
        let mut texts = ByteTable::default();
        texts.intern(b"");
        Self {
            texts,
            frames: Numbered::default(),
            threads: Numbered::default(),
            stack_frames: Vec::new(),
            stack_ends: Vec::new(),
            stack_hashes: Vec::new(),
            stack_lookup: HashTable::new(),
            rows: Vec::new(),
            times: Vec::new(),
            first_rows: Vec::new(),
            other_rows: HashTable::new(),
            last_thread: 0,
        }
    }
}

impl Counts {
    /// The number of a text.
    pub(super) fn text(&mut self, text: &[u8]) -> u32 {
        self.texts.intern(text).0
    }

    /// The number of a thread, without its name, and that. Samples of one thread mostly follow each other.
    pub(super) fn thread(&mut self, comm: &[u8], thread: LineThread) -> u32 {
        if let Some(&last) = self.threads.items.get(self.last_thread as usize)
            && self.texts.get(last.comm) == comm
            && last == (LineThread { comm: last.comm, ..thread })
        {
            return self.last_thread;
        }
        let comm = self.text(comm);
        self.last_thread = self.threads.number(LineThread { comm, ..thread });
        self.last_thread
    }

    /// The number of a stack, its frames from the leaf to the root.
    pub(super) fn stack(&mut self, frames: &[u32]) -> u32 {
        let Self { stack_frames, stack_ends, stack_hashes, stack_lookup, .. } = self;
        let half = (hash_of(&frames) >> 32) as u32;
        let same = |&stack: &u32| {
            stack_hashes.get(stack as usize) == Some(&half) && slice(stack_frames, stack_ends, stack) == frames
        };
        if let Some(&stack) = stack_lookup.find(spread(half), same) {
            return stack;
        }
        let stack = stack_ends.len() as u32;
        stack_frames.extend_from_slice(frames);
        stack_ends.push(stack_frames.len());
        stack_hashes.push(half);
        stack_lookup.insert_unique(spread(half), stack, |&stack| {
            spread(stack_hashes.get(stack as usize).copied().unwrap_or_default())
        });
        stack
    }

    /// The frames of a stack from the leaf to the root.
    pub(super) fn stack_frames(&self, stack: u32) -> &[u32] {
        slice(&self.stack_frames, &self.stack_ends, stack)
    }

    /// The frames of all stacks, where those of each stack end, and the counts.
    pub(super) fn into_stacks(self) -> (Vec<u32>, Vec<usize>, Vec<Count>) {
        (self.stack_frames, self.stack_ends, self.rows)
    }

    /// Adds to the count of a thread and stack, saturating. Most stacks belong to one thread, whose
    /// row is found without hashing.
    pub(super) fn add(&mut self, thread: u32, stack: u32, value: i64) {
        let Self { rows, first_rows, other_rows, .. } = self;
        let new_row = rows.len() as u32;
        if stack as usize >= first_rows.len() {
            first_rows.resize(stack as usize + 1, NO_ROW);
        }
        let Some(first) = first_rows.get_mut(stack as usize) else { return };
        if *first == NO_ROW {
            *first = new_row;
            rows.push(Count { thread, stack, value });
            return;
        }
        if let Some(count) = rows.get_mut(*first as usize).filter(|count| count.thread == thread) {
            count.value = count.value.saturating_add(value);
            return;
        }
        let hash = hash_of_pair(thread, stack);
        let same =
            |&row: &u32| rows.get(row as usize).is_some_and(|count| count.thread == thread && count.stack == stack);
        if let Some(&row) = other_rows.find(hash, same) {
            if let Some(count) = rows.get_mut(row as usize) {
                count.value = count.value.saturating_add(value);
            }
            return;
        }
        rows.push(Count { thread, stack, value });
        other_rows.insert_unique(hash, new_row, |&row| {
            rows.get(row as usize).map_or(0, |count| hash_of_pair(count.thread, count.stack))
        });
    }

    /// Adds a sample of its own with its time in nanoseconds.
    pub(super) fn add_timed(&mut self, thread: u32, stack: u32, value: i64, time: Option<u64>) {
        self.rows.push(Count { thread, stack, value });
        self.times.push(time);
    }

    /// The time of a row, where every sample is one.
    pub(super) fn time(&self, row: usize) -> Option<u64> {
        self.times.get(row).copied().flatten()
    }

    /// All counts in order of first appearance.
    pub(super) fn counts(&self) -> &[Count] {
        &self.rows
    }
}

/// Distinct values with numbers in order of first appearance.
#[derive(Debug)]
pub(super) struct Numbered<T> {
    items: Vec<T>,
    lookup: HashTable<(u64, u32)>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { items: Vec::new(), lookup: HashTable::new() }
    }
}

impl<T: Copy + Default + Eq + Hash> Numbered<T> {
    /// The number of a value, added when it is new.
    pub(super) fn number(&mut self, value: T) -> u32 {
        let Self { items, lookup } = self;
        let hash = hash_of(&value);
        let same = |&(known, number): &(u64, u32)| known == hash && items.get(number as usize) == Some(&value);
        if let Some(&(_, number)) = lookup.find(hash, same) {
            return number;
        }
        let number = items.len() as u32;
        items.push(value);
        lookup.insert_unique(hash, (hash, number), |&(hash, _)| hash);
        number
    }

    /// The value of a number.
    pub(super) fn get(&self, number: u32) -> T {
        self.items.get(number as usize).copied().unwrap_or_default()
    }

    /// All values.
    pub(super) fn items(&self) -> &[T] {
        &self.items
    }
}

fn hash_of<T: Hash>(value: &T) -> u64 {
    SeedableState::fixed().hash_one(value)
}

/// Spreads half a hash over 64 bits, of which `HashTable` uses both ends.
fn spread(half: u32) -> u64 {
    hash_of_pair(0, half)
}

/// Spreads two numbers over 64 bits; see `hash_of` of the model's stack tree.
fn hash_of_pair(thread: u32, stack: u32) -> u64 {
    let product = ((u64::from(thread) << 32) | u64::from(stack)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ (product >> 32)
}

fn slice<'a>(frames: &'a [u32], ends: &[usize], stack: u32) -> &'a [u32] {
    let stack = stack as usize;
    let start = stack.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(stack).and_then(|&end| frames.get(start..end)).unwrap_or(&[])
}
