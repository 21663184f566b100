//! `go tool pprof -top`.

use std::fmt::Write;

use firesteel_filter::Outcome;
use firesteel_filter::measurement::{percentage, scale};
use firesteel_model::Profile;

use super::graph::{self, Inline, Node};
use super::{NO_VALUES, PprofOptions, Report, header};

/// The table that `go tool pprof -top` prints of a profile, after filters.
#[must_use]
pub fn pprof_top(profile: &Profile, outcome: &Outcome, options: &PprofOptions) -> String {
    let Some(mut report) = Report::new(profile, outcome, options) else { return NO_VALUES.to_owned() };
    let trimmed = graph::trimmed(&report);
    report.unit = unit_of(&report, &trimmed.nodes);
    let shown = trimmed.nodes.iter().fold(0i64, |sum, node| sum.wrapping_add(node.flat));
    let lines = header::table_lines(&report, shown, trimmed.nodes.len(), trimmed.original_count, trimmed.dropped);
    let mut out = lines.join("\n");
    out.push('\n');
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{:>10} {:>5}% {:>5}% {:>10} {:>5}%", "flat", "flat", "sum", "cum", "cum");
    let mut sum = 0i64;
    for node in &trimmed.nodes {
        sum = sum.wrapping_add(node.flat);
        let share = |value| percentage(value, report.total);
        let inline = match node.inline {
            Inline::Never => "",
            Inline::Sometimes => " (partial-inline)",
            Inline::Always => " (inline)",
        };
        let _ = writeln!(
            out,
            "{:>10} {} {} {:>10} {}  {}{inline}",
            report.format(node.flat),
            share(node.flat),
            share(sum),
            report.format(node.cumulative),
            share(node.cumulative),
            node.info.printable(),
        );
    }
    out
}

/// The unit for all values: that of the smallest one, or of a hundred times it where the largest has another.
fn unit_of(report: &Report<'_>, nodes: &[Node]) -> String {
    if report.unit != "minimum" || nodes.is_empty() {
        return report.unit.clone();
    }
    let from = report.value_type.unit.as_str();
    let unit = |value: i64| scale(value, from, "minimum").1;
    let size = |node: &Node| match node.flat.wrapping_abs() {
        0 => node.cumulative.wrapping_abs(),
        flat => flat,
    };
    let most = report.total;
    let least = nodes.iter().map(size).filter(|&size| size > 0).min().unwrap_or(most);
    let (of_least, of_most) = (unit(least), unit(most));
    let chosen =
        if of_least != of_most && least.wrapping_mul(100) < most { unit(least.wrapping_mul(100)) } else { of_least };
    if chosen.is_empty() { from.to_owned() } else { chosen }
}
