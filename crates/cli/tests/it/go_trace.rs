//! Execution traces of a real program, judged by `go tool trace`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use firesteel_testkit::{GoProgram, LinkMode, Toolchain, recording_turn};

use crate::{SCRATCH, firesteel, folder, run};

/// Time by stack, in nanoseconds.
type Times = BTreeMap<String, f64>;

fn fold(input: &Path, column: &str) -> Times {
    let finished = run(firesteel().arg("fold").arg(input).args(["--sample-index", column])).succeeded();
    let text = String::from_utf8(finished.stdout).unwrap();
    let line = |line: &str| {
        let (stack, time) = line.rsplit_once(' ').unwrap();
        (stack.to_owned(), time.parse().unwrap())
    };
    text.lines().map(line).collect()
}

/// What Go's own tool says of a trace, by stack.
fn judged(trace: &Path, kind: &str, folder: &Path) -> Times {
    let mut command = Toolchain::newest().command();
    let output = command.args(["tool", "trace"]).arg(format!("-pprof={kind}")).arg(trace).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let profile = folder.join(format!("{kind}.pb.gz"));
    fs::write(&profile, output.stdout).unwrap();
    fold(&profile, "delay")
}

/// Our times blocked for reasons of one kind, without the reasons.
fn blocked(times: &Times, is_wanted: impl Fn(&str) -> bool) -> Times {
    let mut sums = Times::new();
    for (stack, time) in times {
        let Some((stack, reason)) = stack.split_once(";[blocked: ") else { continue };
        // Go's tool leaves out what had not ended.
        if is_wanted(reason.trim_end_matches(']')) && !reason.contains("[to the end") {
            *sums.entry(stack.to_owned()).or_default() += time;
        }
    }
    sums
}

fn assert_alike(what: &str, ours: &Times, theirs: &Times) {
    assert!(!theirs.is_empty(), "{what}");
    let stacks: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
    for stack in stacks {
        let time = |times: &Times| times.get(stack).copied().unwrap_or(0.0);
        let (ours, theirs) = (time(ours), time(theirs));
        // Go's tool moves events that a thread's clock puts too early by a little.
        assert!((ours - theirs).abs() <= 0.01 * theirs + 100_000.0, "{what}: {stack}: {ours} ns, not {theirs} ns");
    }
}

#[test]
fn waiting_is_counted_as_by_go_tool_trace() {
    for toolchain in [Toolchain::older(), Toolchain::newest()] {
        let folder = folder();
        let program = GoProgram::TRACED.build_stripped(&toolchain, LinkMode::Plain, SCRATCH);
        let trace = folder.path().join("trace.out");
        {
            let _turn = recording_turn();
            let _ = run(std::process::Command::new(program).arg(&trace)).succeeded();
        }
        let version = toolchain.version();
        let times = fold(&trace, "blocked");
        let is_synchronisation = |reason: &str| ["chan", "sync", "select"].iter().any(|part| reason.contains(part));
        let ours = blocked(&times, is_synchronisation);
        assert_alike(&format!("{version} sync"), &ours, &judged(&trace, "sync", folder.path()));
        let ours = blocked(&times, |reason| reason == "network");
        assert_alike(&format!("{version} net"), &ours, &judged(&trace, "net", folder.path()));
        let mut ours = fold(&trace, "syscall");
        ours.retain(|stack, _| !stack.contains("[to the end"));
        assert_alike(&format!("{version} syscall"), &ours, &judged(&trace, "syscall", folder.path()));
        // Whom waiting for a processor is charged to differs on purpose; how much it is must not. Ours was seen to be up
        // to four hundredths more, on a busy machine.
        let ours = fold(&trace, "sched_wait");
        let ended: f64 = ours.iter().filter(|(stack, _)| !stack.contains("[to the end")).map(|(_, time)| time).sum();
        let theirs: f64 = judged(&trace, "sched", folder.path()).values().sum();
        assert!((ended - theirs).abs() <= 0.05 * theirs + 1_000_000.0, "{version} sched: {ended} ns, not {theirs} ns");
        // The program spins in two functions, and in no other.
        let running = fold(&trace, "running");
        let all: f64 = running.values().sum();
        let spinning = running
            .iter()
            .filter(|(stack, _)| stack.starts_with("main.consumer") || stack.starts_with("main.main;main.producer"));
        let spinning: f64 = spinning.map(|(_, time)| time).sum();
        assert!(spinning > 0.9 * all, "{version}: {spinning} of {all} ns");
    }
}
