//! A quantity before and after.

use std::ops::AddAssign;

/// The same quantity in two profiles, as numbers that stored values stand for, in the unit of the compared column.
///
/// Numbers here are floats and not the model's integers, because one side may be scaled: a single sample times 0.4 has
/// to stay 0.4 samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Change {
    /// In the profile before.
    pub before: f64,
    /// In the profile after.
    pub after: f64,
}

/// Scaling and adding up a great many floats errs by less than this part.
const ROUNDING: f64 = 1e-9;

/// What became of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is there only after.
    Appeared,
    /// It is there only before.
    Vanished,
    /// It became more.
    Grown,
    /// It became less.
    Shrunk,
    /// It is the same.
    Same,
}

impl Change {
    /// What came (above zero) or went (below). Zero when both sides differ by nothing but the rounding of a scale.
    #[must_use]
    pub fn delta(self) -> f64 {
        let delta = self.after - self.before;
        if delta.abs() <= ROUNDING * self.before.abs().max(self.after.abs()) { 0.0 } else { delta }
    }

    /// The greater of both, at least zero.
    #[must_use]
    pub fn greater(self) -> f64 {
        self.before.max(self.after).max(0.0)
    }

    /// What became of it.
    #[must_use]
    pub fn kind(self) -> ChangeKind {
        match (self.before == 0.0, self.after == 0.0) {
            (true, false) => ChangeKind::Appeared,
            (false, true) => ChangeKind::Vanished,
            _ if self.delta() > 0.0 => ChangeKind::Grown,
            _ if self.delta() < 0.0 => ChangeKind::Shrunk,
            _ => ChangeKind::Same,
        }
    }

    /// The delta as a part of the greater of both: -1 for what vanished, 0 for what is the same, 1 for what appeared,
    /// 0.5 for what doubled. Between -1 and 1 unless a side is negative, which is cut to that.
    #[must_use]
    pub fn degree(self) -> f64 {
        let most = self.before.abs().max(self.after.abs());
        if most == 0.0 { 0.0 } else { (self.delta() / most).clamp(-1.0, 1.0) }
    }

    /// The delta as a part of what was before: 0.25 for a quarter more. `None` where there was nothing before.
    #[must_use]
    pub fn growth(self) -> Option<f64> {
        (self.before != 0.0).then(|| self.delta() / self.before.abs())
    }
}

impl AddAssign for Change {
    fn add_assign(&mut self, other: Self) {
        self.before += other.before;
        self.after += other.after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_apart() {
        for (before, after, delta, kind, degree, growth) in [
            (0.0, 0.0, 0.0, ChangeKind::Same, 0.0, None),
            (0.0, 3.0, 3.0, ChangeKind::Appeared, 1.0, None),
            (3.0, 0.0, -3.0, ChangeKind::Vanished, -1.0, Some(-1.0)),
            (2.0, 4.0, 2.0, ChangeKind::Grown, 0.5, Some(1.0)),
            (4.0, 2.0, -2.0, ChangeKind::Shrunk, -0.5, Some(-0.5)),
            (4.0, 4.0, 0.0, ChangeKind::Same, 0.0, Some(0.0)),
            (-2.0, 2.0, 4.0, ChangeKind::Grown, 1.0, Some(2.0)),
        ] {
            let change = Change { before, after };
            let told = (change.delta(), change.kind(), change.degree(), change.growth());
            assert_eq!(told, (delta, kind, degree, growth), "{change:?}");
        }
    }
}
