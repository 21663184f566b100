//! Headers seen before: the headers of a thread differ in processor, time and period only.

use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x32};

use super::byte_masks::{decimal_digits, equal_to};
use crate::byte_table::slot_of;

/// Longest header that is compared at once, with the line feed behind it.
const REACH: usize = 3 * BYTES;

/// How many bytes are compared by one instruction.
const BYTES: usize = 32;

/// A header that others are compared with at once.
#[derive(Clone, Copy, Debug)]
struct Pattern {
    text: [u8; REACH],
    /// Its length, 0 in a free slot.
    len: usize,
    /// Where any digit is as good: in the processor and the time.
    digits: u128,
    weight: i64,
}

impl Default for Pattern {
    fn default() -> Self {
        Self { text: [0; REACH], len: 0, digits: 0, weight: 1 }
    }
}

impl Pattern {
    /// The pattern of a header whose thread ends at `thread_end`; the time ends at the first `:` behind it.
    fn of(line: &[u8], thread_end: usize, weight: i64) -> Self {
        let mut pattern = Self { weight, ..Self::default() };
        let time_end = line.get(thread_end..).and_then(|rest| memchr::memchr(b':', rest)).map(|end| thread_end + end);
        if let (Some(text), Some(time_end)) = (pattern.text.get_mut(..line.len()), time_end)
            && line.len() < REACH
        {
            text.copy_from_slice(line);
            pattern.len = line.len();
            let text = &pattern.text;
            let digits = dispatch!(Level::new(), simd => mask_of(parts(simd, text).map(decimal_digits)));
            pattern.digits = digits & first_bits(time_end) & !first_bits(thread_end + 1);
        }
        pattern
    }

    /// Whether a header of a length says the same but for processor and time.
    #[expect(clippy::inline_always, reason = "so that it is compiled for the processor")]
    #[inline(always)]
    fn fits<S: Simd>(&self, simd: S, window: [u8x32<S>; 3], len: usize) -> bool {
        let [a, b, c] = window;
        let own = parts(simd, &self.text);
        let equal = [a.simd_eq(own[0]).to_bitmask(), b.simd_eq(own[1]).to_bitmask(), c.simd_eq(own[2]).to_bitmask()];
        let same = mask_of(equal) | self.digits & mask_of([decimal_digits(a), decimal_digits(b), decimal_digits(c)]);
        len > 0 && self.len == len && same & first_bits(len) == first_bits(len)
    }
}

/// Vectors of a text.
#[expect(clippy::inline_always, reason = "so that it is compiled for the processor")]
#[inline(always)]
fn parts<S: Simd>(simd: S, text: &[u8; REACH]) -> [u8x32<S>; 3] {
    let [a, b, c] = text.as_chunks::<BYTES>().0 else { return [u8x32::splat(simd, 0); 3] };
    [u8x32::load_array_ref(simd, a), u8x32::load_array_ref(simd, b), u8x32::load_array_ref(simd, c)]
}

/// The masks of vectors as one.
#[expect(clippy::inline_always, reason = "so that it is compiled for the processor")]
#[inline(always)]
fn mask_of([first, second, third]: [u64; 3]) -> u128 {
    u128::from(first | second << BYTES) | u128::from(third) << (2 * BYTES)
}

/// So many ones.
fn first_bits(count: usize) -> u128 {
    u128::MAX.checked_shr(u128::BITS.saturating_sub(count as u32)).unwrap_or(0)
}

/// What is known of headers that begin and end alike.
#[derive(Clone, Debug, Default)]
struct Known {
    /// The header up to the space behind the thread; empty in a free slot.
    prefix: Vec<u8>,
    /// The event and its `:`.
    event: Vec<u8>,
    thread: u32,
    is_java: bool,
    pattern: Pattern,
}

/// What a header that was seen before says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KnownHeader {
    pub(super) thread: u32,
    pub(super) is_java: bool,
    pub(super) weight: i64,
}

/// Number of slots, a power of two; the thread of a header chooses one. Two threads in one slot take turns to be unknown,
/// so there are many more than threads.
const SLOTS: usize = 1024;

/// A few headers, each in the slot of its thread. Only headers of samples that are read go here.
#[derive(Debug)]
pub(super) struct HeaderMemo {
    slots: Vec<Known>,
}

impl Default for HeaderMemo {
    fn default() -> Self {
        Self { slots: vec![Known::default(); SLOTS] }
    }
}

