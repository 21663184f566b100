//! The front door: recognising, inflating, and what an error says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{self, Write as _};

use firesteel_formats::{Error, FoldOptions, Format, Limits, ReadOptions, WarningKind, fold, read_profile};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

const FOLDED: &[u8] = b"main;a 1\nmain;b 2\n";
const PERF: &[u8] = b"app 1 [000] 1.5: 3 cycles: \n\t 1 main (/app)\n\n";

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn read(data: &[u8]) -> Result<firesteel_formats::Read, Error> {
    read_profile("x", &mut &data[..], &ReadOptions::default())
}

fn error(data: &[u8]) -> String {
    read(data).unwrap_err().to_string()
}

#[test]
fn formats_are_recognised_through_gzip() {
    let check = |data: &[u8], format: Format, totals: &[i64]| {
        let read = read(data).unwrap();
        assert_eq!((read.format, read.profile.totals().as_slice()), (format, totals));
        assert!(read.warnings.is_empty());
    };
    let pprof = firesteel_formats::pprof::write(&read(FOLDED).unwrap().profile);
    check(FOLDED, Format::Folded, &[3]);
    check(PERF, Format::PerfScript, &[3]);
    check(&pprof, Format::Pprof, &[3]);
    check(&gzip(FOLDED), Format::Folded, &[3]);
    check(&gzip(PERF), Format::PerfScript, &[3]);
    check(&gzip(&pprof), Format::Pprof, &[3]);
    check(&gzip(&gzip(FOLDED)), Format::Folded, &[3]);
    // Several members one after another are one stream.
    check(&[gzip(b"main;a 1\n"), gzip(b"main;b 2\n")].concat(), Format::Folded, &[3]);
}

#[test]
fn text_may_be_encoded_as_windows_tools_do() {
    let utf16 = |text: &str, unit: fn(u16) -> [u8; 2], mark: [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect()
    };
    let text = "main;größe 1\r\nmain;漢字 2\r\n";
    let little = utf16(text, u16::to_le_bytes, [0xff, 0xfe]);
    let big = utf16(text, u16::to_be_bytes, [0xfe, 0xff]);
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for data in [&little, &big, &marked, &gzip(&little), &gzip(&marked)] {
        let mut output = Vec::new();
        let (read_options, fold_options) = (ReadOptions::default(), FoldOptions::default());
        let folded = fold("x", &mut data.as_slice(), &read_options, &fold_options, &mut output).unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), "main;größe 1\nmain;漢字 2\n");
        assert!(folded.warnings.is_empty(), "{:?}", folded.warnings);
    }
    let perf = utf16(&String::from_utf8_lossy(PERF).replace('\n', "\r\n"), u16::to_le_bytes, [0xff, 0xfe]);
    assert_eq!(read(&perf).unwrap().format, Format::PerfScript);
    let cut = little.split_last().unwrap().1;
    assert_eq!(read(cut).unwrap().warnings.count(WarningKind::InvalidUtf8), 1);
    assert!(error(&[0xff, 0xfe]).contains("empty"), "{}", error(&[0xff, 0xfe]));
}

#[test]
fn long_first_lines_are_recognised() {
    let deep = format!("{} 5\n", vec!["frame"; 100_000].join(";"));
    let long = format!("{} 5", "x".repeat(1 << 20));
    for text in [deep, long] {
        assert_eq!(read(text.as_bytes()).unwrap().profile.totals(), [5]);
        assert_eq!(read(&gzip(text.as_bytes())).unwrap().profile.totals(), [5]);
    }
}

