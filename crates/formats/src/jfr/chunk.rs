//! A chunk: its header, its types, its constants and its events.

use super::metadata::Classes;
use super::pools::Pools;
use super::value::Fields;

/// Length of a chunk's header.
pub(super) const HEADER: usize = 68;

/// The number of metadata events, which describe types.
const METADATA: i64 = 0;
/// The number of checkpoint events, which hold constants.
const CHECKPOINT: i64 = 1;

/// What stands at the beginning of a chunk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    /// Bytes of the chunk, the header included.
    pub(super) size: u64,
    metadata: u64,
    /// Since 1970, in nanoseconds.
    pub(super) start: u64,
    /// In nanoseconds.
    pub(super) duration: u64,
    start_ticks: u64,
    ticks_per_second: u64,
    /// Whether numbers are written with as few bytes as they need; all known writers do.
    is_compressed: bool,
}

impl Header {
    /// Reads a header of version 2; `None` when it is none.
    pub(super) fn parse(data: &[u8]) -> Option<Self> {
        let word = |at: usize| data.get(at..at + 8)?.try_into().ok().map(u64::from_be_bytes);
        let is_known = data.starts_with(super::MAGIC) && data.get(4..6)? == [0, 2];
        is_known.then_some(())?;
        Some(Self {
            size: word(8)?,
            metadata: word(24)?,
            start: word(32)?,
            duration: word(40)?,
            start_ticks: word(48)?,
            ticks_per_second: word(56)?,
            is_compressed: data.get(67)? & 1 == 1,
        })
        .filter(|header| header.size >= HEADER as u64)
    }

    /// A time in ticks as nanoseconds since the beginning of the chunk.
    pub(super) fn nanoseconds(&self, ticks: i64) -> u64 {
        let ticks = u64::try_from(ticks).unwrap_or(0).saturating_sub(self.start_ticks);
        self.duration_nanoseconds(ticks)
    }

    /// A number of ticks as nanoseconds.
    pub(super) fn duration_nanoseconds(&self, ticks: u64) -> u64 {
        let nanoseconds = u128::from(ticks) * 1_000_000_000 / u128::from(self.ticks_per_second.max(1));
        u64::try_from(nanoseconds).unwrap_or(u64::MAX)
    }
}

/// A chunk whose types and constants are known.
pub(super) struct Chunk<'a> {
    data: &'a [u8],
    pub(super) header: Header,
    pub(super) classes: Classes,
    pub(super) pools: Pools<'a>,
}

/// An event: its type, its fields still coded.
pub(super) struct EventData<'a> {
    pub(super) class: i64,
    pub(super) fields: Fields<'a>,
    /// Where it is in the chunk.
    pub(super) offset: usize,
}

impl<'a> Chunk<'a> {
    /// Reads types and constants. `None` when the types cannot be read, without which nothing can.
    pub(super) fn open(data: &'a [u8], header: &Header) -> Option<Self> {
        if !header.is_compressed {
            return None;
        }
        let metadata = usize::try_from(header.metadata).ok()?;
        let mut fields = Fields::new(data.get(metadata..)?);
        fields.number()?;
        (fields.number()? == METADATA).then_some(())?;
        let classes = Classes::read(&mut fields)?;
        let mut chunk = Self { data, header: *header, classes, pools: Pools::default() };
        let mut pools = Pools::default();
        for mut event in chunk.events().filter(|event| event.class == CHECKPOINT) {
            // What was read of a broken checkpoint is kept.
            let _ = pools.read(&mut event.fields, &chunk.classes);
        }
        chunk.pools = pools;
        Some(chunk)
    }

    /// All events in the order of the file, as far as they can be told apart.
    pub(super) fn events(&self) -> impl Iterator<Item = EventData<'a>> {
        let data = self.data;
        let mut offset = HEADER;
        std::iter::from_fn(move || {
            let rest = data.get(offset..)?;
            let mut fields = Fields::new(rest);
            let size = usize::try_from(fields.number()?).ok().filter(|&size| size > 0)?;
            // The size counts itself.
            let mut fields = Fields::new(rest.get(..size)?);
            fields.number()?;
            let class = fields.number()?;
            let event = EventData { class, fields, offset };
            offset += size;
            Some(event)
        })
    }
}
