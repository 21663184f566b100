//! What becomes of inputs in this format: `otlp`.

use firesteel_formats::{Error, Format, ReadOptions, read_profile};

use crate::{read, show_profile};

/// What a client of the `opentelemetry-proto` package for Python writes: an export request with the dictionary last.
const REQUEST: &[u8] = include_bytes!("../fixtures/request.otlp");

#[test]
fn what_a_client_sends_is_read() {
    let read = read(REQUEST, true);
    assert_eq!(read.format, Format::Otlp);
    insta::assert_snapshot!(show_profile(&read.profile), @"
    samples/count alloc_space/bytes
    main.main main.go:5 0x400100 Go [1, 0] [worker 7/8] at 10
    main.main main.go:5 0x400100 Go [1, 0] [worker 7/8] at 20
    main.main main.go:5 0x400100 Go; main.work work.go:9 0x400200 Go; main.inner work.go:31 0x400200 inlined Go [3, 0] http.route=/a size=512bytes span_id=0001020304050607 trace_id=000102030405060708090a0b0c0d0e0f [worker 7/8] at 30
    main.main main.go:5 0x400100 Go; main.work work.go:9 0x400200 Go; main.inner work.go:31 0x400200 inlined Go [4, 0] http.route=/a size=512bytes span_id=0001020304050607 trace_id=000102030405060708090a0b0c0d0e0f [worker 7/8] at 40
    main.main main.go:5 0x400100 Go; main.work work.go:9 0x400200 Go; main.inner work.go:31 0x400200 inlined Go; [app] 0x400300 Unknown [5, 0] [ 7/?]
    main.main main.go:5 0x400100 Go; [unknown] 0xffffffff81000000 Kernel [6, 0] [ 7/?]
     [7, 0] [ 7/?]
    main.main main.go:5 0x400100 Go; main.work work.go:9 0x400200 Go; main.inner work.go:31 0x400200 inlined Go [0, 4096] [ 7/?]
    ");
    let warnings: Vec<String> = read.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"), @"
    samples with too few or too many values; missing ones count as zero (1)
    references that point to nothing were read as unknown (2)
    ");
    insta::assert_snapshot!(format!("{:?}", read.profile.metadata), @r#"Metadata { title: "shop", start: Some(UnixNanoseconds(1753867325123000000)), duration: Some(Nanoseconds(1000000000)), period: Some(Period { value_type: ValueType { name: "cpu", unit: Nanoseconds, decimals: 0 }, value: 10000000 }), default_sample_type: 0, comments: [], drop_frames: "", keep_frames: "", documentation_url: "", properties: [("host.name", "h1")], losses: Losses { lost_samples: 0, throttled: 0, truncated_stacks: 0, stack_switches: 0, missing_callers: 0, unnamed_samples: 0, skipped_records: 0 } }"#);
}

#[test]
fn messages_beyond_the_limit_are_refused() {
    // A resource that says to be four gigabytes long.
    let data = [&[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f][..], &REQUEST[2..]].concat();
    let options = ReadOptions { format: Some(Format::Otlp), ..ReadOptions::default() };
    let error = read_profile("x", &mut data.as_slice(), &options).unwrap_err();
    assert!(matches!(error.problem(), Error::TooLarge { .. }), "{error}");
}
