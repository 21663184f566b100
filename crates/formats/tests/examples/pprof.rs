//! A pprof protobuf.

use firesteel_formats::{Format, ReadOptions, pprof, read_profile};

use super::Example;

/// Samples stand behind the sample types and before everything that they refer to, as Go writes them.
pub(crate) fn example() -> Example {
    let folded = b"main;read;parse 3\nmain;read 1\nmain;write 2\n";
    let profile = read_profile("x", &mut &folded[..], &ReadOptions::default()).expect("a profile").profile;
    let bytes = pprof::write(&profile);
    let (mut head, mut body, mut tail) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = bytes.as_slice();
    // Every field of a profile that this writer makes has a one-byte key; messages are shorter than 128 bytes.
    while let [key, next, ..] = *rest {
        let length = if key & 7 == 2 { 2 + usize::from(next) } else { 2 };
        let (field, behind) = rest.split_at(length);
        match key >> 3 {
            1 => head.extend_from_slice(field),
            2 => body.extend_from_slice(field),
            _ => tail.extend_from_slice(field),
        }
        rest = behind;
    }
    Example { format: Format::Pprof, head, body, tail }
}
