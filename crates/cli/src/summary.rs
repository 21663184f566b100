//! The few lines at the end of a capture: what there is, what was lost, what is heavy.

use firesteel_capture::fetch::Fetched;
use firesteel_capture::perf::Summary;
use firesteel_model::Profile;
use firesteel_render::loss_notes;
use firesteel_render::quantity::{format_bytes, format_duration, format_integer};
use firesteel_render::text::heaviest;

use crate::command::explain;
use crate::terminal::Terminal;
use crate::view;

/// How many functions are listed.
const HEAVIEST: usize = 5;

/// A recording.
pub(crate) fn recorded(profile: &Profile, summary: &Summary, terminal: &mut Terminal<'_>) {
    let integer = |number: u64| format_integer(i64::try_from(number).unwrap_or(i64::MAX));
    terminal.say(format!(
        "recorded {}: {} samples in {}, {} lost ({} at {} Hz, {} frames)",
        profile.metadata.title,
        integer(summary.samples),
        format_duration(summary.duration.as_nanos() as f64),
        integer(summary.lost),
        summary.event,
        summary.frequency,
        profile.metadata.property("frames").unwrap_or("user"),
    ));
    for note in &summary.notes {
        terminal.say(format!("note: {}", explain(note)));
    }
    losses(profile, terminal);
    if summary.samples == 0 {
        terminal.say("note: no samples: the program was never on a CPU while it was recorded");
        return;
    }
    heavy(profile, terminal);
}

/// A profile that was fetched.
pub(crate) fn fetched(name: &str, answer: &Fetched, profile: &Profile, terminal: &mut Terminal<'_>) {
    terminal.say(format!(
        "fetched {name} from {}: {} samples, {} in {}{}",
        answer.url,
        format_integer(i64::try_from(profile.sample_count()).unwrap_or(i64::MAX)),
        format_bytes(answer.bytes.len() as f64),
        format_duration(answer.elapsed.as_nanos() as f64),
        if answer.ended_early { ", ended early" } else { "" },
    ));
    losses(profile, terminal);
    if profile.sample_count() == 0 {
        terminal.say(format!("note: the {name} profile is empty; is the service under load?"));
        return;
    }
    heavy(profile, terminal);
}

fn losses(profile: &Profile, terminal: &mut Terminal<'_>) {
    for note in loss_notes(&profile.metadata.losses) {
        terminal.say(format!("warning: {note}"));
    }
}

fn heavy(profile: &Profile, terminal: &mut Terminal<'_>) {
    let shown = view::for_people(profile, false, terminal);
    let text = heaviest(&shown, None, HEAVIEST, &terminal.message_style());
    terminal.say(text.trim_end());
}
