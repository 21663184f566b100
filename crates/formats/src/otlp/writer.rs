//! A profile to OTLP.

use std::io;

use firesteel_model::{
    FrameId, FrameKind, FunctionId, LabelSetId, LabelValue, MappingId, Profile, StackId, StringTable, ThreadId,
};
use hashbrown::HashMap;
use prost::Message as _;
use rapidhash::fast::SeedableState;

use super::messages::{
    AnyValue, Attribute, Dictionary, Function, KeyValue, Line, Link, Location, Mapping, Profile as ProfileMessage,
    ProfilesData, Resource, ResourceProfiles, Sample, Scope, ScopeProfiles, Stack, Value, ValueType,
};
use super::{BUILD_IDS, FRAME_TYPE};
use crate::error::Error;
use crate::timeline::value;

type Numbers<K> = HashMap<K, i32, SeedableState<'static>>;

/// Writes a profile as `ProfilesData`, which is an `ExportProfilesServiceRequest` as well: one resource for each process,
/// in it one profile for each value column.
///
/// Labels, threads and times are kept. Times count from the first sample, at the start of the profile where that is
/// known. Fractions of values are rounded, the format has whole numbers only.
///
/// # Errors
///
/// When writing fails.
pub fn write(profile: &Profile, output: &mut dyn io::Write) -> Result<(), Error> {
    let mut encoder = Encoder::new(profile);
    let resource_profiles = encoder.resources();
    let mut dictionary = encoder.dictionary;
    dictionary.strings = encoder.strings.iter().map(|text| text.as_bytes().to_vec()).collect();
    let data = ProfilesData { resource_profiles, dictionary: Some(dictionary) };
    output.write_all(&data.encode_to_vec()).map_err(Error::writing)
}

/// The dictionary, which fills up as samples refer to it. The first entry of each table stands for none.
struct Encoder<'a> {
    profile: &'a Profile,
    dictionary: Dictionary,
    strings: StringTable,
    functions: Numbers<FunctionId>,
    mappings: Numbers<MappingId>,
    /// Locations by their frames, innermost first.
    locations: Numbers<Vec<FrameId>>,
    stacks: Numbers<StackId>,
    attributes: Numbers<(String, String, String)>,
    /// Nanoseconds to add to the times of samples.
    offset: i64,
}

impl<'a> Encoder<'a> {
    fn new(profile: &'a Profile) -> Self {
        let first = profile.samples().filter_map(|sample| sample.time).min().map_or(0, |time| time.0 as i64);
        let offset = profile.metadata.start.map_or(0, |start| start.0.saturating_sub(first));
        let dictionary = Dictionary {
            mappings: vec![Mapping::default()],
            locations: vec![Location::default()],
            functions: vec![Function::default()],
            links: vec![Link::default()],
            strings: Vec::new(),
            attributes: vec![Attribute::default()],
            stacks: vec![Stack::default()],
        };
        Self {
            profile,
            dictionary,
            strings: StringTable::default(),
            functions: HashMap::with_hasher(SeedableState::fixed()),
            mappings: HashMap::with_hasher(SeedableState::fixed()),
            locations: HashMap::with_hasher(SeedableState::fixed()),
            stacks: HashMap::with_hasher(SeedableState::fixed()),
            attributes: HashMap::with_hasher(SeedableState::fixed()),
            offset,
        }
    }

