//! Samples lost at a high rate.

use std::time::Duration;

use super::recorder::{self, Length, Request};
use crate::bench::Bench;
use crate::bench::error::BenchError;
use crate::bench::quantity::Quantity;
use crate::bench::section::{Budget, Line, PeerResult, Section};
use crate::bench::target::Target;

pub(super) const TITLE: &str = "Samples lost at 4,999 Hz";

const ABOUT: &str = "\
One recording of 20 s at 4,999 Hz while `leafheavy` keeps two processors busy, beside `perf record -g` with its
default buffers. Due is the program's CPU time times the rate; a virtual machine takes some of it away.";

const FREQUENCY: u32 = 4_999;
const DURATION: Duration = Duration::from_secs(20);

pub(super) fn run(bench: &Bench<'_>) -> Result<Section, BenchError> {
    let mut section = Section { title: TITLE, about: ABOUT, lines: Vec::new(), notes: Vec::new() };
    let places = &bench.places;
    let target = Target::start(places, "leafheavy-stripped", &["-threads", "2"])?;
    let request = Request { target: &target, frequency: FREQUENCY, length: Length::Time(DURATION) };
    let before = target.cpu();
    let ours = recorder::ours(places, &request, &[&places.scratch("lost-ours.folded")])?;
    let due = (target.cpu().saturating_sub(before)).as_secs_f64() * f64::from(FREQUENCY);
    let theirs = match &bench.peers.perf {
        Some(perf) => Some(recorder::perf(places, perf, &request, &places.scratch("lost-perf.data"))?),
        None => None,
    };
    let mut line = |what: &str, ours, theirs: Option<u64>, budget| {
        let theirs = theirs.map_or(PeerResult::NotInstalled, |count| PeerResult::Measured(Quantity::Count(count)));
        section.lines.push(Line { what: what.to_owned(), ours: Quantity::Count(ours), peer: "perf", theirs, budget });
    };
    line("samples lost", ours.lost, theirs.map(|made| made.lost), Budget::AtMost(Quantity::Count(0)));
    line("samples taken", ours.samples, theirs.map(|made| made.samples), Budget::None);
    section.notes.push(format!("Ours took {:.1} % of the samples due.", ours.samples as f64 * 100.0 / due.max(1.0)));
    Ok(section)
}
