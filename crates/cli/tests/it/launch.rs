//! `firesteel record -- PROGRAM`: the program is left as it is, and everything it starts is recorded.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use firesteel_testkit::{GoProgram, LinkMode, Running, Toolchain, recording_turn};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::figures::seconds;
use crate::{PATIENCE, SCRATCH, actor, firesteel, folded, folder, record, run, share};

/// What the actor does with its time.
const BURN: &str = "main.burn";

#[test]
fn the_programs_exit_code_and_output_are_passed_on() {
    let (actor, folder) = (actor(), folder());
    let output = folder.path().join("x.folded");
    for (arguments, code, stdout) in [
        (["exit", "0"], 0, "actor: leaving with 0\n"),
        (["exit", "3"], 3, "actor: leaving with 3\n"),
        // As a shell reports them: 128 plus the signal's number.
        (["die", "9"], 137, "actor: dying of 9\n"),
        (["die", "15"], 143, "actor: dying of 15\n"),
    ] {
        let finished = run(record(&[&output]).arg("--").arg(&actor).args(arguments));
        assert_eq!(finished.code(), Some(code), "{arguments:?}: {}", finished.stderr);
        assert_eq!(finished.stdout_text(), stdout, "{arguments:?}");
        assert!(finished.stderr.contains("wrote "), "{}", finished.stderr);
        fs::remove_file(&output).unwrap();
    }
}

#[test]
fn a_bare_program_is_recorded_with_its_arguments() {
    let (actor, folder) = (actor(), folder());
    let output = folder.path().join("x.folded");
    let mut command = firesteel();
    command.args(["--no-open", "-o"]).arg(&output).arg(&actor).args(["work", "600ms"]);
    let turn = recording_turn();
    let finished = run(&mut command).succeeded();
    drop(turn);
    assert!(finished.stdout_text().ends_with("actor: worked\n"), "{}", finished.stdout_text());
    let stacks = folded(&output);
    assert!(share(&stacks, "main.spin", BURN) > 0.9, "{stacks:?}");
    assert!(share(&stacks, "main.work.func1", BURN) > 0.99, "{stacks:?}");
    for part in ["samples", " 0 lost", "Heaviest by self", "Heaviest by total", "main.spin"] {
        assert!(finished.stderr.contains(part), "no `{part}`:\n{}", finished.stderr);
    }
}

#[test]
fn an_html_report_is_written_unless_told_otherwise() {
    let (actor, folder) = (actor(), folder());
    let mut command = firesteel();
    let finished = run(command.current_dir(&folder).arg("--no-open").arg(&actor).args(["work", "200ms"])).succeeded();
    let files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("firesteel-actor-") && file.extension().is_some_and(|e| e == "html"), "{name}");
    assert!(finished.stderr.contains(name), "{}", finished.stderr);
}

#[test]
fn threads_are_followed() {
    let (actor, folder) = (actor(), folder());
    let output = folder.path().join("x.folded");
    let turn = recording_turn();
    let _ = run(record(&[&output]).arg("--").arg(&actor).args(["threads", "100ms", "3", "700ms"])).succeeded();
    drop(turn);
    let stacks = folded(&output);
    assert!(share(&stacks, "main.burnInThread", BURN) > 0.99, "{stacks:?}");
}

#[test]
fn child_processes_are_followed() {
    let (actor, folder) = (actor(), folder());
    let output = folder.path().join("x.folded");
    let turn = recording_turn();
    let _ = run(record(&[&output]).arg("--").arg(&actor).args(["parent", "1s"])).succeeded();
    drop(turn);
    let stacks = folded(&output);
    let (parent, child) = (share(&stacks, "main.burnAsParent", BURN), share(&stacks, "main.burnAsChild", BURN));
    assert!(parent > 0.2 && child > 0.2, "{parent} in the parent, {child} in the child: {stacks:?}");
    assert!((parent + child - 1.0).abs() < 0.01, "{parent} in the parent, {child} in the child: {stacks:?}");
    // With several processes, stacks begin with the name of theirs.
    assert!(stacks.iter().any(|(stack, _)| stack.starts_with("actor;")), "{stacks:?}");
}

#[test]
fn a_program_that_becomes_another_is_followed() {
    let (actor, folder) = (actor(), folder());
    let output = folder.path().join("x.folded");
    let turn = recording_turn();
    let _ = run(record(&[&output]).arg("--").arg(&actor).args(["become", "600ms"])).succeeded();
    drop(turn);
    let stacks = folded(&output);
    for function in ["main.burnBeforeBecoming", "main.burnAfterBecoming"] {
        assert!(share(&stacks, function, BURN) > 0.2, "{function}: {stacks:?}");
    }
}

#[test]
fn a_recording_ends_when_its_time_is_up_and_so_does_the_program() {
    let (actor, folder) = (actor(), folder());
    let output = folder.path().join("x.folded");
    let began = Instant::now();
    let turn = recording_turn();
    let finished = run(record(&[&output]).args(["-d", "1s", "--"]).arg(&actor).args(["work", "50s"]));
    drop(turn);
    assert!(began.elapsed() < Duration::from_secs(30));
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr);
    assert!(finished.stdout_text().ends_with("actor: asked to end\n"), "{}", finished.stdout_text());
    assert!(share(&folded(&output), "main.spin", BURN) > 0.9);
}

