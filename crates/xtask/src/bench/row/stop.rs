//! From Ctrl-C to the report on disk.

use std::time::Duration;

use super::recorder::{self, Length, Request};
use crate::bench::Bench;
use crate::bench::error::BenchError;
use crate::bench::measure::median;
use crate::bench::quantity::Quantity;
use crate::bench::section::{Budget, Line, PeerResult, Section};
use crate::bench::target::Target;

pub(super) const TITLE: &str = "From Ctrl-C to the report";

const ABOUT: &str = "\
`firesteel record -F 4999 -o x.html` until there are more than 100,000 samples, then Ctrl-C: time that passes until
the process has ended and the report is on disk. The program goes on and keeps all processors busy meanwhile, so that
the recorder gets a part of them only; its CPU time is what it would take on an idle machine.";

const FREQUENCY: u32 = 4_999;

/// Enough for 100,000 samples, with something to spare for time that a virtual machine takes away.
const TARGET_CPU: Duration = Duration::from_secs(22);

const SAMPLES: u64 = 100_000;

pub(super) fn run(bench: &Bench<'_>) -> Result<Section, BenchError> {
    let mut section = Section { title: TITLE, about: ABOUT, lines: Vec::new(), notes: Vec::new() };
    let places = &bench.places;
    for (name, program, arguments) in
        [("leafheavy", "leafheavy-stripped", &["-threads", "2"][..]), ("shop", "shop-stripped", &["-load", "4"][..])]
    {
        let target = Target::start(places, program, arguments)?;
        let request = Request { target: &target, frequency: FREQUENCY, length: Length::TargetCpu(TARGET_CPU) };
        let report = places.scratch("stop.html");
        let (mut stops, mut cpu, mut fewest) = (Vec::new(), Vec::new(), u64::MAX);
        for _ in 0..bench.arguments.rounds {
            let made = recorder::ours(places, &request, &[&report])?;
            stops.push(made.stop.as_secs_f64());
            cpu.push(made.stop_cpu.as_secs_f64());
            fewest = fewest.min(made.samples);
        }
        let mut line = |what: &str, times, budget| {
            let (what, ours) = (format!("{what}, {name}"), Quantity::Time(median(times)));
            section.lines.push(Line { what, ours, peer: "", theirs: PeerResult::None, budget });
        };
        line("time", stops, Budget::AtMost(Quantity::Time(0.3)));
        line("CPU time of it", cpu, Budget::None);
        section.notes.push(format!(
            "{name}: at least {} samples{}, a report of {}.",
            Quantity::Count(fewest),
            if fewest < SAMPLES { " (**fewer than the 100,000 meant**)" } else { "" },
            Quantity::bytes(recorder::size(&report)),
        ));
    }
    Ok(section)
}
