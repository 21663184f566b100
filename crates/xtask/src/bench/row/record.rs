//! Recording a running Go program, against perf with inferno and against samply.

use std::fs::File;
use std::time::{Duration, Instant};

use super::recorder::{self, Length, Made, Request};
use crate::bench::Bench;
use crate::bench::error::BenchError;
use crate::bench::measure::median;
use crate::bench::process;
use crate::bench::quantity::Quantity;
use crate::bench::section::{Budget, Line, PeerResult, Section};
use crate::bench::sysctl::LoweredParanoia;
use crate::bench::target::Target;

pub(super) const TITLE: &str = "Recording a Go program";

const ABOUT: &str = "\
Rounds of 5 s at 999 Hz on a stripped program that is attached to. Ours: `firesteel record -o x.folded`, and another
recording with `-o x.html -o x.svg` for the picture. perf: `perf record -g`, `perf script`, `inferno-collapse-perf -n
1`, and for the picture `inferno-flamegraph`. samply: `samply record --save-only`, which neither symbolizes nor folds.
CPU time is that of the profiler's processes from start to folded stacks (samply: to its file); peak memory is that of
the largest of them. Bytes per sample are those of the file that keeps the recording: our pprof file, `perf.data`,
`profile.json.gz`. The picture is timed from Ctrl-C until it is on disk (samply: until its file is).";

const FREQUENCY: u32 = 999;
const DURATION: Duration = Duration::from_secs(5);

const PERF: &str = "perf + inferno";
const SAMPLY: &str = "samply";

/// What one profiler needed in one round.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// CPU seconds for 1,000 samples.
    cpu: f64,
    peak: f64,
    /// Bytes kept for a sample.
    bytes: f64,
    lost: u64,
    /// Seconds from Ctrl-C to the picture.
    picture: f64,
    samples: u64,
}

impl Cost {
    fn of(made: &Made, cpu: Duration, bytes: u64, picture: Duration) -> Self {
        let samples = made.samples.max(1) as f64;
        Self {
            cpu: cpu.as_secs_f64() * 1000.0 / samples,
            peak: made.usage.peak as f64,
            bytes: bytes as f64 / samples,
            lost: made.lost,
            picture: picture.as_secs_f64(),
            samples: made.samples,
        }
    }
}

pub(super) fn run(bench: &Bench<'_>) -> Result<Section, BenchError> {
    let mut section = Section { title: TITLE, about: ABOUT, lines: Vec::new(), notes: Vec::new() };
    let paranoia = bench.peers.samply.is_some().then(LoweredParanoia::new);
    let samply_allowed = paranoia.as_ref().is_some_and(|paranoia| paranoia.is_low);
    section.notes.extend(paranoia.as_ref().and_then(LoweredParanoia::note));
    for (name, program, arguments) in
        [("leafheavy", "leafheavy-stripped", &["-threads", "2"][..]), ("shop", "shop-stripped", &["-load", "4"][..])]
    {
        let target = Target::start(&bench.places, program, arguments)?;
        let request = Request { target: &target, frequency: FREQUENCY, length: Length::Time(DURATION) };
        let bytes_per_sample = kept_by_ours(bench, &request)?;
        let (mut ours, mut perf, mut samply) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..bench.arguments.rounds {
            ours.push(record_ours(bench, &request, bytes_per_sample)?);
            perf.extend(record_perf(bench, &request)?);
            if samply_allowed {
                samply.extend(record_samply(bench, &request)?);
            }
        }
        compare(name, &ours, PERF, &perf, &mut section);
        compare(name, &ours, SAMPLY, &samply, &mut section);
        let samples = |costs: &[Cost]| Quantity::Count(median(costs.iter().map(|cost| cost.samples as f64)) as u64);
        section.notes.push(format!(
            "{name}: samples in a round: ours {}, perf {}, samply {}.",
            samples(&ours),
            samples(&perf),
            samples(&samply)
        ));
    }
    Ok(section)
}

