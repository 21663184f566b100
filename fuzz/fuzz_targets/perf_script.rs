//! `perf script` text: no bytes panic, cuts do not matter, and the short way to folded text agrees
//! with the way through a profile.
#![no_main]

use firesteel_formats::perf_script::{PerfScriptOptions, PerfScriptReader};
use firesteel_formats::{FoldOptions, Format, Read, ReadOptions, fold, folded};
use libfuzzer_sys::fuzz_target;

fn read(pieces: &[&[u8]], options: &PerfScriptOptions) -> Read {
    let mut reader = PerfScriptReader::new(options.clone());
    for piece in pieces {
        reader.feed(piece);
    }
    reader.finish()
}

fuzz_target!(|data: &[u8]| {
    let (cut, text) = data.split_first().unwrap_or((&0, &[]));
    let (left, right) = text.split_at(usize::from(*cut).min(text.len()));
    let addresses = cut & 1 == 1;
    let perf_script = PerfScriptOptions { addresses, ..PerfScriptOptions::default() };
    let options = FoldOptions { addresses, annotate_kernel: true, annotate_jit: true, ..FoldOptions::default() };
    let write = |read: &Read| {
        let mut output = Vec::new();
        folded::write(&read.profile, &options, &mut output).expect("memory takes all");
        output
    };
    let whole = read(&[text], &perf_script);
    let cut = read(&[left, right], &perf_script);
    assert_eq!(whole.warnings, cut.warnings);
    let long = write(&whole);
    assert_eq!(long, write(&cut));
    let read_options = ReadOptions { format: Some(Format::PerfScript), perf_script, ..ReadOptions::default() };
    let mut short = Vec::new();
    // A profile has a column for each event; folding adds up or leaves out, as stackcollapse-perf.pl does.
    let is_comparable = whole.profile.sample_types().len() == 1;
    if fold("fuzz", &mut &text[..], &read_options, &options, &mut short).is_ok() && is_comparable {
        assert_eq!(short, long);
    }
});
