//! The first bytes of an input, by which its format is recognised.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Deref;

/// How many lines of an input are looked at to recognise it.
const MAX_LINES: usize = 2_000;

/// The first bytes of an input, with what all who look at its lines have in common. It may be cut anywhere.
pub(crate) struct Head<'a> {
    bytes: &'a [u8],
    lines: OnceCell<Vec<Cow<'a, str>>>,
}

impl<'a> Head<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, lines: OnceCell::new() }
    }

    /// The first lines without their ends, and without a mark of UTF-8. The last one may be cut.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        let lines = self.lines.get_or_init(|| {
            let text = self.bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(self.bytes);
            lines_of(text).map(|line| readable(line.strip_suffix(b"\r").unwrap_or(line))).collect()
        });
        lines.iter().map(|line| &**line)
    }

    /// The first lines as they are. The last one may be cut.
    pub(crate) fn raw_lines(&self) -> impl Iterator<Item = &'a [u8]> {
        lines_of(self.bytes)
    }
}

impl Deref for Head<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes
    }
}

fn lines_of(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'\n', text).chain([text.len()]);
    let mut start = 0;
    let lines = ends.map(move |end| text.get(std::mem::replace(&mut start, end + 1)..end).unwrap_or(&[]));
    lines.take(MAX_LINES)
}

/// Bytes as text, with what is not UTF-8 replaced. Nearly all text is UTF-8, which is told several times as fast as it
/// is repaired.
pub(crate) fn readable(bytes: &[u8]) -> Cow<'_, str> {
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_text() {
        let check =
            |text: &[u8], expect: &[&str]| assert_eq!(Head::new(text).lines().collect::<Vec<_>>(), expect, "{text:?}");
        check(b"", &[""]);
        check(b"a\r\n\nb\xffc", &["a", "", "b\u{fffd}c"]);
        check("\u{feff}a\n".as_bytes(), &["a", ""]);
        assert_eq!(Head::new(&[b'\n'; 3 * MAX_LINES]).lines().count(), MAX_LINES);
        assert_eq!(Head::new(b"a\r\nb").raw_lines().collect::<Vec<_>>(), [&b"a\r"[..], b"b"]);
    }
}
