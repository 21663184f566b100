//! The lines above pprof's tables.

use firesteel_filter::measurement::{label, percentage, scale};
use jiff::Timestamp;

use super::Report;
use super::node_info::base;

/// Facts about the profile: file, type, time, duration.
pub(super) fn profile_lines(report: &Report<'_>) -> Vec<String> {
    let profile = report.profile;
    let metadata = &profile.metadata;
    let mut lines = Vec::new();
    // The first mapping is the program's own; before it stands the one for "none".
    if let Some(mapping) = profile.mappings().get(1) {
        let (file, build_id) = (profile.string(mapping.file), profile.string(mapping.build_id));
        if !file.is_empty() {
            lines.push(format!("File: {}", base(file)));
        }
        if !build_id.is_empty() {
            lines.push(format!("Build ID: {build_id}"));
        }
    }
    lines.extend(metadata.comments.iter().filter(|comment| !comment.starts_with('#')).cloned());
    if !report.value_type.name.is_empty() {
        lines.push(format!("Type: {}", report.value_type.name));
    }
    if !metadata.documentation_url.is_empty() {
        lines.push(format!("Doc: {}", metadata.documentation_url));
    }
    let start = metadata.start.and_then(|start| Timestamp::from_nanosecond(start.0.into()).ok());
    if let Some(start) = start {
        let start = start.to_zoned(report.options.time_zone.clone());
        lines.push(format!("Time: {}", start.strftime("%Y-%m-%d %H:%M:%S %Z")));
    }
    if let Some(duration) = metadata.duration {
        let duration = duration.0 as i64;
        let (total, unit) = scale(report.total, report.value_type.unit.as_str(), "nanoseconds");
        let ratio = if unit == "ns" && total != 0.0 {
            format!("({})", percentage(total as i64, duration))
        } else {
            String::new()
        };
        let (length, total) = (label(duration, "nanoseconds"), report.format(report.total));
        lines.push(format!("Duration: {length}, Total samples = {total} {ratio}"));
    }
    lines
}

/// What the table shows of the whole.
pub(super) fn table_lines(
    report: &Report<'_>,
    shown: i64,
    count: usize,
    original_count: usize,
    dropped: usize,
) -> Vec<String> {
    let mut lines = profile_lines(report);
    if !report.outcome.active.is_empty() {
        lines.push("Active filters:".to_owned());
        lines.extend(report.outcome.active.iter().map(|filter| format!("   {}", shortened(filter))));
    }
    let total = report.total;
    let share = percentage(shown, total);
    let (shown, whole) = (report.format(shown), report.format(total));
    lines.push(format!("Showing nodes accounting for {shown}, {} of {whole} total", share.trim()));
    if total != 0 {
        if dropped > 0 {
            let nodes = if dropped > 1 { "nodes" } else { "node" };
            let cutoff = ((total as f64 * report.options.node_fraction) as i64).wrapping_abs();
            lines.push(format!("Dropped {dropped} {nodes} (cum <= {})", report.format(cutoff)));
        }
        if count > 0 && count < original_count {
            lines.push(format!("Showing top {count} nodes out of {original_count}"));
        }
    }
    lines
}

/// At most 80 bytes of a filter.
fn shortened(filter: &str) -> String {
    if filter.len() <= 80 {
        return filter.to_owned();
    }
    let end = (0..=80).rev().find(|&end| filter.is_char_boundary(end)).unwrap_or(0);
    format!("{}…", &filter[..end])
}
