//! The palettes of `flamegraph.pl`, and the choice between them and our own.

use crate::color::Rgb;
use crate::svg::options::Background;

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
    /// Java, C++ and kernel told apart by name.
    Java,
    /// JavaScript, C++ and kernel told apart by name.
    Js,
    /// Perl, C++ and kernel told apart by name.
    Perl,
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
    pub const ALL: [Self; 15] = [
        Self::Package,
        Self::Hot,
        Self::Mem,
        Self::Io,
        Self::Wakeup,
        Self::Java,
        Self::Js,
        Self::Perl,
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
            Self::Java => "java",
            Self::Js => "js",
            Self::Perl => "perl",
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
            Self::Hot | Self::Java | Self::Js | Self::Perl => Background::Yellow,
            Self::Io | Self::Wakeup => Background::Blue,
            Self::Mem => Background::Green,
            _ => Background::Grey,
        }
    }

    /// The colour of a function by its name alone.
    pub(crate) fn color(self, name: &str, hash: bool) -> Rgb {
        match name {
            "--" => return Rgb::new(160, 160, 160),
            "-" => return Rgb::new(200, 200, 200),
            _ => {}
        }
        let (first, second) = if hash {
            let reversed: String = name.chars().rev().collect();
            (name_hash(name), name_hash(&reversed))
        } else {
            let value = first_random(name.chars().map(u32::from).fold(0, u32::wrapping_add));
            (value, value)
        };
        // Rust casts truncate towards zero, as the `int` of the original does.
        let part = |base: u8, span: f64, value: f64| base + (span * value) as u8;
        let value = first;
        match self {
            Self::Package | Self::Hot => {
                Rgb::new(part(205, 50.0, second), part(0, 230.0, first), part(0, 55.0, second))
            }
            Self::Mem => Rgb::new(0, part(190, 50.0, second), part(0, 210.0, first)),
            Self::Io => {
                let base = part(80, 60.0, first);
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
            Self::Java => java(name).color(name, hash),
            Self::Js => javascript(name).color(name, hash),
            Self::Perl => perl(name).color(name, hash),
        }
    }
}

/// The shade of a Java, C++ or kernel function.
fn java(name: &str) -> Palette {
    const ROOTS: [&str; 8] = ["java", "javax", "jdk", "net", "org", "com", "io", "sun"];
    let in_java_package = name
        .strip_prefix('L')
        .into_iter()
        .chain([name])
        .filter_map(|name| name.split_once('/'))
        .any(|(root, _)| ROOTS.contains(&root));
    if name.ends_with("_[j]") {
        Palette::Green
    } else if name.ends_with("_[i]") {
        Palette::Aqua
    } else if in_java_package || name.contains(":::") {
        Palette::Green
    } else if name.contains("::") {
        Palette::Yellow
    } else if name.ends_with("_[k]") {
        Palette::Orange
    } else {
        Palette::Red
    }
}

/// The shade of a JavaScript, C++ or kernel function.
fn javascript(name: &str) -> Palette {
    let script = name.find('/').is_some_and(|slash| name[slash..].contains(".js"));
    if name.ends_with("_[j]") {
        if name.contains('/') { Palette::Green } else { Palette::Aqua }
    } else if name.contains("::") {
        Palette::Yellow
    } else if script {
        Palette::Green
    } else if name.contains(':') {
        Palette::Aqua
    } else if name == " " {
        Palette::Green
    } else if name.contains("_[k]") {
        Palette::Orange
    } else {
        Palette::Red
    }
}

/// The shade of a Perl, C++ or kernel function.
fn perl(name: &str) -> Palette {
    if name.contains("::") {
        Palette::Yellow
    } else if name.contains("Perl") || name.contains(".pl") {
        Palette::Green
    } else if name.ends_with("_[k]") {
        Palette::Orange
    } else {
        Palette::Red
    }
}

