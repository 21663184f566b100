//! UTF-16 text as UTF-8, as a stream. Windows tools write it, with a mark in front.

use std::io;

use crate::warning::{Place, WarningKind, Warnings};

/// How much is read at once.
const BUFFER: usize = 1 << 16;

/// What stands for text that is none.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// How text is encoded, by the mark at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8 with a mark, which is not part of the text.
    Utf8,
    /// UTF-16, the low byte of a unit first.
    Utf16Little,
    /// UTF-16, the high byte of a unit first.
    Utf16Big,
}

impl Encoding {
    /// The encoding of data that begins with a mark (Unicode 23.8), and how long the mark is.
    pub(crate) fn of(head: &[u8]) -> Option<(Self, usize)> {
        match head {
            [0xef, 0xbb, 0xbf, ..] => Some((Self::Utf8, 3)),
            [0xff, 0xfe, ..] => Some((Self::Utf16Little, 2)),
            [0xfe, 0xff, ..] => Some((Self::Utf16Big, 2)),
            _ => None,
        }
    }
}

/// UTF-16 that comes out as UTF-8. Half a surrogate pair is replaced and counted.
pub(crate) struct Transcode<R> {
    input: R,
    unit: fn([u8; 2]) -> u16,
    raw: Vec<u8>,
    /// The first half of a pair whose second has not come yet.
    half: Option<u16>,
    text: Vec<u8>,
    /// How much of the text was handed over.
    taken: usize,
    is_over: bool,
    replaced: u64,
}

impl<R: io::Read> Transcode<R> {
    /// Takes input behind its mark.
    pub(crate) fn new(input: R, encoding: Encoding) -> Self {
        let unit = if encoding == Encoding::Utf16Big { u16::from_be_bytes } else { u16::from_le_bytes };
        Self { input, unit, raw: Vec::new(), half: None, text: Vec::new(), taken: 0, is_over: false, replaced: 0 }
    }

    /// Counts what was replaced.
    pub(crate) fn finish(&self, warnings: &mut Warnings) {
        warnings.add_many(WarningKind::InvalidUtf8, self.replaced, None::<Place>);
    }

    fn push(&mut self, character: char) {
        self.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn replace(&mut self) {
        self.replaced += 1;
        self.push(REPLACEMENT);
    }

    fn push_unit(&mut self, unit: u16) {
        if let Some(high) = self.half.take() {
            if let Some(Ok(character)) = char::decode_utf16([high, unit]).next() {
                self.push(character);
                return;
            }
            self.replace();
        }
        match unit {
            0xd800..=0xdbff => self.half = Some(unit),
            _ => match char::from_u32(u32::from(unit)) {
                Some(character) => self.push(character),
                None => self.replace(),
            },
        }
    }

    /// Transcodes the next piece of the input.
    fn more(&mut self) -> io::Result<()> {
        let left = self.raw.len();
        self.raw.resize(left + BUFFER, 0);
        let count = self.input.read(self.raw.get_mut(left..).unwrap_or_default());
        self.raw.truncate(left + count.as_ref().map_or(0, |&count| count));
        let count = count?;
        let raw = std::mem::take(&mut self.raw);
        let (units, odd) = raw.as_chunks::<2>();
        for unit in units {
            self.push_unit((self.unit)(*unit));
        }
        self.raw.extend_from_slice(odd);
        if count == 0 {
            self.is_over = true;
            if self.half.take().is_some() || !self.raw.is_empty() {
                self.replace();
            }
        }
        Ok(())
    }
}

impl<R: io::Read> io::Read for Transcode<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.text.len() && !self.is_over {
            self.text.clear();
            self.taken = 0;
            self.more()?;
        }
        let rest = self.text.get(self.taken..).unwrap_or(&[]);
        let count = rest.len().min(buffer.len());
        if let (Some(free), Some(rest)) = (buffer.get_mut(..count), rest.get(..count)) {
            free.copy_from_slice(rest);
        }
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    /// Reads in pieces of any size.
    struct Pieces<'a>(&'a [u8], usize);

    impl io::Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            let (piece, rest) = self.0.split_at(count);
            buffer[..count].copy_from_slice(piece);
            self.0 = rest;
            Ok(count)
        }
    }

    #[test]
    fn every_character_comes_out_wherever_the_input_is_cut() {
        let check = |units: &[u16], expect: &str, replaced: u64| {
            for size in 1..6 {
                let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
                let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
                for (bytes, encoding) in [(little, Encoding::Utf16Little), (big, Encoding::Utf16Big)] {
                    let mut text = String::new();
                    let mut transcode = Transcode::new(Pieces(&bytes, size), encoding);
                    transcode.read_to_string(&mut text).unwrap();
                    assert_eq!((text.as_str(), transcode.replaced), (expect, replaced), "{units:x?} {encoding:?}");
                }
            }
        };
        let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
        check(&units("main;größe 5\r\n漢字;😀 7\n"), "main;größe 5\r\n漢字;😀 7\n", 0);
        check(&[0xd800, 0x61], "\u{fffd}a", 1);
        check(&[0xdc00, 0x61], "\u{fffd}a", 1);
        check(&[0xd83d, 0xd83d, 0xde00], "\u{fffd}😀", 1);
        check(&[0x61, 0xd83d], "a\u{fffd}", 1);
        check(&[], "", 0);
        let mut text = String::new();
        let mut transcode = Transcode::new(&b"a\0b"[..], Encoding::Utf16Little);
        transcode.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), transcode.replaced), ("a\u{fffd}", 1));
    }

    #[test]
    fn marks_are_recognised() {
        assert_eq!(Encoding::of(b"\xef\xbb\xbfa"), Some((Encoding::Utf8, 3)));
        assert_eq!(Encoding::of(b"\xff\xfea\0"), Some((Encoding::Utf16Little, 2)));
        assert_eq!(Encoding::of(b"\xfe\xff\0a"), Some((Encoding::Utf16Big, 2)));
        assert_eq!(Encoding::of(b"a"), None);
    }
}
