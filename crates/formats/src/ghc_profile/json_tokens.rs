//! JSON as a stream of tokens, without recursion: the trees of GHC are deeper than JSON readers allow.

use std::io::{self, BufRead};

/// Longest text or number that is kept.
const MAX_TEXT: usize = 1 << 20;

/// A token; commas and colons are passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    BeginObject,
    EndObject,
    BeginArray,
    EndArray,
    Text(String),
    /// A number or a word, as it is written.
    Plain(String),
}

/// Reads tokens.
pub(super) struct Tokens<R> {
    input: R,
    /// Where the next byte is.
    pub(super) position: u64,
}

impl<R: BufRead> Tokens<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, position: 0 }
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Token>> {
        loop {
            let Some(byte) = self.byte()? else { return Ok(None) };
            return Ok(Some(match byte {
                b'{' => Token::BeginObject,
                b'}' => Token::EndObject,
                b'[' => Token::BeginArray,
                b']' => Token::EndArray,
                b'"' => Token::Text(self.text()?),
                b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => continue,
                _ => Token::Plain(self.plain(byte)?),
            }));
        }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.input.consume(1);
            self.position += 1;
        }
        Ok(byte)
    }

    fn plain(&mut self, first: u8) -> io::Result<String> {
        let mut text = vec![first];
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_alphanumeric() && !matches!(byte, b'+' | b'-' | b'.') {
                break;
            }
            self.byte()?;
            if text.len() < MAX_TEXT {
                text.push(byte);
            }
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// The rest of a string, with its escapes resolved.
    fn text(&mut self) -> io::Result<String> {
        let mut raw = vec![b'"'];
        let mut is_escaped = false;
        while let Some(byte) = self.byte()? {
            if raw.len() < MAX_TEXT {
                raw.push(byte);
            }
            if byte == b'"' && !is_escaped {
                break;
            }
            is_escaped = byte == b'\\' && !is_escaped;
        }
        let text = String::from_utf8_lossy(&raw);
        Ok(serde_json::from_str(&text).unwrap_or_else(|_| text.trim_matches('"').to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_tokens() {
        let mut tokens = Tokens::new(&br#"{"a\n\"b": [1, -2.5e3, true], "c": "unfinished"#[..]);
        let mut found = Vec::new();
        while let Some(token) = tokens.next().unwrap() {
            found.push(token);
        }
        let plain = |text: &str| Token::Plain(text.to_owned());
        let text = |text: &str| Token::Text(text.to_owned());
        let expect = [
            Token::BeginObject,
            text("a\n\"b"),
            Token::BeginArray,
            plain("1"),
            plain("-2.5e3"),
            plain("true"),
            Token::EndArray,
            text("c"),
            text("unfinished"),
        ];
        assert_eq!(found, expect);
    }
}
