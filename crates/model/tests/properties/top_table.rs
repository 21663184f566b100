//! The top table against sums over samples, each function once a sample.

use std::collections::{BTreeMap, BTreeSet};

use firesteel_model::{FlameTree, FrameKind, Profile, Sample, StackId, TopRow, TopTable, ValueType};
use proptest::prelude::*;

use crate::described::{DescribedProfile, profiles};

/// Self and total of every function in one column, as the definition says.
fn naive(profile: &DescribedProfile, column: usize) -> BTreeMap<&'static str, (i64, i64)> {
    let mut functions: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for sample in &profile.samples {
        let names = sample.shown_names();
        if let Some(leaf) = names.last() {
            functions.entry(leaf).or_default().0 += sample.values[column];
        }
        for name in names.into_iter().collect::<BTreeSet<_>>() {
            functions.entry(name).or_default().1 += sample.values[column];
        }
    }
    functions
}

proptest! {
    #[test]
    fn counts_recursion_once(described in profiles()) {
        let profile = described.build();
        let tree = FlameTree::build(&profile);
        for column in 0..profile.sample_types().len() {
            let table = TopTable::build(&profile, &tree, column);
            let expected = naive(&described, column);
            let rows: BTreeMap<&str, (i64, i64)> = table
                .rows
                .iter()
                .map(|row| (profile.frame_name(row.frame), (row.self_value, row.total)))
                .collect();
            prop_assert_eq!(rows.len(), table.rows.len(), "no function twice");
            prop_assert_eq!(rows, expected);
            prop_assert_eq!(table.whole, profile.totals()[column]);
            let direct = TopTable::of_profile(&profile, column);
            let rows = |table: &TopTable| -> Vec<(String, i64, i64)> {
                let row = |row: &TopRow| (profile.frame_name(row.frame).to_owned(), row.self_value, row.total);
                table.rows.iter().map(row).collect()
            };
            prop_assert_eq!(rows(&direct), rows(&table));
            prop_assert_eq!(direct.whole, table.whole);
            // Stacks without samples have no rows.
            let kept = profile.retained(|sample| sample.values[column] % 2 == 0);
            let tree = FlameTree::build(&kept);
            prop_assert_eq!(rows(&TopTable::of_profile(&kept, column)), rows(&TopTable::build(&kept, &tree, column)));
        }
    }

    #[test]
    fn is_sorted_and_limited(described in profiles(), limit in 0usize..5) {
        let profile = described.build();
        let table = TopTable::build(&profile, &FlameTree::build(&profile), 0);
        let falling_self = |row: &firesteel_model::TopRow| {
            (-row.self_value, -row.total, profile.frame_name(row.frame).to_owned())
        };
        prop_assert!(table.rows.is_sorted_by_key(falling_self));
        let by_total = table.by_total(&profile, limit);
        prop_assert!(by_total.is_sorted_by_key(|row| (-row.total, profile.frame_name(row.frame).to_owned())));
        let not_zero = table.rows.iter().filter(|row| row.total != 0).count();
        prop_assert_eq!(by_total.len(), not_zero.min(limit));
        if let Some(least) = by_total.last() {
            let greater = table.rows.iter().filter(|row| row.total != 0 && row.total > least.total).count();
            prop_assert!(greater < limit, "a row of greater total was left out");
        }
    }
}

#[test]
fn a_profile_without_value_columns_has_rows_of_zeros() {
    let mut profile = Profile::new(Vec::new());
    let frame = profile.intern_named_frame("main.main", FrameKind::Go);
    let stack = profile.push_stack(StackId::ROOT, frame);
    profile.add_sample(Sample::new(stack, &[]));
    let table = TopTable::build(&profile, &FlameTree::build(&profile), profile.default_sample_type());
    assert_eq!(table.whole, 0);
    assert_eq!(table.rows.iter().map(|row| (row.self_value, row.total)).collect::<Vec<_>>(), [(0, 0)]);
}

#[test]
fn mutual_recursion() {
    let mut profile = Profile::new(vec![ValueType::samples()]);
    let mut stack = StackId::ROOT;
    for name in ["even", "odd", "even", "odd", "even"] {
        let frame = profile.intern_named_frame(name, FrameKind::Go);
        stack = profile.push_stack(stack, frame);
    }
    profile.add_sample(Sample::new(stack, &[10]));
    profile.add_sample(Sample::new(profile.stacks().parent(stack), &[1]));
    let table = TopTable::build(&profile, &FlameTree::build(&profile), 0);
    let rows: Vec<_> = table.rows.iter().map(|row| (profile.string(row.name), row.self_value, row.total)).collect();
    assert_eq!(rows, [("even", 10, 11), ("odd", 1, 11)]);
}
