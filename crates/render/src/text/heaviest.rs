//! The heaviest functions, by self and by total, with bars.

use std::fmt::Write;

use firesteel_model::{Profile, TopRow, TopTable, ValueType};
use firesteel_normalize::Categorizer;

use crate::annotation::without_annotation;
use crate::quantity::{format_percent, format_value};
use crate::text::style::TextStyle;

/// Width of a bar in characters.
const BAR: usize = 16;

/// The `limit` heaviest functions of a value column, once by what was sampled in the function itself, once with
/// everything that it called. Percentages are of the whole profile, bars of the heaviest function. Empty when the
/// profile is.
#[must_use]
pub fn heaviest(profile: &Profile, sample_type: Option<usize>, limit: usize, style: &TextStyle) -> String {
    let column = sample_type
        .filter(|&column| column < profile.sample_types().len())
        .unwrap_or_else(|| profile.default_sample_type());
    let Some(value_type) = profile.sample_types().get(column) else { return String::new() };
    let table = TopTable::of_profile(profile, column);
    let by_self: Vec<TopRow> = table.rows.iter().filter(|row| row.self_value > 0).take(limit).copied().collect();
    let by_total = table.by_total(profile, limit);
    let lists = Lists { profile, categorizer: Categorizer::of_profile(profile), value_type, table: &table, style };
    let mut out = String::new();
    lists.push(&mut out, "Heaviest by self", &by_self, |row| row.self_value);
    lists.push(&mut out, "Heaviest by total (with what they call)", &by_total, |row| row.total);
    out
}

struct Lists<'a> {
    profile: &'a Profile,
    categorizer: Categorizer,
    value_type: &'a ValueType,
    table: &'a TopTable,
    style: &'a TextStyle,
}

impl Lists<'_> {
    fn push(&self, out: &mut String, heading: &str, rows: &[TopRow], value: impl Fn(&TopRow) -> i64) {
        let Some(most) = rows.iter().map(&value).max() else { return };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", self.style.heading(heading));
        let values: Vec<String> =
            rows.iter().map(|row| self.style.plain(&format_value(value(row), self.value_type)).into_owned()).collect();
        let value_width = values.iter().map(|text| text.chars().count()).max().unwrap_or(0);
        for (row, amount) in rows.iter().zip(&values) {
            let percent = format_percent(value(row) as f64, self.table.whole as f64);
            let percent = self.style.plain(&percent);
            let bar = self.style.bar(value(row) as f64 / most.max(1) as f64, BAR);
            let room = self.style.line_width().saturating_sub(2 + 6 + 2 + BAR + 2 + value_width + 2);
            let name = without_annotation(self.profile.frame_name(row.frame));
            let category = self.categorizer.frame_category(self.profile, row.frame);
            let _ = writeln!(
                out,
                "  {percent:>6}  {}  {amount:>value_width$}  {}",
                self.style.colored(&bar, category),
                self.style.name(name, room)
            );
        }
    }
}
