//! The table of differences: self and total by function, before and after.

use crate::change::Change;
use crate::comparison::Comparison;
use crate::diff_tree::DiffTree;
use crate::flame_tree::FlameNode;
use crate::id::{FrameId, StringId};

/// One function of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiffRow {
    /// Its name.
    pub name: StringId,
    /// A frame that stands for all of its frames.
    pub frame: FrameId,
    /// What was sampled in the function itself.
    pub own: Change,
    /// What was sampled in it and everything it called; a stack with several frames of the function counts once.
    pub total: Change,
}

/// Functions with their changes.
#[derive(Clone, Debug)]
pub struct DiffTable {
    /// Rows in the order of names.
    pub rows: Vec<DiffRow>,
    /// Sums of both sides: what percentages are of.
    pub whole: Change,
}

impl DiffTable {
    /// Adds up a tree of `comparison`.
    #[must_use]
    pub fn build(comparison: &Comparison, tree: &DiffTree) -> Self {
        let profile = comparison.profile();
        let mut row_of_name: Vec<Option<DiffRow>> = vec![None; profile.strings().len()];
        // How many boxes of a name are on the path from the root to the current box, and that path.
        let mut open_boxes = vec![0u32; profile.strings().len()];
        let mut path: Vec<StringId> = Vec::new();
        for (index, node) in tree.nodes().iter().enumerate().skip(1) {
            for closed in path.drain(node.depth - 1..) {
                open_boxes[closed.index()] -= 1;
            }
            let FlameNode { name, frame, .. } = *node;
            let none = DiffRow { name, frame, own: Change::default(), total: Change::default() };
            let row = row_of_name[name.index()].get_or_insert(none);
            row.own += tree.self_change(index);
            if open_boxes[name.index()] == 0 {
                row.total += tree.total_change(index);
            }
            open_boxes[name.index()] += 1;
            path.push(name);
        }
        let mut rows: Vec<DiffRow> = row_of_name.into_iter().flatten().collect();
        rows.sort_unstable_by(|one, other| profile.shown_name(one.name).cmp(profile.shown_name(other.name)));
        let whole = if tree.nodes().is_empty() { Change::default() } else { tree.total_change(0) };
        Self { rows, whole }
    }

    /// The rows that `measure` says something changed in, the greatest change first, whichever way; ties by name.
    #[must_use]
    pub fn greatest(&self, measure: impl Fn(&DiffRow) -> Change) -> Vec<DiffRow> {
        let mut rows: Vec<DiffRow> = self.rows.iter().filter(|row| measure(row).delta() != 0.0).copied().collect();
        // The sort is stable, and rows are by name.
        rows.sort_by(|one, other| measure(other).delta().abs().total_cmp(&measure(one).delta().abs()));
        rows
    }
}
