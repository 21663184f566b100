//! Broken and hostile input: an error with exit code 2, or a part of it with a count of what was skipped. Never a panic.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::{firesteel, folder, run};

/// What has to come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Exit code 2, and what the message says.
    Refused(&'static str),
    /// Success, with a warning that says this.
    Partial(&'static str),
    /// Success.
    Whole,
    /// One of these: what is read depends on where in the file the bad part is.
    Either,
}

fn check(name: &str, input: &[u8], outcome: Outcome) {
    let folder = folder();
    let path = folder.path().join(name);
    fs::write(&path, input).unwrap();
    let output = |ending: &str| folder.path().join(format!("out.{ending}")).into_os_string().into_string().unwrap();
    for arguments in [
        vec!["top".to_owned()],
        vec!["fold".to_owned()],
        vec!["render".to_owned(), "-o".to_owned(), output("html")],
        vec!["render".to_owned(), "-o".to_owned(), output("svg")],
        vec!["render".to_owned(), "-o".to_owned(), output("pb.gz")],
    ] {
        let what = format!("firesteel {} {name}", arguments[0]);
        let finished = run(firesteel().args(&arguments).arg(&path));
        let stderr = &finished.stderr;
        assert!(!stderr.contains("panicked"), "{what}: {stderr}");
        match outcome {
            Outcome::Refused(part) => {
                assert_eq!(finished.code(), Some(2), "{what}: {stderr}");
                assert!(stderr.starts_with("error: ") && stderr.contains(part), "{what}: {stderr}");
                assert!(finished.stdout.is_empty(), "{what}: {}", finished.stdout_text());
                let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
                assert_eq!(left, [name], "{what}: nothing half done is left");
            }
            Outcome::Partial(part) => {
                assert_eq!(finished.code(), Some(0), "{what}: {stderr}");
                assert!(stderr.contains("warning: ") && stderr.contains(part), "{what}: {stderr}");
            }
            Outcome::Whole => {
                assert_eq!(finished.code(), Some(0), "{what}: {stderr}");
                assert!(!stderr.contains("warning: "), "{what}: {stderr}");
            }
            Outcome::Either => assert!(matches!(finished.code(), Some(0 | 2)), "{what}: {stderr}"),
        }
    }
}

/// Bytes without any pattern, the same every time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(byte).take(length).collect()
}

/// A pprof file of some size, in gzip.
fn pprof(folder: &Path) -> Vec<u8> {
    let (text, profile) = (folder.join("x.folded"), folder.join("x.pb.gz"));
    let lines: Vec<String> = (0..2000).map(|index| format!("main;caller{};callee{index} 7\n", index % 40)).collect();
    fs::write(&text, lines.concat()).unwrap();
    let _ = run(firesteel().arg("render").arg(&text).arg("-o").arg(&profile)).succeeded();
    fs::read(profile).unwrap()
}

#[test]
fn nothing() {
    check("empty", b"", Outcome::Refused("empty"));
    check("blank", b"\n\n  \n", Outcome::Refused(""));
}

#[test]
fn random_bytes() {
    check("random", &noise(1 << 16), Outcome::Refused(""));
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    gzip.extend(noise(1 << 14));
    check("random.gz", &gzip, Outcome::Refused(""));
}

#[test]
fn truncated_gzip() {
    let folder = folder();
    let whole = pprof(folder.path());
    check("whole.pb.gz", &whole, Outcome::Whole);
    check("header.pb.gz", &whole[..10], Outcome::Refused(""));
    check("half.pb.gz", &whole[..whole.len() / 2], Outcome::Refused(""));
    check("last-byte.pb.gz", &whole[..whole.len() - 1], Outcome::Partial(""));
}

#[test]
fn a_very_deep_stack() {
    let deep = format!("{}g 1\n", "f;".repeat(99_999));
    check("deep.folded", format!("main;h 2\n{deep}").as_bytes(), Outcome::Whole);
    check("only-deep.folded", deep.as_bytes(), Outcome::Either);
    let mut script = "app 1 1.0: 1 cycles:\n".to_owned();
    for index in 0..100_000 {
        writeln!(script, "\t{:x} f{} (/bin/app)", 0x40_0000 + index, index % 7).unwrap();
    }
    script.push('\n');
    check("deep.perf-script.txt", script.as_bytes(), Outcome::Whole);
}

#[test]
fn a_very_long_name() {
    let name = "x".repeat(1 << 20);
    check("long.folded", format!("main;y 1\nmain;{name} 5\n").as_bytes(), Outcome::Whole);
    check("only-long.folded", format!("main;{name} 5\n").as_bytes(), Outcome::Either);
    let script = format!("app 1 1.0: 1 cycles:\n\t400000 {name} (/bin/app)\n\t400010 main (/bin/app)\n\n");
    check("long.perf-script.txt", script.as_bytes(), Outcome::Whole);
}

#[test]
fn invalid_utf8() {
    check("utf8.folded", b"main;\xff\xfe\x80 3\nmain;ok 4\n", Outcome::Partial("not UTF-8"));
}

#[test]
fn odd_counts() {
    check("negative.folded", b"main;a -5\nmain;b 7\n", Outcome::Partial("skipped (1;"));
    let huge = b"main;a 9223372036854775807\nmain;b 9223372036854775807\nmain;c 99999999999999999999999999\nmain;d 1e400\nmain;e NaN\n";
    check("huge.folded", huge, Outcome::Partial("skipped ("));
    check("nothing-but-errors.folded", b"no count here\nnor here\n", Outcome::Refused(""));
}

#[test]
fn files_that_are_not_there() {
    for arguments in [["top", "absent"], ["fold", "absent"], ["view", "absent"], ["render", "absent"]] {
        let finished = run(firesteel().args(arguments));
        assert_eq!(finished.code(), Some(2), "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.contains("cannot read `absent`"), "{arguments:?}: {}", finished.stderr);
    }
    let finished = run(firesteel().args(["top", "/"]));
    assert_eq!(finished.code(), Some(2), "{}", finished.stderr);
}
