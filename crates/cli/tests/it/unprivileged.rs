//! Recording as somebody without privileges: one's own processes, user frames only.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use firesteel_testkit::{Running, is_root, recording_turn};
use rustix::process::Signal;

use crate::{PATIENCE, actor, folded, folder, run, share};

/// The numbers of `nobody` and `nogroup` on most systems; nothing depends on the names.
const NOBODY: &str = "65534";

/// Why this cannot be tested here, if it cannot.
fn obstacle() -> Option<String> {
    if !is_root() {
        return Some("only root can become somebody else".into());
    }
    let level = fs::read_to_string("/proc/sys/kernel/perf_event_paranoid").unwrap_or_default();
    match level.trim().parse::<i32>() {
        Ok(2) => {}
        _ => return Some(format!("kernel.perf_event_paranoid is {}, not 2", level.trim())),
    }
    let found = Command::new("setpriv").arg("--version").output().is_ok_and(|output| output.status.success());
    (!found).then(|| "there is no setpriv".into())
}

/// Runs a program as nobody.
fn as_nobody(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")]).arg("--clear-groups").arg(program);
    command
}

/// A folder where nobody may write, with copies of both programs: the build's folder may be closed to others.
fn open_folder() -> tempfile::TempDir {
    let folder = folder();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    for (program, name) in [(Path::new(env!("CARGO_BIN_EXE_firesteel")), "firesteel"), (&actor(), "actor")] {
        let copy = folder.path().join(name);
        fs::copy(program, &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

#[test]
fn own_processes_are_recorded_with_user_frames_only() {
    if let Some(obstacle) = obstacle() {
        println!("skipped: {obstacle}");
        return;
    }
    let folder = open_folder();
    let (firesteel, actor) = (folder.path().join("firesteel"), folder.path().join("actor"));
    let output = folder.path().join("x.folded");
    let turn = recording_turn();
    let mut command = as_nobody(&firesteel);
    command.args(["record", "-o"]).arg(&output).arg("--").arg(&actor).args(["work", "700ms"]);
    let finished = run(&mut command).succeeded();
    assert!(finished.stderr.contains("note: user frames only"), "{}", finished.stderr);
    assert!(finished.stderr.contains("kernel.perf_event_paranoid"), "{}", finished.stderr);
    let stacks = folded(&output);
    assert!(share(&stacks, "main.spin", "main.burn") > 0.9, "{stacks:?}");
    assert!(stacks.iter().all(|(stack, _)| !stack.contains("do_syscall_64")), "{stacks:?}");

    // A process of one's own, too, but nobody else's.
    let mut own = Running::start(as_nobody(&actor).args(["work", "50s"]));
    own.wait_for_line("actor: working", PATIENCE);
    let mut command = as_nobody(&firesteel);
    command.args(["record", "-d", "500ms", "-o"]).arg(&output).args(["-p", &own.id().to_string()]);
    let _ = run(&mut command).succeeded();
    assert!(share(&folded(&output), "main.spin", "main.burn") > 0.9);
    own.signal(Signal::TERM);
    drop(turn);

    let mut foreign = Running::start(Command::new(&actor).args(["work", "50s"]));
    foreign.wait_for_line("actor: working", PATIENCE);
    let mut command = as_nobody(&firesteel);
    command.args(["record", "-d", "500ms", "-o"]).arg(&output).args(["-p", &foreign.id().to_string()]);
    let finished = run(&mut command);
    assert_eq!(finished.code(), Some(2), "{}", finished.stderr);
    assert!(finished.stderr.contains("belongs to another user"), "{}", finished.stderr);
    assert!(finished.stderr.contains("hint: "), "{}", finished.stderr);
}
