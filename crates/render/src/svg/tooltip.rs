//! What a box says about itself: `main.f (1,234 samples / 1.23 s, 12.34%)`.

use firesteel_model::{Profile, Unit, ValueType};

use crate::quantity::{format_percent, push_bytes, push_duration, push_integer, push_number};
use crate::svg::fixed::{hundredths, push_hundredths, round_half_even};
use crate::svg::options::SvgOptions;

/// Writes the amounts of boxes.
pub(crate) struct Tooltip {
    /// The drawn column.
    value_type: ValueType,
    /// Name of what is counted, escaped; empty for a unit that values carry themselves.
    count_name: String,
    /// The same with a space in front.
    spaced_name: String,
    /// Column that counts samples beside a drawn column of time or bytes.
    pub(crate) samples: Option<usize>,
    factor: f64,
}

impl Tooltip {
    /// For a drawn column.
    pub(crate) fn new(profile: &Profile, column: usize, options: &SvgOptions) -> Self {
        let value_type = profile.sample_types().get(column).cloned().unwrap_or_else(ValueType::samples);
        let named = !options.count_name.is_empty();
        let count_name = match &value_type.unit {
            _ if named => options.count_name.clone(),
            Unit::Nanoseconds | Unit::Bytes => String::new(),
            Unit::Count if value_type.name.is_empty() => "samples".to_owned(),
            Unit::Count => value_type.name.clone(),
            Unit::Other(unit) => unit.clone(),
        };
        let samples = profile.sample_types().iter().position(|other| other.is_same(&ValueType::samples()));
        Self {
            samples: samples.filter(|_| count_name.is_empty()),
            spaced_name: format!(" {}", crate::markup::escaped(&count_name)),
            count_name: crate::markup::escaped(&count_name),
            factor: options.factor,
            value_type,
        }
    }

    /// How many parentheses are in what follows a name; the script needs it to find the name's end.
    pub(crate) fn parentheses(&self, is_difference: bool) -> usize {
        let amounts = if is_difference { AMOUNTS_OF_A_DIFFERENCE } else { 1 };
        1 + amounts * self.count_name.matches('(').count()
    }

    /// Appends ` (1,234 samples, 12.34%)` for a box with the stored value `total`, where 100 % is `whole`.
    pub(crate) fn push(&self, out: &mut String, total: i64, samples: i64, whole: f64, is_root: bool) {
        out.push_str(" (");
        let value = if self.count_name.is_empty() {
            if self.samples.is_some() {
                push_integer(out, samples);
                out.push_str(" samples / ");
            }
            let value = scaled(&self.value_type, total as f64) * self.factor;
            match self.value_type.unit {
                Unit::Nanoseconds => push_duration(out, value),
                Unit::Bytes => push_bytes(out, value),
                _ => push_number(out, value),
            }
            value
        } else {
            // The original prints `%.0f`: half to even.
            let value = round_half_even(scaled(&self.value_type, total as f64) * self.factor);
            push_integer(out, value as i64);
            out.push_str(&self.spaced_name);
            value
        };
        if is_root {
            out.push_str(", 100%)");
        } else {
            let whole = scaled(&self.value_type, whole) * self.factor;
            let percent = if whole > 0.0 { 100.0 * value / whole } else { 0.0 };
            out.push_str(", ");
            push_hundredths(out, hundredths(percent));
            out.push_str("%)");
        }
    }
}

/// How many amounts carry the name of what is counted.
const AMOUNTS_OF_A_DIFFERENCE: usize = 2;

impl Tooltip {
    /// Appends ` (before 100 samples, after 120 samples: +20, +20.0%; self -5, -10.0%)`, from (total, self) values.
    pub(crate) fn push_difference(&self, out: &mut String, before: (i64, i64), after: (i64, i64)) {
        out.push_str(" (before ");
        self.push_amount(out, before.0);
        out.push_str(", after ");
        self.push_amount(out, after.0);
        out.push_str(": ");
        self.push_change(out, before.0, after.0);
        if before.1 != 0 || after.1 != 0 {
            out.push_str("; self ");
            self.push_change(out, before.1, after.1);
        }
        out.push(')');
    }

    fn push_amount(&self, out: &mut String, stored: i64) {
        let value = scaled(&self.value_type, stored as f64) * self.factor;
        self.push_value(out, value);
        if !self.count_name.is_empty() {
            out.push(' ');
            out.push_str(&self.count_name);
        }
    }

    fn push_value(&self, out: &mut String, value: f64) {
        match self.value_type.unit {
            _ if !self.count_name.is_empty() => push_integer(out, value.round_ties_even() as i64),
            Unit::Nanoseconds => push_duration(out, value),
            Unit::Bytes => push_bytes(out, value),
            _ => push_number(out, value),
        }
    }

    fn push_change(&self, out: &mut String, before: i64, after: i64) {
        let change = after.saturating_sub(before);
        if change == 0 {
            return out.push_str("no change");
        }
        if change > 0 {
            out.push('+');
        }
        self.push_value(out, scaled(&self.value_type, change as f64) * self.factor);
        out.push_str(", ");
        match (before, after) {
            (0, _) => out.push_str("new"),
            (_, 0) => out.push_str("gone"),
            _ => {
                if change > 0 {
                    out.push('+');
                }
                out.push_str(&format_percent(change as f64, before as f64));
            }
        }
    }
}

/// A stored value as the number that it stands for.
fn scaled(value_type: &ValueType, stored: f64) -> f64 {
    if value_type.decimals == 0 { stored } else { stored / 10f64.powi(i32::from(value_type.decimals)) }
}
