//! The SVG file of a difference: fixed elements, boxes, script.

use std::io;

use firesteel_model::{Change, ChangeKind, Comparison, DiffTree, WidthBy};

use crate::annotation::without_annotation;
use crate::color::Rgb;
use crate::difference::{ColorBy, DifferenceOptions, scale_sentence, totals_sentence};
use crate::markup::push_escaped;
use crate::quantity::format_integer;
use crate::svg::differential::layout::{Layout, Placed, Role};
use crate::svg::differential::legend::Legend;
use crate::svg::differential::palette::ChangePalette;
use crate::svg::differential::tooltip::Tooltip;
use crate::svg::document::{PART, Row, Take, push_color, push_head};
use crate::svg::fixed::{hundredths, push_digits, push_hundredths, push_plain, push_tenths, tenths};
use crate::svg::interaction::STYLE;
use crate::svg::label::push_label;
use crate::svg::layout::SIDE_PADDING;
use crate::svg::options::{Background, MinWidth, SvgOptions};
use crate::svg::page::{Page, drawn_width, push_gradient, push_texts};

/// Draws what changed between two profiles as an interactive flame graph. Colours are those of changes, whatever
/// palette `options` names.
#[must_use]
pub fn render_difference(
    comparison: &Comparison,
    tree: &DiffTree,
    difference: DifferenceOptions,
    options: &SvgOptions,
) -> String {
    let mut picture = String::new();
    let take = &mut |part: &str| {
        picture.push_str(part);
        Ok(())
    };
    // Taking never fails.
    let _ = draw(comparison, tree, difference, options, take);
    picture
}

/// The same into a writer, in parts: no picture is ever in memory as a whole.
///
/// Fails when writing does.
pub fn write_difference(
    comparison: &Comparison,
    tree: &DiffTree,
    difference: DifferenceOptions,
    options: &SvgOptions,
    output: &mut dyn io::Write,
) -> io::Result<()> {
    draw(comparison, tree, difference, options, &mut |part| output.write_all(part.as_bytes()))
}

fn draw(
    comparison: &Comparison,
    tree: &DiffTree,
    difference: DifferenceOptions,
    options: &SvgOptions,
    take: Take<'_>,
) -> io::Result<()> {
    let mut options = options.sane();
    if options.title.is_empty() {
        let (before, after) = comparison.titles();
        options.title = format!("{before} \u{2192} {after}");
    }
    if options.subtitle.is_empty() {
        options.subtitle = format!("{}; {}", totals_sentence(comparison), scale_sentence(comparison));
    }
    let narrowest = match options.min_width {
        MinWidth::Pixels(pixels) => pixels / drawn_width(&options),
        MinWidth::Percent(percent) => percent / 100.0,
    };
    let layout = Layout::new(tree, difference.by, narrowest);
    let picture = Document {
        comparison,
        tree,
        difference,
        options: &options,
        palette: ChangePalette::new(difference.negate),
        legend: Legend::new(difference, &options),
        tooltip: Tooltip::new(comparison),
        layout,
    };
    picture.write(take)
}

/// Behind the boxes, so that those that did not change, in grey, are seen.
const WHITE: Rgb = Rgb::new(255, 255, 255);

/// What is needed to write the picture.
struct Document<'a> {
    comparison: &'a Comparison,
    tree: &'a DiffTree,
    difference: DifferenceOptions,
    options: &'a SvgOptions,
    palette: ChangePalette,
    legend: Legend,
    tooltip: Tooltip<'a>,
    layout: Layout,
}

