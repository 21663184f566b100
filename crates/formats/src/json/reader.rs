//! Reads JSON from a stream, value by value.

use std::io;

use super::number::{Number, Scalar};
use crate::error::Error;
use crate::warning::{Place, WarningKind, Warnings};

/// How many bytes are read at once.
const CHUNK: usize = 1 << 16;

/// Why reading stopped.
#[derive(Debug)]
pub(crate) enum JsonError {
    /// Reading failed.
    Io(io::Error),
    /// The text ends early or is no JSON from this byte on.
    Broken(u64),
}

impl JsonError {
    /// Turns a broken end into a warning; failures of the system stay errors.
    pub(crate) fn into_warning(self, warnings: &mut Warnings) -> Result<(), Error> {
        match self {
            Self::Io(source) => Err(Error::reading(source)),
            Self::Broken(offset) => {
                warnings.add(WarningKind::BrokenTail, Place::Byte(offset));
                Ok(())
            }
        }
    }
}

/// What kind of value comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `{`
    Object,
    /// `[`
    Array,
    /// A string.
    Text,
    /// A number, `null`, `true`, `false` or another word.
    Word,
}

/// Reads values in the order in which they stand.
pub(crate) struct JsonReader<'a> {
    pub(super) input: &'a mut dyn io::Read,
    pub(super) buffer: Vec<u8>,
    pub(super) position: usize,
    pub(super) end: usize,
    /// Offset of the buffer's beginning in the text.
    pub(super) base: u64,
    /// Counts values that were begun, to see whether a callback took one.
    begun: u64,
    /// The word or string that was read last.
    pub(super) scratch: Vec<u8>,
}

impl<'a> JsonReader<'a> {
    pub(crate) fn new(input: &'a mut dyn io::Read) -> Self {
        let scratch = Vec::new();
        Self { input, buffer: vec![0; CHUNK], position: 0, end: 0, base: 0, begun: 0, scratch }
    }

