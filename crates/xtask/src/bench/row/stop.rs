//! From Ctrl-C to the report on disk.

use std::time::Duration;

use super::recorder::{self, Request};
use crate::bench::Bench;
use crate::bench::error::BenchError;
use crate::bench::measure::median;
use crate::bench::quantity::Quantity;
use crate::bench::section::{Budget, Line, PeerResult, Section};
use crate::bench::target::Target;

pub(super) const TITLE: &str = "From Ctrl-C to the report";

const ABOUT: &str = "`firesteel record -F 4999 -o x.html` of two busy processors until there are more than 100,000 samples, then \
Ctrl-C: time that passes until the process has ended and the report is on disk.";

const FREQUENCY: u32 = 4_999;

/// Long enough for 100,000 samples of two processors, with something to spare for what a virtual machine takes away.
const DURATION: Duration = Duration::from_secs(14);

const SAMPLES: u64 = 100_000;

pub(super) fn run(bench: &Bench<'_>) -> Result<Section, BenchError> {
    let mut section = Section { title: TITLE, about: ABOUT, lines: Vec::new(), notes: Vec::new() };
    let places = &bench.places;
    for (name, program, arguments) in
        [("leafheavy", "leafheavy-stripped", &["-threads", "2"][..]), ("shop", "shop-stripped", &["-load", "4"][..])]
    {
        let target = Target::start(places, program, arguments)?;
        let request = Request { pid: target.pid(), frequency: FREQUENCY, duration: DURATION };
        let report = places.scratch("stop.html");
        let (mut stops, mut fewest) = (Vec::new(), u64::MAX);
        for _ in 0..bench.arguments.rounds {
            let made = recorder::ours(places, &request, &[&report])?;
            stops.push(made.stop.as_secs_f64());
            fewest = fewest.min(made.samples);
        }
        section.lines.push(Line {
            what: format!("time, {name}"),
            ours: Quantity::Time(median(stops)),
            peer: "",
            theirs: PeerResult::None,
            budget: Budget::AtMost(Quantity::Time(0.3)),
        });
        section.notes.push(format!(
            "{name}: at least {} samples{}, a report of {}.",
            Quantity::Count(fewest),
            if fewest < SAMPLES { " (**fewer than the 100,000 meant**)" } else { "" },
            Quantity::bytes(recorder::size(&report)),
        ));
    }
    Ok(section)
}
