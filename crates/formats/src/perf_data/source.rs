//! The recording as a stream of bytes with a place.

use std::io;

use crate::content::fill;
use crate::error::Error;

/// How many bytes are read at once. A record has at most 64 KiB.
const CHUNK: usize = 1 << 18;

/// A stream with a window, so that what is looked at lies in one piece.
pub(super) struct Source<'a> {
    input: &'a mut dyn io::Read,
    buffer: Vec<u8>,
    /// What of the buffer is not yet taken.
    start: usize,
    end: usize,
    /// Place of `start` in the input.
    position: u64,
}

impl<'a> Source<'a> {
    /// A stream whose next byte is at `position` of the input.
    pub(super) fn new(input: &'a mut dyn io::Read, position: u64) -> Self {
        Self { input, buffer: vec![0; CHUNK], start: 0, end: 0, position }
    }

    /// Place of the next byte in the input.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The next bytes, which stay; fewer at the end of the input. At most a few hundred kilobytes.
    pub(super) fn peek(&mut self, count: usize) -> Result<&[u8], Error> {
        let count = count.min(CHUNK);
        if self.end - self.start < count {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            self.end += fill(self.input, free)?;
        }
        let available = count.min(self.end - self.start);
        Ok(self.buffer.get(self.start..self.start + available).unwrap_or_default())
    }

    /// Goes past bytes that were looked at.
    pub(super) fn advance(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.position += count as u64;
    }

    /// Goes past bytes; stops at the end of the input.
    pub(super) fn skip(&mut self, mut count: u64) -> Result<(), Error> {
        while count > 0 {
            let step = usize::try_from(count).unwrap_or(usize::MAX).min(CHUNK);
            let available = self.peek(step)?.len();
            if available == 0 {
                break;
            }
            self.advance(available);
            count -= available as u64;
        }
        Ok(())
    }

    /// Takes bytes into memory, fewer at the end of the input.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] when more than `limit` are there to be taken.
    pub(super) fn take(&mut self, mut count: u64, limit: u64) -> Result<Vec<u8>, Error> {
        let mut taken = Vec::new();
        while count > 0 {
            let step = usize::try_from(count).unwrap_or(usize::MAX).min(CHUNK);
            let bytes = self.peek(step)?;
            if bytes.is_empty() {
                break;
            }
            if taken.len() as u64 + bytes.len() as u64 > limit {
                return Err(Error::TooLarge { limit });
            }
            taken.extend_from_slice(bytes);
            let length = bytes.len();
            self.advance(length);
            count -= length as u64;
        }
        Ok(taken)
    }
}
