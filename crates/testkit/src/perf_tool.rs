//! The system's `perf`, the peer that our stacks are compared with.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use crate::leafheavy::{Judgement, judge};
use crate::stacks::read_stacks;

/// Records an unstripped `leafheavy` (perf reads no pclntab) with `perf record -g` for some seconds and judges
/// the chains that `perf script` prints. `None` when there is no `perf`.
#[must_use]
pub fn judge_perf_record(program: &Path, seconds: u64, scratch: &Path) -> Option<Judgement> {
    Command::new("perf").arg("--version").output().ok().filter(|output| output.status.success())?;
    let (data, script) = (scratch.join("perf.data"), scratch.join("perf-script.txt"));
    let mut record = Command::new("perf");
    record.args(["record", "-q", "-e", "cpu-clock", "-F", "999", "-g", "-o"]).arg(&data).arg("--").arg(program);
    let output = record.arg("-duration").arg(format!("{seconds}s")).output().expect("perf can be run");
    assert!(output.status.success(), "{record:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    let text = File::create(&script).expect("the scratch folder can be written");
    let status = Command::new("perf").args(["script", "--no-inline", "-i"]).arg(&data).stdout(text).status();
    assert!(status.is_ok_and(|status| status.success()), "perf script failed");
    let mut stacks = read_stacks(&script);
    // What perf prints with each sample is the time since the one before: the timer's period.
    let period = stacks.iter().map(|stack| stack.samples).filter(|&time| time > 0).min().unwrap_or(1);
    for stack in &mut stacks {
        stack.samples = (stack.samples + period / 2) / period;
    }
    Some(judge(&stacks, None))
}
