//! The text of `go tool pprof -raw`: it means what the protobuf means that it was made of.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use firesteel_formats::{Format, Read, ReadOptions, WarningKind, folded, pprof, read_profile};
use firesteel_model::{LabelValue, Profile};

const TEXT: &str = "Comment: a comment: of two\n\
    Doc: https://doc\n\
    PeriodType: cpu nanoseconds\n\
    Period: 10000000\n\
    Time: 2023-11-14 22:13:20 +0000 UTC\n\
    Duration: 5s\n\
    Samples:\n\
    samples/count[dflt] cpu/nanoseconds\n\
    \x20         3   30000000: 1 2 \n\
    \x20               route:[/api] tenant id:[a b]\n\
    \x20               bytes:[512 bytes]\n\
    \x20         1        -10: 2 \n\
    Locations\n\
    \x20    1: 0x401234 M=1 main.inner /src/main.go:11:0 s=10\n\
    \x20            main.outer /src/main.go:22:0 s=20(_outer)\n\
    \x20    2: 0x402234 M=1 main.main /src/main.go:33:0 s=30\n\
    Mappings\n\
    1: 0x400000/0x800000/0x1000 /bin/app abc123 [FN][FL][LN][IN]\n";

fn read(text: &str) -> Read {
    let read = read_profile("x", &mut text.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(read.format, Format::PprofRaw);
    read
}

fn labels(profile: &Profile, row: usize) -> Vec<String> {
    let label = |label: &firesteel_model::Label| match label.value {
        LabelValue::Text(value) => format!("{}={}", profile.string(label.key), profile.string(value)),
        LabelValue::Number { value, unit } => format!("{}={value} {}", profile.string(label.key), profile.string(unit)),
    };
    profile.labels(profile.sample(row).labels).iter().map(label).collect()
}

#[test]
fn reads_everything() {
    let read = read(TEXT);
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    let profile = &read.profile;
    let metadata = &profile.metadata;
    assert_eq!(metadata.comments, ["a comment: of two"]);
    assert_eq!(metadata.documentation_url, "https://doc");
    assert_eq!(metadata.start.map(|start| start.0), Some(1_700_000_000_000_000_000));
    assert_eq!(metadata.duration.map(|duration| duration.0), Some(5_000_000_000));
    assert_eq!(metadata.period.as_ref().map(|period| period.value), Some(10_000_000));
    assert_eq!(profile.default_sample_type(), 0);
    assert_eq!(labels(profile, 0), ["bytes=512 bytes", "route=/api", "tenant id=a b"]);
    let mut output = Vec::new();
    folded::write(profile, &folded::FoldOptions::default(), &mut output).unwrap();
    insta::assert_snapshot!(String::from_utf8(output).unwrap(), @r"
    main.main 1
    main.main;main.outer;main.inner 3
    ");
    let frames: Vec<_> = profile.stacks().frames(profile.sample(0).stack).collect();
    let outer = profile.function(profile.frame(frames[1]).function);
    assert_eq!((profile.string(outer.system_name), outer.start_line.0), ("_outer", 20));
    assert!(profile.frame(frames[0]).flags.inlined && !profile.frame(frames[1]).flags.inlined);
    let mapping = profile.mapping(profile.frame(frames[2]).mapping);
    assert_eq!((mapping.file_offset, profile.string(mapping.build_id)), (0x1000, "abc123"));
}

#[test]
fn becomes_protobuf_and_stays_what_it_was() {
    let first = read(TEXT).profile;
    let second = pprof::read_bytes(&pprof::write(&first), firesteel_formats::Limits::default()).unwrap().profile;
    assert_eq!(pprof::write(&second), pprof::write(&first));
}

#[test]
fn what_cannot_be_read_is_counted() {
    let broken = TEXT.replace("Locations\n", "Locations\nnonsense\n").replace(": 2 \n", ": 2 99 \n");
    let read = read(&broken);
    assert_eq!(read.warnings.count(WarningKind::UnreadableLine), 1);
    assert_eq!(read.warnings.count(WarningKind::DanglingReference), 1);
    assert_eq!(read.profile.totals(), [4, 29_999_990]);
}

/// Releases before Go 1.23 print no column.
#[test]
fn older_releases() {
    let older = TEXT.replace(":0 s=", " s=");
    assert_ne!(older, TEXT);
    assert_eq!(pprof::write(&read(&older).profile), pprof::write(&read(TEXT).profile));
}