#[test]
fn a_program_may_outlive_its_recording() {
    let (actor, folder) = (actor(), folder());
    let output = folder.path().join("x.folded");
    let mut command = record(&[&output]);
    let mut running =
        Running::start(command.args(["--keep-running", "-d", "300ms", "--"]).arg(&actor).args(["work", "50s"]));
    let line = running.wait_for_line("actor: working as ", PATIENCE);
    let process = Pid::from_raw(line.rsplit_once(' ').unwrap().1.parse().unwrap()).unwrap();
    // The program keeps the streams open, so its end comes first.
    let deadline = Instant::now() + PATIENCE;
    while !output.exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(500));
    assert!(test_kill_process(process).is_ok(), "the program is still there");
    kill_process(process, Signal::KILL).unwrap();
    assert_eq!(running.finish(PATIENCE).code(), Some(0));
}

#[test]
fn interrupting_ends_the_recording_and_writes_the_report() {
    let (actor, folder) = (actor(), folder());
    let output = folder.path().join("x.folded");
    for signal in [Signal::INT, Signal::TERM] {
        let turn = recording_turn();
        let mut running = Running::start(record(&[&output]).arg("--").arg(&actor).args(["work", "50s"]));
        running.wait_for_line("actor: working", PATIENCE);
        std::thread::sleep(Duration::from_millis(500));
        running.signal(signal);
        let finished = running.finish(PATIENCE);
        drop(turn);
        assert_eq!(finished.code(), Some(0), "{signal:?}: {}", finished.stderr);
        assert!(share(&folded(&output), "main.spin", BURN) > 0.9, "{signal:?}");
        fs::remove_file(&output).unwrap();
    }
}

#[test]
fn names_are_found_after_the_binary_is_gone() {
    let folder = folder();
    let (actor, output) = (folder.path().join("short-lived"), folder.path().join("x.folded"));
    fs::copy(crate::actor(), &actor).unwrap();
    let turn = recording_turn();
    let mut running = Running::start(record(&[&output]).arg("--").arg(&actor).args(["work", "800ms"]));
    running.wait_for_line("actor: working", PATIENCE);
    fs::remove_file(&actor).unwrap();
    let _ = running.finish(PATIENCE).succeeded();
    drop(turn);
    assert!(share(&folded(&output), "main.spin", BURN) > 0.9);
}

#[test]
fn what_cannot_run_is_said() {
    let folder = folder();
    let output = folder.path().join("x.folded");
    let plain = folder.path().join("plain.txt");
    fs::write(&plain, "no program").unwrap();
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o644)).unwrap();
    let check = |program: &Path, parts: &[&str]| {
        let finished = run(record(&[&output]).arg("--").arg(program));
        assert_eq!(finished.code(), Some(2), "{}", finished.stderr);
        for part in parts {
            assert!(finished.stderr.contains(part), "no `{part}`:\n{}", finished.stderr);
        }
        assert!(!output.exists(), "no report of nothing");
    };
    check(&folder.path().join("absent"), &["error: cannot run `", "absent`", "hint: "]);
    check(&plain, &["error: cannot run `", "plain.txt`", "not executable"]);
}

#[test]
fn a_report_that_could_not_be_written_is_refused_before_recording() {
    let actor = actor();
    for (output, part) in [("x.png", "names no format"), ("no/such/folder/x.svg", "no folder")] {
        let finished = run(firesteel().args(["record", "-o", output, "--"]).arg(&actor).args(["exit", "0"]));
        assert_eq!(finished.code(), Some(2));
        assert!(finished.stderr.contains(part), "{}", finished.stderr);
        assert_eq!(finished.stdout_text(), "", "the program did not run");
    }
}

#[test]
fn impossible_rates_are_refused() {
    let actor = actor();
    for rate in ["0", "100000000", "-5", "fast"] {
        let rate = format!("--frequency={rate}");
        let finished = run(firesteel().args(["record", &rate, "--"]).arg(&actor).args(["exit", "0"]));
        assert_eq!(finished.code(), Some(2), "{rate}: {}", finished.stderr);
        assert_eq!(finished.stdout_text(), "", "{rate}: the program did not run");
    }
}

#[test]
fn nothing_is_lost_at_a_high_rate_on_two_processors() {
    let program = GoProgram::LEAFHEAVY.build_stripped(&Toolchain::newest(), LinkMode::Plain, SCRATCH);
    let folder = folder();
    let output = folder.path().join("x.pb.gz");
    let mut command = record(&[&output]);
    command.args(["-F", "4999", "--"]).arg(&program);
    command.args(["-threads", "2", "-duration", &format!("{}s", seconds(3))]);
    let turn = recording_turn();
    let finished = run(&mut command).succeeded();
    drop(turn);
    let line = finished.stderr.lines().next().unwrap_or_default();
    println!("{line}");
    assert!(line.contains(" 0 lost") && line.contains("at 4999 Hz"), "{}", finished.stderr);
}
