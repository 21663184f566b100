//! The file that keeps the colours of functions from picture to picture: `--cp`.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::color::Rgb;

/// Colours by function name. Its text form has a line `name->rgb(r,g,b)` for each, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaletteMap {
    colors: BTreeMap<String, String>,
}

impl PaletteMap {
    /// Reads the text form. Names may hold arrows, as `std::shared_ptr<T>::operator->` does: the last one counts.
    /// Lines without an arrow do not count.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let entry = |line: &str| line.rsplit_once("->").map(|(name, color)| (name.to_owned(), color.to_owned()));
        Self { colors: text.lines().filter_map(entry).collect() }
    }

    /// Reads the text form as `flamegraph.pl` does: what is behind the second arrow is lost.
    #[must_use]
    pub fn parse_like_the_original(text: &str) -> Self {
        let entry = |line: &str| {
            let mut parts = line.split("->");
            (parts.next().unwrap_or("").to_owned(), parts.next().unwrap_or("").to_owned())
        };
        Self { colors: text.lines().map(entry).collect() }
    }

    /// The colour of a function; `None` if it has none yet, or one that cannot be read.
    pub(crate) fn color(&self, name: &str) -> Option<Rgb> {
        self.colors.get(name).and_then(|color| read_color(color))
    }

    /// What stands behind a function's name, whatever it is.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.colors.get(name).map(String::as_str)
    }

    /// Keeps the colour of a function.
    pub(crate) fn insert(&mut self, name: &str, color: Rgb) {
        let mut text = String::new();
        super::document::push_color(&mut text, color);
        // A name that breaks its line would break the file.
        if !name.contains(['\n', '\r']) {
            self.colors.insert(name.to_owned(), text);
        }
    }

    /// The text form.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (name, color) in &self.colors {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}->{color}");
        }
        text
    }
}

/// `rgb(1,2,3)` or `#0a10ff`.
fn read_color(text: &str) -> Option<Rgb> {
    let text = text.trim();
    let Some(parts) = text.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')) else {
        return Rgb::parse(text);
    };
    let mut parts = parts.split(',').map(|part| part.trim().parse::<u8>().ok());
    let color = Rgb::new(parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(color)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_arrow_counts() {
        let map = PaletteMap::parse("a->rgb(1,2,3)\r\nT::operator->->rgb(4, 5,6)\nb->#0a10ff\nbroken\nc->blue\n");
        assert_eq!(map.color("a"), Some(Rgb::new(1, 2, 3)));
        assert_eq!(map.color("T::operator->"), Some(Rgb::new(4, 5, 6)));
        assert_eq!(map.color("b"), Some(Rgb::new(10, 16, 255)));
        assert_eq!((map.color("c"), map.text("c"), map.color("broken")), (None, Some("blue"), None));
    }

    #[test]
    fn the_original_loses_what_is_behind_the_second() {
        let map = PaletteMap::parse_like_the_original("a->rgb(1,2,3)\nT::operator->->rgb(4,5,6)\n");
        assert_eq!((map.text("a"), map.text("T::operator->")), (Some("rgb(1,2,3)"), None));
        assert_eq!(map.to_text(), "T::operator->\na->rgb(1,2,3)\n");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut map = PaletteMap::default();
        for name in ["b", "a->b", "line\nbreak", "ü"] {
            map.insert(name, Rgb::new(0, 128, 255));
        }
        assert_eq!(map.to_text(), "a->b->rgb(0,128,255)\nb->rgb(0,128,255)\nü->rgb(0,128,255)\n");
        assert_eq!(PaletteMap::parse(&map.to_text()), map);
    }
}
