//! The kinds of lines.

/// A value column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SampleType<'a> {
    pub(super) name: &'a str,
    pub(super) unit: &'a str,
    pub(super) is_default: bool,
}

/// `samples/count cpu/nanoseconds[dflt]`
pub(super) fn sample_types(line: &[u8]) -> Option<Vec<SampleType<'_>>> {
    let line = std::str::from_utf8(line).ok()?;
    let parse = |word| {
        let (word, is_default) = match str::strip_suffix(word, "[dflt]") {
            Some(word) => (word, true),
            None => (word, false),
        };
        let (name, unit) = word.rsplit_once('/')?;
        Some(SampleType { name, unit, is_default })
    };
    let types: Option<Vec<_>> = line.split_ascii_whitespace().map(parse).collect();
    types.filter(|types| !types.is_empty())
}

/// `          2   20000000: 1 2 3`: the values, and the location ids, leaf first.
pub(super) fn sample(line: &str) -> Option<(Vec<i64>, Vec<u64>)> {
    let (values, locations) = line.split_once(':')?;
    let values: Vec<i64> = values.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    let locations = locations.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    (!values.is_empty()).then_some((values, locations))
}

/// A label with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RawLabel<'a> {
    Text { key: &'a str, value: &'a str },
    Number { key: &'a str, value: i64, unit: &'a str },
}

/// `route:[/orders] tenant:[a b]` or `bytes:[512 bytes]`. Labels of a line are all texts or all numbers. Several values
/// of a text look like one with spaces, which is what they are read as.
pub(super) fn labels(line: &str) -> Option<Vec<RawLabel<'_>>> {
    let mut pairs = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (key, behind) = rest.split_once(":[")?;
        // A value may hold brackets; the last is followed by the next label or by nothing.
        let end = behind.match_indices(']').map(|(at, _)| at).find(|&at| {
            let next = behind.get(at + 1..).unwrap_or_default();
            next.is_empty() || next.strip_prefix(' ').is_some_and(|next| next.contains(":["))
        })?;
        pairs.push((key, behind.get(..end)?));
        rest = behind.get(end + 1..)?.trim_start();
    }
    let numbers: Option<Vec<Vec<RawLabel<'_>>>> = pairs.iter().map(|&(key, values)| numbers(key, values)).collect();
    Some(match numbers {
        Some(numbers) => numbers.into_iter().flatten().collect(),
        None => pairs.into_iter().map(|(key, value)| RawLabel::Text { key, value }).collect(),
    })
}

/// `512 bytes 64 bytes`, each unit optional.
fn numbers<'a>(key: &'a str, values: &'a str) -> Option<Vec<RawLabel<'a>>> {
    let mut words = values.split(' ').filter(|word| !word.is_empty()).peekable();
    let mut labels = Vec::new();
    while let Some(word) = words.next() {
        let value = word.parse().ok()?;
        let unit = words.next_if(|word| word.parse::<i64>().is_err()).unwrap_or_default();
        labels.push(RawLabel::Number { key, value, unit });
    }
    (!labels.is_empty()).then_some(labels)
}

/// A location without its lines, and the first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawLocation<'a> {
    pub(super) id: u64,
    pub(super) address: u64,
    pub(super) mapping: u64,
    pub(super) line: Option<RawLine<'a>>,
}

/// `     1: 0x45b295 M=1 [F] main.f /src/main.go:12:0 s=10`
pub(super) fn location(line: &str) -> Option<RawLocation<'_>> {
    let (id, rest) = line.trim_start().split_once(": 0x")?;
    let id = id.parse().ok()?;
    let (address, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let address = u64::from_str_radix(address, 16).ok()?;
    let (mapping, rest) = match rest.strip_prefix("M=") {
        Some(rest) => {
            let (mapping, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            (mapping.parse().ok()?, rest)
        }
        None => (0, rest),
    };
    let rest = rest.strip_prefix("[F] ").unwrap_or(rest);
    let line = if rest.trim().is_empty() { None } else { Some(RawLine::parse(rest)) };
    Some(RawLocation { id, address, mapping, line })
}

/// A function and a line of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawLine<'a> {
    pub(super) name: &'a str,
    pub(super) system_name: &'a str,
    pub(super) file: &'a str,
    pub(super) line: i64,
    pub(super) start_line: i64,
}

