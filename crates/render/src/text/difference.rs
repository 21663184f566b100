//! The table of differences for terminals: what changed most, by self and by total.

use std::fmt::Write;

use firesteel_model::{Change, ChangeKind, Comparison, DiffRow, DiffTable, DiffTree};

use crate::annotation::without_annotation;
use crate::difference::{growth_word, scale_sentence, totals_sentence};
use crate::quantity::{format_integer, format_percent, format_signed_amount};
use crate::text::style::TextStyle;

/// Options of [`difference_table`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DifferenceTableOptions {
    /// Number of functions in each list.
    pub limit: usize,
    /// Functions whose self and total changed by less, in the unit of the column, are left out.
    pub minimum: f64,
}

impl Default for DifferenceTableOptions {
    fn default() -> Self {
        Self { limit: 20, minimum: 0.0 }
    }
}

/// The functions that changed most as two lists: by what was sampled in the function itself, and with everything that it
/// called. Shares are of each side's total, changes in the unit of the column with the scale that both sides share.
#[must_use]
pub fn difference_table(
    comparison: &Comparison,
    tree: &DiffTree,
    options: &DifferenceTableOptions,
    style: &TextStyle,
) -> String {
    let table = DiffTable::build(comparison, tree);
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", style.plain(&totals_sentence(comparison)));
    let _ = writeln!(out, "{}; shares are of each side's total", scale_sentence(comparison));
    if tree.is_unchanged() {
        out.push_str("no difference\n");
        return out;
    }
    let lists = Lists { comparison, table: &table, options, style };
    lists.push(&mut out, "self", |row| row.own);
    lists.push(&mut out, "total (with what they call)", |row| row.total);
    out
}

struct Lists<'a> {
    comparison: &'a Comparison,
    table: &'a DiffTable,
    options: &'a DifferenceTableOptions,
    style: &'a TextStyle,
}

impl Lists<'_> {
    fn push(&self, out: &mut String, what: &str, measure: impl Fn(&DiffRow) -> Change) {
        let style = self.style;
        let mut rows = self.table.greatest(&measure);
        rows.retain(|row| measure(row).delta().abs() >= self.options.minimum);
        let count = rows.len();
        rows.truncate(self.options.limit);
        let cells: Vec<[String; 4]> = rows.iter().map(|row| self.cells(measure(row))).collect();
        let headings = ["before", "after", "change", ""];
        let mut widths = headings.map(str::len);
        for row in &cells {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let shown = format_integer(rows.len() as i64);
        let of = if count > rows.len() { format!(" of {}", format_integer(count as i64)) } else { String::new() };
        let _ = writeln!(out, "\n{}", style.heading(&format!("Greatest changes of {what}: {shown}{of}")));
        if rows.is_empty() {
            return;
        }
        let mut line = String::new();
        push_cells(&mut line, &headings.map(str::to_owned), widths);
        line.push_str("  function");
        let _ = writeln!(out, "{}", style.heading(&line));
        let room = style.line_width().saturating_sub(widths.iter().sum::<usize>() + 8).max(20);
        for (row, cells) in rows.iter().zip(&cells) {
            let name = without_annotation(self.comparison.profile().frame_name(row.frame));
            let mut line = String::new();
            push_cells(&mut line, cells, widths);
            let _ = write!(line, "  {}", style.name(name, room));
            let _ = writeln!(out, "{}", colored(&line, measure(row), style));
        }
    }

    fn cells(&self, change: Change) -> [String; 4] {
        let whole = self.table.whole;
        let share = |part: f64, whole: f64| {
            if part == 0.0 { "–".to_owned() } else { format_percent(part, whole) }
        };
        let cells = [
            share(change.before, whole.before),
            share(change.after, whole.after),
            format_signed_amount(change.delta(), self.comparison.value_type()),
            growth_word(change),
        ];
        cells.map(|cell| self.style.plain(&cell).into_owned())
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

/// Text in red for more and in blue for less; what it says does not depend on the colour.
fn colored(text: &str, change: Change, style: &TextStyle) -> String {
    let index = match change.kind() {
        ChangeKind::Appeared | ChangeKind::Grown => 203,
        ChangeKind::Vanished | ChangeKind::Shrunk => 75,
        ChangeKind::Same => return text.to_owned(),
    };
    if style.color { format!("\u{1b}[38;5;{index}m{text}\u{1b}[0m") } else { text.to_owned() }
}
