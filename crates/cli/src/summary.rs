//! The few lines at the end of a capture: what there is, what was lost, what is heavy.

use firesteel_capture::fetch::{Fetched, ProfileKind};
use firesteel_capture::perf::Summary;
use firesteel_render::loss_notes;
use firesteel_render::quantity::{format_bytes, format_duration, format_integer};
use firesteel_render::text::heaviest;

use crate::command::explain;
use crate::terminal::Terminal;
use crate::view::View;

/// How many functions are listed.
const HEAVIEST: usize = 5;

/// A recording.
pub(crate) fn recorded(view: &View<'_>, summary: &Summary, terminal: &mut Terminal<'_>) {
    let metadata = &view.raw.metadata;
    terminal.say(format!(
        "recorded {}: {} in {}, {} lost ({} at {} Hz, {} frames)",
        metadata.title,
        samples(summary.samples),
        format_duration(summary.duration.as_nanos() as f64),
        integer(summary.lost),
        summary.event,
        summary.frequency,
        metadata.property("frames").unwrap_or("user"),
    ));
    for note in &summary.notes {
        terminal.say(format!("note: {}", explain(note)));
    }
    if summary.samples == 0 {
        terminal.say("note: no samples: the program was never on a CPU while it was recorded");
    }
    contents(view, terminal);
}

/// A profile that was fetched; what is heavy in it only when `detailed`.
pub(crate) fn fetched(view: &View<'_>, answer: &Fetched, detailed: bool, terminal: &mut Terminal<'_>) {
    let count = view.raw.sample_count() as u64;
    terminal.say(format!(
        "fetched {} from {}: {}, {} in {}{}",
        view.name,
        answer.url,
        samples(count),
        format_bytes(answer.bytes.len() as f64),
        format_duration(answer.elapsed.as_nanos() as f64),
        if answer.ended_early { ", ended early" } else { "" },
    ));
    if count == 0 {
        terminal.say(format!("note: the {} profile is empty: {}", view.name, why_empty(answer.kind)));
    }
    if detailed {
        contents(view, terminal);
    }
}

/// What usually leaves a profile of a service without samples.
fn why_empty(kind: Option<ProfileKind>) -> &'static str {
    match kind {
        Some(ProfileKind::Block) => "Go records blocking only after `runtime.SetBlockProfileRate`",
        Some(ProfileKind::Mutex) => "Go records contention only after `runtime.SetMutexProfileFraction`",
        Some(ProfileKind::Goroutineleak) => "no leaked goroutine was found",
        Some(ProfileKind::Cpu) => "the service was idle; put it under load and fetch again",
        _ => "the service has recorded nothing yet",
    }
}

/// What was lost and what is heavy.
fn contents(view: &View<'_>, terminal: &mut Terminal<'_>) {
    for note in loss_notes(view.raw) {
        terminal.say(format!("note: {note}"));
    }
    let heavy = heaviest(&view.shown, None, HEAVIEST, &terminal.message_style());
    if !heavy.is_empty() {
        terminal.say(heavy.trim_end());
    }
}

fn samples(count: u64) -> String {
    format!("{} {}", integer(count), if count == 1 { "sample" } else { "samples" })
}

fn integer(number: u64) -> String {
    format_integer(i64::try_from(number).unwrap_or(i64::MAX))
}
