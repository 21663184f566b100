//! Filters on the commands that read profiles; what each means is compared with pprof elsewhere.

use std::fs;
use std::path::Path;

use crate::{firesteel, folder, run};

const FOLDED: &str = "main;handle;parse 40\nmain;handle;parse;regexp.match 25\nmain;handle 10\nmain;idle 5\n\
                      main;walk;walk;visit;walk 3\n";

/// Three threads of two processes.
const PERF: &str = "\
web 10/11 100.000000: 1 cycles:
\t55d0 handle (/bin/web)
\t55d1 main (/bin/web)

web 10/12 100.100000: 1 cycles:
\t55d2 write (/bin/web)
\t55d1 main (/bin/web)

db 20/21 100.200000: 1 cycles:
\t66d0 query (/bin/db)
\t66d1 main (/bin/db)

web 10/11 100.300000: 1 cycles:
\t55d0 handle (/bin/web)
\t55d1 main (/bin/web)

";

#[track_caller]
fn check(input: &Path, options: &[&str], expect: &str) {
    let finished = run(firesteel().arg("fold").args(options).arg(input)).succeeded();
    assert_eq!(finished.stdout_text(), expect, "{options:?}");
}

#[test]
fn folded_stacks_are_filtered() {
    let folder = folder();
    let input = folder.path().join("stacks.folded");
    fs::write(&input, FOLDED).unwrap();
    check(&input, &["--focus", "regexp"], "main;handle;parse;regexp.match 25\n");
    check(&input, &["--ignore=handle|walk"], "main;idle 5\n");
    check(&input, &["--show-from", "handle", "--hide", "parse"], "handle 50\nhandle;regexp.match 25\n");
    check(&input, &["--show_from=parse"], "parse 40\nparse;regexp.match 25\n");
    check(&input, &["--prune-from=^handle$", "--ignore=walk"], "main;handle 75\nmain;idle 5\n");
    check(&input, &["--focus=walk", "--collapse-recursion"], "main;walk;visit;walk 3\n");
    check(&input, &["--focus=walk", "--collapse-recursion=cycles"], "main;walk 3\n");

    let finished = run(firesteel().args(["fold", "--focus=absent"]).arg(&input)).succeeded();
    assert_eq!(finished.stderr, "warning: focus expression matched no samples\nwarning: the filters left no sample\n");
    let finished = run(firesteel().args(["fold", "--from=1s"]).arg(&input));
    assert_eq!(finished.code(), Some(2));
    insta::assert_snapshot!(finished.stderr, @"
    error: the profile does not say when its samples were taken
    hint: `--from` and `--to` need an input that says it, such as perf.data or `perf script` text
    ");
    let finished = run(firesteel().args(["fold", "--lines", "--files"]).arg(&input));
    assert_eq!(finished.code(), Some(2));
}

#[test]
fn samples_are_chosen_by_thread() {
    let folder = folder();
    let input = folder.path().join("perf.txt");
    fs::write(&input, PERF).unwrap();
    check(&input, &["--comm", "^db$"], "db;main;query 1\n");
    check(&input, &["--thread", "web-10/11"], "web;main;handle 2\n");
    check(&input, &["--focus", "bin/db", "--root", "none"], "main;query 1\n");
}

#[test]
fn samples_are_chosen_by_time() {
    let folder = folder();
    let input = folder.path().join("x.cpuprofile");
    // Samples at 0.5, 1.5, 2.5, 3.5 and 4.5 ms.
    let profile = r#"{"nodes": [
        {"id": 1, "callFrame": {"functionName": "(root)", "url": "", "lineNumber": -1}, "children": [2, 3]},
        {"id": 2, "callFrame": {"functionName": "parse", "url": "", "lineNumber": 0}},
        {"id": 3, "callFrame": {"functionName": "render", "url": "", "lineNumber": 9}}],
        "startTime": 1000, "endTime": 9000, "samples": [2, 3, 3, 2, 2], "timeDeltas": [500, 1000, 1000, 1000, 1000]}"#;
    fs::write(&input, profile).unwrap();
    check(&input, &[], "parse 3\nrender 2\n");
    check(&input, &["--from=1ms"], "parse 2\nrender 2\n");
    check(&input, &["--from=1ms", "--to=3ms"], "render 2\n");
    check(&input, &["--to", "1ms", "--focus=parse"], "parse 1\n");
    let finished = run(firesteel().args(["fold", "--from=1h"]).arg(&input)).succeeded();
    assert_eq!(
        (finished.stdout_text().as_str(), finished.stderr.as_str()),
        ("", "warning: the filters left no sample\n")
    );
}

