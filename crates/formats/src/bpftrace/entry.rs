//! The text of a map's entry: its name, its keys and its value.

use std::borrow::Cow;

use firesteel_model::{FrameId, FrameKind};

use crate::profile_builder::ProfileBuilder;
use crate::text_lines::TextFrame;
use crate::text_number::{decimal, hexadecimal, signed};

/// A key of an entry, or a piece of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A line of a stack.
    Frame(String),
    /// A stack without frames.
    Empty,
    /// Anything else.
    Text(String),
}

impl Key {
    /// Reads keys that stand on one line. Behind frames the first comma only ends their stack.
    pub(super) fn parse_all(text: &str, follows_frames: bool, keys: &mut Vec<Self>) {
        let text = text.strip_prefix(']').unwrap_or(text);
        let text = match text.strip_prefix(',') {
            Some(rest) if follows_frames => rest.strip_prefix(' ').unwrap_or(rest),
            _ => text,
        };
        if text.is_empty() {
            return;
        }
        // A comma at the end is followed by a stack on the next lines.
        let text = text.strip_suffix(", ").or_else(|| text.strip_suffix(',')).unwrap_or(text);
        for key in text.split(',') {
            let key = key.strip_prefix(' ').unwrap_or(key);
            keys.push(if key.is_empty() { Self::Empty } else { Self::Text(key.to_owned()) });
        }
    }
}

/// The name of the map and what follows the bracket, if a line begins an entry with keys or none.
pub(super) fn entry_start(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix('@')?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (name, rest) = rest.split_at_checked(end)?;
    match rest.strip_prefix('[') {
        Some(keys) => Some((name, keys)),
        None => rest.starts_with(": ").then_some((name, rest)),
    }
}

/// Splits what ends an entry into the keys and the value.
pub(super) fn split_end(text: &str) -> Option<(&str, &str)> {
    if let Some(value) = text.strip_prefix(": ") {
        return Some(("", value.trim()));
    }
    let (keys, value) = text.rsplit_once("]:")?;
    let value = value.trim();
    (value.is_empty() || value_of(value).is_some()).then_some((keys, value))
}

/// The one number of a value; `stats()` has a total, a histogram has none.
pub(super) fn value_of(text: &str) -> Option<i64> {
    signed(text).or_else(|| {
        let total = text.strip_prefix("count ")?.rsplit_once(", total ")?.1;
        signed(total)
    })
}

/// The frame of a line of a stack: `NAME+OFFSET`, an address, or with `perf` as mode `ADDRESS NAME+OFFSET (FILE)`. Newer
/// versions can say the source: `NAME+OFFSET (FILE:LINE:COLUMN)`.
pub(super) fn frame(text: &str, builder: &mut ProfileBuilder) -> FrameId {
    let (address, text) = match text.split_once(' ') {
        Some((address, rest)) if address.len() >= 6 && !rest.is_empty() => match hexadecimal(address) {
            Some(address) => (address, rest),
            None => (0, text),
        },
        _ => (0, text),
    };
    let (text, place) = match text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")) {
        Some((symbol, place)) if place.contains(['/', ':', '.']) || place.starts_with('[') => (symbol, place),
        _ => (text, ""),
    };
    let (text, place) = match text.rsplit_once(" @ ") {
        Some((symbol, source)) if place.is_empty() => (symbol, source),
        _ => (text, place),
    };
    let (text, inlined) = match text.strip_prefix("[inlined] ").or_else(|| text.strip_suffix(" [inlined]")) {
        Some(text) => (text, true),
        None => (text, false),
    };
    let (file, line) = source(place);
    let module = if line == 0 { place } else { "" };
    let (name, has_offset) = match text.rsplit_once('+') {
        Some((name, offset)) if decimal(offset).or(hexadecimal(offset).map(|_| 0)).is_some() => (name, true),
        _ => (text, false),
    };
    let bare = name.strip_prefix("0x").filter(|_| !has_offset).and_then(hexadecimal);
    let raw = if text.len() == 16 && address == 0 { hexadecimal(text) } else { None };
    let (name, address) = match bare.or(raw) {
        Some(address) => (Cow::Borrowed(""), address),
        None if name == "[unknown]" => (Cow::Borrowed(""), address),
        None => (Cow::Borrowed(name), address),
    };
    let kind = if address >> 63 == 1 { FrameKind::Kernel } else { FrameKind::Unknown };
    builder.text_frame(&TextFrame { name: &name, file, line, module, address, kind, inlined })
}

/// File and line of `FILE:LINE` or `FILE:LINE:COLUMN`; line 0 if it is neither.
fn source(place: &str) -> (&str, u32) {
    let number = |text: &str| decimal(text).and_then(|line| u32::try_from(line).ok());
    let Some((before, last)) = place.rsplit_once(':') else { return ("", 0) };
    let Some(last) = number(last) else { return ("", 0) };
    match before.rsplit_once(':').and_then(|(file, line)| Some((file, number(line)?))) {
        Some(source) => source,
        None => (before, last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_entries_apart() {
        assert_eq!(entry_start("@["), Some(("", "")));
        assert_eq!(entry_start("@bytes[cat, 5]: 7"), Some(("bytes", "cat, 5]: 7")));
        assert_eq!(entry_start("@c: 1"), Some(("c", ": 1")));
        assert_eq!(entry_start("@plt;main 5"), None);
        assert_eq!(entry_start("main@[x"), None);
        assert_eq!(split_end("cat, 5]: 7"), Some(("cat, 5", "7")));
        assert_eq!(split_end(", a]: b, 5]: -7"), Some((", a]: b, 5", "-7")));
        assert_eq!(split_end("]: "), Some(("", "")));
        assert_eq!(split_end(", "), None);
        assert_eq!(value_of("count 2, average 5, total 10"), Some(10));
        assert_eq!(value_of("[2, 4) 1"), None);
    }

    #[test]
    fn takes_keys_apart() {
        let check = |text: &str, follows_frames: bool, expect: &[&str]| {
            let mut keys = Vec::new();
            Key::parse_all(text, follows_frames, &mut keys);
            let found: Vec<&str> = keys
                .iter()
                .map(|key| match key {
                    Key::Text(text) | Key::Frame(text) => text.as_str(),
                    Key::Empty => "",
                })
                .collect();
            assert_eq!(found, expect, "{text:?}");
        };
        check(", timeout, 17", true, &["timeout", "17"]);
        check(", , git, 5", true, &["", "git", "5"]);
        check(", ", true, &[]);
        check(", ", false, &[""]);
        check(", timeout", false, &["", "timeout"]);
        check("", true, &[]);
        check("cat, 5", false, &["cat", "5"]);
    }
}
