//! Folded stacks to a flame graph, against `inferno-flamegraph`.

use std::path::Path;
use std::process::Command;

use crate::bench::Bench;
use crate::bench::error::BenchError;
use crate::bench::input::{self, FoldedText};
use crate::bench::measure::{Contender, alternate, median_cpu, median_peak};
use crate::bench::process;
use crate::bench::quantity::Quantity;
use crate::bench::row::fold::to_file;
use crate::bench::section::{Budget, Line, PeerResult, Section};

pub(super) const TITLE: &str = "Drawing a flame graph";

const ABOUT: &str = "\
`firesteel flamegraph FILE > x.svg` against `inferno-flamegraph FILE > x.svg`, each with its defaults, for folded stacks that
share most of their frames, as those of programs do: a usual profile and a large one.";

pub(super) fn run(bench: &Bench<'_>) -> Result<Section, BenchError> {
    let mut section = Section { title: TITLE, about: ABOUT, lines: Vec::new(), notes: Vec::new() };
    for (name, stacks) in [("1,000 stacks", 1000), ("50,000 stacks", 50_000)] {
        let path = input::make(&bench.places, &FoldedText { stacks })?;
        draw(bench, name, &path, &mut section)?;
    }
    Ok(section)
}

fn draw(bench: &Bench<'_>, name: &str, path: &Path, section: &mut Section) -> Result<(), BenchError> {
    let our_output = bench.places.scratch("ours.svg");
    let their_output = bench.places.scratch("theirs.svg");
    let ours = || {
        let mut command = Command::new(&bench.places.firesteel);
        Ok(to_file(command.arg("flamegraph").arg(path), &our_output)?.usage)
    };
    let peer = bench.peers.flamegraph.as_ref();
    let mut contenders: Vec<Contender<'_>> = vec![Box::new(ours)];
    if let Some(peer) = peer {
        contenders.push(Box::new(|| Ok(to_file(&mut peer.command([path]), &their_output)?.usage)));
    }
    // Once for the page cache.
    alternate(1, &mut contenders)?;
    let usages = alternate(bench.arguments.runs, &mut contenders)?;
    drop(contenders);
    let theirs = |quantity: fn(f64) -> Quantity, median: fn(&[process::Usage]) -> f64| {
        usages.get(1).map_or(PeerResult::NotInstalled, |usages| PeerResult::Measured(quantity(median(usages))))
    };
    let mut line = |what: &str, ours, theirs, budget| {
        section.lines.push(Line { what: format!("{what}, {name}"), ours, peer: "inferno", theirs, budget });
    };
    let cpu = Quantity::Time(median_cpu(&usages[0]));
    line("CPU time", cpu, theirs(Quantity::Time, median_cpu), Budget::PartOfPeer(3.0));
    let peak = Quantity::Bytes(median_peak(&usages[0]));
    line("peak memory", peak, theirs(Quantity::Bytes, median_peak), Budget::None);
    let size = |path: &Path| path.metadata().map_or(0, |metadata| metadata.len());
    let their_size =
        peer.map_or(PeerResult::NotInstalled, |_| PeerResult::Measured(Quantity::bytes(size(&their_output))));
    line("size of the picture", Quantity::bytes(size(&our_output)), their_size, Budget::None);
    Ok(())
}
