//! Columns of numbers in the data block of a report.

use serde::Serialize;

/// Where a column is, in bytes from the end of the header and its padding.
#[derive(Serialize)]
pub(super) struct Column {
    #[serde(rename = "type")]
    element: &'static str,
    offset: usize,
    length: usize,
}

/// The columns written so far.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) bytes: Vec<u8>,
}

impl Columns {
    pub(super) fn push_u8(&mut self, values: &[u8]) -> Column {
        self.push("u8", 1, |bytes| bytes.extend_from_slice(values))
    }

    pub(super) fn push_u32(&mut self, values: impl Iterator<Item = u32>) -> Column {
        self.push("u32", 4, |bytes| values.for_each(|value| bytes.extend_from_slice(&value.to_le_bytes())))
    }

    pub(super) fn push_f64(&mut self, values: impl Iterator<Item = f64>) -> Column {
        self.push("f64", 8, |bytes| values.for_each(|value| bytes.extend_from_slice(&value.to_le_bytes())))
    }

    fn push(&mut self, element: &'static str, size: usize, write: impl FnOnce(&mut Vec<u8>)) -> Column {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let offset = self.bytes.len();
        write(&mut self.bytes);
        Column { element, offset, length: (self.bytes.len() - offset) / size }
    }
}
