//! The front door: any input to a profile.

use std::io;

use firesteel_model::{Profile, SampleList};

use crate::compression::{self, Compression, Inflate};
use crate::content::{Content, fill};
use crate::detect::detect;
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::pprof;
use crate::utf16::{Encoding, Transcode};
use crate::warning::Warnings;

/// How many bytes are looked at to recognise a format.
const HEAD: usize = 1 << 16;

/// How many bytes are looked at when they are one line: a stack of 100,000 frames is that long.
const MAX_HEAD: usize = 1 << 26;

/// What a reader made of an input.
#[derive(Clone, Debug)]
pub struct Read {
    /// The profile.
    pub profile: Profile,
    /// What was skipped or guessed.
    pub warnings: Warnings,
    /// The format that was read.
    pub format: Format,
}

impl Read {
    /// Puts the number of skipped records into the profile's losses, where every view shows it.
    pub(crate) fn new(mut profile: Profile, warnings: Warnings, format: Format) -> Self {
        let skipped = &mut profile.metadata.losses.skipped_records;
        *skipped = skipped.saturating_add(warnings.skipped_records());
        Self { profile, warnings, format }
    }

    /// An error when nothing but skipped records came out: a wrong format or a broken file.
    pub(crate) fn or_no_samples(self) -> Result<Self, Error> {
        let count = self.profile.sample_count();
        self.or_none(count)
    }

    fn or_none(self, samples: usize) -> Result<Self, Error> {
        if samples == 0 && self.warnings.skipped_records() > 0 {
            return Err(Error::NoSamples { format: self.format, hint: self.warnings.summary() });
        }
        Ok(self)
    }
}

/// Reads a profile in any known format, plain or compressed, recognised from its content.
///
/// `name` is only used in errors. Input is read as a stream, in memory that grows with the number of distinct stacks,
/// save formats that have to be in memory as a whole, up to [`Limits::bytes`](crate::Limits::bytes).
///
/// # Errors
///
/// When the input is empty, in no known format, larger than the limit, broken from the start, or
/// when reading fails. All carry `name`.
pub fn read_profile(name: &str, input: &mut dyn io::Read, options: &ReadOptions) -> Result<Read, Error> {
    let opened = open(input, options, &mut |format, content| read_as(format, content, options));
    let (mut read, outer) = opened.map_err(|error| error.of_input(name))?;
    read.warnings.extend(&outer);
    Ok(read)
}

/// Reads a profile for those who look at each stack once, such as a table. Where the format makes that cheaper, its
/// samples come as a list, and the profile has everything but stacks, samples and their labels.
///
/// # Errors
///
/// As [`read_profile`].
pub fn read_samples(
    name: &str,
    input: &mut dyn io::Read,
    options: &ReadOptions,
) -> Result<(Read, Option<SampleList>), Error> {
    let mut consume = |format: Format, content: &mut Content<'_>| {
        if format != Format::Pprof {
            return Ok((read_as(format, content, options)?, None));
        }
        let (read, samples) = pprof::read_samples(content)?;
        let count = samples.as_ref().map_or(read.profile.sample_count(), SampleList::len);
        Ok((read.or_none(count)?, samples))
    };
    let opened = open(input, options, &mut consume);
    let ((mut read, samples), outer) = opened.map_err(|error| error.of_input(name))?;
    read.warnings.extend(&outer);
    Ok((read, samples))
}

/// Reads content whose format is known.
pub(crate) fn read_as(format: Format, content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    format.read(content, options)?.or_no_samples()
}

/// What reads the content of an input whose format was recognised.
type Consume<'a, T> = dyn FnMut(Format, &mut Content<'_>) -> Result<T, Error> + 'a;

/// Takes compression and UTF-16 off, recognises the format and lets `consume` read. Returns what it made, and warnings
/// about the layers.
pub(crate) fn open<T>(
    input: &mut dyn io::Read,
    options: &ReadOptions,
    consume: &mut Consume<'_, T>,
) -> Result<(T, Warnings), Error> {
    let mut warnings = Warnings::default();
    let made = open_layer(input, options, compression::MAX_DEPTH, &mut warnings, consume)?;
    Ok((made, warnings))
}

fn open_layer<T>(
    input: &mut dyn io::Read,
    options: &ReadOptions,
    layers_left: usize,
    warnings: &mut Warnings,
    consume: &mut Consume<'_, T>,
) -> Result<T, Error> {
    let mut head = vec![0u8; HEAD];
    let count = fill(input, &mut head)?;
    head.truncate(count);
    if head.is_empty() {
        return Err(Error::Empty);
    }
    if let Some(compression) = Compression::of(&head) {
        if layers_left == 0 {
            return Err(Error::CompressionDepth { depth: compression::MAX_DEPTH });
        }
        let mut inflate = Inflate::new(compression, io::Read::chain(head.as_slice(), input), options.limits)?;
        let result = open_layer(&mut inflate, options, layers_left - 1, warnings, consume);
        // A passed limit explains whatever else went wrong.
        inflate.finish(warnings)?;
        return result.map_err(|error| inflate.explain(error));
    }
    match Encoding::of(&head) {
        Some((Encoding::Utf8, mark)) => {
            head.drain(..mark);
        }
        Some((encoding, mark)) if layers_left > 0 => {
            head.drain(..mark);
            let mut transcode = Transcode::new(io::Read::chain(head.as_slice(), input), encoding);
            let result = open_layer(&mut transcode, options, 0, warnings, consume);
            transcode.finish(warnings);
            return result;
        }
        _ => {}
    }
    let format = match options.format {
        Some(format) => format,
        None => detect_longer(&mut head, input)?,
    };
    consume(format, &mut Content::new(head, input))
}

/// Recognises the format; where not even the first line fits into the head, by more of it.
fn detect_longer(head: &mut Vec<u8>, input: &mut dyn io::Read) -> Result<Format, Error> {
    loop {
        let found = detect(head);
        let length = head.len();
        let is_cut = length >= HEAD && memchr::memchr(b'\n', head).is_none();
        if found.is_ok() || !is_cut || length >= MAX_HEAD {
            return found;
        }
        head.resize(length * 4, 0);
        let more = fill(input, head.get_mut(length..).unwrap_or_default())?;
        head.truncate(length + more);
        if more == 0 {
            return found;
        }
    }
}
