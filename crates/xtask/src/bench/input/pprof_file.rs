//! A CPU profile as Go's runtime writes it, encoded by itself: independent of the code that is measured.
//!
//! Format: `profile.proto` of github.com/google/pprof.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::Input;
use super::program::{Call, Origin, Program, Shape};
use super::random::{Random, mix};

/// A gzipped profile of a bit more than a megabyte.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct PprofFile;

/// Stacks of the profile.
const STACKS: usize = 40_000;

/// What the profile's samples add up to, to check what readers make of it.
pub(in super::super) const TOTAL_SAMPLES: u64 = STACKS as u64 * 3;

/// Places in each function that calls leave it from.
const PLACES: usize = 8;

const NANOSECONDS_PER_SAMPLE: u64 = 10_000_000;

impl Input for PprofFile {
    fn name(&self) -> String {
        format!("cpu-{STACKS}.pb.gz")
    }

    fn write(&self, output: &mut dyn Write) -> io::Result<()> {
        let mut compressed = GzEncoder::new(output, Compression::default());
        compressed.write_all(&encode())?;
        compressed.finish()?;
        Ok(())
    }
}

/// Strings that have fixed places; those of functions come after them.
const STRINGS: [&str; 12] = [
    "",
    "samples",
    "count",
    "cpu",
    "nanoseconds",
    "/srv/shop/bin/shop",
    "route",
    "/catalogue",
    "/search",
    "/orders",
    "/report",
    "/export.csv",
];

fn encode() -> Vec<u8> {
    let program = Program::new();
    let mut profile = Message::default();
    for (kind, unit) in [(1, 2), (3, 4)] {
        profile.message(1, &value_type(kind, unit));
    }
    let mut mapping = Message::default();
    for (field, value) in [(1, 1), (2, 0x40_0000), (3, 0x90_0000), (5, 5), (7, 1), (8, 1), (9, 1)] {
        mapping.number(field, value);
    }
    profile.message(3, &mapping);
    let mut random = Random::new(0x99);
    let mut stack: Vec<Call> = Vec::new();
    let mut tables = Tables::new(&program);
    // Hashes instead of stacks keep this small.
    let mut known: HashSet<u64> = HashSet::new();
    while known.len() < STACKS {
        program.walk(Origin::Go, Shape { callees: 6, chains: true, places: PLACES }, &mut random, &mut stack);
        let is_go = |call: &&Call| call.function < program.go_functions().len();
        let mut hasher = DefaultHasher::new();
        stack.iter().filter(is_go).for_each(|call| (call.function, call.offset % PLACES).hash(&mut hasher));
        if !known.insert(hasher.finish()) {
            continue;
        }
        let locations: Vec<u64> =
            stack.iter().rev().filter(is_go).map(|call| tables.location(*call, &mut profile)).collect();
        // 1 to 5, 3 on average over any five.
        let count = 1 + known.len() as u64 % 5;
        let mut sample = Message::default();
        sample.packed(1, &locations);
        sample.packed(2, &[count, count * NANOSECONDS_PER_SAMPLE]);
        let mut label = Message::default();
        label.number(1, 6);
        label.number(2, 7 + random.below(5) as u64);
        sample.message(3, &label);
        profile.message(2, &sample);
    }
    for string in &tables.strings {
        profile.bytes(6, string.as_bytes());
    }
    profile.number(9, 1_700_000_000_000_000_000);
    profile.number(10, TOTAL_SAMPLES * NANOSECONDS_PER_SAMPLE);
    profile.message(11, &value_type(3, 4));
    profile.number(12, NANOSECONDS_PER_SAMPLE);
    profile.0
}

/// Locations and functions with numbers from 1 in the order of their first use, as Go's runtime gives them.
struct Tables<'a> {
    program: &'a Program,
    locations: HashMap<(usize, usize), u64>,
    functions: HashMap<usize, u64>,
    strings: Vec<String>,
}

impl<'a> Tables<'a> {
    fn new(program: &'a Program) -> Self {
        let strings = STRINGS.map(str::to_owned).into();
        Self { program, locations: HashMap::new(), functions: HashMap::new(), strings }
    }

    /// The number of a call's location, which is written when it is new.
    fn location(&mut self, call: Call, profile: &mut Message) -> u64 {
        let place = call.offset % PLACES;
        if let Some(&known) = self.locations.get(&(call.function, place)) {
            return known;
        }
        let function = self.function(call, profile);
        let mut line = Message::default();
        line.number(1, function);
        line.number(2, start_line(call.function) + 2 + 3 * place as u64);
        let number = self.locations.len() as u64 + 1;
        let mut location = Message::default();
        location.number(1, number);
        location.number(2, 1);
        location.number(3, self.program.function(call).start + call.offset as u64);
        location.message(4, &line);
        profile.message(4, &location);
        self.locations.insert((call.function, place), number);
        number
    }

    fn function(&mut self, call: Call, profile: &mut Message) -> u64 {
        if let Some(&known) = self.functions.get(&call.function) {
            return known;
        }
        let name = &self.program.function(call).name;
        let package = name.split(".(").next().unwrap_or_default();
        let (number, text) = (self.functions.len() as u64 + 1, self.strings.len() as u64);
        let mut function = Message::default();
        for (field, value) in [(1, number), (2, text), (3, text), (4, text + 1), (5, start_line(call.function))] {
            function.number(field, value);
        }
        profile.message(5, &function);
        self.strings.extend([name.clone(), format!("/srv/shop/src/{package}/file{}.go", call.function % 7)]);
        self.functions.insert(call.function, number);
        number
    }
}

fn value_type(kind: u64, unit: u64) -> Message {
    let mut message = Message::default();
    message.number(1, kind);
    message.number(2, unit);
    message
}

fn start_line(function: usize) -> u64 {
    10 + mix(function as u64) % 900
}

/// A protobuf message in the making.
#[derive(Debug, Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn message(&mut self, field: u64, message: &Self) {
        self.bytes(field, &message.0);
    }

    fn packed(&mut self, field: u64, values: &[u64]) {
        let mut packed = Self::default();
        for &value in values {
            packed.varint(value);
        }
        self.message(field, &packed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_those_of_the_protobuf_documentation() {
        let mut message = Message::default();
        message.number(1, 150);
        message.bytes(2, b"testing");
        message.packed(6, &[3, 270, 86_942]);
        let expected =
            [&[0x08, 0x96, 0x01][..], &[0x12, 0x07], b"testing", &[0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05]];
        assert_eq!(message.0, expected.concat());
    }

    #[test]
    fn the_file_is_about_a_megabyte() {
        let mut bytes = Vec::new();
        PprofFile.write(&mut bytes).unwrap();
        assert!((800_000..1_300_000).contains(&bytes.len()), "{}", bytes.len());
    }
}
