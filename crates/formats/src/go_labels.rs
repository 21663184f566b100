//! Labels of goroutines as Go prints them: `{"key":"value", "other":"x"}`, or without quotes where none are needed.

use firesteel_model::{Label, LabelValue, Profile};

/// Reads labels that stand in braces. Ends at what cannot be read.
pub(crate) fn read_labels(text: &str, profile: &mut Profile) -> Vec<Label> {
    let mut labels = Vec::new();
    let mut rest = text.trim_start().strip_prefix('{').unwrap_or(text);
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        let Some((key, behind)) = part(rest, &[':', '}']) else { break };
        let Some(behind) = behind.strip_prefix(':') else { break };
        let Some((value, behind)) = part(behind.trim_start(), &[',', '}']) else { break };
        let (key, value) = (profile.intern(&key), profile.intern(&value));
        labels.push(Label { key, value: LabelValue::Text(value) });
        rest = behind;
    }
    labels
}

/// A text, quoted or up to one of the ends, and what follows it.
fn part<'a>(text: &'a str, ends: &[char]) -> Option<(String, &'a str)> {
    if text.is_empty() {
        return None;
    }
    if let Some(quoted) = text.strip_prefix('"') {
        return unquote(quoted);
    }
    let end = text.find(ends)?;
    let (part, rest) = text.split_at(end);
    (!part.is_empty() || rest.starts_with([',', ':'])).then(|| (part.to_owned(), rest))
}

/// The text of a Go string literal behind its first quotation mark, and what follows the last. After "String literals"
/// of the Go specification.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    // Escapes may name single bytes of a character.
    let mut bytes = Vec::new();
    let mut rest = quoted;
    loop {
        let end = rest.find(['"', '\\'])?;
        let (plain, behind) = rest.split_at(end);
        bytes.extend_from_slice(plain.as_bytes());
        let mut characters = behind.chars();
        if characters.next() == Some('"') {
            return Some((String::from_utf8_lossy(&bytes).into_owned(), characters.as_str()));
        }
        let escape = characters.next()?;
        rest = characters.as_str();
        let plain = match escape {
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 11,
            'x' | 'u' | 'U' => {
                let length = match escape {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let (digits, behind) = rest.split_at_checked(length)?;
                let number = u32::from_str_radix(digits, 16).ok()?;
                rest = behind;
                if escape != 'x' {
                    let character = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    continue;
                }
                number as u8
            }
            other => {
                bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
        };
        bytes.push(plain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_and_not() {
        let check = |text: &str, expect: &[(&str, &str)]| {
            let mut profile = Profile::default();
            let labels = read_labels(text, &mut profile);
            let text = |value| match value {
                LabelValue::Text(id) => profile.string(id),
                LabelValue::Number { .. } => "a number",
            };
            let found: Vec<_> = labels.iter().map(|label| (profile.string(label.key), text(label.value))).collect();
            assert_eq!(found, expect);
        };
        check(
            r#"{"job":"leak", "route":"/api", "tenant id":"a b"}"#,
            &[("job", "leak"), ("route", "/api"), ("tenant id", "a b")],
        );
        check("{job: leak, \"tenant id\": \"a, b\"}", &[("job", "leak"), ("tenant id", "a, b")]);
        check(r#"{"q\"uote":"\u00e9\n\xc3\xa9\\"}"#, &[("q\"uote", "é\né\\")]);
        check("{}", &[]);
        check("", &[]);
        check("{a: b", &[]);
        check("{\"open", &[]);
    }
}
