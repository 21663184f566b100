//! The element of a box.

use crate::markup::push_escaped;
use crate::svg::document::Row;
use crate::svg::fixed::{hundredths, push_hundredths, push_tenths, tenths};
use crate::svg::label::{push_cut, push_label};
use crate::svg::name_attributes::Attributes;
use crate::svg::options::SvgOptions;

/// Writes boxes.
pub(super) struct BoxWriter<'a> {
    options: &'a SvgOptions,
    /// Pixels that a character of a label takes.
    character: f64,
    /// What is between the parts of a box.
    start: &'static str,
    title: &'static str,
    rectangle: &'static str,
    text: &'static str,
    end: &'static str,
}

/// A box that is being written.
pub(super) struct OpenBox<'a> {
    attributes: Option<&'a Attributes>,
    /// Whether the tooltip is still to be written.
    pub(super) needs_title: bool,
}

impl<'a> BoxWriter<'a> {
    pub(super) fn new(options: &'a SvgOptions) -> Self {
        let character = options.font_size * options.font_width;
        let plain = Self {
            options,
            character,
            start: "",
            title: "\"><title>",
            rectangle: "</title><rect x=\"",
            text: "<text x=\"",
            end: "",
        };
        if !options.pretty {
            return plain;
        }
        Self {
            start: "  ",
            title: "\">\n    <title>",
            rectangle: "</title>\n    <rect x=\"",
            text: "\n    <text x=\"",
            end: "\n  ",
            ..plain
        }
    }

    /// Writes the start of a box up to its place, which the caller writes with [`Self::push_title_start`] behind it.
    pub(super) fn open<'n>(&self, out: &mut String, full_name: impl FnOnce() -> &'n str) -> OpenBox<'a> {
        let attributes = self.options.name_attributes.get(full_name);
        out.push_str(self.start);
        match attributes.and_then(|attributes| attributes.link.as_ref()) {
            Some(link) => {
                out.push_str("<a xlink:href=\"");
                push_escaped(out, link);
                out.push_str("\" data-v=\"");
            }
            None => out.push_str("<g data-v=\""),
        }
        OpenBox { attributes, needs_title: true }
    }

    /// Writes what is between the place of a box and its tooltip. If somebody else chose the tooltip, it is written.
    pub(super) fn push_title_start<'n>(
        &self,
        out: &mut String,
        open: &mut OpenBox<'_>,
        name: impl FnOnce() -> &'n str,
    ) {
        let Some(attributes) = open.attributes else {
            out.push_str(self.title);
            return;
        };
        if attributes.title.is_some() {
            // The script takes the name from the tooltip else.
            out.push_str("\" data-n=\"");
            push_escaped(out, name());
        }
        for (name, value) in &attributes.others {
            out.push_str("\" ");
            out.push_str(name);
            out.push_str("=\"");
            push_escaped(out, value);
        }
        out.push_str(self.title);
        if let Some(title) = &attributes.title {
            push_escaped(out, title);
            open.needs_title = false;
        }
    }

    /// The texts of a place between a left and a right edge, of which the width is the difference, in pixels.
    pub(super) fn measure(&self, edges: &mut Edges, (left, right): (f64, f64), width: f64) {
        // Edges are rounded before the width is taken, as in the original, so that neighbours meet.
        let (x1, x2) = (tenths(left), tenths(right));
        edges.left.clear();
        edges.left.push_str(self.rectangle);
        push_tenths(&mut edges.left, x1);
        edges.width.clear();
        push_tenths(&mut edges.width, x2 - x1);
        edges.characters = (width / self.character) as usize;
        edges.label.clear();
        if edges.characters >= SHORTEST_LABEL {
            edges.label.push_str(self.text);
            push_hundredths(&mut edges.label, hundredths(left + 3.0));
        }
    }

    /// Writes what is behind the tooltip: the box, filled with an escaped colour, and its label, made of a name of which
    /// the escaped form may be known.
    pub(super) fn close(&self, out: &mut String, open: &OpenBox<'_>, place: Place<'_>, fill: &str, label: Label<'_>) {
        let Place { edges, row } = place;
        out.push_str(&edges.left);
        out.push_str(&row.rectangle);
        out.push_str(&edges.width);
        out.push_str(&row.height);
        out.push_str(fill);
        out.push_str("\" rx=\"2\"/>");
        let characters = edges.characters;
        if characters >= SHORTEST_LABEL {
            out.push_str(&edges.label);
            out.push_str(&row.text);
            let Label { name, escaped } = label;
            match escaped {
                Some(escaped) if escaped.len() <= characters => out.push_str(escaped),
                _ if self.options.truncate_right => push_cut(out, name(), characters),
                _ => push_label(out, name(), characters),
            }
            out.push_str("</text>");
        }
        out.push_str(self.end);
        let is_link = open.attributes.is_some_and(|attributes| attributes.link.is_some());
        out.push_str(if is_link { "</a>\n" } else { "</g>\n" });
    }
}

/// What is written into a box.
#[derive(Clone, Copy)]
pub(super) struct Label<'a> {
    /// The shown form of the name.
    pub(super) name: &'a dyn Fn() -> &'a str,
    /// The same, escaped.
    pub(super) escaped: Option<&'a str>,
}

/// Where a box is.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// What it has in common with those above it that are as wide.
    pub(super) edges: &'a Edges,
    /// What it has in common with those beside it.
    pub(super) row: &'a Row,
}

/// From where to where a box goes, as texts.
#[derive(Default)]
pub(super) struct Edges {
    /// Where it begins, with what stands in front of that.
    left: String,
    width: String,
    /// Where its label begins, with what stands in front of that, if it has one.
    label: String,
    /// How many characters it has room for.
    characters: usize,
}

/// How many characters a label has at least.
const SHORTEST_LABEL: usize = 3;