impl Document<'_> {
    fn write(&self, take: Take<'_>) -> io::Result<()> {
        let options = self.options;
        let top = 5.0 * options.font_size + self.legend.height(options);
        let bottom = Page::bottom(options);
        let height = (self.layout.depth as f64 + 1.0) * options.frame_height + top + bottom;
        let mut out = String::with_capacity(2 * PART);
        push_head(&mut out, height, options);
        out.push_str(" class=\"firesteel\" data-name-type=\"");
        push_escaped(&mut out, &options.name_type);
        out.push_str("\" data-font-width=\"");
        push_plain(&mut out, options.font_width);
        out.push_str("\" data-parentheses=\"");
        push_digits(&mut out, self.tooltip.parentheses() as u64);
        out.push_str("\">\n<!-- Differential flame graph by Firesteel. Boxes drawn: ");
        out.push_str(&format_integer(self.layout.boxes.len() as i64));
        out.push_str("; too narrow to draw: ");
        out.push_str(&format_integer(self.layout.pruned as i64));
        out.push_str("; changed too little to be told apart: ");
        out.push_str(&format_integer(self.tree.left_out() as i64));
        out.push_str(". -->\n");
        self.push_definitions(&mut out);
        push_texts(&mut out, options, height, bottom, &options.title, &self.note());
        self.legend.push(&mut out, 5.0 * options.font_size, self.palette, options);
        self.push_boxes(&mut out, height, top, bottom, take)?;
        Page::push_end(&mut out);
        take(&out)
    }

    fn push_definitions(&self, out: &mut String) {
        out.push_str("<defs>");
        push_gradient(out, self.options.background.unwrap_or(Background::Flat(WHITE)));
        out.push('\n');
        out.push_str(
            "<pattern id=\"vanished\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"",
        );
        push_color(out, self.palette.ground_of_vanished());
        out.push_str("\"/><rect width=\"2\" height=\"6\" fill=\"");
        push_color(out, self.palette.lines_of_vanished());
        out.push_str("\"/></pattern></defs>\n<style type=\"text/css\">\n.appeared > rect { stroke: ");
        push_color(out, self.palette.outline_of_appeared());
        out.push_str("; stroke-width: 0.8 }\n.vanished > rect { stroke: ");
        push_color(out, self.palette.outline_of_vanished());
        out.push_str("; stroke-width: 0.8; stroke-dasharray: 3 2 }\n");
        out.push_str(STYLE);
        out.push_str("</style>\n<rect width=\"100%\" height=\"100%\" fill=\"url(#background)\"/>\n");
    }

    /// Says what is not there to be seen.
    fn note(&self) -> String {
        if self.layout.boxes.is_empty() {
            return if self.tree.is_unchanged() && self.comparison.totals() != Change::default() {
                "No difference, so that no box has a width.".to_owned()
            } else {
                "Nothing to draw: no side has samples with a value.".to_owned()
            };
        }
        let mut notes = Vec::new();
        let count = |number: usize, one: &str, many: &str| {
            format!("{} {}", format_integer(number as i64), if number == 1 { one } else { many })
        };
        if self.tree.left_out() > 0 {
            notes.push(count(self.tree.left_out(), "box", "boxes") + " changed too little: [small changes]");
        }
        if self.layout.pruned > 0 {
            notes.push(count(self.layout.pruned, "box is", "boxes are") + " too narrow to draw, with what is above");
        }
        if self.tree.is_unchanged() {
            notes.push("no difference".to_owned());
        }
        if notes.is_empty() { " ".to_owned() } else { notes.join("; ") }
    }

    fn push_boxes(&self, out: &mut String, height: f64, top: f64, bottom: f64, take: Take<'_>) -> io::Result<()> {
        let options = self.options;
        let scale = drawn_width(options) / self.layout.whole;
        let rows: Vec<Row> = (0..=self.layout.depth)
            .map(|depth| {
                let lower = options.frame_height * depth as f64;
                let (y1, y2) = if options.inverted {
                    (top + lower, top + lower + options.frame_height - 1.0)
                } else {
                    (height - bottom - lower - options.frame_height + 1.0, height - bottom - lower)
                };
                Row::new(y1, y2)
            })
            .collect();
        out.push_str("<g id=\"frames\">\n");
        for placed in &self.layout.boxes {
            self.push_box(out, *placed, &rows[placed.depth], scale);
            if out.len() >= PART {
                take(out)?;
                out.clear();
            }
        }
        out.push_str("</g>\n");
        Ok(())
    }

    fn push_box(&self, out: &mut String, placed: Placed, row: &Row, scale: f64) {
        let (name, kind) = match placed.role {
            Role::Node(0) => ("all", ChangeKind::Same),
            Role::Node(node) => (self.name(node), self.tree.total_change(node).kind()),
            Role::Path(node) => (self.name(node), ChangeKind::Same),
            Role::Lane => (self.lane_name(), ChangeKind::Same),
        };
        out.push_str("<g data-v=\"");
        push_plain(out, placed.start);
        out.push(' ');
        push_plain(out, placed.width);
        match kind {
            ChangeKind::Appeared => out.push_str("\" class=\"appeared"),
            ChangeKind::Vanished => out.push_str("\" class=\"vanished"),
            ChangeKind::Grown | ChangeKind::Shrunk | ChangeKind::Same => {}
        }
        out.push_str("\"><title>");
        push_escaped(out, name);
        let (total, own) = self.changes(placed);
        self.tooltip.push(out, total, own);
        // Edges are rounded before the width is taken, so that neighbours meet.
        let left = SIDE_PADDING + placed.start * scale;
        let width = placed.width * scale;
        let (x1, x2) = (tenths(left), tenths(left + width));
        out.push_str("</title><rect x=\"");
        push_tenths(out, x1);
        out.push_str(&row.rectangle);
        push_tenths(out, x2 - x1);
        out.push_str(&row.height);
        let change = match (placed.role, self.difference.color_by) {
            (Role::Lane | Role::Path(_), _) => Change::default(),
            (Role::Node(_), ColorBy::Total) => total,
            (Role::Node(_), ColorBy::Own) => own,
        };
        if kind == ChangeKind::Vanished {
            out.push_str("url(#vanished)");
        } else {
            push_color(out, self.palette.color(change));
        }
        out.push_str("\" rx=\"2\" ry=\"2\"/>");
        let characters = (width / (self.options.font_size * self.options.font_width)) as usize;
        if characters >= 3 {
            out.push_str("<text x=\"");
            push_hundredths(out, hundredths(left + 3.0));
            out.push_str(&row.text);
            push_label(out, name, characters);
            out.push_str("</text>");
        }
        out.push_str("</g>\n");
    }

    fn name(&self, node: usize) -> &str {
        without_annotation(self.comparison.profile().frame_name(self.tree.nodes()[node].frame))
    }

    /// What stands in the lane.
    fn lane_name(&self) -> &'static str {
        if self.difference.by == WidthBy::After { "[vanished]" } else { "[appeared]" }
    }

    /// Total and own change of a box. The lane has that of what stands in it, all on one side.
    fn changes(&self, placed: Placed) -> (Change, Change) {
        match placed.role {
            Role::Node(node) | Role::Path(node) => (self.tree.total_change(node), self.tree.self_change(node)),
            Role::Lane => {
                let total = match self.difference.by {
                    WidthBy::After => Change { before: placed.width, after: 0.0 },
                    _ => Change { before: 0.0, after: placed.width },
                };
                (total, Change::default())
            }
        }
    }
}
