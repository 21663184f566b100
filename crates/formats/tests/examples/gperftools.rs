//! A binary CPU profile.

use firesteel_formats::Format;

use super::Example;

/// Words of 64 bits, little-endian, as on most machines.
pub(crate) fn example() -> Example {
    let words = |words: &[u64]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let mut tail = words(&[0, 1, 0]);
    tail.extend(b"00400000-00fcb000 r-xp 00000000 9b:00 15564 /usr/bin/bench\n");
    tail.extend(b"7f7949a9d000-7f7949c52000 r-xp 00000000 9b:00 3466 /lib/libc-2.15.so\n");
    Example {
        format: Format::Gperftools,
        head: words(&[0, 3, 0, 10_000, 0]),
        body: words(&[2, 3, 0x40_1000, 0x40_2001, 0x40_3001, 1, 2, 0x7f79_49a9_e000, 0x40_3001]),
        tail,
    }
}
