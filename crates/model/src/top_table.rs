//! The top table: self and total by function.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use crate::flame_tree::FlameTree;
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
        let mut rows: HashMap<StringId, TopRow, SeedableState<'static>> = HashMap::with_hasher(SeedableState::fixed());
        // For each name, how many open boxes on the path from the root bear it.
        let mut open: HashMap<StringId, u32, SeedableState<'static>> = HashMap::with_hasher(SeedableState::fixed());
        let mut path: Vec<usize> = Vec::new();
        for (index, node) in tree.nodes().iter().enumerate().skip(1) {
            while path.last().is_some_and(|&top| tree.nodes()[top].depth >= node.depth) {
                if let Some(closed) = path.pop()
                    && let Some(count) = open.get_mut(&tree.nodes()[closed].name)
                {
                    *count -= 1;
                }
            }
            let count = open.entry(node.name).or_insert(0);
            let row =
                rows.entry(node.name).or_insert(TopRow { name: node.name, frame: node.frame, self_value: 0, total: 0 });
            row.self_value = row.self_value.saturating_add(value_of(tree.self_values(index), column));
            if *count == 0 {
                row.total = row.total.saturating_add(value_of(tree.totals(index), column));
            }
            *count += 1;
            path.push(index);
        }
        let mut rows: Vec<TopRow> = rows.into_values().collect();
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
