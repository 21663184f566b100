//! Gzip: recognised by its magic number, inflated up to a limit, read as far as it goes.

use std::io::{self, BufReader, Read as _};

use flate2::bufread::MultiGzDecoder;

use crate::error::Error;
use crate::options::Limits;
use crate::warning::{Place, WarningKind, Warnings};

/// The first two bytes of gzip data (RFC 1952, 2.3.1).
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// How many layers of gzip are taken off.
pub(crate) const MAX_DEPTH: usize = 3;

/// Whether the data is gzip.
pub(crate) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&MAGIC)
}

/// A stream that inflates. Broken data ends the stream with a warning once something has come out.
pub(crate) struct Inflate<R> {
    decoder: MultiGzDecoder<BufReader<R>>,
    produced: u64,
    limit: u64,
    failed: Option<(WarningKind, u64)>,
    over_limit: bool,
}

impl<R: io::Read> Inflate<R> {
    pub(crate) fn new(input: R, limits: Limits) -> Self {
        let buffered = BufReader::with_capacity(1 << 16, input);
        Self {
            decoder: MultiGzDecoder::new(buffered),
            produced: 0,
            limit: limits.bytes,
            failed: None,
            over_limit: false,
        }
    }

    /// The error for what could not be made of the little that came out of broken data.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match (self.failed, &error) {
            (_, Error::Io { .. } | Error::TooLarge { .. }) | (None, _) => error,
            (Some((kind, at)), _) => {
                let what = if kind == WarningKind::TruncatedGzip { "it ends early" } else { "its content is damaged" };
                Error::Gzip { reason: format!("{what}, {at} bytes came out of it") }
            }
        }
    }

    /// The warnings about what was read so far, or the error that the limit was passed.
    pub(crate) fn finish(&self, warnings: &mut Warnings) -> Result<(), Error> {
        if self.over_limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        if let Some((kind, at)) = self.failed {
            warnings.add(kind, Place::Byte(at));
        }
        Ok(())
    }
}

impl<R: io::Read> io::Read for Inflate<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed.is_some() || self.over_limit {
            return Ok(0);
        }
        match self.decoder.read(buffer) {
            Ok(count) => {
                self.produced = self.produced.saturating_add(count as u64);
                if self.produced > self.limit {
                    self.over_limit = true;
                    return Ok(0);
                }
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) if self.produced > 0 => {
                let kind = match error.kind() {
                    io::ErrorKind::UnexpectedEof => WarningKind::TruncatedGzip,
                    io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => WarningKind::BrokenGzip,
                    _ => return Err(error),
                };
                self.failed = Some((kind, self.produced));
                Ok(0)
            }
            Err(error) => Err(error),
        }
    }
}

/// Inflates data that is in memory; data that is not gzip comes back as it is.
pub(crate) fn inflate_all(data: &[u8], limits: Limits, warnings: &mut Warnings) -> Result<Option<Vec<u8>>, Error> {
    if !is_gzip(data) {
        return Ok(None);
    }
    let mut stream = Inflate::new(data, limits);
    let mut inflated = Vec::new();
    stream.read_to_end(&mut inflated).map_err(broken)?;
    stream.finish(warnings)?;
    Ok(Some(inflated))
}

/// The error for gzip data of which nothing came out.
pub(crate) fn broken(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::Gzip { reason: "it ends early".to_owned() },
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Error::Gzip { reason: error.to_string() },
        _ => Error::reading(error),
    }
}
