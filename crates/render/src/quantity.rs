//! Numbers with their units, as people read them. The HTML report's script formats alike.

use std::fmt::Write;

use firesteel_model::{Unit, ValueType};

use crate::svg::fixed::push_grouped;

/// A stored value with its unit: `1,234 samples`, `1.23 s`, `4.50 MiB`, or the number and the unit as written.
#[must_use]
pub fn format_value(stored: i64, value_type: &ValueType) -> String {
    format_amount(value_type.to_f64(stored), value_type)
}

/// The number that a stored value stands for, or a part of it, with its unit.
#[must_use]
pub fn format_amount(value: f64, value_type: &ValueType) -> String {
    // A scale and sums of floats leave 7.000000000000001 of what is 7.
    let whole = value.round();
    let value = if (value - whole).abs() <= 1e-9 * whole.abs() { whole } else { value };
    let mut out = String::new();
    match &value_type.unit {
        Unit::Nanoseconds => push_duration(&mut out, value),
        Unit::Bytes => push_bytes(&mut out, value),
        Unit::Count => {
            let thing = counted_thing(value_type);
            let is_one = (value.abs() - 1.0).abs() < f64::EPSILON;
            push_number(&mut out, value);
            push(&mut out, format_args!(" {thing}{}", if is_one { "" } else { "s" }));
        }
        Unit::Other(unit) => {
            push_number(&mut out, value);
            if !unit.is_empty() {
                push(&mut out, format_args!(" {}", crate::visible(unit)));
            }
        }
    }
    out
}

/// The same with a sign in front, also of what is above zero: `+1.23 s`.
#[must_use]
pub fn format_signed_amount(value: f64, value_type: &ValueType) -> String {
    let amount = format_amount(value, value_type);
    if value > 0.0 { format!("+{amount}") } else { amount }
}

/// A duration in nanoseconds as `1.23 s`, `45.6 ms`, `7.00 min`.
#[must_use]
pub fn format_duration(nanoseconds: f64) -> String {
    let mut out = String::new();
    push_duration(&mut out, nanoseconds);
    out
}

/// A number of bytes as `512 B`, `4.50 MiB`.
#[must_use]
pub fn format_bytes(bytes: f64) -> String {
    let mut out = String::new();
    push_bytes(&mut out, bytes);
    out
}

/// A whole number with thousands separators: `1,234,567`.
#[must_use]
pub fn format_integer(number: i64) -> String {
    let mut out = String::new();
    push_integer(&mut out, number);
    out
}

/// `part` of `whole` in percent: `12.3%`, `1.23%`, `<0.01%`; a dash when there is no whole.
#[must_use]
pub fn format_percent(part: f64, whole: f64) -> String {
    if whole == 0.0 || !part.is_finite() || !whole.is_finite() {
        return "–".to_owned();
    }
    let percent = part / whole * 100.0;
    let size = percent.abs();
    let sign = if percent < 0.0 { "-" } else { "" };
    if size == 0.0 {
        "0%".to_owned()
    } else if size < 0.005 {
        if percent < 0.0 { ">-0.01%".to_owned() } else { "<0.01%".to_owned() }
    } else if size > 99.995 && size < 100.005 {
        format!("{sign}100%")
    } else if size >= 9.995 {
        format!("{percent:.1}%")
    } else {
        format!("{percent:.2}%")
    }
}

/// What one of a column of counts is: `sample`, `object`, `goroutine`, `contention`, `thread`.
fn counted_thing(value_type: &ValueType) -> &'static str {
    ["object", "goroutine", "contention", "thread"]
        .into_iter()
        .find(|thing| value_type.name.contains(thing))
        .unwrap_or("sample")
}

/// Appends a duration in nanoseconds.
pub(crate) fn push_duration(out: &mut String, nanoseconds: f64) {
    // Each border is where three significant digits would show the next unit's 1.00.
    let size = nanoseconds.abs();
    let (divisor, unit) = match size {
        0.0 => return out.push_str("0 s"),
        size if size < 999.5 => {
            push_number(out, nanoseconds);
            return out.push_str(" ns");
        }
        size if size < 999.5e3 => (1e3, " µs"),
        size if size < 999.5e6 => (1e6, " ms"),
        size if size < 600e9 => (1e9, " s"),
        size if size < 7200e9 => (60e9, " min"),
        _ => (3600e9, " h"),
    };
    push_significant(out, nanoseconds / divisor);
    out.push_str(unit);
}

