//! Small gzip files, inflated in one piece, which takes half the time of inflating them as a stream.

use std::io::{self, Read};

use libdeflater::Decompressor;
use memchr::memmem;

use crate::error::Error;

/// Most bytes of a file that is inflated in one piece. Profiles are mostly smaller.
const MAX_COMPRESSED: u64 = 2 << 20;

/// Most bytes that it may inflate to.
const MAX_INFLATED: usize = 16 << 20;

/// How a member begins: magic number and the only method there is (RFC 1952, section 2.3).
const MEMBER: [u8; 3] = [0x1f, 0x8b, 8];

/// Inflates what is left of an input if it is one gzip member, small and unharmed. Otherwise gives back what was read
/// of it.
pub(crate) fn inflate(input: &mut dyn io::Read, limit: u64) -> Result<Result<Vec<u8>, Vec<u8>>, Error> {
    let mut data = Vec::new();
    input.take(MAX_COMPRESSED).read_to_end(&mut data).map_err(Error::reading)?;
    if (data.len() as u64) < MAX_COMPRESSED
        && let Some(inflated) = inflate_member(&data, limit)
    {
        return Ok(Ok(inflated));
    }
    Ok(Err(data))
}

fn inflate_member(data: &[u8], limit: u64) -> Option<Vec<u8>> {
    // The decompressor stops behind the first member, and does not say where that was.
    if memmem::find(data.get(1..)?, &MEMBER).is_some() {
        return None;
    }
    let size = usize::try_from(u32::from_le_bytes(*data.last_chunk()?)).ok()?;
    if size > MAX_INFLATED || size as u64 > limit {
        return None;
    }
    let mut inflated = vec![0u8; size];
    let count = Decompressor::new().gzip_decompress(data, &mut inflated).ok()?;
    // Or else there is something behind the member.
    (count == size).then_some(inflated)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn only_one_whole_member_is_inflated() {
        let member = gzip(b"main;a 5\n");
        let check = |data: &[u8], limit: u64, expect: Option<&[u8]>| {
            let result = inflate(&mut &*data, limit).unwrap();
            assert_eq!(result, expect.map(<[u8]>::to_vec).ok_or_else(|| data.to_vec()));
        };
        check(&member, 100, Some(b"main;a 5\n"));
        check(&member, 8, None);
        check(&[&member[..], &member].concat(), 100, None);
        check(&[&member[..], b"\0\0\0\0"].concat(), 100, None);
        check(&member[..member.len() - 1], 100, None);
        let damaged: Vec<u8> = member.iter().map(|&byte| if byte == member[12] { !byte } else { byte }).collect();
        check(&damaged, 100, None);
        check(b"", 100, None);
        check(&gzip(&vec![b'a'; MAX_INFLATED + 1]), u64::MAX, None);
    }
}
