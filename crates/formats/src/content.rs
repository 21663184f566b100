//! The content of an input, freed of compression, in the form that a reader wants it.

use std::io;

use crate::error::Error;

/// How many bytes are read at once: large enough to make the system call cheap, small enough to stay
/// in the processor's cache until the parser is through.
const CHUNK: usize = 1 << 17;

/// What chunks are aligned to. The kernel copies from pages, and was measured to take a tenth of the whole time of
/// folding longer where chunks begin some bytes into a page, as large allocations do.
const PAGE: usize = 1 << 12;

/// Longest line that is handed over.
const MAX_LINE: usize = 64 << 20;

/// The content of an input: the bytes that were looked at to recognise its format, and the rest.
///
/// Readers take it as chunks, as lines, or as [`io::Read`].
pub(crate) struct Content<'a> {
    head: Vec<u8>,
    /// How much of the head was read through [`io::Read`].
    taken: usize,
    rest: &'a mut dyn io::Read,
}

/// A line of text, without its end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Line<'a> {
    /// A line, without line feed and carriage return.
    Whole(&'a [u8]),
    /// A line that is longer than what is taken.
    TooLong,
}

impl<'a> Content<'a> {
    pub(crate) fn new(head: Vec<u8>, rest: &'a mut dyn io::Read) -> Self {
        Self { head, taken: 0, rest }
    }

    /// The first bytes, to tell dialects of a format.
    pub(crate) fn head(&self) -> &[u8] {
        self.head.get(self.taken..).unwrap_or(&[])
    }

    /// Hands the content over in chunks, cut anywhere.
    pub(crate) fn each_chunk(&mut self, mut take: impl FnMut(&[u8])) -> Result<(), Error> {
        let head = std::mem::take(&mut self.head);
        take(head.get(self.taken..).unwrap_or(&[]));
        let mut buffer = vec![0u8; CHUNK + PAGE];
        let start = buffer.as_ptr().align_offset(PAGE);
        let buffer = buffer.get_mut(start..start + CHUNK).unwrap_or_default();
        loop {
            match fill(self.rest, buffer)? {
                0 => return Ok(()),
                count => take(buffer.get(..count).unwrap_or(&[])),
            }
        }
    }

    /// Hands the content over line by line with the number of each line, counted from 1. The last line
    /// needs no line end.
    pub(crate) fn each_line(&mut self, mut take: impl FnMut(u64, Line<'_>)) -> Result<(), Error> {
        let mut number = 0;
        let mut pending: Vec<u8> = Vec::new();
        let mut is_skipping = false;
        self.each_chunk(|chunk| {
            let mut start = 0;
            for end in memchr::memchr_iter(b'\n', chunk) {
                let piece = chunk.get(start..end).unwrap_or(&[]);
                start = end + 1;
                number += 1;
                if is_skipping {
                    is_skipping = false;
                } else if pending.is_empty() {
                    take(number, Line::Whole(without_return(piece)));
                } else {
                    pending.extend_from_slice(piece);
                    take(number, Line::Whole(without_return(&pending)));
                    pending.clear();
                }
            }
            if is_skipping {
                return;
            }
            pending.extend_from_slice(chunk.get(start..).unwrap_or(&[]));
            if pending.len() > MAX_LINE {
                take(number + 1, Line::TooLong);
                pending = Vec::new();
                is_skipping = true;
            }
        })?;
        if !pending.is_empty() {
            take(number + 1, Line::Whole(without_return(&pending)));
        }
        Ok(())
    }
}

impl io::Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let head = self.head.get(self.taken..).unwrap_or(&[]);
        if head.is_empty() {
            return self.rest.read(buffer);
        }
        let count = head.len().min(buffer.len());
        if let (Some(free), Some(head)) = (buffer.get_mut(..count), head.get(..count)) {
            free.copy_from_slice(head);
        }
        self.taken += count;
        Ok(count)
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Fills the buffer as far as the input goes.
pub(crate) fn fill(input: &mut dyn io::Read, buffer: &mut [u8]) -> Result<usize, Error> {
    let mut filled = 0;
    while let Some(free) = buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
        match input.read(free) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::reading(error)),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(head: &str, rest: &str) -> Vec<(u64, String)> {
        let mut lines = Vec::new();
        let mut rest = rest.as_bytes();
        Content::new(head.as_bytes().to_vec(), &mut rest)
            .each_line(|number, line| match line {
                Line::Whole(line) => lines.push((number, String::from_utf8_lossy(line).into_owned())),
                Line::TooLong => lines.push((number, "too long".to_owned())),
            })
            .unwrap();
        lines
    }

    #[test]
    fn lines_do_not_depend_on_where_the_input_is_cut() {
        let text = "a\r\n\nbc\nd";
        let expect = [(1, "a"), (2, ""), (3, "bc"), (4, "d")].map(|(number, line)| (number, line.to_owned()));
        for cut in 0..=text.len() {
            let (head, rest) = text.split_at(cut);
            assert_eq!(lines(head, rest), expect, "cut at {cut}");
        }
        assert_eq!(lines("", ""), []);
        assert_eq!(lines("a\n", ""), [(1, "a".to_owned())]);
    }

    #[test]
    fn a_line_without_end_is_skipped_whole() {
        let long = format!("{}\nb", "x".repeat(MAX_LINE + 2 * CHUNK));
        assert_eq!(lines("a\n", &long), [(1, "a".to_owned()), (2, "too long".to_owned()), (3, "b".to_owned())]);
    }

    #[test]
    fn reading_continues_behind_what_was_looked_at() {
        let mut rest = &b"def"[..];
        let mut content = Content::new(b"abc".to_vec(), &mut rest);
        let mut two = [0u8; 2];
        io::Read::read_exact(&mut content, &mut two).unwrap();
        let mut rest = String::new();
        io::Read::read_to_string(&mut content, &mut rest).unwrap();
        assert_eq!(rest, "cdef");
    }
}
