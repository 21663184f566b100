//! What can be chosen about an SVG flame graph. Names and defaults are those of `flamegraph.pl`.

use crate::color::Rgb;
use crate::svg::palette::Palette;

/// How wide a box must be to be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MinWidth {
    /// At least this many pixels.
    Pixels(f64),
    /// At least this percentage of the whole.
    Percent(f64),
}

/// What is behind the boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// Gradient from near white to pale yellow.
    Yellow,
    /// Gradient from near white to pale blue.
    Blue,
    /// Gradient from near white to pale green.
    Green,
    /// Gradient from near white to pale grey.
    Grey,
    /// One colour.
    Flat(Rgb),
}

impl Background {
    /// Reads `yellow`, `blue`, `green`, `grey` or `#rrggbb`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "yellow" => Some(Self::Yellow),
            "blue" => Some(Self::Blue),
            "green" => Some(Self::Green),
            "grey" | "gray" => Some(Self::Grey),
            _ => Rgb::parse(name).map(Self::Flat),
        }
    }

    /// First and last colour of the gradient.
    pub(crate) fn ends(self) -> (Rgb, Rgb) {
        match self {
            Self::Yellow => (Rgb::new(0xee, 0xee, 0xee), Rgb::new(0xee, 0xee, 0xb0)),
            Self::Blue => (Rgb::new(0xee, 0xee, 0xee), Rgb::new(0xe0, 0xe0, 0xff)),
            Self::Green => (Rgb::new(0xee, 0xf2, 0xee), Rgb::new(0xe0, 0xff, 0xe0)),
            Self::Grey => (Rgb::new(0xf8, 0xf8, 0xf8), Rgb::new(0xe8, 0xe8, 0xe8)),
            Self::Flat(color) => (color, color),
        }
    }
}

/// Options of [`render`](crate::svg::render).
#[derive(Clone, Debug, PartialEq)]
pub struct SvgOptions {
    /// Heading; empty for "Flame Graph" or, inverted, "Icicle Graph".
    pub title: String,
    /// Second line under the heading; empty for none.
    pub subtitle: String,
    /// Free text, kept as a comment at the start of the file.
    pub notes: String,
    /// Index of the value column to draw; `None` for the profile's default.
    pub sample_type: Option<usize>,
    /// Width of the picture in pixels.
    pub width: u32,
    /// Height of a box in pixels, the gap to the next included.
    pub frame_height: f64,
    /// Narrower boxes are left out.
    pub min_width: MinWidth,
    /// Font of all text.
    pub font_type: String,
    /// Size of labels in pixels; the heading is larger.
    pub font_size: f64,
    /// Average width of a character, as a part of the font size.
    pub font_width: f64,
    /// What values count, such as `samples`. Empty: by the column's unit, time as seconds, bytes as MiB.
    pub count_name: String,
    /// What a box is, shown in front of its details.
    pub name_type: String,
    /// How boxes are coloured.
    pub colors: Palette,
    /// What is behind the boxes; `None` for what suits the colours.
    pub background: Option<Background>,
    /// Colours of the plain palettes follow the first letters of names rather than all of them.
    pub hash: bool,
    /// Root at the top: an icicle graph.
    pub inverted: bool,
    /// Stacks from the leaf: what is called shows by whom.
    pub reverse: bool,
    /// Values are multiplied by this before they are shown.
    pub factor: f64,
    /// What 100 % is, in the unit of the column; ignored when the profile holds more.
    pub total: Option<f64>,
}

impl Default for SvgOptions {
    fn default() -> Self {
        Self {
            title: String::new(),
            subtitle: String::new(),
            notes: String::new(),
            sample_type: None,
            width: 1200,
            frame_height: 16.0,
            min_width: MinWidth::Pixels(0.1),
            font_type: "Verdana".to_owned(),
            font_size: 12.0,
            font_width: 0.59,
            count_name: String::new(),
            name_type: "Function:".to_owned(),
            colors: Palette::Package,
            background: None,
            hash: false,
            inverted: false,
            reverse: false,
            factor: 1.0,
            total: None,
        }
    }
}

impl SvgOptions {
    /// The same options with sizes that cannot be drawn (zero, negative, not a number, absurdly large) replaced by
    /// the defaults, so that the picture is always well-formed.
    pub(crate) fn sane(&self) -> Self {
        let defaults = Self::default();
        let size = |value: f64, limit: f64, default: f64| {
            if value.is_finite() && value > 0.0 && value <= limit { value } else { default }
        };
        let min_width = match self.min_width {
            MinWidth::Pixels(pixels) if pixels.is_finite() && pixels >= 0.0 => self.min_width,
            MinWidth::Percent(percent) if percent.is_finite() && percent >= 0.0 => self.min_width,
            _ => defaults.min_width,
        };
        Self {
            width: self.width.clamp(40, 1_000_000),
            frame_height: size(self.frame_height, 10_000.0, defaults.frame_height),
            font_size: size(self.font_size, 1000.0, defaults.font_size),
            font_width: size(self.font_width, 100.0, defaults.font_width),
            factor: size(self.factor, f64::MAX, defaults.factor),
            min_width,
            ..self.clone()
        }
    }

    /// The heading.
    pub(crate) fn heading(&self) -> &str {
        match (self.title.as_str(), self.inverted) {
            ("", true) => "Icicle Graph",
            ("", false) => "Flame Graph",
            (title, _) => title,
        }
    }
}
