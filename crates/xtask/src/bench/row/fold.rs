//! `perf script` text to folded stacks, against `inferno-collapse-perf -n 1`.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bench::Bench;
use crate::bench::error::BenchError;
use crate::bench::input::{self, PerfText, Repeated, Variety};
use crate::bench::measure::{Contender, alternate, median_cpu, median_peak};
use crate::bench::process;
use crate::bench::quantity::Quantity;
use crate::bench::section::{Budget, Line, PeerResult, Section};

pub(super) const TITLE: &str = "Folding perf script text";

const ABOUT: &str = "\
`firesteel fold FILE` against `inferno-collapse-perf -n 1 FILE` (more threads cost it more CPU time). The repetitive
text has 700 stacks, some much more frequent than others; in the second no two samples are alike; in the last most
lines occur only once, too. Both read from the page cache and write to nowhere; outputs are compared byte by byte in a
run of their own.";

const PEER: &str = "inferno";

pub(super) fn run(bench: &Bench<'_>) -> Result<Section, BenchError> {
    let places = &bench.places;
    let made = |variety, bytes| input::make(places, &PerfText { variety, bytes });
    let mut inputs: Vec<(String, PathBuf)> = vec![
        ("300 MB, repetitive".to_owned(), made(Variety::Repetitive, 300_000_000)?),
        ("200 MB, no two samples alike".to_owned(), made(Variety::Stacks, 200_000_000)?),
        ("200 MB, lines differ, too".to_owned(), made(Variety::Lines, 200_000_000)?),
    ];
    if let Some(corpus) = &bench.arguments.corpus {
        let name = corpus.file_name().unwrap_or_default().to_string_lossy().into_owned();
        inputs.push((format!("{name} × 100"), input::make(places, &Repeated { path: corpus.clone(), times: 100 })?));
    }
    let mut section = Section { title: TITLE, about: ABOUT, lines: Vec::new(), notes: Vec::new() };
    for (name, path) in inputs {
        fold(bench, &name, &path, &mut section)?;
    }
    Ok(section)
}

fn fold(bench: &Bench<'_>, name: &str, path: &Path, section: &mut Section) -> Result<(), BenchError> {
    let ours = || {
        let mut command = Command::new(&bench.places.firesteel);
        command.arg("fold").arg(path);
        command
    };
    let theirs = bench.peers.collapse.as_ref().map(|peer| {
        move || {
            let mut command = peer.command(["-n", "1"]);
            command.arg(path);
            command
        }
    });
    // These runs also bring the input into the page cache.
    let our_output = bench.places.scratch("fold-ours.txt");
    to_file(&mut ours(), &our_output)?;
    if let Some(theirs) = &theirs {
        let their_output = bench.places.scratch("fold-theirs.txt");
        to_file(&mut theirs(), &their_output)?;
        section.notes.push(match first_difference(&our_output, &their_output)? {
            None => format!("{name}: the outputs are the same, byte by byte."),
            Some(line) => format!("{name}: **the outputs differ**, first in line {line}."),
        });
    }
    let mut contenders: Vec<Contender<'_>> =
        vec![Box::new(|| Ok(process::finish(ours().stdout(Stdio::null()))?.usage))];
    if let Some(theirs) = &theirs {
        contenders.push(Box::new(|| Ok(process::finish(theirs().stdout(Stdio::null()))?.usage)));
    }
    let usages = alternate(bench.arguments.runs, &mut contenders)?;
    let their_result = |quantity: fn(f64) -> Quantity, median: fn(&[process::Usage]) -> f64| {
        usages.get(1).map_or(PeerResult::NotInstalled, |usages| PeerResult::Measured(quantity(median(usages))))
    };
    section.lines.push(Line {
        what: format!("CPU time, {name}"),
        ours: Quantity::Time(median_cpu(&usages[0])),
        peer: PEER,
        theirs: their_result(Quantity::Time, median_cpu),
        budget: Budget::PartOfPeer(8.0),
    });
    section.lines.push(Line {
        what: format!("peak memory, {name}"),
        ours: Quantity::Bytes(median_peak(&usages[0])),
        peer: PEER,
        theirs: their_result(Quantity::Bytes, median_peak),
        budget: Budget::None,
    });
    Ok(())
}

/// Runs a program with its output to a file.
pub(super) fn to_file(command: &mut Command, path: &Path) -> Result<process::Finished, BenchError> {
    let file = File::create(path).map_err(BenchError::file("write", path))?;
    process::finish(command.stdout(file))
}

/// The first line in which two files differ, from 1; neither is read whole.
fn first_difference(left: &Path, right: &Path) -> Result<Option<u64>, BenchError> {
    let open = |path: &Path| Ok(BufReader::new(File::open(path).map_err(BenchError::file("read", path))?).bytes());
    let (mut left_bytes, mut right_bytes) = (open(left)?, open(right)?);
    let mut line = 1;
    loop {
        let left_byte = left_bytes.next().transpose().map_err(BenchError::file("read", left))?;
        let right_byte = right_bytes.next().transpose().map_err(BenchError::file("read", right))?;
        if left_byte != right_byte {
            return Ok(Some(line));
        }
        match left_byte {
            None => return Ok(None),
            Some(b'\n') => line += 1,
            Some(_) => {}
        }
    }
}
