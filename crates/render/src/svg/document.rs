//! The SVG file: fixed elements, boxes, script.

use std::io;

use firesteel_model::{FrameId, Profile, Sample, StackId};
use firesteel_normalize::Category;

use crate::annotation::without_annotation;
use crate::color::Rgb;
use crate::markup::{push_comment_text, push_escaped};
use crate::quantity::format_integer;
use crate::svg::by_category::ByCategory;
use crate::svg::fixed::{hundredths, push_digits, push_hundredths, push_plain, push_tenths, tenths};
use crate::svg::interaction::{SCRIPT, STYLE};
use crate::svg::label::push_label;
use crate::svg::layout::{Layout, Placed, SIDE_PADDING};
use crate::svg::legend::Legend;
use crate::svg::name_cache::NameCache;
use crate::svg::options::{MinWidth, SvgOptions};
use crate::svg::palette::Palette;
use crate::svg::tooltip::Tooltip;

/// Draws a profile as an interactive flame graph. A profile without values gives a picture that says so.
#[must_use]
pub fn render(profile: &Profile, options: &SvgOptions) -> String {
    let mut picture = String::new();
    let take = &mut |part: &str| {
        picture.push_str(part);
        Ok(())
    };
    // Taking never fails.
    let _ = draw(profile, options, take);
    picture
}

/// The same into a writer, in parts: no picture is ever in memory as a whole.
///
/// Fails when writing does.
pub fn write(profile: &Profile, options: &SvgOptions, output: &mut dyn io::Write) -> io::Result<()> {
    draw(profile, options, &mut |part| output.write_all(part.as_bytes()))
}

/// What is done with a part of the picture.
pub(super) type Take<'a> = &'a mut dyn FnMut(&str) -> io::Result<()>;

/// Parts are handed over when they are so many bytes.
pub(super) const PART: usize = 1 << 15;

fn draw(profile: &Profile, options: &SvgOptions, take: Take<'_>) -> io::Result<()> {
    let options = options.sane();
    let reversed;
    let profile = if options.reverse {
        reversed = from_the_leaf(profile);
        &reversed
    } else {
        profile
    };
    let column = options
        .sample_type
        .filter(|&column| column < profile.sample_types().len())
        .unwrap_or_else(|| profile.default_sample_type());
    let decimals = profile.sample_types().get(column).map_or(0, |value_type| value_type.decimals);
    let total = options.total.filter(|total| total.is_finite()).map(|total| total * 10f64.powi(i32::from(decimals)));
    let tooltip = Tooltip::new(profile, column, &options);
    let layout = Layout::new(profile, column, tooltip.samples, total, &options);
    if layout.whole <= 0.0 {
        return take(&without_values(&options));
    }
    Document::new(profile, &layout, column, tooltip, &options).write(take)
}

/// The same samples with stacks turned around.
fn from_the_leaf(profile: &Profile) -> Profile {
    let mut turned = profile.retained(|_| false);
    for sample in profile.samples() {
        let mut stack = StackId::ROOT;
        for frame in profile.stacks().frames(sample.stack) {
            stack = turned.push_stack(stack, frame);
        }
        turned.add_sample(Sample { stack, ..sample });
    }
    turned
}

/// A picture that says that there is nothing to draw.
fn without_values(options: &SvgOptions) -> String {
    let height = 5.0 * options.font_size;
    let mut out = String::new();
    push_head(&mut out, height, options);
    out.push_str(">\n<text text-anchor=\"middle\" x=\"");
    push_digits(&mut out, u64::from(options.width / 2));
    out.push_str("\" y=\"");
    push_plain(&mut out, 2.0 * options.font_size);
    out.push_str("\">Nothing to draw: the profile has no samples with a value.</text>\n</svg>\n");
    out
}

/// Everything up to the end of the root element's attributes; the `>` is for the caller.
pub(super) fn push_head(out: &mut String, height: f64, options: &SvgOptions) {
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n");
    if !options.notes.is_empty() {
        out.push_str("<!-- NOTES: ");
        push_comment_text(out, &options.notes);
        out.push_str(" -->\n");
    }
    out.push_str("<svg version=\"1.1\" width=\"");
    push_digits(out, u64::from(options.width));
    out.push_str("\" height=\"");
    push_plain(out, height);
    out.push_str("\" viewBox=\"0 0 ");
    push_digits(out, u64::from(options.width));
    out.push(' ');
    push_plain(out, height);
    out.push_str("\" xmlns=\"http://www.w3.org/2000/svg\" font-family=\"");
    push_escaped(out, &options.font_type);
    if !options.font_type.contains(',') {
        // Where the font is missing, the browser's own choice has serifs.
        out.push_str(", sans-serif");
    }
    out.push_str("\" font-size=\"");
    push_plain(out, options.font_size);
    out.push('"');
}

