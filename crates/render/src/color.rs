//! Colours as the picture formats need them.

/// A colour of the sRGB space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rgb {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

impl Rgb {
    /// A colour from its three parts.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        let part = |start: usize| u8::from_str_radix(&digits[start..start + 2], 16).ok();
        Some(Self::new(part(0)?, part(2)?, part(4)?))
    }

    /// A colour from hue in degrees, saturation and lightness from 0 to 1 (CSS Color 4, section 7).
    pub(crate) fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> Self {
        let amplitude = saturation * lightness.min(1.0 - lightness);
        let part = |offset: f64| {
            let k = (offset + hue / 30.0) % 12.0;
            let value = lightness - amplitude * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
            (value * 255.0).round_ties_even() as u8
        };
        Self::new(part(0.0), part(8.0), part(4.0))
    }

    /// Contrast ratio against black text, from 1 to 21 (WCAG 2.2, "contrast ratio").
    #[cfg(test)]
    pub(crate) fn contrast_with_black(self) -> f64 {
        let linear = |part: u8| {
            let value = f64::from(part) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = 0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue);
        (luminance + 0.05) / 0.05
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hsl_follows_css() {
        for (hue, saturation, lightness, expect) in [
            (0.0, 1.0, 0.5, Rgb::new(255, 0, 0)),
            (120.0, 1.0, 0.25, Rgb::new(0, 128, 0)),
            (210.0, 0.5, 0.5, Rgb::new(64, 128, 191)),
            (0.0, 0.0, 1.0, Rgb::new(255, 255, 255)),
        ] {
            assert_eq!(Rgb::from_hsl(hue, saturation, lightness), expect);
        }
    }

    #[test]
    fn hexadecimal_colours_are_read() {
        assert_eq!(Rgb::parse("#0a10ff"), Some(Rgb::new(10, 16, 255)));
        for text in ["", "#", "0a10ff", "#0a10f", "#0a10fg", "#é123"] {
            assert_eq!(Rgb::parse(text), None, "{text}");
        }
    }

    #[test]
    fn contrast_of_the_extremes() {
        assert!((Rgb::new(255, 255, 255).contrast_with_black() - 21.0).abs() < 1e-9);
        assert!((Rgb::new(0, 0, 0).contrast_with_black() - 1.0).abs() < 1e-9);
    }
}
