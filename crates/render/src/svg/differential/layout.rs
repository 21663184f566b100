//! Where the boxes of a differential flame graph lie.

use firesteel_model::{DiffTree, WidthBy};

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A box of the tree.
    Node(usize),
    /// The bottom of the lane for what has no width in the graph.
    Lane,
    /// A box of the tree in the lane, there only because it called what stands in the lane.
    Path(usize),
}

/// A box that is wide enough to be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) role: Role,
    /// Distance from the root.
    pub(super) depth: usize,
    /// Distance of the left edge from that of the picture, in values.
    pub(super) start: f64,
    /// Width in values.
    pub(super) width: f64,
}

/// The boxes of a picture.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// In pre-order, the root first, the lane last.
    pub(super) boxes: Vec<Placed>,
    /// What the whole width stands for.
    pub(super) whole: f64,
    /// Depth of the deepest box.
    pub(super) depth: usize,
    /// Boxes with a width that is too small. What is above them is not counted.
    pub(super) pruned: usize,
}

/// Part of the graph's width that is empty between it and the lane.
const GAP: f64 = 0.01;

impl Layout {
    /// Places the boxes of a tree. `narrowest` is the part of the whole below which a box is left out with all that it
    /// calls.
    pub(super) fn new(tree: &DiffTree, by: WidthBy, narrowest: f64) -> Self {
        let widths = tree.widths(by);
        let graph = widths.first().copied().unwrap_or(0.0);
        let lane_widths = lane_widths(tree, by, &widths);
        let lane = lane_widths.first().copied().unwrap_or(0.0);
        let gap = if lane > 0.0 { GAP * (graph + lane) } else { 0.0 };
        let whole = graph + gap + lane;
        let mut layout = Self { boxes: Vec::new(), whole, depth: 0, pruned: 0 };
        if whole <= 0.0 || !whole.is_finite() {
            return Self { whole: 0.0, ..layout };
        }
        layout.boxes.push(Placed { role: Role::Node(0), depth: 0, start: 0.0, width: whole });
        let own = |node: usize| by.of(tree.self_change(node));
        layout.place(tree, &widths, narrowest * whole, Part { start: own(0), raise: 0 }, own, Role::Node);
        if lane > 0.0 {
            let start = graph + gap;
            layout.boxes.push(Placed { role: Role::Lane, depth: 1, start, width: lane });
            let other = other_side(by);
            let own = |node: usize| if widths[node] == 0.0 { other.of(tree.self_change(node)) } else { 0.0 };
            let role = |node: usize| if widths[node] == 0.0 { Role::Node(node) } else { Role::Path(node) };
            layout.place(tree, &lane_widths, narrowest * whole, Part { start: start + own(0), raise: 1 }, own, role);
        }
        layout.depth = layout.boxes.iter().map(|placed| placed.depth).max().unwrap_or(0);
        layout
    }

    /// Places all boxes but the root: a function's own value is at the left of its box, its callees follow.
    fn place(
        &mut self,
        tree: &DiffTree,
        widths: &[f64],
        minimum: f64,
        part: Part,
        own: impl Fn(usize) -> f64,
        role: impl Fn(usize) -> Role,
    ) {
        // Where the next callee of each box on the path begins.
        let mut next: Vec<f64> = vec![part.start];
        // Boxes deeper than this are above one that is left out.
        let mut hidden = usize::MAX;
        for (node, found) in tree.nodes().iter().enumerate().skip(1) {
            let width = widths[node];
            if found.depth > hidden || width <= 0.0 {
                continue;
            }
            hidden = usize::MAX;
            next.truncate(found.depth);
            let start = next.last().copied().unwrap_or(part.start);
            if let Some(edge) = next.last_mut() {
                *edge += width;
            }
            if width < minimum {
                hidden = found.depth;
                self.pruned += 1;
                continue;
            }
            self.boxes.push(Placed { role: role(node), depth: found.depth + part.raise, start, width });
            next.push(start + own(node));
        }
    }
}

/// Where a part of the picture begins.
#[derive(Clone, Copy)]
struct Part {
    start: f64,
    /// How many levels higher than in the tree its boxes are.
    raise: usize,
}

