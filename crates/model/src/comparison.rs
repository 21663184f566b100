//! Two profiles side by side: what differences are told from.

use crate::change::Change;
use crate::diff_tree::DiffTree;
use crate::merge::MergeError;
use crate::profile::Profile;
use crate::sample::Sample;
use crate::value_type::{Unit, ValueType};

/// Name of the column with the values of the profile before.
const BEFORE: &str = "before";

/// Name of the column with the values of the profile after.
const AFTER: &str = "after";

/// Position of the column with the values of the profile before.
pub(crate) const BEFORE_COLUMN: usize = 0;

/// Position of the column with the values of the profile after.
pub(crate) const AFTER_COLUMN: usize = 1;

/// One column of two profiles side by side.
///
/// Both are in one profile with the columns `before` and `after`, merged by value, so that everything that is done to
/// profiles (names cleaned, filters) can be done to both alike. The stored values are exact integers; the factor that
/// makes profiles of different length comparable is kept beside them, and differences are floats.
#[derive(Clone, Debug)]
pub struct Comparison {
    profile: Profile,
    value_type: ValueType,
    before_scale: f64,
    /// What each side is called.
    titles: [String; 2],
}

/// Whether the profile before is scaled to the total of the profile after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Normalization {
    /// For what accumulates while a profile is taken, such as samples and time; not for a state, such as the heap in
    /// use. The rule of Parca's comparison.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

impl Comparison {
    /// Puts a column of one profile beside a column of another. Nothing is scaled yet.
    ///
    /// # Errors
    ///
    /// [`MergeError::NoCommonSampleType`] when the columns do not count in one unit, or one does not exist.
    pub fn new(before: (&Profile, usize), after: (&Profile, usize)) -> Result<Self, MergeError> {
        let type_of = |(profile, column): (&Profile, usize)| profile.sample_types().get(column).cloned();
        let (one, other) = (type_of(before), type_of(after));
        let value_type = match (&one, &other) {
            (Some(one), Some(other)) if one.unit == other.unit => other.clone(),
            _ => {
                let told =
                    |found: Option<ValueType>| found.map_or_else(String::new, |t| format!("{}/{}", t.name, t.unit));
                return Err(MergeError::NoCommonSampleType { left: told(one), right: told(other) });
            }
        };
        let column =
            |name: &str, decimals: u8| ValueType { name: name.into(), unit: value_type.unit.clone(), decimals };
        let mut profile = Profile::new(vec![column(BEFORE, 0), column(AFTER, 0)]);
        profile.merge(&single_column(after, AFTER))?;
        profile.merge(&single_column(before, BEFORE))?;
        // Both sides count in the same steps.
        let decimals = profile.sample_types().iter().map(|column| column.decimals).max().unwrap_or(0);
        profile.set_decimals(BEFORE_COLUMN, decimals);
        profile.set_decimals(AFTER_COLUMN, decimals);
        profile.metadata.default_sample_type = AFTER_COLUMN;
        let titles = [&before.0.metadata.title, &after.0.metadata.title].map(Clone::clone);
        Ok(Self { profile, value_type: ValueType { decimals, ..value_type }, before_scale: 1.0, titles })
    }

    /// A profile that already has the columns `before` and `after`, as differential folded text gives it. `None` for
    /// one that has not.
    #[must_use]
    pub fn of_differential(profile: &Profile) -> Option<Self> {
        let column = |name: &str| profile.sample_types().iter().position(|column| column.name == name);
        let (before, after) = (column(BEFORE)?, column(AFTER)?);
        let mut comparison = Self::new((profile, before), (profile, after)).ok()?;
        if comparison.value_type.unit == Unit::Count {
            comparison.value_type.name = ValueType::samples().name;
        }
        comparison.titles = [BEFORE, AFTER].map(str::to_owned);
        Some(comparison)
    }

    /// The columns that both profiles have, as pairs of positions, in the order of the profile after.
    #[must_use]
    pub fn common_columns(before: &Profile, after: &Profile) -> Vec<(usize, usize)> {
        let after_types = after.sample_types().iter().enumerate();
        let pairs = after_types.filter_map(|(ours, value_type)| {
            let theirs = before.sample_types().iter().position(|other| other.is_same(value_type))?;
            Some((theirs, ours))
        });
        pairs.collect()
    }

    /// The same comparison of a changed profile: one with cleaned names, or less of it. The columns have to stay.
    #[must_use]
    pub fn map(self, change: impl FnOnce(Profile) -> Profile) -> Self {
        Self { profile: change(self.profile), ..self }
    }

