//! The picture of the boxes.

use std::fmt::Write;

use crate::annotation::without_annotation;
use crate::color::Rgb;
use crate::markup::{escaped, push_escaped};
use crate::quantity::push_integer;
use crate::svg::box_writer::{BoxWriter, Edges, Label, Place};

use crate::svg::compat::boxes::{LineBox, LineBoxes, as_printed};
use crate::svg::compat::lines::{Lines, Order};
use crate::svg::differences::classic_color;
use crate::svg::document::{Row, push_color, without_values};
use crate::svg::encoding::in_encoding;
use crate::svg::fixed::{hundredths, push_hundredths, push_plain};
use crate::svg::layout::SIDE_PADDING;
use crate::svg::options::{MinWidth, SvgOptions};
use crate::svg::page::{Page, drawn_width};
use crate::svg::palette::Palette;
use crate::svg::palette_map::PaletteMap;

/// A picture, and what there is to say about it.
#[derive(Clone, Debug)]
pub struct CompatPicture {
    /// The SVG file.
    pub svg: String,
    /// Lines without a count.
    pub ignored: u64,
    /// The sum of all counts; zero when there is nothing to draw.
    pub total: f64,
}

/// Draws folded text as `flamegraph.pl` does, with its options among `options`: the others are those of the picture
/// around the boxes. The palette [`Palette::Package`] is unknown to it and drawn as [`Palette::Hot`].
///
/// `palette` has the colours of earlier pictures; those of this one are added.
#[must_use]
pub fn render(folded: &str, options: &SvgOptions, palette: Option<&mut PaletteMap>) -> CompatPicture {
    let mut options = options.sane();
    if options.colors == Palette::Package {
        options.colors = Palette::Hot;
    }
    let order =
        Order { reverse: options.reverse, as_they_come: options.flame_chart, chain: options.colors == Palette::Chain };
    let lines = Lines::read(folded, order);
    let boxes = LineBoxes::walk(&lines.lines);
    let (ignored, total) = (lines.ignored, boxes.total);
    let svg = if total > 0.0 { Picture::new(boxes, &options).write(palette) } else { without_values(&options) };
    CompatPicture { svg: in_encoding(&svg, &options).into_owned(), ignored, total }
}

struct Picture<'a> {
    options: &'a SvgOptions,
    boxes: Vec<LineBox<'a>>,
    left_out: usize,
    depth: usize,
    /// What the whole width stands for.
    whole: f64,
    most_change: f64,
    /// What is counted, escaped.
    count_name: String,
}

impl<'a> Picture<'a> {
    fn new(all: LineBoxes<'a>, options: &'a SvgOptions) -> Self {
        let LineBoxes { boxes, total, most_change } = all;
        let whole = options.total.filter(|&whole| whole.is_finite() && whole >= total).unwrap_or(total);
        let minimum = match options.min_width {
            MinWidth::Pixels(pixels) => pixels / (drawn_width(options) / whole),
            MinWidth::Percent(percent) => whole * percent / 100.0,
        };
        let all = boxes.len();
        let boxes: Vec<LineBox<'_>> = boxes.into_iter().filter(|each| each.end - each.start >= minimum).collect();
        let count_name = if options.count_name.is_empty() { "samples" } else { &options.count_name };
        Self {
            options,
            left_out: all - boxes.len(),
            depth: boxes.iter().map(|each| each.depth).max().unwrap_or(0),
            boxes,
            whole,
            most_change,
            count_name: escaped(count_name),
        }
    }

