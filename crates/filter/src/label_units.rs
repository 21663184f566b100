//! The units of numeric labels.

use std::collections::BTreeMap;

use firesteel_model::{Label, LabelValue, Profile};

use crate::outcome::Warning;

/// The unit of numbers under each label key.
///
/// It is the first one that a sample gives; where none does, it is guessed from the key as pprof does: `bytes` for
/// `alignment` and `request`, else the key itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelUnits(BTreeMap<String, String>);

impl LabelUnits {
    /// The units of a profile, with warnings about keys that come in several.
    #[must_use]
    pub fn of(profile: &Profile) -> (Self, Vec<Warning>) {
        let mut units: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut seen: Vec<bool> = Vec::new();
        for sample in profile.samples() {
            let set = sample.labels.index();
            if seen.len() <= set {
                seen.resize(set + 1, false);
            }
            // The order of keys within a set does not matter, so each set is looked at once.
            if std::mem::replace(&mut seen[set], true) {
                continue;
            }
            for label in profile.labels(sample.labels).iter().filter(|label| is_there(label)) {
                if let LabelValue::Number { unit, .. } = label.value {
                    let known = units.entry(profile.string(label.key)).or_default();
                    let unit = profile.string(unit);
                    if !unit.is_empty() && !known.contains(&unit) {
                        known.push(unit);
                    }
                }
            }
        }
        let mut warnings = Vec::new();
        let mut chosen = BTreeMap::new();
        for (key, mut known) in units {
            let used = if known.is_empty() { guessed(key) } else { known.remove(0) };
            if !known.is_empty() {
                known.sort_unstable();
                warnings.push(Warning::MixedUnits {
                    key: key.to_owned(),
                    used: used.to_owned(),
                    others: known.into_iter().map(str::to_owned).collect(),
                });
            }
            chosen.insert(key.to_owned(), used.to_owned());
        }
        (Self(chosen), warnings)
    }

    /// The unit of a key; empty for one that has no numbers.
    #[must_use]
    pub fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }
}

fn guessed(key: &str) -> &str {
    match key {
        "alignment" | "request" => "bytes",
        key => key,
    }
}

/// Whether a label says anything. In the protobuf, an empty text and the number 0 without a unit are both the absence
/// of a value, and pprof sees no label there.
pub(crate) fn is_there(label: &Label) -> bool {
    match label.value {
        LabelValue::Text(text) => text != firesteel_model::StringId::EMPTY,
        LabelValue::Number { value, unit } => value != 0 || unit != firesteel_model::StringId::EMPTY,
    }
}
