//! The colours of changes.

use firesteel_model::Change;

use crate::color::Rgb;

/// Of what is the same.
const NEUTRAL: Rgb = Rgb::new(222, 222, 218);

/// Of what appeared. Red and blue keep apart for all kinds of colour-blind eyes, and black text is readable on both.
const MORE: Rgb = Rgb::new(247, 104, 82);

/// Of what vanished.
const LESS: Rgb = Rgb::new(92, 162, 236);

/// From the degree of a change to a colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChangePalette {
    more: Rgb,
    less: Rgb,
}

impl ChangePalette {
    /// Red for more and blue for less, or the other way round.
    pub(super) fn new(negate: bool) -> Self {
        if negate { Self { more: LESS, less: MORE } } else { Self { more: MORE, less: LESS } }
    }

    /// The colour of a change.
    pub(super) fn color(self, change: Change) -> Rgb {
        self.of_degree(change.degree())
    }

    /// The colour of a degree from -1 to 1. The depth is its square root, so that a tenth more is well visible.
    pub(super) fn of_degree(self, degree: f64) -> Rgb {
        let target = if degree < 0.0 { self.less } else { self.more };
        mix(NEUTRAL, target, degree.abs().sqrt())
    }

    /// The ground of the hatching of what vanished: paler than its lines.
    pub(super) fn ground_of_vanished(self) -> Rgb {
        mix(NEUTRAL, self.less, 0.45)
    }

    /// The lines of the hatching of what vanished.
    pub(super) fn lines_of_vanished(self) -> Rgb {
        self.less
    }

    /// The outline of what appeared.
    pub(super) fn outline_of_appeared(self) -> Rgb {
        mix(self.more, Rgb::new(0, 0, 0), 0.5)
    }

    /// The outline of what vanished.
    pub(super) fn outline_of_vanished(self) -> Rgb {
        mix(self.less, Rgb::new(0, 0, 0), 0.5)
    }
}

fn mix(from: Rgb, to: Rgb, amount: f64) -> Rgb {
    let part = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * amount).round() as u8;
    Rgb::new(part(from.red, to.red), part(from.green, to.green), part(from.blue, to.blue))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_follows_the_degree() {
        let palette = ChangePalette::new(false);
        for (before, after, expect) in [(3.0, 3.0, NEUTRAL), (0.0, 0.0, NEUTRAL), (0.0, 1.0, MORE), (1.0, 0.0, LESS)] {
            assert_eq!(palette.color(Change { before, after }), expect);
        }
        let (slight, strong) = (palette.of_degree(0.1), palette.of_degree(0.5));
        assert!(strong.green < slight.green && slight.green < NEUTRAL.green, "{slight:?} {strong:?}");
        assert_eq!(ChangePalette::new(true).of_degree(1.0), palette.of_degree(-1.0));
    }

    #[test]
    fn black_text_is_readable_on_every_colour() {
        let palette = ChangePalette::new(false);
        for step in -20..=20 {
            let color = palette.of_degree(f64::from(step) / 20.0);
            assert!(color.contrast_with_black() > 6.0, "{color:?}");
        }
        assert!(palette.ground_of_vanished().contrast_with_black() > 6.0);
    }
}
