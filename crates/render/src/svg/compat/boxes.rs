//! From lines to boxes: a walk with a running position.

use std::collections::HashMap;

use crate::svg::compat::lines::Line;

/// A box of the picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LineBox<'a> {
    /// Empty for the root.
    pub(super) name: &'a str,
    /// Distance from the root.
    pub(super) depth: usize,
    /// Position of its left edge.
    pub(super) start: f64,
    /// Position of its right edge.
    pub(super) end: f64,
    /// What changed, if the line that opened it has two counts.
    pub(super) change: Option<f64>,
}

/// The boxes of all lines.
pub(super) struct LineBoxes<'a> {
    /// In the order in which they are opened: a box is followed by what it called.
    pub(super) boxes: Vec<LineBox<'a>>,
    /// The sum of all counts.
    pub(super) total: f64,
    /// The largest change, up or down, at least 1.
    pub(super) most_change: f64,
}

/// Opens and closes boxes line by line.
struct Walk<'a> {
    boxes: Vec<LineBox<'a>>,
    /// The boxes that are open, the root first.
    open: Vec<usize>,
    /// The last closed box of a name and depth, which one without width may take the place of.
    last_closed: HashMap<(&'a str, usize), usize>,
    /// Boxes that another one took the place of.
    lost: Vec<usize>,
}

impl<'a> LineBoxes<'a> {
    pub(super) fn walk(lines: &'a [Line<'_>]) -> Self {
        let mut walk = Walk { boxes: Vec::new(), open: Vec::new(), last_closed: HashMap::new(), lost: Vec::new() };
        let (mut position, mut most_change) = (0.0, 1.0f64);
        let mut frames = Vec::new();
        for line in lines {
            let change = line.change();
            most_change = most_change.max(change.map_or(0.0, f64::abs));
            frames.clear();
            frames.push("");
            frames.extend(line.frames());
            walk.enter(&frames, position, change);
            position += line.count;
        }
        walk.close(0, position);
        walk.lost.sort_unstable();
        let mut boxes = walk.boxes;
        let mut index = 0;
        boxes.retain(|_| {
            index += 1;
            walk.lost.binary_search(&(index - 1)).is_err()
        });
        Self { boxes, total: position, most_change }
    }
}

impl<'a> Walk<'a> {
    /// Closes what the next line does not continue, and opens what it begins.
    fn enter(&mut self, frames: &[&'a str], position: f64, change: Option<f64>) {
        let open = self.open.iter().map(|&index| self.boxes[index].name);
        let same = open.zip(frames).take_while(|(open, frame)| open == *frame).count();
        self.close(same, position);
        for (depth, &name) in frames.iter().enumerate().skip(same) {
            self.open.push(self.boxes.len());
            let is_last = depth + 1 == frames.len();
            let change = change.map(|change| if is_last { change } else { 0.0 });
            self.boxes.push(LineBox { name, depth, start: position, end: position, change });
        }
    }

    /// Closes every box from a depth on.
    fn close(&mut self, depth: usize, position: f64) {
        let end = as_printed(position);
        while self.open.len() > depth {
            let Some(index) = self.open.pop() else { break };
            let LineBox { name, depth, start, ref change, .. } = self.boxes[index];
            let has_change = change.is_some();
            self.boxes[index].end = end;
            // The original keeps boxes under name, depth and end; of two such, the later one stays.
            let previous = self.last_closed.insert((name, depth), index);
            if start >= position
                && let Some(previous) = previous
                && self.boxes[previous].end.to_bits() == end.to_bits()
            {
                if !has_change {
                    self.boxes[index].change = self.boxes[previous].change;
                }
                self.lost.push(previous);
            }
        }
    }
}

/// The number that is left when a number is printed with 15 significant digits, as the original does with positions.
pub(super) fn as_printed(value: f64) -> f64 {
    if value.fract() == 0.0 { value } else { format!("{value:.14e}").parse().unwrap_or(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg::compat::lines::{Lines, Order};

    fn check(text: &str, expect: &[&str]) {
        let lines = Lines::read(text, Order { reverse: false, as_they_come: false, chain: false });
        let boxes = LineBoxes::walk(&lines.lines);
        let told = boxes.boxes.iter().map(|LineBox { name, depth, start, end, change }| {
            let change = change.map_or_else(String::new, |change| format!(" {change:+}"));
            format!("{depth}: {start}-{end} `{name}`{change}")
        });
        assert_eq!(told.collect::<Vec<_>>(), expect);
    }

    #[test]
    fn a_sibling_may_fall_between() {
        let expect = [
            "0: 0-65 ``",
            "1: 0-65 `a`",
            "2: 0-10 `b`",
            "2: 10-40 `b c`",
            "3: 10-40 `d`",
            "2: 40-45 `b+x`",
            "2: 45-65 `b`",
            "3: 45-65 `c`",
        ];
        check("a;b 10\na;b+x 5\na;b;c 20\na;b c;d 30\n", &expect);
    }

    #[test]
    fn changes_belong_to_what_a_line_opens() {
        check("a;b 10 20\na;b 5 1\n", &["0: 0-21 `` +0", "1: 0-21 `a` +0", "2: 0-21 `b` +10"]);
        check(
            "m;gone 100 0\nm;stay 50 60\n",
            &["0: 0-60 `` +0", "1: 0-60 `m` +0", "2: 0-0 `gone` -100", "2: 0-60 `stay` +10"],
        );
        check("a 1\nb 1 3\n", &["0: 0-4 ``", "1: 0-1 `a`", "1: 1-4 `b` +2"]);
    }

    #[test]
    fn of_boxes_with_the_same_name_and_end_one_stays() {
        check(
            "a;b 10\na;b+ 0\na;b;c 0\n",
            &["0: 0-10 ``", "1: 0-10 `a`", "2: 10-10 `b+`", "2: 10-10 `b`", "3: 10-10 `c`"],
        );
    }

    #[test]
    fn positions_are_kept_as_printed() {
        check("a 0.1\nb 0.2\n", &["0: 0-0.3 ``", "1: 0-0.1 `a`", "1: 0.1-0.3 `b`"]);
    }
}
