//! Folded text: no bytes panic, cuts do not matter, writing and reading again changes nothing.
#![no_main]

use firesteel_formats::folded::{self, FoldedOptions, FoldedReader};
use firesteel_formats::{FoldOptions, Read};
use libfuzzer_sys::fuzz_target;

fn read(pieces: &[&[u8]]) -> Read {
    let mut reader = FoldedReader::new(FoldedOptions::default());
    for piece in pieces {
        reader.feed(piece);
    }
    reader.finish()
}

fn write(read: &Read) -> Vec<u8> {
    let mut output = Vec::new();
    folded::write(&read.profile, &FoldOptions::default(), &mut output).expect("memory takes all");
    output
}

fuzz_target!(|data: &[u8]| {
    let (cut, text) = data.split_first().unwrap_or((&0, &[]));
    let (left, right) = text.split_at(usize::from(*cut).min(text.len()));
    let whole = read(&[text]);
    let once = write(&whole);
    assert_eq!(once, write(&read(&[left, right])));
    if whole.profile.sample_types().len() == 1 {
        let again = read(&[&once]);
        // Names that end in numbers may look like two counts to a reader that has to guess.
        if again.profile.sample_types().len() == 1 {
            assert_eq!(once, write(&again));
        }
    }
});
