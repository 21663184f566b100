//! The lines that explain a differential picture: what colours and marks mean, what widths follow.

use firesteel_model::WidthBy;

use crate::difference::{ColorBy, DifferenceOptions};
use crate::markup::push_escaped;
use crate::svg::differential::palette::ChangePalette;
use crate::svg::document::push_color;
use crate::svg::fixed::{push_tenths, tenths};
use crate::svg::legend::{Places, height_of, push_swatch};
use crate::svg::options::SvgOptions;

/// What an entry has in front of its text.
#[derive(Clone, Copy)]
enum Swatch {
    None,
    Degree(f64),
    Appeared,
    Vanished,
}

struct Entry {
    swatch: Swatch,
    text: &'static str,
    row: usize,
    x: f64,
}

/// The entries of a legend, placed.
pub(super) struct Legend {
    entries: Vec<Entry>,
    rows: usize,
}

impl Legend {
    /// Places what is to be explained.
    pub(super) fn new(difference: DifferenceOptions, options: &SvgOptions) -> Self {
        let widths = match difference.by {
            WidthBy::Before => "width: before",
            WidthBy::After => "width: after",
            WidthBy::Delta => "width: more plus less",
            WidthBy::Max => "width: the greater of both",
        };
        let colors = match difference.color_by {
            ColorBy::Total => "colour: change of total",
            ColorBy::Own => "colour: change of self",
        };
        let entries = [
            (Swatch::Vanished, "vanished"),
            (Swatch::Degree(-0.5), "half"),
            (Swatch::Degree(-0.1), "\u{2212}10%"),
            (Swatch::Degree(0.0), "same"),
            (Swatch::Degree(1.0 - 1.0 / 1.1), "+10%"),
            (Swatch::Degree(0.5), "double"),
            (Swatch::Appeared, "appeared"),
            (Swatch::None, widths),
            (Swatch::None, colors),
        ];
        let mut places = Places::default();
        let entries = entries.map(|(swatch, text)| {
            let beside = if matches!(swatch, Swatch::None) { 1.5 } else { 3.0 };
            let (row, x) = places.next(text, beside, options);
            Entry { swatch, text, row, x }
        });
        Self { entries: entries.into(), rows: places.rows }
    }

    /// Height that the legend takes in pixels.
    pub(super) fn height(&self, options: &SvgOptions) -> f64 {
        height_of(self.rows, options)
    }

    /// Writes the legend below the vertical position `top`.
    pub(super) fn push(&self, out: &mut String, top: f64, palette: ChangePalette, options: &SvgOptions) {
        let size = options.font_size;
        out.push_str("<g id=\"legend\">\n");
        for entry in &self.entries {
            let y = top + (entry.row as f64 * 1.5 + 1.0) * size;
            let class = match entry.swatch {
                Swatch::Appeared => " class=\"appeared\"",
                Swatch::Vanished => " class=\"vanished\"",
                Swatch::None | Swatch::Degree(_) => "",
            };
            out.push_str("<g");
            out.push_str(class);
            out.push('>');
            let mut x = entry.x;
            if !matches!(entry.swatch, Swatch::None) {
                push_swatch(out, x, y, size);
                match entry.swatch {
                    Swatch::Vanished => out.push_str("url(#vanished)"),
                    Swatch::Degree(degree) => push_color(out, palette.of_degree(degree)),
                    Swatch::Appeared | Swatch::None => push_color(out, palette.of_degree(1.0)),
                }
                out.push_str("\" rx=\"2\" ry=\"2\"/>");
                x += 1.5 * size;
            }
            out.push_str("<text x=\"");
            push_tenths(out, tenths(x));
            out.push_str("\" y=\"");
            push_tenths(out, tenths(y));
            out.push_str("\">");
            push_escaped(out, entry.text);
            out.push_str("</text></g>\n");
        }
        out.push_str("</g>\n");
    }
}
