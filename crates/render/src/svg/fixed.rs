//! Numbers with a fixed count of digits behind the point, quickly, rounded as C's `printf` rounds.

use std::fmt::Write;

/// A value in tenths, rounded as `%.1f` rounds it.
pub(crate) fn tenths(value: f64) -> i64 {
    scaled(value, 10.0, 1)
}

/// A value in hundredths, rounded as `%.2f` rounds it.
pub(crate) fn hundredths(value: f64) -> i64 {
    scaled(value, 100.0, 2)
}

/// `printf` rounds the exact binary value, half to even. Scaling rounds a second time, which matters only next to a
/// tie; there the slow exact way decides.
fn scaled(value: f64, factor: f64, digits: usize) -> i64 {
    let product = value * factor;
    if (product.fract().abs() - 0.5).abs() > 1e-4 {
        return product.round_ties_even() as i64;
    }
    let exact = format!("{value:.digits$}");
    exact.replace('.', "").parse().unwrap_or_else(|_| product.round_ties_even() as i64)
}

/// Appends tenths as `12.3`.
pub(crate) fn push_tenths(out: &mut String, tenths: i64) {
    if tenths < 0 {
        out.push('-');
    }
    let size = tenths.unsigned_abs();
    push_digits(out, size / 10);
    out.push('.');
    out.push(digit(size % 10));
}

/// Appends hundredths as `1.23`.
pub(crate) fn push_hundredths(out: &mut String, hundredths: i64) {
    if hundredths < 0 {
        out.push('-');
    }
    let size = hundredths.unsigned_abs();
    push_digits(out, size / 100);
    out.push('.');
    out.push(digit(size / 10 % 10));
    out.push(digit(size % 10));
}

/// Appends a whole number.
pub(crate) fn push_digits(out: &mut String, number: u64) {
    // Digits that are cut from text are known to be text, and two at a time are half of the divisions.
    let pair = |value: u64| &PAIRS[2 * value as usize..2 * value as usize + 2];
    match number {
        0..10 => out.push_str(&pair(number)[1..]),
        10..100 => out.push_str(pair(number)),
        _ => {
            // At most nine times.
            push_digits(out, number / 100);
            out.push_str(pair(number % 100));
        }
    }
}

/// The numbers from 0 to 99 in two digits each.
const PAIRS: &str = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
                     5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/// Appends a number as short as it can be: `36`, `36.5`.
pub(crate) fn push_plain(out: &mut String, value: f64) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{value}");
}

fn digit(value: u64) -> char {
    char::from(b'0' + (value % 10) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with_tenths(value: f64) -> String {
        let mut out = String::new();
        push_tenths(&mut out, tenths(value));
        out
    }

    fn with_hundredths(value: f64) -> String {
        let mut out = String::new();
        push_hundredths(&mut out, hundredths(value));
        out
    }

    #[test]
    fn ties_follow_the_binary_value() {
        for (value, expect) in [(0.25, "0.2"), (0.35, "0.3"), (0.75, "0.8"), (10.05, "10.1"), (1190.0, "1190.0")] {
            assert_eq!(with_tenths(value), expect);
        }
        for (value, expect) in [(0.125, "0.12"), (1.005, "1.00"), (12.345, "12.35"), (100.0, "100.00")] {
            assert_eq!(with_hundredths(value), expect);
        }
    }

    proptest! {
        #[test]
        fn whole_numbers(number in any::<u64>(), shift in 0u32..64) {
            let mut out = String::new();
            push_digits(&mut out, number >> shift);
            prop_assert_eq!(out, (number >> shift).to_string());
        }

        #[test]
        fn same_as_exact_formatting(value in 0.0f64..100_000.0, grain in 0u32..3) {
            let value = if grain == 0 { value } else { (value * 8.0).round() / (8.0 * f64::from(grain * 5)) };
            prop_assert_eq!(with_tenths(value), format!("{value:.1}"));
            prop_assert_eq!(with_hundredths(value), format!("{value:.2}"));
        }
    }
}
