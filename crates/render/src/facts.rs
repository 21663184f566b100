//! What is said about a profile as a whole, in words.

use firesteel_model::{Losses, Profile};

use crate::quantity::{format_duration, format_integer, format_value};

/// Key and value for each known fact, in the order to show them: what was profiled, how much, then what the
/// source noted.
#[must_use]
pub fn profile_facts(profile: &Profile) -> Vec<(String, String)> {
    let metadata = &profile.metadata;
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut add = |key: &str, value: String| facts.push((key.to_owned(), value));
    if !metadata.title.is_empty() {
        add("profile of", metadata.title.clone());
    }
    if let Some(start) = metadata.start {
        add("started", utc_time(start.0));
    }
    if let Some(duration) = metadata.duration.filter(|duration| duration.0 > 0) {
        add("duration", format_duration(duration.0 as f64));
    }
    for (value_type, total) in profile.sample_types().iter().zip(profile.totals()) {
        add(&value_type.name, format_value(total, value_type));
    }
    if let Some(period) = metadata.period.as_ref().filter(|period| period.value > 0) {
        add("one sample every", format_value(period.value, &period.value_type));
    }
    for (key, value) in &metadata.properties {
        add(key, value.clone());
    }
    for comment in &metadata.comments {
        add("comment", comment.clone());
    }
    if !metadata.documentation_url.is_empty() {
        add("documentation", metadata.documentation_url.clone());
    }
    facts
}

/// A sentence for each kind of loss that occurred.
#[must_use]
pub fn loss_notes(losses: &Losses) -> Vec<String> {
    let Losses { lost_samples, throttled, truncated_stacks, stack_switches, unnamed_samples, skipped_records } =
        *losses;
    let mut notes = Vec::new();
    let mut note = |count: u64, one: &str, many: &str| {
        if count > 0 {
            let number = format_integer(i64::try_from(count).unwrap_or(i64::MAX));
            notes.push(format!("{number} {}", if count == 1 { one } else { many }));
        }
    };
    note(lost_samples, "sample was lost because a buffer was full", "samples were lost because a buffer was full");
    note(throttled, "time the kernel slowed sampling down", "times the kernel slowed sampling down");
    note(
        truncated_stacks,
        "sample has a stack deeper than the kernel's limit; it ends in [truncated]",
        "samples have stacks deeper than the kernel's limit; they end in [truncated]",
    );
    note(
        stack_switches,
        "sample ends where the Go runtime switched stacks",
        "samples end where the Go runtime switched stacks",
    );
    note(unnamed_samples, "sample has a frame without a name", "samples have a frame without a name");
    note(
        skipped_records,
        "record of the input could not be read and was skipped",
        "records of the input could not be read and were skipped",
    );
    notes
}

/// Nanoseconds since 1970 as `2026-08-31 12:34:56 UTC`. Days to a date after Hinnant, "chrono-compatible low-level
/// date algorithms".
fn utc_time(nanoseconds: i64) -> String {
    let seconds = nanoseconds.div_euclid(1_000_000_000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days since 0000-03-01, so that a leap day is the last of its year; eras are 400 years.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{Nanoseconds, Period, UnixNanoseconds, ValueType};

    #[test]
    fn times_are_civil() {
        for (seconds, expect) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (-1, "1969-12-31 23:59:59 UTC"),
        ] {
            assert_eq!(utc_time(seconds * 1_000_000_000), expect);
        }
    }

    #[test]
    fn facts_are_in_order() {
        let mut profile = Profile::new(vec![ValueType::samples(), ValueType::cpu()]);
        profile.metadata.title = "./shop -port 80".to_owned();
        profile.metadata.start = Some(UnixNanoseconds(1_750_000_000_000_000_000));
        profile.metadata.duration = Some(Nanoseconds(30_000_000_000));
        profile.metadata.period = Some(Period { value_type: ValueType::cpu(), value: 10_000_000 });
        profile.metadata.set_property("go version", "go1.27.3");
        let text: Vec<String> = profile_facts(&profile).iter().map(|(key, value)| format!("{key}: {value}")).collect();
        insta::assert_snapshot!(text.join("\n"), @r"
        profile of: ./shop -port 80
        started: 2025-06-15 15:06:40 UTC
        duration: 30.0 s
        samples: 0 samples
        cpu: 0 s
        one sample every: 10.0 ms
        go version: go1.27.3
        ");
    }

    #[test]
    fn losses_are_told() {
        assert_eq!(loss_notes(&Losses::default()), Vec::<String>::new());
        let losses = Losses { lost_samples: 1234, unnamed_samples: 1, ..Losses::default() };
        insta::assert_snapshot!(loss_notes(&losses).join("\n"), @r"
        1,234 samples were lost because a buffer was full
        1 sample has a frame without a name
        ");
    }
}
