//! Labels as frames: tagroot and tagleaf.

use firesteel_model::{Frame, FrameFlags, FrameKind, Function, LabelSetId, LabelValue, MappingId, Profile, StringId};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::label_units::is_there;
use crate::located::{KnownLocations, Located, Location, LocationIndex};
use crate::measurement::scaled_label;

/// Whether any sample had a label of the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PseudoMatches {
    pub(crate) root: bool,
    pub(crate) leaf: bool,
}

/// The keys of a list with commas between.
pub(crate) fn keys(list: Option<&str>) -> Vec<String> {
    list.unwrap_or("").split(',').filter(|key| !key.is_empty()).map(str::to_owned).collect()
}

/// Adds a frame for the values of each key: those of `root` outside of the outermost frame, the first key outermost,
/// those of `leaf` inside of the innermost, the last key innermost. The function is called by the value and is in the
/// "file" that is the key. Samples without a label of the key get a frame, too, which says so.
pub(crate) fn add_frames(located: &mut Located<'_>, root: &[String], leaf: &[String], unit: &str) -> PseudoMatches {
    let mut matches = PseudoMatches::default();
    if root.is_empty() && leaf.is_empty() {
        return matches;
    }
    let mut known = KnownLocations::default();
    // The frames of a set of labels, those of the leaf and those of the root, both innermost first.
    let mut of_labels: HashMap<LabelSetId, [Vec<LocationIndex>; 2], SeedableState<'static>> =
        HashMap::with_hasher(SeedableState::fixed());
    let mut moved: HashMap<(usize, LabelSetId), usize, SeedableState<'static>> =
        HashMap::with_hasher(SeedableState::fixed());
    for index in 0..located.samples.len() {
        let sample = located.samples[index];
        let Located { tables, locations, stacks, .. } = located;
        let [leaves, roots] = of_labels.entry(sample.labels).or_insert_with(|| {
            let mut make = |keys: &[String], kind: FrameKind, matched: &mut bool| {
                let frame = |key: &String| {
                    let location = location_of(tables, sample.labels, key, kind, unit, matched);
                    known.intern(location, locations)
                };
                keys.iter().rev().map(frame).collect::<Vec<_>>()
            };
            // Roots are like the process of a sample; leaves are notes.
            [make(leaf, FrameKind::Marker, &mut matches.leaf), make(root, FrameKind::Process, &mut matches.root)]
        });
        let stack = *moved.entry((sample.stack, sample.labels)).or_insert_with(|| {
            let stack = leaves.iter().chain(&stacks[sample.stack]).chain(&*roots).copied().collect();
            stacks.push(stack);
            stacks.len() - 1
        });
        located.samples[index].stack = stack;
    }
    matches
}

fn location_of(
    tables: &mut Profile,
    labels: LabelSetId,
    key: &str,
    kind: FrameKind,
    unit: &str,
    matched: &mut bool,
) -> Location {
    let values = values_of(tables, labels, key, unit);
    *matched |= !values.is_empty();
    let is_missing = values.is_empty();
    // pprof leaves the name empty. Ours is a stand-in, so that people see what is missing.
    let name = if is_missing { format!("[no {key}]") } else { values.join(",") };
    let function = Function { name: tables.intern(&name), file: tables.intern(key), ..Function::default() };
    let function = tables.intern_function(function);
    let flags = FrameFlags { unnamed: is_missing, ..FrameFlags::default() };
    let frame = tables.intern_frame(Frame { function, kind, flags, ..Frame::default() });
    Location { lines: vec![frame], mapping: MappingId::NONE }
}

/// The values of a key: texts as they are, then numbers in the unit wanted.
fn values_of(tables: &Profile, labels: LabelSetId, key: &str, unit: &str) -> Vec<String> {
    let of_key = || tables.labels(labels).iter().filter(|label| is_there(label) && tables.string(label.key) == key);
    let texts = of_key().filter_map(|label| match label.value {
        LabelValue::Text(text) => Some(tables.string(text).to_owned()),
        LabelValue::Number { .. } => None,
    });
    // Where no number of the key has a unit, they are written bare.
    let has_units =
        of_key().any(|label| matches!(label.value, LabelValue::Number { unit, .. } if unit != StringId::EMPTY));
    let numbers = of_key().filter_map(|label| match label.value {
        LabelValue::Text(_) => None,
        LabelValue::Number { value, unit: from } if has_units => Some(scaled_label(value, tables.string(from), unit)),
        LabelValue::Number { value, .. } => Some(scaled_label(value, "", "")),
    });
    texts.chain(numbers).collect()
}
