//! What becomes of inputs in this format: `chrome_cpu_profile`.

use std::fmt::Write as _;

use firesteel_formats::{Format, ReadOptions, WarningKind, read_profile};

use crate::{read, show};

const NEW: &str = r#"{"nodes":[
    {"id":1,"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},
     "hitCount":0,"children":[2,3]},
    {"id":2,"callFrame":{"functionName":"(program)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},
     "hitCount":1},
    {"id":3,"callFrame":{"functionName":"","scriptId":"80","url":"file:///a.js","lineNumber":0,"columnNumber":0},
     "hitCount":1,"children":[4]},
    {"id":4,"callFrame":{"functionName":"fib","scriptId":"80","url":"file:///a.js","lineNumber":6,"columnNumber":3},
     "hitCount":2}],
    "startTime":1000,"endTime":1500,"samples":[2,3,4,4,9],"timeDeltas":[10,20,30,40,50]}"#;

#[test]
fn a_sample_lasts_until_the_next() {
    insta::assert_snapshot!(show(NEW, true), @"
    BrokenMessage 1
    samples/count wall/nanoseconds
    (program) Marker [1, 20000] at 1010000
    (anonymous) file:///a.js:1 Jit [1, 30000] at 1030000
    (anonymous) file:///a.js:1 Jit; fib file:///a.js:7 Jit [1, 40000] at 1060000
    (anonymous) file:///a.js:1 Jit; fib file:///a.js:7 Jit [1, 50000] at 1100000
    ");
    insta::assert_snapshot!(show(NEW, false), @"
    BrokenMessage 1
    samples/count wall/nanoseconds
    (program) Marker [1, 20000]
    (anonymous) file:///a.js:1 Jit [1, 30000]
    (anonymous) file:///a.js:1 Jit; fib file:///a.js:7 Jit [2, 90000]
    ");
}

#[test]
fn old_profiles_are_trees() {
    let old = r#"{"head":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":0,"columnNumber":0,
        "hitCount":0,"callUID":1,"children":[
          {"functionName":"run","scriptId":"5","url":"http://x/a.js","lineNumber":3,"hitCount":0,"children":[
            {"functionName":"work","url":"http://x/a.js","lineNumber":9,"hitCount":3,"children":[],"id":3}],"id":2},
          {"functionName":"(idle)","url":"","lineNumber":0,"hitCount":1,"children":[],"id":4}],"id":1},
        "startTime":10.5,"endTime":11.5"#;
    insta::assert_snapshot!(show(&format!("{old}}}"), false), @"
    samples/count
    run http://x/a.js:3 Jit; work http://x/a.js:9 Jit [3]
    (idle) Marker [1]
    ");
    let samples = r#","samples":[3,3,4],"timestamps":[10500000,10500100,10500300]}"#;
    insta::assert_snapshot!(show(&format!("{old}{samples}"), true), @"
    samples/count wall/nanoseconds
    run http://x/a.js:3 Jit; work http://x/a.js:9 Jit [1, 100000] at 10500000000
    run http://x/a.js:3 Jit; work http://x/a.js:9 Jit [1, 200000] at 10500100000
    (idle) Marker [1, 0] at 10500300000
    ");
}

#[test]
fn deep_trees_need_no_stack() {
    let mut text = r#"{"head":{"#.to_owned();
    for id in 0..100_000 {
        write!(text, r#""functionName":"f","id":{id},"hitCount":1,"children":[{{"#).unwrap();
    }
    // Cut off before any node is complete.
    let read = read_profile("x", &mut text.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(read.warnings.count(WarningKind::BrokenTail), 1);
}

/// `node --cpu-prof --cpu-prof-interval 5000` of Node.js 20 with a program that computes and parses.
#[test]
fn what_node_writes_is_read() {
    let read = read(include_bytes!("../fixtures/node.cpuprofile"), false);
    assert_eq!(read.format, Format::ChromeCpuProfile);
    assert!(read.warnings.is_empty());
    assert_eq!(read.profile.totals()[0], 61, "the number of samples in the file");
    // endTime less the time of the first sample: startTime and the first difference.
    assert_eq!(read.profile.totals()[1], (13_159_141_265 - 13_158_824_574 - 4106) * 1000);
    let busiest = read.profile.samples().max_by_key(|sample| sample.values[0]).unwrap();
    let names: Vec<&str> =
        read.profile.stacks().frames(busiest.stack).map(|frame| read.profile.frame_name(frame)).collect();
    assert_eq!(names[..3], ["parse", "run", "(anonymous)"]);
}
