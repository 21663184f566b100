//! Characters that hide or reorder what is shown become visible marks.

use std::borrow::Cow;
use std::fmt::Write;

/// The text with every invisible or direction-changing character replaced by a visible mark: `␛` for a control
/// character, `⟨U+202E⟩` for a bidirectional override. The HTML report's script does the same.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    // Printable ASCII is nearly every name there is.
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match u32::from(character) {
            code @ 0..0x20 => shown.push(char::from_u32(0x2400 + code).unwrap_or(char::REPLACEMENT_CHARACTER)),
            0x7f => shown.push('\u{2421}'),
            code if is_hidden(character) => {
                // Writing to a string cannot fail.
                let _ = write!(shown, "\u{27e8}U+{code:04X}\u{27e9}");
            }
            _ => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// C0 and C1 controls, soft hyphen, Arabic letter mark, Mongolian vowel separator, zero-width and directional
/// marks, line and paragraph separators, bidirectional embeddings, overrides and isolates, invisible operators,
/// byte order mark, tags, and the two code points that XML forbids.
fn is_hidden(character: char) -> bool {
    matches!(
        u32::from(character),
        0..0x20
            | 0x7f..=0x9f
            | 0xad
            | 0x61c
            | 0x180e
            | 0x200b..=0x200f
            | 0x2028..=0x202e
            | 0x2060..=0x206f
            | 0xfeff
            | 0xfffe
            | 0xffff
            | 0xe_0000..=0xe_007f
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_marked() {
        for (text, expect) in [
            ("main.main", "main.main"),
            ("größe.世界", "größe.世界"),
            ("a\u{1b}[31mb", "a␛[31mb"),
            ("a\nb\tc\0", "a␊b␉c␀"),
            ("del\u{7f}", "del␡"),
            ("evil\u{202e}gpj", "evil⟨U+202E⟩gpj"),
            ("zero\u{200b}width", "zero⟨U+200B⟩width"),
            ("\u{9b}31m", "⟨U+009B⟩31m"),
            ("\u{ffff}", "⟨U+FFFF⟩"),
            ("", ""),
        ] {
            assert_eq!(visible(text), expect);
            assert_eq!(visible(expect), expect);
        }
    }
}
