//! What becomes of inputs in this format: `v8_profile`.

use firesteel_formats::Format;

use crate::{read, show};

#[test]
fn ticks_are_stacks_of_code() {
    let text = r#"{"code":[{"name":"/usr/bin/node","type":"SHARED_LIB"},{"name":"__libc_malloc","type":"CPP"},
        {"name":" /srv/busy.js:1:1","type":"JS","kind":"Unopt"},{"name":"fib /srv/busy.js:4:13","type":"JS"},
        {"name":"ArrayPush","timestamp":8087,"type":"CODE","kind":"Builtin"}],"functions":[],
        "ticks":[{"tm":1000,"vm":0,"s":[3,220,2,151]},{"tm":2000,"vm":1,"s":[1,4,4,8,2,151]},
                 {"tm":3000,"vm":5,"s":[-1,99,0,5]},{"tm":4000,"vm":77,"s":[8,1,2]}],"scripts":[]}"#;
    insta::assert_snapshot!(show(text, true), @"
    BrokenMessage 1
    DanglingReference 1
    samples/count
    (anonymous) /srv/busy.js:1 Jit; fib /srv/busy.js:4 Jit [1] vm_state=js at 1000000
    (anonymous) /srv/busy.js:1 Jit; ArrayPush Jit; __libc_malloc Native [1] vm_state=gc at 2000000
    [node] Native; [unknown] Native [1] vm_state=other at 3000000
    [unknown] Unknown [1] at 4000000
    ");
}

/// `node --prof` and `node --prof-process --preprocess` of Node.js 20, without the code that no tick was in.
#[test]
fn what_node_writes_is_read() {
    let read = read(include_bytes!("../fixtures/node-prof.json"), false);
    assert_eq!(read.format, Format::V8Profile);
    assert!(read.warnings.is_empty());
    assert_eq!(read.profile.totals(), [60], "the number of ticks in the file");
    let has = |name: &str| {
        let samples = read.profile.samples();
        let of = |stack| read.profile.stacks().frames(stack).any(|frame| read.profile.frame_name(frame) == name);
        samples.filter(|sample| of(sample.stack)).map(|sample| sample.values[0]).sum::<i64>()
    };
    assert!(has("fib") > 5 && has("parse") > 5, "{} {}", has("fib"), has("parse"));
}
