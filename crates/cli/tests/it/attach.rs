//! `firesteel record -p PID`: a running process, with all its threads and those it starts.

use std::fs;
use std::process::Command;
use std::time::Duration;

use firesteel_testkit::{Running, recording_turn};
use rustix::process::Signal;

use crate::{PATIENCE, actor, firesteel, folded, folder, record, run, share};

const BURN: &str = "main.burn";

#[test]
fn a_running_process_is_recorded_for_a_while() {
    let folder = folder();
    let output = folder.path().join("x.folded");
    let turn = recording_turn();
    let mut target = Running::start(Command::new(actor()).args(["work", "50s"]));
    target.wait_for_line("actor: working", PATIENCE);
    let process = target.id().to_string();
    let finished = run(record(&[&output]).args(["-d", "700ms", "-p", &process])).succeeded();
    let stacks = folded(&output);
    assert!(share(&stacks, "main.spin", BURN) > 0.9, "{stacks:?}");
    // The title is the command line.
    assert!(finished.stderr.contains("work 50s"), "{}", finished.stderr);

    // A bare number means the same.
    let mut command = firesteel();
    command.args(["--no-open", "-d", "400ms", "-o"]).arg(&output).arg(&process);
    let _ = run(&mut command).succeeded();
    assert!(share(&folded(&output), "main.spin", BURN) > 0.9);
    drop(turn);
    // The process is left as it was.
    assert!(!target.stdout_so_far().contains("asked to end"), "{}", target.stdout_so_far());
    target.signal(Signal::TERM);
    assert!(target.finish(PATIENCE).stdout_text().contains("asked to end"));
}

#[test]
fn threads_that_start_later_are_recorded() {
    let folder = folder();
    let output = folder.path().join("x.folded");
    let turn = recording_turn();
    let mut target = Running::start(Command::new(actor()).args(["threads", "2s", "3", "1s"]));
    target.wait_for_line("actor: waiting", PATIENCE);
    let process = target.id().to_string();
    // Ends with the process.
    let _ = run(record(&[&output]).args(["-p", &process])).succeeded();
    drop(turn);
    let _ = target.finish(PATIENCE).succeeded();
    let stacks = folded(&output);
    assert!(share(&stacks, "main.burnInThread", BURN) > 0.99, "{stacks:?}");
    assert!(share(&stacks, "main.spin", "main.burnInThread") > 0.9, "{stacks:?}");
}

#[test]
fn interrupting_ends_the_recording_but_not_the_process() {
    let folder = folder();
    let output = folder.path().join("x.folded");
    let turn = recording_turn();
    let mut target = Running::start(Command::new(actor()).args(["work", "50s"]));
    target.wait_for_line("actor: working", PATIENCE);
    let mut recording = Running::start(record(&[&output]).args(["-p", &target.id().to_string()]));
    recording.wait_for_sampling(PATIENCE);
    std::thread::sleep(Duration::from_millis(500));
    recording.signal(Signal::INT);
    let finished = recording.finish(PATIENCE);
    drop(turn);
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr);
    assert!(share(&folded(&output), "main.spin", BURN) > 0.9);
    target.signal(Signal::TERM);
    assert!(target.finish(PATIENCE).stdout_text().contains("asked to end"), "it went on until it was asked");
}

#[test]
fn a_binary_deleted_before_gives_names() {
    let folder = folder();
    let (actor, output) = (folder.path().join("short-lived"), folder.path().join("x.folded"));
    fs::copy(crate::actor(), &actor).unwrap();
    let turn = recording_turn();
    let mut target = Running::start(Command::new(&actor).args(["work", "50s"]));
    target.wait_for_line("actor: working", PATIENCE);
    fs::remove_file(&actor).unwrap();
    let _ = run(record(&[&output]).args(["-d", "500ms", "-p", &target.id().to_string()])).succeeded();
    drop(turn);
    assert!(share(&folded(&output), "main.spin", BURN) > 0.9);
}

#[test]
fn a_pid_that_nobody_has_is_said() {
    let mut ended = Running::start(Command::new(actor()).args(["exit", "0"]));
    let process = ended.id().to_string();
    ended.wait_for_line("actor: leaving", PATIENCE);
    let _ = ended.finish(PATIENCE);
    let folder = folder();
    let output = folder.path().join("x.folded");
    let finished = run(record(&[&output]).args(["-p", &process]));
    assert_eq!(finished.code(), Some(2), "{}", finished.stderr);
    let expected = format!("error: no process has the pid {process}\n");
    assert!(finished.stderr.starts_with(&expected), "{}", finished.stderr);
    assert!(finished.stderr.contains("hint: "), "{}", finished.stderr);
    assert!(!output.exists());
}
