//! What holds for every format: it is recognised from its content, through every compression; damage does no harm.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod examples;

use std::io::Write;

use examples::Example;
use firesteel_formats::{Error, Format, Read, ReadOptions, WarningKind, read_profile};

fn read(data: &[u8]) -> Result<Read, Error> {
    read_profile("x", &mut &data[..], &ReadOptions::default())
}

fn compressed(data: &[u8]) -> [(&'static str, Vec<u8>); 4] {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(data).unwrap();
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    xz.write_all(data).unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(data).unwrap();
    [
        ("gzip", gzip.finish().unwrap()),
        ("zstd", zstd::encode_all(data, 1).unwrap()),
        ("xz", xz.finish().unwrap()),
        ("bzip2", bzip2.finish().unwrap()),
    ]
}

#[test]
fn there_is_an_example_of_each() {
    let have: Vec<Format> = examples::all().iter().map(|example| example.format).collect();
    for format in Format::ALL {
        assert!(have.contains(format), "no example of {format}");
    }
}

#[test]
fn each_is_recognised_plain_and_compressed() {
    for example in examples::all() {
        let plain = example.once();
        let expect = read(&plain).unwrap_or_else(|error| panic!("{}: {error}", example.format));
        assert_eq!(expect.format, example.format);
        assert!(expect.warnings.is_empty(), "{}: {:?}", example.format, expect.warnings);
        assert!(expect.profile.sample_count() >= 2, "{}", example.format);
        assert!(expect.profile.totals().iter().any(|&total| total > 0), "{}", example.format);
        for (name, data) in compressed(&plain) {
            let read = read(&data).unwrap_or_else(|error| panic!("{} in {name}: {error}", example.format));
            assert_eq!(read.format, example.format, "in {name}");
            assert_eq!(read.profile.totals(), expect.profile.totals(), "{} in {name}", example.format);
        }
    }
}

#[test]
fn more_of_the_same_adds_up() {
    for example in examples::all() {
        let total = |times: usize| {
            let read = read_profile("x", &mut example.repeated(times), &ReadOptions::default()).unwrap();
            assert_eq!(read.format, example.format);
            read.profile.totals()
        };
        let (once, often) = (total(1), total(50));
        assert!(once.iter().zip(&often).all(|(once, often)| often >= once), "{}", example.format);
        assert!(once.iter().zip(&often).any(|(once, often)| often > once), "{}", example.format);
    }
}

#[test]
fn damage_does_no_harm() {
    for example in examples::all() {
        let mut data = Vec::new();
        std::io::Read::read_to_end(&mut example.repeated(3), &mut data).unwrap();
        let options = ReadOptions { format: Some(example.format), ..ReadOptions::default() };
        let step = data.len().div_ceil(150).max(1);
        for cut in (0..data.len()).step_by(step) {
            let _ = read_profile("x", &mut &data[..cut], &options);
            let mut damaged = data.clone();
            damaged[cut] ^= 0x55;
            let _ = read_profile("x", &mut damaged.as_slice(), &options);
        }
    }
}

/// What the fuzz targets start from: `fuzz/corpus/TARGET/example`. `make fuzz` runs this.
#[test]
#[ignore = "writes into the folder of the fuzz targets"]
fn examples_are_seeds_of_the_fuzz_targets() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (target, example) in examples::by_module() {
        let folder = corpus.join(target);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("example"), example.once()).unwrap();
    }
}

#[test]
fn truncated_compression_is_used_as_far_as_it_goes() {
    let example: Example = examples::all().into_iter().find(|example| example.format == Format::Folded).unwrap();
    // Numbers without a pattern: the decoders give nothing before they have a whole block, which must not be all of it.
    let lines: Vec<String> = (0..200_000u64)
        .map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .map(|number| format!("main;f{} {}\n", (number >> 20) % 9_777, number >> 40))
        .collect();
    let text = [example.once(), lines.concat().into_bytes()].concat();
    for (name, data) in compressed(&text) {
        let read = read(&data[..data.len() * 3 / 4]).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read.warnings.count(WarningKind::TruncatedCompression), 1, "{name}: {:?}", read.warnings);
        assert!(read.profile.totals()[0] > 0, "{name}");
    }
}
