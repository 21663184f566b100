//! The top table: self and total by function.

use crate::flame_tree::{FlameNode, FlameTree, names_of_frames};
use crate::id::{FrameId, StackId, StringId};
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
    /// Index of the value column.
    pub column: usize,
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
        Self::sorted(profile, row_of_name, value_of(tree.totals(0), column), column)
    }

    /// Adds up a profile's `column` along its stacks: the same table, for those who need no flame tree, in a fraction
    /// of the time.
    #[must_use]
    pub fn of_profile(profile: &Profile, column: usize) -> Self {
        let sums = SampledStacks::new(profile, column);
        let names = names_of_frames(profile);
        let mut walk = Walk::new(profile, &sums, &names);
        // Where stacks stand in memory as a walk finds them, there is no need to jump.
        if !walk.go_in_order(profile) {
            walk = Walk::new(profile, &sums, &names);
            walk.go_by_links(profile);
        }
        Self::sorted(profile, walk.row_of_name, value_of(&profile.totals(), column), column)
    }

    fn sorted(profile: &Profile, rows: impl IntoIterator<Item = Option<TopRow>>, whole: i64, column: usize) -> Self {
        let mut rows: Vec<TopRow> = rows.into_iter().flatten().collect();
        rows.sort_unstable_by(|a, b| {
            (b.self_value, b.total)
                .cmp(&(a.self_value, a.total))
                .then_with(|| profile.shown_name(a.name).cmp(profile.shown_name(b.name)))
        });
        Self { rows, whole, column }
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

/// Sums of functions, stack by stack: a [`TopTable`] in the making.
#[derive(Clone, Debug)]
pub struct TopSums {
    column: usize,
    whole: i64,
    /// For each frame where its function's sums are.
    places: Vec<u32>,
    functions: Vec<FunctionSum>,
    /// How many stacks were added.
    stacks: u64,
}

/// What is known of a function by its name.
#[derive(Clone, Copy, Debug)]
struct FunctionSum {
    name: StringId,
    frame: FrameId,
    self_value: i64,
    total: i64,
    /// The stack that it was in last, counted from 1.
    last_stack: u64,
}

impl TopSums {
    /// No sums yet, for stacks of a profile's frames and the values of a column.
    #[must_use]
    pub fn new(profile: &Profile, column: usize) -> Self {
        let mut places = Vec::with_capacity(profile.frame_count());
        let mut functions = Vec::new();
        let mut place_of_name: Vec<Option<u32>> = vec![None; profile.strings().len()];
        for (index, (name, _)) in names_of_frames(profile).into_iter().enumerate() {
            places.push(*place_of_name[name.index()].get_or_insert_with(|| {
                let frame = FrameId::from_index(index);
                functions.push(FunctionSum { name, frame, self_value: 0, total: 0, last_stack: 0 });
                (functions.len() - 1) as u32
            }));
        }
        Self { column, whole: 0, places, functions, stacks: 0 }
    }

    /// Adds a sample: its frames from the leaf to the root, and its values.
    pub fn add(&mut self, frames: &[FrameId], values: &[i64]) {
        let value = value_of(values, self.column);
        self.whole = self.whole.saturating_add(value);
        self.stacks += 1;
        for &frame in frames {
            let function = &mut self.functions[self.places[frame.index()] as usize];
            if function.last_stack != self.stacks {
                function.frame = if function.last_stack == 0 { frame } else { function.frame.min(frame) };
                function.last_stack = self.stacks;
                function.total = function.total.saturating_add(value);
            }
        }
        if let Some(leaf) = frames.first() {
            let function = &mut self.functions[self.places[leaf.index()] as usize];
            function.self_value = function.self_value.saturating_add(value);
        }
    }

    /// The table of what was added.
    #[must_use]
    pub fn table(&self, profile: &Profile) -> TopTable {
        let row = |function: &FunctionSum| {
            let &FunctionSum { name, frame, self_value, total, last_stack } = function;
            (last_stack != 0).then_some(TopRow { name, frame, self_value, total })
        };
        TopTable::sorted(profile, self.functions.iter().map(row), self.whole, self.column)
    }
}

/// A stack on the path from the root.
struct OpenStack {
    stack: StackId,
    frame: FrameId,
    name: StringId,
    self_value: i64,
    /// What was sampled in it and in those of its callees that the walk is through with.
    total: i64,
    /// Whether it or any of those has samples.
    used: bool,
}

/// A walk along all stacks, callees right behind their callers.
struct Walk<'a> {
    sums: &'a SampledStacks,
    names: &'a [(StringId, bool)],
    row_of_name: Vec<Option<TopRow>>,
    /// How many frames of a name are on the path from the root to where the walk stands, and that path.
    open_frames: Vec<u32>,
    path: Vec<OpenStack>,
}

