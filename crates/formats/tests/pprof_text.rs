//! The text profiles of Go and gperftools: what comes out of excerpts of real ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use firesteel_formats::{Format, ReadOptions, read_profile};
use firesteel_model::{LabelValue, Profile};

fn show(text: &str) -> String {
    let read = read_profile("x", &mut text.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(read.format, Format::PprofText);
    let profile = &read.profile;
    let types: Vec<String> = profile.sample_types().iter().map(|t| format!("{}/{}", t.name, t.unit)).collect();
    let period = profile.metadata.period.as_ref();
    let mut shown = format!(
        "{} default {} period {:?}\n",
        types.join(" "),
        profile.default_sample_type(),
        period.map(|period| (period.value_type.name.as_str(), period.value))
    );
    for sample in profile.samples() {
        write!(shown, "{:?}", sample.values).unwrap();
        for label in profile.labels(sample.labels) {
            match label.value {
                LabelValue::Text(value) => {
                    write!(shown, " {}={}", profile.string(label.key), profile.string(value)).unwrap();
                }
                LabelValue::Number { value, .. } => write!(shown, " {}={value}", profile.string(label.key)).unwrap(),
            }
        }
        let thread = profile.thread(sample.thread);
        if let Some(number) = thread.thread {
            write!(shown, " thread {number} {}", profile.string(thread.name)).unwrap();
        }
        shown.push('\n');
        show_stack(profile, sample.stack, &mut shown);
    }
    for warning in read.warnings.iter() {
        writeln!(shown, "{warning}").unwrap();
    }
    shown
}

fn show_stack(profile: &Profile, stack: firesteel_model::StackId, shown: &mut String) {
    for id in profile.stacks().frames(stack) {
        let frame = profile.frame(id);
        let file = profile.string(profile.function(frame.function).file);
        let mapping = profile.string(profile.mapping(frame.mapping).file);
        let inlined = if frame.flags.inlined { " inlined" } else { "" };
        let place = if file.is_empty() { String::new() } else { format!(" {file}:{}", frame.line) };
        let mapping = if mapping.is_empty() { String::new() } else { format!(" in {mapping}") };
        writeln!(shown, "  {:x} {}{place} {:?}{inlined}{mapping}", frame.address.0, profile.frame_name(id), frame.kind)
            .unwrap();
    }
}

#[test]
fn go_heap() {
    let text = "heap profile: 326: 386224 [487: 638024] @ heap/8192\n\
        0: 0 [1: 24] @ 0x47c0ef 0x47f587 0x4e1d17 0x44aaa7 0x483701\n\
        #\t0x4e1d16\tmain.main+0x2f6\t\t/src/legacy/main.go:50\n\
        #\t0x44aaa6\truntime.main+0x426\t/go/src/runtime/proc.go:302\n\n\
        1: 96 [1: 96] @ 0x47c1a5 0x41cd85 0x48099d 0x4e18a5 0x483701\n\
        #\t0x48099c\ttime.Sleep+0x3c\t\t\t/go/src/runtime/time.go:343\n\
        #\t0x4e18a4\tmain.(*server).handle+0x44\t/src/legacy/main.go:21\n\n\n\
        # runtime.MemStats\n# Alloc = 1501640\n";
    insta::assert_snapshot!(show(text), @r#"
    alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes default 3 period Some(("space", 4096))
    [171, 4108, 0, 0] bytes=24
      4e1d16 main.main /src/legacy/main.go:50 Go
      44aaa6 runtime.main /go/src/runtime/proc.go:302 Go
      483700 runtime.goexit Go
    [43, 4144, 43, 4144] bytes=96
      48099c time.Sleep /go/src/runtime/time.go:343 Go
      4e18a4 main.(*server).handle /src/legacy/main.go:21 Go
      483700 runtime.goexit Go
    "#);
}

#[test]
fn go_goroutines_have_labels() {
    let text = "goroutine profile: total 7\n\
        5 @ 0x47d92a 0x41512e 0x414c72 0x4e18ca 0x483701\n\
        #\t0x4e18c9\tmain.(*server).handle+0x69\t/src/legacy/main.go:23\n\n\
        1 @ 0x47d92a 0x414e59 0x414c72 0x4e21c5 0x483701\n\
        # labels: {\"job\":\"leak\", \"route\":\"/api\", \"tenant id\":\"a b\"}\n\
        #\t0x4e21c4\tmain.leak+0x24\t/src/legacy/main.go:26\n\n";
    insta::assert_snapshot!(show(text), @r#"
    goroutine/count default 0 period Some(("goroutine", 1))
    [5]
      47d929 [runtime] Go
      41512d [runtime] Go
      414c71 [runtime] Go
      4e18c9 main.(*server).handle /src/legacy/main.go:23 Go
      483700 runtime.goexit Go
    [1] job=leak route=/api tenant id=a b
      47d929 [runtime] Go
      414e58 [runtime] Go
      414c71 [runtime] Go
      4e21c4 main.leak /src/legacy/main.go:26 Go
      483700 runtime.goexit Go
    "#);
}

#[test]
fn go_mutexes_are_in_cycles_and_have_inlined_functions() {
    let text = "--- mutex:\ncycles/second=2596141387\nsampling period=5\n\
        65768625 4 @ 0x4e18a7 0x4e20db 0x483701\n\
        #\t0x4e18a6\tsync.(*Mutex).Unlock+0x46\t/go/src/sync/mutex.go:65\n\
        #\t0x4e18a6\tmain.(*server).handle+0x45\t/src/legacy/main.go:22\n\
        #\t0x4e20da\tmain.main.gowrap1+0x1a\t\t/src/legacy/main.go:41\n\nnonsense\n";
    insta::assert_snapshot!(show(text), @r#"
    contentions/count delay/nanoseconds default 1 period Some(("contentions", 5))
    [20, 126666107]
      4e18a6 sync.(*Mutex).Unlock /go/src/sync/mutex.go:65 Go inlined
      4e18a6 main.(*server).handle /src/legacy/main.go:22 Go
      4e20da main.main.gowrap1 /src/legacy/main.go:41 Go
      483700 runtime.goexit Go
    lines that are neither sample nor frame were skipped (1; first at line 9)
    "#);
}

#[test]
fn created_threads_are_filled_up_with_zeros() {
    let text = "threadcreate profile: total 6\n5 @ 0x0 0x0 0x0\n#\t0x0\n\n\
        1 @ 0x44e5c5 0x454a17 0x4e209c 0x0 0x0\n#\t0x4e209b\tmain.main.func1+0x1b\t/src/legacy/main.go:44\n\n";
    insta::assert_snapshot!(show(text), @r#"
    threadcreate/count default 0 period Some(("threadcreate", 1))
    [5]
    [1]
      44e5c4 [runtime] Go
      454a16 [runtime] Go
      4e209b main.main.func1 /src/legacy/main.go:44 Go
    "#);
}

/// As gperftools' tests and documentation have them.
#[test]
fn heap_of_gperftools() {
    let text = "heap profile:      1:     1000 [     1:     1000] @ heap_v2/524288\n\
        \x20    1:     1000 [     1:     1000] @ 0x40c1f3 0x4059b5 0x7f7949a9e100\n\n\
        MAPPED_LIBRARIES:\n\
        00400000-00fcb000 r-xp 00000000 9b:00 15564 /home/bench\n\
        00fcb000-010cb000 rw-p 00bcb000 9b:00 15564 /home/bench\n\
        7f7949a9d000-7f7949c52000 r-xp 00000000 9b:00 3466 /lib/libc-2.15.so\n";
    insta::assert_snapshot!(show(text), @r#"
    objects/count space/bytes default 1 period Some(("space", 524288))
    [524, 524788] bytes=1000
      40c1f2 [bench] Unknown in /home/bench
      4059b4 [bench] Unknown in /home/bench
      7f7949a9e0ff [libc-2.15.so] Unknown in /lib/libc-2.15.so
    "#);
}

#[test]
fn contention_of_gperftools() {
    let text = "--- contentionz 1 ---\ncycles/second = 3201000000\nsampling period = 100\nms since reset = 16502830\n\
        discarded samples = 0\n  19490304       27 @ 0x40c1f3 0x4059b5\n\
        --- Memory map: ---\n  00400000-00fcb000: /home/bench\n";
    insta::assert_snapshot!(show(text), @r#"
    contentions/count delay/nanoseconds default 1 period Some(("contentions", 100))
    [2700, 608881724]
      40c1f2 [bench] Unknown in /home/bench
      4059b4 [bench] Unknown in /home/bench
    "#);
}

#[test]
fn threads_of_gperftools() {
    let text = "--- threadz 1 ---\n\n--- Thread 7f794ab90940 (name: main/14748) stack: ---\n\
        \x20 PC: 0x00bc8f1c: helper(arg *)\n\
        \x20 0x0040be31: main\n\
        --- Thread 7f794700c700 (name: thread-0/14749) stack: ---\n  [same as previous thread]\n\
        --- Thread 7f7948010700 (name: idle/14750) stack: ---\n  0x7f794a32bf7d 0x7f794a32bf7d 0x0040be31\n\
        ---- no stack trace for 12 ----\n--- Memory map: ---\n  00400000-00fcb000: /home/bench\n";
    insta::assert_snapshot!(show(text), @r#"
    thread/count default 0 period Some(("thread", 1))
    [1] thread 14748 main
      bc8f1c [bench] Unknown in /home/bench
      40be30 [bench] Unknown in /home/bench
    [1] thread 14749 thread-0
      bc8f1c [bench] Unknown in /home/bench
      40be30 [bench] Unknown in /home/bench
    [1] thread 14750 idle
      7f794a32bf7d [unknown] Unknown
      40be30 [bench] Unknown in /home/bench
    "#);
}

#[test]
fn heap_of_java() {
    let text = "--- heapz 1 ---\nformat = java\nresolution = bytes\n\
        \x20 7048 1 @ 0x0000000a 0x0000000b\n  4752 19 @ 0x0000000b\n\
        \x20 0x0000000a com.example.function003 (source.java:14)\n\
        \x20 0x0000000b com.example.function006 (Other.java:3)\n";
    insta::assert_snapshot!(show(text), @r"
    inuse_objects/count inuse_space/bytes default 1 period None
    [74, 527819] bytes=7048
      a com.example.function003 source.java:14 Unknown
      b com.example.function006 Other.java:3 Unknown
    [39838, 9963848] bytes=250
      b com.example.function006 Other.java:3 Unknown
    ");
}

#[test]
fn contention_of_java() {
    let text = "--- contentionz 1 ---\nformat = java\nresolution = microseconds\nsampling period = 100\n\
        ms since reset = 6019923\n            1     1 @ 0x00000001 0x00000002\n\
        \x20 0x00000001 GC\n  0x00000002 read (/usr/lib/libc.so)\n";
    insta::assert_snapshot!(show(text), @r#"
    contentions/count delay/microseconds default 1 period Some(("contentions", 100))
    [100, 100]
      1 GC Unknown
      2 read libc.so:0 Unknown
    "#);
}
