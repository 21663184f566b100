//! Which functions call each other in a circle: strongly connected components (Tarjan 1972), without recursion.

/// For each function the number of its circle; functions that are in none have one of their own.
pub(super) fn circles(callees: &[Vec<usize>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let count = callees.len();
    let (mut order, mut lowest, mut circle) = (vec![NONE; count], vec![NONE; count], vec![NONE; count]);
    let mut stack = Vec::new();
    let mut path: Vec<(usize, usize)> = Vec::new();
    let (mut next_order, mut next_circle) = (0, 0);
    for start in 0..count {
        if order[start] != NONE {
            continue;
        }
        path.push((start, 0));
        while let Some((function, position)) = path.pop() {
            if position == 0 {
                order[function] = next_order;
                lowest[function] = next_order;
                next_order += 1;
                stack.push(function);
            }
            if let Some(&callee) = callees[function].get(position) {
                path.push((function, position + 1));
                if order[callee] == NONE {
                    path.push((callee, 0));
                } else if circle[callee] == NONE {
                    lowest[function] = lowest[function].min(order[callee]);
                }
                continue;
            }
            if lowest[function] == order[function] {
                while let Some(member) = stack.pop() {
                    circle[member] = next_circle;
                    if member == function {
                        break;
                    }
                }
                next_circle += 1;
            }
            if let Some(&(caller, _)) = path.last() {
                lowest[caller] = lowest[caller].min(lowest[function]);
            }
        }
    }
    circle
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(callees: &[Vec<usize>]) -> Vec<Vec<usize>> {
        let circle = circles(callees);
        let mut groups = Vec::new();
        for first in 0..callees.len() {
            let group: Vec<usize> = (0..callees.len()).filter(|&other| circle[other] == circle[first]).collect();
            if group[0] == first && group.len() > 1 {
                groups.push(group);
            }
        }
        groups
    }

    #[test]
    fn finds_circles() {
        assert_eq!(same(&[vec![1], vec![2], vec![]]), Vec::<Vec<usize>>::new());
        assert_eq!(same(&[vec![0]]), Vec::<Vec<usize>>::new());
        assert_eq!(same(&[vec![1], vec![2, 3], vec![1], vec![]]), [[1, 2]]);
        assert_eq!(same(&[vec![1], vec![2], vec![0, 3], vec![4], vec![3]]), [vec![0, 1, 2], vec![3, 4]]);
        let long: Vec<Vec<usize>> = (0..100_000).map(|index| vec![(index + 1) % 100_000]).collect();
        assert!(circles(&long).iter().all(|&circle| circle == 0));
    }
}
