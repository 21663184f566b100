//! What is said about a profile as a whole, in words.

use firesteel_model::{Losses, Profile, ValueType};

use crate::quantity::{format_duration, format_integer, format_percent, format_value};

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

/// A sentence for each kind of loss that occurred, with its share of the samples where it is about samples.
#[must_use]
pub fn loss_notes(profile: &Profile) -> Vec<String> {
    let Losses {
        lost_samples,
        throttled,
        truncated_stacks,
        stack_switches,
        missing_callers,
        unnamed_samples,
        skipped_records,
    } = profile.metadata.losses;
    let integer = |count: u64| format_integer(i64::try_from(count).unwrap_or(i64::MAX));
    let kept = sample_total(profile);
    let mut notes = Vec::new();
    if lost_samples > 0 {
        let taken = kept.saturating_add(lost_samples);
        notes.push(format!(
            "{} of {} samples taken ({}) were lost: a buffer was full",
            integer(lost_samples),
            integer(taken),
            format_percent(lost_samples as f64, taken as f64)
        ));
    }
    if throttled > 0 {
        let times = if throttled == 1 { "once".to_owned() } else { format!("{} times", integer(throttled)) };
        notes.push(format!("the kernel slowed sampling down {times}"));
    }
    for (count, what) in [
        (truncated_stacks, "stack is deeper than the kernel follows: ends in [truncated]"),
        (
            stack_switches,
            "caught Go's runtime growing or preempting a goroutine: the stack begins at runtime.morestack",
        ),
        (missing_callers, "the caller of the innermost function could not be told and is left out"),
        (unnamed_samples, "a user frame has no name: no symbol covers it"),
    ] {
        if count > 0 {
            let share = format_percent(count as f64, kept as f64);
            notes.push(format!("{} of {} samples ({share}): {what}", integer(count), integer(kept)));
        }
    }
    if skipped_records > 0 {
        let records = if skipped_records == 1 { "record" } else { "records" };
        notes.push(format!("{} {records} of the input could not be read and left out", integer(skipped_records)));
    }
    notes
}

/// Number of samples: the sum of the column that counts them, or the rows where none does.
fn sample_total(profile: &Profile) -> u64 {
    let samples = ValueType::samples();
    let column = profile.sample_types().iter().position(|sample_type| sample_type.is_same(&samples));
    let counted = column.and_then(|column| u64::try_from(profile.totals()[column]).ok());
    counted.unwrap_or(profile.sample_count() as u64)
}

/// Nanoseconds since 1970 as `2026-08-31 12:34:56 UTC`; empty for a time that no calendar covers.
fn utc_time(nanoseconds: i64) -> String {
    let time = jiff::Timestamp::from_nanosecond(i128::from(nanoseconds));
    time.map(|time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{Nanoseconds, Period, Sample, StackId, UnixNanoseconds};

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
        let mut profile = Profile::new(vec![ValueType::samples()]);
        assert_eq!(loss_notes(&profile), Vec::<String>::new());
        profile.add_sample(Sample::new(StackId::ROOT, &[10_000]));
        profile.metadata.losses =
            Losses { lost_samples: 1234, throttled: 1, unnamed_samples: 100, skipped_records: 2, ..Losses::default() };
        insta::assert_snapshot!(loss_notes(&profile).join("\n"), @r"
        1,234 of 11,234 samples taken (11.0%) were lost: a buffer was full
        the kernel slowed sampling down once
        100 of 10,000 samples (1.00%): a user frame has no name: no symbol covers it
        2 records of the input could not be read and left out
        ");
    }
}
