//! `go tool pprof -raw`.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use firesteel_model::{FrameId, LabelSetId, LabelValue, MappingId, Profile, StringId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rapidhash::fast::SeedableState;

use super::graph;

/// A profile as `go tool pprof -raw` prints it, after filters: every sample, location and mapping. Locations are
/// numbered in the order in which samples name them.
#[must_use]
pub fn pprof_raw(profile: &Profile, time_zone: &TimeZone) -> String {
    let mut out = String::new();
    push_facts(&mut out, profile, time_zone);
    let mut locations = Locations { numbers: HashMap::with_hasher(SeedableState::fixed()), list: Vec::new() };
    let mut facts = vec![MappingFacts::default(); profile.mappings().len()];
    let mut frames = Vec::new();
    for sample in profile.samples() {
        graph::frames_of(profile, sample.stack, &mut frames);
        for value in sample.values {
            // Writing to a string cannot fail.
            let _ = write!(out, " {value:>10}");
        }
        out.push_str(": ");
        for location in frames.chunk_by(|(_, inlined), _| *inlined) {
            let _ = write!(out, "{} ", locations.number(location.iter().map(|&(frame, _)| frame).collect()));
        }
        out.push('\n');
        push_labels(&mut out, profile, sample.labels);
    }
    out.push_str("Locations\n");
    for (index, lines) in locations.list.iter().enumerate() {
        push_location(&mut out, profile, index + 1, lines);
        for (depth, &line) in lines.iter().enumerate() {
            let frame = profile.frame(line);
            if let Some(facts) = facts.get_mut(frame.mapping.index()) {
                let function = profile.function(frame.function);
                facts.functions |= !frame.flags.unnamed;
                facts.files |= function.file != StringId::EMPTY;
                facts.lines |= frame.line.0 != 0;
                facts.inlined |= depth > 0;
            }
        }
    }
    out.push_str("Mappings\n");
    if is_bare(profile) {
        out.push_str("1: 0x0/0x0/0x0   \n");
    }
    for (index, (mapping, facts)) in profile.mappings().iter().zip(&facts).enumerate().skip(1) {
        let (file, build_id) = (profile.string(mapping.file), profile.string(mapping.build_id));
        let _ = write!(out, "{index}: {:#x}/{:#x}/{:#x} ", mapping.start.0, mapping.limit.0, mapping.file_offset);
        let _ = writeln!(out, "{file} {build_id} {}", facts.marks());
    }
    out
}

/// Whether no mapping is known; pprof then makes one up that everything is in.
fn is_bare(profile: &Profile) -> bool {
    profile.mappings().len() < 2
}

struct Locations {
    numbers: HashMap<Vec<FrameId>, usize, SeedableState<'static>>,
    list: Vec<Vec<FrameId>>,
}

impl Locations {
    fn number(&mut self, lines: Vec<FrameId>) -> usize {
        let list = &mut self.list;
        *self.numbers.entry(lines).or_insert_with_key(|lines| {
            list.push(lines.clone());
            list.len()
        })
    }
}

/// What is known of the functions of a mapping.
#[derive(Clone, Copy, Default)]
struct MappingFacts {
    functions: bool,
    files: bool,
    lines: bool,
    inlined: bool,
}

impl MappingFacts {
    fn marks(self) -> String {
        let marks = [(true, "[FN]"), (self.files, "[FL]"), (self.lines, "[LN]"), (self.inlined, "[IN]")].into_iter();
        marks.filter(|&(known, _)| known && self.functions).map(|(_, mark)| mark).collect()
    }
}

fn push_facts(out: &mut String, profile: &Profile, time_zone: &TimeZone) {
    let metadata = &profile.metadata;
    for comment in &metadata.comments {
        let _ = writeln!(out, "Comment: {comment}");
    }
    if !metadata.documentation_url.is_empty() {
        let _ = writeln!(out, "Doc: {}", metadata.documentation_url);
    }
    let (name, unit, period) = match &metadata.period {
        Some(period) => (period.value_type.name.as_str(), period.value_type.unit.as_str(), period.value),
        None => ("", "", 0),
    };
    let _ = writeln!(out, "PeriodType: {name} {unit}\nPeriod: {period}");
    if let Some(start) = metadata.start.and_then(|start| Timestamp::from_nanosecond(start.0.into()).ok()) {
        let start = start.to_zoned(time_zone.clone());
        let fraction = format!("{:09}", start.subsec_nanosecond());
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        let (seconds, zone) = (start.strftime("%Y-%m-%d %H:%M:%S"), start.strftime("%z %Z"));
        let _ = writeln!(out, "Time: {seconds}{point}{fraction} {zone}");
    }
    if let Some(duration) = metadata.duration {
        // pprof cuts its text, not its digits.
        let _ = writeln!(out, "Duration: {}", duration_text(duration.0).chars().take(4).collect::<String>());
    }
    out.push_str("Samples:\n");
    let default = profile.sample_types().get(profile.default_sample_type()).map(|known| known.name.as_str());
    let types: Vec<String> = profile
        .sample_types()
        .iter()
        .map(|known| {
            let mark = if default == Some(known.name.as_str()) { "[dflt]" } else { "" };
            format!("{}/{}{mark}", known.name, known.unit)
        })
        .collect();
    let _ = writeln!(out, "{}", types.join(" ").trim());
}

