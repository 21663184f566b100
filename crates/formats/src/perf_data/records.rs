//! Bytes to records, plain and compressed.

use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

use super::layout::RECORD_HEADER;
use super::recording::{Recording, kind};
use super::source::Source;
use crate::error::Error;
use crate::options::Limits;
use crate::warning::{Place, WarningKind};

/// How many bytes are inflated at once.
const CHUNK: usize = 1 << 17;

/// Cuts a stream into records and hands them over.
pub(super) struct Records<'a> {
    recording: &'a mut Recording,
    limits: Limits,
    inflate: Option<Inflate>,
}

/// The one compressed stream that all compressed records are parts of.
struct Inflate {
    decoder: Decoder<'static>,
    output: Vec<u8>,
    /// The beginning of a record whose end has not come yet.
    pending: Vec<u8>,
    inflated: u64,
    is_broken: bool,
}

impl<'a> Records<'a> {
    pub(super) fn new(recording: &'a mut Recording, limits: Limits) -> Self {
        Self { recording, limits, inflate: None }
    }

    /// Reads records up to a place in the input, or to its end.
    pub(super) fn read(&mut self, source: &mut Source<'_>, end: u64) -> Result<(), Error> {
        while source.position() < end {
            let place = source.position();
            let order = self.recording.order;
            let header = source.peek(RECORD_HEADER)?;
            if header.is_empty() {
                break;
            }
            let fields = order.u32_at(header, 0).zip(order.u16_at(header, 6));
            let Some((kind, size)) = fields.filter(|&(_, size)| usize::from(size) >= RECORD_HEADER) else {
                self.recording.warnings.add(WarningKind::BrokenTail, Place::Byte(place));
                break;
            };
            let size = usize::from(size);
            let record = source.peek(size)?;
            if record.len() < size {
                self.recording.warnings.add(WarningKind::BrokenTail, Place::Byte(place));
                break;
            }
            // Data that a record announces and that is not part of it.
            let behind = match kind {
                kind::AUXTRACE => order.u64_at(record, RECORD_HEADER).unwrap_or(0),
                kind::HEADER_TRACING_DATA => {
                    u64::from(order.u32_at(record, RECORD_HEADER).unwrap_or(0)).next_multiple_of(8)
                }
                _ => 0,
            };
            match kind {
                kind::COMPRESSED => self.inflate(record.get(RECORD_HEADER..).unwrap_or_default(), place)?,
                kind::COMPRESSED2 => {
                    let length = order.u64_at(record, RECORD_HEADER).and_then(|length| usize::try_from(length).ok());
                    let data = record.get(RECORD_HEADER + 8..).unwrap_or_default();
                    let data = length.and_then(|length| data.get(..length)).unwrap_or(data);
                    self.inflate(data, place)?;
                }
                kind => self.recording.record(kind, record, place),
            }
            source.advance(size);
            source.skip(behind)?;
        }
        if let Some(inflate) = &self.inflate
            && !inflate.pending.is_empty()
        {
            self.recording.warnings.add(WarningKind::BrokenTail, Place::Byte(source.position()));
        }
        Ok(())
    }

    fn inflate(&mut self, data: &[u8], place: u64) -> Result<(), Error> {
        let Self { recording, limits, inflate } = self;
        let inflate = match inflate {
            Some(inflate) => inflate,
            None => inflate.insert(Inflate {
                decoder: Decoder::new().map_err(Error::reading)?,
                output: vec![0; CHUNK],
                pending: Vec::new(),
                inflated: 0,
                is_broken: false,
            }),
        };
        let mut input = InBuffer::around(data);
        while !inflate.is_broken {
            let mut output = OutBuffer::around(inflate.output.as_mut_slice());
            let result = inflate.decoder.run(&mut input, &mut output);
            let count = output.pos();
            inflate.inflated += count as u64;
            if inflate.inflated > limits.inflated {
                return Err(Error::TooLarge { limit: limits.inflated });
            }
            inflate.pending.extend_from_slice(inflate.output.get(..count).unwrap_or_default());
            if result.is_err() || !take_whole(&mut inflate.pending, recording, place) {
                recording.warnings.add(WarningKind::BrokenCompression, Place::Byte(place));
                inflate.is_broken = true;
                inflate.pending.clear();
            }
            // With room left in the output, everything is out.
            if input.pos() >= data.len() && count < CHUNK {
                break;
            }
        }
        Ok(())
    }
}

/// Takes the whole records at the beginning; `false` when what is there cannot be a record.
fn take_whole(bytes: &mut Vec<u8>, recording: &mut Recording, place: u64) -> bool {
    let order = recording.order;
    let mut start = 0;
    loop {
        let rest = bytes.get(start..).unwrap_or_default();
        let Some((kind, size)) = order.u32_at(rest, 0).zip(order.u16_at(rest, 6)) else { break };
        let size = usize::from(size);
        if size < RECORD_HEADER {
            return false;
        }
        let Some(record) = rest.get(..size) else { break };
        recording.record(kind, record, place);
        start += size;
    }
    bytes.drain(..start);
    true
}