fn record_ours(bench: &Bench<'_>, request: &Request<'_>, bytes_per_sample: f64) -> Result<Cost, BenchError> {
    let places = &bench.places;
    let file = |name: &str| places.scratch(name);
    let (folded, html, svg) = (file("record-ours.folded"), file("record-ours.html"), file("record-ours.svg"));
    let to_folded = recorder::ours(places, request, &[&folded])?;
    let to_picture = recorder::ours(places, request, &[&html, &svg])?;
    let mut made = to_folded;
    made.usage.peak = made.usage.peak.max(to_picture.usage.peak);
    made.lost += to_picture.lost;
    let bytes = (bytes_per_sample * made.samples as f64) as u64;
    Ok(Cost::of(&made, to_folded.usage.cpu, bytes, to_picture.stop))
}

/// Bytes that our pprof file keeps for a sample, from a recording of its own.
fn kept_by_ours(bench: &Bench<'_>, request: &Request<'_>) -> Result<f64, BenchError> {
    let pprof = bench.places.scratch("record-ours.pb.gz");
    let made = recorder::ours(&bench.places, request, &[&pprof])?;
    Ok(recorder::size(&pprof) as f64 / made.samples.max(1) as f64)
}

fn record_perf(bench: &Bench<'_>, request: &Request<'_>) -> Result<Option<Cost>, BenchError> {
    let (Some(perf), Some(collapse)) = (&bench.peers.perf, &bench.peers.collapse) else { return Ok(None) };
    let places = &bench.places;
    let data = places.scratch("record-perf.data");
    let (folded, svg) = (places.scratch("record-perf.folded"), places.scratch("record-perf.svg"));
    let mut made = recorder::perf(places, perf, request, &data)?;
    let recorded = Instant::now();
    let folding = recorder::perf_to_folded(places, perf, collapse, &data, &folded)?;
    if let Some(flamegraph) = &bench.peers.flamegraph {
        let file = File::create(&svg).map_err(BenchError::file("write", &svg))?;
        process::finish(flamegraph.command([&folded]).stdout(file))?;
    }
    let picture = made.stop + recorded.elapsed();
    made.usage = made.usage.and_then(folding);
    Ok(Some(Cost::of(&made, made.usage.cpu, recorder::size(&data), picture)))
}

fn record_samply(bench: &Bench<'_>, request: &Request<'_>) -> Result<Option<Cost>, BenchError> {
    let Some(samply) = &bench.peers.samply else { return Ok(None) };
    let output = bench.places.scratch("record-samply.json.gz");
    let made = recorder::samply(samply, request, &output)?;
    Ok(Some(Cost::of(&made, made.usage.cpu, recorder::size(&output), made.stop)))
}

fn compare(name: &str, ours: &[Cost], peer: &'static str, theirs: &[Cost], section: &mut Section) {
    let is_samply = peer == SAMPLY;
    let budget = |budget| if is_samply { Budget::None } else { budget };
    let mut line = |what: &str, quantity: fn(f64) -> Quantity, value: fn(&Cost) -> f64, budget: Budget| {
        let theirs_result = if theirs.is_empty() {
            PeerResult::NotInstalled
        } else {
            PeerResult::Measured(quantity(median(theirs.iter().map(value))))
        };
        let ours = quantity(median(ours.iter().map(value)));
        section.lines.push(Line { what: format!("{what}, {name}"), ours, peer, theirs: theirs_result, budget });
    };
    line("CPU time for 1,000 samples", Quantity::Time, |cost| cost.cpu, budget(Budget::PartOfPeer(5.0)));
    line("peak memory", Quantity::Bytes, |cost| cost.peak, budget(Budget::PartOfPeer(2.0)));
    line("bytes per sample", Quantity::Bytes, |cost| cost.bytes, budget(Budget::AtMost(Quantity::Bytes(300.0))));
    if !is_samply {
        let count = |value: f64| Quantity::Count(value as u64);
        line("lost samples", count, |cost| cost.lost as f64, Budget::AtMost(Quantity::Count(0)));
    }
    line("Ctrl-C to the picture", Quantity::Time, |cost| cost.picture, Budget::None);
}
