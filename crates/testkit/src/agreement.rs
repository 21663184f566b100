//! How far two profiles of one run agree.

use std::collections::BTreeMap;

use crate::stacks::Stack;

/// Samples by the function they were taken in: the innermost frame of user space. Time in the kernel belongs to the
/// function that called it; samples without any frame of user space do not count.
///
/// Being preempted belongs to the function that was preempted: when a thread that had to wait for a CPU goes on, both
/// of Go's signals are due at once, so its own profiler often finds `runtime.asyncPreempt` just entered.
#[must_use]
pub fn self_samples(stacks: &[Stack]) -> BTreeMap<String, u64> {
    let mut functions = BTreeMap::new();
    for stack in stacks {
        let before = stack.user_frames().take_while(|frame| !frame.name.starts_with("runtime.asyncPreempt"));
        if let Some(leaf) = before.last() {
            *functions.entry(leaf.name.clone()).or_default() += stack.samples;
        }
    }
    functions
}

/// Total-variation distance of two distributions: half the sum of the differences of shares. 0 when they are the same,
/// 1 when they have nothing in common. Also gives the functions that differ most, as `(share in a, share in b, name)`.
#[must_use]
pub fn total_variation(a: &BTreeMap<String, u64>, b: &BTreeMap<String, u64>) -> (f64, Vec<(f64, f64, String)>) {
    let share = |of: &BTreeMap<String, u64>, name: &str| {
        let whole = of.values().sum::<u64>().max(1);
        of.get(name).copied().unwrap_or(0) as f64 / whole as f64
    };
    let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let mut shares: Vec<(f64, f64, String)> =
        names.into_iter().map(|name| (share(a, name), share(b, name), name.clone())).collect();
    shares.sort_by(|x, y| (y.0 - y.1).abs().total_cmp(&(x.0 - x.1).abs()));
    let distance = shares.iter().map(|(a, b, _)| (a - b).abs()).sum::<f64>() / 2.0;
    (distance, shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_is_the_share_that_must_move() {
        let of = |pairs: &[(&str, u64)]| pairs.iter().map(|&(name, count)| (name.to_owned(), count)).collect();
        let (a, b): (BTreeMap<_, _>, BTreeMap<_, _>) = (of(&[("f", 3), ("g", 1)]), of(&[("f", 50), ("h", 50)]));
        let (distance, shares) = total_variation(&a, &b);
        assert!((distance - 0.5).abs() < 1e-9, "{distance}");
        assert_eq!(shares[0].2, "h");
        assert!(total_variation(&a, &a).0 < 1e-9);
    }
}
