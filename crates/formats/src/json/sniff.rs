//! Which keys a JSON text begins with, for recognising formats.

use super::reader::{JsonError, JsonReader, Kind};

/// The outermost shape of a JSON text, as far as its first bytes tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sniffed {
    /// Whether it is an array rather than an object.
    pub(crate) is_array: bool,
    /// The keys of the object, or of the first objects of the array.
    pub(crate) keys: Vec<String>,
    /// For each of these keys, the keys of the object that is its value, or of the first object in the array that is.
    pub(crate) inner: Vec<(String, String)>,
}

impl Sniffed {
    /// Whether the outermost object has a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|known| known == key)
    }

    /// Whether what a key holds has a key.
    pub(crate) fn has_inner(&self, key: &str, inner: &str) -> bool {
        self.inner.iter().any(|(known, within)| known == key && within == inner)
    }
}

/// How many entries of an array are looked at.
const ENTRIES: usize = 8;

/// Looks at the first bytes of a text that may be cut off anywhere; `None` when it is neither object nor array.
pub(crate) fn sniff(head: &[u8]) -> Option<Sniffed> {
    let first = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().first()?;
    if !matches!(first, b'{' | b'[') {
        return None;
    }
    let mut sniffed = Sniffed { is_array: *first == b'[', ..Sniffed::default() };
    let mut input = head;
    let mut json = JsonReader::new(&mut input);
    // It may well be cut off.
    let _ = look(&mut json, &mut sniffed);
    Some(sniffed)
}

fn look(json: &mut JsonReader<'_>, sniffed: &mut Sniffed) -> Result<(), JsonError> {
    if sniffed.is_array {
        let mut entries = 0;
        return json.array(|json| {
            entries += 1;
            if entries > ENTRIES {
                return Ok(());
            }
            json.object(|_, key| {
                sniffed.keys.push(key.to_owned());
                Ok(())
            })
        });
    }
    json.object(|json, key| {
        sniffed.keys.push(key.to_owned());
        let inner = &mut sniffed.inner;
        match json.kind()? {
            Kind::Object => json.object(|_, within| {
                inner.push((key.to_owned(), within.to_owned()));
                Ok(())
            }),
            Kind::Array => {
                let mut is_first = true;
                json.array(|json| {
                    if !std::mem::take(&mut is_first) {
                        return Ok(());
                    }
                    json.object(|_, within| {
                        inner.push((key.to_owned(), within.to_owned()));
                        Ok(())
                    })
                })
            }
            Kind::Text | Kind::Word => Ok(()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_as_far_as_the_text_goes() {
        let text = br#"{"a":{"b":[1,{"x":2}],"c":"d"},"e":[{"f":1},{"g":2}],"h":1}"#;
        let sniffed = sniff(text).unwrap();
        assert_eq!(sniffed.keys, ["a", "e", "h"]);
        assert!(sniffed.has_inner("a", "c") && sniffed.has_inner("e", "f") && !sniffed.has_inner("e", "g"));
        for cut in 1..text.len() {
            assert!(sniff(&text[..cut]).is_some());
        }
        assert_eq!(sniff(b"\xef\xbb\xbf [ {\"ph\":1}, {\"ts\"").unwrap().keys, ["ph"]);
        assert_eq!(sniff(b"main 1"), None);
        assert_eq!(sniff(b""), None);
    }
}
