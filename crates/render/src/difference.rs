//! What can be chosen about pictures of differences, and what is said about two profiles as a whole.

use firesteel_model::{Change, ChangeKind, Comparison, WidthBy};

use crate::quantity::{format_amount, format_percent, format_signed_amount};

/// What the colour of a box follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorBy {
    /// The change of the function and everything that it called.
    #[default]
    Total,
    /// The change of the function itself, as `flamegraph.pl` colours.
    Own,
}

impl ColorBy {
    /// Name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Own => "self",
        }
    }
}

/// Options of pictures of differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DifferenceOptions {
    /// What the widths of boxes follow.
    pub by: WidthBy,
    /// What the colours of boxes follow.
    pub color_by: ColorBy,
    /// Blue for more and red for less, for values of which more is better, or for profiles given the other way round.
    pub negate: bool,
}

/// What was compared, in one sentence: `cpu: 10.0 s before, 12.5 s after (+2.50 s, +25.0%)`. The value before is as
/// measured, not scaled.
#[must_use]
pub fn totals_sentence(comparison: &Comparison) -> String {
    let value_type = comparison.value_type();
    let measured = measured_totals(comparison);
    let growth = match measured.growth() {
        Some(_) if measured.delta() == 0.0 => "the same".to_owned(),
        Some(growth) => {
            format!("{}, {}", format_signed_amount(measured.delta(), value_type), signed_percent(growth))
        }
        None => format_signed_amount(measured.delta(), value_type),
    };
    format!(
        "{}: {} before, {} after ({growth})",
        crate::visible(&value_type.name),
        format_amount(measured.before, value_type),
        format_amount(measured.after, value_type),
    )
}

/// The same with the scale, in a few signs: `cpu: 10.0 s → 12.5 s (+25.0%); before × 1.25`.
pub(crate) fn short_sentence(comparison: &Comparison) -> String {
    let value_type = comparison.value_type();
    let measured = measured_totals(comparison);
    let scale = if is_scaled(comparison) {
        format!("; before × {}", format_factor(comparison.before_scale()))
    } else {
        String::new()
    };
    format!(
        "{}: {} \u{2192} {} ({}){scale}",
        crate::visible(&value_type.name),
        format_amount(measured.before, value_type),
        format_amount(measured.after, value_type),
        if measured.delta() == 0.0 { "the same".to_owned() } else { growth_word(measured) },
    )
}

/// What was done to make both sides comparable: `before is scaled by 1.25 to the total of after`.
#[must_use]
pub fn scale_sentence(comparison: &Comparison) -> String {
    if is_scaled(comparison) {
        format!("before is scaled by {} to the total of after", format_factor(comparison.before_scale()))
    } else {
        "nothing is scaled".to_owned()
    }
}

/// Whether values before are not as measured.
pub(crate) fn is_scaled(comparison: &Comparison) -> bool {
    (comparison.before_scale() - 1.0).abs() > 1e-12
}

/// The sums of both sides as measured.
pub(crate) fn measured_totals(comparison: &Comparison) -> Change {
    let Change { before, after } = comparison.totals();
    Change { before: before / comparison.before_scale(), after }
}

/// A factor with four significant digits, without zeros at the end.
pub(crate) fn format_factor(factor: f64) -> String {
    if !(0.001..1e6).contains(&factor) {
        return format!("{factor:.3e}");
    }
    let digits = (3 - factor.log10().floor() as i32).max(0) as usize;
    let text = format!("{factor:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A part in percent with its sign: `+25.0%`.
pub(crate) fn signed_percent(part: f64) -> String {
    let text = format_percent(part, 1.0);
    if part > 0.0 { format!("+{text}") } else { text }
}

/// What became of a quantity in a word or a percentage: `new`, `gone`, `+25.0%`; a dash for what is the same.
pub(crate) fn growth_word(change: Change) -> String {
    match (change.kind(), change.growth()) {
        (ChangeKind::Appeared, _) => "new".to_owned(),
        (ChangeKind::Vanished, _) => "gone".to_owned(),
        (ChangeKind::Same, _) | (_, None) => "–".to_owned(),
        (_, Some(growth)) => signed_percent(growth),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_short() {
        for (factor, expect) in [
            (1.25, "1.25"),
            (0.333_333_3, "0.3333"),
            (12.345_67, "12.35"),
            (1234.5, "1234"),
            (0.012_345, "0.01235"),
            (2.0, "2"),
            (1e-9, "1.000e-9"),
            (100_000.0, "100000"),
        ] {
            assert_eq!(format_factor(factor), expect);
        }
    }

    #[test]
    fn growth_is_told_in_a_word() {
        for (before, after, expect) in
            [(1.0, 1.25, "+25.0%"), (4.0, 1.0, "-75.0%"), (0.0, 1.0, "new"), (1.0, 0.0, "gone"), (2.0, 2.0, "–")]
        {
            assert_eq!(growth_word(Change { before, after }), expect);
        }
    }
}
