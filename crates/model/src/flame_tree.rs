//! The flame tree: stacks merged by function name, ready to draw.

use std::ops::Range;

use crate::id::{FrameId, StackId, StringId};
use crate::profile::{Profile, UNKNOWN_NAME};
use crate::stack_sums::{SelfSums, TotalSums, UsedStacks, add};

/// A box of the flame graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlameNode {
    /// Index of the box below; the root is its own parent.
    pub parent: usize,
    /// Number of boxes between this one and the root; 0 for the root.
    pub depth: usize,
    /// Name of the function; empty for the root, and for functions without a name unless the profile has the
    /// string `[unknown]`, which stands for them.
    pub name: StringId,
    /// A frame that stands for all that were merged here: the first in stack order.
    pub frame: FrameId,
    /// Whether every merged frame was inlined.
    pub inlined: bool,
}

/// A profile's stacks merged by the path of function names from the root.
///
/// No path occurs twice, children are sorted by shown name bytewise, nodes are in pre-order (a parent before its
/// children), node 0 is the root. Sums are conserved: the root's total is the profile's total.
#[derive(Clone, Debug)]
pub struct FlameTree {
    nodes: Vec<FlameNode>,
    width: usize,
    selfs: Vec<i64>,
    totals: Vec<i64>,
}

/// Which boxes are worth having, for a picture of one value column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruning {
    /// The value column. It should hold no negative values: with them, a box may be small and its callees are not.
    pub column: usize,
    /// Boxes whose total is below this, or is not above zero, are left out with all that they call. The root stays.
    pub minimum: i64,
}

/// A flame tree without its small boxes, and what cannot be told from those that are left.
#[derive(Clone, Debug)]
pub struct PrunedFlameTree {
    /// The boxes that are left. Their values include what was sampled in those that are not.
    pub tree: FlameTree,
    /// For each box the value at its left edge in the pruned column, where a function's own value is at the left of
    /// its box and its callees follow, those left out among them.
    pub starts: Vec<i64>,
    /// Boxes with a value that were left out though their callers were not.
    pub left_out: usize,
}

impl FlameTree {
    /// Merges the stacks of a profile.
    #[must_use]
    pub fn build(profile: &Profile) -> Self {
        Growth::new(profile, None).finish().tree
    }

    /// Merges the stacks of a profile as far as they are worth it. What is left out costs next to nothing.
    #[must_use]
    pub fn build_pruned(profile: &Profile, pruning: Pruning) -> PrunedFlameTree {
        Growth::new(profile, Some(pruning)).finish()
    }

    /// The same with siblings in the order of their first stack instead of by name.
    #[must_use]
    pub fn build_pruned_unsorted(profile: &Profile, pruning: Pruning) -> PrunedFlameTree {
        Growth { by_name: false, ..Growth::new(profile, Some(pruning)) }.finish()
    }

    /// The boxes in pre-order.
    #[must_use]
    pub fn nodes(&self) -> &[FlameNode] {
        &self.nodes
    }

    /// What was sampled in the function itself, for each value column.
    #[must_use]
    pub fn self_values(&self, node: usize) -> &[i64] {
        &self.selfs[node * self.width..(node + 1) * self.width]
    }

    /// What was sampled in the function and everything it called, for each value column.
    #[must_use]
    pub fn totals(&self, node: usize) -> &[i64] {
        &self.totals[node * self.width..(node + 1) * self.width]
    }

    /// Depth of the deepest box; 0 when there is only the root.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.nodes.iter().map(|node| node.depth).max().unwrap_or(0)
    }
}

/// A stack, which makes a box together with those of the same name on the same path.
#[derive(Clone, Copy)]
struct Member {
    name: StringId,
    stack: StackId,
    frame: FrameId,
}

/// A box that is still to be made, from the members from `first` on.
#[derive(Clone, Copy)]
struct Pending {
    first: usize,
    parent: usize,
    start: i64,
}

/// A tree that grows from the root, box by box in pre-order.
struct Growth<'a> {
    profile: &'a Profile,
    /// Whether siblings are in the order of their names.
    by_name: bool,
    used: UsedStacks,
    selfs: SelfSums,
    /// What is needed to tell small boxes from others.
    pruning: Option<(Pruning, TotalSums)>,
    /// For each frame the name of its function, and whether it was inlined.
    names: Vec<(StringId, bool)>,
    /// The callees of the current box that are worth having: where they are among its callees, and their left edges.
    kept: Vec<(Range<usize>, i64)>,
    result: PrunedFlameTree,
    /// What is still to be made. The next is the last, and its members are at the end.
    pending: Vec<Pending>,
    members: Vec<Member>,
}

impl<'a> Growth<'a> {
    fn new(profile: &'a Profile, pruning: Option<Pruning>) -> Self {
        let width = profile.sample_types().len();
        let expected = if pruning.is_none() { profile.stacks().len() } else { 0 };
        let tree = FlameTree {
            nodes: Vec::with_capacity(expected),
            width,
            selfs: Vec::with_capacity(expected * width),
            totals: Vec::with_capacity(expected * width),
        };
        Self {
            profile,
            by_name: true,
            used: UsedStacks::new(profile),
            selfs: SelfSums::new(profile),
            pruning: pruning.map(|pruning| (pruning, TotalSums::new(profile))),
            names: names_of_frames(profile),
            kept: Vec::new(),
            result: PrunedFlameTree { tree, starts: Vec::new(), left_out: 0 },
            pending: vec![Pending { first: 0, parent: 0, start: 0 }],
            members: vec![Member { name: StringId::EMPTY, stack: StackId::ROOT, frame: FrameId::UNKNOWN }],
        }
    }

