//! The flame tree against sums over every path, computed one path at a time.

use std::collections::BTreeMap;

use firesteel_model::{FlameNode, FlameTree, Profile, Pruning};
use proptest::prelude::*;

use crate::described::{DescribedProfile, profiles};

/// Self and total of every path of names, as the definition says.
fn naive(profile: &DescribedProfile) -> BTreeMap<Vec<&'static str>, (Vec<i64>, Vec<i64>)> {
    let zeros = vec![0; profile.sample_types.len()];
    let mut paths = BTreeMap::from([(Vec::new(), (zeros.clone(), zeros.clone()))]);
    for sample in &profile.samples {
        let names = sample.shown_names();
        for length in 0..=names.len() {
            let (own, total) = paths.entry(names[..length].to_vec()).or_insert_with(|| (zeros.clone(), zeros.clone()));
            for (column, value) in sample.values.iter().enumerate() {
                total[column] += value;
                if length == names.len() {
                    own[column] += value;
                }
            }
        }
    }
    paths
}

/// The path of names of a node, from the root.
fn path<'a>(profile: &'a Profile, tree: &FlameTree, node: usize) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut current = node;
    while current != 0 {
        names.push(profile.frame_name(tree.nodes()[current].frame));
        current = tree.nodes()[current].parent;
    }
    names.reverse();
    names
}

proptest! {
    #[test]
    fn holds_every_path_once_with_its_sums(described in profiles()) {
        let profile = described.build();
        let tree = FlameTree::build(&profile);
        let expected = naive(&described);
        prop_assert_eq!(tree.nodes().len(), expected.len(), "no path is missing or there twice");
        for node in 0..tree.nodes().len() {
            let path = path(&profile, &tree, node);
            let (own, total) = &expected[&path];
            prop_assert_eq!(tree.self_values(node), own.as_slice(), "self of {:?}", &path);
            prop_assert_eq!(tree.totals(node), total.as_slice(), "total of {:?}", &path);
            prop_assert_eq!(tree.nodes()[node].depth, path.len());
        }
        prop_assert_eq!(tree.totals(0), profile.totals());
        prop_assert_eq!(tree.depth(), expected.keys().map(Vec::len).max().unwrap_or(0));
    }

    #[test]
    fn is_in_preorder_with_sorted_children(described in profiles()) {
        let profile = described.build();
        let tree = FlameTree::build(&profile);
        // Pre-order with children by name is the order of the paths themselves.
        let paths: Vec<_> = (0..tree.nodes().len()).map(|node| path(&profile, &tree, node)).collect();
        prop_assert!(paths.is_sorted(), "{:?}", paths);
        for (index, node) in tree.nodes().iter().enumerate().skip(1) {
            prop_assert!(node.parent < index);
        }
    }

    #[test]
    fn sums_of_selfs_are_the_total(described in profiles()) {
        let profile = described.build();
        let tree = FlameTree::build(&profile);
        let mut sums = vec![0i64; profile.sample_types().len()];
        for node in 0..tree.nodes().len() {
            for (sum, value) in sums.iter_mut().zip(tree.self_values(node)) {
                *sum += value;
            }
        }
        prop_assert_eq!(sums, profile.totals());
    }

    #[test]
    fn a_box_is_inlined_when_all_its_frames_are(described in profiles()) {
        let profile = described.build();
        let tree = FlameTree::build(&profile);
        let mut expected: BTreeMap<Vec<&str>, bool> = BTreeMap::new();
        for sample in &described.samples {
            let names = sample.shown_names();
            for (index, frame) in sample.frames.iter().enumerate() {
                *expected.entry(names[..=index].to_vec()).or_insert(true) &= frame.inlined;
            }
        }
        for node in 1..tree.nodes().len() {
            prop_assert_eq!(tree.nodes()[node].inlined, expected[&path(&profile, &tree, node)]);
        }
    }

    #[test]
    fn does_not_depend_on_the_order_of_samples(described in profiles()) {
        let mut reversed = described.clone();
        reversed.samples.reverse();
        let (profile, reversed) = (described.build(), reversed.build());
        let (tree, other) = (FlameTree::build(&profile), FlameTree::build(&reversed));
        prop_assert_eq!(tree.nodes().len(), other.nodes().len());
        for node in 0..tree.nodes().len() {
            prop_assert_eq!(path(&profile, &tree, node), path(&reversed, &other, node));
            prop_assert_eq!(tree.totals(node), other.totals(node));
        }
    }

    #[test]
    fn knows_nothing_of_stacks_that_a_filter_left_behind(described in profiles(), keep in 0usize..3) {
        let profile = described.build();
        let mut index = 0usize;
        let filtered = profile.retained(|_| {
            index += 1;
            index % 3 == keep
        });
        let mut kept = described.clone();
        kept.samples = described.samples.iter().enumerate().filter(|(index, _)| (index + 1) % 3 == keep)
            .map(|(_, sample)| sample.clone()).collect();
        let anew = kept.build();
        let (tree, expected) = (FlameTree::build(&filtered), FlameTree::build(&anew));
        prop_assert_eq!(tree.nodes().len(), expected.nodes().len());
        for node in 0..tree.nodes().len() {
            prop_assert_eq!(path(&filtered, &tree, node), path(&anew, &expected, node));
            prop_assert_eq!(tree.totals(node), expected.totals(node));
            prop_assert_eq!(tree.nodes()[node].inlined, expected.nodes()[node].inlined);
            // The frame that stands for the box is one of the samples that were kept.
            let path = path(&filtered, &tree, node);
            let address = filtered.frame(tree.nodes()[node].frame).address.0;
            let is_kept = kept.samples.iter().any(|sample| {
                sample.shown_names().starts_with(&path) && sample.frames.get(path.len().wrapping_sub(1)).is_some_and(|frame| frame.address == address)
            });
            prop_assert!(node == 0 || is_kept);
        }
    }

    #[test]
    fn without_its_small_boxes_it_is_the_same_tree(mut described in profiles(), minimum in -1i64..2_500) {
        for value in described.samples.iter_mut().flat_map(|sample| &mut sample.values) {
            *value = (*value).max(0);
        }
        let profile = described.build();
        let tree = FlameTree::build(&profile);
        for column in 0..profile.sample_types().len() {
            let pruned = FlameTree::build_pruned(&profile, Pruning { column, minimum });
            // The place of every box of the whole tree in the pruned one, and its left edge.
            let mut place = vec![None; tree.nodes().len()];
            let mut free = vec![0i64; tree.nodes().len()];
            let (mut count, mut left_out) = (0usize, 0usize);
            for (index, node) in tree.nodes().iter().enumerate() {
                let total = tree.totals(index)[column];
                let start = if index == 0 { 0 } else { free[node.parent] };
                free[node.parent] = start + total;
                free[index] = start + tree.self_values(index)[column];
                let Some(parent) = (if index == 0 { Some(0) } else { place[node.parent] }) else { continue };
                if index > 0 && (total <= 0 || total < minimum) {
                    left_out += usize::from(total > 0);
                    continue;
                }
                prop_assert_eq!(pruned.tree.nodes()[count], FlameNode { parent, ..*node });
                prop_assert_eq!(pruned.tree.totals(count), tree.totals(index));
                prop_assert_eq!(pruned.tree.self_values(count), tree.self_values(index));
                prop_assert_eq!(pruned.starts[count], start);
                place[index] = Some(count);
                count += 1;
            }
            prop_assert_eq!((pruned.tree.nodes().len(), pruned.starts.len(), pruned.left_out), (count, count, left_out));
        }
    }
}