    fn resources(&mut self) -> Vec<ResourceProfiles> {
        let profile = self.profile;
        let mut processes: Vec<Option<u32>> = Vec::new();
        for sample in profile.samples() {
            let process = process_of(profile, sample.thread);
            if processes.last() != Some(&process) && !processes.contains(&process) {
                processes.push(process);
            }
        }
        let resource = |process: &Option<u32>| {
            let mut attributes = Vec::new();
            if !profile.metadata.title.is_empty() {
                attributes.push(key_value("service.name", Value::Text(profile.metadata.title.clone())));
            }
            if let Some(process) = process {
                attributes.push(key_value("process.pid", Value::Integer(i64::from(*process))));
            }
            let profiles = (0..profile.sample_types().len()).map(|column| self.profile(*process, column)).collect();
            let scope = Scope { name: "firesteel".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
            ResourceProfiles {
                resource: Some(Resource { attributes }),
                scope_profiles: vec![ScopeProfiles { scope: Some(scope), profiles }],
            }
        };
        processes.iter().map(resource).collect()
    }

    fn profile(&mut self, process: Option<u32>, column: usize) -> ProfileMessage {
        let profile = self.profile;
        let metadata = &profile.metadata;
        let sample_type = profile.sample_types().get(column);
        let value_type = |strings: &mut StringTable, name: &str, unit: &str| ValueType {
            name: index(strings.intern(name).index()),
            unit: index(strings.intern(unit).index()),
        };
        let mut message = ProfileMessage {
            sample_type: sample_type
                .map(|sample_type| value_type(&mut self.strings, &sample_type.name, sample_type.unit.as_str())),
            time_unix_nano: metadata.start.map_or(0, |start| start.0.max(0) as u64),
            duration_nano: metadata.duration.map_or(0, |duration| duration.0),
            ..ProfileMessage::default()
        };
        if let Some(period) = &metadata.period {
            let name = &period.value_type.name;
            message.period_type = Some(value_type(&mut self.strings, name, period.value_type.unit.as_str()));
            message.period = period.value;
        }
        let decimals = sample_type.map_or(0, |sample_type| sample_type.decimals);
        let mut rows: HashMap<(StackId, LabelSetId, ThreadId, bool), usize, SeedableState<'static>> =
            HashMap::with_hasher(SeedableState::fixed());
        for sample in profile.samples() {
            let value = whole(value(&sample, column), decimals);
            if value == 0 || process_of(profile, sample.thread) != process {
                continue;
            }
            let key = (sample.stack, sample.labels, sample.thread, sample.time.is_some());
            let count = message.samples.len();
            let row = *rows.entry(key).or_insert(count);
            if row == count {
                let stack = self.stack(sample.stack);
                let attributes = self.sample_attributes(sample.labels, sample.thread);
                message.samples.push(Sample { stack, attributes, ..Sample::default() });
            }
            let Some(message) = message.samples.get_mut(row) else { continue };
            match (sample.time, message.values.first_mut()) {
                (Some(time), _) => {
                    message.values.push(value);
                    message.timestamps.push((time.0 as i64).saturating_add(self.offset).max(0) as u64);
                }
                (None, Some(sum)) => *sum = sum.saturating_add(value),
                (None, None) => message.values.push(value),
            }
        }
        message
    }

    fn string(&mut self, text: &str) -> i32 {
        index(self.strings.intern(text).index())
    }

    fn stack(&mut self, stack: StackId) -> i32 {
        if stack == StackId::ROOT {
            return 0;
        }
        if let Some(&known) = self.stacks.get(&stack) {
            return known;
        }
        let profile = self.profile;
        let mut locations = Vec::new();
        // A frame that was inlined shares the location of the next one towards the root.
        let mut chain = Vec::new();
        for frame in profile.stacks().frames(stack) {
            chain.push(frame);
            if !profile.frame(frame).flags.inlined {
                locations.push(self.location(std::mem::take(&mut chain)));
            }
        }
        if !chain.is_empty() {
            locations.push(self.location(chain));
        }
        let number = index(self.dictionary.stacks.len());
        self.dictionary.stacks.push(Stack { locations });
        self.stacks.insert(stack, number);
        number
    }

    fn location(&mut self, chain: Vec<FrameId>) -> i32 {
        if let Some(&known) = self.locations.get(&chain) {
            return known;
        }
        let profile = self.profile;
        let physical = chain.last().map(|&frame| *profile.frame(frame)).unwrap_or_default();
        // A location without lines is one that has no name.
        let is_unnamed = physical.flags.unnamed && physical.address.0 != 0;
        let mut lines = Vec::new();
        if !is_unnamed {
            for &id in &chain {
                let frame = profile.frame(id);
                let function = self.function(id);
                lines.push(Line { function, line: i64::from(frame.line.0) });
            }
        }
        let attributes = match frame_type(physical.kind) {
            Some(kind) => vec![self.attribute(FRAME_TYPE, Value::Text(kind.to_owned()), "")],
            None => Vec::new(),
        };
        let mapping = self.mapping(physical.mapping);
        let number = index(self.dictionary.locations.len());
        self.dictionary.locations.push(Location { mapping, address: physical.address.0, lines, attributes });
        self.locations.insert(chain, number);
        number
    }

    fn function(&mut self, frame: FrameId) -> i32 {
        let profile = self.profile;
        let id = profile.frame(frame).function;
        if let Some(&known) = self.functions.get(&id) {
            return known;
        }
        let function = *profile.function(id);
        let message = Function {
            name: self.string(profile.frame_name(frame)),
            system_name: self.string(profile.string(function.system_name)),
            file: self.string(profile.string(function.file)),
            start_line: i64::from(function.start_line.0),
        };
        let number = index(self.dictionary.functions.len());
        self.dictionary.functions.push(message);
        self.functions.insert(id, number);
        number
    }

    fn mapping(&mut self, id: MappingId) -> i32 {
        if id == MappingId::NONE {
            return 0;
        }
        if let Some(&known) = self.mappings.get(&id) {
            return known;
        }
        let mapping = *self.profile.mapping(id);
        let build_id = self.profile.string(mapping.build_id);
        let attributes = if build_id.is_empty() {
            Vec::new()
        } else {
            // Go's own ids have slashes in them.
            let [gnu, go, _] = BUILD_IDS;
            let key = if build_id.contains('/') { go } else { gnu };
            vec![self.attribute(key, Value::Text(build_id.to_owned()), "")]
        };
        let message = Mapping {
            start: mapping.start.0,
            limit: mapping.limit.0,
            file_offset: mapping.file_offset,
            file: self.string(self.profile.string(mapping.file)),
            attributes,
        };
        let number = index(self.dictionary.mappings.len());
        self.dictionary.mappings.push(message);
        self.mappings.insert(id, number);
        number
    }

    fn sample_attributes(&mut self, labels: LabelSetId, thread: ThreadId) -> Vec<i32> {
        let profile = self.profile;
        let mut attributes = Vec::new();
        let thread = profile.thread(thread);
        if let Some(thread) = thread.thread {
            attributes.push(self.attribute("thread.id", Value::Integer(i64::from(thread.0)), ""));
        }
        let name = profile.string(thread.name);
        if !name.is_empty() {
            attributes.push(self.attribute("thread.name", Value::Text(name.to_owned()), ""));
        }
        for label in profile.labels(labels) {
            let (value, unit) = match label.value {
                LabelValue::Text(text) => (Value::Text(profile.string(text).to_owned()), ""),
                LabelValue::Number { value, unit } => (Value::Integer(value), profile.string(unit)),
            };
            attributes.push(self.attribute(profile.string(label.key), value, unit));
        }
        attributes
    }

    fn attribute(&mut self, key: &str, value: Value, unit: &str) -> i32 {
        let (kind, text) = match &value {
            Value::Integer(value) => ("#", value.to_string()),
            Value::Text(text) => ("", text.clone()),
            _ => ("?", String::new()),
        };
        let id = (key.to_owned(), format!("{kind}{unit}"), text);
        if let Some(&known) = self.attributes.get(&id) {
            return known;
        }
        let attribute =
            Attribute { key: self.string(key), value: Some(AnyValue { value: Some(value) }), unit: self.string(unit) };
        let number = index(self.dictionary.attributes.len());
        self.dictionary.attributes.push(attribute);
        self.attributes.insert(id, number);
        number
    }
}

fn key_value(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }) }
}

fn index(position: usize) -> i32 {
    i32::try_from(position).unwrap_or(i32::MAX)
}

fn process_of(profile: &Profile, thread: ThreadId) -> Option<u32> {
    profile.thread(thread).process.map(|process| process.0)
}

/// A value without its digits behind the point, rounded.
fn whole(value: i64, decimals: u8) -> i64 {
    match 10i64.checked_pow(u32::from(decimals)) {
        Some(1) | None => value,
        Some(scale) => (value as f64 / scale as f64).round() as i64,
    }
}

fn frame_type(kind: FrameKind) -> Option<&'static str> {
    match kind {
        FrameKind::Go => Some("go"),
        FrameKind::Native => Some("native"),
        FrameKind::Kernel => Some("kernel"),
        _ => None,
    }
}
