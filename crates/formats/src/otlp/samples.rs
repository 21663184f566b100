//! Samples before the dictionary is known that they refer to, which comes last.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::attributes::Resource;
use super::messages::{Profile, ResourceProfiles, Sample};
use crate::warning::{WarningKind, Warnings};

/// What all samples of a profile have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Context {
    /// Number of the resource.
    pub(super) resource: usize,
    /// Name and unit of the value column, as indices of strings.
    pub(super) sample_type: (i32, i32),
    /// Attributes of the profile.
    pub(super) attributes: Vec<i32>,
}

/// What tells samples apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// Number of the context.
    pub(super) context: usize,
    pub(super) stack: i32,
    pub(super) link: i32,
    pub(super) attributes: Vec<i32>,
}

/// A sum of samples, or a single one with its time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Number of the key.
    pub(super) key: usize,
    pub(super) value: i64,
    /// Nanoseconds since 1970.
    pub(super) time: Option<u64>,
}

/// Samples added up by what the numbers say that they refer to.
#[derive(Debug, Default)]
pub(super) struct RawSamples {
    pub(super) resources: Numbered<Resource>,
    pub(super) contexts: Numbered<Context>,
    pub(super) keys: Numbered<Key>,
    pub(super) rows: Vec<Row>,
    /// The row of each key whose samples are added up.
    sums: HashMap<usize, usize, SeedableState<'static>>,
    /// The earliest start of a profile, in nanoseconds since 1970.
    pub(super) start: Option<u64>,
    /// The longest duration of a profile, in nanoseconds.
    pub(super) duration: u64,
    /// Name, unit and length of the period of the first profile that has one.
    pub(super) period: Option<(i32, i32, i64)>,
}

impl RawSamples {
    /// Adds the profiles of a resource.
    pub(super) fn add(&mut self, profiles: &ResourceProfiles, keeps_times: bool, warnings: &mut Warnings) {
        let resource = self.resources.intern(Resource::new(profiles.resource.as_ref()));
        for profile in profiles.scope_profiles.iter().flat_map(|scope| &scope.profiles) {
            let sample_type =
                profile.sample_type.as_ref().map_or((0, 0), |sample_type| (sample_type.name, sample_type.unit));
            self.describe(profile);
            let attributes = profile.attribute_indices.clone();
            let context = self.contexts.intern(Context { resource, sample_type, attributes });
            for sample in &profile.samples {
                self.add_sample(context, sample, keeps_times, warnings);
            }
        }
    }

    fn describe(&mut self, profile: &Profile) {
        if profile.time_unix_nano > 0 {
            self.start = Some(self.start.map_or(profile.time_unix_nano, |start| start.min(profile.time_unix_nano)));
        }
        self.duration = self.duration.max(profile.duration_nano);
        if let Some(period) = &profile.period_type
            && profile.period != 0
        {
            self.period.get_or_insert((period.name, period.unit, profile.period));
        }
    }

    fn add_sample(&mut self, context: usize, sample: &Sample, keeps_times: bool, warnings: &mut Warnings) {
        let Sample { stack, link, attributes, values, timestamps } = sample;
        let key = self.keys.intern(Key { context, stack: *stack, link: *link, attributes: attributes.clone() });
        match (values.as_slice(), timestamps.as_slice()) {
            // Older senders have values in another place: then nothing is here.
            ([], []) => warnings.add_many(WarningKind::WrongValueCount, 1, None),
            // Each time stands for one.
            ([], times) => {
                for &time in times {
                    self.push(key, 1, Some(time), keeps_times);
                }
            }
            (values, times) => {
                if !times.is_empty() && times.len() != values.len() {
                    warnings.add_many(WarningKind::WrongValueCount, 1, None);
                }
                for (index, &value) in values.iter().enumerate() {
                    let time = if times.len() == values.len() { times.get(index).copied() } else { None };
                    self.push(key, value, time, keeps_times);
                }
            }
        }
    }

    fn push(&mut self, key: usize, value: i64, time: Option<u64>, keeps_times: bool) {
        let time = time.filter(|_| keeps_times);
        if time.is_none() {
            let count = self.rows.len();
            let row = *self.sums.entry(key).or_insert(count);
            if let Some(row) = self.rows.get_mut(row) {
                row.value = row.value.saturating_add(value);
                return;
            }
        }
        self.rows.push(Row { key, value, time });
    }
}

/// Values numbered in the order in which they first came.
#[derive(Debug)]
pub(super) struct Numbered<T> {
    pub(super) items: Vec<T>,
    numbers: HashMap<T, usize, SeedableState<'static>>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { items: Vec::new(), numbers: HashMap::with_hasher(SeedableState::fixed()) }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Numbered<T> {
    /// The number of a value, which is added when it is new.
    pub(super) fn intern(&mut self, item: T) -> usize {
        if let Some(&known) = self.numbers.get(&item) {
            return known;
        }
        let number = self.items.len();
        self.items.push(item.clone());
        self.numbers.insert(item, number);
        number
    }
}
