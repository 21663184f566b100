//! The binary CPU profiles of gperftools, which Go wrote, too, before it had its protobuf.
//!
//! Words of 32 or 64 bits in the order of the machine: a header (0, 3, 0, period in microseconds, 0), then for each
//! stack its count, its depth and its addresses, leaf first, then (0, 1, 0), then the memory map as text. The third
//! word of the header is 1 for Java, where names stand in place of the map. Described in gperftools'
//! `cpuprofile-fileformat.html`; heuristics after google/pprof.

use firesteel_model::{LabelSetId, LineNumber, Period, ThreadId, ValueType};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::address_samples::{AddressSamples, SourceLine};
use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::pprof_text::java_name;
use crate::read::Read;
use crate::warning::{Place, WarningKind};

/// Words of the header.
const HEADER: usize = 5;

/// Deepest stack. gperftools stops at 254.
const MAX_DEPTH: u64 = 1 << 20;

/// Longest line behind the samples that is read.
const MAX_LINE: usize = 1 << 16;

/// How words are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Words {
    is_wide: bool,
    is_big: bool,
}

/// The header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    words: Words,
    is_java: bool,
    /// Microseconds between samples.
    period: u64,
}

impl Words {
    const ALL: [Self; 4] = [
        Self { is_wide: false, is_big: false },
        Self { is_wide: false, is_big: true },
        Self { is_wide: true, is_big: false },
        Self { is_wide: true, is_big: true },
    ];

    fn size(self) -> usize {
        if self.is_wide { 8 } else { 4 }
    }

    /// The first word and the rest.
    fn next(self, data: &[u8]) -> Option<(u64, &[u8])> {
        let (word, rest) = data.split_at_checked(self.size())?;
        let number = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
        Some((if self.is_big { word.iter().fold(0, number) } else { word.iter().rev().fold(0, number) }, rest))
    }
}

impl Header {
    fn parse(data: &[u8]) -> Option<Self> {
        Words::ALL.into_iter().find_map(|words| {
            let mut rest = data;
            let mut next = || {
                let (word, behind) = words.next(rest)?;
                rest = behind;
                Some(word)
            };
            let [first, second, third, period, last] = [next()?, next()?, next()?, next()?, next()?];
            let fits = first == 0 && second == 3 && third <= 1 && period > 0 && last == 0;
            fits.then_some(Self { words, is_java: third == 1, period })
        })
    }
}

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    // A period of an hour and more is something else.
    Header::parse(head).is_some_and(|header| header.period < 3_600_000_000)
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, _options: &ReadOptions) -> Result<Read, Error> {
    let mut reader = StackReader::default();
    content.each_chunk(|chunk| reader.feed(chunk))?;
    reader.finish().ok_or_else(|| Error::NoSamples { format: Format::Gperftools, hint: String::new() })
}

/// Reads a profile in pieces.
#[derive(Default)]
struct StackReader {
    header: Option<Header>,
    pending: Vec<u8>,
    position: u64,
    /// Counts by addresses, in order of first appearance.
    stacks: Vec<(Vec<u64>, i64)>,
    known: HashMap<Vec<u64>, usize, SeedableState<'static>>,
    is_text: bool,
    is_broken: bool,
    text: Vec<Vec<u8>>,
}

impl StackReader {
    fn feed(&mut self, chunk: &[u8]) {
        let mut data = std::mem::take(&mut self.pending);
        data.extend_from_slice(chunk);
        let mut rest = data.as_slice();
        if self.header.is_none() {
            self.header = Header::parse(rest);
            let size = self.header.map_or(0, |header| header.words.size() * HEADER);
            rest = rest.get(size..).unwrap_or(&[]);
        }
        if let Some(header) = self.header {
            while !self.is_text && !self.is_broken {
                let Some(behind) = self.stack(header.words, rest) else { break };
                rest = behind;
            }
            while self.is_text
                && let Some(end) = memchr::memchr(b'\n', rest)
            {
                let (line, behind) = rest.split_at(end);
                self.text_line(line);
                rest = behind.get(1..).unwrap_or(&[]);
            }
        }
        let used = data.len() - rest.len();
        self.position += used as u64;
        data.drain(..used);
        if self.is_broken || (self.is_text && data.len() > MAX_LINE) {
            data.clear();
        }
        self.pending = data;
    }

