//! The SVG file: what is written when, and the parts that all pictures share.

use std::borrow::Cow;
use std::io;

use firesteel_model::Profile;

use crate::annotation::without_annotation;
use crate::color::Rgb;
use crate::markup::{push_comment_text, push_escaped};
use crate::svg::box_writer::{BoxWriter, Edges, Label, Place};
use crate::svg::coloring::{AFTER, BEFORE, Coloring, change_of};
use crate::svg::differences::Differences;
use crate::svg::encoding::in_encoding;
use crate::svg::fixed::{push_digits, push_plain, push_tenths, tenths};
use crate::svg::flame_chart::with_threads;
use crate::svg::known_names::KnownNames;
use crate::svg::layout::{Layout, Placed, SIDE_PADDING};
use crate::svg::legend::Legend;
use crate::svg::options::SvgOptions;
use crate::svg::page::{Page, drawn_width};
use crate::svg::palette_map::PaletteMap;
use crate::svg::prepare::prepared;
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
    let _ = draw(profile, options, None, take);
    picture
}

/// The same into a writer, in parts: no picture is ever in memory as a whole.
///
/// Fails when writing does.
pub fn write(profile: &Profile, options: &SvgOptions, output: &mut dyn io::Write) -> io::Result<()> {
    draw(profile, options, None, &mut |part| output.write_all(part.as_bytes()))
}

/// The same with the colours of earlier pictures, to which those of this one are added.
///
/// Fails when writing does.
pub fn write_with_palette(
    profile: &Profile,
    options: &SvgOptions,
    palette: &mut PaletteMap,
    output: &mut dyn io::Write,
) -> io::Result<()> {
    draw(profile, options, Some(palette), &mut |part| output.write_all(part.as_bytes()))
}

/// What is done with a part of the picture.
pub(super) type Take<'a> = &'a mut dyn FnMut(&str) -> io::Result<()>;

/// Parts are handed over when they are so many bytes.
pub(super) const PART: usize = 1 << 15;

fn draw(profile: &Profile, options: &SvgOptions, palette: Option<&mut PaletteMap>, take: Take<'_>) -> io::Result<()> {
    let options = options.sane();
    let mut encoded = |part: &str| take(&in_encoding(part, &options));
    let mut profile = prepared(profile, &options);
    if options.flame_chart
        && let Some(with_threads) = with_threads(&profile)
    {
        profile = Cow::Owned(with_threads);
    }
    let differences = options.differences.filter(|_| !options.flame_chart);
    let difference = differences.and_then(|differences| Some((differences, differences.prepared(&profile)?)));
    let (differences, profile) = match &difference {
        Some((differences, prepared)) => (Some(*differences), prepared),
        None => (None, &*profile),
    };
    let column = match options.sample_type {
        _ if differences.is_some() => 0,
        Some(column) if column < profile.sample_types().len() => column,
        _ => profile.default_sample_type(),
    };
    let decimals = profile.sample_types().get(column).map_or(0, |value_type| value_type.decimals);
    let total = options.total.filter(|total| total.is_finite()).map(|total| total * 10f64.powi(i32::from(decimals)));
    let tooltip = Tooltip::new(profile, column, &options);
    let layout = Layout::new(profile, column, tooltip.samples, total, &options);
    if layout.whole <= 0.0 {
        return encoded(&without_values(&options));
    }
    let differences = differences.map(|differences| {
        // The root changes most, and says nothing about where.
        let changes = layout.boxes().skip(1).map(|placed| change_of(&layout, placed, differences));
        (differences, changes.map(i64::saturating_abs).max().unwrap_or(1).max(1))
    });
    let coloring = Coloring::new(profile, column, &options, palette, differences);
    let legend = match differences {
        Some((differences, _)) => Legend::of_differences(differences, &options),
        None => Legend::new(&coloring.values(), &options),
    };
    let picture = Picture { profile, layout: &layout, options: &options, tooltip, differences, legend };
    picture.write(coloring, &mut encoded)
}

/// A picture that says that there is nothing to draw.
pub(super) fn without_values(options: &SvgOptions) -> String {
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
    out.push_str("<?xml version=\"1.0\" encoding=\"");
    out.push_str(&options.encoding);
    out.push_str("\" standalone=\"no\"?>\n");
    if !options.notes.is_empty() {
        out.push_str("<!-- NOTES: ");
        push_comment_text(out, &options.notes);
        out.push_str(" -->\n");
    }
    out.push_str("<svg version=\"1.1\" width=\"");
    if options.fluid {
        out.push_str("100%");
    } else {
        push_digits(out, u64::from(options.width));
    }
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

/// Stands for the colour of names that have several.
const NO_COLOR: Rgb = Rgb::new(0, 0, 0);

/// What is needed to write the boxes.
struct Picture<'a> {
    profile: &'a Profile,
    layout: &'a Layout,
    options: &'a SvgOptions,
    tooltip: Tooltip,
    differences: Option<(Differences, i64)>,
    legend: Legend,
}

