//! `view`, `render`, `top` and `fold` on a recorded profile and on folded stacks.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use firesteel_testkit::{GoProgram, LinkMode, Toolchain, recording_turn};

use crate::{SCRATCH, firesteel, folder, record, run};

const FOLDED: &str = "main;handle;parse 40\nmain;handle;parse;regexp.(*Regexp).doExecute 25\nmain;handle 10\n\
                      main;idle 5\nmain;escape <&> \"quoted\" 3\n";

/// A pprof file recorded from a program with a known call structure.
pub(crate) fn recorded() -> &'static Path {
    static RECORDED: OnceLock<PathBuf> = OnceLock::new();
    RECORDED.get_or_init(|| {
        let program = GoProgram::SPIN.build_stripped(&Toolchain::newest(), LinkMode::Plain, SCRATCH);
        let profile = Path::new(SCRATCH).join("spin.pb.gz");
        let _turn = recording_turn();
        let _ = run(record(&[&profile]).arg("--").arg(program).args(["-duration", "1500ms"])).succeeded();
        profile
    })
}

fn render(input: &Path, output: &Path) -> Vec<u8> {
    let finished = run(firesteel().arg("render").arg(input).arg("--no-open").arg("-o").arg(output)).succeeded();
    assert_eq!(finished.stdout, b"", "reports go to files");
    fs::read(output).unwrap()
}

#[test]
fn pictures_are_whole_and_the_same_every_time() {
    let folder = folder();
    let text = folder.path().join("stacks.folded");
    fs::write(&text, FOLDED).unwrap();
    for (input, function) in [(recorded(), "main.outer"), (text.as_path(), "regexp.(*Regexp).doExecute")] {
        let svg = render(input, &folder.path().join("x.svg"));
        assert!(svg == render(input, &folder.path().join("y.svg")), "{}: same SVG twice", input.display());
        let svg = String::from_utf8(svg).unwrap();
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
        let document = roxmltree::Document::parse_with_options(&svg, options).unwrap();
        let titles: Vec<&str> =
            document.descendants().filter(|node| node.has_tag_name("title")).filter_map(|node| node.text()).collect();
        assert!(titles.iter().any(|title| title.starts_with(function)), "{titles:?}");

        let html = render(input, &folder.path().join("x.html"));
        assert!(html == render(input, &folder.path().join("y.html")), "{}: same HTML twice", input.display());
        let html = String::from_utf8(html).unwrap();
        assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"), "a whole document");
        assert!(html.contains("FIRESTEEL") || html.contains("firesteel"), "has the payload's element");
        assert!(!html.contains("src=\"http") && !html.contains("href=\"http"), "works offline");
    }
}

#[test]
fn view_leaves_the_report_in_the_temporary_folder() {
    let folder = folder();
    let mut command = firesteel();
    let finished = run(command.env("TMPDIR", folder.path()).arg("view").arg(recorded())).succeeded();
    let reports: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert!(finished.stderr.contains(reports[0].to_str().unwrap()), "{}", finished.stderr);
    assert_eq!(finished.stdout, b"");
}