/// A duration as Go writes it: `1h0m0s`, `1.5s`, `250ms`, `3µs`.
fn duration_text(nanoseconds: u64) -> String {
    let small = |divisor: u64, unit: &str| {
        let text = format!("{:.9}", nanoseconds as f64 / divisor as f64);
        format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
    };
    match nanoseconds {
        0 => "0s".to_owned(),
        1..1_000 => small(1, "ns"),
        1_000..1_000_000 => small(1_000, "µs"),
        1_000_000..1_000_000_000 => small(1_000_000, "ms"),
        _ => {
            let seconds = nanoseconds / 1_000_000_000;
            let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            let fraction = format!("{:09}", nanoseconds % 1_000_000_000);
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            match (hours, minutes) {
                (0, 0) => format!("{rest}{point}{fraction}s"),
                (0, _) => format!("{minutes}m{rest}{point}{fraction}s"),
                _ => format!("{hours}h{minutes}m{rest}{point}{fraction}s"),
            }
        }
    }
}

fn push_labels(out: &mut String, profile: &Profile, labels: LabelSetId) {
    let mut texts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut numbers: BTreeMap<&str, Vec<(i64, &str)>> = BTreeMap::new();
    for label in profile.labels(labels) {
        let key = profile.string(label.key);
        match label.value {
            LabelValue::Text(text) if text != StringId::EMPTY => {
                texts.entry(key).or_default().push(profile.string(text));
            }
            LabelValue::Number { value, unit } if value != 0 || unit != StringId::EMPTY => {
                numbers.entry(key).or_default().push((value, profile.string(unit)));
            }
            LabelValue::Text(_) | LabelValue::Number { .. } => {}
        }
    }
    let texts = texts.into_iter().map(|(key, values)| format!("{key}:[{}]", values.join(" "))).collect();
    let numbers = numbers
        .into_iter()
        .map(|(key, values)| {
            let has_units = values.iter().any(|(_, unit)| !unit.is_empty());
            let value = |&(value, unit): &(i64, &str)| {
                if has_units { format!("{value} {unit}") } else { value.to_string() }
            };
            format!("{key}:[{}]", values.iter().map(value).collect::<Vec<_>>().join(" "))
        })
        .collect();
    for mut labels in [texts, numbers] {
        let labels: &mut Vec<String> = &mut labels;
        if !labels.is_empty() {
            labels.sort_unstable();
            let _ = writeln!(out, "                {}", labels.join(" "));
        }
    }
}

fn push_location(out: &mut String, profile: &Profile, number: usize, lines: &[FrameId]) {
    let Some(physical) = lines.last().map(|&frame| profile.frame(frame)) else { return };
    let mut start = format!("{number:>6}: {:#x} ", physical.address.0);
    if is_bare(profile) {
        start.push_str("M=1 ");
    } else if physical.mapping != MappingId::NONE {
        let _ = write!(start, "M={} ", physical.mapping.index());
    }
    for &line in lines {
        let frame = profile.frame(line);
        out.push_str(&start);
        if !(frame.flags.unnamed && lines.len() == 1) {
            let function = profile.function(frame.function);
            let (name, file) = (profile.string(function.name), profile.string(function.file));
            let _ = write!(out, "{name} {file}:{}:0 s={}", frame.line, function.start_line);
            if function.system_name != StringId::EMPTY {
                let _ = write!(out, "({})", profile.string(function.system_name));
            }
        }
        out.push('\n');
        "             ".clone_into(&mut start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_go_writes_them() {
        for (nanoseconds, expect) in [
            (0, "0s"),
            (15, "15ns"),
            (1_500, "1.5µs"),
            (250_000_000, "250ms"),
            (1_000_000_000, "1s"),
            (90_500_000_000, "1m30.5s"),
            (3_600_000_000_000, "1h0m0s"),
        ] {
            assert_eq!(duration_text(nanoseconds), expect);
        }
    }
}
