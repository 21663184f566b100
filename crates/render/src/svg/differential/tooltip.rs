//! What a box says about itself:
//! `main.f (before 1.20 s 12.0%, after 1.50 s 15.0%, change +300 ms +25.0%, self +10.0 ms +4.00%)`.

use firesteel_model::{Change, Comparison, ValueType};

use crate::difference::growth_word;
use crate::markup::push_escaped;
use crate::quantity::{format_amount, format_percent, format_signed_amount};

/// Writes the amounts of boxes.
pub(super) struct Tooltip<'a> {
    value_type: &'a ValueType,
    whole: Change,
}

impl<'a> Tooltip<'a> {
    /// For boxes of a comparison; shares are of each side's total.
    pub(super) fn new(comparison: &'a Comparison) -> Self {
        Self { value_type: comparison.value_type(), whole: comparison.totals() }
    }

    /// How many parentheses are in what follows a name; the script needs it to find the name's end.
    pub(super) fn parentheses(&self) -> usize {
        // Four amounts carry their unit, which may be any text.
        1 + 4 * format_amount(0.0, self.value_type).matches('(').count()
    }

    /// Appends the amounts of a box.
    pub(super) fn push(&self, out: &mut String, total: Change, own: Change) {
        let amount = |value: f64| format_amount(value, self.value_type);
        let signed = |change: Change| format_signed_amount(change.delta(), self.value_type);
        let text = format!(
            " (before {} {}, after {} {}, change {} {}, self {} {})",
            amount(total.before),
            format_percent(total.before, self.whole.before),
            amount(total.after),
            format_percent(total.after, self.whole.after),
            signed(total),
            growth_word(total),
            signed(own),
            growth_word(own),
        );
        push_escaped(out, &text);
    }
}
