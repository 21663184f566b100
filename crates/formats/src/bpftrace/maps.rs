//! The maps of an output: a profile each, which become the columns of one.

use firesteel_model::{
    Label, LabelSetId, LabelValue, ProcessId, Profile, Sample, StackId, StringId, Thread, ThreadId, Unit, ValueType,
};

use super::entry::{Key, frame, value_of};
use crate::format::Format;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::KnownLines;
use crate::text_number::decimal;
use crate::warning::{Place, WarningKind, Warnings};

/// How many maps are kept apart; the entries of those beyond are skipped and counted.
const MAX_MAPS: usize = 64;

/// The maps of an output, in order of appearance.
pub(super) struct Maps {
    options: ReadOptions,
    entries: Vec<Map>,
    /// Collects warnings while there is no map.
    none: ProfileBuilder,
}

struct Map {
    name: String,
    builder: ProfileBuilder,
    known: KnownLines,
}

impl Maps {
    pub(super) fn new(options: &ReadOptions) -> Self {
        let none = ProfileBuilder::new(vec![ValueType::samples()], options);
        Self { options: options.clone(), entries: Vec::new(), none }
    }

    /// Where warnings go.
    pub(super) fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.none
    }

    /// Adds an entry of a map.
    pub(super) fn add(&mut self, name: &str, keys: &[Key], value: &str, place: Place) {
        // What has no keys is a number of the whole run, not of a stack.
        let Some(value) = value_of(value).filter(|_| !keys.is_empty()) else {
            self.none.warnings.add(WarningKind::UnreadableLine, place);
            return;
        };
        let index = match self.entries.iter().position(|map| map.name == name) {
            Some(index) => index,
            None if self.entries.len() < MAX_MAPS => {
                let builder = ProfileBuilder::new(vec![value_type(name)], &self.options);
                self.entries.push(Map { name: name.to_owned(), builder, known: KnownLines::default() });
                self.entries.len() - 1
            }
            None => {
                self.none.warnings.add(WarningKind::UnreadableLine, place);
                return;
            }
        };
        if let Some(map) = self.entries.get_mut(index) {
            map.add(keys, value);
        }
    }

    /// One profile with a column for each map.
    pub(super) fn finish(self) -> Read {
        let mut warnings = self.none.warnings;
        // Output without a map has nothing to count, which is a column, too.
        let types: Vec<ValueType> = self.entries.iter().map(|map| value_type(&map.name)).collect();
        let mut profile = Profile::new(if types.is_empty() { vec![ValueType::samples()] } else { types });
        // Maps of plain numbers may come before the one that all this is about.
        let stacks = |map: &Map| map.builder.profile.stacks().len();
        let first =
            self.entries.iter().enumerate().rev().max_by_key(|(_, map)| stacks(map)).map_or(0, |(index, _)| index);
        let mut maps = self.entries.into_iter();
        if maps.len() == 1
            && let Some(map) = maps.next()
        {
            profile = map.builder.profile;
            add_all(&mut warnings, &map.builder.warnings);
        }
        for map in maps {
            // The columns are those of the maps, so there is always a common one.
            let _ = profile.merge(&map.builder.profile);
            add_all(&mut warnings, &map.builder.warnings);
        }
        profile.metadata.default_sample_type = first;
        Read::new(profile, warnings, Format::Bpftrace)
    }
}

fn add_all(warnings: &mut Warnings, more: &Warnings) {
    for warning in more.iter() {
        warnings.add_many(warning.kind, warning.count, warning.places.first().copied());
    }
}

impl Map {
    fn add(&mut self, keys: &[Key], value: i64) {
        let has_stack = keys.iter().any(|key| !matches!(key, Key::Text(_)));
        let texts: Vec<&str> = keys
            .iter()
            .filter_map(|key| match key {
                Key::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        let builder = &mut self.builder;
        if !has_stack {
            let frame = builder.profile.intern_named_frame(&texts.join(", "), firesteel_model::FrameKind::Unknown);
            let stack = builder.profile.push_stack(StackId::ROOT, frame);
            builder.add_values(stack, &[value]);
            return;
        }
        let mut stack = StackId::ROOT;
        for key in keys.iter().rev() {
            if let Key::Frame(line) = key {
                let frame = self.known.frame(line, || frame(line, builder));
                stack = builder.profile.push_stack(stack, frame);
            }
        }
        let (thread, labels) = whose(&texts, &mut builder.profile);
        builder.add(Sample { thread, labels, ..Sample::new(stack, &[value]) });
    }
}

/// What keys beside the stacks say: the first text is `comm`, the number next to it `pid`; the rest are labels by
/// their position.
fn whose(texts: &[&str], profile: &mut Profile) -> (ThreadId, LabelSetId) {
    if texts.is_empty() {
        return (ThreadId::NONE, LabelSetId::EMPTY);
    }
    let number = |index: usize| texts.get(index).and_then(|text| decimal(text));
    let comm = (0..texts.len()).find(|&index| number(index).is_none());
    let process = comm.and_then(|comm| {
        let beside = [Some(comm + 1), comm.checked_sub(1)];
        beside.into_iter().flatten().find(|&index| number(index).is_some_and(|id| u32::try_from(id).is_ok()))
    });
    let thread = comm.map_or(ThreadId::NONE, |comm| {
        let name = profile.intern(texts.get(comm).copied().unwrap_or_default());
        let process = process.and_then(number).and_then(|id| u32::try_from(id).ok()).map(ProcessId);
        profile.intern_thread(Thread { process, thread: None, name })
    });
    let mut labels = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        if Some(index) == comm || Some(index) == process {
            continue;
        }
        let key = profile.intern(&format!("key{}", index + 1));
        let value = match decimal(text) {
            Some(value) => LabelValue::Number { value, unit: StringId::EMPTY },
            None => LabelValue::Text(profile.intern(text)),
        };
        labels.push(Label { key, value });
    }
    (thread, profile.intern_labels(&labels))
}

/// What the values of a map are, as far as its name tells.
fn value_type(name: &str) -> ValueType {
    let unit = match name.rsplit('_').next() {
        Some("ns" | "nsecs" | "nanoseconds") => Unit::Nanoseconds,
        Some("us" | "usecs" | "microseconds") => Unit::Other("microseconds".to_owned()),
        Some("ms" | "msecs" | "milliseconds") => Unit::Other("milliseconds".to_owned()),
        Some("bytes") => Unit::Bytes,
        _ => Unit::Count,
    };
    if name.is_empty() { ValueType::samples() } else { ValueType::new(name, unit) }
}
