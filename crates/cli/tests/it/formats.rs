//! One profile written in each format and read back.

use std::path::Path;

use crate::{firesteel, folder, run};

const FOLDED: &str = "main;read;parse 3\nmain;read;parse;číslo <T> 4\nmain;write 2\n";

/// Four samples of V8, 100 µs apart but for a pause.
const CPU_PROFILE: &str = r#"{"nodes":[
    {"id":1,"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"children":[2]},
    {"id":2,"callFrame":{"functionName":"run","scriptId":"1","url":"file:///a.js","lineNumber":0,"columnNumber":0}}],
    "startTime":5000,"endTime":6000,"samples":[2,2,1,2],"timeDeltas":[0,100,100,700]}"#;

fn fold(path: &Path) -> String {
    run(firesteel().arg("fold").arg("--root").arg("none").arg(path)).succeeded().stdout_text()
}

fn render(input: &Path, output: &Path) {
    let _ = run(firesteel().arg("render").arg("-o").arg(output).arg(input)).succeeded();
}

#[test]
fn stacks_and_values_survive_every_format() {
    let folder = folder();
    let input = folder.path().join("in.folded");
    std::fs::write(&input, FOLDED).unwrap();
    for name in [
        "a.pb.gz",
        "a.pb",
        "a.folded",
        "a.folded.gz",
        "a.speedscope.json",
        "a.speedscope.json.gz",
        "a.firefox.json",
        "a.profile.json.gz",
        "a.otlp",
        "a.otlp.pb",
        "a.otlp.gz",
    ] {
        let output = folder.path().join(name);
        render(&input, &output);
        assert_eq!(fold(&output), FOLDED, "{name}");
    }
    // Samples are drawn as microseconds there, and read as nanoseconds.
    let output = folder.path().join("a.trace.json");
    render(&input, &output);
    assert_eq!(fold(&output), FOLDED.replace('\n', "000\n"));
}

#[test]
fn a_format_may_be_named() {
    let folder = folder();
    let input = folder.path().join("in.folded");
    std::fs::write(&input, FOLDED).unwrap();
    let to_stdout = |format: &str| {
        let arguments = ["render", "-o", "-", "--format", format];
        run(firesteel().args(arguments).arg(&input)).succeeded().stdout
    };
    assert_eq!(to_stdout("folded"), FOLDED.as_bytes());
    for format in ["pprof", "speedscope", "firefox", "otlp"] {
        let output = folder.path().join(format);
        std::fs::write(&output, to_stdout(format)).unwrap();
        assert_eq!(fold(&output), FOLDED, "{format}");
    }
    assert!(to_stdout("svg").starts_with(b"<?xml"), "a picture");
    let refused = run(firesteel().args(["render", "-o", "-"]).arg(&input));
    assert_eq!(refused.code(), Some(2));
    insta::assert_snapshot!(refused.stderr, @"
    error: standard output has no ending that names a format
    hint: name it: `--format folded`
    ");
}

#[test]
fn times_go_where_there_is_a_place_for_them() {
    let folder = folder();
    let input = folder.path().join("in.cpuprofile");
    std::fs::write(&input, CPU_PROFILE).unwrap();
    let written = |name: &str| {
        let output = folder.path().join(name);
        render(&input, &output);
        std::fs::read_to_string(&output).unwrap()
    };
    let text = written("a.speedscope.json");
    assert!(text.contains("\"startValue\":5000000,\"endValue\":6000000"), "{text}");
    let text = written("a.trace.json");
    assert!(text.contains("\"ts\":5900"), "{text}");
    let text = written("a.firefox.json");
    assert!(text.contains("\"time\":[0,0.1,0.2,0.9]"), "{text}");
}

#[test]
fn labels_become_frames_of_folded_stacks() {
    let folder = folder();
    let input = folder.path().join("in.json");
    // The state of the virtual machine is a label of what node writes.
    let code = r#"{"code":[{"name":"run /srv/a.js:1:1","type":"JS"}],"functions":[]"#;
    let ticks = r#""ticks":[{"tm":1,"vm":0,"s":[0,1]},{"tm":2,"vm":1,"s":[0,1]},{"tm":3,"s":[0,1]}]}"#;
    std::fs::write(&input, format!("{code},{ticks}")).unwrap();
    let folded = run(firesteel().args(["fold", "--labels", "vm_state"]).arg(&input)).succeeded().stdout_text();
    assert_eq!(folded, "[no vm_state];run 1\ngc;run 1\njs;run 1\n");
    let output = folder.path().join("out.folded");
    let _ = run(firesteel().args(["render", "--labels", "vm_state", "-o"]).arg(&output).arg(&input)).succeeded();
    assert_eq!(std::fs::read_to_string(&output).unwrap(), folded);
}