    /// Takes a stack if it is there as a whole; gives what follows it.
    fn stack<'a>(&mut self, words: Words, data: &'a [u8]) -> Option<&'a [u8]> {
        let (count, rest) = words.next(data)?;
        let (depth, rest) = words.next(rest)?;
        if depth > MAX_DEPTH {
            self.is_broken = true;
            return None;
        }
        let length = depth as usize * words.size();
        let (encoded, rest) = rest.split_at_checked(length)?;
        let addresses: Vec<u64> =
            encoded.chunks_exact(words.size()).filter_map(|word| Some(words.next(word)?.0)).collect();
        if count == 0 && addresses == [0] {
            self.is_text = true;
            return Some(rest);
        }
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if let Some((_, sum)) = self.known.get(&addresses).and_then(|&known| self.stacks.get_mut(known)) {
            *sum = sum.saturating_add(count);
        } else {
            self.known.insert(addresses.clone(), self.stacks.len());
            self.stacks.push((addresses, count));
        }
        Some(rest)
    }

    /// Keeps a line: it may name an address or a mapping, each of which is there once.
    fn text_line(&mut self, line: &[u8]) {
        if !line.trim_ascii().is_empty() {
            self.text.push(line.to_vec());
        }
    }

    fn finish(mut self) -> Option<Read> {
        let Header { is_java, period, .. } = self.header?;
        if self.is_text && !self.pending.is_empty() {
            let line = std::mem::take(&mut self.pending);
            self.text_line(&line);
        }
        let period = i64::try_from(period).unwrap_or(i64::MAX).saturating_mul(1_000);
        let mut samples = AddressSamples::new(vec![ValueType::samples(), ValueType::cpu()]);
        samples.profile.metadata.period = Some(Period { value_type: ValueType::cpu(), value: period });
        samples.profile.metadata.default_sample_type = 1;
        if self.is_broken || !self.pending.is_empty() {
            samples.warnings.add(WarningKind::BrokenTail, Place::Byte(self.position));
        }
        if is_java {
            for line in &self.text {
                let Some((address, name, file, line)) = java_name(line) else { continue };
                if !samples.is_named(address) {
                    let function = samples.function(name, file, Place::Byte(self.position));
                    samples.name(address, vec![SourceLine { function, line: LineNumber(line) }]);
                }
            }
        } else {
            for line in &self.text {
                samples.memory_map.take(line);
            }
            self.point_at_calls();
            self.drop_handler();
            for (addresses, _) in &mut self.stacks {
                if let [leaf, second, ..] = addresses.as_slice()
                    && *leaf == second.wrapping_add(1)
                {
                    addresses.remove(1);
                }
            }
        }
        for (addresses, count) in &self.stacks {
            samples.add(addresses, LabelSetId::EMPTY, ThreadId::NONE, &[*count, count.saturating_mul(period)]);
        }
        Some(samples.finish(Format::Gperftools))
    }

    /// Return addresses point behind the call; one byte less is within it. The leaf is no return address.
    fn point_at_calls(&mut self) {
        for (addresses, _) in &mut self.stacks {
            for address in addresses.iter_mut().skip(1) {
                *address = address.wrapping_sub(1);
            }
        }
    }

    /// Drops the signal handler: where nearly all stacks have the same function under the leaf, it belongs to the
    /// measurement. Up to two such functions, one stack in 32 may differ. The heuristic is google/pprof's, which counts
    /// stacks as they come; here each is there once.
    fn drop_handler(&mut self) {
        for _ in 0..2 {
            let mut counts: HashMap<u64, usize, SeedableState<'static>> = HashMap::with_hasher(SeedableState::fixed());
            for second in self.stacks.iter().filter_map(|(addresses, _)| addresses.get(1)) {
                *counts.entry(*second).or_default() += 1;
            }
            let needed = self.stacks.len() - self.stacks.len() / 32;
            let handler =
                counts.into_iter().filter(|&(_, count)| count >= needed.max(1)).map(|(address, _)| address).min();
            let Some(handler) = handler else { return };
            for (addresses, _) in &mut self.stacks {
                if addresses.get(1) == Some(&handler) {
                    addresses.remove(1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn encode(words: Words, numbers: &[u64]) -> Vec<u8> {
        let encode = |&number: &u64| match (words.is_wide, words.is_big) {
            (false, false) => (number as u32).to_le_bytes().to_vec(),
            (false, true) => (number as u32).to_be_bytes().to_vec(),
            (true, false) => number.to_le_bytes().to_vec(),
            (true, true) => number.to_be_bytes().to_vec(),
        };
        numbers.iter().flat_map(encode).collect()
    }

    fn show(data: &[u8]) -> String {
        let read = crate::read_profile("x", &mut &data[..], &ReadOptions::default()).unwrap();
        assert_eq!(read.format, Format::Gperftools);
        let profile = &read.profile;
        let mut text = String::new();
        for sample in profile.samples() {
            let frames = profile.stacks().frames(sample.stack);
            let frames = frames.map(|id| format!(" {}@{:x}", profile.frame_name(id), profile.frame(id).address.0));
            writeln!(text, "{:?}{}", sample.values, frames.collect::<String>()).unwrap();
        }
        for warning in read.warnings.iter() {
            writeln!(text, "{warning}").unwrap();
        }
        text
    }

    #[test]
    fn words_of_every_kind() {
        for words in Words::ALL {
            let mut data = encode(words, &[0, 3, 0, 10_000, 0]);
            data.extend(encode(words, &[2, 3, 0x40_1000, 0x40_2001, 0x40_3001]));
            data.extend(encode(words, &[5, 2, 0x40_1000, 0x40_4001]));
            data.extend(encode(words, &[1, 3, 0x40_1000, 0x40_2001, 0x40_3001]));
            data.extend(encode(words, &[0, 1, 0]));
            data.extend(b"00400000-00500000 r-xp 00000000 08:01 12 /usr/bin/app\n");
            insta::allow_duplicates! {
                insta::assert_snapshot!(show(&data), @r"
                [3, 30000000] [app]@401000 [app]@402000 [app]@403000
                [5, 50000000] [app]@401000 [app]@404000
                ");
            }
        }
    }

    #[test]
    fn what_is_cut_off_is_used_as_far_as_it_goes() {
        let words = Words { is_wide: true, is_big: false };
        let mut data = encode(words, &[0, 3, 0, 10_000, 0]);
        data.extend(encode(words, &[2, 1, 0x40_1000, 5, 1, 0x40_2000, 7, 9, 1]));
        insta::assert_snapshot!(show(&data), @r"
        [2, 20000000] [unknown]@401000
        [5, 50000000] [unknown]@402000
        the data is broken from here on; what comes before was used (1; first at byte 88)
        ");
    }

    #[test]
    fn java_has_names() {
        let words = Words { is_wide: false, is_big: true };
        let mut data = encode(words, &[0, 3, 1, 1_000, 0, 2, 2, 16, 32, 1, 1, 48, 0, 1, 0]);
        data.extend(b"0x10 com.example.Main.inner (Main.java:7)\n0x20 com.example.Main.main (Main.java:3)\n0x30 GC\n");
        insta::assert_snapshot!(show(&data), @r"
        [2, 2000000] com.example.Main.inner@10 com.example.Main.main@20
        [1, 1000000] GC@30
        ");
    }

    #[test]
    fn the_signal_handler_is_dropped() {
        let words = Words { is_wide: true, is_big: false };
        let mut data = encode(words, &[0, 3, 0, 10_000, 0]);
        for stack in 0..40u64 {
            data.extend(encode(words, &[1, 3, 0x1000 + 16 * stack, 0x9001, 0x5001 + 32 * stack]));
        }
        data.extend(encode(words, &[0, 1, 0]));
        let shown = show(&data);
        assert!(!shown.contains("@9000"), "{shown}");
        assert!(shown.contains("@5000"), "{shown}");
    }
}
