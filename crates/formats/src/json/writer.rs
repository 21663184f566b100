//! Writes JSON to a stream.

use std::fmt::{self, Write as _};
use std::io;

use crate::error::Error;

/// How many bytes are gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Writes values one after the other and puts the commas between them.
pub(crate) struct JsonWriter<'a> {
    output: &'a mut dyn io::Write,
    buffer: String,
    /// The ends of the objects and arrays that are open.
    open: Vec<char>,
    needs_comma: bool,
}

impl<'a> JsonWriter<'a> {
    pub(crate) fn new(output: &'a mut dyn io::Write) -> Self {
        Self { output, buffer: String::new(), open: Vec::new(), needs_comma: false }
    }

    /// Opens an object.
    pub(crate) fn object(&mut self) {
        self.begin('{', '}');
    }

    /// Opens an array.
    pub(crate) fn array(&mut self) {
        self.begin('[', ']');
    }

    /// Closes the object or array opened last.
    pub(crate) fn close(&mut self) {
        if let Some(end) = self.open.pop() {
            self.buffer.push(end);
        }
        self.needs_comma = true;
    }

    /// A key, for which a value has to follow.
    pub(crate) fn key(&mut self, key: &str) {
        self.comma();
        self.quoted(key);
        self.buffer.push(':');
        self.needs_comma = false;
    }

    /// A string.
    pub(crate) fn text(&mut self, text: &str) {
        self.comma();
        self.quoted(text);
    }

    /// A number, or `null`, `true`, `false`: whatever prints itself as JSON.
    pub(crate) fn plain(&mut self, value: impl fmt::Display) {
        self.comma();
        // Writing to a string does not fail.
        let _ = write!(self.buffer, "{value}");
    }

    /// A number, or `null` for none.
    pub(crate) fn optional(&mut self, value: Option<impl fmt::Display>) {
        match value {
            Some(value) => self.plain(value),
            None => self.plain("null"),
        }
    }

    /// A field with a string.
    pub(crate) fn text_field(&mut self, key: &str, text: &str) {
        self.key(key);
        self.text(text);
    }

    /// A field with a number, `null`, `true` or `false`.
    pub(crate) fn field(&mut self, key: &str, value: impl fmt::Display) {
        self.key(key);
        self.plain(value);
    }

    /// Begins a new line, so that people can look into the file.
    pub(crate) fn line(&mut self) {
        self.comma();
        self.needs_comma = false;
        self.buffer.push('\n');
    }

    /// Writes what has been gathered if it is much.
    pub(crate) fn flush_some(&mut self) -> Result<(), Error> {
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    /// Writes what is left and a line end.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        self.buffer.push('\n');
        self.flush()
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.output.write_all(self.buffer.as_bytes()).map_err(Error::writing)?;
        self.buffer.clear();
        Ok(())
    }

    fn begin(&mut self, start: char, end: char) {
        self.comma();
        self.buffer.push(start);
        self.open.push(end);
        self.needs_comma = false;
    }

    fn comma(&mut self) {
        if self.needs_comma {
            self.buffer.push(',');
        }
        self.needs_comma = true;
    }

    fn quoted(&mut self, text: &str) {
        self.buffer.push('"');
        for character in text.chars() {
            match character {
                '"' => self.buffer.push_str("\\\""),
                '\\' => self.buffer.push_str("\\\\"),
                '\n' => self.buffer.push_str("\\n"),
                '\t' => self.buffer.push_str("\\t"),
                control if control < ' ' => {
                    let _ = write!(self.buffer, "\\u{:04x}", control as u32);
                }
                other => self.buffer.push(other),
            }
        }
        self.buffer.push('"');
    }
}

/// A scaled integer as a decimal number: 1234 with two decimals is `12.34`.
pub(crate) struct Decimal {
    /// The stored value.
    pub(crate) value: i64,
    /// How many digits are behind the point.
    pub(crate) decimals: u8,
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.decimals == 0 {
            return write!(formatter, "{}", self.value);
        }
        let digits = usize::from(self.decimals);
        let scale = 10u64.saturating_pow(u32::from(self.decimals));
        let size = self.value.unsigned_abs();
        let sign = if self.value < 0 { "-" } else { "" };
        match size % scale {
            0 => write!(formatter, "{sign}{}", size / scale),
            rest => {
                let rest = format!("{rest:0digits$}");
                write!(formatter, "{sign}{}.{}", size / scale, rest.trim_end_matches('0'))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_json() {
        let mut output = Vec::new();
        let mut json = JsonWriter::new(&mut output);
        json.object();
        json.text_field("a\"\u{1}", "é\n\\");
        json.key("b");
        json.array();
        json.plain(1);
        json.optional(None::<i32>);
        json.object();
        json.close();
        json.close();
        json.field("c", Decimal { value: -1250, decimals: 2 });
        json.close();
        json.finish().unwrap();
        let text = String::from_utf8(output).unwrap();
        assert_eq!(text, "{\"a\\\"\\u0001\":\"é\\n\\\\\",\"b\":[1,null,{}],\"c\":-12.5}\n");
        assert_eq!(Decimal { value: 5, decimals: 3 }.to_string(), "0.005");
        assert_eq!(Decimal { value: 3000, decimals: 3 }.to_string(), "3");
    }
}
