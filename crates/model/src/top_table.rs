//! The top table: self and total by function.

use crate::flame_tree::{FlameNode, FlameTree};
use crate::id::{FrameId, StringId};
use crate::profile::Profile;

/// One function of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopRow {
    /// Its name.
    pub name: StringId,
    /// A frame that stands for all of its frames.
    pub frame: FrameId,
    /// What was sampled in the function itself.
    pub self_value: i64,
    /// What was sampled in it and everything it called; a stack with several frames of the function
    /// counts once.
    pub total: i64,
}

/// Functions with their self and total values, in one value column.
#[derive(Clone, Debug)]
pub struct TopTable {
    /// Rows by falling self value, then falling total, then name.
    pub rows: Vec<TopRow>,
    /// Sum over all samples: what percentages are of.
    pub whole: i64,
}

impl TopTable {
    /// Adds up a flame tree's `column`. All is zero in a column that the profile does not have: some
    /// profiles have none.
    #[must_use]
    pub fn build(profile: &Profile, tree: &FlameTree, column: usize) -> Self {
        let mut row_of_name: Vec<Option<TopRow>> = vec![None; profile.strings().len()];
        // How many boxes of a name are on the path from the root to the current box, and that path.
        let mut open_boxes = vec![0u32; profile.strings().len()];
        let mut path: Vec<StringId> = Vec::new();
        for (index, node) in tree.nodes().iter().enumerate().skip(1) {
            for closed in path.drain(node.depth - 1..) {
                open_boxes[closed.index()] -= 1;
            }
            let FlameNode { name, frame, .. } = *node;
            let row = row_of_name[name.index()].get_or_insert(TopRow { name, frame, self_value: 0, total: 0 });
            row.self_value = row.self_value.saturating_add(value_of(tree.self_values(index), column));
            if open_boxes[name.index()] == 0 {
                row.total = row.total.saturating_add(value_of(tree.totals(index), column));
            }
            open_boxes[name.index()] += 1;
            path.push(name);
        }
        let mut rows: Vec<TopRow> = row_of_name.into_iter().flatten().collect();
        rows.sort_unstable_by(|a, b| {
            (b.self_value, b.total)
                .cmp(&(a.self_value, a.total))
                .then_with(|| profile.shown_name(a.name).cmp(profile.shown_name(b.name)))
        });
        Self { rows, whole: value_of(tree.totals(0), column) }
    }

    /// The `limit` rows of the greatest total that are not zero, by falling total.
    #[must_use]
    pub fn by_total(&self, profile: &Profile, limit: usize) -> Vec<TopRow> {
        let mut rows: Vec<TopRow> = self.rows.iter().filter(|row| row.total != 0).copied().collect();
        rows.sort_by(|a, b| {
            b.total.cmp(&a.total).then_with(|| profile.shown_name(a.name).cmp(profile.shown_name(b.name)))
        });
        rows.truncate(limit);
        rows
    }
}

fn value_of(values: &[i64], column: usize) -> i64 {
    values.get(column).copied().unwrap_or(0)
}
