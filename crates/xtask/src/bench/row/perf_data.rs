//! A recording of perf to folded stacks with symbols, against `perf script` with `inferno-collapse-perf -n 1`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::fold::to_file;
use super::recorder::{self, Length, Request};
use crate::bench::Bench;
use crate::bench::error::BenchError;
use crate::bench::input::{self, PerfRecording};
use crate::bench::measure::{Contender, alternate, median_cpu, median_peak};
use crate::bench::peer::Peer;
use crate::bench::process;
use crate::bench::quantity::Quantity;
use crate::bench::section::{Budget, Line, PeerResult, Section};
use crate::bench::target::Target;

pub(super) const TITLE: &str = "Folding perf.data";

const ABOUT: &str = "\
`firesteel fold perf.data` against `perf script | inferno-collapse-perf -n 1`, both from addresses to names. The file is
a recording of the `shop` example under load by `perf record -g` at 4,999 Hz for ten seconds, its samples repeated at
later times until they are 200 MB. perf shows no functions that the compiler put into their callers, so ours is measured
with them and, to compare what comes out, run with `--no-inline`.";

const PEER: &str = "perf + inferno";
const FREQUENCY: u32 = 4999;
const DURATION: Duration = Duration::from_secs(10);
const BYTES: u64 = 200_000_000;

pub(super) fn run(bench: &Bench<'_>) -> Result<Section, BenchError> {
    let mut section = Section { title: TITLE, about: ABOUT, lines: Vec::new(), notes: Vec::new() };
    let Some(perf) = &bench.peers.perf else {
        section.notes.push("There is no perf here, so there is nothing to read.".to_owned());
        return Ok(section);
    };
    let path = recording(bench, perf)?;
    let size = fs::metadata(&path).map_or(0, |metadata| metadata.len());
    let ours = |arguments: &[&str]| {
        let mut command = Command::new(&bench.places.firesteel);
        command.arg("fold").args(arguments).arg(&path);
        command
    };
    let folded = bench.places.scratch("perf-data-theirs.txt");
    if let Some(collapse) = &bench.peers.collapse {
        recorder::perf_to_folded(&bench.places, perf, collapse, &path, &folded)?;
        let our_folded = bench.places.scratch("perf-data-ours.txt");
        to_file(&mut ours(&["--no-inline"]), &our_folded)?;
        section.notes.push(compare(&our_folded, &folded)?);
    }
    let mut contenders: Vec<Contender<'_>> =
        vec![Box::new(|| Ok(process::finish(ours(&[]).stdout(Stdio::null()))?.usage))];
    if let Some(collapse) = &bench.peers.collapse {
        contenders.push(Box::new(|| recorder::perf_to_folded(&bench.places, perf, collapse, &path, &folded)));
    }
    let usages = alternate(bench.arguments.runs, &mut contenders)?;
    let their_result = |quantity: fn(f64) -> Quantity, median: fn(&[process::Usage]) -> f64| {
        usages.get(1).map_or(PeerResult::NotInstalled, |usages| PeerResult::Measured(quantity(median(usages))))
    };
    let mut line = |what: &str, ours, theirs, budget| {
        let what = format!("{what}, {} MB", size / 1_000_000);
        section.lines.push(Line { what, ours, peer: PEER, theirs, budget });
    };
    let cpu = Quantity::Time(median_cpu(&usages[0]));
    line("CPU time", cpu, their_result(Quantity::Time, median_cpu), Budget::PartOfPeer(20.0));
    let peak = Quantity::Bytes(median_peak(&usages[0]));
    line("peak memory", peak, their_result(Quantity::Bytes, median_peak), Budget::None);
    Ok(section)
}

/// The long recording, made from a short one unless it is there from an earlier run.
fn recording(bench: &Bench<'_>, perf: &Peer) -> Result<PathBuf, BenchError> {
    let places = &bench.places;
    let short = places.scratch("shop-perf.data");
    if !short.is_file() {
        let target = Target::start(places, "shop", &["-load", "4"])?;
        let request = Request { target: &target, frequency: FREQUENCY, length: Length::Time(DURATION) };
        let draft = short.with_extension("part");
        recorder::perf(places, perf, &request, &draft)?;
        fs::rename(&draft, &short).map_err(BenchError::file("make", &short))?;
    }
    input::make(places, &PerfRecording { path: short, bytes: BYTES })
}

/// How many stacks and how much of their weight are the same in two folded files.
fn compare(ours: &Path, theirs: &Path) -> Result<String, BenchError> {
    let read = |path: &Path| -> Result<Vec<(String, u64)>, BenchError> {
        let text = fs::read_to_string(path).map_err(BenchError::file("read", path))?;
        // Go's assembly functions have the suffix of their calling convention in the symbol table only.
        let parse = |line: &str| {
            let (stack, count) = line.rsplit_once(' ')?;
            Some((stack.replace(".abi0", ""), count.parse().ok()?))
        };
        let mut stacks: Vec<(String, u64)> = text.lines().filter_map(parse).collect();
        stacks.sort_unstable();
        Ok(stacks)
    };
    let (ours, theirs) = (read(ours)?, read(theirs)?);
    let weight = |stacks: &[&(String, u64)]| stacks.iter().map(|(_, count)| *count as f64).sum::<f64>();
    let same: Vec<_> = theirs.iter().filter(|stack| ours.binary_search(stack).is_ok()).collect();
    let share = 100.0 * weight(&same) / weight(&theirs.iter().collect::<Vec<_>>()).max(1.0);
    Ok(format!(
        "{} of perf's {} stacks, {share:.3} % of the time, are the same in ours. Others end in a call that never \
         returns, where perf names the function behind it.",
        same.len(),
        theirs.len()
    ))
}
