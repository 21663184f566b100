//! Units as pprof scales and writes them (`internal/measurement` of `github.com/google/pprof`).
//!
//! A binary kilobyte is `kB`, hours are `hrs`, and `minimum` or `auto` stand for the largest unit in which the value
//! is at least one.

struct UnitOf {
    name: &'static str,
    aliases: &'static [&'static str],
    factor: f64,
}

struct Family {
    units: &'static [UnitOf],
    default: (&'static str, f64),
}

const fn unit(name: &'static str, aliases: &'static [&'static str], factor: f64) -> UnitOf {
    UnitOf { name, aliases, factor }
}

const FAMILIES: [Family; 3] = [
    Family {
        units: &[
            unit("B", &["b", "byte"], 1.0),
            unit("kB", &["kb", "kbyte", "kilobyte"], 1024.0),
            unit("MB", &["mb", "mbyte", "megabyte"], 1_048_576.0),
            unit("GB", &["gb", "gbyte", "gigabyte"], 1_073_741_824.0),
            unit("TB", &["tb", "tbyte", "terabyte"], 1_099_511_627_776.0),
            unit("PB", &["pb", "pbyte", "petabyte"], 1_125_899_906_842_624.0),
        ],
        default: ("B", 1.0),
    },
    Family {
        units: &[
            unit("ns", &["ns", "nanosecond"], 1.0),
            unit("us", &["us", "microsecond"], 1e3),
            unit("ms", &["ms", "millisecond"], 1e6),
            unit("s", &["s", "sec", "second"], 1e9),
            unit("hrs", &["hour", "hr"], 3.6e12),
        ],
        default: ("s", 1e9),
    },
    Family {
        units: &[
            unit("n*GCU", &["nanogcu"], 1e-9),
            unit("u*GCU", &["microgcu"], 1e-6),
            unit("m*GCU", &["milligcu"], 1e-3),
            unit("GCU", &["gcu"], 1.0),
            unit("k*GCU", &["kilogcu"], 1e3),
            unit("M*GCU", &["megagcu"], 1e6),
            unit("G*GCU", &["gigagcu"], 1e9),
            unit("T*GCU", &["teragcu"], 1e12),
            unit("P*GCU", &["petagcu"], 1e15),
        ],
        default: ("GCU", 1.0),
    },
];

impl Family {
    /// The unit of a name in any case, in singular or plural.
    fn find(&self, name: &str) -> Option<&'static UnitOf> {
        let lower = name.to_lowercase();
        let singular = if lower.len() > 2 { lower.strip_suffix('s').unwrap_or(&lower) } else { &lower };
        self.units.iter().find(|unit| unit.aliases.contains(&singular))
    }

    fn convert(&self, value: i64, from: &str, to: &str) -> Option<(f64, &'static str)> {
        let value = value as f64 * self.find(from)?.factor;
        let (default, default_factor) = self.default;
        if to == "minimum" || to == "auto" {
            let best = self.units.iter().rev().find(|unit| value / unit.factor >= 1.0);
            return Some(match best {
                Some(best) => (value / best.factor, best.name),
                None => (value / default_factor, default),
            });
        }
        Some(match self.find(to) {
            Some(to) => (value / to.factor, to.name),
            None => (value / default_factor, default),
        })
    }
}

/// A value in another unit, and the name of that unit; the name is empty where it says nothing, as for counts.
#[must_use]
pub fn scale(value: i64, from: &str, to: &str) -> (f64, String) {
    if value < 0
        && let Some(positive) = value.checked_neg()
    {
        let (scaled, unit) = scale(positive, from, to);
        return (-scaled, unit);
    }
    if let Some((scaled, unit)) = FAMILIES.iter().find_map(|family| family.convert(value, from, to)) {
        return (scaled, unit.to_owned());
    }
    let unit = match to {
        "count" | "sample" | "unit" | "minimum" | "auto" => "",
        other => other,
    };
    (value as f64, unit.to_owned())
}

/// A value with its unit, in the unit that suits it best: `1.50kB`, `10ms`, `7`.
#[must_use]
pub fn label(value: i64, unit: &str) -> String {
    scaled_label(value, unit, "auto")
}

/// A value with its unit after scaling it, with two decimals unless both are zero.
#[must_use]
pub fn scaled_label(value: i64, from: &str, to: &str) -> String {
    let (scaled, unit) = scale(value, from, to);
    let text = format!("{scaled:.2}");
    match text.strip_suffix(".00").unwrap_or(&text) {
        "0" | "-0" => "0".to_owned(),
        text => format!("{text}{unit}"),
    }
}

/// The share that a value is of a total, without its sign, in six columns: `  100%`, `12.34%`, ` 0.5%`.
#[must_use]
pub fn percentage(value: i64, total: i64) -> String {
    let ratio = if total == 0 { 0.0 } else { (value as f64 / total as f64).abs() * 100.0 };
    if (99.95..=100.05).contains(&ratio) {
        "  100%".to_owned()
    } else if ratio >= 1.0 {
        format!("{ratio:5.2}%")
    } else {
        format!("{:>5}%", two_digits(ratio))
    }
}

/// A number from 0 to 1 with two significant digits, as C's `%.2g` writes it.
fn two_digits(number: f64) -> String {
    let scientific = format!("{number:.1e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if number == 0.0 {
        return "0".to_owned();
    }
    let mantissa = mantissa.strip_suffix(".0").unwrap_or(mantissa);
    if exponent < -4 {
        return format!("{mantissa}e-{:02}", -exponent);
    }
    let digits = mantissa.replace('.', "");
    if exponent >= 0 { digits } else { format!("0.{}{digits}", "0".repeat((-exponent - 1).max(0) as usize)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_pprof_writes_them() {
        for (value, from, to, expect) in [
            (0, "nanoseconds", "auto", "0"),
            (10_000_000, "nanoseconds", "auto", "10ms"),
            (1_500, "bytes", "auto", "1.46kB"),
            (1_500, "bytes", "mb", "0"),
            (1_500_000_000, "nanoseconds", "s", "1.50s"),
            (7_200, "seconds", "minimum", "2hrs"),
            (-2048, "byte", "minimum", "-2kB"),
            (-1, "byte", "gb", "0"),
            (5, "count", "minimum", "5"),
            (5, "count", "ms", "5ms"),
            (5, "ms", "parsecs", "0.01s"),
            (5, "widgets", "widgets", "5widgets"),
            (5_000, "milligcu", "auto", "5GCU"),
            (1 << 40, "B", "auto", "1TB"),
            (i64::MIN, "count", "auto", "-9223372036854775808"),
            // Less than the smallest unit is told in the default one.
            (0, "ns", "minimum", "0"),
        ] {
            assert_eq!(scaled_label(value, from, to), expect, "{value} {from} in {to}");
        }
    }

    #[test]
    fn shares_are_written_as_pprof_writes_them() {
        for (value, total, expect) in [
            (0, 0, "    0%"),
            (0, 5, "    0%"),
            (1, 1, "  100%"),
            (9996, 10_000, "  100%"),
            (-1, 4, "25.00%"),
            (1, 3, "33.33%"),
            (5, 1, "500.00%"),
            (1, 200, "  0.5%"),
            (123, 100_000, " 0.12%"),
            (1234, 10_000_000, "0.012%"),
            (1, 1_000_000, "0.0001%"),
            (15, 1_000_000_000, "1.5e-06%"),
            (1, 10_000_000, "1e-05%"),
            (9999, 1_000_000, "    1%"),
        ] {
            assert_eq!(percentage(value, total), expect, "{value} of {total}");
        }
    }
}