/// Appends a number of bytes in binary units.
pub(crate) fn push_bytes(out: &mut String, bytes: f64) {
    const UNITS: [&str; 5] = [" KiB", " MiB", " GiB", " TiB", " PiB"];
    if bytes.abs() < 1024.0 {
        push_number(out, bytes);
        return out.push_str(" B");
    }
    let mut value = bytes / 1024.0;
    let mut unit = 0;
    while value.abs() >= 1023.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    push_significant(out, value);
    out.push_str(UNITS[unit]);
}

/// Appends a whole number with separators, another with three significant digits.
pub(crate) fn push_number(out: &mut String, value: f64) {
    if value.fract() == 0.0 && value.abs() < 9e18 {
        push_integer(out, value as i64);
    } else {
        push_significant(out, value);
    }
}

/// Appends three significant digits, or the whole number when that has more.
fn push_significant(out: &mut String, value: f64) {
    match value.abs() {
        size if size >= 999.5 => push_integer(out, value.round_ties_even() as i64),
        size if size >= 99.95 => push(out, format_args!("{value:.0}")),
        size if size >= 9.995 => push(out, format_args!("{value:.1}")),
        _ => push(out, format_args!("{value:.2}")),
    }
}

/// Appends a whole number with a comma between groups of three digits.
pub(crate) fn push_integer(out: &mut String, number: i64) {
    if number < 0 {
        out.push('-');
    }
    push_grouped(out, number.unsigned_abs());
}

fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(arguments);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_grouped() {
        for (number, expect) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (-1_234_567, "-1,234,567"),
            (i64::MAX, "9,223,372,036,854,775,807"),
            (i64::MIN, "-9,223,372,036,854,775,808"),
        ] {
            assert_eq!(format_integer(number), expect);
        }
    }

    #[test]
    fn durations_choose_their_unit() {
        for (nanoseconds, expect) in [
            (0.0, "0 s"),
            (7.0, "7 ns"),
            (999.0, "999 ns"),
            (999.6, "1.00 µs"),
            (45_600_000.0, "45.6 ms"),
            (999_600_000.0, "1.00 s"),
            (1_234_567_890.0, "1.23 s"),
            (-59.9e9, "-59.9 s"),
            (700e9, "11.7 min"),
            (7200e9, "2.00 h"),
        ] {
            assert_eq!(format_duration(nanoseconds), expect);
        }
    }

    #[test]
    fn values_carry_their_unit() {
        let check = |stored, name: &str, unit: &str, decimals, expect: &str| {
            let value_type = ValueType { decimals, ..ValueType::new(name, Unit::parse(unit)) };
            assert_eq!(format_value(stored, &value_type), expect);
        };
        check(1, "samples", "count", 0, "1 sample");
        check(1234, "samples", "count", 0, "1,234 samples");
        check(1234, "samples", "count", 2, "12.3 samples");
        check(2, "alloc_objects", "count", 0, "2 objects");
        check(3, "contentions", "count", 0, "3 contentions");
        check(1_230_000_000, "cpu", "nanoseconds", 0, "1.23 s");
        check(1023, "alloc_space", "bytes", 0, "1,023 B");
        check(4_718_592, "alloc_space", "bytes", 0, "4.50 MiB");
        check(5, "energy", "joules", 0, "5 joules");
        check(5, "energy", "", 0, "5");
    }

    #[test]
    fn percentages_keep_small_parts_visible() {
        for (part, whole, expect) in [
            (0.0, 10.0, "0%"),
            (1.0, 1e6, "<0.01%"),
            (1.0, 0.0, "–"),
            (10.0, 10.0, "100%"),
            (9.9999, 10.0, "100%"),
            (1.0, 3.0, "33.3%"),
            (1.0, 81.0, "1.23%"),
            (-1.0, 3.0, "-33.3%"),
        ] {
            assert_eq!(format_percent(part, whole), expect);
        }
    }
}
