//! Durations as people type them.

use std::time::Duration;

use jiff::SignedDuration;

/// Reads `10s`, `1m30s`, `500ms`, or a bare number of seconds such as `2.5`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no duration: write `10s`, `1m30s`, `500ms` or a number of seconds");
    let duration = if let Ok(seconds) = text.parse::<f64>() {
        Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?
    } else {
        let duration: SignedDuration = text.parse().map_err(|_| wrong())?;
        Duration::try_from(duration).map_err(|_| wrong())?
    };
    if duration.is_zero() { Err("a duration must be longer than zero".to_owned()) } else { Ok(duration) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<u64>) {
        assert_eq!(parse_duration(text).ok(), expect.map(Duration::from_millis), "{text}");
    }

    #[test]
    fn people_write_durations_in_many_ways() {
        check("10s", Some(10_000));
        check("1m30s", Some(90_000));
        check("500ms", Some(500));
        check("2.5", Some(2500));
        check("30", Some(30_000));
        check("2m", Some(120_000));
        check("0", None);
        check("-3s", None);
        check("NaN", None);
        check("soon", None);
    }
}
