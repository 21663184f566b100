//! Text made safe inside XML and HTML.

use crate::visible::visible;

/// Appends text so that it is text inside an element or a quoted attribute of XML or HTML, whatever it holds.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    // Without an early end, so that many bytes are looked at at once: nearly all texts are plain.
    if text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
        out.push_str(text);
        return;
    }
    for character in visible(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
}

/// Escaped text as a new string.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_escaped(&mut out, text);
    out
}

/// Appends text to an XML comment, where two hyphens in a row and one at the end are forbidden.
pub(crate) fn push_comment_text(out: &mut String, text: &str) {
    let mut previous = ' ';
    for character in visible(text).chars() {
        if previous == '-' && character == '-' {
            out.push(' ');
        }
        out.push(character);
        previous = character;
    }
    if previous == '-' {
        out.push(' ');
    }
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..0x7f) && !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escaped("net/http.(*conn).serve"), "net/http.(*conn).serve");
        assert_eq!(escaped("</script>&\"'"), "&lt;/script&gt;&amp;&quot;&#39;");
        assert_eq!(escaped("a\0\u{202e}b"), "a␀⟨U+202E⟩b");
    }

    #[test]
    fn comments_hold_no_double_hyphen() {
        for (text, expect) in [("a --> b", "a - -> b"), ("----", "- - - - "), ("x-", "x- "), ("plain", "plain")] {
            let mut out = String::new();
            push_comment_text(&mut out, text);
            assert_eq!(out, expect);
        }
    }
}
