//! Which boxes there are and where they lie, in value units from the left and levels from the root.
//!
//! Stacks are merged by the path of their function names, as `FlameTree` merges them, but from the root upwards and
//! only as far as boxes are wide enough to be drawn: a profile of a million stacks costs a few passes over arrays and
//! little more than what is seen.

use firesteel_model::{FrameId, Profile, StackId, StringId};

use crate::svg::options::{MinWidth, SvgOptions};

/// A box that is wide enough to be drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    /// A frame that stands for all that were merged here: the first in stack order.
    pub(crate) frame: FrameId,
    /// Distance from the root.
    pub(crate) depth: usize,
    /// Stored value at its left edge.
    pub(crate) start: i64,
    /// Stored value that it covers.
    pub(crate) total: i64,
    /// Samples that it covers, if those are told beside the value.
    pub(crate) samples: i64,
}

/// The boxes of a picture in pre-order, the root first.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) boxes: Vec<Placed>,
    /// Boxes that are too narrow to be drawn. What is above them is not counted.
    pub(crate) pruned: usize,
    /// Depth of the deepest drawn box.
    pub(crate) depth: usize,
    /// Stored value that the whole width stands for.
    pub(crate) whole: f64,
}

/// Space left and right of the boxes in pixels.
pub(crate) const SIDE_PADDING: f64 = 10.0;

impl Layout {
    /// Places the boxes of a value column. A function's own value is at the left of its box, its callees follow by
    /// name. Negative values, which only differences have, take no space. `samples` is a second column to sum up.
    pub(crate) fn new(
        profile: &Profile,
        column: usize,
        samples: Option<usize>,
        total: Option<f64>,
        options: &SvgOptions,
    ) -> Self {
        let tree = SummedTree::new(profile, column, samples);
        let sum = tree.totals[0] as f64;
        let whole = total.map_or(sum, |total| total.max(sum));
        let minimum = match options.min_width {
            MinWidth::Pixels(pixels) => pixels * whole / (f64::from(options.width) - 2.0 * SIDE_PADDING),
            MinWidth::Percent(percent) => whole * percent / 100.0,
        };
        let mut layout = Self { boxes: Vec::new(), pruned: 0, depth: 0, whole };
        let mut members: Vec<StackId> = vec![StackId::ROOT];
        let mut pending = vec![Group {
            first: 0,
            end: 1,
            depth: 0,
            start: 0,
            total: tree.totals[0],
            samples: tree.samples_of(StackId::ROOT),
        }];
        let mut callees: Vec<(StringId, StackId)> = Vec::new();
        while let Some(group) = pending.pop() {
            layout.depth = layout.depth.max(group.depth);
            layout.boxes.push(Placed {
                frame: profile.stacks().frame(members[group.first]),
                depth: group.depth,
                start: group.start,
                total: group.total,
                samples: group.samples,
            });
            callees.clear();
            let mut start = group.start;
            for &stack in &members[group.first..group.end] {
                start = start.saturating_add(tree.selfs[stack.index()]);
                callees.extend(tree.callees(stack).iter().map(|&callee| (name_of(profile, callee), callee)));
            }
            callees.sort_unstable_by(|&(name, stack), &(other_name, other_stack)| {
                if name == other_name {
                    return stack.cmp(&other_stack);
                }
                profile.string(name).as_bytes().cmp(profile.string(other_name).as_bytes())
            });
            let already_pending = pending.len();
            for same_name in callees.chunk_by(|(name, _), (other, _)| name == other) {
                let sum = |values: &dyn Fn(StackId) -> i64| {
                    same_name.iter().fold(0i64, |sum, &(_, stack)| sum.saturating_add(values(stack)))
                };
                let total = sum(&|stack| tree.totals[stack.index()]);
                if (total as f64) < minimum {
                    layout.pruned += 1;
                } else {
                    let first = members.len();
                    members.extend(same_name.iter().map(|&(_, stack)| stack));
                    pending.push(Group {
                        first,
                        end: members.len(),
                        depth: group.depth + 1,
                        start,
                        total,
                        samples: sum(&|stack| tree.samples_of(stack)),
                    });
                }
                start = start.saturating_add(total);
            }
            // The last is taken first, and that has to be the leftmost.
            pending[already_pending..].reverse();
        }
        layout
    }
}

/// Stacks that make one box, as a range of the members.
struct Group {
    first: usize,
    end: usize,
    depth: usize,
    start: i64,
    total: i64,
    samples: i64,
}

