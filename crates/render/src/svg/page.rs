//! What is around the boxes: head, ground, heading, controls, details, script.

use crate::color::Rgb;
use crate::markup::push_escaped;
use crate::quantity::format_integer;
use crate::svg::document::{push_color, push_head};
use crate::svg::fixed::{push_digits, push_plain};
use crate::svg::interaction::{SCRIPT, STYLE};
use crate::svg::layout::SIDE_PADDING;
use crate::svg::options::{Background, MinWidth, SEARCH_COLOR, SvgOptions};

/// The frame of a picture.
pub(super) struct Page<'a> {
    pub(super) options: &'a SvgOptions,
    /// Height of the picture in pixels.
    pub(super) height: f64,
    /// What the whole width stands for, in the numbers that boxes carry.
    pub(super) whole: f64,
    /// How many boxes there are.
    pub(super) drawn: usize,
    /// How many are not drawn, because they are too narrow.
    pub(super) left_out: usize,
    /// How many parentheses are in what follows a name in a tooltip.
    pub(super) parentheses: usize,
    /// What is behind the boxes, if the options do not say.
    pub(super) background: Background,
}

impl Page<'_> {
    /// Height of what is below the boxes.
    pub(super) fn bottom(options: &SvgOptions) -> f64 {
        2.0 * options.font_size + 10.0
    }

    /// Height of what is above the boxes.
    pub(super) fn top(options: &SvgOptions) -> f64 {
        let subtitle = if options.subtitle.is_empty() { 0.0 } else { 2.0 * options.font_size };
        3.0 * options.font_size + subtitle
    }

    /// Writes everything up to the boxes.
    pub(super) fn push_start(&self, out: &mut String) {
        let options = self.options;
        push_head(out, self.height, options);
        out.push_str(" class=\"firesteel\" data-name-type=\"");
        push_escaped(out, &options.name_type);
        out.push_str("\" data-font-width=\"");
        push_plain(out, options.font_width);
        out.push_str("\" data-parentheses=\"");
        push_digits(out, self.parentheses as u64);
        if options.fluid {
            out.push_str("\" data-fluid=\"");
            push_plain(out, self.whole);
        }
        if options.truncate_right {
            out.push_str("\" data-truncate=\"right");
        }
        if options.name_attributes.has_links() {
            out.push_str("\" xmlns:xlink=\"http://www.w3.org/1999/xlink");
        }
        out.push_str("\">\n<!-- Flame graph by Firesteel. Boxes drawn: ");
        out.push_str(&format_integer(self.drawn as i64));
        out.push_str("; too narrow to draw: ");
        out.push_str(&format_integer(self.left_out as i64));
        out.push_str(". -->\n");
        self.push_definitions(out);
        let bottom = Self::bottom(options);
        push_texts(out, options, self.height, bottom, options.heading(), &self.pruning_note());
    }

    /// Writes everything behind the boxes.
    pub(super) fn push_end(out: &mut String) {
        out.push_str("<script type=\"text/ecmascript\"><![CDATA[\n");
        out.push_str(SCRIPT);
        out.push_str("]]></script>\n</svg>\n");
    }

    fn push_definitions(&self, out: &mut String) {
        out.push_str("<defs>");
        push_gradient(out, self.options.background.unwrap_or(self.background));
        out.push_str("</defs>\n<style type=\"text/css\">\n");
        out.push_str(STYLE);
        self.push_chosen_styles(out);
        out.push_str("</style>\n<rect width=\"100%\" height=\"100%\" fill=\"url(#background)\"/>\n");
    }

    /// Styles for colours that are not the usual ones.
    fn push_chosen_styles(&self, out: &mut String) {
        let options = self.options;
        let mut rule = |selector: &str, property: &str, color: Rgb, more: &str| {
            out.push_str(selector);
            out.push_str(" { ");
            out.push_str(property);
            out.push_str(": ");
            push_color(out, color);
            out.push_str(more);
            out.push_str(" }\n");
        };
        if let Some(color) = options.stroke_color {
            rule("#frames rect", "stroke", color, "; stroke-width: 0.5");
        }
        if options.search_color != SEARCH_COLOR {
            rule("#frames > .hit > rect", "fill", options.search_color, "");
        }
        if options.ui_color != Rgb::default() {
            rule("#title, #subtitle, #details, #unzoom, #search, #ignorecase, #matched", "fill", options.ui_color, "");
        }
    }

    /// Says how much is not drawn.
    fn pruning_note(&self) -> String {
        if self.left_out == 0 {
            return " ".to_owned();
        }
        let limit = match self.options.min_width {
            MinWidth::Pixels(pixels) => format!("{pixels} px"),
            MinWidth::Percent(percent) => format!("{percent} %"),
        };
        let (boxes, calls) = if self.left_out == 1 { ("box", "it calls are") } else { ("boxes", "they call are") };
        format!("{} {boxes} narrower than {limit} and what {calls} not drawn", format_integer(self.left_out as i64))
    }
}

/// The ground, from top to bottom.
pub(super) fn push_gradient(out: &mut String, background: Background) {
    let (first, last) = background.ends();
    out.push_str("<linearGradient id=\"background\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop stop-color=\"");
    push_color(out, first);
    out.push_str("\" offset=\"5%\"/><stop stop-color=\"");
    push_color(out, last);
    out.push_str("\" offset=\"95%\"/></linearGradient>");
}

/// The fixed texts: heading, controls, details, of which a note is the first.
pub(super) fn push_texts(out: &mut String, options: &SvgOptions, height: f64, bottom: f64, heading: &str, note: &str) {
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
    text("title", width / 2, upper, &format!(" font-size=\"{}\"", size + 5.0), heading);
    if !options.subtitle.is_empty() {
        text("subtitle", width / 2, 4.0 * size, "", &options.subtitle);
    }
    text("unzoom", 10, upper, " class=\"gone\"", "Reset Zoom");
    text("search", width - 110, upper, "", "Search");
    text("ignorecase", width - 26, upper, "", "ic");
    text("matched", width - 110, lower, "", " ");
    text("details", 10, lower, "", note);
}

/// Width of the boxes of a picture in pixels.
pub(super) fn drawn_width(options: &SvgOptions) -> f64 {
    f64::from(options.width) - 2.0 * SIDE_PADDING
}
