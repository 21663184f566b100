//! Where the boxes lie, in value units from the left and levels from the root.

use std::borrow::Cow;

use firesteel_model::{FlameTree, FrameId, Profile, PrunedFlameTree, Pruning, StringId};

use crate::svg::flame_chart::Chart;
use crate::svg::options::{MinWidth, SvgOptions};

/// A box that is wide enough to be drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    /// A frame that stands for all that were merged here: the first in stack order.
    pub(crate) frame: FrameId,
    /// Name of its function.
    pub(crate) name: StringId,
    /// Distance from the root.
    pub(crate) depth: usize,
    /// Stored value at its left edge.
    pub(crate) start: i64,
    /// Stored value that it covers.
    pub(crate) total: i64,
    /// Samples that it covers, if those are told beside the value.
    pub(crate) samples: i64,
    /// Place in the tree, for what only differences have.
    pub(crate) index: usize,
}

/// The boxes of a picture.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    boxes: Boxes,
    left_out: usize,
    /// Depth of the deepest drawn box.
    pub(crate) depth: usize,
    /// Stored value that the whole width stands for.
    pub(crate) whole: f64,
}

/// What boxes are made of.
#[derive(Clone, Debug)]
enum Boxes {
    /// The boxes of a flame tree, which has all but their left edges. A picture may have hundreds of thousands, so they
    /// are not copied.
    OfTree { tree: FlameTree, starts: Vec<i64>, column: usize, samples: Option<usize> },
    /// The boxes of a flame chart.
    OfChart(Vec<Placed>),
}

/// Space left and right of the boxes in pixels.
pub(crate) const SIDE_PADDING: f64 = 10.0;

impl Layout {
    /// Places the boxes of a value column. A function's own value is at the left of its box, its callees follow by
    /// name. Samples with a negative value, which only differences have, take no space. `samples` is a second column
    /// to sum up.
    pub(crate) fn new(
        profile: &Profile,
        column: usize,
        samples: Option<usize>,
        total: Option<f64>,
        options: &SvgOptions,
    ) -> Self {
        let profile = without_negative_values(profile, column);
        let sum = profile.totals().get(column).copied().unwrap_or(0) as f64;
        let whole = total.map_or(sum, |total| total.max(sum));
        let minimum = match options.min_width {
            MinWidth::Pixels(pixels) => pixels * whole / (f64::from(options.width) - 2.0 * SIDE_PADDING),
            MinWidth::Percent(percent) => whole * percent / 100.0,
        };
        let minimum = minimum.ceil() as i64;
        if options.flame_chart {
            let Chart { boxes, left_out } = Chart::new(&profile, column, samples, minimum);
            let depth = boxes.iter().map(|placed| placed.depth).max().unwrap_or(0);
            return Self { boxes: Boxes::OfChart(boxes), left_out, depth, whole };
        }
        let build = if options.unsorted { FlameTree::build_pruned_unsorted } else { FlameTree::build_pruned };
        let PrunedFlameTree { tree, starts, left_out } = build(&profile, Pruning { column, minimum });
        let depth = tree.depth();
        Self { boxes: Boxes::OfTree { tree, starts, column, samples }, left_out, depth, whole }
    }

    /// The boxes in pre-order, the root first.
    pub(crate) fn boxes(&self) -> impl ExactSizeIterator<Item = Placed> {
        let count = match &self.boxes {
            Boxes::OfTree { starts, .. } => starts.len(),
            Boxes::OfChart(boxes) => boxes.len(),
        };
        (0..count).map(|index| self.placed(index))
    }

    #[inline]
    fn placed(&self, index: usize) -> Placed {
        match &self.boxes {
            Boxes::OfTree { tree, starts, column, samples } => {
                let node = tree.nodes()[index];
                let value = |column: usize| tree.totals(index).get(column).copied().unwrap_or(0);
                let (total, samples) = (value(*column), samples.map_or(0, value));
                Placed {
                    frame: node.frame,
                    name: node.name,
                    depth: node.depth,
                    start: starts[index],
                    total,
                    samples,
                    index,
                }
            }
            Boxes::OfChart(boxes) => boxes[index],
        }
    }

