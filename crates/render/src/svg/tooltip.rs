//! What a box says about itself: `main.f (1,234 samples / 1.23 s, 12.34%)`.

use firesteel_model::{Profile, Unit, ValueType};

use crate::quantity::{push_bytes, push_duration, push_integer, push_number};
use crate::svg::fixed::{hundredths, push_hundredths};
use crate::svg::options::SvgOptions;

/// Writes the amounts of boxes.
pub(crate) struct Tooltip {
    /// The drawn column.
    value_type: ValueType,
    /// Name of what is counted, escaped; empty for a unit that values carry themselves.
    count_name: String,
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
            count_name: crate::markup::escaped(&count_name),
            factor: options.factor,
            value_type,
        }
    }

    /// How many parentheses are in what follows a name; the script needs it to find the name's end.
    pub(crate) fn parentheses(&self) -> usize {
        1 + self.count_name.matches('(').count()
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
            let value = (scaled(&self.value_type, total as f64) * self.factor).round_ties_even();
            push_integer(out, value as i64);
            out.push(' ');
            out.push_str(&self.count_name);
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

/// A stored value as the number that it stands for.
fn scaled(value_type: &ValueType, stored: f64) -> f64 {
    if value_type.decimals == 0 { stored } else { stored / 10f64.powi(i32::from(value_type.decimals)) }
}
