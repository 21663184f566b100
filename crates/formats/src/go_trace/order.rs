//! The events of all threads in the order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::batch::{Batch, Fields};
use super::event::Event;

/// Where a thread's events have been read to.
struct Cursor<'a> {
    thread: u64,
    batches: std::slice::Iter<'a, Batch>,
    fields: Fields<'a>,
    time: u64,
    /// Where the current batch is in the trace.
    offset: u64,
    next: Event,
}

/// Merges threads by time. Events of one time keep the order of their threads in the trace: the runtime reads one clock
/// for all threads, so order in time is order of cause but for ties.
pub(super) struct Merged<'a> {
    cursors: Vec<Cursor<'a>>,
    /// Time and position of each cursor's next event.
    heap: BinaryHeap<Reverse<(u64, usize)>>,
    /// Where batches hold events that could not be decoded; the rest of such a batch is skipped.
    pub(super) broken: Vec<u64>,
}

impl<'a> Merged<'a> {
    pub(super) fn new(threads: &'a [(u64, Vec<Batch>)]) -> Self {
        let mut merged = Self { cursors: Vec::new(), heap: BinaryHeap::new(), broken: Vec::new() };
        for (thread, batches) in threads {
            let cursor = Cursor {
                thread: *thread,
                batches: batches.iter(),
                fields: Fields(&[]),
                time: 0,
                offset: 0,
                next: Event::default(),
            };
            merged.cursors.push(cursor);
            merged.advance(merged.cursors.len() - 1);
        }
        merged
    }

    /// The next event and its thread.
    pub(super) fn next(&mut self) -> Option<(u64, Event)> {
        let Reverse((_, position)) = self.heap.pop()?;
        let cursor = self.cursors.get(position)?;
        let result = (cursor.thread, cursor.next);
        self.advance(position);
        Some(result)
    }

    fn advance(&mut self, position: usize) {
        let Some(cursor) = self.cursors.get_mut(position) else { return };
        loop {
            if cursor.fields.0.is_empty() {
                let Some(batch) = cursor.batches.next() else { return };
                cursor.fields = Fields(&batch.data);
                cursor.time = batch.time;
                cursor.offset = batch.offset;
                continue;
            }
            if let Some(event) = Event::take(&mut cursor.fields, cursor.time) {
                cursor.time = event.time;
                cursor.next = event;
                self.heap.push(Reverse((event.time, position)));
                return;
            }
            self.broken.push(cursor.offset);
            cursor.fields = Fields(&[]);
        }
    }
}
