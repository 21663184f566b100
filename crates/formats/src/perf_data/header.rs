//! The header of a file and of a pipe.
//!
//! Source: `tools/perf/Documentation/perf.data-file-format.txt` and `tools/perf/util/header.h` of Linux.

use super::byte_order::{ByteOrder, Fields};

/// The magic number, as the recording machine stores it.
const MAGIC: &[u8; 8] = b"PERFILE2";
/// The same of a machine with the other byte order.
const MAGIC_SWAPPED: &[u8; 8] = b"2ELIFREP";

/// The size that the header of a pipe says.
const PIPE_SIZE: u64 = 16;
/// The size of a file's header.
pub(super) const FILE_SIZE: u64 = 104;

/// A part of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) offset: u64,
    pub(super) size: u64,
}

impl Section {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { offset: fields.u64()?, size: fields.u64()? })
    }

    /// The part of some bytes, of which the first is at `base` in the file.
    pub(super) fn of(self, bytes: &[u8], base: u64) -> Option<&[u8]> {
        let start = usize::try_from(self.offset.checked_sub(base)?).ok()?;
        let length = usize::try_from(self.size).ok()?;
        bytes.get(start..start.checked_add(length)?)
    }
}

/// What the input begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// Records from here on, which say everything.
    Pipe,
    /// A file with sections.
    File(FileHeader),
}

/// The header of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileHeader {
    /// Size of an entry of `attributes`.
    pub(super) attribute_size: u64,
    /// The events.
    pub(super) attributes: Section,
    /// The records. Size zero when the recorder did not come to an orderly end.
    pub(super) data: Section,
    /// A bit for each feature whose section comes behind the records.
    pub(super) features: [u64; 4],
}

/// The byte order of content that begins so; `None` when it is no recording of perf.
pub(super) fn byte_order(head: &[u8]) -> Option<ByteOrder> {
    // The magic number is the text as a little-endian number, stored in the order of the machine.
    match head.first_chunk()? {
        MAGIC => Some(ByteOrder::Little),
        MAGIC_SWAPPED => Some(ByteOrder::Big),
        _ => None,
    }
}

/// Reads the header; `None` when the bytes end before.
pub(super) fn header(head: &[u8], order: ByteOrder) -> Option<Header> {
    let mut fields = Fields::new(head.get(8..)?, order);
    if fields.u64()? == PIPE_SIZE {
        return Some(Header::Pipe);
    }
    let attribute_size = fields.u64()?;
    let attributes = Section::read(&mut fields)?;
    let data = Section::read(&mut fields)?;
    // Event types, which perf stopped writing long ago.
    Section::read(&mut fields)?;
    let mut words = [0; 4];
    for word in &mut words {
        *word = fields.u64()?;
    }
    Some(Header::File(FileHeader { attribute_size, attributes, data, features: words }))
}
