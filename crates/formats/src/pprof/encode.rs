//! The tables of a pprof protobuf as they are written: strings, functions, locations, mappings.

use firesteel_model::{FrameId, FunctionId, Mapping, MappingId, Profile, StackId, StringTable, ValueType};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::decode::field;
use super::wire::{put_bytes, put_field, put_number};

/// Tables that fill up as samples refer to them. Ids count from 1 in order of first use.
pub(super) struct Encoder<'a> {
    profile: &'a Profile,
    strings: StringTable,
    functions: HashMap<FunctionId, u64, SeedableState<'static>>,
    encoded_functions: Vec<u8>,
    /// Locations by their frames, innermost first.
    locations: HashMap<Box<[FrameId]>, u64, SeedableState<'static>>,
    encoded_locations: Vec<u8>,
    facts: Vec<MappingFacts>,
    chain: Vec<FrameId>,
    scratch: Vec<u8>,
}

/// What a mapping's `has_…` fields say.
#[derive(Clone, Copy, Default)]
struct MappingFacts {
    functions: bool,
    files: bool,
    lines: bool,
    inlined: bool,
}

impl<'a> Encoder<'a> {
    pub(super) fn new(profile: &'a Profile) -> Self {
        Self {
            profile,
            strings: StringTable::default(),
            functions: HashMap::with_hasher(SeedableState::fixed()),
            encoded_functions: Vec::new(),
            locations: HashMap::with_hasher(SeedableState::fixed()),
            encoded_locations: Vec::new(),
            facts: vec![MappingFacts::default(); profile.mappings().len()],
            chain: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// The index of a string.
    pub(super) fn string(&mut self, text: &str) -> u64 {
        self.strings.intern(text).index() as u64
    }

    /// Appends the location ids of a stack, leaf first. A frame that was inlined shares the location
    /// of the next frame towards the root.
    pub(super) fn push_locations(&mut self, stack: StackId, ids: &mut Vec<u8>) {
        let profile = self.profile;
        let mut chain = std::mem::take(&mut self.chain);
        chain.clear();
        for frame in profile.stacks().frames(stack) {
            chain.push(frame);
            if !profile.frame(frame).flags.inlined {
                put_number(self.location(&chain), ids);
                chain.clear();
            }
        }
        // The root frame says that it was inlined: nothing is left for it to be inlined into.
        if !chain.is_empty() {
            put_number(self.location(&chain), ids);
        }
        self.chain = chain;
    }

    fn location(&mut self, chain: &[FrameId]) -> u64 {
        if let Some(&known) = self.locations.get(chain) {
            return known;
        }
        let id = self.locations.len() as u64 + 1;
        self.locations.insert(chain.into(), id);
        let profile = self.profile;
        let mut location = std::mem::take(&mut self.scratch);
        location.clear();
        put_field(1, id, &mut location);
        if let Some(physical) = chain.last().map(|&frame| profile.frame(frame)) {
            put_field(2, mapping_number(physical.mapping), &mut location);
            put_field(3, physical.address.0, &mut location);
        }
        let mut line = Vec::new();
        for &frame in chain {
            let frame = *profile.frame(frame);
            let function = *profile.function(frame.function);
            if let Some(facts) = self.facts.get_mut(frame.mapping.index()) {
                facts.functions |= !frame.flags.unnamed;
                facts.files |= !profile.string(function.file).is_empty();
                facts.lines |= frame.line.0 != 0;
                facts.inlined |= frame.flags.inlined;
            }
            line.clear();
            put_field(1, self.function(frame.function), &mut line);
            put_field(2, u64::from(frame.line.0), &mut line);
            put_bytes(4, &line, &mut location);
        }
        put_bytes(field::profile::LOCATION, &location, &mut self.encoded_locations);
        self.scratch = location;
        id
    }

    fn function(&mut self, id: FunctionId) -> u64 {
        if let Some(&known) = self.functions.get(&id) {
            return known;
        }
        let number = self.functions.len() as u64 + 1;
        self.functions.insert(id, number);
        let profile = self.profile;
        let function = *profile.function(id);
        let name = match profile.string(function.name) {
            "" => "[unknown]",
            name => name,
        };
        // The format's own writers repeat the name where there is no other.
        let system_name = match profile.string(function.system_name) {
            "" => name,
            system_name => system_name,
        };
        let mut message = Vec::new();
        put_field(1, number, &mut message);
        put_field(2, self.string(name), &mut message);
        put_field(3, self.string(system_name), &mut message);
        put_field(4, self.string(profile.string(function.file)), &mut message);
        put_field(5, u64::from(function.start_line.0), &mut message);
        put_bytes(field::profile::FUNCTION, &message, &mut self.encoded_functions);
        number
    }

    /// A `ValueType` message.
    pub(super) fn value_type(&mut self, value_type: &ValueType) -> Vec<u8> {
        let mut message = Vec::new();
        put_field(1, self.string(&value_type.name), &mut message);
        put_field(2, self.string(value_type.unit.as_str()), &mut message);
        message
    }

    /// Appends all tables. The string table comes last, so nothing may be interned afterwards.
    pub(super) fn finish(mut self, output: &mut Vec<u8>) {
        let profile = self.profile;
        // Readers take the first mapping for the program's own.
        let mut mappings: Vec<(usize, &Mapping)> = profile.mappings().iter().enumerate().skip(1).collect();
        mappings.sort_by_key(|(_, mapping)| profile.string(mapping.file).starts_with('['));
        for (index, mapping) in mappings {
            let facts = self.facts.get(index).copied().unwrap_or_default();
            let mut message = Vec::new();
            put_field(1, mapping_number(MappingId::from_index(index)), &mut message);
            put_field(2, mapping.start.0, &mut message);
            put_field(3, mapping.limit.0, &mut message);
            put_field(4, mapping.file_offset, &mut message);
            put_field(5, self.string(profile.string(mapping.file)), &mut message);
            put_field(6, self.string(profile.string(mapping.build_id)), &mut message);
            // Says to readers that they need not look for symbols; where none is known, they may try.
            let named = facts.functions;
            put_field(7, u64::from(named), &mut message);
            put_field(8, u64::from(named && facts.files), &mut message);
            put_field(9, u64::from(named && facts.lines), &mut message);
            put_field(10, u64::from(named && facts.inlined), &mut message);
            put_bytes(field::profile::MAPPING, &message, output);
        }
        output.extend_from_slice(&self.encoded_locations);
        output.extend_from_slice(&self.encoded_functions);
        for text in self.strings.iter() {
            put_bytes(field::profile::STRING_TABLE, text.as_bytes(), output);
        }
    }
}

/// Mappings keep their position; 0 means none in both worlds.
fn mapping_number(mapping: MappingId) -> u64 {
    mapping.index() as u64
}