impl HeaderMemo {
    /// What a header at the beginning of a text says, if it is quite like the last one of its thread, and how long
    /// it is.
    pub(super) fn get_at_start(&self, text: &[u8]) -> Option<(KnownHeader, usize)> {
        let window = text.first_chunk()?;
        dispatch!(Level::new(), simd => self.get_in_window(simd, window))
    }

    #[expect(clippy::inline_always, reason = "so that it is compiled for the processor")]
    #[inline(always)]
    fn get_in_window<S: Simd>(&self, simd: S, text: &[u8; REACH]) -> Option<(KnownHeader, usize)> {
        let window = parts(simd, text);
        let [a, b, c] = window;
        let line_feeds = mask_of([equal_to(a, b'\n'), equal_to(b, b'\n'), equal_to(c, b'\n')]);
        let brackets = mask_of([equal_to(a, b'['), equal_to(b, b'['), equal_to(c, b'[')]);
        let (len, thread) = (line_feeds.trailing_zeros() as usize, brackets.trailing_zeros() as usize);
        let known = self.slots.get(slot_of_thread(text.get(..thread)?))?;
        let Known { thread, is_java, pattern, .. } = known;
        let header = KnownHeader { thread: *thread, is_java: *is_java, weight: pattern.weight };
        pattern.fits(simd, window, len).then_some((header, len))
    }

    /// What a header says, if it is like one seen before.
    pub(super) fn get(&self, line: &[u8]) -> Option<KnownHeader> {
        let known = self.slots.get(slot(line)?)?;
        if known.prefix.is_empty() {
            return None;
        }
        let rest = line.strip_prefix(known.prefix.as_slice())?;
        let (event, weight) = behind_thread(rest)?;
        (event == known.event).then_some(KnownHeader { thread: known.thread, is_java: known.is_java, weight })
    }

    /// Keeps what a header says whose thread ends at `thread_end`.
    pub(super) fn insert(&mut self, line: &[u8], thread_end: usize, header: KnownHeader) {
        let Some((prefix, rest)) = line.split_at_checked(thread_end + 1) else { return };
        let Some((event, weight)) = behind_thread(rest) else { return };
        if let Some(known) = slot(line).and_then(|slot| self.slots.get_mut(slot))
            && weight == header.weight
        {
            known.prefix.clear();
            known.prefix.extend_from_slice(prefix);
            known.event.clear();
            known.event.extend_from_slice(event);
            known.pattern = Pattern::of(line, thread_end, weight);
            known.thread = header.thread;
            known.is_java = header.is_java;
        }
    }
}

/// The slot of a header: by its thread, which ends before `[cpu]`, else by its first bytes.
fn slot(line: &[u8]) -> Option<usize> {
    /// How far the processor is looked for.
    const REACH: usize = 64;
    /// How many bytes count when there is none.
    const FIRST: usize = 16;
    let head = line.get(..REACH).unwrap_or(line);
    let thread = memchr::memchr(b'[', head).unwrap_or(FIRST);
    line.get(..thread).map(slot_of_thread)
}

fn slot_of_thread(thread: &[u8]) -> usize {
    // What tells threads apart is at the end.
    thread.last_chunk().map_or(0, |&last| slot_of(last, SLOTS))
}

/// Reads exactly `[cpu] seconds.fraction: period event:`, where processor and period may be missing.
/// Returns the event with its `:` and the period or 1.
fn behind_thread(text: &[u8]) -> Option<(&[u8], i64)> {
    /// A period of more digits is left to the full parser.
    const MAX_DIGITS: usize = 18;
    let mut rest = skip_spaces(text);
    if let Some(behind) = rest.strip_prefix(b"[") {
        rest = skip_spaces(skip_digits(behind)?.strip_prefix(b"]")?);
    }
    rest = skip_digits(rest)?.strip_prefix(b".")?;
    rest = skip_digits(rest)?.strip_prefix(b":")?;
    let behind_time = skip_spaces(rest);
    if behind_time.len() == rest.len() {
        return None;
    }
    let mut event = behind_time.trim_ascii_end();
    let mut weight = 1;
    if let Some(behind) = skip_digits(event) {
        let (digits, spaced) = (event.len() - behind.len(), skip_spaces(behind));
        if spaced.len() < behind.len() {
            if digits > MAX_DIGITS {
                return None;
            }
            let period = event.iter().take(digits).fold(0i64, |value, &digit| value * 10 + i64::from(digit - b'0'));
            weight = if period == 0 { 1 } else { period };
            event = spaced;
        }
    }
    let is_event = event.len() > 1 && event.ends_with(b":") && !event.iter().any(u8::is_ascii_whitespace);
    is_event.then_some((event, weight))
}

