//! Goroutines as Go prints them: what comes out of excerpts of real dumps and crashes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use firesteel_formats::{Format, ReadOptions, read_profile};
use firesteel_model::LabelValue;

fn show(text: &str) -> String {
    let read = read_profile("x", &mut text.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(read.format, Format::GoroutineDump);
    let profile = &read.profile;
    let mut shown = String::new();
    for comment in &profile.metadata.comments {
        writeln!(shown, "comment {comment}").unwrap();
    }
    for sample in profile.samples() {
        write!(shown, "{:?}", sample.values).unwrap();
        for label in profile.labels(sample.labels) {
            match label.value {
                LabelValue::Text(value) => {
                    write!(shown, " {}={:?}", profile.string(label.key), profile.string(value)).unwrap();
                }
                LabelValue::Number { value, unit } => {
                    write!(shown, " {}={value} {}", profile.string(label.key), profile.string(unit)).unwrap();
                }
            }
        }
        shown.push('\n');
        for id in profile.stacks().frames(sample.stack) {
            let frame = profile.frame(id);
            let file = profile.string(profile.function(frame.function).file);
            let inlined = if frame.flags.inlined { " inlined" } else { "" };
            let (name, line) = (profile.frame_name(id), frame.line);
            writeln!(shown, "  {name} {file}:{line} {:x} {:?}{inlined}", frame.address.0, frame.kind).unwrap();
        }
    }
    let truncated = profile.metadata.losses.truncated_stacks;
    if truncated > 0 {
        writeln!(shown, "truncated {truncated}").unwrap();
    }
    for warning in read.warnings.iter() {
        writeln!(shown, "{warning}").unwrap();
    }
    shown
}

#[test]
fn a_crash_with_what_stands_around_it() {
    let text = "starting\npanic: assignment to entry in nil map\n\n\
        goroutine 1 [running]:\n\
        main.main.func3()\n\t/src/main.go:62 +0x2a\n\
        sync.(*Once).doSlow(0x4e387e?, 0x9?)\n\t/go/src/sync/once.go:78 +0xab\n\
        sync.(*Once).Do(...)\n\t/go/src/sync/once.go:69\n\
        main.main()\n\t/src/main.go:62 +0x5e5\n\n\
        goroutine 6 [chan receive, 12 minutes]:\n\
        main.(*server).handle(0x126a34b3a0e0, 0x126a34b980e0)\n\t/src/main.go:23 +0x6a\n\
        created by main.main in goroutine 1\n\t/src/main.go:41 +0x87\n\n\
        goroutine 7 [chan receive, 12 minutes]:\n\
        main.(*server).handle(0x126a34b3a0e0, 0x126a34b980e1)\n\t/src/main.go:23 +0x6a\n\
        created by main.main in goroutine 1\n\t/src/main.go:41 +0x87\n\n\
        goroutine 11 [chan receive, locked to thread]:\n\
        main.main.func1()\n\t/src/main.go:45 +0x28\n\
        created by main.main in goroutine 1\n\t/src/main.go:43 +0x151\n\n\
        rax    0x0\nexit status 2\n";
    insta::assert_snapshot!(show(text), @r#"
    comment panic: assignment to entry in nil map
    [1] state="running"
      main.main.func3 /src/main.go:62 0 Go
      sync.(*Once).doSlow /go/src/sync/once.go:78 0 Go
      sync.(*Once).Do /go/src/sync/once.go:69 0 Go inlined
      main.main /src/main.go:62 0 Go
    [2] created at="/src/main.go:41" created by="main.main" state="chan receive" waiting=12 minutes
      main.(*server).handle /src/main.go:23 0 Go
    [1] created at="/src/main.go:43" created by="main.main" locked="to thread" state="chan receive"
      main.main.func1 /src/main.go:45 0 Go
    "#);
}

/// `GOTRACEBACK=system`, Go 1.27: addresses, functions of the runtime.
#[test]
fn a_crash_with_the_runtime() {
    let text = "fatal error: all goroutines are asleep - deadlock!\n\n\
        goroutine 22 gp=0x20331c412960 m=nil [chan receive]:\n\
        runtime.gopark(0x227cab9fee23?, 0x20331c382f40?, 0x38?, 0x2f?, 0x20331c382f38?)\n\
        \t/go/src/runtime/proc.go:474 +0xca fp=0x20331c382f00 sp=0x20331c382ee0 pc=0x47d92a\n\
        main.(*server).handle(0x20331c402008, 0x20331c4000e0)\n\
        \t/src/main.go:23 +0x6a fp=0x20331c382fc0 sp=0x20331c382fa0 pc=0x4e18ca\n\
        runtime.goexit({})\n\t/go/src/runtime/asm_amd64.s:1264 +0x1 fp=0x1 sp=0x2 pc=0x483701\n\
        created by main.main in goroutine 1\n\t/src/main.go:41 +0x87\n";
    insta::assert_snapshot!(show(text), @r#"
    comment fatal error: all goroutines are asleep - deadlock!
    [1] created at="/src/main.go:41" created by="main.main" state="chan receive"
      runtime.gopark /go/src/runtime/proc.go:474 47d92a Go
      main.(*server).handle /src/main.go:23 4e18ca Go
      runtime.goexit /go/src/runtime/asm_amd64.s:1264 483701 Go
    "#);
}

/// Go 1.27 with `go 1.27` in go.mod writes labels; a log has put its prefix before every line.
#[test]
fn labels_and_a_log_prefix() {
    let text = "10:00 app | goroutine 24 [select (durable), synctest bubble 3] {job: leak, \"tenant id\": \"a b\"}:\n\
        10:00 app | main.leak(...)\n10:00 app | \t/src/main.go:26\n\
        10:00 app | created by main.main.func2\n10:00 app | \t/src/main.go:48 +0x67\n10:00 app | \n10:00 app | bye\n";
    insta::assert_snapshot!(show(text), @r#"
    [1] created at="/src/main.go:48" created by="main.main.func2" job="leak" state="select (durable)" synctest bubble=3  tenant id="a b"
      main.leak /src/main.go:26 0 Go inlined
    "#);
}

#[test]
fn what_is_missing_or_elided() {
    let text = "goroutine 5 [running]:\n\tgoroutine running on other thread; stack unavailable\n\
        created by main.main in goroutine 1\n\t/src/main.go:4 +0x1\n\n\
        goroutine 6 [syscall]:\nmain.deep(0x1)\n\t/src/main.go:9 +0x2\n...902 frames elided...\n\
        main.main()\n\t/src/main.go:12 +0x3\nnon-Go function at pc=7f00\nmain.last()\nexit status 2\n";
    insta::assert_snapshot!(show(text), @r#"
    [1] created at="/src/main.go:4" created by="main.main" state="running"
    [1] state="syscall"
      main.deep /src/main.go:9 0 Go
      main.main /src/main.go:12 0 Go
      [unknown] :0 7f00 Native
      main.last :0 0 Go
    truncated 1
    "#);
}

#[test]
fn other_text_is_not_a_dump() {
    for text in ["goroutine profile: total 8\n", "we started goroutine 5 [sic]\n", "created by main in goroutine 1\n"] {
        let read = read_profile("x", &mut text.as_bytes(), &ReadOptions::default());
        assert!(!read.is_ok_and(|read| read.format == Format::GoroutineDump), "{text}");
    }
}
