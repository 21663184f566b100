//! Records of several buffers in one order of time.
//!
//! Each CPU's buffer is nearly sorted, but a thread that moves between CPUs has records in several. What was
//! drained is held back until every buffer has been drained once more: a record older than the newest one of
//! the round before cannot turn up any more. (`perf report` orders by the same rule, its `FINISHED_ROUND`.)

use crate::perf::record::{RawRecord, split_record};

/// Records waiting for their turn.
#[derive(Debug, Default)]
pub(crate) struct RecordQueue {
    bytes: Vec<u8>,
    waiting: Vec<Waiting>,
    /// Bytes that `waiting` already covers.
    indexed: usize,
    /// Newest time of the round before.
    settled: u64,
    newest: u64,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    time: u64,
    start: usize,
}

impl RecordQueue {
    /// The buffer to append whole records to, one buffer of the kernel after the other.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Ends a round: hands every record that has settled to `handle`, oldest first.
    pub(crate) fn finish_round(&mut self, handle: impl FnMut(u64, RawRecord<'_>)) {
        self.index();
        let limit = self.settled;
        self.settled = self.newest;
        self.release(limit, handle);
    }

    /// Hands over everything that is left.
    pub(crate) fn finish(&mut self, handle: impl FnMut(u64, RawRecord<'_>)) {
        self.index();
        self.release(u64::MAX, handle);
    }

    fn index(&mut self) {
        while let Some((record, rest)) = split_record(&self.bytes[self.indexed..]) {
            let time = record.time();
            self.newest = self.newest.max(time);
            self.waiting.push(Waiting { time, start: self.indexed });
            self.indexed = self.bytes.len() - rest.len();
        }
        // Bytes that do not make up a record cannot be followed by one that does.
        self.bytes.truncate(self.indexed);
    }

    fn release(&mut self, limit: u64, mut handle: impl FnMut(u64, RawRecord<'_>)) {
        // By time, then in order of arrival.
        self.waiting.sort_unstable_by_key(|waiting| (waiting.time, waiting.start));
        let settled = self.waiting.partition_point(|waiting| waiting.time <= limit);
        for waiting in &self.waiting[..settled] {
            if let Some((record, _)) = split_record(&self.bytes[waiting.start..]) {
                handle(waiting.time, record);
            }
        }
        let mut kept = Vec::new();
        for waiting in &self.waiting[settled..] {
            if let Some((_, rest)) = split_record(&self.bytes[waiting.start..]) {
                kept.extend_from_slice(&self.bytes[waiting.start..self.bytes.len() - rest.len()]);
            }
        }
        self.bytes.clear();
        self.bytes.append(&mut kept);
        self.waiting.clear();
        self.indexed = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record of an unimportant kind that ends with its time.
    fn record(time: u64) -> Vec<u8> {
        let mut bytes = 999u32.to_ne_bytes().to_vec();
        bytes.extend(0u16.to_ne_bytes());
        bytes.extend(16u16.to_ne_bytes());
        bytes.extend(time.to_ne_bytes());
        bytes
    }

    #[test]
    fn late_records_take_their_place() {
        let mut queue = RecordQueue::default();
        let mut seen = Vec::new();
        for time in [1, 4, 9, 2, 3] {
            queue.buffer().extend(record(time));
        }
        queue.finish_round(|time, _| seen.push(time));
        assert_eq!(seen, [0u64; 0], "nothing settles in the first round");
        // The other CPU's buffer turns out to hold something older than what is waiting.
        for time in [5, 12, 10] {
            queue.buffer().extend(record(time));
        }
        queue.finish_round(|time, _| seen.push(time));
        assert_eq!(seen, [1, 2, 3, 4, 5, 9]);
        queue.buffer().extend(record(11));
        queue.buffer().extend([1, 2, 3]);
        queue.finish(|time, _| seen.push(time));
        assert_eq!(seen, [1, 2, 3, 4, 5, 9, 10, 11, 12]);
    }
}