impl Picture<'_> {
    fn write(&self, mut coloring: Coloring<'_>, take: Take<'_>) -> io::Result<()> {
        let options = self.options;
        let legend_top = Page::top(options);
        let top = legend_top + self.legend.height(options);
        let height = (self.layout.depth as f64 + 1.0) * options.frame_height + top + Page::bottom(options);
        let page = Page {
            options,
            height,
            whole: self.layout.whole,
            drawn: self.layout.boxes().len(),
            left_out: self.layout.pruned(),
            parentheses: self.tooltip.parentheses(self.differences.is_some()),
            background: coloring.background(),
        };
        let mut out = String::with_capacity(2 * PART);
        page.push_start(&mut out);
        self.legend.push(&mut out, legend_top, options);
        self.push_boxes(&mut out, &mut coloring, (top, height), take)?;
        Page::push_end(&mut out);
        take(&out)
    }

    fn push_boxes(
        &self,
        out: &mut String,
        coloring: &mut Coloring<'_>,
        (top, height): (f64, f64),
        take: Take<'_>,
    ) -> io::Result<()> {
        let options = self.options;
        let bottom = height - Page::bottom(options);
        let rows: Vec<Row> = (0..=self.layout.depth)
            .map(|depth| {
                let lower = options.frame_height * depth as f64;
                if options.inverted {
                    Row::new(top + lower, top + lower + options.frame_height - 1.0)
                } else {
                    Row::new(bottom - lower - options.frame_height + 1.0, bottom - lower)
                }
            })
            .collect();
        let writer = BoxWriter::new(options);
        let mut known = KnownNames::new(self.profile);
        let goes_by_name = coloring.goes_by_name();
        let mut own_fill = String::new();
        let mut texts = PlaceTexts::default();
        let mut known_place = None;
        out.push_str("<g id=\"frames\">\n");
        for (index, placed) in self.layout.boxes().enumerate() {
            let is_root = index == 0;
            let kind = self.profile.frame(placed.frame).kind;
            let full_name = || if is_root { "" } else { self.profile.frame_name(placed.frame) };
            let before = known.color(placed.name, kind).filter(|_| goes_by_name && !is_root);
            let color = before.unwrap_or_else(|| coloring.color(self.layout, placed, full_name(), index));
            let (shown, fill) = if is_root || !goes_by_name {
                own_fill.clear();
                push_color(&mut own_fill, color);
                let shown = if is_root { "all" } else { known.texts(placed.name, kind, NO_COLOR, full_name).0 };
                (shown, own_fill.as_str())
            } else {
                known.texts(placed.name, kind, color, full_name)
            };
            // A function that only calls one other is as wide as that, so that most boxes say of their place what the
            // one before says. The root says it in other words.
            let place = (placed.start, placed.total, placed.samples);
            if known_place != Some(place) {
                self.describe(&mut texts, placed, is_root, &writer);
                known_place = Some(place).filter(|_| !is_root);
            }
            let name = || if is_root { "all" } else { without_annotation(full_name()) };
            let mut open = writer.open(out, || if is_root { "all" } else { full_name() });
            out.push_str(&texts.values);
            writer.push_title_start(out, &mut open, name);
            if open.needs_title {
                out.push_str(shown);
                if self.differences.is_some() {
                    let (before, after) = (self.layout.values(placed, BEFORE), self.layout.values(placed, AFTER));
                    self.tooltip.push_difference(out, before, after);
                } else {
                    out.push_str(&texts.amount);
                }
            }
            let place = Place { edges: &texts.edges, row: &rows[placed.depth] };
            writer.close(out, &open, place, fill, Label { name: &name, escaped: Some(shown) });
            if out.len() >= PART {
                take(out)?;
                out.clear();
            }
        }
        out.push_str("</g>\n");
        Ok(())
    }

    /// The texts of the place of a box.
    fn describe(&self, texts: &mut PlaceTexts, placed: Placed, is_root: bool, writer: &BoxWriter<'_>) {
        let PlaceTexts { values, amount, edges } = texts;
        values.clear();
        push_digits(values, placed.start.unsigned_abs());
        values.push(' ');
        push_digits(values, placed.total.unsigned_abs());
        amount.clear();
        if self.differences.is_none() {
            self.tooltip.push(amount, placed.total, placed.samples, self.layout.whole, is_root);
        }
        let (left, width) = if is_root {
            (SIDE_PADDING, drawn_width(self.options))
        } else {
            let width_per_value = drawn_width(self.options) / self.layout.whole;
            (SIDE_PADDING + placed.start as f64 * width_per_value, placed.total as f64 * width_per_value)
        };
        writer.measure(edges, (left, left + width), width);
    }
}

/// What boxes of one place have in common, whatever their depth, written once.
#[derive(Default)]
struct PlaceTexts {
    /// Where it begins and how much it is, for the script.
    values: String,
    /// What tooltips say behind the name, if that is the same for all.
    amount: String,
    edges: Edges,
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
