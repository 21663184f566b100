//! Numbers as tools print them into text.

/// A decimal number without sign; nothing but digits.
pub(crate) fn decimal(text: &str) -> Option<i64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

/// A decimal number with or without a minus.
pub(crate) fn signed(text: &str) -> Option<i64> {
    match text.strip_prefix('-') {
        Some(digits) => decimal(digits).map(|value| -value),
        None => decimal(text),
    }
}

/// A hexadecimal number, with `0x` in front or without.
pub(crate) fn hexadecimal(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(digits, 16).ok().filter(|_| is_plain)
}

/// A decimal number with a fraction as a whole number of its `decimals`-th part, rounded half up: `1.25` with 3 is
/// 1250. Separators between groups of digits and a decimal comma are understood as far as they are certain: a sign
/// that comes once and not before three digits is the point, and so is the last of two different ones.
pub(crate) fn scaled(text: &str, decimals: u8) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let point = decimal_point(text);
    let (whole, fraction) = match point {
        Some(point) => (text.get(..point)?, text.get(point..)?.get(1..)?),
        None => (text, ""),
    };
    if !whole.bytes().chain(fraction.bytes()).any(|byte| byte.is_ascii_digit())
        || !fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let mut value = 0i64;
    for character in whole.chars() {
        match character.to_digit(10) {
            Some(digit) => value = value.checked_mul(10)?.checked_add(i64::from(digit))?,
            None if is_separator(character) => {}
            None => return None,
        }
    }
    let mut digits = fraction.bytes().map(|byte| i64::from(byte - b'0'));
    for _ in 0..decimals {
        value = value.checked_mul(10)?.checked_add(digits.next().unwrap_or(0))?;
    }
    let rounded = value.checked_add(i64::from(digits.next().unwrap_or(0) >= 5))?;
    Some(if negative { -rounded } else { rounded })
}

/// What stands between groups of three digits somewhere in the world.
fn is_separator(character: char) -> bool {
    matches!(character, ',' | '.' | '\'' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2019}')
}

/// Where the sign between whole and fraction is.
fn decimal_point(text: &str) -> Option<usize> {
    let last = text.rfind([',', '.'])?;
    let sign = text.as_bytes().get(last)?;
    let count = text.bytes().filter(|byte| byte == sign).count();
    let has_other = text.bytes().take(last).any(|byte| matches!(byte, b',' | b'.') && byte != *sign);
    let digits_after = text.len() - last - 1;
    // `1,234` is a group; `1.234` may be one, but a point is a point in every tool that is read here.
    let is_point = has_other || count == 1 && (*sign == b'.' || digits_after != 3);
    is_point.then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_as_tools_print_them() {
        let check =
            |text: &str, decimals: u8, expect: Option<i64>| assert_eq!(scaled(text, decimals), expect, "{text}");
        check("1.25", 3, Some(1250));
        check("0,125", 6, Some(125_000_000));
        check("0,5", 1, Some(5));
        check("8,160", 0, Some(8160));
        check("5,106.38", 2, Some(510_638));
        check("5.106,38", 2, Some(510_638));
        check("1.234.567", 0, Some(1_234_567));
        check("1\u{a0}234", 0, Some(1234));
        check("0.0625", 3, Some(63));
        check("-1.5", 1, Some(-15));
        check("12", 0, Some(12));
        check("", 0, None);
        check("abc", 0, None);
        check("1e5", 0, None);
        check("99999999999999999999", 0, None);
        assert_eq!(decimal("+5"), None);
        assert_eq!(signed("-5"), Some(-5));
        assert_eq!(hexadecimal("0xff"), Some(255));
        assert_eq!(hexadecimal("fg"), None);
        assert_eq!(hexadecimal("+f"), None);
    }
}
