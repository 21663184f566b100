//! A profile of two columns, before and after, as one picture.

use std::cmp::Ordering;

use firesteel_model::{Profile, Sample, Unit, ValueType};

use crate::color::Rgb;

/// How to draw the difference of two value columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differences {
    /// Index of the column with the values before.
    pub before: usize,
    /// Index of the column with the values after.
    pub after: usize,
    /// What the widths of boxes follow.
    pub width: DifferenceWidth,
    /// Colours follow the change of the function itself, rather than that of all it calls.
    pub own_only: bool,
    /// The red and blue of `flamegraph.pl`, rather than colours that keep apart for colour-blind eyes.
    pub classic_colors: bool,
}

/// What the widths of boxes follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DifferenceWidth {
    /// For each stack the greater of before and after, so that what vanished is still seen.
    #[default]
    Max,
    /// Before: what is new has no box.
    Before,
    /// After: what vanished has no box.
    After,
    /// How much changed, up and down added up.
    Delta,
}

impl Differences {
    /// For a profile whose columns are called `before` and `after`, as those of folded text with two counts are.
    #[must_use]
    pub fn of(profile: &Profile) -> Option<Self> {
        let column = |name: &str| profile.sample_types().iter().position(|column| column.name == name);
        Some(Self {
            before: column("before")?,
            after: column("after")?,
            width: DifferenceWidth::Max,
            own_only: false,
            classic_colors: false,
        })
    }

    /// A profile with the columns width, before and after.
    pub(super) fn prepared(self, profile: &Profile) -> Option<Profile> {
        let types = profile.sample_types();
        let (before_type, after_type) = (types.get(self.before)?, types.get(self.after)?);
        let decimals = before_type.decimals.max(after_type.decimals);
        let scale = |value_type: &ValueType| 10i64.saturating_pow(u32::from(decimals - value_type.decimals));
        let (before_scale, after_scale) = (scale(before_type), scale(after_type));
        let name = if after_type.unit == Unit::Count { "samples" } else { after_type.name.as_str() };
        let with_decimals = |name: &str| ValueType { decimals, ..ValueType::new(name, after_type.unit.clone()) };
        let columns = vec![with_decimals(name), with_decimals("before"), with_decimals("after")];
        let mut result = profile.with_columns(columns);
        for sample in profile.samples() {
            let value = |column: usize, scale: i64| sample.values[column].saturating_mul(scale);
            let (before, after) = (value(self.before, before_scale), value(self.after, after_scale));
            let width = match self.width {
                DifferenceWidth::Max => before.max(after),
                DifferenceWidth::Before => before,
                DifferenceWidth::After => after,
                DifferenceWidth::Delta => after.saturating_sub(before).saturating_abs(),
            };
            result.add_sample(Sample { values: &[width, before, after], ..sample });
        }
        Some(result)
    }

    /// The colour of a change, where `most` is the greatest of all. Negated, more and less change places.
    pub(super) fn color(self, change: i64, most: i64, negate: bool) -> Rgb {
        let change = if negate { change.saturating_neg() } else { change };
        if self.classic_colors {
            return classic_color(change as f64, most.max(1) as f64);
        }
        let target = match change.cmp(&0) {
            Ordering::Less => LESS,
            Ordering::Equal => return SAME,
            Ordering::Greater => MORE,
        };
        // The root makes small changes visible beside great ones.
        mixed(SAME, target, (change.unsigned_abs() as f64 / most.max(1) as f64).min(1.0).sqrt())
    }
}

/// The colour that `flamegraph.pl` gives a change where `most` is the greatest.
pub(super) fn classic_color(change: f64, most: f64) -> Rgb {
    let pale = (210.0 * (most - change.abs()) / most) as u8;
    if change > 0.0 {
        Rgb::new(255, pale, pale)
    } else if change < 0.0 {
        Rgb::new(pale, pale, 255)
    } else {
        Rgb::new(255, 255, 255)
    }
}

/// Of what is the same.
const SAME: Rgb = Rgb::new(236, 236, 232);

/// Of the greatest change up: an orange that is apart from the blue for every common colour vision.
const MORE: Rgb = Rgb::new(240, 118, 38);

/// Of the greatest change down.
const LESS: Rgb = Rgb::new(82, 158, 236);

/// A colour between two others.
pub(super) fn mixed(from: Rgb, to: Rgb, amount: f64) -> Rgb {
    let part = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * amount).round() as u8;
    Rgb::new(part(from.red, to.red), part(from.green, to.green), part(from.blue, to.blue))
}
