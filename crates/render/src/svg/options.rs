//! What can be chosen about an SVG flame graph. Names and defaults are those of `flamegraph.pl`.

use crate::color::Rgb;
use crate::svg::differences::Differences;
use crate::svg::name_attributes::NameAttributes;
use crate::svg::palette::Palette;
use crate::svg::shading::Shading;

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
    /// Heading; empty for "Flame Graph", "Flame Chart" or, inverted, "Icicle Graph".
    pub title: String,
    /// Second line under the Heading; empty for none.
    pub subtitle: String,
    /// Free text, kept as a comment at the start of the file.
    pub notes: String,
    /// Index of the value column to draw; `None` for the profile's default.
    pub sample_type: Option<usize>,
    /// Width of the picture in pixels.
    pub width: u32,
    /// The picture is as wide as the window that shows it; [`width`](Self::width) is for viewers without scripts.
    pub fluid: bool,
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
    /// What decides where in its palette a function's colour lies.
    pub shading: Shading,
    /// Colours follow the widths of boxes, the widest the darkest, whatever the palette.
    pub color_diffusion: bool,
    /// Colour of what a search has found.
    pub search_color: Rgb,
    /// Colour of the outline of every box; `None` for no outline.
    pub stroke_color: Option<Rgb>,
    /// Colour of the heading, the buttons and the details.
    pub ui_color: Rgb,
    /// Root at the top: an icicle graph.
    pub inverted: bool,
    /// Stacks from the leaf: what is called shows by whom.
    pub reverse: bool,
    /// Names of functions that stacks are to begin with, the outermost of them where there are several. Stacks
    /// without any are left out. Empty for all stacks as they are.
    pub base: Vec<String>,
    /// A flame chart: samples in the order of their times, or as they came, thread by thread, with only neighbours
    /// merged. Each is as wide as its value.
    pub flame_chart: bool,
    /// What is called is in the order of its first sample rather than by name.
    pub unsorted: bool,
    /// The profile is a difference: how to draw it. `None` draws one of its columns as usual.
    pub differences: Option<Differences>,
    /// The colours of more and less change places.
    pub negate: bool,
    /// Names that do not fit are cut at their right end; they do not lose directories and packages first.
    pub truncate_right: bool,
    /// More attributes for the boxes of some functions.
    pub name_attributes: NameAttributes,
    /// Every element is on a line of its own, indented.
    pub pretty: bool,
    /// The character encoding that the file declares. What is not ASCII is written as references, unless it is UTF-8,
    /// so that the file is right in any encoding that has ASCII.
    pub encoding: String,
    /// Values are multiplied by this before they are shown.
    pub factor: f64,
    /// What 100 % is, in the unit of the column; ignored when the profile holds more.
    pub total: Option<f64>,
}

/// Colour of what a search has found, unless something else is chosen.
pub(crate) const SEARCH_COLOR: Rgb = Rgb::new(230, 0, 230);

/// The usual character encoding.
pub(crate) const UTF_8: &str = "UTF-8";

impl Default for SvgOptions {
    fn default() -> Self {
        Self {
            title: String::new(),
            subtitle: String::new(),
            notes: String::new(),
            sample_type: None,
            width: 1200,
            fluid: false,
            frame_height: 16.0,
            min_width: MinWidth::Pixels(0.1),
            font_type: "Verdana".to_owned(),
            font_size: 12.0,
            font_width: 0.59,
            count_name: String::new(),
            name_type: "Function:".to_owned(),
            colors: Palette::Package,
            background: None,
            shading: Shading::Letters,
            color_diffusion: false,
            search_color: SEARCH_COLOR,
            stroke_color: None,
            ui_color: Rgb::new(0, 0, 0),
            inverted: false,
            reverse: false,
            base: Vec::new(),
            flame_chart: false,
            unsorted: false,
            differences: None,
            negate: false,
            truncate_right: false,
            name_attributes: NameAttributes::default(),
            pretty: false,
            encoding: UTF_8.to_owned(),
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
            encoding: if self.has_ascii_encoding() { self.encoding.clone() } else { defaults.encoding },
            ..self.clone()
        }
    }

    /// Whether the encoding has a name, and one whose files begin with the same bytes as ASCII.
    #[must_use]
    pub fn has_ascii_encoding(&self) -> bool {
        let is_named = self.encoding.starts_with(|first: char| first.is_ascii_alphabetic())
            && self.encoding.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
        let name = self.encoding.to_ascii_lowercase();
        is_named && !["utf-16", "utf16", "utf-32", "utf32", "ucs", "ebcdic"].iter().any(|wide| name.starts_with(wide))
    }

    /// The heading.
    pub(crate) fn heading(&self) -> &str {
        match self.title.as_str() {
            "" if self.flame_chart => "Flame Chart",
            "" if self.inverted => "Icicle Graph",
            "" => "Flame Graph",
            title => title,
        }
    }
}
