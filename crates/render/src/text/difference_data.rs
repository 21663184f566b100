//! The table of differences for programs and documents: CSV, JSON, Markdown.
//!
//! Every function whose self or total changed is there, the greatest change of self first. Numbers of CSV and JSON are
//! in the unit of the compared column, those before scaled.

use std::fmt::Write;

use firesteel_model::{Change, ChangeKind, Comparison, DiffRow, DiffTable, DiffTree};
use serde::Serialize;

use crate::annotation::without_annotation;
use crate::difference::{growth_word, measured_totals, scale_sentence, totals_sentence};
use crate::quantity::{format_percent, format_signed_amount};
use crate::visible::visible;

/// The changed functions, by falling change of self, then of total, then by name.
fn changed(table: &DiffTable, minimum: f64) -> Vec<DiffRow> {
    let size = |change: Change| change.delta().abs();
    let is_changed = |row: &&DiffRow| {
        let most = size(row.own).max(size(row.total));
        most > 0.0 && most >= minimum
    };
    let mut rows: Vec<DiffRow> = table.rows.iter().filter(is_changed).copied().collect();
    rows.sort_by(|one, other| {
        size(other.own).total_cmp(&size(one.own)).then(size(other.total).total_cmp(&size(one.total)))
    });
    rows
}

/// What became of a function: by its total, which is there whenever the function is.
fn state(row: &DiffRow) -> &'static str {
    match row.total.kind() {
        ChangeKind::Appeared => "appeared",
        ChangeKind::Vanished => "vanished",
        ChangeKind::Grown => "grown",
        ChangeKind::Shrunk => "shrunk",
        ChangeKind::Same => "same",
    }
}

fn name<'a>(comparison: &'a Comparison, row: &DiffRow) -> &'a str {
    without_annotation(comparison.profile().frame_name(row.frame))
}

/// Comma-separated values after RFC 4180, with a line of headings. Functions that changed by less than `minimum` are left
/// out.
#[must_use]
pub fn difference_csv(comparison: &Comparison, tree: &DiffTree, minimum: f64) -> String {
    let mut out =
        "function,state,self before,self after,self change,total before,total after,total change\r\n".to_owned();
    for row in changed(&DiffTable::build(comparison, tree), minimum) {
        let name = name(comparison, &row);
        if name.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&name.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(name);
        }
        let numbers = |change: Change| {
            let Numbers { before, after, change } = change.into();
            format!("{before},{after},{change}")
        };
        // Writing to a string cannot fail.
        let _ = write!(out, ",{},{},{}\r\n", state(&row), numbers(row.own), numbers(row.total));
    }
    out
}

#[derive(Serialize)]
struct Document<'a> {
    value: &'a str,
    unit: &'a str,
    before: Side<'a>,
    after: Side<'a>,
    before_scale: f64,
    functions: Vec<FunctionEntry<'a>>,
}

#[derive(Serialize)]
struct Side<'a> {
    title: &'a str,
    /// As measured, not scaled.
    total: f64,
}

#[derive(Serialize)]
struct FunctionEntry<'a> {
    function: &'a str,
    state: &'static str,
    #[serde(rename = "self")]
    own: Numbers,
    total: Numbers,
}

#[derive(Serialize)]
struct Numbers {
    before: f64,
    after: f64,
    change: f64,
}

impl From<Change> for Numbers {
    fn from(change: Change) -> Self {
        // A scale leaves digits that say nothing.
        let rounded = |value: f64| (value * 1e6).round() / 1e6;
        Self { before: rounded(change.before), after: rounded(change.after), change: rounded(change.delta()) }
    }
}

/// A JSON object with both totals, the scale and the functions. Functions that changed by less than `minimum` are left
/// out.
#[must_use]
pub fn difference_json(comparison: &Comparison, tree: &DiffTree, minimum: f64) -> String {
    let measured = measured_totals(comparison);
    let (before, after) = comparison.titles();
    let rows = changed(&DiffTable::build(comparison, tree), minimum);
    let functions = rows.iter().map(|row| FunctionEntry {
        function: name(comparison, row),
        state: state(row),
        own: row.own.into(),
        total: row.total.into(),
    });
    let document = Document {
        value: &comparison.value_type().name,
        unit: comparison.value_type().unit.as_str(),
        before: Side { title: before, total: measured.before },
        after: Side { title: after, total: measured.after },
        before_scale: comparison.before_scale(),
        functions: functions.collect(),
    };
    // Only plain structs with string keys are in it, which always serialize.
    let mut out = serde_json::to_string_pretty(&document).unwrap_or_default();
    out.push('\n');
    out
}

/// A Markdown table of the `limit` functions whose self changed most, with a sentence about the whole in front: for
/// comments on changes. Functions that changed by less than `minimum` are left out.
#[must_use]
pub fn difference_markdown(comparison: &Comparison, tree: &DiffTree, limit: usize, minimum: f64) -> String {
    let table = DiffTable::build(comparison, tree);
    let rows = changed(&table, minimum);
    let mut out = String::new();
    // The name of the column may be any text.
    let totals = cell(&totals_sentence(comparison));
    let _ = writeln!(out, "{totals}; {}.\n", scale_sentence(comparison));
    if rows.is_empty() {
        out.push_str("No difference.\n");
        return out;
    }
    out.push_str("| function | self before | self after | self change | | total change | |\n");
    out.push_str("|:--|--:|--:|--:|--:|--:|--:|\n");
    let whole = table.whole;
    let share = |part: f64, whole: f64| {
        if part == 0.0 { "–".to_owned() } else { cell(&format_percent(part, whole)) }
    };
    for row in rows.iter().take(limit) {
        let signed = |change: Change| cell(&format_signed_amount(change.delta(), comparison.value_type()));
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            code(name(comparison, row)),
            share(row.own.before, whole.before),
            share(row.own.after, whole.after),
            signed(row.own),
            cell(&growth_word(row.own)),
            signed(row.total),
            cell(&growth_word(row.total)),
        );
    }
    if rows.len() > limit {
        let _ = writeln!(out, "\n{} more functions changed.", rows.len() - limit);
    }
    out
}

/// Text in a cell: a unit may be any text.
fn cell(text: &str) -> String {
    text.replace('<', "\\<").replace('|', "\\|")
}

/// A name as code in a cell of a table, where a pipe has to be escaped even there (GitHub Flavored Markdown, 4.10).
fn code(name: &str) -> String {
    let name = visible(name).replace('|', "\\|");
    if name.contains('`') { format!("`` {name} ``") } else { format!("`{name}`") }
}