#[test]
fn every_output_is_of_what_is_left() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("stacks.folded"), FOLDED).unwrap();
    let mut command = firesteel();
    command.args(["--no-open", "--focus=handle", "--hide=^main$"]);
    for name in ["x.html", "x.svg", "x.folded", "x.pb", "x.csv", "x.md", "x.top.json"] {
        command.arg("-o").arg(path(name));
    }
    let _ = run(command.arg(path("stacks.folded"))).succeeded();
    let read = |name: &str| fs::read_to_string(path(name)).unwrap();
    assert_eq!(read("x.folded"), "handle 10\nhandle;parse 40\nhandle;parse;regexp.match 25\n");
    check(&path("x.pb"), &["--root=none"], &read("x.folded"));
    check(&path("x.pb"), &["--root=none", "--sample_index=0"], &read("x.folded"));
    assert!(!read("x.svg").contains(">idle") && read("x.svg").contains("regexp.match"));
    insta::assert_snapshot!(read("x.csv"), @"
    function,self,self_percent,total,total_percent,value,unit
    parse,40,48.19,65,78.31,samples,count
    regexp.match,25,30.12,25,30.12,samples,count
    handle,10,12.05,75,90.36,samples,count
    ");
    insta::assert_snapshot!(read("x.md"), @"
    | self (`samples`, `count`) | self % | total (`samples`, `count`) | total % | function |
    | ---: | ---: | ---: | ---: | :--- |
    | 40 | 48.19 | 65 | 78.31 | `parse` |
    | 25 | 30.12 | 25 | 30.12 | `regexp.match` |
    | 10 | 12.05 | 75 | 90.36 | `handle` |
    ");
    assert_eq!(read("x.top.json").lines().next(), Some("{"));
}

#[test]
fn tables_for_programs_and_people() {
    let folder = folder();
    let input = folder.path().join("stacks.folded");
    fs::write(&input, FOLDED).unwrap();
    let top = |options: &[&str]| run(firesteel().arg("top").args(options).arg(&input)).succeeded().stdout_text();
    insta::assert_snapshot!(top(&["--focus=handle", "--nodecount=2"]), @"
    2 of 4 functions; 100% is 83 samples, before filters
          self  self %       total  total %  function
    40 samples   48.2%  65 samples    78.3%  parse
    25 samples   30.1%  25 samples    30.1%  regexp.match
    ");
    insta::assert_snapshot!(top(&["--format=markdown", "--cum", "--nodefraction=0.3"]), @"
    | self (`samples`, `count`) | self % | total (`samples`, `count`) | total % | function |
    | ---: | ---: | ---: | ---: | :--- |
    | 0 | 0 | 83 | 100 | `main` |
    | 10 | 12.05 | 75 | 90.36 | `handle` |
    | 40 | 48.19 | 65 | 78.31 | `parse` |
    | 25 | 30.12 | 25 | 30.12 | `regexp.match` |
    ");
    insta::assert_snapshot!(top(&["--format=json", "-n", "1"]), @r#"
    {
      "value": "samples",
      "unit": "count",
      "whole": 83,
      "functions": 7,
      "rows": [
        {
          "function": "parse",
          "self": 40,
          "self_percent": 48.19,
          "total": 65,
          "total_percent": 78.31
        }
      ]
    }
    "#);
    insta::assert_snapshot!(top(&["--format=pprof", "--focus=handle"]), @"
    Type: samples
    Active filters:
       focus=handle
    Showing nodes accounting for 75, 90.36% of 83 total
          flat  flat%   sum%        cum   cum%
            40 48.19% 48.19%         65 78.31%  parse
            25 30.12% 78.31%         25 30.12%  regexp.match
            10 12.05% 90.36%         75 90.36%  handle
             0     0% 90.36%         75 90.36%  main
    ");
    let traces = run(firesteel().args(["traces", "--focus=visit"]).arg(&input)).succeeded().stdout_text();
    insta::assert_snapshot!(traces, @"
    Type: samples
    -----------+-------------------------------------------------------
             3   walk
                 visit
                 walk
                 walk
                 main
    -----------+-------------------------------------------------------
    ");
}

#[test]
fn a_recording_has_no_times_to_choose_by() {
    let finished = run(firesteel().args(["--from=1s", "--no-open", "true"]));
    assert_eq!(finished.code(), Some(2));
    assert!(finished.stderr.contains("are for profiles that were already taken"), "{}", finished.stderr);
}
