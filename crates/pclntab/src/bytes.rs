//! Checked little-endian reads from byte slices.

use std::borrow::Cow;
use std::ffi::CStr;

pub(crate) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    let field = bytes.get(offset..)?.first_chunk()?;
    Some(u16::from_le_bytes(*field))
}

pub(crate) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    let field = bytes.get(offset..)?.first_chunk()?;
    Some(u32::from_le_bytes(*field))
}

pub(crate) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    let field = bytes.get(offset..)?.first_chunk()?;
    Some(u64::from_le_bytes(*field))
}

/// `length` bytes from `offset`, where both come from a file and may be anything.
pub(crate) fn slice_at(bytes: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = usize::try_from(offset.checked_add(length)?).ok()?;
    bytes.get(start..end)
}

/// Longest name or path read, in bytes. In a damaged table a terminator may be missing for megabytes.
const STRING_LIMIT: usize = 1 << 20;

/// The NUL-terminated string at `offset`, without its terminator. Invalid UTF-8 is replaced.
pub(crate) fn string_at(bytes: &[u8], offset: usize) -> Option<Cow<'_, str>> {
    let rest = bytes.get(offset..)?;
    let string = CStr::from_bytes_until_nul(rest.get(..STRING_LIMIT).unwrap_or(rest)).ok()?;
    // Checking first is faster than `to_string_lossy` for what is practically always ASCII.
    Some(string.to_str().map_or_else(|_| string.to_string_lossy(), Cow::Borrowed))
}

/// An unsigned LEB128 number of at most 64 bits and the bytes after it, as Go's `encoding/binary` writes it.
pub(crate) fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (index, &byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f).checked_shl(7 * index as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stop_at_the_end() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        assert_eq!(u16_at(&bytes, 7), Some(0x0908));
        assert_eq!(u16_at(&bytes, 8), None);
        assert_eq!(u32_at(&bytes, 5), Some(0x0908_0706));
        assert_eq!(u32_at(&bytes, usize::MAX), None);
        assert_eq!(u64_at(&bytes, 1), Some(0x0908_0706_0504_0302));
        assert_eq!(u64_at(&bytes, 2), None);
        assert_eq!(slice_at(&bytes, 8, 1), Some(&[9][..]));
        assert_eq!(slice_at(&bytes, 8, 2), None);
        assert_eq!(slice_at(&bytes, u64::MAX, 1), None);
    }

    #[test]
    fn strings_need_a_terminator() {
        assert_eq!(string_at(b"main.main\0x", 5).as_deref(), Some("main"));
        assert_eq!(string_at(b"main.main\0x", 10), None);
        let mut long = vec![b'x'; STRING_LIMIT + 1];
        long.push(0);
        assert_eq!(string_at(&long, 0), None);
        assert_eq!(string_at(&long, 2).map(|name| name.len()), Some(STRING_LIMIT - 1));
        assert_eq!(string_at(b"\xff!\0", 0).as_deref(), Some("\u{fffd}!"));
    }

    #[test]
    fn varints() {
        assert_eq!(varint(&[0x05, 9]), Some((5, &[9][..])));
        assert_eq!(varint(&[0xac, 0x02]), Some((300, &[][..])));
        assert_eq!(varint(&[0x80]), None);
        assert_eq!(varint(&[0x80; 20]), None);
    }
}
