//! The top table: functions with their self and total values.

use std::fmt::Write;

use firesteel_model::{Profile, TopTable, Unit};
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

/// Options of [`top_table`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopOptions {
    /// Index of the value column; `None` for the profile's default.
    pub sample_type: Option<usize>,
    /// Number of functions to show.
    pub limit: usize,
    /// What the rows are sorted by.
    pub order: TopOrder,
}

impl Default for TopOptions {
    fn default() -> Self {
        Self { sample_type: None, limit: 20, order: TopOrder::SelfValue }
    }
}

/// The heaviest functions as a table, after a line that says what percentages are of and how much is not shown.
#[must_use]
pub fn top_table(profile: &Profile, options: &TopOptions, style: &TextStyle) -> String {
    let column = options
        .sample_type
        .filter(|&column| column < profile.sample_types().len())
        .unwrap_or_else(|| profile.default_sample_type());
    let Some(value_type) = profile.sample_types().get(column) else {
        return "The profile has no values.\n".to_owned();
    };
    let table = TopTable::of_profile(profile, column);
    let rows = match options.order {
        TopOrder::SelfValue => table.rows.iter().take(options.limit).copied().collect(),
        TopOrder::Total => table.by_total(profile, options.limit),
    };
    let whole = table.whole as f64;
    let value = |stored| style.plain(&format_value(stored, value_type)).into_owned();
    let percent = |stored: i64| style.plain(&format_percent(stored as f64, whole)).into_owned();
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
        "{} of {} functions; 100% is {}{}",
        format_integer(rows.len() as i64),
        format_integer(table.rows.len() as i64),
        value(table.whole),
        // Counts name what they count.
        if value_type.unit == Unit::Count {
            String::new()
        } else {
            format!(" of {}", style.name(&value_type.name, 40))
        }
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

/// Appends right-aligned cells with two spaces between.
fn push_cells(out: &mut String, cells: &[String; 4], widths: [usize; 4]) {
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if index > 0 {
            out.push_str("  ");
        }
        let _ = write!(out, "{cell:>width$}");
    }
}