    fn finish(mut self) -> PrunedFlameTree {
        let mut callees = Vec::new();
        while let Some(next) = self.pending.pop() {
            callees.clear();
            for member in &self.members[next.first..] {
                self.push_callees(member.stack, &mut callees);
            }
            let node = self.push_box(next);
            self.members.truncate(next.first);
            self.sort(&mut callees);
            self.expect_callees(&callees, node);
        }
        let FlameTree { nodes, width, totals, .. } = &mut self.result.tree;
        for (index, node) in nodes.iter().enumerate().skip(1).rev() {
            let (before, after) = totals.split_at_mut(index * *width);
            add(&mut before[node.parent * *width..], &after[..*width]);
        }
        self.result
    }

    /// Adds the stacks that are one call longer.
    fn push_callees(&self, stack: StackId, callees: &mut Vec<Member>) {
        let children = self.profile.stacks().children(stack).filter(|&(stack, _)| self.used.contains(stack));
        callees.extend(children.map(|(stack, frame)| Member { name: self.names[frame.index()].0, stack, frame }));
    }

    /// Sorts by name; those of the same name keep the order of stacks.
    fn sort(&self, members: &mut [Member]) {
        if members.len() < 2 {
            return;
        }
        members.sort_unstable_by(|one, other| {
            if one.name == other.name {
                return one.stack.cmp(&other.stack);
            }
            self.profile.shown_name(one.name).cmp(self.profile.shown_name(other.name))
        });
    }

    /// Makes a box of the last members; returns its index.
    fn push_box(&mut self, pending: Pending) -> usize {
        let members = &self.members[pending.first..];
        let FlameTree { nodes, width, selfs, totals } = &mut self.result.tree;
        let index = nodes.len();
        let depth = if index == 0 { 0 } else { nodes[pending.parent].depth + 1 };
        let Member { name, frame, .. } = members[0];
        let inlined = members.iter().all(|member| self.names[member.frame.index()].1);
        nodes.push(FlameNode { parent: pending.parent, depth, name, frame, inlined });
        selfs.resize((index + 1) * *width, 0);
        for member in members {
            add(&mut selfs[index * *width..], self.selfs.get(member.stack));
        }
        totals.extend_from_slice(&selfs[index * *width..]);
        if self.pruning.is_some() {
            self.result.starts.push(pending.start);
        }
        index
    }

    /// Puts the callees of a box, sorted by name, on the list of boxes to be made, but for those that are left out.
    fn expect_callees(&mut self, callees: &[Member], node: usize) {
        let groups = callees.chunk_by(|one, other| one.name == other.name);
        // What is put there last is taken first, and that has to be the first by name.
        if self.pruning.is_none() {
            return groups.rev().for_each(|group| self.expect(group, node, 0));
        }
        let mut first = 0;
        let mut ranges = groups.map(|group| {
            first += group.len();
            first - group.len()..first
        });
        if self.by_name {
            self.choose(callees, ranges, node);
        } else {
            let mut ranges: Vec<Range<usize>> = ranges.by_ref().collect();
            ranges.sort_unstable_by_key(|range| callees[range.start].stack);
            self.choose(callees, ranges.into_iter(), node);
        }
        while let Some((range, start)) = self.kept.pop() {
            self.expect(&callees[range], node, start);
        }
    }

    fn expect(&mut self, group: &[Member], parent: usize, start: i64) {
        self.pending.push(Pending { first: self.members.len(), parent, start });
        self.members.extend_from_slice(group);
    }

    /// Keeps the groups of callees that make boxes worth having, with their left edges. The others are added to their
    /// caller.
    fn choose(&mut self, callees: &[Member], groups: impl Iterator<Item = Range<usize>>, node: usize) {
        let Some((Pruning { column, minimum }, sums)) = &self.pruning else { return };
        let PrunedFlameTree { tree, starts, left_out } = &mut self.result;
        let value = |values: &[i64]| values.get(*column).copied().unwrap_or(0);
        let mut start = starts[node].saturating_add(value(tree.self_values(node)));
        for range in groups {
            let group = &callees[range.clone()];
            let total = group.iter().fold(0i64, |sum, member| sum.saturating_add(value(sums.get(member.stack))));
            if total > 0 && total >= *minimum {
                self.kept.push((range, start));
            } else {
                *left_out += usize::from(total > 0);
                for member in group {
                    add(&mut tree.totals[node * tree.width..], sums.get(member.stack));
                }
            }
            start = start.saturating_add(total);
        }
    }
}

/// For each frame the name of its function, and whether it was inlined. Functions without a name are called like those
/// that stand for them, if there are any, and are one box with them.
pub(crate) fn names_of_frames(profile: &Profile) -> Vec<(StringId, bool)> {
    let unknown = profile.strings().find(UNKNOWN_NAME).unwrap_or(StringId::EMPTY);
    let frames = (0..profile.frame_count()).map(|index| profile.frame(FrameId::from_index(index)));
    let named = frames.map(|frame| match profile.function(frame.function).name {
        StringId::EMPTY => (unknown, frame.flags.inlined),
        name => (name, frame.flags.inlined),
    });
    named.collect()
}