fn name_of(profile: &Profile, stack: StackId) -> StringId {
    profile.function(profile.frame(profile.stacks().frame(stack)).function).name
}

/// The stack tree with values summed up and links from callers to callees.
struct SummedTree {
    selfs: Vec<i64>,
    totals: Vec<i64>,
    /// Totals of the second column; empty without one.
    samples: Vec<i64>,
    /// Where the callees of each stack are in `callees`; one entry more than stacks.
    first_callee: Vec<u32>,
    /// Stacks with a value, by caller.
    callees: Vec<StackId>,
}

impl SummedTree {
    fn new(profile: &Profile, column: usize, samples: Option<usize>) -> Self {
        let stacks = profile.stacks();
        let count = stacks.len();
        let sum_up = |column: usize| {
            let mut selfs = vec![0i64; count];
            for sample in profile.samples() {
                let value = sample.values.get(column).copied().unwrap_or(0).max(0);
                let slot = &mut selfs[sample.stack.index()];
                *slot = slot.saturating_add(value);
            }
            let mut totals = selfs.clone();
            for (stack, parent, _) in stacks.iter().rev() {
                totals[parent.index()] = totals[parent.index()].saturating_add(totals[stack.index()]);
            }
            (selfs, totals)
        };
        let (selfs, totals) = sum_up(column);
        let has_value = |stack: StackId| totals[stack.index()] > 0;
        // Counting sort by caller: counts become starts, starts become ends while filling.
        let mut first_callee = vec![0u32; count + 1];
        for (_, parent, _) in stacks.iter().filter(|&(stack, _, _)| has_value(stack)) {
            first_callee[parent.index() + 1] += 1;
        }
        for index in 0..count {
            first_callee[index + 1] += first_callee[index];
        }
        let mut next = first_callee.clone();
        let mut callees = vec![StackId::ROOT; first_callee[count] as usize];
        for (stack, parent, _) in stacks.iter().filter(|&(stack, _, _)| has_value(stack)) {
            let slot = &mut next[parent.index()];
            callees[*slot as usize] = stack;
            *slot += 1;
        }
        let samples = samples.map(|column| sum_up(column).1).unwrap_or_default();
        Self { selfs, totals, samples, first_callee, callees }
    }

    fn callees(&self, stack: StackId) -> &[StackId] {
        let (first, end) = (self.first_callee[stack.index()], self.first_callee[stack.index() + 1]);
        &self.callees[first as usize..end as usize]
    }

    fn samples_of(&self, stack: StackId) -> i64 {
        self.samples.get(stack.index()).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{FlameTree, Frame, FrameKind, Function, LineNumber, Sample, ValueType};
    use proptest::prelude::*;

    proptest! {
        /// Without pruning, boxes are the nodes of the flame tree.
        #[test]
        fn same_as_the_flame_tree(samples in proptest::collection::vec(
            (proptest::collection::vec((0u8..4, 0u32..2), 0..7), 0i64..4), 1..40,
        )) {
            let mut profile = Profile::new(vec![ValueType::samples()]);
            for (frames, value) in samples {
                let mut stack = StackId::ROOT;
                for (name, line) in frames {
                    let name = profile.intern(["b", "a", "a+", "a b"][name as usize]);
                    let function = Function { name, start_line: LineNumber(line), ..Function::default() };
                    let function = profile.intern_function(function);
                    let frame = profile.intern_frame(Frame { function, kind: FrameKind::Go, ..Frame::default() });
                    stack = profile.push_stack(stack, frame);
                }
                profile.add_sample(Sample::new(stack, &[value]));
            }
            let options = SvgOptions { min_width: MinWidth::Pixels(0.0), ..SvgOptions::default() };
            let layout = Layout::new(&profile, 0, Some(0), None, &options);
            let tree = FlameTree::build(&profile);
            let mut next = vec![0i64; tree.nodes().len()];
            let mut expect = Vec::new();
            for (index, node) in tree.nodes().iter().enumerate() {
                let total = tree.totals(index)[0];
                let start = if index == 0 { 0 } else { next[node.parent] };
                next[node.parent] = start + total;
                next[index] = start + tree.self_values(index)[0];
                if total > 0 || index == 0 {
                    expect.push((node.depth, start, total, total, profile.string(node.name)));
                }
            }
            let name = |placed: &Placed| profile.string(profile.function(profile.frame(placed.frame).function).name);
            let actual: Vec<_> = layout
                .boxes
                .iter()
                .map(|placed| (placed.depth, placed.start, placed.total, placed.samples, name(placed)))
                .collect();
            prop_assert_eq!(actual, expect);
        }
    }
}
