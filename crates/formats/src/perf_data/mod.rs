//! perf's own recording, `perf.data`: of a file or of a pipe, plain or compressed, by perf or simpleperf.
//!
//! The input is read once, from front to back. A file has its events in front of the records and facts such as build
//! ids behind them; in a pipe, both are records. Stacks stay addresses in files: whoever has the files gives them names.
//!
//! Source: `tools/perf/Documentation/perf.data-file-format.txt` of Linux and `perf_event_open(2)`.
//!
//! Not read: processor traces (`AUXTRACE`), branch stacks as call stacks, directories of `perf record --threads`.

mod address_space;
mod attribute;
mod byte_order;
mod chain_cache;
mod event;
mod feature;
mod finish;
mod frames;
mod header;
mod layout;
mod machine;
mod queue;
mod recording;
mod records;
mod samples;
mod simpleperf;
mod source;

use self::attribute::Attribute;
use self::byte_order::ByteOrder;
use self::header::{FILE_SIZE, FileHeader, Header, Section};
use self::recording::Recording;
use self::records::Records;
use self::source::Source;
use crate::content::Content;
use crate::error::Error;
use crate::options::ReadOptions;
use crate::read::Read;
use crate::warning::{Place, WarningKind};

/// Most bytes in front of the records that are kept: events and their ids.
const LARGEST_FRONT: u64 = 256 << 20;

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    header::byte_order(head).is_some()
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut source = Source::new(content, 0);
    let head = source.peek(FILE_SIZE as usize)?;
    let order = header::byte_order(head).unwrap_or(ByteOrder::Little);
    let header = header::header(head, order);
    let mut recording = Recording::new(order, options.times);
    match header {
        Some(Header::Pipe) => {
            source.advance(16);
            Records::new(&mut recording, options.limits).read(&mut source, u64::MAX)?;
        }
        Some(Header::File(header)) => read_file(&mut source, &header, &mut recording, options)?,
        None => recording.warnings.add(WarningKind::BrokenTail, Place::Byte(0)),
    }
    recording.finish_records();
    Ok(finish::finish(recording, options))
}

fn read_file(
    source: &mut Source<'_>,
    header: &FileHeader,
    recording: &mut Recording,
    options: &ReadOptions,
) -> Result<(), Error> {
    let front = source.take(header.data.offset, LARGEST_FRONT.min(options.limits.bytes))?;
    let attributes = header.attributes;
    if attributes.offset.saturating_add(attributes.size) <= header.data.offset {
        read_events(&front, header, recording);
        return read_data(source, header, recording, options);
    }
    // perf does not write files in which the events come late; then there is no other way than to hold everything.
    let mut whole = front;
    whole.extend(source.take(u64::MAX, options.limits.bytes)?);
    read_events(&whole, header, recording);
    let start = usize::try_from(header.data.offset).unwrap_or(usize::MAX).min(whole.len());
    let mut rest = whole.get(start..).unwrap_or_default();
    read_data(&mut Source::new(&mut rest, start as u64), header, recording, options)
}

fn read_events(bytes: &[u8], header: &FileHeader, recording: &mut Recording) {
    let order = recording.order;
    let size = usize::try_from(header.attribute_size).unwrap_or(0).max(1);
    let entries = header.attributes.of(bytes, 0).unwrap_or_default();
    for entry in entries.chunks_exact(size) {
        match Attribute::read_entry(entry, order) {
            Some((attribute, ids)) => {
                let ids = ids.of(bytes, 0).unwrap_or_default();
                recording.events.add(attribute, ids.as_chunks().0.iter().map(|&id| order.u64(id)));
            }
            None => recording.warnings.add(WarningKind::BrokenMessage, Place::Byte(header.attributes.offset)),
        }
    }
}

fn read_data(
    source: &mut Source<'_>,
    header: &FileHeader,
    recording: &mut Recording,
    options: &ReadOptions,
) -> Result<(), Error> {
    let mut records = Records::new(recording, options.limits);
    if header.data.size == 0 {
        // The recorder was killed before it could say how much it wrote: there are records up to the end.
        return records.read(source, u64::MAX);
    }
    let end = header.data.offset.saturating_add(header.data.size);
    records.read(source, end)?;
    source.skip(end.saturating_sub(source.position()))?;
    if source.position() < end {
        return Ok(());
    }
    let tail = source.take(u64::MAX, options.limits.bytes)?;
    read_features(&tail, end, header, recording);
    Ok(())
}

/// Reads the features: a table of sections, one for each bit, and then the sections.
fn read_features(tail: &[u8], base: u64, header: &FileHeader, recording: &mut Recording) {
    let order = recording.order;
    let mut table = byte_order::Fields::new(tail, order);
    for feature in 0..256u32 {
        let word = header.features.get(feature as usize / 64).copied().unwrap_or(0);
        if word >> (feature % 64) & 1 == 0 {
            continue;
        }
        let section = Section::read(&mut table);
        let content = section.and_then(|section| section.of(tail, base));
        let is_read = content.and_then(|bytes| recording.features.add(feature, bytes, order)).is_some();
        if !is_read {
            recording.warnings.add(WarningKind::BrokenTail, Place::Byte(base));
        }
    }
}