#[test]
fn errors_say_what_to_do() {
    let forced = ReadOptions { format: Some(Format::Folded), ..ReadOptions::default() };
    let errors = [
        error(b""),
        error(&gzip(b"")),
        error(b"\x7fELF\x02\x01\x01"),
        error(b"<html>hello</html>"),
        error(&[0x1f, 0x8b, 0xff, 0xff, 0, 0, 0, 0, 0, 0]),
        error(&gzip(FOLDED)[..12]),
        error(&gzip(&gzip(&gzip(&gzip(FOLDED))))),
        error(b"\x0a\x04\x08\x01\x10\x02\x12\x7f"),
        read_profile("x", &mut &b"main\nb -1\n"[..], &forced).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(errors.join("\n"), @r#"
    x: the input is empty; check that the command that writes it succeeded
    x: the input is empty; check that the command that writes it succeeded
    x: not a profile in a known format (it begins with "\u{7f}ELF\u{2}\u{1}\u{1}"); readable, plain or compressed by gzip, zstd, xz or bzip2, are perf.data, Java Flight Recorder, Go execution trace, gperftools CPU profile, pprof protobuf, Firefox processed profile, Gecko profile, speedscope, V8 processed log, Chrome CPU profile, Chrome trace events, GHC profile, xctrace XML, async-profiler HTML, callgrind, pprof -raw text, legacy pprof text, Go goroutine dump, jstack, gdb backtraces, Python faulthandler, macOS sample, VTune CSV, Visual Studio CSV, bpftrace, bcc stacks, perf script text, DTrace, SystemTap, austin, OTLP profiles, folded stacks
    x: not a profile in a known format (it begins with "<html>hello</html>"); readable, plain or compressed by gzip, zstd, xz or bzip2, are perf.data, Java Flight Recorder, Go execution trace, gperftools CPU profile, pprof protobuf, Firefox processed profile, Gecko profile, speedscope, V8 processed log, Chrome CPU profile, Chrome trace events, GHC profile, xctrace XML, async-profiler HTML, callgrind, pprof -raw text, legacy pprof text, Go goroutine dump, jstack, gdb backtraces, Python faulthandler, macOS sample, VTune CSV, Visual Studio CSV, bpftrace, bcc stacks, perf script text, DTrace, SystemTap, austin, OTLP profiles, folded stacks
    x: broken gzip data: invalid gzip header; copy or fetch the file again
    x: broken gzip data: it ends early, 1 bytes came out of it; copy or fetch the file again
    x: compressed more than 3 times over; inflate it first
    x: broken pprof protobuf at byte 6: a field is longer than what is left; fetch or copy the profile again
    x: recognised as folded stacks, but no sample in it could be read; lines without a count at their end were skipped (1; first at line 1); lines with a count that is not a plain decimal number were skipped (1; first at line 2)
    "#);
}

#[test]
fn truncated_gzip_is_used_as_far_as_it_goes() {
    let lines: Vec<String> =
        (0..20_000).map(|number| format!("main;f{} {}\n", number % 977, number * 7919 % 1000)).collect();
    let text = lines.concat();
    let zipped = gzip(text.as_bytes());
    let read = read(&zipped[..zipped.len() / 2]).unwrap();
    assert_eq!(read.warnings.count(WarningKind::TruncatedCompression), 1);
    assert!(read.profile.totals()[0] > 0);
    let mut flipped = zipped.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    flipped[middle + 1] ^= 0xff;
    if let Ok(read) = read_profile("x", &mut flipped.as_slice(), &ReadOptions::default()) {
        assert!(!read.warnings.is_empty());
    }
}

#[test]
fn inflating_is_bounded() {
    let options = ReadOptions { limits: Limits { inflated: 100_000, ..Limits::default() }, ..ReadOptions::default() };
    let bomb = gzip(&b"main;a 1\n".repeat(20_000));
    let error = read_profile("bomb.gz", &mut bomb.as_slice(), &options).unwrap_err();
    assert!(matches!(error.problem(), Error::TooLarge { limit: 100_000 }), "{error}");
    insta::assert_snapshot!(error.to_string(), @"bomb.gz: more than 100000 bytes after inflating; raise the limit if this input is to be trusted");
    // Plain text is streamed and has no limit.
    let plain = b"main;a 1\n".repeat(20_000);
    assert_eq!(read_profile("x", &mut plain.as_slice(), &options).unwrap().profile.totals(), [20_000]);
}

#[test]
fn failing_input_is_an_error() {
    struct Failing;
    impl io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::new(io::ErrorKind::PermissionDenied, "no"))
        }
    }
    let error = read_profile("x", &mut Failing, &ReadOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "x: reading failed: no");
}

#[test]
fn fold_takes_every_format() {
    let check = |data: &[u8], expect: &str| {
        let mut output = Vec::new();
        fold("x", &mut &data[..], &ReadOptions::default(), &FoldOptions::default(), &mut output).unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), expect);
    };
    let pprof = firesteel_formats::pprof::write(&read(PERF).unwrap().profile);
    check(FOLDED, "main;a 1\nmain;b 2\n");
    check(PERF, "app;main 3\n");
    check(&gzip(PERF), "app;main 3\n");
    check(&pprof, "main 3\n");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// No bytes make any reader panic, recognised or forced.
    #[test]
    fn random_bytes_do_no_harm(data in proptest::collection::vec(any::<u8>(), 0..400)) {
        for format in Format::ALL.iter().copied().map(Some).chain([None]) {
            let options = ReadOptions { format, ..ReadOptions::default() };
            let _ = read_profile("x", &mut data.as_slice(), &options);
            let _ = fold("x", &mut data.as_slice(), &options, &FoldOptions::default(), &mut Vec::new());
        }
    }
}
