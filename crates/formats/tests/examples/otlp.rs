//! An input in this format: OTLP profiles.

use firesteel_formats::{Format, ReadOptions, otlp, read_profile};

use super::Example;

/// Resources come first and the dictionary last, as protobuf libraries write them.
pub(crate) fn example() -> Example {
    let folded = b"main;read;parse 3\nmain;read 1\nmain;write 2\n";
    let profile = read_profile("x", &mut &folded[..], &ReadOptions::default()).expect("a profile").profile;
    let mut bytes = Vec::new();
    otlp::write(&profile, &mut bytes).expect("memory takes everything");
    // One resource of less than 128 bytes.
    let [0x0a, length, ..] = *bytes.as_slice() else { panic!("one resource") };
    let tail = bytes.split_off(2 + usize::from(length));
    Example { format: Format::Otlp, head: Vec::new(), body: bytes, tail }
}
