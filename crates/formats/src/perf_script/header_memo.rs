//! Headers seen before: the headers of a thread differ in processor, time and period only.

use crate::byte_table::hash_short;
use crate::sixteen_bytes::{BYTES, decimal_digits, equal_to, mask_of, same_bytes};

/// Longest header that is compared at once, with the line feed behind it.
const REACH: usize = 6 * BYTES;

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
            pattern.digits =
                mask_of(&pattern.text, decimal_digits) & first_bits(time_end) & !first_bits(thread_end + 1);
        }
        pattern
    }

    /// Whether a header of a length says the same but for processor and time.
    fn fits(&self, window: &[u8; REACH], len: usize) -> bool {
        let mut same = mask_of(window, decimal_digits) & self.digits;
        for (index, (part, own)) in window.as_chunks::<BYTES>().0.iter().zip(self.text.as_chunks().0).enumerate() {
            same |= u128::from(same_bytes(part, own)) << (index * BYTES);
        }
        len > 0 && self.len == len && same & first_bits(len) == first_bits(len)
    }
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

/// Number of slots; the thread of a header chooses one.
const SLOTS: usize = 256;

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
        let window: &[u8; REACH] = text.first_chunk()?;
        let line_feeds = mask_of(window, |part| equal_to(part, b'\n'));
        let brackets = mask_of(window, |part| equal_to(part, b'['));
        let (len, thread) = (line_feeds.trailing_zeros() as usize, brackets.trailing_zeros() as usize);
        let known = self.slots.get(slot_of(window.get(..thread)?))?;
        let Known { thread, is_java, pattern, .. } = known;
        let header = KnownHeader { thread: *thread, is_java: *is_java, weight: pattern.weight };
        pattern.fits(window, len).then_some((header, len))
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
    line.get(..thread).map(slot_of)
}

fn slot_of(thread: &[u8]) -> usize {
    (hash_short(thread) >> 32) as usize % SLOTS
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
