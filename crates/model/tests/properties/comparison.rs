//! Differences: conserved sums, nothing of something compared with itself, opposite signs when swapped.

#![expect(clippy::float_cmp, reason = "these floats are exact")]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeMap;

use firesteel_model::{
    Change, Comparison, DiffTable, DiffTree, FrameKind, Normalization, Profile, Sample, StackId, Unit, ValueType,
    WidthBy,
};
use proptest::prelude::*;

use crate::described::{DescribedProfile, profiles};

/// The default columns of two profiles beside each other; all described profiles have `samples`.
fn compare(before: &Profile, after: &Profile) -> Comparison {
    let column = |profile: &Profile| profile.sample_types().iter().position(|t| t.name == "samples").unwrap();
    Comparison::new((before, column(before)), (after, column(after))).unwrap()
}

/// Shown names from the root, with the changes of the box, for each box.
fn boxes(comparison: &Comparison, tree: &DiffTree) -> BTreeMap<Vec<String>, (Change, Change)> {
    let mut paths: Vec<Vec<String>> = Vec::new();
    let mut boxes = BTreeMap::new();
    for (index, node) in tree.nodes().iter().enumerate() {
        let mut path = if index == 0 { Vec::new() } else { paths[node.parent].clone() };
        if index > 0 {
            path.push(comparison.profile().frame_name(node.frame).to_owned());
        }
        assert_eq!(node.depth, path.len());
        let former = boxes.insert(path.clone(), (tree.self_change(index), tree.total_change(index)));
        assert_eq!(former, None, "no path twice: {path:?}");
        paths.push(path);
    }
    boxes
}

/// Self values by path, as the definition says.
fn naive(before: &DescribedProfile, after: &DescribedProfile) -> BTreeMap<Vec<String>, Change> {
    let mut selfs: BTreeMap<Vec<String>, Change> = BTreeMap::new();
    for (profile, is_after) in [(before, false), (after, true)] {
        let column = profile.sample_types.iter().position(|t| t.name == "samples").unwrap();
        for sample in &profile.samples {
            let path: Vec<String> = sample.shown_names().into_iter().map(str::to_owned).collect();
            let change = selfs.entry(path).or_default();
            let side = if is_after { &mut change.after } else { &mut change.before };
            *side += sample.values[column] as f64;
        }
    }
    selfs
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-6 * (1.0 + one.abs().max(other.abs()))
}

proptest! {
    #[test]
    fn a_profile_does_not_differ_from_itself(described in profiles(), minimum in 0.0f64..10.0) {
        let profile = described.build();
        let mut comparison = compare(&profile, &profile).normalized(Normalization::On, false);
        prop_assert_eq!(comparison.before_scale(), 1.0);
        for minimum in [0.0, minimum] {
            let tree = comparison.tree(minimum);
            prop_assert!(tree.is_unchanged());
            prop_assert!((0..tree.nodes().len()).all(|node| tree.total_change(node).delta() == 0.0));
            prop_assert!(tree.widths(WidthBy::Delta).iter().all(|&width| width == 0.0));
            let table = DiffTable::build(&comparison, &tree);
            prop_assert!(table.greatest(|row| row.own).is_empty() && table.greatest(|row| row.total).is_empty());
        }
    }

    #[test]
    fn every_stack_of_either_side_has_its_values(before in profiles(), after in profiles()) {
        let mut comparison = compare(&before.build(), &after.build());
        let tree = comparison.tree(0.0);
        let expected = naive(&before, &after);
        let boxes = boxes(&comparison, &tree);
        for (path, change) in &expected {
            if *change != Change::default() {
                prop_assert_eq!(boxes.get(path).map(|(own, _)| *own), Some(*change), "{:?}", path);
            }
        }
        let mut sum = Change::default();
        for (own, _) in boxes.values() {
            sum += *own;
        }
        prop_assert_eq!(sum, tree.total_change(0));
        prop_assert_eq!(sum, comparison.totals());
    }

    #[test]
    fn exchanging_the_sides_exchanges_the_signs(before in profiles(), after in profiles()) {
        let (before, after) = (before.build(), after.build());
        let mut there = compare(&before, &after);
        let mut back = compare(&after, &before);
        let mut swapped = compare(&before, &after).swapped();
        let (there_tree, back_tree, swapped_tree) = (there.tree(0.0), back.tree(0.0), swapped.tree(0.0));
        let there = boxes(&there, &there_tree);
        prop_assert_eq!(&boxes(&back, &back_tree), &boxes(&swapped, &swapped_tree));
        for (path, (own, total)) in boxes(&back, &back_tree) {
            prop_assert_eq!(there[&path].0.delta(), -own.delta());
            prop_assert_eq!(there[&path].1.delta(), -total.delta());
        }
        let widths = |tree: &DiffTree, by| tree.widths(by)[0];
        prop_assert_eq!(widths(&there_tree, WidthBy::Delta), widths(&back_tree, WidthBy::Delta));
        prop_assert_eq!(widths(&there_tree, WidthBy::Max), widths(&back_tree, WidthBy::Max));
        prop_assert_eq!(widths(&there_tree, WidthBy::Before), widths(&back_tree, WidthBy::After));
    }

    #[test]
    fn scaling_makes_totals_equal_and_loses_no_stack(before in profiles(), after in profiles()) {
        let mut comparison = compare(&before.build(), &after.build());
        let exact = comparison.tree(0.0);
        let totals = comparison.totals();
        let mut scaled = comparison.normalized(Normalization::On, false);
        let tree = scaled.tree(0.0);
        if totals.before > 0.0 && totals.after > 0.0 {
            prop_assert!(close(scaled.totals().before, totals.after));
        } else {
            prop_assert_eq!(scaled.before_scale(), 1.0);
        }
        for node in 0..tree.nodes().len() {
            let (was, is) = (exact.self_change(node), tree.self_change(node));
            prop_assert_eq!(was.after, is.after);
            prop_assert_eq!(was.before == 0.0, is.before == 0.0, "nothing is cut to zero");
            prop_assert!(close(was.before * scaled.before_scale(), is.before));
        }
    }

    #[test]
    fn widths_hold_what_is_called(before in profiles(), after in profiles()) {
        let mut comparison = compare(&before.build(), &after.build());
        let tree = comparison.tree(0.0);
        for by in WidthBy::ALL {
            let widths = tree.widths(by);
            let mut inside: Vec<f64> = (0..tree.nodes().len()).map(|node| by.of(tree.self_change(node))).collect();
            for (index, node) in tree.nodes().iter().enumerate().skip(1) {
                inside[node.parent] += widths[index];
            }
            prop_assert_eq!(&inside, &widths, "{:?}", by);
        }
    }

    #[test]
    fn small_changes_are_put_together(before in profiles(), after in profiles(), minimum in 1.0f64..300.0) {
        let mut comparison = compare(&before.build(), &after.build());
        let whole = comparison.tree(0.0);
        let tree = comparison.tree(minimum);
        let (all, kept) = (boxes(&comparison, &whole), boxes(&comparison, &tree));
        for (path, (_, total)) in &all {
            if total.delta().abs() >= minimum || path.is_empty() {
                prop_assert_eq!(kept.get(path), all.get(path));
            }
        }
        let is_small = |path: &Vec<String>| path.last().is_some_and(|name| name == "[small changes]");
        prop_assert_eq!(all.len() - tree.left_out(), kept.keys().filter(|path| !is_small(path)).count());
        // What is in a box is in its callees or its own, as before.
        let mut sums: Vec<Change> = (0..tree.nodes().len()).map(|node| tree.self_change(node)).collect();
        for (index, node) in tree.nodes().iter().enumerate().skip(1).rev() {
            let sum = sums[index];
            sums[node.parent] += sum;
        }
        for (index, sum) in sums.iter().enumerate() {
            prop_assert_eq!(*sum, tree.total_change(index));
        }
    }
}