    /// How many boxes are too narrow to be drawn. What is above them is not counted.
    pub(crate) fn pruned(&self) -> usize {
        self.left_out
    }

    /// What was sampled in a box and what it called, and in the function itself, in another column.
    pub(crate) fn values(&self, placed: Placed, column: usize) -> (i64, i64) {
        let Boxes::OfTree { tree, .. } = &self.boxes else { return (0, 0) };
        let value = |values: &[i64]| values.get(column).copied().unwrap_or(0);
        (value(tree.totals(placed.index)), value(tree.self_values(placed.index)))
    }
}

fn without_negative_values(profile: &Profile, column: usize) -> Cow<'_, Profile> {
    let is_negative = |values: &[i64]| values.get(column).is_some_and(|&value| value < 0);
    if profile.samples().any(|sample| is_negative(sample.values)) {
        Cow::Owned(profile.retained(|sample| !is_negative(sample.values)))
    } else {
        Cow::Borrowed(profile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{FrameKind, Sample, StackId, Unit, ValueType};

    /// Lays out stacks with a number of bytes and one sample each; compares the boxes above the root, as depth, start,
    /// total, samples and name, and the number of those that are too narrow.
    fn check(stacks: &[(&str, i64)], min_width: MinWidth, expect: &[&str], pruned: usize) {
        let bytes = ValueType::new("space", Unit::Bytes);
        let mut profile = Profile::new(vec![bytes, ValueType::samples()]);
        for (names, value) in stacks {
            let mut stack = StackId::ROOT;
            for name in names.split(';') {
                let frame = profile.intern_named_frame(name, FrameKind::Go);
                stack = profile.push_stack(stack, frame);
            }
            profile.add_sample(Sample::new(stack, &[*value, 1]));
        }
        let options = SvgOptions { min_width, ..SvgOptions::default() };
        let layout = Layout::new(&profile, 0, Some(1), None, &options);
        let told = layout.boxes().skip(1).map(|Placed { frame, depth, start, total, samples, .. }| {
            format!("{depth}: {start}+{total} ({samples}) {}", profile.frame_name(frame))
        });
        assert_eq!(told.collect::<Vec<_>>(), expect);
        assert_eq!(layout.pruned(), pruned);
    }

    #[test]
    fn callees_follow_what_is_the_callers_own() {
        let stacks = [("a;c", 4), ("a;b", 2), ("a", 1), ("b", 3)];
        let expect = ["1: 0+7 (3) a", "2: 1+2 (1) b", "2: 3+4 (1) c", "1: 7+3 (1) b"];
        check(&stacks, MinWidth::Pixels(0.0), &expect, 0);
    }

    #[test]
    fn narrow_boxes_leave_their_space() {
        let stacks = [("a;b;c", 1), ("a;b;d", 1), ("a;e", 90), ("f", 8)];
        let expect = ["1: 0+92 (3) a", "2: 2+90 (1) e", "1: 92+8 (1) f"];
        check(&stacks, MinWidth::Percent(5.0), &expect, 1);
        let expect = ["1: 0+92 (3) a", "2: 0+2 (2) b", "2: 2+90 (1) e", "1: 92+8 (1) f"];
        check(&stacks, MinWidth::Percent(1.5), &expect, 2);
    }

    #[test]
    fn negative_values_take_no_space() {
        let stacks = [("a;b", 4), ("a;c", -3), ("a;c;d", 2), ("e", -9), ("f", 0)];
        let expect = ["1: 0+6 (2) a", "2: 0+4 (1) b", "2: 4+2 (1) c", "3: 4+2 (1) d"];
        check(&stacks, MinWidth::Pixels(0.0), &expect, 0);
    }

    #[test]
    fn functions_without_a_name_are_one_box() {
        check(&[("[unknown]", 1), ("", 2)], MinWidth::Pixels(0.0), &["1: 0+3 (2) [unknown]"], 0);
    }
}