    /// Before and after exchanged. Scaling starts anew.
    #[must_use]
    pub fn swapped(mut self) -> Self {
        let mut swapped = self.profile.retained(|_| false);
        for sample in self.profile.samples() {
            let value = |column: usize| sample.values.get(column).copied().unwrap_or(0);
            swapped.add_sample(Sample { values: &[value(AFTER_COLUMN), value(BEFORE_COLUMN)], ..sample });
        }
        self.titles.reverse();
        Self { profile: swapped, before_scale: 1.0, ..self }
    }

    /// Scales the profile before to the total of the profile after, where that is asked for and possible: both totals
    /// have to be above zero.
    ///
    /// `measured` says whether both profiles were taken over a known time, which tells allocations within that time
    /// from all since the program's start.
    #[must_use]
    pub fn normalized(self, normalization: Normalization, measured: bool) -> Self {
        let wanted = match normalization {
            Normalization::On => true,
            Normalization::Off => false,
            Normalization::Auto => accumulates(&self.value_type, measured),
        };
        let unscaled = Self { before_scale: 1.0, ..self };
        let Change { before, after } = unscaled.totals();
        let possible = before > 0.0 && after > 0.0;
        Self { before_scale: if wanted && possible { after / before } else { 1.0 }, ..unscaled }
    }

    /// The profile with both columns, `before` first; its values are not scaled.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    pub(crate) fn profile_mut(&mut self) -> &mut Profile {
        &mut self.profile
    }

    /// What is compared.
    #[must_use]
    pub fn value_type(&self) -> &ValueType {
        &self.value_type
    }

    /// What values of the profile before are multiplied by; 1 when nothing is scaled.
    #[must_use]
    pub fn before_scale(&self) -> f64 {
        self.before_scale
    }

    /// What the profile before and the profile after are called.
    #[must_use]
    pub fn titles(&self) -> (&str, &str) {
        (&self.titles[0], &self.titles[1])
    }

    /// The sums of both sides, that of the profile before scaled.
    #[must_use]
    pub fn totals(&self) -> Change {
        self.change(&self.profile.totals())
    }

    /// The boxes of both profiles with their changes. Those that changed by less than `minimum`, in the unit of the
    /// column, with all that they call, are one box `[small changes]` of their caller.
    #[must_use]
    pub fn tree(&mut self, minimum: f64) -> DiffTree {
        DiffTree::build(self, minimum)
    }

    /// The stored values of both columns as a change.
    pub(crate) fn change(&self, values: &[i64]) -> Change {
        let value = |column: usize| self.value_type.to_f64(values.get(column).copied().unwrap_or(0));
        Change { before: value(BEFORE_COLUMN) * self.before_scale, after: value(AFTER_COLUMN) }
    }
}

/// Whether a column grows with the time over which a profile is taken, so that only shares are comparable: samples and
/// time do, the heap in use and the number of goroutines do not. Go's allocations are counted from the start of the
/// program, unless the profile was taken over a time.
fn accumulates(value_type: &ValueType, measured: bool) -> bool {
    let name = value_type.name.as_str();
    let is_state = name.starts_with("inuse_") || name.starts_with("goroutine") || name.starts_with("threadcreate");
    let is_since_start = name.starts_with("alloc_") && !measured;
    !is_state && !is_since_start
}

/// A profile with one of its columns, under another name, and without times.
fn single_column((profile, column): (&Profile, usize), name: &str) -> Profile {
    let mut single = profile.without_stacks();
    single.stacks = profile.stacks.clone();
    single.sample_types = profile
        .sample_types
        .get(column)
        .map(|found| ValueType { name: name.to_owned(), ..found.clone() })
        .into_iter()
        .collect();
    single.samples = crate::sample::Samples::new(single.sample_types.len());
    for sample in profile.samples() {
        let values = sample.values.get(column..=column).unwrap_or_default();
        if values.iter().any(|&value| value != 0) {
            single.add_sample(Sample { values, time: None, ..sample });
        }
    }
    single
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_not_scaled() {
        for (name, measured, expect) in [
            ("cpu", false, true),
            ("samples", false, true),
            ("delay", false, true),
            ("alloc_space", false, false),
            ("alloc_space", true, true),
            ("inuse_space", true, false),
            ("goroutine", true, false),
            ("goroutines", false, false),
            ("threadcreate", false, false),
        ] {
            assert_eq!(accumulates(&ValueType::new(name, Unit::Count), measured), expect, "{name}");
        }
    }
}