impl<'a> Walk<'a> {
    fn new(profile: &Profile, sums: &'a SampledStacks, names: &'a [(StringId, bool)]) -> Self {
        let count = profile.strings().len();
        Self { sums, names, row_of_name: vec![None; count], open_frames: vec![0; count], path: Vec::new() }
    }

    /// Walks in the order of ids. `false` when that is not the order of a walk.
    fn go_in_order(&mut self, profile: &Profile) -> bool {
        for (stack, parent, frame) in profile.stacks().iter() {
            while self.path.last().is_some_and(|last| last.stack != parent) {
                self.leave();
            }
            if self.path.is_empty() && parent != StackId::ROOT {
                return false;
            }
            self.enter(stack, frame);
        }
        while self.leave().is_some() {}
        true
    }

    /// Walks from callers to callees.
    fn go_by_links(&mut self, profile: &Profile) {
        let stacks = profile.stacks();
        let mut next = stacks.newest_child(StackId::ROOT);
        loop {
            if next != StackId::ROOT {
                self.enter(next, stacks.frame(next));
                next = stacks.newest_child(next);
                continue;
            }
            let Some(left) = self.leave() else { break };
            next = stacks.older_sibling(left);
        }
    }

    fn enter(&mut self, stack: StackId, frame: FrameId) {
        let name = self.names[frame.index()].0;
        let own = self.sums.get(stack);
        let value = own.unwrap_or(0);
        self.open_frames[name.index()] += 1;
        self.path.push(OpenStack { stack, frame, name, self_value: value, total: value, used: own.is_some() });
    }

    /// Leaves the innermost stack and says which that was.
    fn leave(&mut self) -> Option<StackId> {
        let OpenStack { stack, frame, name, self_value, total, used } = self.path.pop()?;
        self.open_frames[name.index()] -= 1;
        // A filter leaves stacks behind that nothing was sampled in.
        if used {
            let row = self.row_of_name[name.index()].get_or_insert(TopRow { name, frame, self_value: 0, total: 0 });
            row.frame = row.frame.min(frame);
            row.self_value = row.self_value.saturating_add(self_value);
            if self.open_frames[name.index()] == 0 {
                row.total = row.total.saturating_add(total);
            }
            if let Some(caller) = self.path.last_mut() {
                caller.total = caller.total.saturating_add(total);
                caller.used = true;
            }
        }
        Some(stack)
    }
}

/// The values of stacks that have samples. Most stacks of a deep tree have none, so those that do are a set of bits,
/// and the values stand in the order of the bits.
struct SampledStacks {
    /// For each 64 stacks which have samples, and how many of those before have.
    words: Vec<(u64, u32)>,
    values: Vec<i64>,
}

impl SampledStacks {
    fn new(profile: &Profile, column: usize) -> Self {
        let mut words = vec![(0u64, 0u32); profile.stacks().len().div_ceil(64)];
        for sample in profile.samples() {
            words[sample.stack.index() / 64].0 |= 1 << (sample.stack.index() % 64);
        }
        let mut count = 0;
        for (bits, before) in &mut words {
            *before = count;
            count += bits.count_ones();
        }
        let mut result = Self { words, values: vec![0; count as usize] };
        for sample in profile.samples() {
            if let Some(position) = result.position(sample.stack) {
                let slot = &mut result.values[position];
                *slot = slot.saturating_add(value_of(sample.values, column));
            }
        }
        result
    }

    fn position(&self, stack: StackId) -> Option<usize> {
        let (bits, before) = self.words[stack.index() / 64];
        let bit = 1u64 << (stack.index() % 64);
        (bits & bit != 0).then(|| before as usize + (bits & (bit - 1)).count_ones() as usize)
    }

    fn get(&self, stack: StackId) -> Option<i64> {
        self.position(stack).map(|position| self.values[position])
    }
}
