//! Decoded tables to a profile, or to folded stacks without one.

use std::io::Read as _;

use firesteel_model::{FrameId, LabelSetId, Profile, Sample, SampleList};

use super::decode::{Decoded, Decoder};
use super::table_builder::TableBuilder;
use crate::compression::{Compression, Inflate};
use crate::content::Content;
use crate::error::{Error, PprofProblem};
use crate::folded::{self, FoldOptions, FrameLabels, LabelId, StackList};
use crate::format::Format;
use crate::options::Limits;
use crate::read::Read;
use crate::warning::Warnings;

/// How much is inflated at once.
const PIECE: usize = 1 << 16;

/// Reads a pprof protobuf, plain or compressed, that is in memory.
///
/// # Errors
///
/// When the data is empty, inflates to more than the limit, or is broken before a sample type.
pub fn read_bytes(data: &[u8], limits: Limits) -> Result<Read, Error> {
    if data.is_empty() {
        return Err(Error::Empty);
    }
    let mut decoder = Decoder::default();
    let mut outer = Warnings::default();
    match Compression::of(data) {
        None => decoder.feed(data),
        Some(compression) => {
            let limits = Limits { inflated: limits.inflated.min(limits.bytes), ..limits };
            let mut stream = Inflate::new(compression, data, limits)?;
            let mut piece = vec![0u8; PIECE];
            loop {
                match stream.read(&mut piece) {
                    Ok(0) => break,
                    Ok(count) => decoder.feed(piece.get(..count).unwrap_or(&[])),
                    Err(source) => return Err(stream.explain(Error::reading(source))),
                }
            }
            stream.finish(&mut outer)?;
        }
    }
    let mut read = profile_of(decoder.finish(), Format::Pprof)?;
    for warning in outer.iter() {
        read.warnings.add_many(warning.kind, warning.count, warning.places.first().copied());
    }
    Ok(read)
}

/// Reads a stream.
pub(crate) fn read(content: &mut Content<'_>) -> Result<Read, Error> {
    profile_of(decode(content, Decoder::default())?, Format::Pprof)
}

/// Folds a stream. Gives what reading, rewriting and then writing folded text gives, but without a tree of stacks where
/// there is nothing to rewrite: no address without a name. Labels do not become frames.
pub(crate) fn fold(
    content: &mut Content<'_>,
    options: &FoldOptions,
    rewrite: &mut dyn FnMut(Profile) -> Profile,
    output: &mut dyn std::io::Write,
) -> Result<(u64, Warnings), Error> {
    let decoded = usable(decode(content, Decoder::of_stacks())?)?;
    let samples = &decoded.tables.samples;
    let mut builder = TableBuilder::build(&decoded.tables, decoded.warnings);
    if builder.has_unnamed_addresses() {
        let read = read_from(builder, Format::Pprof).or_no_samples()?;
        return Ok((folded::write(&rewrite(read.profile), options, &mut &mut *output)?, read.warnings));
    }
    let column = options.column.resolve(&builder.profile)?;
    // All frames are labelled before the stacks are looked at, also the one that may be needed for what is not there.
    builder.missing_location();
    let mut list = StackList::default();
    let mut labels = FrameLabels::new(&builder.profile, options);
    let labels: Vec<LabelId> = builder.frames.iter().map(|&frame| labels.of(frame, &mut list)).collect();
    let label = |position: u32| labels.get(position as usize).map_or(0, |label| label.number());
    let names = builder.names(u32::MAX, label);
    let mut is_empty = true;
    for row in 0..samples.len() {
        let Some(view) = samples.row(row) else { continue };
        let is_added = list.add(samples.value(row, column), |frames| builder.push_frames(&view, frames, &names));
        is_empty &= !is_added;
    }
    if is_empty && builder.warnings.skipped_records() > 0 {
        return Err(Error::NoSamples { format: Format::Pprof, hint: builder.warnings.summary() });
    }
    Ok((list.write(0, output)?, builder.warnings))
}

/// Reads a stream for those who look at each stack once: the samples as a list, without labels, and a profile of
/// everything else. Where addresses are to be named, as [`read`].
pub(crate) fn read_samples(content: &mut Content<'_>) -> Result<(Read, Option<SampleList>), Error> {
    let decoded = usable(decode(content, Decoder::of_stacks())?)?;
    let samples = &decoded.tables.samples;
    let width = decoded.tables.sample_types.len();
    let mut builder = TableBuilder::build(&decoded.tables, decoded.warnings);
    if builder.has_unnamed_addresses() {
        return Ok((read_from(builder, Format::Pprof), None));
    }
    builder.missing_location();
    let frames = std::mem::take(&mut builder.frames);
    let frame = |position: u32| frames.get(position as usize).copied().unwrap_or(FrameId::UNKNOWN);
    let names = builder.names(FrameId::UNKNOWN, frame);
    let mut list = SampleList::new(width);
    for row in 0..samples.len() {
        let Some(view) = samples.row(row) else { continue };
        let values = (0..width).map(|column| samples.value(row, column));
        list.add(values, |all| builder.push_frames(&view, all, &names));
    }
    Ok((Read::new(builder.profile, builder.warnings, Format::Pprof), Some(list)))
}