impl<'a> RawLine<'a> {
    /// `main.f /src/main.go:12:0 s=10(system name)`; older releases have no column.
    pub(super) fn parse(text: &'a str) -> Self {
        let text = text.trim();
        let bare = |name| Self { name, system_name: name, file: "", line: 0, start_line: 0 };
        if text == "??" {
            return bare("");
        }
        let Some((front, back)) = text.rsplit_once(" s=") else { return bare(text) };
        let end = back.find(|next: char| !next.is_ascii_digit() && next != '-').unwrap_or(back.len());
        let (start, system_name) = back.split_at(end);
        let (place, line) = place(front);
        // A path that is absolute says where it begins; others have no spaces.
        let at = place.find(" /").or_else(|| place.rfind(' '));
        let (name, file) = at.map_or((place, ""), |at| place.split_at(at));
        let name = name.trim();
        let system_name = system_name.strip_prefix('(').and_then(|name| name.strip_suffix(')')).unwrap_or(name);
        Self { name, system_name, file: file.trim(), line, start_line: start.parse().unwrap_or(0) }
    }
}

/// What stands before `:12` or `:12:4`, and the line.
fn place(text: &str) -> (&str, i64) {
    let number = |text: &str| text.parse::<i64>().ok();
    let Some((front, last)) = text.rsplit_once(':').and_then(|(front, last)| Some((front, number(last)?))) else {
        return (text, 0);
    };
    match front.rsplit_once(':').and_then(|(front, line)| Some((front, number(line)?))) {
        Some((front, line)) => (front, line),
        None => (front, last),
    }
}

/// A mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawMapping<'a> {
    pub(super) id: u64,
    pub(super) start: u64,
    pub(super) limit: u64,
    pub(super) offset: u64,
    pub(super) file: &'a str,
    pub(super) build_id: &'a str,
    /// Such as `[FN][FL]`.
    pub(super) flags: &'a str,
}

/// `1: 0x400000/0x900000/0x0 /bin/app 0123abcd [FN][FL][LN]`
pub(super) fn mapping(line: &str) -> Option<RawMapping<'_>> {
    let (id, rest) = line.trim_start().split_once(": ")?;
    let (addresses, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut addresses = addresses.split('/').map(|number| u64::from_str_radix(number.strip_prefix("0x")?, 16).ok());
    let (start, limit, offset) = (addresses.next()??, addresses.next()??, addresses.next()??);
    // There are always two spaces, though what they part may be empty.
    let (rest, flags) = rest.rsplit_once(' ').unwrap_or((rest, ""));
    let (file, build_id) = rest.rsplit_once(' ').unwrap_or((rest, ""));
    Some(RawMapping { id: id.parse().ok()?, start, limit, offset, file, build_id, flags })
}

