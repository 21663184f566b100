//! The line that explains the colours: a swatch, a name and a share of self time for each category, or what changed.

use firesteel_normalize::Category;

use crate::color::Rgb;
use crate::quantity::format_percent;
use crate::svg::differences::{DifferenceWidth, Differences};
use crate::svg::fixed::{push_plain, push_tenths, tenths};
use crate::svg::layout::SIDE_PADDING;
use crate::svg::options::SvgOptions;
use crate::svg::package_palette::PackagePalette;

/// The entries of a legend, placed.
pub(crate) struct Legend {
    /// What it is about.
    title: &'static str,
    entries: Vec<Entry>,
    rows: usize,
}

struct Entry {
    /// `None` for text alone.
    fill: Option<Rgb>,
    text: String,
    row: usize,
    x: f64,
}

impl Legend {
    /// Places an entry for each category that occurs. `values` are self values in the order of [`Category::ALL`].
    pub(crate) fn new(values: &[Option<i64>; Category::ALL.len()], options: &SvgOptions) -> Self {
        let whole = values.iter().flatten().fold(0i64, |sum, &value| sum.saturating_add(value));
        let entries = Category::ALL.iter().zip(values).filter_map(|(&category, &value)| {
            let text = format!("{} {}", category.label(), format_percent(value? as f64, whole as f64));
            Some((Some(PackagePalette::swatch(category)), text))
        });
        Self::placed("Whose code it is, with its share of self values", entries, options)
    }

    /// Says what the colours and widths of a difference stand for.
    pub(crate) fn of_differences(differences: Differences, options: &SvgOptions) -> Self {
        let widths = match differences.width {
            DifferenceWidth::Max => "width: the greater of before and after",
            DifferenceWidth::Before => "width: before",
            DifferenceWidth::After => "width: after",
            DifferenceWidth::Delta => "width: how much changed, up or down",
        };
        let colors = if differences.own_only {
            "colour: change of the function itself"
        } else {
            "colour: change with all that is called"
        };
        let entries = [
            (Some(differences.color(-1, 1, options.negate)), "less"),
            (Some(differences.color(0, 1, options.negate)), "same"),
            (Some(differences.color(1, 1, options.negate)), "more"),
            (None, colors),
            (None, widths),
        ];
        let entries = entries.into_iter().map(|(fill, text)| (fill, text.to_owned()));
        Self::placed("What changed", entries, options)
    }

    fn placed(title: &'static str, entries: impl Iterator<Item = (Option<Rgb>, String)>, options: &SvgOptions) -> Self {
        let mut places = Places::default();
        let place = |(fill, text): (Option<Rgb>, String)| {
            let (row, x) = places.next(&text, 3.0, options);
            Entry { fill, text, row, x }
        };
        let entries = entries.map(place).collect();
        Self { title, entries, rows: places.rows }
    }

    /// Height that the legend takes in pixels.
    pub(crate) fn height(&self, options: &SvgOptions) -> f64 {
        if self.rows == 0 { 0.0 } else { height_of(self.rows, options) }
    }

    /// Writes the legend below the vertical position `top`.
    pub(crate) fn push(&self, out: &mut String, top: f64, options: &SvgOptions) {
        if self.entries.is_empty() {
            return;
        }
        let size = options.font_size;
        out.push_str("<g id=\"legend\">\n<title>");
        out.push_str(self.title);
        out.push_str("</title>\n");
        for entry in &self.entries {
            let y = top + (entry.row as f64 * 1.5 + 1.0) * size;
            let mut x = entry.x;
            if let Some(fill) = entry.fill {
                push_swatch(out, x, y, size);
                super::document::push_color(out, fill);
                out.push_str("\" rx=\"2\" ry=\"2\"/>");
                x += 1.5 * size;
            }
            out.push_str("<text x=\"");
            push_tenths(out, tenths(x));
            out.push_str("\" y=\"");
            push_tenths(out, tenths(y));
            out.push_str("\">");
            out.push_str(&entry.text.replace('<', "&lt;").replace('>', "&gt;"));
            out.push_str("</text>\n");
        }
        out.push_str("</g>\n");
    }
}

/// Where the entries of a legend stand: one behind the other, in as many rows as they need.
#[derive(Default)]
pub(crate) struct Places {
    /// How many rows there are.
    pub(crate) rows: usize,
    x: f64,
}

impl Places {
    /// Row and left edge of the next entry; `beside` is what it takes beside its text, in font sizes.
    pub(crate) fn next(&mut self, text: &str, beside: f64, options: &SvgOptions) -> (usize, f64) {
        let right = f64::from(options.width) - SIDE_PADDING;
        let length = (text.chars().count() as f64 * options.font_width + beside) * options.font_size;
        if self.rows == 0 || (self.x + length > right && self.x > SIDE_PADDING) {
            self.rows += 1;
            self.x = SIDE_PADDING;
        }
        let x = self.x;
        self.x += length;
        (self.rows - 1, x)
    }
}

/// Height of so many rows in pixels.
pub(crate) fn height_of(rows: usize, options: &SvgOptions) -> f64 {
    (rows as f64 * 1.5 + 0.5) * options.font_size
}

/// The square in front of an entry, up to its fill.
pub(crate) fn push_swatch(out: &mut String, x: f64, y: f64, size: f64) {
    out.push_str("<rect x=\"");
    push_tenths(out, tenths(x));
    out.push_str("\" y=\"");
    push_tenths(out, tenths(y - 0.8 * size));
    out.push_str("\" width=\"");
    push_plain(out, size);
    out.push_str("\" height=\"");
    push_plain(out, size);
    out.push_str("\" fill=\"");
}