/// Appends `rgb(1,2,3)`.
pub(super) fn push_color(out: &mut String, color: Rgb) {
    out.push_str("rgb(");
    push_digits(out, u64::from(color.red));
    out.push(',');
    push_digits(out, u64::from(color.green));
    out.push(',');
    push_digits(out, u64::from(color.blue));
    out.push(')');
}

/// What is needed to write the boxes.
struct Document<'a> {
    profile: &'a Profile,
    layout: &'a Layout,
    options: &'a SvgOptions,
    tooltip: Tooltip,
    /// `None` for the palettes that look at names only.
    by_category: Option<ByCategory>,
    legend: Legend,
}

impl<'a> Document<'a> {
    fn new(profile: &'a Profile, layout: &'a Layout, column: usize, tooltip: Tooltip, options: &'a SvgOptions) -> Self {
        let by_category = (options.colors == Palette::Package).then(|| ByCategory::new(profile, column));
        let values = by_category.as_ref().map_or([None; Category::ALL.len()], |by_category| by_category.values);
        Self { profile, layout, options, tooltip, by_category, legend: Legend::new(&values, options) }
    }

    fn write(&self, take: Take<'_>) -> io::Result<()> {
        let options = self.options;
        let top = self.top();
        let bottom = 2.0 * options.font_size + 10.0;
        let height = (self.layout.depth as f64 + 1.0) * options.frame_height + top + bottom;
        let mut out = String::with_capacity(2 * PART);
        push_head(&mut out, height, options);
        out.push_str(" class=\"firesteel\" data-name-type=\"");
        push_escaped(&mut out, &options.name_type);
        out.push_str("\" data-font-width=\"");
        push_plain(&mut out, options.font_width);
        out.push_str("\" data-parentheses=\"");
        push_digits(&mut out, self.tooltip.parentheses() as u64);
        out.push_str("\">\n<!-- Flame graph by Firesteel. Boxes drawn: ");
        out.push_str(&format_integer(self.layout.boxes().len() as i64));
        out.push_str("; too narrow to draw: ");
        out.push_str(&format_integer(self.layout.pruned() as i64));
        out.push_str(". -->\n");
        self.push_definitions(&mut out);
        self.push_texts(&mut out, height, bottom);
        self.legend.push(&mut out, self.top() - self.legend.height(options), options);
        self.push_boxes(&mut out, height, top, bottom, take)?;
        out.push_str("<script type=\"text/ecmascript\"><![CDATA[\n");
        out.push_str(SCRIPT);
        out.push_str("]]></script>\n</svg>\n");
        take(&out)
    }

    /// Height of what is above the boxes.
    fn top(&self) -> f64 {
        let size = self.options.font_size;
        let subtitle = if self.options.subtitle.is_empty() { 0.0 } else { 2.0 * size };
        3.0 * size + subtitle + self.legend.height(self.options)
    }

    fn push_definitions(&self, out: &mut String) {
        // Classic colours on their classic ground.
        let colors = match &self.by_category {
            Some(by_category) if !by_category.palette.has_go => Palette::Hot,
            _ => self.options.colors,
        };
        let (first, last) = self.options.background.unwrap_or(colors.background()).ends();
        out.push_str("<defs><linearGradient id=\"background\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop stop-color=\"");
        push_color(out, first);
        out.push_str("\" offset=\"5%\"/><stop stop-color=\"");
        push_color(out, last);
        out.push_str("\" offset=\"95%\"/></linearGradient></defs>\n<style type=\"text/css\">\n");
        out.push_str(STYLE);
        out.push_str("</style>\n<rect width=\"100%\" height=\"100%\" fill=\"url(#background)\"/>\n");
    }

