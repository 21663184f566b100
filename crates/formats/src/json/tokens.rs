//! The pieces that JSON is made of: words and strings, byte by byte from the stream.

use std::io;

use super::reader::{JsonError, JsonReader};

/// The longest string that is kept; of longer ones the end is cut off.
const MAX_STRING: usize = 64 << 20;

/// The longest word that is kept: no number needs more.
const MAX_WORD: usize = 64;

impl JsonReader<'_> {
    pub(super) fn broken(&self) -> JsonError {
        JsonError::Broken(self.offset())
    }

    /// Reads more into the buffer; false at the end of the input.
    pub(super) fn refill(&mut self) -> Result<bool, JsonError> {
        self.base += self.end as u64;
        self.position = 0;
        self.end = 0;
        loop {
            match self.input.read(&mut self.buffer) {
                Ok(count) => {
                    self.end = count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(JsonError::Io(error)),
            }
        }
    }

    /// The bytes that are read and not yet taken.
    pub(super) fn rest(&self) -> &[u8] {
        self.buffer.get(self.position..self.end).unwrap_or(&[])
    }

    /// The next byte that means something, which is not taken. Commas mean nothing.
    pub(super) fn peek(&mut self) -> Result<u8, JsonError> {
        loop {
            let rest = self.rest();
            // A byte order mark is white space as well.
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | 0xef | 0xbb | 0xbf);
            if let Some(count) = rest.iter().position(|byte| !is_space(byte)) {
                self.position += count;
                return self.rest().first().copied().ok_or_else(|| self.broken());
            }
            self.position = self.end;
            if !self.refill()? {
                return Err(self.broken());
            }
        }
    }

    /// Reads a number or a word into the scratch buffer.
    pub(super) fn word(&mut self) -> Result<(), JsonError> {
        self.scratch.clear();
        loop {
            let rest = self.buffer.get(self.position..self.end).unwrap_or(&[]);
            let is_end = |byte: &u8| {
                matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' | b':' | b'{' | b'[' | b'"')
            };
            let count = rest.iter().position(is_end);
            let taken = count.unwrap_or(rest.len());
            let room = MAX_WORD.saturating_sub(self.scratch.len());
            self.scratch.extend(rest.iter().take(taken.min(room)));
            self.position += taken;
            if count.is_some() || !self.refill()? {
                return if self.scratch.is_empty() { Err(self.broken()) } else { Ok(()) };
            }
        }
    }

    /// Skips what is left of a string.
    pub(super) fn skip_string(&mut self) -> Result<(), JsonError> {
        loop {
            if let Some(count) = memchr::memchr2(b'"', b'\\', self.rest()) {
                self.position += count;
                let is_end = self.rest().first() == Some(&b'"');
                self.position += 1;
                if is_end {
                    return Ok(());
                }
                self.byte()?;
            } else {
                self.position = self.end;
                if !self.refill()? {
                    return Err(self.broken());
                }
            }
        }
    }

    /// Reads what is left of a string into the scratch buffer.
    pub(super) fn string(&mut self) -> Result<(), JsonError> {
        self.scratch.clear();
        loop {
            let rest = self.buffer.get(self.position..self.end).unwrap_or(&[]);
            let found = memchr::memchr2(b'"', b'\\', rest);
            let piece = rest.get(..found.unwrap_or(rest.len())).unwrap_or(&[]);
            if self.scratch.len() < MAX_STRING {
                self.scratch.extend_from_slice(piece);
            }
            self.position += piece.len();
            if found.is_none() {
                if !self.refill()? {
                    return Err(self.broken());
                }
                continue;
            }
            if self.byte()? == b'"' {
                return Ok(());
            }
            self.escape()?;
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        let character = match self.byte()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.unicode(),
            // A backslash, a quote, a slash; anything else stands for itself as well.
            other => {
                self.scratch.push(other);
                return Ok(());
            }
        };
        self.scratch.push(character as u8);
        Ok(())
    }

    /// Four hexadecimal digits; of a pair of surrogates both halves. What is no character is replaced.
    fn unicode(&mut self) -> Result<(), JsonError> {
        let mut unit = self.hexadecimal()?;
        loop {
            if !(0xd800..0xdc00).contains(&unit) {
                self.put(char::from_u32(unit));
                return Ok(());
            }
            // The other half has to follow at once.
            if self.follows(*b"\\u")? {
                let low = self.hexadecimal()?;
                if (0xdc00..0xe000).contains(&low) {
                    self.put(char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00)));
                    return Ok(());
                }
                self.put(None);
                unit = low;
            } else {
                self.put(None);
                return Ok(());
            }
        }
    }

    fn put(&mut self, character: Option<char>) {
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        let mut encoded = [0; 4];
        self.scratch.extend_from_slice(character.encode_utf8(&mut encoded).as_bytes());
    }

    fn hexadecimal(&mut self) -> Result<u32, JsonError> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = char::from(self.byte()?).to_digit(16).ok_or_else(|| self.broken())?;
            value = value << 4 | digit;
        }
        Ok(value)
    }

    /// Takes two bytes if they are these.
    fn follows(&mut self, expect: [u8; 2]) -> Result<bool, JsonError> {
        if self.rest().len() < 2 {
            // Moves what is left to the front, so that both are in one buffer.
            let rest = self.rest().to_vec();
            self.base += self.position as u64;
            self.position = 0;
            self.end = rest.len();
            if let Some(front) = self.buffer.get_mut(..rest.len()) {
                front.copy_from_slice(&rest);
            }
            while self.end < 2 {
                let free = self.buffer.get_mut(self.end..).unwrap_or_default();
                match self.input.read(free) {
                    Ok(0) => return Ok(false),
                    Ok(count) => self.end += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(JsonError::Io(error)),
                }
            }
        }
        let is_so = self.rest().starts_with(&expect);
        if is_so {
            self.position += 2;
        }
        Ok(is_so)
    }

    fn byte(&mut self) -> Result<u8, JsonError> {
        if self.position >= self.end && !self.refill()? {
            return Err(self.broken());
        }
        let byte = self.rest().first().copied().ok_or_else(|| self.broken())?;
        self.position += 1;
        Ok(byte)
    }
}