#[test]
fn a_table_of_the_heaviest() {
    let folder = folder();
    let text = folder.path().join("stacks.folded");
    fs::write(&text, FOLDED).unwrap();
    let finished = run(firesteel().arg("top").arg(&text)).succeeded();
    insta::assert_snapshot!(finished.stdout_text(), @r#"
    6 of 6 functions; 100% is 83 samples
          self  self %       total  total %  function
    40 samples   48.2%  65 samples    78.3%  parse
    25 samples   30.1%  25 samples    30.1%  regexp.(*Regexp).doExecute
    10 samples   12.0%  75 samples    90.4%  handle
     5 samples   6.02%   5 samples    6.02%  idle
     3 samples   3.61%   3 samples    3.61%  escape <&> "quoted"
     0 samples      0%  83 samples     100%  main
    "#);
    let by_total = run(firesteel().args(["top", "--cum", "-n", "2"]).arg(&text)).succeeded();
    insta::assert_snapshot!(by_total.stdout_text(), @"
    2 of 6 functions; 100% is 83 samples
          self  self %       total  total %  function
     0 samples      0%  83 samples     100%  main
    10 samples   12.0%  75 samples    90.4%  handle
    ");

    let finished = run(firesteel().arg("top").arg(recorded())).succeeded();
    for function in ["main.scramble", "main.third", "main.makeSteps.func1"] {
        assert!(finished.stdout_text().contains(function), "{}", finished.stdout_text());
    }
    let finished = run(firesteel().args(["top", "--sample-index", "absent"]).arg(recorded()));
    assert_eq!(finished.code(), Some(2));
    assert!(finished.stderr.contains("it has: samples, cpu"), "{}", finished.stderr);
}

#[test]
fn folding_conserves_what_was_counted() {
    let folder = folder();
    let text = folder.path().join("stacks.folded");
    fs::write(&text, FOLDED).unwrap();
    let finished = run(firesteel().arg("fold").arg(&text)).succeeded();
    let mut lines: Vec<String> = finished.stdout_text().lines().map(str::to_owned).collect();
    let mut expected: Vec<&str> = FOLDED.lines().collect();
    lines.sort();
    expected.sort_unstable();
    assert_eq!(lines, expected);

    // A recording folds to the same total in every format on the way.
    let total = |bytes: &[u8]| -> u64 {
        let text = String::from_utf8_lossy(bytes);
        text.lines().map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()).sum()
    };
    let fold = |input: &Path| run(firesteel().args(["fold", "--root", "none"]).arg(input)).succeeded().stdout;
    let direct = fold(recorded());
    let (again, plain) = (folder.path().join("again.folded"), folder.path().join("plain.pb"));
    fs::write(&again, &direct).unwrap();
    render(recorded(), &plain);
    assert!(total(&direct) > 0);
    assert_eq!(total(&fold(&again)), total(&direct));
    assert_eq!(fold(&plain), direct);
}

#[test]
fn several_inputs_are_merged_and_standard_input_is_read() {
    let folder = folder();
    let (a, b, merged) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("merged.folded"));
    fs::write(&a, "main;f 1\nmain;g 2\n").unwrap();
    fs::write(&b, "main;f 10\n").unwrap();
    let mut command = firesteel();
    let _ = run(command.arg("render").args([&a, &b]).arg("-o").arg(&merged)).succeeded();
    assert_eq!(fs::read_to_string(&merged).unwrap(), "main;f 11\nmain;g 2\n");
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "\"$0\" fold - <\"$1\"", env!("CARGO_BIN_EXE_firesteel")]).arg(&a);
    assert_eq!(run(&mut command).succeeded().stdout_text(), "main;f 1\nmain;g 2\n");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = folder();
    let text = folder.path().join("large.folded");
    let lines: Vec<String> = (0..200_000).map(|index| format!("main;function{index} 1\n")).collect();
    fs::write(&text, lines.concat()).unwrap();
    let mut command = std::process::Command::new("bash");
    command.args(["-c", "\"$0\" fold \"$1\" | head -n 1; exit ${PIPESTATUS[0]}", env!("CARGO_BIN_EXE_firesteel")]);
    let finished = run(command.arg(&text)).succeeded();
    assert_eq!(finished.stdout_text().lines().count(), 1);
    assert_eq!(finished.stderr, "");
}

/// A table is made from a list of samples where that is enough, and from a tree of stacks where it is not.
#[test]
fn a_table_is_the_same_whichever_way_it_is_made() {
    let top = |options: &[&str]| run(firesteel().arg("top").args(options).arg(recorded())).succeeded().stdout_text();
    for options in [&["--format=csv"][..], &["--format=json", "--cum"], &["--raw-names"], &["--sample-index=samples"]] {
        let through_tree = [options, &["--tagignore=no_such_label=x"]].concat();
        assert_eq!(top(options), top(&through_tree), "{options:?}");
        assert!(top(options).contains("main."), "{options:?}");
    }
    // Helpers of the runtime can only be told from a tree.
    assert_eq!(top(&["--clean=charge-callers"]), top(&["--clean=charge-callers", "--tagignore=no_such_label=x"]));
}
