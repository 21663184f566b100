//! Measured quantities and how they are written.

use std::fmt;

/// A measured quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Quantity {
    /// Seconds.
    Time(f64),
    /// Bytes.
    Bytes(f64),
    /// A number of things.
    Count(u64),
}

impl Quantity {
    pub(super) fn bytes(bytes: u64) -> Self {
        Self::Bytes(bytes as f64)
    }

    /// The number in its base unit.
    pub(super) fn value(self) -> f64 {
        match self {
            Self::Time(value) | Self::Bytes(value) => value,
            Self::Count(count) => count as f64,
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Time(seconds) => scaled(f, seconds * 1e6, &["µs", "ms", "s"]),
            Self::Bytes(bytes) => scaled(f, bytes, &["B", "kB", "MB", "GB"]),
            Self::Count(count) => f.write_str(&grouped(count)),
        }
    }
}

/// Three digits and the largest unit of which there is at least one.
fn scaled(f: &mut fmt::Formatter<'_>, mut value: f64, units: &[&str]) -> fmt::Result {
    let mut units = units.iter();
    let mut unit = units.next().copied().unwrap_or_default();
    while value >= 999.5 {
        let Some(next) = units.next() else { break };
        (value, unit) = (value / 1000.0, next);
    }
    let decimals = if value >= 99.95 || value == 0.0 { 0 } else { 1 + usize::from(value < 9.995) };
    write!(f, "{value:.decimals$} {unit}")
}

/// `1234567` as `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_and_a_unit() {
        let check = |quantity: Quantity, expected: &str| assert_eq!(quantity.to_string(), expected);
        check(Quantity::Time(0.0), "0 µs");
        check(Quantity::Time(0.000_004_2), "4.20 µs");
        check(Quantity::Time(0.012_34), "12.3 ms");
        check(Quantity::Time(0.9996), "1.00 s");
        check(Quantity::Time(1234.0), "1234 s");
        check(Quantity::Bytes(128.0), "128 B");
        check(Quantity::Bytes(11_700_000.0), "11.7 MB");
        check(Quantity::Count(0), "0");
        check(Quantity::Count(1_234_567), "1,234,567");
        check(Quantity::Count(100_000), "100,000");
    }
}
