//! Compressed input: recognised by its magic number, inflated up to a limit, read as far as it goes.

use std::fmt;
use std::io::{self, BufReader, Chain, Cursor, Read as _};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;

use crate::error::Error;
use crate::options::Limits;
use crate::warning::{Place, WarningKind, Warnings};
use crate::whole_gzip;

/// How many layers of compression are taken off.
pub(crate) const MAX_DEPTH: usize = 3;

/// How much is read from the compressed side at once.
const BUFFER: usize = 1 << 16;

/// The most memory that an xz block may ask for, in KiB: what `xz -9` needs for decompression is 65 MiB.
const XZ_MEMORY: u32 = 128 << 10;

/// The largest window of a zstd frame, as a power of two: 128 MiB, which is what `zstd --long` makes.
const ZSTD_WINDOW: u32 = 27;

/// A way of compressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// gzip (RFC 1952).
    Gzip,
    /// Zstandard (RFC 8878).
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
}

impl Compression {
    /// The compression of data by its first bytes; `None` when there is none that is known.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Bzip2),
            _ => None,
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
        })
    }
}

/// An input of which the beginning was read.
type Begun<R> = Chain<Cursor<Vec<u8>>, R>;

enum Decoder<R: io::Read> {
    /// What a small file inflated to.
    Whole(Cursor<Vec<u8>>),
    Gzip(Box<MultiGzDecoder<BufReader<Begun<R>>>>),
    Zstd(zstd::stream::read::Decoder<'static, BufReader<R>>),
    Xz(Box<XzReader<BufReader<R>>>),
    Bzip2(MultiBzDecoder<BufReader<R>>),
}

impl<R: io::Read> io::Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Whole(inflated) => {
                let count = inflated.read(buffer)?;
                if count == 0 {
                    // What is made of the content may need the room.
                    *inflated = Cursor::default();
                }
                Ok(count)
            }
            Self::Gzip(decoder) => decoder.read(buffer),
            Self::Zstd(decoder) => decoder.read(buffer),
            Self::Xz(decoder) => decoder.read(buffer),
            Self::Bzip2(decoder) => decoder.read(buffer),
        }
    }
}

/// A stream that inflates. Broken data ends the stream with a warning once something has come out.
pub(crate) struct Inflate<R: io::Read> {
    compression: Compression,
    decoder: Decoder<R>,
    produced: u64,
    limit: u64,
    failed: Option<(WarningKind, u64)>,
    over_limit: bool,
}

impl<R: io::Read> Inflate<R> {
    pub(crate) fn new(compression: Compression, mut input: R, limits: Limits) -> Result<Self, Error> {
        let buffered = |input| BufReader::with_capacity(BUFFER, input);
        let decoder = match compression {
            Compression::Gzip => match whole_gzip::inflate(&mut input, limits.inflated)? {
                Ok(inflated) => Decoder::Whole(Cursor::new(inflated)),
                Err(begun) => {
                    let input = Cursor::new(begun).chain(input);
                    Decoder::Gzip(Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, input))))
                }
            },
            Compression::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(buffered(input)).map_err(Error::reading)?;
                decoder.window_log_max(ZSTD_WINDOW).map_err(Error::reading)?;
                Decoder::Zstd(decoder)
            }
            Compression::Xz => Decoder::Xz(Box::new(XzReader::new_mem_limit(buffered(input), true, XZ_MEMORY))),
            Compression::Bzip2 => Decoder::Bzip2(MultiBzDecoder::new(buffered(input))),
        };
        Ok(Self { compression, decoder, produced: 0, limit: limits.inflated, failed: None, over_limit: false })
    }

    /// The error for what could not be made of the little that came out of broken data.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match (self.failed, error) {
            (Some((kind, at)), error) if !matches!(error, Error::Io { .. } | Error::TooLarge { .. }) => {
                let what =
                    if kind == WarningKind::TruncatedCompression { "it ends early" } else { "its content is damaged" };
                Error::Compression {
                    compression: self.compression,
                    reason: format!("{what}, {at} bytes came out of it"),
                }
            }
            (None, Error::Io { source, .. }) if is_about_content(&source) => {
                let reason = if is_early_end(&source) { "it ends early".to_owned() } else { source.to_string() };
                Error::Compression { compression: self.compression, reason }
            }
            (_, error) => error,
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
            Err(error) if self.produced > 0 && is_about_content(&error) => {
                let kind = if is_early_end(&error) {
                    WarningKind::TruncatedCompression
                } else {
                    WarningKind::BrokenCompression
                };
                self.failed = Some((kind, self.produced));
                Ok(0)
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether a decoder's error is about the data, not about getting it.
fn is_about_content(error: &io::Error) -> bool {
    // zstd says `Other` for everything that is wrong with the data; errors of the system carry their number.
    let is_decoders = error.raw_os_error().is_none() && matches!(error.kind(), io::ErrorKind::Other);
    is_early_end(error)
        || is_decoders
        || matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::OutOfMemory)
}

fn is_early_end(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
}
