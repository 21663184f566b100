//! The palettes of `flamegraph.pl` and `inferno-flamegraph`, and the choice between them and our own.

use crate::color::Rgb;
use crate::svg::language_palette::{chain, java, javascript, perl, python, rust};
use crate::svg::options::Background;
use crate::svg::shading::Numbers;

/// How boxes are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Palette {
    /// By whose code it is (own, standard library, runtime, third-party, native, kernel), shaded by package. With
    /// a legend.
    #[default]
    Package,
    /// Red to yellow.
    Hot,
    /// Green, for memory.
    Mem,
    /// Blue, for input and output.
    Io,
    /// Aqua, for wake-ups.
    Wakeup,
    /// Blue, and aqua for what woke it up.
    Chain,
    /// Java, C++ and kernel told apart by name.
    Java,
    /// JavaScript, C++ and kernel told apart by name.
    Js,
    /// Perl, C++ and kernel told apart by name.
    Perl,
    /// Python's own code, packages and standard library told apart by name.
    Python,
    /// Rust's standard library, other crates and native code told apart by name.
    Rust,
    /// Shades of red.
    Red,
    /// Shades of green.
    Green,
    /// Shades of blue.
    Blue,
    /// Shades of aqua.
    Aqua,
    /// Shades of yellow.
    Yellow,
    /// Shades of purple.
    Purple,
    /// Shades of orange.
    Orange,
}

impl Palette {
    /// Every palette.
    pub const ALL: [Self; 18] = [
        Self::Package,
        Self::Hot,
        Self::Mem,
        Self::Io,
        Self::Wakeup,
        Self::Chain,
        Self::Java,
        Self::Js,
        Self::Perl,
        Self::Python,
        Self::Rust,
        Self::Red,
        Self::Green,
        Self::Blue,
        Self::Aqua,
        Self::Yellow,
        Self::Purple,
        Self::Orange,
    ];

    /// Name on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Hot => "hot",
            Self::Mem => "mem",
            Self::Io => "io",
            Self::Wakeup => "wakeup",
            Self::Chain => "chain",
            Self::Java => "java",
            Self::Js => "js",
            Self::Perl => "perl",
            Self::Python => "python",
            Self::Rust => "rust",
            Self::Red => "red",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Aqua => "aqua",
            Self::Yellow => "yellow",
            Self::Purple => "purple",
            Self::Orange => "orange",
        }
    }

    /// The palette of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|palette| palette.as_str() == name)
    }

    /// What is behind the boxes unless something else is chosen.
    pub(crate) fn background(self) -> Background {
        match self {
            Self::Hot | Self::Java | Self::Js | Self::Perl | Self::Python | Self::Rust => Background::Yellow,
            Self::Io | Self::Wakeup | Self::Chain => Background::Blue,
            Self::Mem => Background::Green,
            _ => Background::Grey,
        }
    }

    /// The colour of a function by its name alone.
    pub(crate) fn color(self, name: &str, numbers: Numbers) -> Rgb {
        match name {
            "--" => return Rgb::new(160, 160, 160),
            "-" => return Rgb::new(200, 200, 200),
            _ => {}
        }
        // Rust casts truncate towards zero, as the `int` of the original does.
        let part = |base: u8, span: f64, value: f64| base + (span * value) as u8;
        let [value, second, third] = numbers;
        match self {
            Self::Package | Self::Hot => Rgb::new(part(205, 50.0, third), part(0, 230.0, value), part(0, 55.0, second)),
            Self::Mem => Rgb::new(0, part(190, 50.0, second), part(0, 210.0, value)),
            Self::Io => {
                let base = part(80, 60.0, value);
                Rgb::new(base, base, part(190, 55.0, second))
            }
            Self::Red => Rgb::new(part(200, 55.0, value), part(50, 80.0, value), part(50, 80.0, value)),
            Self::Green => Rgb::new(part(50, 60.0, value), part(200, 55.0, value), part(50, 60.0, value)),
            Self::Blue => Rgb::new(part(80, 60.0, value), part(80, 60.0, value), part(205, 50.0, value)),
            Self::Yellow => Rgb::new(part(175, 55.0, value), part(175, 55.0, value), part(50, 20.0, value)),
            Self::Purple => Rgb::new(part(190, 65.0, value), part(80, 60.0, value), part(190, 65.0, value)),
            Self::Aqua | Self::Wakeup => {
                Rgb::new(part(50, 60.0, value), part(165, 55.0, value), part(165, 55.0, value))
            }
            Self::Orange => Rgb::new(part(190, 65.0, value), part(90, 65.0, value), 0),
            Self::Chain => chain(name).color(name, numbers),
            Self::Java => java(name).color(name, numbers),
            Self::Js => javascript(name).color(name, numbers),
            Self::Perl => perl(name).color(name, numbers),
            Self::Python => python(name).color(name, numbers),
            Self::Rust => rust(name).color(name, numbers),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg::shading::Shading;

    #[test]
    fn colours_of_the_original() {
        let color = |palette: Palette, name: &str| palette.color(name, Shading::Letters.numbers(name, 0));
        assert_eq!(color(Palette::Hot, "first"), Rgb::new(247, 196, 46));
        assert_eq!(color(Palette::Hot, "tsrif"), Rgb::new(247, 196, 46), "anagrams share a colour");
        assert_eq!(color(Palette::Mem, "--"), Rgb::new(160, 160, 160));
        assert_eq!(color(Palette::Java, "-"), Rgb::new(200, 200, 200));
        assert_eq!(color(Palette::Wakeup, "x"), color(Palette::Aqua, "x"));
        assert_eq!(color(Palette::Chain, "x_[w]"), color(Palette::Aqua, "x_[w]"));
    }

    #[test]
    fn palettes_are_found_by_name() {
        for palette in Palette::ALL {
            assert_eq!(Palette::from_name(palette.as_str()), Some(palette));
        }
        assert_eq!(Palette::from_name("chartreuse"), None);
    }
}