    /// The fixed texts: heading, controls, details.
    fn push_texts(&self, out: &mut String, height: f64, bottom: f64) {
        let options = self.options;
        let size = options.font_size;
        let width = i64::from(options.width);
        let (upper, lower) = (2.0 * size, height - bottom / 2.0);
        let mut text = |id: &str, x: i64, y: f64, more: &str, content: &str| {
            out.push_str("<text id=\"");
            out.push_str(id);
            out.push_str("\" x=\"");
            push_plain(out, x as f64);
            out.push_str("\" y=\"");
            push_plain(out, y);
            out.push('"');
            out.push_str(more);
            out.push('>');
            push_escaped(out, content);
            out.push_str("</text>\n");
        };
        text("title", width / 2, upper, &format!(" font-size=\"{}\"", size + 5.0), options.heading());
        if !options.subtitle.is_empty() {
            text("subtitle", width / 2, 4.0 * size, "", &options.subtitle);
        }
        text("unzoom", 10, upper, " class=\"gone\"", "Reset Zoom");
        text("search", width - 110, upper, "", "Search");
        text("ignorecase", width - 26, upper, "", "ic");
        text("matched", width - 110, lower, "", " ");
        text("details", 10, lower, "", &self.pruning_note());
    }

    /// Says how much is not drawn.
    fn pruning_note(&self) -> String {
        let pruned = self.layout.pruned();
        if pruned == 0 {
            return " ".to_owned();
        }
        let limit = match self.options.min_width {
            MinWidth::Pixels(pixels) => format!("{pixels} px"),
            MinWidth::Percent(percent) => format!("{percent} %"),
        };
        let (boxes, calls) = if pruned == 1 { ("box", "it calls are") } else { ("boxes", "they call are") };
        format!("{} {boxes} narrower than {limit} and what {calls} not drawn", format_integer(pruned as i64))
    }

    fn push_boxes(&self, out: &mut String, height: f64, top: f64, bottom: f64, take: Take<'_>) -> io::Result<()> {
        let options = self.options;
        let width_per_value = (f64::from(options.width) - 2.0 * SIDE_PADDING) / self.layout.whole;
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
        let mut colors = NameCache::new(self.profile);
        out.push_str("<g id=\"frames\">\n");
        for (index, placed) in self.layout.boxes().enumerate() {
            let is_root = index == 0;
            let frame = self.profile.frame(placed.frame);
            let full_name = if is_root { "" } else { self.profile.frame_name(placed.frame) };
            let (left, width) = if is_root {
                (SIDE_PADDING, f64::from(options.width) - 2.0 * SIDE_PADDING)
            } else {
                (SIDE_PADDING + placed.start as f64 * width_per_value, placed.total as f64 * width_per_value)
            };
            let color = if is_root {
                self.color_of(FrameId::UNKNOWN, "")
            } else {
                let name = self.profile.function(frame.function).name;
                colors.get(name.index(), frame.kind, || self.color_of(placed.frame, full_name))
            };
            let name = if is_root { "all" } else { without_annotation(full_name) };
            self.push_box(out, placed, name, (left, width), &rows[placed.depth], color);
            if out.len() >= PART {
                take(out)?;
                out.clear();
            }
        }
        out.push_str("</g>\n");
        Ok(())
    }

    fn color_of(&self, frame: FrameId, name: &str) -> Rgb {
        match &self.by_category {
            Some(by_category) => by_category.palette.color(by_category.category(self.profile, frame), name),
            None => self.options.colors.color(name, self.options.hash),
        }
    }

    fn push_box(&self, out: &mut String, placed: Placed, name: &str, (left, width): (f64, f64), row: &Row, color: Rgb) {
        out.push_str("<g data-v=\"");
        push_digits(out, placed.start.unsigned_abs());
        out.push(' ');
        push_digits(out, placed.total.unsigned_abs());
        out.push_str("\"><title>");
        push_escaped(out, name);
        self.tooltip.push(out, placed.total, placed.samples, self.layout.whole, placed.depth == 0);
        // Edges are rounded before the width is taken, as in the original, so that neighbours meet.
        let (x1, x2) = (tenths(left), tenths(left + width));
        out.push_str("</title><rect x=\"");
        push_tenths(out, x1);
        out.push_str(&row.rectangle);
        push_tenths(out, x2 - x1);
        out.push_str(&row.height);
        push_color(out, color);
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
}

/// What all boxes of a level have in common, written once.
pub(super) struct Row {
    pub(super) rectangle: String,
    pub(super) height: String,
    pub(super) text: String,
}

impl Row {
    pub(super) fn new(y1: f64, y2: f64) -> Self {
        let mut row = Self { rectangle: "\" y=\"".into(), height: "\" height=\"".into(), text: "\" y=\"".into() };
        push_plain(&mut row.rectangle, y1);
        row.rectangle.push_str("\" width=\"");
        push_tenths(&mut row.height, tenths(y2 - y1));
        row.height.push_str("\" fill=\"");
        push_plain(&mut row.text, 3.0 + f64::midpoint(y1, y2));
        row.text.push_str("\">");
        row
    }
}
