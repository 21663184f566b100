//! Two profiles as one that `go tool pprof` takes for a difference.

use firesteel_model::{Comparison, Label, LabelSetId, LabelValue, MergeError, Profile, Sample};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

/// Label of the samples of the profile before, after google/pprof `profile.SetLabel("pprof::base", …)` in
/// `internal/driver/fetch.go`: with it, percentages are of the profile before.
const BASE_LABEL: &str = "pprof::base";

/// The profile after, with the samples of the profile before taken away: negative, and labelled as
/// `go tool pprof -diff_base` labels them.
///
/// `scales` has a factor for the values before in each of [`Comparison::common_columns`]; a missing one is 1. The format
/// holds whole numbers: scaled values are rounded, but none that is not zero becomes zero.
///
/// # Errors
///
/// [`MergeError::NoCommonSampleType`].
pub fn difference(before: &Profile, after: &Profile, scales: &[f64]) -> Result<Profile, MergeError> {
    let common = Comparison::common_columns(before, after);
    let scale_of = |column: usize| {
        let position = common.iter().position(|&(theirs, _)| theirs == column);
        position.and_then(|position| scales.get(position)).copied().unwrap_or(1.0)
    };
    let factors: Vec<f64> = (0..before.sample_types().len()).map(scale_of).collect();
    let mut base = before.retained(|_| false);
    let key = base.intern(BASE_LABEL);
    let value = LabelValue::Text(base.intern("true"));
    let mut labelled: HashMap<LabelSetId, LabelSetId, SeedableState<'static>> =
        HashMap::with_hasher(SeedableState::fixed());
    let mut values = Vec::with_capacity(factors.len());
    for sample in before.samples() {
        let labels = *labelled.entry(sample.labels).or_insert_with(|| {
            let mut labels = base.labels(sample.labels).to_vec();
            labels.push(Label { key, value });
            base.intern_labels(&labels)
        });
        values.clear();
        values.extend(sample.values.iter().zip(&factors).map(|(&value, &factor)| negative(value, factor)));
        base.add_sample(Sample { labels, values: &values, ..sample });
    }
    let mut result = after.clone();
    result.merge(&base)?;
    result.metadata.duration = after.metadata.duration;
    Ok(result)
}

/// A value scaled and turned around, not zero unless it was.
fn negative(value: i64, factor: f64) -> i64 {
    if (factor - 1.0).abs() < f64::EPSILON {
        return value.saturating_neg();
    }
    // Casts of floats saturate.
    let scaled = (value as f64 * factor).round_ties_even() as i64;
    if scaled == 0 { -value.signum() } else { scaled.saturating_neg() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{FrameKind, StackId, ValueType};

    fn profile(stacks: &[(&str, i64)]) -> Profile {
        let mut profile = Profile::new(vec![ValueType::samples()]);
        for (name, value) in stacks {
            let frame = profile.intern_named_frame(name, FrameKind::Go);
            let stack = profile.push_stack(StackId::ROOT, frame);
            profile.add_sample(Sample::new(stack, &[*value]));
        }
        profile
    }

    fn check(scales: &[f64], expect: &[(&str, i64, usize)]) {
        let difference = difference(&profile(&[("f", 10), ("gone", 1)]), &profile(&[("f", 12)]), scales).unwrap();
        let told = difference.samples().map(|sample| {
            let name = difference.frame_name(difference.stacks().frame(sample.stack));
            (name, sample.values[0], difference.labels(sample.labels).len())
        });
        assert_eq!(told.collect::<Vec<_>>(), expect);
    }

    #[test]
    fn what_was_before_is_taken_away() {
        check(&[], &[("f", 12, 0), ("f", -10, 1), ("gone", -1, 1)]);
        check(&[0.25], &[("f", 12, 0), ("f", -2, 1), ("gone", -1, 1)]);
    }
}