    /// Where in the text reading stands.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.position as u64
    }

    /// The same for a warning.
    pub(crate) fn place(&self) -> Place {
        Place::Byte(self.offset())
    }

    /// Whether nothing is left to read, as far as is known.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.position >= self.end && !matches!(self.refill(), Ok(true))
    }

    /// Reads an object and calls back with each key; a value that the callback leaves is skipped. Anything that is not
    /// an object is skipped, too.
    pub(crate) fn object(
        &mut self,
        mut field: impl FnMut(&mut Self, &str) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        if self.kind()? != Kind::Object {
            return self.skip();
        }
        self.open();
        let mut key = String::new();
        while self.next_key(&mut key)? {
            let begun = self.begun;
            field(self, &key)?;
            if self.begun == begun {
                self.skip()?;
            }
        }
        Ok(())
    }

    /// Reads an array and calls back for each entry; an entry that the callback leaves is skipped. Anything that is
    /// not an array is skipped, too.
    pub(crate) fn array(&mut self, mut entry: impl FnMut(&mut Self) -> Result<(), JsonError>) -> Result<(), JsonError> {
        if self.kind()? != Kind::Array {
            return self.skip();
        }
        self.open();
        while self.next_entry()? {
            let begun = self.begun;
            entry(self)?;
            if self.begun == begun {
                self.skip()?;
            }
        }
        Ok(())
    }

    /// Enters the object or array that comes next. For those who walk nested ones without recursion.
    pub(crate) fn open(&mut self) {
        self.begun += 1;
        self.position += 1;
    }

    /// The key of the next field of the current object; false at its end.
    pub(crate) fn next_key(&mut self, key: &mut String) -> Result<bool, JsonError> {
        match self.peek()? {
            b'}' => {
                self.position += 1;
                Ok(false)
            }
            b'"' => {
                self.position += 1;
                self.string()?;
                key.clear();
                key.push_str(&String::from_utf8_lossy(&self.scratch));
                if self.peek()? != b':' {
                    return Err(self.broken());
                }
                self.position += 1;
                Ok(true)
            }
            _ => Err(self.broken()),
        }
    }

    /// Whether the current array has one more entry.
    pub(crate) fn next_entry(&mut self) -> Result<bool, JsonError> {
        if self.peek()? == b']' {
            self.position += 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// What kind of value comes next.
    pub(crate) fn kind(&mut self) -> Result<Kind, JsonError> {
        Ok(match self.peek()? {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::Text,
            b'}' | b']' | b':' => return Err(self.broken()),
            _ => Kind::Word,
        })
    }

    /// Skips the next value, however deep it is.
    pub(crate) fn skip(&mut self) -> Result<(), JsonError> {
        self.begun += 1;
        let mut depth = 0u64;
        loop {
            match self.peek()? {
                b'{' | b'[' => {
                    self.position += 1;
                    depth += 1;
                }
                b'}' | b']' => {
                    if depth == 0 {
                        return Err(self.broken());
                    }
                    self.position += 1;
                    depth -= 1;
                }
                b'"' => {
                    self.position += 1;
                    self.skip_string()?;
                }
                b':' => {
                    self.position += 1;
                    continue;
                }
                _ => self.word()?,
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// The next value; objects and arrays are skipped and are [`Scalar::Nothing`].
    pub(crate) fn scalar(&mut self) -> Result<Scalar, JsonError> {
        match self.kind()? {
            Kind::Object | Kind::Array => {
                self.skip()?;
                Ok(Scalar::Nothing)
            }
            Kind::Text => {
                self.begun += 1;
                self.position += 1;
                self.string()?;
                let text = String::from_utf8(std::mem::take(&mut self.scratch))
                    .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
                Ok(Scalar::Text(text))
            }
            Kind::Word => {
                self.begun += 1;
                self.word()?;
                let number = std::str::from_utf8(&self.scratch).ok().and_then(Number::parse);
                Ok(number.map_or(Scalar::Nothing, Scalar::Number))
            }
        }
    }

    /// The next value as a string; empty when it is none. Numbers are taken as they are written.
    pub(crate) fn text(&mut self) -> Result<String, JsonError> {
        Ok(self.scalar()?.into_text())
    }

    /// The next value as a number, `None` when it is none.
    pub(crate) fn number(&mut self) -> Result<Option<Number>, JsonError> {
        Ok(self.scalar()?.number())
    }

    /// The next value as a whole number, `None` when it is none.
    pub(crate) fn integer(&mut self) -> Result<Option<i64>, JsonError> {
        Ok(self.number()?.map(Number::rounded))
    }

    /// The next value as an index, `None` when it is none.
    pub(crate) fn index(&mut self) -> Result<Option<u32>, JsonError> {
        Ok(self.integer()?.and_then(|value| u32::try_from(value).ok()))
    }

    /// Whether the next value is `true` or a number other than zero.
    pub(crate) fn is_true(&mut self) -> Result<bool, JsonError> {
        let is_word = self.kind()? == Kind::Word;
        let number = self.number()?;
        Ok(is_word && (self.scratch == b"true" || number.is_some_and(|number| number.to_f64() != 0.0)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    /// Hands bytes over a few at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl io::Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(buffer.len()).min(self.1);
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn value(json: &mut JsonReader<'_>) -> Result<Value, JsonError> {
        Ok(match json.kind()? {
            Kind::Object => {
                let mut map = Map::new();
                json.object(|json, key| {
                    let value = value(json)?;
                    map.insert(key.to_owned(), value);
                    Ok(())
                })?;
                Value::Object(map)
            }
            Kind::Array => {
                let mut list = Vec::new();
                json.array(|json| {
                    list.push(value(json)?);
                    Ok(())
                })?;
                Value::Array(list)
            }
            Kind::Text | Kind::Word => match json.scalar()? {
                Scalar::Nothing => Value::Null,
                Scalar::Number(Number::Integer(value)) => value.into(),
                Scalar::Number(Number::Float(value)) => value.into(),
                Scalar::Text(text) => text.into(),
            },
        })
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            (-1e15..1e15).prop_map(|value: f64| Value::from(value)),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_what_serde_json_writes(expect in values(), step in 1usize..9, pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&expect) } else { serde_json::to_string(&expect) };
            let text = text.unwrap();
            let mut input = Trickle(text.as_bytes(), step);
            let mut json = JsonReader::new(&mut input);
            prop_assert_eq!(value(&mut json).unwrap(), expect);
            let mut input = Trickle(text.as_bytes(), step);
            let mut json = JsonReader::new(&mut input);
            json.skip().unwrap();
            prop_assert_eq!(json.offset(), text.len() as u64);
        }

        #[test]
        fn never_panics(bytes: Vec<u8>, text in "[\\[\\]{}\",:0-9a-f\\\\u ]{0,40}") {
            for input in [bytes.as_slice(), text.as_bytes()] {
                let mut input = Trickle(input, 3);
                let _ = JsonReader::new(&mut input).skip();
            }
            // The helper of these tests recurses, so its input must not nest too deep: forty levels at most.
            let mut input = Trickle(text.as_bytes(), 3);
            let _ = value(&mut JsonReader::new(&mut input));
        }
    }

    #[test]
    fn is_lenient_with_what_tools_write() {
        let check = |text: &str, expect: &str| {
            let mut input = text.as_bytes();
            let read = value(&mut JsonReader::new(&mut input)).unwrap();
            assert_eq!(read.to_string(), expect, "{text}");
        };
        check("\u{feff}[1,,2,]", "[1,2]");
        check(r#"{"a":NaN,"b":true,}"#, r#"{"a":null,"b":null}"#);
        check(r#"["\ud83d\ude00\u00e9\ud83dx\/"]"#, "[\"😀é\u{fffd}x/\"]");
        check("[18446744073709551615, -1.5e3]", "[1.8446744073709552e+19,-1500.0]");
    }

    #[test]
    fn says_where_it_breaks() {
        let check = |text: &str, expect: u64| {
            let mut input = text.as_bytes();
            let mut json = JsonReader::new(&mut input);
            assert!(matches!(json.skip(), Err(JsonError::Broken(offset)) if offset == expect), "{text}");
        };
        check("[1, 2", 5);
        check("{\"a\": \"b", 8);
        check("]", 0);
    }

    #[test]
    fn depth_costs_nothing() {
        let text = "[".repeat(1_000_000);
        let mut input = text.as_bytes();
        assert!(JsonReader::new(&mut input).skip().is_err());
    }
}
