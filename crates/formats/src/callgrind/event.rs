//! Events: what costs are counted in.

use firesteel_model::{Unit, ValueType};

/// The column of an event, and what one of its costs is in the unit of the column.
///
/// Valgrind's events, such as `Ir`, are counts. pprof writes `cpu(nanoseconds)`, Xdebug `Time_(10ns)`.
pub(super) fn column(event: &str) -> (ValueType, i64) {
    let inside = event.strip_suffix(')').and_then(|event| event.rsplit_once('('));
    let Some((name, unit)) = inside.filter(|(name, unit)| !name.is_empty() && !unit.is_empty()) else {
        return (ValueType::new(event, Unit::Count), 1);
    };
    let name = name.trim_end_matches('_');
    let digits = unit.bytes().take_while(u8::is_ascii_digit).count();
    let factor = unit.get(..digits).and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(1);
    let (unit, scale) = match unit.get(digits..).unwrap_or_default() {
        "ns" | "nanoseconds" => (Unit::Nanoseconds, 1),
        "us" | "µs" => (Unit::Nanoseconds, 1_000),
        "ms" => (Unit::Nanoseconds, 1_000_000),
        "s" => (Unit::Nanoseconds, 1_000_000_000),
        "B" => (Unit::Bytes, 1),
        other => (Unit::parse(other), 1),
    };
    (ValueType::new(name, unit), factor.saturating_mul(scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_units() {
        let check = |event: &str, name: &str, unit: &str, factor: i64| {
            assert_eq!(column(event), (ValueType::new(name, Unit::parse(unit)), factor), "{event}");
        };
        check("Ir", "Ir", "count", 1);
        check("samples(count)", "samples", "count", 1);
        check("cpu(nanoseconds)", "cpu", "nanoseconds", 1);
        check("cpu(ms)", "cpu", "nanoseconds", 1_000_000);
        check("Time_(10ns)", "Time", "nanoseconds", 10);
        check("Memory_(bytes)", "Memory", "bytes", 1);
        check("a(b", "a(b", "count", 1);
    }
}
