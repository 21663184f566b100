//! The line that explains the colours: a swatch, a name and a share of self time for each category.

use firesteel_normalize::Category;

use crate::quantity::format_percent;
use crate::svg::fixed::{push_plain, push_tenths, tenths};
use crate::svg::layout::SIDE_PADDING;
use crate::svg::options::SvgOptions;
use crate::svg::package_palette::PackagePalette;

/// The entries of a legend, placed.
pub(crate) struct Legend {
    entries: Vec<Entry>,
    rows: usize,
}

struct Entry {
    category: Category,
    text: String,
    row: usize,
    x: f64,
}

impl Legend {
    /// Places an entry for each category that occurs. `values` are self values in the order of [`Category::ALL`].
    pub(crate) fn new(values: &[Option<i64>; Category::ALL.len()], options: &SvgOptions) -> Self {
        let whole = values.iter().flatten().fold(0i64, |sum, &value| sum.saturating_add(value));
        let mut legend = Self { entries: Vec::new(), rows: 0 };
        let right = f64::from(options.width) - SIDE_PADDING;
        let mut x = SIDE_PADDING;
        for (&category, value) in Category::ALL.iter().zip(values) {
            let &Some(value) = value else { continue };
            let text = format!("{} {}", category.label(), format_percent(value as f64, whole as f64));
            let length = (text.chars().count() as f64 * options.font_width + 3.0) * options.font_size;
            if legend.rows == 0 || (x + length > right && x > SIDE_PADDING) {
                legend.rows += 1;
                x = SIDE_PADDING;
            }
            legend.entries.push(Entry { category, text, row: legend.rows - 1, x });
            x += length;
        }
        legend
    }

    /// Height that the legend takes in pixels.
    pub(crate) fn height(&self, options: &SvgOptions) -> f64 {
        if self.rows == 0 { 0.0 } else { (self.rows as f64 * 1.5 + 0.5) * options.font_size }
    }

    /// Writes the legend below the vertical position `top`.
    pub(crate) fn push(&self, out: &mut String, top: f64, options: &SvgOptions) {
        if self.entries.is_empty() {
            return;
        }
        let size = options.font_size;
        out.push_str("<g id=\"legend\">\n<title>Whose code it is, with its share of self values</title>\n");
        for entry in &self.entries {
            let y = top + (entry.row as f64 * 1.5 + 1.0) * size;
            let fill = PackagePalette::swatch(entry.category);
            out.push_str("<rect x=\"");
            push_tenths(out, tenths(entry.x));
            out.push_str("\" y=\"");
            push_tenths(out, tenths(y - 0.8 * size));
            out.push_str("\" width=\"");
            push_plain(out, size);
            out.push_str("\" height=\"");
            push_plain(out, size);
            out.push_str("\" fill=\"");
            super::document::push_color(out, fill);
            out.push_str("\" rx=\"2\" ry=\"2\"/><text x=\"");
            push_tenths(out, tenths(entry.x + 1.5 * size));
            out.push_str("\" y=\"");
            push_tenths(out, tenths(y));
            out.push_str("\">");
            out.push_str(&entry.text.replace('<', "&lt;").replace('>', "&gt;"));
            out.push_str("</text>\n");
        }
        out.push_str("</g>\n");
    }
}
