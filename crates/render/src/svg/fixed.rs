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
    let rounded = round_half_even(product);
    if ((product - rounded).abs() - 0.5).abs() > 1e-4 {
        return rounded as i64;
    }
    let exact = format!("{value:.digits$}");
    exact.replace('.', "").parse().unwrap_or(rounded as i64)
}

/// The nearest whole number, of two the even one. Adding a number whose last binary digit is worth one leaves no room
/// for a fraction, which is several times as fast as the instruction-less function of the C library.
pub(crate) fn round_half_even(value: f64) -> f64 {
    const WITHOUT_FRACTIONS: f64 = 6_755_399_441_055_744.0;
    if value.abs() < 2_251_799_813_685_248.0 {
        (value + WITHOUT_FRACTIONS) - WITHOUT_FRACTIONS
    } else {
        value.round_ties_even()
    }
}

/// Appends tenths as `12.3`.
pub(crate) fn push_tenths(out: &mut String, tenths: i64) {
    if tenths < 0 {
        out.push('-');
    }
    let size = tenths.unsigned_abs();
    push_digits(out, size / 10);
    let fraction = 2 * (size % 10) as usize;
    out.push_str(&TENTHS[fraction..fraction + 2]);
}

/// Appends hundredths as `1.23`.
pub(crate) fn push_hundredths(out: &mut String, hundredths: i64) {
    if hundredths < 0 {
        out.push('-');
    }
    let size = hundredths.unsigned_abs();
    push_digits(out, size / 100);
    out.push('.');
    out.push_str(&group(size % 100)[2..]);
}

/// Appends a whole number.
pub(crate) fn push_digits(out: &mut String, number: u64) {
    // Digits that are cut from text are known to be text, and three at a time are a third of the divisions.
    if number < 1000 {
        push_few_digits(out, number);
    } else {
        // At most six times.
        push_digits(out, number / 1000);
        out.push_str(&group(number % 1000)[1..]);
    }
}

/// Appends a whole number with a comma between groups of three digits.
pub(crate) fn push_grouped(out: &mut String, number: u64) {
    if number < 1000 {
        push_few_digits(out, number);
    } else {
        push_grouped(out, number / 1000);
        out.push_str(group(number % 1000));
    }
}

/// Appends a whole number below a thousand. A copy of a known length costs a fraction of one that has to ask for it,
/// even with what is too much cut off again.
#[inline]
fn push_few_digits(out: &mut String, number: u64) {
    let start = 4 * (number % 1000) as usize;
    let digits = 1 + usize::from(number >= 10) + usize::from(number >= 100);
    let length = out.len() + digits;
    out.push_str(&LEFT_ALIGNED[start..start + 4]);
    out.truncate(length);
}

/// A comma and the three digits of a number below a thousand.
#[inline]
fn group(number: u64) -> &'static str {
    let start = 4 * (number % 1000) as usize;
    &GROUPS[start..start + 4]
}

const TENTHS: &str = ".0.1.2.3.4.5.6.7.8.9";

/// The numbers from 0 to 999 in three digits each, with a comma in front.
const GROUPS: &str = as_text(&GROUP_BYTES);

/// The numbers from 0 to 999, each with spaces up to four characters behind it.
const LEFT_ALIGNED: &str = as_text(&LEFT_ALIGNED_BYTES);

const GROUP_BYTES: [u8; 4000] = group_bytes(false);
const LEFT_ALIGNED_BYTES: [u8; 4000] = group_bytes(true);

const fn as_text(bytes: &'static [u8]) -> &'static str {
    match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

const fn group_bytes(left_aligned: bool) -> [u8; 4000] {
    let mut bytes = [if left_aligned { b' ' } else { b',' }; 4000];
    let mut number = 0;
    while number < 1000 {
        let digits = [(number / 100) as u8, (number / 10 % 10) as u8, (number % 10) as u8];
        let zeros = if !left_aligned || number >= 100 {
            0
        } else if number >= 10 {
            1
        } else {
            2
        };
        let mut place = if left_aligned { 4 * number } else { 4 * number + 1 };
        let mut index = zeros;
        while index < 3 {
            bytes[place] = b'0' + digits[index];
            place += 1;
            index += 1;
        }
        number += 1;
    }
    bytes
}

/// Appends a number as short as it can be: `36`, `36.5`.
pub(crate) fn push_plain(out: &mut String, value: f64) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{value}");
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
            prop_assert_eq!(&out, &(number >> shift).to_string());
            let mut grouped = String::new();
            push_grouped(&mut grouped, number >> shift);
            prop_assert_eq!(grouped.replace(',', ""), out);
            prop_assert!(grouped.rsplit(',').skip(1).all(|group| group.len() <= 3));
        }

        #[test]
        fn rounding(value in any::<f64>(), small in -1e6f64..1e6) {
            for value in [value, small, small.trunc() + 0.5] {
                prop_assert_eq!(round_half_even(value).to_bits() << 1, value.round_ties_even().to_bits() << 1);
            }
        }

        #[test]
        fn same_as_exact_formatting(value in 0.0f64..100_000.0, grain in 0u32..3) {
            let value = if grain == 0 { value } else { (value * 8.0).round() / (8.0 * f64::from(grain * 5)) };
            prop_assert_eq!(with_tenths(value), format!("{value:.1}"));
            prop_assert_eq!(with_hundredths(value), format!("{value:.2}"));
        }
    }
}