fn skip_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|&&byte| byte == b' ').count();
    text.get(spaces..).unwrap_or(&[])
}

/// What stands behind one digit or more.
fn skip_digits(text: &[u8]) -> Option<&[u8]> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.get(digits..).filter(|_| digits > 0)
}

#[cfg(test)]
mod tests {
    use super::super::header;
    use super::*;

    #[test]
    fn agrees_with_the_parser() {
        let known = "my application 12/345 [001] 10.500000:  7 cycles:u: ";
        let mut memo = HeaderMemo::default();
        let header = KnownHeader { thread: 9, is_java: false, weight: 7 };
        memo.insert(known.as_bytes(), "my application 12/345".len(), header);
        let check_in = |memo: &HeaderMemo, line: &str, expect: Option<i64>| {
            let found = memo.get(line.as_bytes());
            assert_eq!(found.map(|found| found.weight), expect, "{line}");
            if let Some(found) = found {
                let parsed = header::parse(line.as_bytes()).unwrap();
                assert_eq!((parsed.weight, parsed.event), (found.weight, Some(&b"cycles:u"[..])), "{line}");
                assert_eq!((parsed.comm, parsed.tid), (&b"my application"[..], Some(345)), "{line}");
            }
        };
        check_in(&memo, known, Some(7));
        check_in(&memo, "my application 12/345 [000] 99.1:  123456 cycles:u:", Some(123_456));
        check_in(&memo, "my application 12/345 [000] 99.1:  0 cycles:u:", Some(1));
        let without_processor = "my application 12/345 10.5: 7 cycles:u: ";
        memo.insert(without_processor.as_bytes(), "my application 12/345".len(), header);
        check_in(&memo, "my application 12/345 99.1: cycles:u: ", Some(1));
        check_in(&memo, "my application 12/346 [000] 99.1: 1 cycles:u:", None);
        check_in(&memo, "my application 12/345 [000] 99.1: 1 instructions:u:", None);
        check_in(&memo, "my application 12/345 [000] 99.1: 1 cycles:u: 401000 main (/app)", None);
        check_in(&memo, "my application 12/345 [000] 99.1: cycles:u:x", None);
        check_in(&memo, "my application 12/345 [000] 99: 1 cycles:u:", None);
        check_in(&memo, "my application 12/345 [000] 99.1: 9999999999999999999 cycles:u:", None);
        check_in(&memo, "my application 12/345 [000] 99.1:", None);
        check_in(&memo, "my application 12/345", None);
    }

    #[test]
    fn compares_at_once() {
        let known = "my application 12/345 [001] 10.500000:  7 cycles:u: ";
        let mut memo = HeaderMemo::default();
        let header = KnownHeader { thread: 9, is_java: false, weight: 7 };
        memo.insert(known.as_bytes(), "my application 12/345".len(), header);
        let check = |line: &str, expect: bool| {
            let text = format!("{line}\n{}", " ".repeat(REACH));
            let expect = expect.then_some((header, line.len()));
            assert_eq!(memo.get_at_start(text.as_bytes()), expect, "{line}");
            if expect.is_some() {
                assert_eq!(memo.get(line.as_bytes()), Some(header));
            }
        };
        check(known, true);
        check("my application 12/345 [999] 98.765432:  7 cycles:u: ", true);
        check("my application 12/345 [999] 98.765432:  8 cycles:u: ", false);
        check("my application 12/345 [9 9] 98.765432:  7 cycles:u: ", false);
        check("my application 12/345 [999] 98x765432:  7 cycles:u: ", false);
        check("my application 12/345 [001] 10.500000:  7 cycles:u:", false);
        check("my application 12/345 [001] 10.500000:  7 cycles:u:  ", false);
        check("my application 12/346 [001] 10.500000:  7 cycles:u: ", false);
        check("", false);
        assert_eq!(HeaderMemo::default().get_at_start(&[b'\n'; 2 * REACH]), None);
        assert_eq!(memo.get_at_start(known.as_bytes()), None);
    }
}
