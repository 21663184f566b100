//! The lines that explain a differential picture: what colours and marks mean, what widths follow.

use firesteel_model::WidthBy;

use crate::difference::{ColorBy, DifferenceOptions};
use crate::markup::push_escaped;
use crate::svg::differential::palette::ChangePalette;
use crate::svg::document::push_color;
use crate::svg::fixed::{push_plain, push_tenths, tenths};
use crate::svg::layout::SIDE_PADDING;
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
    text: String,
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
        let mut legend = Self { entries: Vec::new(), rows: 0 };
        let right = f64::from(options.width) - SIDE_PADDING;
        let mut x = SIDE_PADDING;
        for (swatch, text) in entries {
            let beside = if matches!(swatch, Swatch::None) { 1.5 } else { 3.0 };
            let length = (text.chars().count() as f64 * options.font_width + beside) * options.font_size;
            if legend.rows == 0 || (x + length > right && x > SIDE_PADDING) {
                legend.rows += 1;
                x = SIDE_PADDING;
            }
            legend.entries.push(Entry { swatch, text: text.to_owned(), row: legend.rows - 1, x });
            x += length;
        }
        legend
    }

    /// Height that the legend takes in pixels.
    pub(super) fn height(&self, options: &SvgOptions) -> f64 {
        (self.rows as f64 * 1.5 + 0.5) * options.font_size
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
                out.push_str("<rect x=\"");
                push_tenths(out, tenths(x));
                out.push_str("\" y=\"");
                push_tenths(out, tenths(y - 0.8 * size));
                out.push_str("\" width=\"");
                push_plain(out, size);
                out.push_str("\" height=\"");
                push_plain(out, size);
                out.push_str("\" fill=\"");
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
            push_escaped(out, &entry.text);
            out.push_str("</text></g>\n");
        }
        out.push_str("</g>\n");
    }
}
