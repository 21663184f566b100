//! The outer layer of a trace: batches of one thread's events.

use std::io::{self, BufRead};

/// A batch begins with this.
const EVENT_BATCH: u8 = 1;
/// A batch in a format of its own begins with this.
const EXPERIMENTAL_BATCH: u8 = 49;
/// Ends a generation, since Go 1.26.
const END_OF_GENERATION: u8 = 52;

/// The largest batch that the runtime writes (`tracev2.MaxBatchSize`).
const MAX_SIZE: u64 = 64 << 10;

/// A batch, not decoded.
#[derive(Debug)]
pub(super) struct Batch {
    /// The generation that its ids belong to.
    pub(super) generation: u64,
    /// The thread (M) that wrote it.
    pub(super) thread: u64,
    /// The time that its first event counts from.
    pub(super) time: u64,
    /// Whether it belongs to an experiment, in whose format it is.
    pub(super) is_experimental: bool,
    /// Its events.
    pub(super) data: Vec<u8>,
    /// Where in the trace its events begin.
    pub(super) offset: u64,
}

/// What comes next in a trace.
#[derive(Debug)]
pub(super) enum NextBatch {
    Batch(Batch),
    EndOfGeneration,
    /// The end of the trace.
    End,
    /// The trace is cut or broken at this byte.
    Broken(u64),
    /// The input cannot be read.
    Failed(io::Error),
}

/// Reads batches one after another.
pub(super) struct BatchReader<R> {
    input: R,
    offset: u64,
}

impl<R: BufRead> BatchReader<R> {
    /// A reader of an input of which `offset` bytes were read.
    pub(super) fn new(input: R, offset: u64) -> Self {
        Self { input, offset }
    }

    pub(super) fn next(&mut self) -> NextBatch {
        let start = self.offset;
        match self.input.fill_buf() {
            Ok([]) => return NextBatch::End,
            Ok(_) => {}
            Err(error) => return NextBatch::Failed(error),
        }
        match self.batch() {
            Ok(Some(batch)) => NextBatch::Batch(batch),
            Ok(None) => NextBatch::EndOfGeneration,
            Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData) => {
                NextBatch::Broken(start)
            }
            Err(error) => NextBatch::Failed(error),
        }
    }

    /// A batch; `None` for the end of a generation.
    fn batch(&mut self) -> io::Result<Option<Batch>> {
        let is_experimental = match self.byte()? {
            EVENT_BATCH => false,
            EXPERIMENTAL_BATCH => {
                self.byte()?;
                true
            }
            END_OF_GENERATION => return Ok(None),
            _ => return Err(broken()),
        };
        let (generation, thread, time, size) = (self.number()?, self.number()?, self.number()?, self.number()?);
        if size > MAX_SIZE {
            return Err(broken());
        }
        let mut data = vec![0; size as usize];
        let offset = self.offset;
        self.input.read_exact(&mut data)?;
        self.offset += size;
        Ok(Some(Batch { generation, thread, time, is_experimental, data, offset }))
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.input.read_exact(&mut byte)?;
        self.offset += 1;
        Ok(byte[0])
    }

    /// A number in groups of seven bits, the lowest first (`encoding/binary` of Go: uvarint).
    fn number(&mut self) -> io::Result<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(broken())
    }
}

fn broken() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// Takes numbers, bytes and texts from the front of a batch. `None` where it ends too early.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(text)
    }
}
