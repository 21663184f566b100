//! Merging is addition: associative, commutative, with a neutral element, and it loses nothing.

use std::collections::BTreeMap;

use firesteel_model::{MergeError, Metadata, Period, Profile, Sample, StackId, Unit, UnixNanoseconds, ValueType};
use proptest::prelude::*;

use crate::described::profiles;
use crate::written_out::WrittenOut;

fn sum(left: &Profile, right: &Profile) -> Profile {
    let mut sum = left.clone();
    sum.merge(right).expect("every generated profile counts samples");
    sum
}

/// Totals with every column at `decimals` digits behind the point.
fn scaled_totals(profile: &Profile, decimals: u8) -> BTreeMap<String, i64> {
    let factor = |column: &ValueType| 10i64.pow(u32::from(decimals - column.decimals));
    let columns = profile.sample_types().iter().zip(profile.totals());
    columns.map(|(column, total)| (column.name.clone(), total * factor(column))).collect()
}

proptest! {
    #[test]
    fn commutes(left in profiles(), right in profiles()) {
        let (left, right) = (left.build(), right.build());
        prop_assert_eq!(WrittenOut::of(&sum(&left, &right)), WrittenOut::of(&sum(&right, &left)));
    }

    #[test]
    fn associates(first in profiles(), second in profiles(), third in profiles()) {
        let (first, second, third) = (first.build(), second.build(), third.build());
        let from_left = sum(&sum(&first, &second), &third);
        let from_right = sum(&first, &sum(&second, &third));
        prop_assert_eq!(WrittenOut::of(&from_left), WrittenOut::of(&from_right));
    }

    #[test]
    fn empty_is_neutral(profile in profiles(), title in "[a-z]{0,3}", default_sample_type in 0usize..4) {
        let mut profile = profile.build();
        profile.metadata.title = title;
        profile.metadata.default_sample_type = default_sample_type;
        let expected = WrittenOut::of(&profile);
        for empty in [Profile::default(), Profile::new(profile.sample_types().to_vec())] {
            let after = sum(&profile, &empty);
            prop_assert_eq!(&WrittenOut::of(&after), &expected);
            prop_assert_eq!(&after.metadata, &profile.metadata);
        }
        let before = sum(&Profile::default(), &profile);
        prop_assert_eq!(&WrittenOut::of(&before), &expected);
        prop_assert_eq!(&before.metadata, &profile.metadata);
        prop_assert_eq!(before.sample_types(), profile.sample_types());
    }

    #[test]
    fn adds_totals_and_rows(left in profiles(), right in profiles()) {
        let (left, right) = (left.build(), right.build());
        let both = sum(&left, &right);
        prop_assert_eq!(both.sample_count(), left.sample_count() + right.sample_count());
        let mut expected = scaled_totals(&left, 3);
        for (name, total) in scaled_totals(&right, 3) {
            *expected.entry(name).or_default() += total;
        }
        prop_assert_eq!(scaled_totals(&both, 3), expected);
    }

    #[test]
    fn with_itself_doubles_and_adds_no_stack(profile in profiles()) {
        let profile = profile.build();
        let twice = sum(&profile, &profile);
        prop_assert_eq!(twice.stacks().len(), profile.stacks().len());
        prop_assert_eq!(twice.frame_count(), profile.frame_count());
        prop_assert_eq!(twice.strings().len(), profile.strings().len());
        let doubled: Vec<i64> = profile.totals().iter().map(|total| total * 2).collect();
        prop_assert_eq!(twice.totals(), doubled);
    }
}

fn with_columns(columns: Vec<ValueType>, values: &[i64]) -> Profile {
    let mut profile = Profile::new(columns);
    profile.add_sample(Sample::new(StackId::ROOT, values));
    profile
}

#[test]
fn keeps_both_of_two_columns_alike() {
    let columns = vec![ValueType::samples(), ValueType::samples()];
    let one = with_columns(columns.clone(), &[1, 20]);
    let both = sum(&one, &with_columns(columns, &[300, 4000]));
    assert_eq!(both.sample_types().len(), 2);
    assert_eq!(both.totals(), [301, 4020]);
    let narrow = with_columns(vec![ValueType::samples()], &[7]);
    assert_eq!(sum(&narrow, &one).totals(), [8, 20]);
}

#[test]
fn refuses_profiles_that_count_different_things() {
    let mut profile = with_columns(vec![ValueType::cpu()], &[5]);
    let other = with_columns(vec![ValueType::new("space", Unit::Bytes)], &[9]);
    let error = profile.merge(&other).unwrap_err();
    assert_eq!(
        error,
        MergeError::NoCommonSampleType { left: "cpu/nanoseconds".to_owned(), right: "space/bytes".to_owned() }
    );
    assert_eq!(profile.totals(), [5], "the refused profile left no trace");
    assert_eq!(profile.sample_types(), [ValueType::cpu()]);
}

#[test]
fn brings_decimals_in_line() {
    let tenths = ValueType { decimals: 1, ..ValueType::samples() };
    let thousandths = ValueType { decimals: 3, ..ValueType::samples() };
    let (left, right) = (with_columns(vec![tenths], &[15]), with_columns(vec![thousandths], &[2_250]));
    for both in [sum(&left, &right), sum(&right, &left)] {
        assert_eq!(both.sample_types()[0].decimals, 3);
        assert_eq!(both.totals(), [1_500 + 2_250]);
    }
}

#[test]
fn metadata_follows_pprof() {
    let metadata = |start, duration, period, comment: &str| Metadata {
        start: Some(UnixNanoseconds(start)),
        duration: Some(firesteel_model::Nanoseconds(duration)),
        period: Some(Period { value_type: ValueType::cpu(), value: period }),
        comments: vec![comment.to_owned(), "both".to_owned()],
        properties: vec![("event".to_owned(), comment.to_owned())],
        ..Metadata::default()
    };
    let mut left = with_columns(vec![ValueType::cpu()], &[1]);
    let mut right = left.clone();
    left.metadata = metadata(200, 10, 5, "left");
    right.metadata = metadata(100, 30, 7, "right");
    let merged = sum(&left, &right).metadata;
    assert_eq!(merged.start, Some(UnixNanoseconds(100)), "the earliest start");
    assert_eq!(merged.duration, Some(firesteel_model::Nanoseconds(40)), "the sum of durations");
    assert_eq!(merged.period.map(|period| period.value), Some(7), "the longest period");
    assert_eq!(merged.comments, ["left", "both", "right"], "each comment once");
    assert_eq!(merged.properties, [("event".to_owned(), "left".to_owned())], "the first of a key");
}