    fn write(&self, mut palette: Option<&mut PaletteMap>) -> String {
        let options = self.options;
        let height = (self.depth as f64 + 1.0) * options.frame_height + Page::top(options) + Page::bottom(options);
        let page = Page {
            options,
            height,
            whole: self.whole,
            drawn: self.boxes.len(),
            left_out: self.left_out,
            parentheses: 1 + self.count_name.matches('(').count(),
            background: options.colors.background(),
        };
        let mut out = String::new();
        page.push_start(&mut out);
        out.push_str("<g id=\"frames\">\n");
        let rows: Vec<Row> = (0..=self.depth).map(|depth| self.row(depth, height)).collect();
        let writer = BoxWriter::new(options);
        let mut fill = String::new();
        let mut edges = Edges::default();
        let width_per_value = drawn_width(options) / self.whole;
        for (index, each) in self.boxes.iter().enumerate() {
            let is_root = each.depth == 0;
            let end = if is_root { self.whole } else { each.end };
            let name = if is_root { "all" } else { without_annotation(each.name) };
            let mut open = writer.open(&mut out, || each.name);
            push_plain(&mut out, each.start);
            out.push(' ');
            push_plain(&mut out, end - each.start);
            writer.push_title_start(&mut out, &mut open, || name);
            if open.needs_title {
                push_escaped(&mut out, name);
                self.push_amounts(&mut out, each, end, is_root);
            }
            let left = SIDE_PADDING + each.start * width_per_value;
            let right = SIDE_PADDING + end * width_per_value;
            writer.measure(&mut edges, (left, right), right - left);
            let kept = palette.as_deref_mut().filter(|_| each.change.is_none() && !matches!(each.name, "-" | "--"));
            fill.clear();
            match kept {
                Some(palette) => {
                    if palette.text(each.name).is_none() {
                        palette.insert(each.name, self.color(each, index));
                    }
                    push_escaped(&mut fill, palette.text(each.name).unwrap_or("black"));
                }
                None => push_color(&mut fill, self.color(each, index)),
            }
            let place = Place { edges: &edges, row: &rows[each.depth] };
            writer.close(&mut out, &open, place, &fill, Label { name: &|| name, escaped: None });
        }
        out.push_str("</g>\n");
        Page::push_end(&mut out);
        out
    }

    /// The original does not make room for the subtitle in icicle graphs.
    fn row(&self, depth: usize, height: f64) -> Row {
        let SvgOptions { frame_height, font_size, inverted, .. } = *self.options;
        let depth = depth as f64;
        let (y1, y2) = if inverted {
            let top = 3.0 * font_size;
            (top + depth * frame_height, top + (depth + 1.0) * frame_height - 1.0)
        } else {
            let bottom = height - Page::bottom(self.options);
            (bottom - (depth + 1.0) * frame_height + 1.0, bottom - depth * frame_height)
        };
        Row::new(as_printed(y1), as_printed(y2))
    }

    fn color(&self, each: &LineBox<'_>, index: usize) -> Rgb {
        if let Some(change) = each.change.filter(|_| !matches!(each.name, "-" | "--")) {
            let change = if self.options.negate { -change } else { change };
            return classic_color(change, self.most_change);
        }
        self.options.colors.color(each.name, self.options.shading.numbers(each.name, index as u64))
    }

    /// Appends ` (1,234 samples, 12.34%; +1.50%)`.
    fn push_amounts(&self, out: &mut String, each: &LineBox<'_>, end: f64, is_root: bool) {
        let factor = self.options.factor;
        let samples = ((end - each.start) * factor).round_ties_even();
        out.push_str(" (");
        push_integer(out, samples as i64);
        out.push(' ');
        out.push_str(&self.count_name);
        if is_root {
            return out.push_str(", 100%)");
        }
        out.push_str(", ");
        push_hundredths(out, hundredths(100.0 * samples / (self.whole * factor)));
        out.push('%');
        if let Some(change) = each.change {
            let change = if self.options.negate { -change } else { change };
            out.push_str("; ");
            if change > 0.0 {
                out.push('+');
            }
            // Small changes down are `-0.00`.
            // Writing to a string cannot fail.
            let _ = write!(out, "{:.2}%", 100.0 * (change + 0.0) / (self.whole * factor));
        }
        out.push(')');
    }
}
