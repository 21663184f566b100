//! A profile taken apart into locations, which is what pprof filters.
//!
//! A location is one address with a line for each function that was inlined there. In the model these are frames of
//! which all but the outermost say that they were inlined. A rule that removes lines removes them from the location
//! wherever it occurs; a location without lines leaves the stacks.

use firesteel_model::{
    Frame, FrameFlags, FrameId, LabelSetId, MappingId, Nanoseconds, Profile, Sample, StackId, StringId, ThreadId,
};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::pattern::Pattern;

/// One address with the functions that were inlined there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Location {
    /// The lines that are left, innermost first.
    pub(crate) lines: Vec<FrameId>,
    /// Where its code was mapped from; stays what it is when the outermost line goes.
    pub(crate) mapping: MappingId,
}

/// Index of a location.
pub(crate) type LocationIndex = u32;

/// A sample of which everything may change but its values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocatedSample {
    /// Its row in the profile that was taken apart.
    pub(crate) row: usize,
    /// Index of its stack.
    pub(crate) stack: usize,
    pub(crate) labels: LabelSetId,
    pub(crate) thread: ThreadId,
    pub(crate) time: Option<Nanoseconds>,
}

/// The indices of locations by what they are; only good until a filter changes locations.
pub(crate) struct KnownLocations(HashMap<Location, LocationIndex, SeedableState<'static>>);

impl Default for KnownLocations {
    fn default() -> Self {
        Self(HashMap::with_hasher(SeedableState::fixed()))
    }
}

impl KnownLocations {
    /// The index of a location, which is added if it is new.
    pub(crate) fn intern(&mut self, location: Location, locations: &mut Vec<Location>) -> LocationIndex {
        *self.0.entry(location).or_insert_with_key(|location| {
            locations.push(location.clone());
            (locations.len() - 1) as LocationIndex
        })
    }
}

/// A profile taken apart.
pub(crate) struct Located<'a> {
    original: &'a Profile,
    /// The tables, to which filters may add.
    pub(crate) tables: Profile,
    pub(crate) locations: Vec<Location>,
    /// Distinct stacks, leaf first.
    pub(crate) stacks: Vec<Vec<LocationIndex>>,
    pub(crate) samples: Vec<LocatedSample>,
}

impl<'a> Located<'a> {
    /// Takes a profile apart. Locations are numbered in the order in which samples name them, leaf first.
    pub(crate) fn new(original: &'a Profile) -> Self {
        let mut located = Self {
            original,
            tables: original.emptied(),
            locations: Vec::new(),
            stacks: Vec::new(),
            samples: Vec::with_capacity(original.sample_count()),
        };
        let mut known = KnownLocations::default();
        let mut numbers: Vec<Option<usize>> = vec![None; original.stacks().len()];
        for (row, sample) in original.samples().enumerate() {
            let stack = if let Some(known) = numbers[sample.stack.index()] {
                known
            } else {
                let stack = located.locations_of(sample.stack, &mut known);
                located.stacks.push(stack);
                *numbers[sample.stack.index()].insert(located.stacks.len() - 1)
            };
            let Sample { labels, thread, time, .. } = sample;
            located.samples.push(LocatedSample { row, stack, labels, thread, time });
        }
        located
    }

    fn locations_of(&mut self, stack: StackId, known: &mut KnownLocations) -> Vec<LocationIndex> {
        let original = self.original;
        let mut locations = Vec::new();
        let mut lines = Vec::new();
        let mut frames = original.stacks().frames(stack).peekable();
        while let Some(frame) = frames.next() {
            lines.push(frame);
            let Frame { flags, mapping, .. } = *original.frame(frame);
            // A root frame that says that it was inlined has nothing to be inlined into.
            if !flags.inlined || frames.peek().is_none() {
                locations
                    .push(known.intern(Location { lines: std::mem::take(&mut lines), mapping }, &mut self.locations));
            }
        }
        locations
    }

    /// Which functions and mappings an expression matches.
    pub(crate) fn matcher(&self, pattern: &Pattern) -> Matcher {
        Matcher::new(&self.tables, pattern)
    }

    /// Keeps the samples whose stack is wanted, by the index of the stack.
    pub(crate) fn retain_stacks(&mut self, wanted: &[bool]) {
        self.samples.retain(|sample| wanted[sample.stack]);
    }

    /// Puts the profile together again. Samples, values, threads and times are those that are left.
    pub(crate) fn into_profile(self) -> Profile {
        let Self { original, tables: mut result, locations, stacks, samples, .. } = self;
        let placed: Vec<Vec<FrameId>> = locations.iter().map(|location| place(&mut result, &location.lines)).collect();
        let mut made: Vec<Option<StackId>> = vec![None; stacks.len()];
        for sample in samples {
            let stack = *made[sample.stack].get_or_insert_with(|| {
                let outermost_first = stacks[sample.stack].iter().rev();
                outermost_first
                    .flat_map(|&index| placed[index as usize].iter().rev())
                    .fold(StackId::ROOT, |stack, &frame| result.push_stack(stack, frame))
            });
            let LocatedSample { row, labels, thread, time, .. } = sample;
            result.add_sample(Sample { stack, values: original.sample(row).values, labels, thread, time });
        }
        result
    }
}

/// The frames of a location's lines, innermost first, with the marks that make them one location.
fn place(tables: &mut Profile, lines: &[FrameId]) -> Vec<FrameId> {
    let last = lines.len().saturating_sub(1);
    let place = |(index, &line): (usize, &FrameId)| {
        let frame = *tables.frame(line);
        let inlined = index != last;
        if frame.flags.inlined == inlined {
            return line;
        }
        tables.intern_frame(Frame { flags: FrameFlags { inlined, ..frame.flags }, ..frame })
    };
    lines.iter().enumerate().map(place).collect()
}

/// Which functions and mappings an expression matches.
pub(crate) struct Matcher {
    functions: Vec<bool>,
    mappings: Vec<bool>,
}

impl Matcher {
    fn new(tables: &Profile, pattern: &Pattern) -> Self {
        let matches = |text: StringId| pattern.matches(tables.string(text));
        let functions =
            tables.functions().iter().map(|function| matches(function.name) || matches(function.file)).collect();
        // The first mapping stands for none.
        let mappings =
            tables.mappings().iter().enumerate().map(|(index, mapping)| index > 0 && matches(mapping.file)).collect();
        Self { functions, mappings }
    }

    /// Whether a line's function matches by its name or file.
    pub(crate) fn line(&self, tables: &Profile, line: FrameId) -> bool {
        self.functions.get(tables.frame(line).function.index()).copied().unwrap_or(false)
    }

    /// Whether a mapping matches by its file.
    pub(crate) fn mapping(&self, mapping: MappingId) -> bool {
        self.mappings.get(mapping.index()).copied().unwrap_or(false)
    }

    /// Whether any line or the mapping matches.
    pub(crate) fn location(&self, tables: &Profile, location: &Location) -> bool {
        self.mapping(location.mapping) || location.lines.iter().any(|&line| self.line(tables, line))
    }
}
