//! What the terminal can show.

use std::borrow::Cow;
use std::fmt::Write;

use firesteel_normalize::Category;

use crate::svg::without_directories;
use crate::visible::visible;

/// How to write for a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextStyle {
    /// Whether to colour with ANSI sequences.
    pub color: bool,
    /// Whether characters beyond ASCII can be shown.
    pub unicode: bool,
    /// Characters in a line; names are shortened to it. At least 40 are used.
    pub width: usize,
}

impl Default for TextStyle {
    /// For a file or a pipe: no colours, wide lines.
    fn default() -> Self {
        Self { color: false, unicode: true, width: 120 }
    }
}

impl TextStyle {
    /// The usable width.
    pub(crate) fn line_width(&self) -> usize {
        self.width.max(40)
    }

    /// A name that fits into `room` characters: in full, or without the directories of its import path, or cut at
    /// the end. Nothing in it can steer the terminal.
    pub(crate) fn name(&self, name: &str, room: usize) -> String {
        let shown = self.plain(&visible(name)).into_owned();
        if shown.chars().count() <= room {
            return shown;
        }
        let short = without_directories(&shown);
        if short.chars().count() <= room {
            return short.to_owned();
        }
        let dots = if self.unicode { "…" } else { "..." };
        let kept: String = short.chars().take(room.saturating_sub(dots.chars().count())).collect();
        kept + dots
    }

    /// Text in ASCII when that is all there is.
    pub(crate) fn plain<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.unicode || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let mut ascii = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                'µ' => ascii.push('u'),
                '–' => ascii.push('-'),
                character if character.is_ascii() => ascii.push(character),
                // Writing to a string cannot fail.
                character => drop(write!(ascii, "\\u{{{:x}}}", u32::from(character))),
            }
        }
        Cow::Owned(ascii)
    }

    /// A bar of up to `width` characters, filled to `part` of it.
    pub(crate) fn bar(&self, part: f64, width: usize) -> String {
        const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        let part = part.clamp(0.0, 1.0);
        if !self.unicode {
            let filled = (part * width as f64).round() as usize;
            return format!("{:<width$}", "#".repeat(filled.max(usize::from(part > 0.0))));
        }
        let eighths = ((part * width as f64 * 8.0).round() as usize).max(usize::from(part > 0.0));
        let bar = "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
        let padding = width.saturating_sub(bar.chars().count());
        bar + &" ".repeat(padding)
    }

    /// Text in the colour of a category.
    pub(crate) fn colored(&self, text: &str, category: Category) -> String {
        // Indices of the 256-colour table near the hues of the pictures.
        let index = match category {
            Category::Own => 208,
            Category::StandardLibrary => 75,
            Category::Runtime => 245,
            Category::ThirdParty => 178,
            Category::Native => 176,
            Category::Kernel => 79,
            Category::Unknown => return text.to_owned(),
        };
        if self.color { format!("\u{1b}[38;5;{index}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Text that heads others.
    pub(crate) fn heading(&self, text: &str) -> String {
        if self.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASCII: TextStyle = TextStyle { color: false, unicode: false, width: 80 };
    const UNICODE: TextStyle = TextStyle { color: false, unicode: true, width: 80 };

    #[test]
    fn bars_fill_their_width() {
        for (part, expect) in
            [(0.0, "    "), (1.0, "████"), (0.5, "██  "), (0.001, "▏   "), (0.28, "█▏  "), (7.0, "████")]
        {
            assert_eq!(UNICODE.bar(part, 4), expect);
        }
        for (part, expect) in [(0.0, "    "), (1.0, "####"), (0.5, "##  "), (0.001, "#   ")] {
            assert_eq!(ASCII.bar(part, 4), expect);
        }
        assert_eq!(UNICODE.bar(f64::NAN, 2).chars().count(), 2);
    }

    #[test]
    fn names_fit() {
        for (name, room, expect) in [
            ("main.main", 9, "main.main"),
            ("encoding/json.(*decodeState).object", 30, "json.(*decodeState).object"),
            ("encoding/json.(*decodeState).object", 10, "json.(*de…"),
            ("main.F[github.com/a/b.T]", 10, "main.F[gi…"),
            ("世界.世界", 3, "世界…"),
            ("a\u{1b}[2Jb\u{202e}", 40, "a␛[2Jb⟨U+202E⟩"),
        ] {
            assert_eq!(UNICODE.name(name, room), expect);
        }
        assert_eq!(ASCII.name("a\u{1b}é", 40), "a\\u{241b}\\u{e9}");
        assert_eq!(ASCII.name("main.aVeryLongName", 10), "main.aV...");
    }
}
