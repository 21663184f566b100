//! Values that are neither object nor array.

/// A number as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// Whole and within 64 bits.
    Integer(i64),
    /// Any other.
    Float(f64),
}

impl Number {
    /// Reads a number, whole ones exactly.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(value) = text.parse() {
            return Some(Self::Integer(value));
        }
        text.parse::<f64>().ok().filter(|value| value.is_finite()).map(Self::Float)
    }

    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// The number times a factor, rounded; whole numbers are exact. Saturates.
    pub(crate) fn scaled(self, factor: i64) -> i64 {
        match self {
            Self::Integer(value) => value.saturating_mul(factor),
            Self::Float(value) => (value * factor as f64).round() as i64,
        }
    }

    /// The number rounded to a whole one.
    pub(crate) fn rounded(self) -> i64 {
        self.scaled(1)
    }
}

/// The largest whole number up to which floating point knows every other.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number that was calculated with as a whole one. What is too large to be exact is cut off there, so that sums of such
/// numbers do not overflow by mistake.
pub(crate) fn whole(value: f64) -> i64 {
    value.clamp(-EXACT, EXACT).round() as i64
}

/// A value that is neither object nor array.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Scalar {
    /// `null`, `true`, `false`, or a word that is no JSON; also what stands for an object or array.
    #[default]
    Nothing,
    /// A number.
    Number(Number),
    /// A string.
    Text(String),
}

impl Scalar {
    /// The number, also of a string that is one.
    pub(crate) fn number(&self) -> Option<Number> {
        match self {
            Self::Nothing => None,
            Self::Number(number) => Some(*number),
            Self::Text(text) => Number::parse(text.trim()),
        }
    }

    /// The number as one that fits 32 bits without sign, such as a process id.
    pub(crate) fn small(&self) -> Option<u32> {
        self.number().and_then(|number| u32::try_from(number.rounded()).ok())
    }

    /// The text; numbers as they are written.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Number(Number::Integer(value)) => value.to_string(),
            Self::Number(Number::Float(value)) => value.to_string(),
            Self::Text(text) => text,
        }
    }

    /// The same of a copy.
    pub(crate) fn text(&self) -> String {
        self.clone().into_text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_become_whole() {
        let check = |value: f64, expect: i64| assert_eq!(whole(value), expect, "{value}");
        check(1.5, 2);
        check(-0.4, 0);
        check(f64::INFINITY, 1 << 53);
        check(-1e300, -(1 << 53));
        check(f64::NAN, 0);
    }

    #[test]
    fn whole_numbers_stay_exact() {
        let check = |text: &str, expect: i64| assert_eq!(Number::parse(text).unwrap().scaled(1000), expect, "{text}");
        check("1720000000000001", 1_720_000_000_000_001_000);
        check("1.5", 1500);
        check("-2e0", -2000);
        check("0.0005", 1);
        check("1e300", i64::MAX);
        assert_eq!(Number::parse("nan"), None);
        assert_eq!(Number::parse("1e999"), None);
        assert_eq!(Scalar::Text(" 7 ".to_owned()).small(), Some(7));
        assert_eq!(Scalar::Text("main".to_owned()).small(), None);
    }
}
