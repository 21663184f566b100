//! A kernel setting changed for a while.

use std::fs;

/// Who may sample what; samply refuses above 1, whoever asks.
const PARANOID: &str = "/proc/sys/kernel/perf_event_paranoid";

/// The setting lowered to what samply demands; put back when this is dropped.
#[derive(Debug)]
pub(super) struct LoweredParanoia {
    before: Option<String>,
    /// Whether it is low enough now.
    pub(super) is_low: bool,
}

impl LoweredParanoia {
    pub(super) fn new() -> Self {
        let before = fs::read_to_string(PARANOID).unwrap_or_default().trim().to_owned();
        if before.parse::<i32>().is_ok_and(|level| level <= 1) {
            return Self { before: None, is_low: true };
        }
        let is_low = fs::write(PARANOID, "1").is_ok();
        Self { before: is_low.then_some(before), is_low }
    }

    /// What a reader of the figures should know about it.
    pub(super) fn note(&self) -> Option<String> {
        match &self.before {
            Some(before) => Some(format!(
                "`kernel.perf_event_paranoid` was lowered from {before} to 1 while this ran, because samply demands it."
            )),
            None if self.is_low => None,
            None => Some(
                "samply demands `kernel.perf_event_paranoid` ≤ 1, which this user may not set: it was left out."
                    .to_owned(),
            ),
        }
    }
}

impl Drop for LoweredParanoia {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // Nobody is left to tell.
            let _ = fs::write(PARANOID, before);
        }
    }
}