/// Nanoseconds since 1970 of `2023-11-14 22:13:20.5 +0100 CET`.
pub(super) fn time(text: &str) -> Option<i64> {
    let mut words = text.split_ascii_whitespace();
    let (date, clock, zone) = (words.next()?, words.next()?, words.next()?);
    let mut date = date.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut clock = clock.splitn(3, ':').map(str::parse::<i64>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    let nanoseconds: i64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let zone: i64 = zone.parse().ok()?;
    let offset = (zone / 100 * 60 + zone % 100) * 60;
    let is_date = (1..=9_999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !is_date || !(0..=24).contains(&hour) || !(0..=60).contains(&minute) || !(0..=60).contains(&second) {
        return None;
    }
    // Days from 1970 of a date in the Gregorian calendar, with years that begin in March.
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = years * 365 + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 1 - 719_468;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    seconds.checked_mul(1_000_000_000)?.checked_add(nanoseconds)
}

/// Nanoseconds of `1m30s`, of which Go prints no more than four characters: `15m0` has lost its last unit, and a number
/// without any unit may be anything.
pub(super) fn duration(text: &str) -> Option<u64> {
    let mut total = 0u64;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find(|next: char| !next.is_ascii_digit() && next != '.').filter(|&end| end > 0);
        let Some(end) = end else {
            // What is left has lost its unit; what came before is most of it.
            return (total > 0).then_some(total);
        };
        let (number, behind) = rest.split_at(end);
        let unit_end = behind.find(|next: char| next.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit_end);
        let nanoseconds = match unit {
            "h" => 3_600e9,
            "m" => 60e9,
            "s" => 1e9,
            "ms" => 1e6,
            "µs" | "us" => 1e3,
            "ns" => 1.0,
            _ => return None,
        };
        total = total.saturating_add((number.parse::<f64>().ok()? * nanoseconds) as u64);
        rest = behind;
    }
    (total > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_and_labels() {
        assert_eq!(sample("          2   -20: 1 2 "), Some((vec![2, -20], vec![1, 2])));
        assert_eq!(sample("          2: "), Some((vec![2], vec![])));
        assert_eq!(sample("                route:[/x]"), None);
        let text = |key, value| RawLabel::Text { key, value };
        let number = |key, value, unit| RawLabel::Number { key, value, unit };
        let check = |line, expect: Option<Vec<RawLabel<'_>>>| assert_eq!(labels(line), expect, "{line}");
        check(
            "                route:[/a[0]] tenant id:[a b]",
            Some(vec![text("route", "/a[0]"), text("tenant id", "a b")]),
        );
        check("bytes:[24]", Some(vec![number("bytes", 24, "")]));
        check("bytes:[24 bytes 48 bytes]", Some(vec![number("bytes", 24, "bytes"), number("bytes", 48, "bytes")]));
        check("a:[1] b:[x]", Some(vec![text("a", "1"), text("b", "x")]));
        check("a:[1", None);
    }

    #[test]
    fn locations() {
        type Line<'a> = (&'a str, &'a str, &'a str, i64, i64);
        let check = |line, expect: Option<(u64, u64, u64, Option<Line<'_>>)>| {
            let found = location(line).map(|location| {
                let line = location.line.map(|l| (l.name, l.system_name, l.file, l.line, l.start_line));
                (location.id, location.address, location.mapping, line)
            });
            assert_eq!(found, expect, "{line}");
        };
        check(
            "     1: 0x45b295 M=1 main.f /src/my app/main.go:12:4 s=10",
            Some((1, 0x45_b295, 1, Some(("main.f", "main.f", "/src/my app/main.go", 12, 10)))),
        );
        check(
            "     2: 0x0 main.f /src/main.go:12 s=10(_f)",
            Some((2, 0, 0, Some(("main.f", "_f", "/src/main.go", 12, 10)))),
        );
        check(
            "     3: 0x1 M=2 [F] f(int, char) :0:0 s=0",
            Some((3, 1, 2, Some(("f(int, char)", "f(int, char)", "", 0, 0)))),
        );
        check("     4: 0x1 M=1 ??", Some((4, 1, 1, Some(("", "", "", 0, 0)))));
        check("     5: 0x1 M=1 ", Some((5, 1, 1, None)));
        check(
            "     6: 0x1 M=1 main.T.f <autogenerated>:1:0 s=1",
            Some((6, 1, 1, Some(("main.T.f", "main.T.f", "<autogenerated>", 1, 1)))),
        );
        check("Mappings", None);
    }

    #[test]
    fn mappings() {
        let check = |line, expect: Option<(u64, u64, u64, u64, &str, &str, &str)>| {
            let found = mapping(line).map(|m| (m.id, m.start, m.limit, m.offset, m.file, m.build_id, m.flags));
            assert_eq!(found, expect, "{line}");
        };
        check(
            "1: 0x400000/0x900000/0x10 /my app ab12 [FN][FL]",
            Some((1, 0x40_0000, 0x90_0000, 16, "/my app", "ab12", "[FN][FL]")),
        );
        check("1: 0x0/0xffffffffffffffff/0x0   ", Some((1, 0, u64::MAX, 0, "", "", "")));
        check("2: 0x1/0x2/0x0 /srv/shop  [FN]", Some((2, 1, 2, 0, "/srv/shop", "", "[FN]")));
        check("x", None);
    }

    #[test]
    fn times() {
        assert_eq!(time("2023-11-14 22:13:20 +0000 UTC"), Some(1_700_000_000_000_000_000));
        assert_eq!(time("2023-11-14 23:43:20.5 +0130 X"), Some(1_700_000_000_500_000_000));
        assert_eq!(time("1970-01-01 00:00:00 +0000 UTC"), Some(0));
        assert_eq!(time("2023-99-14 22:13:20 +0000 UTC"), None);
        assert_eq!(duration("15m0"), Some(900_000_000_000));
        assert_eq!(duration("30s"), Some(30_000_000_000));
        assert_eq!(duration("1.5h"), Some(5_400_000_000_000));
        assert_eq!(duration("30.1"), None);
        assert_eq!(duration("1.2µ"), None);
        assert_eq!(duration("x"), None);
    }
}
