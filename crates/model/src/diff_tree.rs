//! The flame tree of two profiles: every box of either, with what it was before and after.

use crate::change::Change;
use crate::comparison::Comparison;
use crate::flame_tree::{FlameNode, FlameTree};
use crate::frame::FrameKind;
use crate::id::FrameId;

/// Name of the box that stands for those that changed too little to be shown.
const SMALL_CHANGES: &str = "[small changes]";

/// What the width of a box follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WidthBy {
    /// What it was before. Boxes that appeared have no width.
    Before,
    /// What it is after. Boxes that vanished have no width.
    After,
    /// Everything that became more plus everything that became less, in it and in what it calls, as `go tool pprof`
    /// draws differences. What stayed the same has no width.
    Delta,
    /// The greater of both, summed up over what it calls: every box of either profile has its place.
    #[default]
    Max,
}

impl WidthBy {
    /// All, in the order to offer them.
    pub const ALL: [Self; 4] = [Self::Before, Self::After, Self::Delta, Self::Max];

    /// Name on the command line and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::Delta => "delta",
            Self::Max => "max",
        }
    }

    /// The width that a box has by itself, without what it calls. Never negative.
    #[must_use]
    pub fn of(self, own: Change) -> f64 {
        match self {
            Self::Before => own.before.max(0.0),
            Self::After => own.after.max(0.0),
            Self::Delta => own.delta().abs(),
            Self::Max => own.greater(),
        }
    }
}

/// The boxes of two profiles, merged by the path of names like those of one ([`FlameTree`]), in the same order.
///
/// A box is there when either profile has it: what appeared and what vanished are both to be seen. Sums are conserved
/// for each side.
#[derive(Clone, Debug)]
pub struct DiffTree {
    nodes: Vec<FlameNode>,
    selfs: Vec<Change>,
    totals: Vec<Change>,
    /// Boxes that are part of a box `[small changes]`.
    left_out: usize,
}

impl DiffTree {
    pub(crate) fn build(comparison: &mut Comparison, minimum: f64) -> Self {
        let tree = FlameTree::build(comparison.profile());
        let indices = 0..tree.nodes().len();
        let whole = Self {
            nodes: tree.nodes().to_vec(),
            selfs: indices.clone().map(|node| comparison.change(tree.self_values(node))).collect(),
            // From the exact sums rather than by adding floats, so that a total does not depend on what is in it.
            totals: indices.map(|node| comparison.change(tree.totals(node))).collect(),
            left_out: 0,
        };
        if minimum > 0.0 { whole.without_small(comparison, minimum) } else { whole }
    }

    /// The boxes in pre-order; the root is the first and its own parent.
    #[must_use]
    pub fn nodes(&self) -> &[FlameNode] {
        &self.nodes
    }

    /// What was sampled in the function itself.
    #[must_use]
    pub fn self_change(&self, node: usize) -> Change {
        self.selfs[node]
    }

    /// What was sampled in the function and everything it called.
    #[must_use]
    pub fn total_change(&self, node: usize) -> Change {
        self.totals[node]
    }

    /// How many boxes are not there because they changed too little; each is part of a box `[small changes]`.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Whether there is any difference.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.selfs.iter().all(|change| change.delta() == 0.0)
    }

    /// The width of each box, callees included: never below the sum of the widths of what it calls.
    #[must_use]
    pub fn widths(&self, by: WidthBy) -> Vec<f64> {
        let mut widths: Vec<f64> = self.selfs.iter().map(|&own| by.of(own)).collect();
        for (index, node) in self.nodes.iter().enumerate().skip(1).rev() {
            let (before, after) = widths.split_at_mut(index);
            before[node.parent] += after[0];
        }
        widths
    }

    /// Puts what changed by less than `minimum` together.
    fn without_small(&self, comparison: &mut Comparison, minimum: f64) -> Self {
        // A box stays when it, or anything that it calls, changed enough.
        let mut keep: Vec<bool> = self.totals.iter().map(|total| total.delta().abs() >= minimum).collect();
        for (index, node) in self.nodes.iter().enumerate().skip(1).rev() {
            if keep[index] {
                keep[node.parent] = true;
            }
        }
        if let Some(root) = keep.first_mut() {
            *root = true;
        }
        let frame = comparison.profile_mut().intern_named_frame(SMALL_CHANGES, FrameKind::Marker);
        let mut small = Small { result: Self::empty(), open: Vec::new(), frame, comparison };
        // The new index of each box that stays.
        let mut moved = vec![usize::MAX; self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            let parent = if index == 0 { 0 } else { moved[node.parent] };
            if keep[index] {
                small.close(node.depth);
                moved[index] = small.result.push(FlameNode { parent, ..*node }, self.selfs[index], self.totals[index]);
                small.open.push((moved[index], Change::default()));
            } else {
                small.result.left_out += 1;
                if keep[node.parent] {
                    small.close(node.depth);
                    if let Some((_, sum)) = small.open.last_mut() {
                        *sum += self.totals[index];
                    }
                }
            }
        }
        small.close(0);
        small.result
    }

    fn empty() -> Self {
        Self { nodes: Vec::new(), selfs: Vec::new(), totals: Vec::new(), left_out: 0 }
    }

    fn push(&mut self, node: FlameNode, own: Change, total: Change) -> usize {
        self.nodes.push(node);
        self.selfs.push(own);
        self.totals.push(total);
        self.nodes.len() - 1
    }
}

/// Making of boxes `[small changes]`, while walking over a tree in pre-order.
struct Small<'a> {
    result: DiffTree,
    /// For each box on the path from the root that stays: its index, and what was small in it.
    open: Vec<(usize, Change)>,
    frame: FrameId,
    comparison: &'a Comparison,
}

impl Small<'_> {
    /// Ends the boxes from `depth` on; each gets a box for what was small in it.
    fn close(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some((parent, sum)) = self.open.pop().filter(|(_, sum)| *sum != Change::default()) else { continue };
            let depth = self.result.nodes[parent].depth + 1;
            let profile = self.comparison.profile();
            let name = profile.function(profile.frame(self.frame).function).name;
            let node = FlameNode { parent, depth, name, frame: self.frame, inlined: false };
            self.result.push(node, sum, sum);
        }
    }
}
