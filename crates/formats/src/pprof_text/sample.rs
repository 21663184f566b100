//! The lines of samples.

use super::cursor::Cursor;
use super::header::{Header, heap_values};

/// How many bytes lie between two samples of a Java heap profile.
const JAVA_HEAP_PERIOD: i64 = 512 << 10;

/// A sample without its stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SampleLine {
    /// A value for each column.
    pub(super) values: Vec<i64>,
    /// Size of an object, which heap profiles give as label `bytes`.
    pub(super) object_size: Option<i64>,
}

/// What a profile says about itself before its samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    /// One of how many contentions was sampled.
    pub(super) period: i64,
    /// Clock cycles in a second, when delays are in cycles; 0 when they are in nanoseconds.
    pub(super) cycles_per_second: i64,
}

impl SampleLine {
    /// Reads a line; its addresses, leaf first, are put into `addresses`.
    pub(super) fn parse(header: &Header, rates: Rates, line: &[u8], addresses: &mut Vec<u64>) -> Option<Self> {
        addresses.clear();
        let mut cursor = Cursor(line);
        let sample = match header {
            Header::Heap { period, is_sampled, has_allocations } => {
                let [objects, bytes, all_objects, all_bytes] = heap_values(&mut cursor)?;
                let period = if *is_sampled { *period } else { 1 };
                let pairs = [(all_objects, all_bytes), (objects, bytes)];
                heap(pairs.get(usize::from(!has_allocations)..)?, period)?
            }
            Header::Count { .. } => Self { values: vec![cursor.number()?], object_size: None },
            Header::Contention => {
                let (delay, contentions) = (cursor.number()?, cursor.number()?);
                Self { values: rates.contention(delay, contentions), object_size: None }
            }
            Header::Java { is_heap } => {
                let (size, count) = (cursor.number()?, cursor.number()?);
                if *is_heap {
                    heap(&[(count, size)], JAVA_HEAP_PERIOD)?
                } else {
                    let period = if rates.period == 0 { 1 } else { rates.period };
                    let values = vec![count.saturating_mul(period), size.saturating_mul(period)];
                    Self { values, object_size: None }
                }
            }
            Header::Threads => return None,
        };
        cursor.skip_spaces();
        cursor.skip(b"@")?;
        cursor.addresses(addresses)?;
        Some(sample)
    }
}

impl Rates {
    /// Contentions and their delay, both as they would be had all been sampled.
    fn contention(self, delay: i64, contentions: i64) -> Vec<i64> {
        if self.period <= 0 {
            return vec![contentions, delay];
        }
        let delay = if self.cycles_per_second > 0 {
            let cycles_per_nanosecond = self.cycles_per_second as f64 / 1e9;
            (delay as f64 * self.period as f64 / cycles_per_nanosecond) as i64
        } else {
            delay
        };
        vec![contentions.saturating_mul(self.period), delay]
    }
}

/// Numbers and bytes of objects, scaled up. `None` when bytes have no objects.
fn heap(pairs: &[(i64, i64)], period: i64) -> Option<SampleLine> {
    let mut sample = SampleLine { values: Vec::with_capacity(4), object_size: Some(0) };
    for &(count, bytes) in pairs {
        if count == 0 && bytes != 0 {
            return None;
        }
        if count != 0 {
            sample.object_size = bytes.checked_div(count);
        }
        sample.values.extend(scaled(count, bytes, period));
    }
    Some(sample)
}

/// Estimates what was allocated from what was sampled of it: an allocation of S bytes is sampled with the probability
/// 1 − exp(−S / period), a Poisson process over the bytes. After `scaleHeapSample` of google/pprof.
fn scaled(count: i64, bytes: i64, period: i64) -> [i64; 2] {
    if count == 0 || bytes == 0 {
        return [0, 0];
    }
    // All was sampled, or nobody knows.
    if period <= 1 {
        return [count, bytes];
    }
    let mean = bytes as f64 / count as f64;
    let scale = 1.0 / (1.0 - (-mean / period as f64).exp());
    [(count as f64 * scale) as i64, (bytes as f64 * scale) as i64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let check = |header: &str, line: &str, expect: Option<(&[i64], Option<i64>, &[u64])>| {
            let header = Header::parse(header.as_bytes()).unwrap();
            let rates = Rates { period: 100, cycles_per_second: 2_000_000_000 };
            let mut addresses = Vec::new();
            let sample = SampleLine::parse(&header, rates, line.as_bytes(), &mut addresses);
            let found =
                sample.as_ref().map(|sample| (sample.values.as_slice(), sample.object_size, addresses.as_slice()));
            assert_eq!(found, expect, "{line}");
        };
        let go_heap = "heap profile: 1: 96 [2: 120] @ heap/8192";
        check(
            go_heap,
            "0: 0 [1: 24] @ 0x47c0ef 0x47f587",
            Some((&[171, 4108, 0, 0], Some(24), &[0x47_c0ef, 0x47_f587])),
        );
        check(go_heap, "1: 96 [1: 96] @ 0x47c1a5", Some((&[43, 4144, 43, 4144], Some(96), &[0x47_c1a5])));
        check(go_heap, "0: 96 [1: 96] @ 0x47c1a5", None);
        check(go_heap, "1: 96 [1: 96", None);
        check("heap profile: 1: 2 [1: 2] @ heapprofile", "  2: 64 [ 2: 64] @ 0x1", Some((&[2, 64], Some(32), &[1])));
        check("--- mutex:", "2000 3 @ 0x1 0x2", Some((&[300, 100_000], None, &[1, 2])));
        check("goroutine profile: total 2", "5 @ 0x1 0x2", Some((&[5], None, &[1, 2])));
        check("goroutine profile: total 2", "5 @ 0x1ffffffffffffffff", None);
        check("goroutine profile: total 2", "x @ 0x1", None);
        check("--- heapz 1 ---", "  1048576 1 @ 0xa", Some((&[1, 1_212_696], Some(1_048_576), &[10])));
    }
}