fn other_side(by: WidthBy) -> WidthBy {
    if by == WidthBy::After { WidthBy::Before } else { WidthBy::After }
}

/// The widths in the lane: on the other side, of what has no width in the graph.
fn lane_widths(tree: &DiffTree, by: WidthBy, widths: &[f64]) -> Vec<f64> {
    if !matches!(by, WidthBy::Before | WidthBy::After) {
        return Vec::new();
    }
    let other = other_side(by);
    let own = |node: usize| if widths[node] == 0.0 { other.of(tree.self_change(node)) } else { 0.0 };
    let mut sums: Vec<f64> = (0..tree.nodes().len()).map(own).collect();
    for (index, node) in tree.nodes().iter().enumerate().skip(1).rev() {
        let (before, after) = sums.split_at_mut(index);
        before[node.parent] += after[0];
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{Comparison, FrameKind, Profile, Sample, StackId, ValueType};

    fn profile(stacks: &[(&str, i64)]) -> Profile {
        let mut profile = Profile::new(vec![ValueType::samples()]);
        for (names, value) in stacks {
            let mut stack = StackId::ROOT;
            for name in names.split(';') {
                let frame = profile.intern_named_frame(name, FrameKind::Go);
                stack = profile.push_stack(stack, frame);
            }
            profile.add_sample(Sample::new(stack, &[*value]));
        }
        profile
    }

    /// Compares the boxes above the root, as depth, start, width, role and name, and the number of those left out.
    fn check(by: WidthBy, narrowest: f64, expect: &[&str], pruned: usize) {
        let before = profile(&[("m", 4), ("m;gone;deep", 40), ("m;stay", 16)]);
        let after = profile(&[("m", 4), ("m;new", 10), ("m;stay", 26)]);
        let mut comparison = Comparison::new((&before, 0), (&after, 0)).unwrap();
        let tree = comparison.tree(0.0);
        let layout = Layout::new(&tree, by, narrowest);
        let name = |node: usize| comparison.profile().frame_name(tree.nodes()[node].frame);
        let told = layout.boxes.iter().skip(1).map(|&Placed { role, depth, start, width }| {
            let role = match role {
                Role::Node(node) => name(node).to_owned(),
                Role::Path(node) => format!("({})", name(node)),
                Role::Lane => "lane".to_owned(),
            };
            format!("{depth}: {start}+{width} {role}")
        });
        assert_eq!(told.collect::<Vec<_>>(), expect, "{by:?}");
        assert_eq!(layout.pruned, pruned, "{by:?}");
    }

    #[test]
    fn every_box_of_either_side_has_its_place() {
        let expect = ["1: 0+80 m", "2: 4+40 gone", "3: 4+40 deep", "2: 44+10 new", "2: 54+26 stay"];
        check(WidthBy::Max, 0.0, &expect, 0);
    }

    #[test]
    fn only_changes_have_a_width() {
        let expect = ["1: 0+60 m", "2: 0+40 gone", "3: 0+40 deep", "2: 40+10 new", "2: 50+10 stay"];
        check(WidthBy::Delta, 0.0, &expect, 0);
    }

    #[test]
    fn what_one_side_lacks_stands_in_a_lane() {
        let lane = "1: 40.8+40 lane";
        let expect =
            ["1: 0+40 m", "2: 4+10 new", "2: 14+26 stay", lane, "2: 40.8+40 (m)", "3: 40.8+40 gone", "4: 40.8+40 deep"];
        check(WidthBy::After, 0.0, &expect, 0);
        let expect = [
            "1: 0+60 m",
            "2: 4+40 gone",
            "3: 4+40 deep",
            "2: 44+16 stay",
            "1: 60.7+10 lane",
            "2: 60.7+10 (m)",
            "3: 60.7+10 new",
        ];
        check(WidthBy::Before, 0.0, &expect, 0);
    }

    #[test]
    fn narrow_boxes_leave_their_space() {
        check(WidthBy::Max, 0.2, &["1: 0+80 m", "2: 4+40 gone", "3: 4+40 deep", "2: 54+26 stay"], 1);
    }
}
