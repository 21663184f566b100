//! Records in order of time.
//!
//! Each processor's buffer is in order, the recording takes them in turns. perf marks the end of each round; whatever
//! is older than everything of the round before can then be let go, as nothing older can come any more.
//! Source: `perf.data-file-format.txt` of Linux, `PERF_RECORD_FINISHED_ROUND`.

/// Most bytes that wait for their turn. Recordings without marks of rounds, which their writers have put into order,
/// hold back no more than this.
const MAX_WAITING: usize = 32 << 20;

/// A record that waits.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    time: u64,
    start: usize,
    length: u32,
    event: u32,
}

/// A record whose turn it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due<'a> {
    pub(super) record: &'a [u8],
    /// Number of its event; without meaning for records that are no samples.
    pub(super) event: usize,
}

/// Records that wait until nothing older can come.
#[derive(Debug, Default)]
pub(super) struct Queue {
    bytes: Vec<u8>,
    waiting: Vec<Waiting>,
    /// Latest time that came so far.
    latest: u64,
    /// What the latest time was when the last round ended.
    settled: u64,
}

impl Queue {
    /// Puts a record into the line.
    pub(super) fn push(&mut self, time: u64, record: &[u8], event: usize) {
        self.waiting.push(Waiting { time, start: self.bytes.len(), length: record.len() as u32, event: event as u32 });
        self.bytes.extend_from_slice(record);
        self.latest = self.latest.max(time);
    }

    /// Whether so much waits that some of it has to go.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() > MAX_WAITING
    }

    /// A round has ended: hands over what nothing older can come for.
    pub(super) fn round(&mut self, take: impl FnMut(Due<'_>)) {
        let until = std::mem::replace(&mut self.settled, self.latest);
        self.release(|waiting| waiting.partition_point(|record| record.time <= until), take);
    }

    /// Hands over the older half.
    pub(super) fn relieve(&mut self, take: impl FnMut(Due<'_>)) {
        self.release(|waiting| waiting.len().div_ceil(2), take);
    }

    /// Hands over everything.
    pub(super) fn finish(&mut self, take: impl FnMut(Due<'_>)) {
        self.release(<[Waiting]>::len, take);
    }

    fn release(&mut self, count: impl FnOnce(&[Waiting]) -> usize, mut take: impl FnMut(Due<'_>)) {
        // Stable, so that records of one time stay as they came; fast, as it is made of sorted runs.
        self.waiting.sort_by_key(|record| record.time);
        let count = count(&self.waiting);
        for &Waiting { start, length, event, .. } in self.waiting.iter().take(count) {
            let record = self.bytes.get(start..start + length as usize).unwrap_or_default();
            take(Due { record, event: event as usize });
        }
        self.waiting.drain(..count);
        // What stays moves to the front.
        let mut kept = Vec::new();
        for record in &mut self.waiting {
            let start = kept.len();
            kept.extend_from_slice(
                self.bytes.get(record.start..record.start + record.length as usize).unwrap_or_default(),
            );
            record.start = start;
        }
        self.bytes.clear();
        self.bytes.extend_from_slice(&kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_in_order_of_time_once_they_are_settled() {
        let mut queue = Queue::default();
        let mut seen = Vec::new();
        let mut text = |due: Due<'_>| seen.push(format!("{}{}", due.record[0] as char, due.event));
        queue.push(10, b"a", 0);
        queue.push(30, b"c", 1);
        queue.push(20, b"b", 0);
        queue.round(&mut text);
        queue.push(25, b"d", 0);
        queue.push(40, b"e", 0);
        queue.push(30, b"f", 0);
        queue.round(&mut text);
        queue.push(35, b"g", 2);
        queue.finish(&mut text);
        assert_eq!(seen, ["a0", "b0", "d0", "c1", "f0", "g2", "e0"]);
    }

    #[test]
    fn the_older_half_goes_when_there_is_too_much() {
        let mut queue = Queue::default();
        let record = vec![0; 60_000];
        for time in 0..1000 {
            queue.push(time, &record, 0);
            if queue.is_full() {
                queue.relieve(|_| ());
                assert!(queue.bytes.len() < MAX_WAITING);
            }
        }
    }
}
