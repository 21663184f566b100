//! Sorting of sequences that begin alike.

use std::cmp::Ordering;

/// Groups up to this size are sorted by comparing.
const SMALL_GROUP: usize = 8;

/// Sorts sequences one level at a time: those that agree on a level are a group, which is sorted by
/// the next. Unlike a comparison of whole sequences, this looks at what they have in common once.
///
/// `key` is a level of a sequence, `continues` says of a key whether a level follows it.
pub(crate) fn sort_by_levels<T: Copy, K: Copy + Ord>(
    items: &mut [T],
    key: impl Fn(&T, usize) -> K,
    continues: impl Fn(K) -> bool,
) {
    let mut pending = vec![(0..items.len(), 0usize)];
    let mut keyed: Vec<(K, T)> = Vec::new();
    while let Some((range, level)) = pending.pop() {
        let Some(group) = items.get_mut(range.clone()) else { continue };
        if group.len() <= SMALL_GROUP {
            group.sort_unstable_by(|a, b| compare(a, b, level, &key, &continues));
            continue;
        }
        keyed.clear();
        keyed.extend(group.iter().map(|item| (key(item, level), *item)));
        if !keyed.is_sorted_by_key(|&(key, _)| key) {
            keyed.sort_unstable_by_key(|&(key, _)| key);
            for (slot, (_, item)) in group.iter_mut().zip(&keyed) {
                *slot = *item;
            }
        }
        let mut start = range.start;
        for run in keyed.chunk_by(|(a, _), (b, _)| a == b) {
            let end = start + run.len();
            if run.len() > 1 && run.first().is_some_and(|&(key, _)| continues(key)) {
                pending.push((start..end, level + 1));
            }
            start = end;
        }
    }
}

fn compare<T, K: Copy + Ord>(
    a: &T,
    b: &T,
    from: usize,
    key: impl Fn(&T, usize) -> K,
    continues: impl Fn(K) -> bool,
) -> Ordering {
    let mut level = from;
    loop {
        let (a_key, b_key) = (key(a, level), key(b, level));
        if a_key != b_key || !continues(a_key) {
            return a_key.cmp(&b_key);
        }
        level += 1;
    }
}