/// The first number that `drand48` gives for a seed, from 0 to below 1 (POSIX `srand48`).
fn first_random(seed: u32) -> f64 {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MODULUS: u64 = 1 << 48;
    let start = (u64::from(seed) << 16) + 0x330e;
    let next = start.wrapping_mul(MULTIPLIER).wrapping_add(0xb) % MODULUS;
    next as f64 / MODULUS as f64
}

/// A number from 0 to 1 by the first three characters of a name, the earlier ones weighing more, so that similar
/// names get similar colours. A module prefix up to a backtick does not count.
fn name_hash(name: &str) -> f64 {
    let start =
        name.char_indices().nth(1).and_then(|(second, _)| name[second..].find('`').map(|tick| second + tick + 1));
    let name = &name[start.unwrap_or(0)..];
    let mut sum = 0.0;
    let mut most = 1.0;
    for (character, (modulus, weight)) in name.chars().zip([(10u32, 1.0), (11, 0.7), (12, 0.7 * 0.7)]) {
        sum += f64::from(u32::from(character) % modulus) / f64::from(modulus - 1) * weight;
        most += weight;
    }
    1.0 - sum / most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_the_original() {
        assert_eq!(Palette::Hot.color("first", false), Rgb::new(247, 196, 46));
        assert_eq!(Palette::Hot.color("tsrif", false), Rgb::new(247, 196, 46), "anagrams share a colour");
        assert_eq!(Palette::Mem.color("--", false), Rgb::new(160, 160, 160));
        assert_eq!(Palette::Java.color("-", true), Rgb::new(200, 200, 200));
    }

    #[test]
    fn hashes_follow_the_first_letters() {
        assert!((name_hash("") - 1.0).abs() < 1e-12);
        assert!((name_hash("a") - (1.0 - (7.0 / 9.0) / 2.0)).abs() < 1e-12);
        let color = |name| Palette::Hot.color(name, true);
        assert_eq!(color("module`f").green, color("f").green);
        assert_ne!(color("`f").green, color("f").green);
        assert_eq!(color("abcd").green, color("abcy").green);
        assert_ne!(color("abcd"), color("abcy"));
    }

    #[test]
    fn semantic_palettes_choose_a_shade() {
        let check = |palette: Palette, name: &str, shade: Palette| {
            assert_eq!(palette.color(name, false), shade.color(name, false), "{} {name}", palette.as_str());
        };
        check(Palette::Java, "java/lang/String:.hashCode", Palette::Green);
        check(Palette::Java, "Lorg/a/B;::c", Palette::Green);
        check(Palette::Java, "a/b_[j]", Palette::Green);
        check(Palette::Java, "x_[i]", Palette::Aqua);
        check(Palette::Java, "JavaCalls::call", Palette::Yellow);
        check(Palette::Java, "tcp_sendmsg_[k]", Palette::Orange);
        check(Palette::Java, "start_thread", Palette::Red);
        check(Palette::Java, "javascript/x", Palette::Red);
        check(Palette::Js, "LazyCompile:~f /app/x.js:3", Palette::Green);
        check(Palette::Js, "f /x_[j]", Palette::Green);
        check(Palette::Js, "f_[j]", Palette::Aqua);
        check(Palette::Js, "v8::internal::F", Palette::Yellow);
        check(Palette::Js, "Builtin:A", Palette::Aqua);
        check(Palette::Js, " ", Palette::Green);
        check(Palette::Js, "sys_read_[k]", Palette::Orange);
        check(Palette::Js, "uv_run", Palette::Red);
        check(Palette::Perl, "Perl_runops", Palette::Green);
        check(Palette::Perl, "a::b", Palette::Yellow);
        check(Palette::Perl, "sys_read_[k]", Palette::Orange);
        check(Palette::Wakeup, "x", Palette::Aqua);
    }

    #[test]
    fn palettes_are_found_by_name() {
        for palette in Palette::ALL {
            assert_eq!(Palette::from_name(palette.as_str()), Some(palette));
        }
        assert_eq!(Palette::from_name("chartreuse"), None);
    }
}
