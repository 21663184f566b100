//! What `--help` says: a change of it is a change that users see.

use crate::{firesteel, run};

fn check(name: &str, arguments: &[&str]) {
    let finished = run(firesteel().args(arguments)).succeeded();
    assert_eq!(finished.stderr, "", "help goes to standard output");
    insta::assert_snapshot!(name, finished.stdout_text());
}

#[test]
fn the_command() {
    check("help", &["--help"]);
    check("help-short", &["-h"]);
}

#[test]
fn every_subcommand() {
    for command in ["record", "fetch", "view", "diff", "top", "traces", "render", "fold", "flamegraph", "completions"] {
        check(&format!("help-{command}"), &[command, "--help"]);
    }
}

#[test]
fn nothing_to_do_is_a_mistake() {
    let finished = run(&mut firesteel());
    assert_eq!(finished.code(), Some(2));
    insta::assert_snapshot!(finished.stderr, @"
    error: nothing to look at
    hint: give a program (`firesteel ./app`), a pid, a URL (`http://host:6060`) or a profile; `firesteel --help` tells more
    ");
    let finished = run(firesteel().arg("--no-such-option"));
    assert_eq!(finished.code(), Some(2));
    assert!(finished.stderr.contains("--no-such-option"), "{}", finished.stderr);
}
