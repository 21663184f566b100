//! The default colours: a hue for whose code it is, a shade for the package, a slighter one for the function.
//!
//! The hues are those of the HTML report's light theme. They stay apart for people with any common colour vision, and
//! categories differ in lightness or saturation too. Every fill keeps black text at a contrast of 4.5 or more.

use firesteel_normalize::{Category, package_of};
use rapidhash::v3::rapidhash_v3;

use crate::color::Rgb;
use crate::svg::palette::Palette;
use crate::svg::shading::Shading;

/// The range of colours that a category uses.
struct Band {
    /// First and last hue in degrees; packages are spread between.
    hue: (f64, f64),
    saturation: f64,
    /// Darkest and lightest; functions are spread between.
    lightness: (f64, f64),
}

/// The colours of a category.
fn band(category: Category) -> Band {
    match category {
        Category::Own => Band { hue: (20.0, 34.0), saturation: 0.97, lightness: (0.61, 0.67) },
        Category::StandardLibrary => Band { hue: (194.0, 206.0), saturation: 0.60, lightness: (0.75, 0.81) },
        Category::Runtime => Band { hue: (216.0, 226.0), saturation: 0.55, lightness: (0.66, 0.71) },
        Category::ThirdParty => Band { hue: (148.0, 166.0), saturation: 0.45, lightness: (0.60, 0.66) },
        Category::Native => Band { hue: (308.0, 326.0), saturation: 0.55, lightness: (0.75, 0.81) },
        Category::Kernel => Band { hue: (210.0, 228.0), saturation: 0.06, lightness: (0.57, 0.63) },
        Category::Unknown => Band { hue: (38.0, 50.0), saturation: 0.20, lightness: (0.85, 0.90) },
    }
}

/// Colours functions by category and package.
pub(crate) struct PackagePalette {
    /// Whether the profile has Go frames. Without any there is nothing of Go to tell apart, and what is known of
    /// nothing is better drawn in the classic colours than in one pale shade.
    pub(crate) has_go: bool,
    shading: Shading,
}

impl PackagePalette {
    /// `shading` is for names that the classic colours are for.
    pub(crate) fn new(has_go: bool, shading: Shading) -> Self {
        Self { has_go, shading }
    }

    /// The fill of a function's box; `index` tells its boxes apart.
    pub(crate) fn color(&self, category: Category, name: &str, index: u64) -> Rgb {
        if !self.has_go && matches!(category, Category::Unknown | Category::Native) {
            return Palette::Hot.color(name, self.shading.numbers(name, index));
        }
        let package = match category {
            Category::Native | Category::Kernel | Category::Unknown => name.into(),
            _ => package_of(name),
        };
        shade(category, &package, name)
    }

    /// The swatch that stands for a category in a legend.
    pub(crate) fn swatch(category: Category) -> Rgb {
        let Band { hue, saturation, lightness } = band(category);
        Rgb::from_hsl(f64::midpoint(hue.0, hue.1), saturation, f64::midpoint(lightness.0, lightness.1))
    }
}

fn shade(category: Category, package: &str, name: &str) -> Rgb {
    let Band { hue, saturation, lightness } = band(category);
    let between = |(from, to): (f64, f64), part: f64| from + (to - from) * part;
    Rgb::from_hsl(between(hue, part_of(package)), saturation, between(lightness, part_of(name)))
}

/// A number from 0 to 1 that a text always gives.
fn part_of(text: &str) -> f64 {
    f64::from((rapidhash_v3(text.as_bytes()) >> 48) as u16) / f64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_legible_on_every_fill() {
        for category in Category::ALL {
            let Band { hue, saturation, lightness } = band(category);
            for step in 0..=20 {
                let hue = hue.0 + (hue.1 - hue.0) * f64::from(step) / 20.0;
                let fill = Rgb::from_hsl(hue, saturation, lightness.0);
                assert!(fill.contrast_with_black() >= 4.5, "{category:?} {fill:?}");
            }
        }
    }

    #[test]
    fn categories_are_apart_for_every_common_colour_vision() {
        // Simplified dichromacy after Viénot, Brettel and Mollon (1999), on linear light.
        const VISIONS: [(&str, [[f64; 3]; 3]); 3] = [
            ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
            ("protan", [[0.112, 0.888, 0.0], [0.112, 0.888, 0.0], [0.004, -0.004, 1.0]]),
            ("deutan", [[0.293, 0.707, 0.0], [0.293, 0.707, 0.0], [-0.021, 0.021, 1.0]]),
        ];
        let seen = |color: Rgb, matrix: &[[f64; 3]; 3]| {
            let linear = [color.red, color.green, color.blue].map(|part| (f64::from(part) / 255.0).powf(2.2));
            matrix.map(|row| {
                row.iter().zip(linear).map(|(factor, part)| factor * part).sum::<f64>().max(0.0).powf(1.0 / 2.2)
            })
        };
        for (vision, matrix) in &VISIONS {
            for (index, &one) in Category::ALL.iter().enumerate() {
                for &other in &Category::ALL[index + 1..] {
                    let (a, b) =
                        (seen(PackagePalette::swatch(one), matrix), seen(PackagePalette::swatch(other), matrix));
                    let distance = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                    assert!(distance > 0.1, "{vision}: {one:?} {other:?} {distance:.3}");
                }
            }
        }
    }

    #[test]
    fn packages_share_a_hue_and_functions_differ() {
        let palette = PackagePalette::new(true, Shading::Letters);
        let color = |category, name: &str| palette.color(category, name, 0);
        let get = color(Category::StandardLibrary, "net/http.Get");
        assert_eq!(get, color(Category::StandardLibrary, "net/http.Get"));
        assert_ne!(get, color(Category::StandardLibrary, "net/http.Post"));
        assert_ne!(get, color(Category::Own, "net/http.Get"));
    }

    #[test]
    fn a_profile_without_go_is_drawn_in_classic_colours() {
        let color = PackagePalette::new(false, Shading::Letters).color(Category::Unknown, "start_thread", 0);
        assert_eq!(color, Palette::Hot.color("start_thread", Shading::Letters.numbers("start_thread", 0)));
    }
}
