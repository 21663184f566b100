//! What is going on, shown while it takes its time, on a terminal only.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::Duration;

use firesteel_capture::fetch::{FetchPhase, FetchProgress};
use firesteel_capture::perf::{Observer, Progress, Started, Target};
use firesteel_render::quantity::{format_bytes, format_duration, format_integer};
use indicatif::ProgressBar;

use crate::terminal::Terminal;

/// How often a line is redrawn.
const REDRAW: Duration = Duration::from_millis(100);

fn line(shown: bool) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(REDRAW);
    bar
}

fn seconds(duration: Duration) -> String {
    format_duration(duration.as_nanos() as f64)
}

/// A line about a recording.
pub(crate) struct RecordProgress {
    bar: ProgressBar,
    limit: Option<Duration>,
}

impl RecordProgress {
    /// A program that was started writes to the same terminal; a line that is redrawn would mix with that.
    pub(crate) fn new(target: &Target, limit: Option<Duration>, terminal: &mut Terminal<'_>) -> Self {
        let launched = matches!(target, Target::Launch(_));
        let shared = launched && std::io::stdout().is_terminal();
        if terminal.interactive && shared && limit.is_none() {
            terminal.say("recording until the program ends; Ctrl-C ends it and writes the report");
        }
        Self { bar: line(terminal.interactive && !shared), limit }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for RecordProgress {
    fn started(&mut self, started: &Started) {
        self.bar.set_message(format!("recording process {} at {} Hz", started.process, started.frequency));
    }

    fn progress(&mut self, progress: &Progress) {
        let limit = self.limit.map_or_else(|| "Ctrl-C ends it".to_owned(), |limit| format!("of {}", seconds(limit)));
        let samples = format_integer(i64::try_from(progress.samples).unwrap_or(i64::MAX));
        let lost = format_integer(i64::try_from(progress.lost).unwrap_or(i64::MAX));
        self.bar
            .set_message(format!("recording: {} ({limit}), {samples} samples, {lost} lost", seconds(progress.elapsed)));
    }
}

/// A line about what is being fetched.
pub(crate) struct FetchDisplay {
    bar: ProgressBar,
    /// One part for each profile on its way.
    parts: BTreeMap<String, String>,
}

impl FetchDisplay {
    pub(crate) fn new(terminal: &Terminal<'_>) -> Self {
        Self { bar: line(terminal.interactive), parts: BTreeMap::new() }
    }

    pub(crate) fn update(&mut self, progress: &FetchProgress) {
        let name = progress.kind.map_or_else(|| "profile".to_owned(), |kind| kind.to_string());
        let state = match progress.phase {
            FetchPhase::Connecting => "connecting".to_owned(),
            FetchPhase::Receiving => format_bytes(progress.received as f64),
            _ if progress.takes.is_zero() => "waiting".to_owned(),
            _ => format!("{} of {}", seconds(progress.elapsed), seconds(progress.takes)),
        };
        self.parts.insert(name, state);
        let parts: Vec<String> = self.parts.iter().map(|(name, state)| format!("{name}: {state}")).collect();
        self.bar.set_message(format!("fetching {} (Ctrl-C takes what there is)", parts.join(", ")));
    }
}

impl Drop for FetchDisplay {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
