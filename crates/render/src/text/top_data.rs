//! The top table as data: CSV, JSON and Markdown.

use std::fmt::Write;

use firesteel_model::{Profile, TopTable, ValueType};
use serde::Serialize;

use crate::annotation::without_annotation;
use crate::text::top::{ChosenRows, TopOptions};

/// One function.
#[derive(Serialize)]
struct Row<'a> {
    function: &'a str,
    #[serde(rename = "self")]
    own: Number,
    self_percent: Number,
    total: Number,
    total_percent: Number,
}

#[derive(Serialize)]
struct Table<'a> {
    /// What is counted, such as `cpu`.
    value: &'a str,
    unit: &'a str,
    /// What percentages are of.
    whole: Number,
    /// Number of functions that have a value, of which the rows are some.
    functions: usize,
    rows: Vec<Row<'a>>,
}

/// A number that is written without a point where it has no fraction.
#[derive(Clone, Copy)]
enum Number {
    Whole(i64),
    Fraction(f64),
}

impl Number {
    fn value(stored: i64, value_type: &ValueType) -> Self {
        if value_type.decimals == 0 { Self::Whole(stored) } else { Self::Fraction(value_type.to_f64(stored)) }
    }

    /// To two decimals.
    fn percent(part: i64, whole: i64) -> Self {
        if whole == 0 {
            return Self::Fraction(0.0);
        }
        Self::Fraction((part as f64 / whole as f64 * 10_000.0).round() / 100.0)
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(number) => number.fmt(formatter),
            Self::Fraction(number) => number.fmt(formatter),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(number) => serializer.serialize_i64(*number),
            Self::Fraction(number) => serializer.serialize_f64(*number),
        }
    }
}

fn table<'a>(profile: &'a Profile, table: &TopTable, options: &TopOptions) -> Option<Table<'a>> {
    let ChosenRows { rows, functions, whole, value_type, .. } = ChosenRows::new(profile, table, options)?;
    let row = |row: &firesteel_model::TopRow| Row {
        function: without_annotation(profile.frame_name(row.frame)),
        own: Number::value(row.self_value, value_type),
        self_percent: Number::percent(row.self_value, whole),
        total: Number::value(row.total, value_type),
        total_percent: Number::percent(row.total, whole),
    };
    Some(Table {
        value: &value_type.name,
        unit: value_type.unit.as_str(),
        whole: Number::value(whole, value_type),
        functions,
        rows: rows.iter().map(row).collect(),
    })
}

/// The table as comma-separated values after RFC 4180, with `\n` at the ends of lines. Values are in the unit of the
/// profile, which is a column, too.
#[must_use]
pub fn top_csv(profile: &Profile, table: &TopTable, options: &TopOptions) -> String {
    let mut out = "function,self,self_percent,total,total_percent,value,unit\n".to_owned();
    let Some(table) = self::table(profile, table, options) else { return out };
    let (value, unit) = (csv_cell(table.value), csv_cell(table.unit));
    for row in &table.rows {
        let Row { function, own, self_percent, total, total_percent } = row;
        let function = csv_cell(function);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{function},{own},{self_percent},{total},{total_percent},{value},{unit}");
    }
    out
}

fn csv_cell(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// The table as a JSON document, indented.
#[must_use]
pub fn top_json(profile: &Profile, table: &TopTable, options: &TopOptions) -> String {
    let table = self::table(profile, table, options);
    let text = match &table {
        Some(table) => serde_json::to_string_pretty(table),
        None => Ok("null".to_owned()),
    };
    // Numbers and texts are always JSON.
    text.unwrap_or_default() + "\n"
}

/// The table in GitHub's Markdown, values in the unit of the profile.
#[must_use]
pub fn top_markdown(profile: &Profile, table: &TopTable, options: &TopOptions) -> String {
    let Some(table) = self::table(profile, table, options) else { return "The profile has no values.\n".to_owned() };
    let mut out = String::new();
    let (value, unit) = (markdown_cell(table.value), markdown_cell(table.unit));
    let _ = writeln!(out, "| self ({value}, {unit}) | self % | total ({value}, {unit}) | total % | function |");
    out.push_str("| ---: | ---: | ---: | ---: | :--- |\n");
    for row in &table.rows {
        let Row { function, own, self_percent, total, total_percent } = row;
        let function = markdown_cell(function);
        let _ = writeln!(out, "| {own} | {self_percent} | {total} | {total_percent} | {function} |");
    }
    out
}

/// A text as code, so that no name becomes markup; within a table a bar needs a backslash even there.
fn markdown_cell(text: &str) -> String {
    let text = crate::visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}
