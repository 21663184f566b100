//! `go tool pprof -traces`.

use std::collections::BTreeMap;
use std::fmt::Write;

use firesteel_filter::Outcome;
use firesteel_filter::measurement::label;
use firesteel_model::{LabelSetId, LabelValue, Profile, StringId};

use super::node_info::NodeInfo;
use super::{NO_VALUES, PprofOptions, Report, graph, header};

const SEPARATOR: &str = "-----------+-------------------------------------------------------\n";

/// Every sample with its labels and its stack, leaf first, as `go tool pprof -traces` prints them, after filters.
#[must_use]
pub fn pprof_traces(profile: &Profile, outcome: &Outcome, options: &PprofOptions) -> String {
    let Some(report) = Report::new(profile, outcome, options) else { return NO_VALUES.to_owned() };
    let mut out = header::profile_lines(&report).join("\n");
    out.push('\n');
    let mut names: Vec<Option<String>> = vec![None; profile.frame_count()];
    let mut frames = Vec::new();
    for sample in profile.samples() {
        graph::frames_of(profile, sample.stack, &mut frames);
        if frames.is_empty() {
            continue;
        }
        out.push_str(SEPARATOR);
        push_labels(&mut out, &report, sample.labels);
        let mut value = report.format(report.value(sample.values));
        for &(frame, inlined) in &frames {
            let name = names[frame.index()]
                .get_or_insert_with(|| NodeInfo::of(profile, frame, options.granularity, false).printable());
            let inlined = if inlined { " (inline)" } else { "" };
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{value:>10}   {name}{inlined}");
            value.clear();
        }
    }
    out.push_str(SEPARATOR);
    out
}

/// Texts, then numbers, each sorted as lines.
fn push_labels(out: &mut String, report: &Report<'_>, labels: LabelSetId) {
    let profile = report.profile;
    let mut texts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut numbers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for known in profile.labels(labels) {
        let key = profile.string(known.key);
        match known.value {
            LabelValue::Text(text) if text != StringId::EMPTY => {
                texts.entry(key).or_default().push(profile.string(text).to_owned());
            }
            LabelValue::Number { value, unit } if value != 0 || unit != StringId::EMPTY => {
                numbers.entry(key).or_default().push(label(value, report.outcome.label_units.get(key)));
            }
            LabelValue::Text(_) | LabelValue::Number { .. } => {}
        }
    }
    for labels in [texts, numbers] {
        let mut lines: Vec<String> =
            labels.into_iter().map(|(key, values)| format!("{key:>10}:  {}\n", values.join(" "))).collect();
        lines.sort_unstable();
        out.extend(lines);
    }
}