/// A profile of stacks with values of one column.
fn stacks(value_type: ValueType, stacks: &[(&str, i64)]) -> Profile {
    let mut profile = Profile::new(vec![value_type]);
    for (names, value) in stacks {
        let mut stack = StackId::ROOT;
        for name in names.split(';') {
            let frame = profile.intern_named_frame(name, FrameKind::Go);
            stack = profile.push_stack(stack, frame);
        }
        profile.add_sample(Sample::new(stack, &[*value]));
    }
    profile
}

#[test]
fn a_single_sample_survives_a_small_scale() {
    let before = stacks(ValueType::samples(), &[("main;rare", 1), ("main;common", 9_999)]);
    let after = stacks(ValueType::samples(), &[("main;common", 10)]);
    let mut comparison = compare(&before, &after).normalized(Normalization::Auto, false);
    let tree = comparison.tree(0.0);
    let rare = boxes(&comparison, &tree)[&vec!["main".to_owned(), "rare".to_owned()]].0;
    assert!((rare.before - 0.001).abs() < 1e-12 && rare.after == 0.0, "{rare:?}");
}

#[test]
fn decimals_of_both_sides_are_brought_in_line() {
    let tenths = ValueType { decimals: 1, ..ValueType::samples() };
    let (before, after) = (stacks(tenths, &[("f", 15)]), stacks(ValueType::samples(), &[("f", 2)]));
    let comparison = compare(&before, &after);
    assert_eq!(comparison.totals(), Change { before: 1.5, after: 2.0 });
    assert_eq!(comparison.value_type().decimals, 1);
}

#[test]
fn different_units_are_not_compared() {
    let (time, bytes) = (stacks(ValueType::cpu(), &[("f", 1)]), stacks(ValueType::new("x", Unit::Bytes), &[("f", 1)]));
    let error = Comparison::new((&time, 0), (&bytes, 0)).unwrap_err().to_string();
    assert!(error.contains("`cpu/nanoseconds` against `x/bytes`"), "{error}");
    assert!(Comparison::new((&time, 0), (&time, 1)).is_err());
    assert_eq!(Comparison::common_columns(&time, &bytes), []);
    assert_eq!(Comparison::common_columns(&time, &time), [(0, 0)]);
}

#[test]
fn a_differential_profile_is_a_comparison() {
    let mut profile = Profile::new(vec![ValueType::new("before", Unit::Count), ValueType::new("after", Unit::Count)]);
    let frame = profile.intern_named_frame("f", FrameKind::Go);
    let stack = profile.push_stack(StackId::ROOT, frame);
    profile.add_sample(Sample::new(stack, &[3, 4]));
    let comparison = Comparison::of_differential(&profile).unwrap();
    assert_eq!(comparison.totals(), Change { before: 3.0, after: 4.0 });
    assert_eq!(comparison.value_type(), &ValueType::samples());
    assert!(Comparison::of_differential(&Profile::new(vec![ValueType::samples()])).is_none());
}
