//! Counts of folded text: decimal numbers, kept exactly as scaled integers.

use firesteel_model::ValueType;

use crate::warning::WarningKind;

/// A count: `digits` divided by ten to the power of `decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) scaled: i64,
    pub(crate) decimals: u8,
}

impl Count {
    /// Reads `digits`, `digits.` or `digits.digits`. Digits behind the ninth behind the point are
    /// rounded half up, zeros at the end do not count.
    pub(crate) fn parse(token: &[u8]) -> Result<Self, WarningKind> {
        let point = token.iter().position(|&byte| byte == b'.').unwrap_or(token.len());
        let (whole, fraction) = token.split_at(point);
        let fraction = fraction.get(1..).unwrap_or(&[]);
        if whole.is_empty() || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
            let numeric = token.first().is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.'));
            return Err(if numeric { WarningKind::MalformedCount } else { WarningKind::MissingCount });
        }
        let (kept, beyond) = fraction.split_at_checked(usize::from(ValueType::MAX_DECIMALS)).unwrap_or((fraction, &[]));
        let round_up = beyond.first().is_some_and(|&digit| digit >= b'5');
        let significant = kept.iter().rposition(|&digit| digit != b'0').map_or(0, |last| last + 1);
        let digits = if round_up { kept } else { kept.get(..significant).unwrap_or(kept) };
        let scaled = whole
            .iter()
            .chain(digits)
            .try_fold(0i64, |value, &digit| value.checked_mul(10)?.checked_add(i64::from(digit - b'0')));
        let scaled = scaled.and_then(|value| value.checked_add(i64::from(round_up))).ok_or(WarningKind::HugeCount)?;
        Ok(Self { scaled, decimals: digits.len() as u8 })
    }

    /// Reads a count that may be negative, as those of a difference.
    pub(crate) fn parse_signed(token: &[u8]) -> Result<Self, WarningKind> {
        match token.strip_prefix(b"-") {
            Some(token) if !token.is_empty() => {
                let count = Self::parse(token).map_err(|kind| match kind {
                    WarningKind::MissingCount => WarningKind::MalformedCount,
                    kind => kind,
                })?;
                Ok(Self { scaled: -count.scaled, ..count })
            }
            _ => Self::parse(token),
        }
    }

    /// The count with another number of decimals: more when that is exact, fewer by rounding half up.
    pub(crate) fn at(self, decimals: u8) -> Option<i64> {
        let Some(fewer) = self.decimals.checked_sub(decimals) else {
            return self.scaled.checked_mul(power(decimals - self.decimals));
        };
        let divisor = power(fewer);
        let half = i64::from(fewer > 0 && self.scaled.rem_euclid(divisor) >= divisor / 2);
        Some(self.scaled.div_euclid(divisor) + half)
    }
}

/// Ten to the power of `digits`, which is at most [`ValueType::MAX_DECIMALS`].
pub(crate) fn power(digits: u8) -> i64 {
    10i64.saturating_pow(u32::from(digits))
}

/// Writes a stored value with its point, without zeros at the end.
pub(crate) fn write_scaled(value: i64, decimals: u8, text: &mut Vec<u8>) {
    use std::io::Write as _;
    let Some(divisor) = Some(power(decimals)).filter(|&divisor| divisor > 1) else {
        return write_integer(value, text);
    };
    // Writing to a vector cannot fail.
    let (value, divisor) = (i128::from(value), i128::from(divisor));
    if value < 0 {
        text.push(b'-');
    }
    let _ = write!(text, "{}", value.abs() / divisor);
    let fraction = value.abs() % divisor;
    if fraction != 0 {
        let _ = write!(text, ".{fraction:0width$}", width = usize::from(decimals));
        while text.last() == Some(&b'0') {
            text.pop();
        }
    }
}

/// Writes an integer. There is one in each line, and the library's way takes several times as long.
fn write_integer(value: i64, text: &mut Vec<u8>) {
    /// Digits of the largest number and a sign.
    const LEN: usize = 20;
    let mut digits = [b'0'; LEN];
    let (mut start, mut rest) = (LEN, value.unsigned_abs());
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        start -= 1;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        text.push(b'-');
    }
    text.extend_from_slice(digits.get(start..).unwrap_or(&[]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_exactly_or_says_why_not() {
        let good = |token: &str, scaled: i64, decimals: u8| {
            assert_eq!(Count::parse(token.as_bytes()), Ok(Count { scaled, decimals }), "{token}");
        };
        good("0", 0, 0);
        good("007", 7, 0);
        good("5.", 5, 0);
        good("1.50", 15, 1);
        good("12.00", 12, 0);
        good("0.1", 1, 1);
        good("0.1234567894", 123_456_789, 9);
        good("0.1234567895", 123_456_790, 9);
        good("0.0000000005", 1, 9);
        good("9223372036854775807", i64::MAX, 0);
        let bad = |token: &str, kind: WarningKind| assert_eq!(Count::parse(token.as_bytes()), Err(kind), "{token}");
        bad("-5", WarningKind::MalformedCount);
        bad("+5", WarningKind::MalformedCount);
        bad("1e5", WarningKind::MalformedCount);
        bad("0x10", WarningKind::MalformedCount);
        bad(".5", WarningKind::MalformedCount);
        bad("1.2.3", WarningKind::MalformedCount);
        bad("main", WarningKind::MissingCount);
        bad("", WarningKind::MissingCount);
        bad("9223372036854775808", WarningKind::HugeCount);
        bad("99999999999999999999999999", WarningKind::HugeCount);
    }

    #[test]
    fn differences_may_be_negative() {
        let check = |token: &str, expect: Result<(i64, u8), WarningKind>| {
            let count = Count::parse_signed(token.as_bytes()).map(|count| (count.scaled, count.decimals));
            assert_eq!(count, expect, "{token}");
        };
        check("-5", Ok((-5, 0)));
        check("-1.50", Ok((-15, 1)));
        check("5", Ok((5, 0)));
        check("-0", Ok((0, 0)));
        check("--5", Err(WarningKind::MalformedCount));
        check("-", Err(WarningKind::MalformedCount));
        check("-x", Err(WarningKind::MalformedCount));
        check("-9223372036854775808", Err(WarningKind::HugeCount));
        assert_eq!(Count { scaled: -125, decimals: 2 }.at(1), Some(-12));
        assert_eq!(Count { scaled: -125, decimals: 2 }.at(3), Some(-1250));
    }

    #[test]
    fn writes_what_it_read() {
        let check = |value: i64, decimals: u8, expect: &str| {
            let mut text = Vec::new();
            write_scaled(value, decimals, &mut text);
            assert_eq!(String::from_utf8(text).unwrap(), expect);
        };
        for value in [0, 7, 10, 1234, -1, -90, i64::MAX, i64::MIN] {
            check(value, 0, &value.to_string());
        }
        check(1234, 2, "12.34");
        check(1200, 2, "12");
        check(5, 3, "0.005");
        check(-1250, 2, "-12.5");
        check(i64::MIN, 1, "-922337203685477580.8");
    }

    #[test]
    fn rescales() {
        let count = Count { scaled: 125, decimals: 2 };
        assert_eq!(count.at(3), Some(1250));
        assert_eq!(count.at(1), Some(13));
        assert_eq!(count.at(0), Some(1));
        assert_eq!(Count { scaled: i64::MAX, decimals: 0 }.at(1), None);
    }
}
