//! A Go CPU profile to folded stacks and to a table, against `go tool pprof`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::bench::Bench;
use crate::bench::error::BenchError;
use crate::bench::input::{self, PprofFile, TOTAL_SAMPLES};
use crate::bench::measure::{Contender, alternate, median_cpu, median_peak};
use crate::bench::peer::Peer;
use crate::bench::process;
use crate::bench::quantity::Quantity;
use crate::bench::row::fold::to_file;
use crate::bench::section::{Budget, Line, PeerResult, Section};

pub(super) const TITLE: &str = "Reading a Go profile";

const ABOUT: &str = "\
A gzipped CPU profile of more than a megabyte: 40,000 stacks of Go functions with lines and labels. `firesteel fold` against
`pprof -raw` and `firesteel top` against `pprof -top`, where `pprof` is the program that `go tool pprof` starts, so
that the go command's own time does not count.";

pub(super) fn run(bench: &Bench<'_>) -> Result<Section, BenchError> {
    let path = input::make(&bench.places, &PprofFile)?;
    let mut section = Section { title: TITLE, about: ABOUT, lines: Vec::new(), notes: Vec::new() };
    check(bench, &path, &mut section)?;
    for (what, ours, theirs) in [("to folded stacks", "fold", "-raw"), ("to a table", "top", "-top")] {
        let our_command = || {
            let mut command = Command::new(&bench.places.firesteel);
            command.arg(ours).arg(&path).stdout(Stdio::null());
            Ok(process::finish(&mut command)?.usage)
        };
        let mut contenders: Vec<Contender<'_>> = vec![Box::new(our_command)];
        if let Some(peer) = &bench.peers.pprof {
            let path = &path;
            contenders.push(Box::new(move || {
                let mut command = pprof(bench, peer, theirs, path);
                Ok(process::finish(command.stdout(Stdio::null()))?.usage)
            }));
        }
        alternate(1, &mut contenders)?;
        let usages = alternate(bench.arguments.runs, &mut contenders)?;
        let their_result = |quantity: fn(f64) -> Quantity, median: fn(&[process::Usage]) -> f64| {
            usages.get(1).map_or(PeerResult::NotInstalled, |usages| PeerResult::Measured(quantity(median(usages))))
        };
        let mut line = |measured: &str, ours, theirs, budget| {
            section.lines.push(Line { what: format!("{measured}, {what}"), ours, peer: "pprof", theirs, budget });
        };
        let cpu = Quantity::Time(median_cpu(&usages[0]));
        line("CPU time", cpu, their_result(Quantity::Time, median_cpu), Budget::PartOfPeer(20.0));
        let peak = Quantity::Bytes(median_peak(&usages[0]));
        line("peak memory", peak, their_result(Quantity::Bytes, median_peak), Budget::None);
    }
    Ok(section)
}

/// pprof on a file, without looking for binaries or touching the user's folders.
fn pprof(bench: &Bench<'_>, peer: &Peer, report: &str, path: &Path) -> Command {
    let mut command = peer.command([report, "-symbolize=none"]);
    command.arg(path).env("PPROF_TMPDIR", &bench.places.scratch).env("HOME", &bench.places.scratch);
    command
}

/// Checks that the folded stacks add up to what the profile was made of.
fn check(bench: &Bench<'_>, path: &Path, section: &mut Section) -> Result<(), BenchError> {
    let folded = bench.places.scratch("pprof-ours.txt");
    to_file(Command::new(&bench.places.firesteel).args(["fold", "--sample-index", "samples"]).arg(path), &folded)?;
    let file = BufReader::new(File::open(&folded).map_err(BenchError::file("read", &folded))?);
    let counts = file.lines().map_while(Result::ok);
    let total: u64 = counts.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum();
    section.notes.push(if total == TOTAL_SAMPLES {
        "The folded stacks add up to exactly what the profile was made of.".to_owned()
    } else {
        format!("**The folded stacks add up to {total}**, while the profile was made of {TOTAL_SAMPLES}.")
    });
    Ok(())
}