fn decode(content: &mut Content<'_>, mut decoder: Decoder) -> Result<Decoded, Error> {
    content.each_chunk(|chunk| decoder.feed(chunk))?;
    Ok(decoder.finish())
}

/// The tables if there is something to show of them.
fn usable(decoded: Decoded) -> Result<Decoded, Error> {
    // Most writers put the names last: cut before them, nothing is left to show.
    let unnamed = decoded.broken.is_some() && decoded.tables.strings.len() <= 1;
    if decoded.tables.sample_types.is_empty() || unnamed {
        let (offset, problem) = decoded.broken.unwrap_or((decoded.length, PprofProblem::NoSampleType));
        return Err(Error::Pprof { offset: usize::try_from(offset).unwrap_or(usize::MAX), problem });
    }
    Ok(decoded)
}

/// The profile of decoded tables.
pub(crate) fn profile_of(decoded: Decoded, format: Format) -> Result<Read, Error> {
    let decoded = usable(decoded)?;
    Ok(read_from(TableBuilder::build(&decoded.tables, decoded.warnings), format))
}

/// Adds the samples to a profile that has everything else.
fn read_from(mut builder: TableBuilder<'_>, format: Format) -> Read {
    let samples = &builder.tables.samples;
    let width = builder.tables.sample_types.len();
    // Rows that can be decoded, and their frames, leaf first, as positions in the builder's table.
    let mut rows: Vec<u32> = Vec::with_capacity(samples.len());
    let mut frames: Vec<u32> = Vec::with_capacity(samples.location_bytes());
    let mut ends: Vec<usize> = Vec::with_capacity(samples.len());
    let names = builder.names(u32::MAX, |position| position);
    for row in 0..samples.len() {
        let Some(view) = samples.row(row) else { continue };
        if builder.push_frames(&view, &mut frames, &names) {
            rows.push(row as u32);
            ends.push(frames.len());
        }
    }
    let stacks = builder.push_stacks(&frames, &ends);
    drop(frames);
    let mut values = vec![0i64; width];
    for (row, stack) in rows.into_iter().zip(stacks) {
        let row = row as usize;
        let labels = samples.row(row).and_then(|view| builder.label_sets.get(view.labels?)).copied();
        for (column, value) in values.iter_mut().enumerate() {
            *value = samples.value(row, column);
        }
        let labels = labels.unwrap_or(LabelSetId::EMPTY);
        builder.profile.add_sample(Sample { labels, ..Sample::new(stack, &values) });
    }
    Read::new(builder.profile, builder.warnings, format)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::ReadOptions;

    #[test]
    fn pieces_may_be_cut_anywhere() {
        let lines: Vec<String> =
            (0..300).map(|number| format!("main;f{};g{} {number}\n", number % 7, number % 13)).collect();
        let folded = lines.concat();
        let folded = crate::read_profile("x", &mut folded.as_bytes(), &ReadOptions::default()).unwrap().profile;
        let bytes = crate::pprof::write(&folded);
        let expect = crate::pprof::write(&read_bytes(&bytes, Limits::default()).unwrap().profile);
        for size in [1, 2, 3, 7, 64, 1000] {
            let mut decoder = Decoder::default();
            bytes.chunks(size).for_each(|piece| decoder.feed(piece));
            let read = profile_of(decoder.finish(), Format::Pprof).unwrap();
            assert!(read.warnings.is_empty(), "{size}: {:?}", read.warnings);
            assert_eq!(crate::pprof::write(&read.profile), expect, "{size}");
        }
    }

    #[test]
    fn a_field_that_claims_too_much_is_broken_at_once() {
        let mut decoder = Decoder::default();
        decoder.feed(&[0x0a, 0x04, 0x08, 0x01, 0x10, 0x02, 0x12, 0xff, 0xff, 0xff, 0xff, 0x7f]);
        decoder.feed(&[0; 100]);
        let decoded = decoder.finish();
        assert_eq!(decoded.broken, Some((6, PprofProblem::Length)));
    }
}
