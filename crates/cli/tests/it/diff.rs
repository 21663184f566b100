//! `diff`, and two files on the bare command.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use firesteel_testkit::{Finished, Toolchain};

use crate::views::recorded;
use crate::{firesteel, folder, run};

const BEFORE: &str = "main;handle;parse 40\nmain;handle;parse;regexp.(*Regexp).doExecute 25\nmain;handle 10\nmain;idle 5\n\
                      main;legacy;convert 12\nmain;legacy;convert;strings.Replace 8\n";

const AFTER: &str = "main;handle;parse 42\nmain;handle;parse;regexp.(*Regexp).doExecute 55\nmain;handle 9\nmain;idle 5\n\
                     main;cache;lookup 6\nmain;cache;lookup;runtime.mapaccess2 3\n";

/// A folder with two profiles of which the second has half as much again, something new and something gone.
struct Pair {
    folder: tempfile::TempDir,
    before: PathBuf,
    after: PathBuf,
}

impl Pair {
    fn new(before: &str, after: &str) -> Self {
        let folder = folder();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let (before, after) = (write("before.folded", before), write("after.folded", after));
        Self { folder, before, after }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn diff(&self, options: &[&str]) -> Command {
        let mut command = firesteel();
        command.arg("diff").arg(&self.before).arg(&self.after).args(options).current_dir(self.folder.path());
        command
    }

    /// What a file holds that the command wrote.
    fn written(&self, name: &str, options: &[&str]) -> String {
        let finished = run(self.diff(options).args(["--no-open", "-o", name])).succeeded();
        assert_eq!(finished.stdout, b"", "reports go to files");
        fs::read_to_string(self.path(name)).unwrap()
    }
}

#[test]
fn a_table_of_the_greatest_changes() {
    let pair = Pair::new(BEFORE, AFTER);
    let finished = run(&mut pair.diff(&[])).succeeded();
    assert_eq!(finished.stderr, "");
    insta::assert_snapshot!(finished.stdout_text(), @"
    samples: 100 samples before, 120 samples after (+20 samples, +20.0%)
    before is scaled by 1.2 to the total of after; shares are of each side's total

    Greatest changes of self: 8
    before  after         change          function
     25.0%  45.8%    +25 samples  +83.3%  regexp.(*Regexp).doExecute
     12.0%      –  -14.4 samples    gone  convert
     8.00%      –  -9.60 samples    gone  strings.Replace
         –  5.00%     +6 samples     new  lookup
     40.0%  35.0%     -6 samples  -12.5%  parse
     10.0%  7.50%     -3 samples  -25.0%  handle
         –  2.50%     +3 samples     new  runtime.mapaccess2
     5.00%  4.17%      -1 sample  -16.7%  idle

    Greatest changes of total (with what they call): 10
    before  after         change          function
     25.0%  45.8%    +25 samples  +83.3%  regexp.(*Regexp).doExecute
     20.0%      –    -24 samples    gone  convert
     20.0%      –    -24 samples    gone  legacy
     65.0%  80.8%    +19 samples  +24.4%  parse
     75.0%  88.3%    +16 samples  +17.8%  handle
     8.00%      –  -9.60 samples    gone  strings.Replace
         –  7.50%     +9 samples     new  cache
         –  7.50%     +9 samples     new  lookup
         –  2.50%     +3 samples     new  runtime.mapaccess2
     5.00%  4.17%      -1 sample  -16.7%  idle
    ");
    let finished =
        run(&mut pair.diff(&["--normalize", "off", "--swap", "--limit", "2", "--min-delta", "5%"])).succeeded();
    insta::assert_snapshot!(finished.stdout_text(), @"
    samples: 120 samples before, 100 samples after (-20 samples, -16.7%)
    nothing is scaled; shares are of each side's total

    Greatest changes of self: 2 of 4
    before  after       change          function
     45.8%  25.0%  -30 samples  -54.5%  regexp.(*Regexp).doExecute
         –  12.0%  +12 samples     new  convert

    Greatest changes of total (with what they call): 2 of 9
    before  after       change          function
     80.8%  65.0%  -32 samples  -33.0%  parse
     88.3%  75.0%  -31 samples  -29.2%  handle
    ");
}

#[test]
fn nothing_differs_from_itself() {
    let pair = Pair::new(BEFORE, BEFORE);
    let finished = run(&mut pair.diff(&[])).succeeded();
    insta::assert_snapshot!(finished.stdout_text(), @"
    samples: 100 samples before, 100 samples after (the same)
    nothing is scaled; shares are of each side's total
    no difference
    ");
    for by in ["before", "after", "delta", "max"] {
        let picture = pair.written("same.svg", &["--by", by]);
        assert!(!picture.contains("<g class=\"appeared\" data-v") && !picture.contains("change +"), "{picture}");
    }
}

/// Titles of the boxes of a picture, in its order, behind their classes.
fn boxes(picture: &str) -> Vec<String> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    let document = roxmltree::Document::parse_with_options(picture, options).unwrap();
    let frames = document.descendants().find(|node| node.attribute("id") == Some("frames")).unwrap();
    let boxes = frames.children().filter(roxmltree::Node::is_element).map(|group| {
        let title = group.children().find(|child| child.has_tag_name("title") || child.tag_name().name() == "title");
        let title = title.and_then(|title| title.text()).unwrap();
        group.attribute("class").map_or_else(|| title.to_owned(), |class| format!("{class}: {title}"))
    });
    boxes.collect()
}

#[test]
fn pictures_show_what_appeared_and_what_vanished() {
    let pair = Pair::new(BEFORE, AFTER);
    let picture = pair.written("x.svg", &[]);
    assert_eq!(picture, pair.written("y.svg", &[]), "same SVG twice");
    insta::assert_snapshot!(boxes(&picture).join("\n"), @"
    all (before 120 samples 100%, after 120 samples 100%, change 0 samples –, self 0 samples –)
    main (before 120 samples 100%, after 120 samples 100%, change 0 samples –, self 0 samples –)
    appeared: cache (before 0 samples 0%, after 9 samples 7.50%, change +9 samples new, self 0 samples –)
    appeared: lookup (before 0 samples 0%, after 9 samples 7.50%, change +9 samples new, self +6 samples new)
    appeared: runtime.mapaccess2 (before 0 samples 0%, after 3 samples 2.50%, change +3 samples new, self +3 samples new)
    handle (before 90 samples 75.0%, after 106 samples 88.3%, change +16 samples +17.8%, self -3 samples -25.0%)
    parse (before 78 samples 65.0%, after 97 samples 80.8%, change +19 samples +24.4%, self -6 samples -12.5%)
    regexp.(*Regexp).doExecute (before 30 samples 25.0%, after 55 samples 45.8%, change +25 samples +83.3%, self +25 samples +83.3%)
    idle (before 6 samples 5.00%, after 5 samples 4.17%, change -1 sample -16.7%, self -1 sample -16.7%)
    vanished: legacy (before 24 samples 20.0%, after 0 samples 0%, change -24 samples gone, self 0 samples –)
    vanished: convert (before 24 samples 20.0%, after 0 samples 0%, change -24 samples gone, self -14.4 samples gone)
    vanished: strings.Replace (before 9.60 samples 8.00%, after 0 samples 0%, change -9.60 samples gone, self -9.60 samples gone)
    ");
    let names = |options: &[&str]| -> Vec<String> {
        let titles = boxes(&pair.written("x.svg", options)).into_iter();
        titles.map(|title| title.split(" (before").next().unwrap().to_owned()).collect()
    };
    assert_eq!(
        names(&["--by", "after"]),
        [
            "all",
            "main",
            "appeared: cache",
            "appeared: lookup",
            "appeared: runtime.mapaccess2",
            "handle",
            "parse",
            "regexp.(*Regexp).doExecute",
            "idle",
            "[vanished]",
            "main",
            "vanished: legacy",
            "vanished: convert",
            "vanished: strings.Replace",
        ]
    );
    let before = names(&["--by", "before"]);
    assert!(
        before.ends_with(
            &["[appeared]", "main", "appeared: cache", "appeared: lookup", "appeared: runtime.mapaccess2"]
                .map(str::to_owned)
        ),
        "{before:?}"
    );
    let small = names(&["--min-delta", "20"]);
    assert_eq!(
        small,
        [
            "all",
            "main",
            "handle",
            "parse",
            "regexp.(*Regexp).doExecute",
            "vanished: legacy",
            "vanished: convert",
            "vanished: [small changes]",
            "[small changes]"
        ]
    );
}

#[test]
fn every_format_holds_the_difference() {
    let pair = Pair::new(BEFORE, AFTER);
    insta::assert_snapshot!(pair.written("x.folded", &[]), @"
    main;cache;lookup 0 6
    main;cache;lookup;runtime.mapaccess2 0 3
    main;handle 12 9
    main;handle;parse 48 42
    main;handle;parse;regexp.(*Regexp).doExecute 30 55
    main;idle 6 5
    main;legacy;convert 14.4 0
    main;legacy;convert;strings.Replace 9.6 0
    ");
    insta::assert_snapshot!(pair.written("x.md", &["--limit", "3"]), @"
    samples: 100 samples before, 120 samples after (+20 samples, +20.0%); before is scaled by 1.2 to the total of after.

    | function | self before | self after | self change | | total change | |
    |:--|--:|--:|--:|--:|--:|--:|
    | `regexp.(*Regexp).doExecute` | 25.0% | 45.8% | +25 samples | +83.3% | +25 samples | +83.3% |
    | `convert` | 12.0% | – | -14.4 samples | gone | -24 samples | gone |
    | `strings.Replace` | 8.00% | – | -9.60 samples | gone | -9.60 samples | gone |

    7 more functions changed.
    ");
    insta::assert_snapshot!(pair.written("x.csv", &["--min-delta", "9"]), @"
    function,state,self before,self after,self change,total before,total after,total change
    regexp.(*Regexp).doExecute,grown,30,55,25,30,55,25
    convert,vanished,14.4,0,-14.4,24,0,-24
    strings.Replace,vanished,9.6,0,-9.6,9.6,0,-9.6
    parse,grown,48,42,-6,78,97,19
    lookup,appeared,0,6,6,0,9,9
    handle,grown,12,9,-3,90,106,16
    legacy,vanished,0,0,0,24,0,-24
    cache,appeared,0,0,0,0,9,9
    ");
    let json = pair.written("x.json", &[]);
    assert!(json.contains("\"before_scale\": 1.2") && json.contains("\"state\": \"vanished\""), "{json}");
    assert_eq!(pair.written("x.txt", &[]), run(&mut pair.diff(&[])).succeeded().stdout_text());
    let html = pair.written("x.html", &["--title", "old <b> new"]);
    assert_eq!(html, pair.written("y.html", &["--title", "old <b> new"]), "same HTML twice");
    assert!(html.contains("<title>old &lt;b&gt; new</title>") && html.trim_end().ends_with("</html>"));

    // What was written as folded text reads back as the same difference.
    let again = run(firesteel().arg("diff").arg(pair.path("x.folded"))).succeeded();
    let direct = run(&mut pair.diff(&[])).succeeded();
    let lists = |finished: &Finished| finished.stdout_text().split_once("\n\n").unwrap().1.to_owned();
    assert_eq!(lists(&again), lists(&direct));
}

#[test]
fn go_tool_pprof_takes_the_difference_for_one() {
    let pair = Pair::new(BEFORE, AFTER);
    let output = pair.path("x.pb.gz");
    let _ = run(pair.diff(&["--normalize", "off", "-o"]).arg(&output)).succeeded();
    let top = |arguments: &[&Path]| -> Vec<String> {
        let mut command = Toolchain::newest().command();
        command.args(["tool", "pprof", "-top", "-nodecount=100"]).args(arguments);
        let finished = run(&mut command).succeeded();
        finished
            .stdout_text()
            .lines()
            .skip_while(|line| !line.trim_start().starts_with("flat"))
            .map(str::to_owned)
            .collect()
    };
    let (before, after) = (pair.path("before.pb.gz"), pair.path("after.pb.gz"));
    for (input, output) in [(&pair.before, &before), (&pair.after, &after)] {
        let _ = run(firesteel().arg("render").arg(input).arg("-o").arg(output)).succeeded();
    }
    let ours = top(&[&output]);
    assert!(ours.len() > 8, "{ours:?}");
    let base = PathBuf::from(format!("-diff_base={}", before.display()));
    assert_eq!(ours, top(&[&base, &after]));
}

#[test]
fn a_recording_differs_from_what_was_made_of_it() {
    let folder = folder();
    let fold = run(firesteel().args(["fold", "--root", "none"]).arg(recorded())).succeeded();
    let mut gone = 0;
    let mut text = String::from("main.invented;main.alsoInvented 30\n");
    for line in fold.stdout_text().lines() {
        let (stack, count) = line.rsplit_once(' ').unwrap();
        if stack.contains("main.third") {
            gone += count.parse::<u64>().unwrap();
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    assert!(gone > 0, "{}", fold.stdout_text());
    let after = folder.path().join("after.folded");
    fs::write(&after, text).unwrap();
    let mut command = firesteel();
    command.args(["diff", "--normalize", "off", "--limit", "100"]).arg(recorded()).arg(&after);
    let finished = run(&mut command).succeeded();
    let table = finished.stdout_text();
    let has = |wanted: &[&str]| table.lines().any(|line| wanted.iter().all(|part| line.contains(part)));
    assert!(has(&["main.third", "gone", &format!("-{gone} samples")]), "{table}");
    assert!(has(&["main.invented", "new", "+30 samples"]), "{table}");
    assert!(!has(&["main.third", "new"]) && !has(&["main.invented", "gone"]), "{table}");
}

#[test]
fn sets_of_files_are_merged_before_they_are_compared() {
    let pair = Pair::new("main;f 1\n", "main;f 4\n");
    fs::write(pair.path("more.folded"), "main;f 1\nmain;g 2\n").unwrap();
    let mut command = firesteel();
    command.args(["diff", "--normalize", "off", "--before"]).args([&pair.before, &pair.path("more.folded")]);
    let finished = run(command.arg("--after").args([&pair.after, &pair.after])).succeeded();
    insta::assert_snapshot!(finished.stdout_text(), @"
    samples: 4 samples before, 8 samples after (+4 samples, +100%)
    nothing is scaled; shares are of each side's total

    Greatest changes of self: 2
    before  after      change           function
     50.0%   100%  +6 samples  +300.0%  f
     50.0%      –  -2 samples     gone  g

    Greatest changes of total (with what they call): 3
    before  after      change           function
     50.0%   100%  +6 samples  +300.0%  f
      100%   100%  +4 samples    +100%  main
     50.0%      –  -2 samples     gone  g
    ");
}

#[test]
fn samples_are_scaled_unless_told_otherwise() {
    let pair = Pair::new("a 1\nb 1\n", "a 1\n");
    let first = |options: &[&str]| {
        let finished = run(&mut pair.diff(options)).succeeded();
        finished.stdout_text().lines().nth(1).unwrap().to_owned()
    };
    assert!(first(&[]).starts_with("before is scaled by 0.5"), "{}", first(&[]));
    assert!(first(&["-n"]).starts_with("before is scaled by 0.5"));
    assert!(first(&["--normalize", "off"]).starts_with("nothing is scaled"));
}

#[test]
fn hexadecimal_numbers_make_no_difference_when_stripped() {
    let pair = Pair::new("main;jit 0x7f01 5\n", "main;jit 0x7f02 5\n");
    assert!(run(&mut pair.diff(&["--raw-names"])).succeeded().stdout_text().contains("gone"));
    assert!(run(&mut pair.diff(&["--raw-names", "-s"])).succeeded().stdout_text().contains("no difference"));
    // Cleaning names does it anyway.
    assert!(run(&mut pair.diff(&[])).succeeded().stdout_text().contains("no difference"));
}

#[test]
fn two_files_are_compared_and_three_are_merged() {
    let pair = Pair::new(BEFORE, AFTER);
    let mut command = firesteel();
    command.current_dir(pair.folder.path()).args([&pair.before, &pair.after]);
    let finished = run(&mut command).succeeded();
    assert_eq!(finished.stdout, b"");
    assert!(finished.stderr.contains("Greatest changes of self"), "{}", finished.stderr);
    let reports: Vec<PathBuf> = fs::read_dir(pair.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let report = reports.iter().find(|path| path.extension().is_some_and(|ending| ending == "html")).unwrap();
    let name = report.file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.starts_with("firesteel-before-to-after-"), "{name}");

    let mut command = firesteel();
    command.args([&pair.before, &pair.after, &pair.after]).arg("-o").arg(pair.path("x.folded"));
    // Options go in front of what is looked at.
    assert_eq!(run(&mut command).code(), Some(2));
    let mut command = firesteel();
    command.arg("-o").arg(pair.path("x.folded")).args([&pair.before, &pair.after, &pair.after]);
    let _ = run(&mut command).succeeded();
    assert!(fs::read_to_string(pair.path("x.folded")).unwrap().contains("main;handle;parse 124\n"));
}

#[test]
fn what_cannot_be_compared_is_said() {
    let pair = Pair::new(BEFORE, AFTER);
    let check = |command: &mut Command, expect: &str| {
        let finished = run(command);
        assert_eq!(finished.code(), Some(2), "{}", finished.stderr);
        assert!(finished.stderr.contains(expect), "{}", finished.stderr);
    };
    check(&mut pair.diff(&["--sample-index", "cpu"]), "they have: samples");
    check(&mut pair.diff(&["--min-delta", "10ms"]), "`samples` does not count in the unit of --min-delta");
    check(&mut pair.diff(&["-o", "x.png"]), "the ending of `x.png` names no format");
    check(firesteel().arg("diff").arg(&pair.before), "nothing to compare the profile with");
    check(firesteel().arg("diff"), "required");
    check(firesteel().args(["diff", "--before"]).arg(&pair.before), "--after");
    let space = pair.path("space.folded");
    fs::write(&space, "").unwrap();
    check(firesteel().arg("diff").arg(&pair.before).arg(&space), "space.folded");
}
