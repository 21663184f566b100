//! The top table: functions with their self and total values.

use std::fmt::Write;

use firesteel_filter::measurement::scaled_label;
use firesteel_model::{Profile, TopRow, TopTable, Unit, ValueType};
use firesteel_normalize::Categorizer;

use crate::annotation::without_annotation;
use crate::quantity::{format_integer, format_percent, format_value};
use crate::text::style::TextStyle;

/// What the rows are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TopOrder {
    /// What was sampled in the function itself.
    #[default]
    SelfValue,
    /// What was sampled in it and everything it called.
    Total,
}

/// Options of [`top_table`] and of the tables for other programs.
#[derive(Clone, Debug, PartialEq)]
pub struct TopOptions {
    /// Number of functions to show; 0 for all.
    pub limit: usize,
    /// What the rows are sorted by.
    pub order: TopOrder,
    /// Functions whose total is below this share of the whole are left out.
    pub fraction: f64,
    /// The unit of values, such as `ms`; the best for each if not given.
    pub unit: Option<String>,
    /// What percentages are of; the sum of all samples if not given. A filtered profile is a part of another one.
    pub whole: Option<i64>,
}

impl Default for TopOptions {
    fn default() -> Self {
        Self { limit: 20, order: TopOrder::SelfValue, fraction: 0.0, unit: None, whole: None }
    }
}

/// The rows that options ask for.
pub(super) struct ChosenRows<'a> {
    pub(super) rows: Vec<TopRow>,
    /// Number of functions before the choice.
    pub(super) functions: usize,
    /// What percentages are of.
    pub(super) whole: i64,
    /// Whether that is more or less than the rows are of: something was filtered.
    pub(super) is_part: bool,
    pub(super) value_type: &'a ValueType,
}

impl<'a> ChosenRows<'a> {
    /// `None` for a profile without values.
    pub(super) fn new(profile: &'a Profile, table: &TopTable, options: &TopOptions) -> Option<Self> {
        let value_type = profile.sample_types().get(table.column)?;
        let whole = options.whole.unwrap_or(table.whole);
        let functions = table.rows.len();
        let mut rows = match options.order {
            TopOrder::SelfValue => table.rows.clone(),
            TopOrder::Total => table.by_total(profile, usize::MAX),
        };
        let least = (whole as f64 * options.fraction).abs();
        rows.retain(|row| (row.total as f64).abs() >= least);
        if options.limit > 0 {
            rows.truncate(options.limit);
        }
        Some(Self { rows, functions, whole, is_part: whole != table.whole, value_type })
    }
}

/// The heaviest functions as a table, after a line that says what percentages are of and how much is not shown.
#[must_use]
pub fn top_table(profile: &Profile, table: &TopTable, options: &TopOptions, style: &TextStyle) -> String {
    let Some(chosen) = ChosenRows::new(profile, table, options) else {
        return "The profile has no values.\n".to_owned();
    };
    let ChosenRows { rows, functions, whole, is_part, value_type } = chosen;
    let value = |stored| style.plain(&shown_value(stored, value_type, options.unit.as_deref())).into_owned();
    let percent = |stored: i64| style.plain(&format_percent(stored as f64, whole as f64)).into_owned();
    let cells: Vec<[String; 4]> = rows
        .iter()
        .map(|row| [value(row.self_value), percent(row.self_value), value(row.total), percent(row.total)])
        .collect();
    let headings = ["self", "self %", "total", "total %"];
    let mut widths = headings.map(str::len);
    for row in &cells {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{} of {} functions; 100% is {}{}{}",
        format_integer(rows.len() as i64),
        format_integer(functions as i64),
        value(whole),
        // Counts name what they count.
        if value_type.unit == Unit::Count {
            String::new()
        } else {
            format!(" of {}", style.name(&value_type.name, 40))
        },
        if is_part { ", before filters" } else { "" }
    );
    let mut line = String::new();
    push_cells(&mut line, &headings.map(str::to_owned), widths);
    line.push_str("  function");
    let _ = writeln!(out, "{}", style.heading(&line));
    let room = style.line_width().saturating_sub(widths.iter().sum::<usize>() + 8).max(20);
    let categorizer = Categorizer::of_profile(profile);
    for (row, cells) in rows.iter().zip(&cells) {
        let name = without_annotation(profile.frame_name(row.frame));
        let category = categorizer.frame_category(profile, row.frame);
        push_cells(&mut out, cells, widths);
        let _ = writeln!(out, "  {}", style.colored(&style.name(name, room), category));
    }
    out
}

/// A value in the unit that is wanted, or in that which suits it best.
fn shown_value(stored: i64, value_type: &ValueType, unit: Option<&str>) -> String {
    match unit {
        Some(unit) if unit != "auto" && value_type.decimals == 0 => {
            scaled_label(stored, value_type.unit.as_str(), unit)
        }
        _ => format_value(stored, value_type),
    }
}

/// Appends right-aligned cells with two spaces between.
fn push_cells(out: &mut String, cells: &[String; 4], widths: [usize; 4]) {
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if index > 0 {
            out.push_str("  ");
        }
        let _ = write!(out, "{cell:>width$}");
    }
}
