//! The flame tree: stacks merged by function name, ready to draw.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::id::{FrameId, StringId};
use crate::profile::{Profile, UNKNOWN_NAME};

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

impl FlameTree {
    /// Merges the stacks of a profile.
    #[must_use]
    pub fn build(profile: &Profile) -> Self {
        let draft = Draft::merge(profile);
        let order = draft.preorder(profile);
        let width = profile.sample_types().len();
        let mut position = vec![0usize; order.len()];
        for (new, &old) in order.iter().enumerate() {
            position[old] = new;
        }
        let mut nodes: Vec<FlameNode> = Vec::with_capacity(order.len());
        let mut selfs = Vec::with_capacity(order.len() * width);
        for &old in &order {
            let parent = position[draft.nodes[old].parent];
            let depth = if old == 0 { 0 } else { nodes[parent].depth + 1 };
            nodes.push(FlameNode { parent, depth, ..draft.nodes[old] });
            selfs.extend_from_slice(&draft.selfs[old * width..(old + 1) * width]);
        }
        let mut totals = selfs.clone();
        for index in (1..nodes.len()).rev() {
            let parent = nodes[index].parent;
            for column in 0..width {
                let value = totals[index * width + column];
                let slot = &mut totals[parent * width + column];
                *slot = slot.saturating_add(value);
            }
        }
        Self { nodes, width, selfs, totals }
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

/// The merged tree in order of first appearance.
struct Draft {
    nodes: Vec<FlameNode>,
    selfs: Vec<i64>,
}

impl Draft {
    fn merge(profile: &Profile) -> Self {
        let width = profile.sample_types().len();
        let root = FlameNode { parent: 0, depth: 0, name: StringId::EMPTY, frame: FrameId::UNKNOWN, inlined: false };
        let mut nodes = vec![root];
        // A function without a name is shown as `[unknown]`: one box with those that are called so.
        let unknown = profile.strings().find(UNKNOWN_NAME).unwrap_or(StringId::EMPTY);
        let used = used_stacks(profile);
        let mut children: HashMap<(usize, StringId), usize, SeedableState<'static>> =
            HashMap::with_hasher(SeedableState::fixed());
        let mut flame_of_stack = vec![0usize; profile.stacks().len()];
        for (stack, parent, frame_id) in profile.stacks().iter().filter(|(stack, ..)| used[stack.index()]) {
            let parent = flame_of_stack[parent.index()];
            let frame = profile.frame(frame_id);
            let name = match profile.function(frame.function).name {
                StringId::EMPTY => unknown,
                name => name,
            };
            let inlined = frame.flags.inlined;
            let node = *children.entry((parent, name)).or_insert_with(|| {
                nodes.push(FlameNode { parent, depth: 0, name, frame: frame_id, inlined });
                nodes.len() - 1
            });
            nodes[node].inlined &= inlined;
            flame_of_stack[stack.index()] = node;
        }
        let mut selfs = vec![0i64; nodes.len() * width];
        for sample in profile.samples() {
            let node = flame_of_stack[sample.stack.index()];
            for (slot, value) in selfs[node * width..].iter_mut().zip(sample.values) {
                *slot = slot.saturating_add(*value);
            }
        }
        Self { nodes, selfs }
    }

    /// Indices in pre-order with children by name.
    fn preorder(&self, profile: &Profile) -> Vec<usize> {
        // Rank of every name, so that sorting compares integers.
        let mut names: Vec<StringId> = self.nodes.iter().map(|node| node.name).collect();
        names.sort_unstable();
        names.dedup();
        names.sort_unstable_by_key(|&name| profile.shown_name(name));
        let mut rank = vec![0u32; profile.strings().len()];
        for (position, name) in names.iter().enumerate() {
            rank[name.index()] = position as u32;
        }
        let mut by_parent: Vec<usize> = (1..self.nodes.len()).collect();
        // Descending, because the stack below takes the last first.
        by_parent.sort_unstable_by_key(|&index| {
            let node = &self.nodes[index];
            (node.parent, std::cmp::Reverse(rank[node.name.index()]))
        });
        let mut first_child = vec![0usize; self.nodes.len() + 1];
        for &index in &by_parent {
            first_child[self.nodes[index].parent + 1] += 1;
        }
        for index in 0..self.nodes.len() {
            first_child[index + 1] += first_child[index];
        }
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut pending = vec![0usize];
        while let Some(index) = pending.pop() {
            order.push(index);
            pending.extend_from_slice(&by_parent[first_child[index]..first_child[index + 1]]);
        }
        order
    }
}

/// For each stack, whether a sample passes through it. A filter leaves stacks without samples.
fn used_stacks(profile: &Profile) -> Vec<bool> {
    let mut used = vec![false; profile.stacks().len()];
    for sample in profile.samples() {
        used[sample.stack.index()] = true;
    }
    for (stack, parent, _) in profile.stacks().iter().rev() {
        used[parent.index()] |= used[stack.index()];
    }
    used
}
