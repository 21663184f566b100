//! The grammar of `firesteel flamegraph`: the options of `flamegraph.pl` and `inferno-flamegraph` by their names.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use firesteel_render::Rgb;
use firesteel_render::svg::{Background, MinWidth, Palette};

use crate::arguments::{InputArguments, NameArguments};

/// `firesteel flamegraph`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FlamegraphArguments {
    /// What to draw: folded stacks, or any other profile that Firesteel reads. Several are merged.
    ///
    /// Standard input if not given or `-`. Folded stacks with two counts a line are drawn as a difference.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// File to write; standard output if not given.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Draw exactly the boxes that flamegraph.pl draws, its defects included.
    ///
    /// Without this a function is one box under its caller whatever its neighbours are called, what vanished between
    /// two profiles is still seen, and names are tidied up.
    #[arg(long)]
    pub(crate) compat: bool,
    /// Say nothing but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Say how much was drawn.
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    #[command(flatten)]
    pub(crate) stacks: StackArguments,
    #[command(flatten)]
    pub(crate) differences: DifferenceArguments,
    #[command(flatten)]
    pub(crate) texts: TextArguments,
    #[command(flatten)]
    pub(crate) sizes: SizeArguments,
    #[command(flatten)]
    pub(crate) colors: ColorArguments,
    #[command(flatten)]
    pub(crate) input: InputArguments,
}

const EXAMPLES: &str = "Examples:
  perf script | firesteel fold - | firesteel flamegraph > cpu.svg
  firesteel flamegraph cpu.pb.gz -o cpu.svg             any profile will do
  firesteel flamegraph --reverse --inverted a.folded    what costs the most, and who calls it
  firesteel flamegraph --flamechart a.folded            in the order of time, from left to right
  difffolded.pl a.folded b.folded | firesteel flamegraph > what-changed.svg";

/// What becomes of stacks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Stacks")]
pub(crate) struct StackArguments {
    /// Draw stacks from the leaf: each function with its callers above it.
    #[arg(long)]
    pub(crate) reverse: bool,
    /// Put the root at the top: an icicle graph.
    #[arg(short, long)]
    pub(crate) inverted: bool,
    /// Draw a flame chart: samples from left to right in time, with only neighbours merged.
    ///
    /// Where samples have no times, they are in the order of the input.
    #[arg(long)]
    pub(crate) flamechart: bool,
    /// Begin stacks with this function, and leave out those without it. May be given several times.
    ///
    /// Of a function that calls itself the outermost one counts.
    #[arg(long, value_name = "FUNCTION")]
    pub(crate) base: Vec<String>,
    /// Keep what is called in the order of the input, rather than by name.
    #[arg(long)]
    pub(crate) no_sort: bool,
    /// Leave out boxes narrower than this: pixels, such as `0.1`, or a part of the whole, such as `1%`.
    #[arg(long, value_name = "WIDTH", default_value = "0.1", value_parser = parse_min_width)]
    pub(crate) minwidth: MinWidth,
    /// What the whole width stands for, if it is more than the sum of the input.
    #[arg(long, value_name = "N", value_parser = parse_positive)]
    pub(crate) total: Option<f64>,
    /// Multiply counts by this before they are shown.
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = parse_positive)]
    pub(crate) factor: f64,
    /// Which value to draw, such as `alloc_space` or `samples`.
    #[arg(long, value_name = "NAME")]
    pub(crate) sample_index: Option<String>,
    #[command(flatten)]
    pub(crate) names: NameArguments,
}

/// How differences are drawn.
#[derive(Debug, Args)]
#[command(next_help_heading = "Differences (folded stacks with two counts)")]
pub(crate) struct DifferenceArguments {
    /// Let the colours of more and less change places.
    #[arg(long)]
    pub(crate) negate: bool,
    /// What the width of a box follows.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = DiffWidth::Max)]
    pub(crate) diff_width: DiffWidth,
    /// Whose change a colour shows.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = DiffBy::Total)]
    pub(crate) diff_by: DiffBy,
    /// The colours of more and less.
    #[arg(long, value_name = "COLORS", value_enum, default_value_t = DiffColors::Safe)]
    pub(crate) diff_colors: DiffColors,
}

/// What the width of a box follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffWidth {
    /// The greater of both counts of a stack: everything is seen.
    Max,
    /// The first count: what is new is not seen.
    Before,
    /// The second count: what vanished is not seen.
    After,
    /// How much changed.
    Delta,
}

/// Whose change a colour shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffBy {
    /// The function with all that it calls.
    Total,
    /// The function itself.
    #[value(name = "self")]
    Own,
}

/// The colours of more and less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffColors {
    /// Orange and blue, apart for colour-blind eyes.
    Safe,
    /// Red and blue, as flamegraph.pl has them.
    Classic,
}

/// What is written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Texts")]
pub(crate) struct TextArguments {
    /// Heading.
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Second line under the heading.
    #[arg(long, value_name = "TEXT")]
    pub(crate) subtitle: Option<String>,
    /// What counts count, if not what the input says or `samples`.
    #[arg(long, value_name = "TEXT")]
    pub(crate) countname: Option<String>,
    /// What a box stands for, in front of its details.
    #[arg(long, value_name = "TEXT", default_value = "Function:")]
    pub(crate) nametype: String,
    /// Attributes for the boxes of some functions: lines of `function TAB name=value TAB name=value …`.
    ///
    /// `href` makes a box a link, `title` takes the place of its tooltip.
    #[arg(long, value_name = "FILE")]
    pub(crate) nameattr: Option<PathBuf>,
    /// A comment to keep in the file.
    #[arg(long, value_name = "TEXT")]
    pub(crate) notes: Option<String>,
    /// Cut names that do not fit at their end, rather than leaving out directories and packages first.
    #[arg(long)]
    pub(crate) truncate_text_right: bool,
    /// Character encoding that the file declares.
    #[arg(long, value_name = "NAME", default_value = "UTF-8")]
    pub(crate) encoding: String,
    /// Indent the file, with every element on a line of its own.
    #[arg(long)]
    pub(crate) pretty_xml: bool,
}

/// How large things are.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sizes")]
pub(crate) struct SizeArguments {
    /// Width of the picture in pixels, or `fluid` for that of the window.
    #[arg(long, value_name = "PIXELS", default_value = "1200", value_parser = parse_width)]
    pub(crate) width: Width,
    /// Height of a box in pixels.
    #[arg(long, value_name = "PIXELS", default_value = "16", value_parser = parse_positive)]
    pub(crate) height: f64,
    /// Font.
    #[arg(long, value_name = "NAME", default_value = "Verdana")]
    pub(crate) fonttype: String,
    /// Size of the font in pixels.
    #[arg(long, value_name = "PIXELS", default_value = "12", value_parser = parse_positive)]
    pub(crate) fontsize: f64,
    /// Width of a character, as a part of the font's size.
    #[arg(long, value_name = "FACTOR", default_value = "0.59", value_parser = parse_positive)]
    pub(crate) fontwidth: f64,
}

/// Which colours there are.
#[derive(Debug, Args)]
#[command(next_help_heading = "Colours")]
pub(crate) struct ColorArguments {
    /// Colours of boxes: by whose code it is (package), by parts of a program (java, js, perl, python, rust, chain),
    /// or from a palette (hot, mem, io, wakeup, red, green, blue, aqua, yellow, purple, orange).
    ///
    /// `package` if not given, or `hot` with --hash, --random, --deterministic or --compat.
    #[arg(short, long, value_name = "PALETTE", value_parser = parse_palette)]
    pub(crate) colors: Option<Palette>,
    /// Ground: yellow, blue, green, grey, or a colour as `#rrggbb`; what suits the palette if not given.
    #[arg(long, value_name = "COLOR", value_parser = parse_background)]
    pub(crate) bgcolors: Option<Background>,
    /// Give functions colours by the first letters of their names: similar names, similar colours.
    #[arg(long, group = "shading")]
    pub(crate) hash: bool,
    /// Give each box another colour.
    #[arg(long, group = "shading")]
    pub(crate) random: bool,
    /// Give functions colours by their whole names.
    #[arg(long, group = "shading")]
    pub(crate) deterministic: bool,
    /// Give boxes colours by their widths, the wider the stronger.
    #[arg(long)]
    pub(crate) colordiffusion: bool,
    /// Keep the colours of functions in a file and use them again: `palette.map`, or `--cp=FILE`.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "palette.map")]
    pub(crate) cp: Option<OsString>,
    /// The same with the file's name behind a space.
    #[arg(long, value_name = "FILE", conflicts_with = "cp")]
    pub(crate) palette_file: Option<PathBuf>,
    /// Colour of what a search finds.
    #[arg(long, value_name = "#RRGGBB", default_value = "#e600e6", value_parser = parse_color)]
    pub(crate) search_color: Rgb,
    /// Colour of the outline of boxes, or `none`.
    #[arg(long, value_name = "#RRGGBB", default_value = "none", value_parser = parse_stroke)]
    pub(crate) stroke_color: Stroke,
    /// Colour of the heading, the buttons and the details.
    #[arg(long, value_name = "#RRGGBB", default_value = "#000000", value_parser = parse_color)]
    pub(crate) uicolor: Rgb,
}

/// The width of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// That of the window.
    Fluid,
    /// So many pixels.
    Pixels(u32),
}

/// The outline of boxes, if any. `Option` has a meaning of its own for clap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stroke(pub(crate) Option<Rgb>);

/// The widest picture that is drawn.
const MAX_WIDTH: u32 = 1_000_000;

fn parse_width(text: &str) -> Result<Width, String> {
    if matches!(text, "fluid" | "100%") {
        return Ok(Width::Fluid);
    }
    let pixels = text.strip_suffix("px").unwrap_or(text).parse().ok();
    let pixels = pixels.filter(|pixels| (40..=MAX_WIDTH).contains(pixels));
    pixels.map(Width::Pixels).ok_or_else(|| format!("not a number of pixels from 40 to {MAX_WIDTH}, nor `fluid`"))
}

fn parse_min_width(text: &str) -> Result<MinWidth, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    let width = match text.strip_suffix('%') {
        Some(percent) => number(percent).map(MinWidth::Percent),
        None => number(text.strip_suffix("px").unwrap_or(text)).map(MinWidth::Pixels),
    };
    width.ok_or_else(|| "neither a number of pixels nor a percentage".to_owned())
}

fn parse_positive(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "not a number above zero".to_owned())
}

fn parse_palette(text: &str) -> Result<Palette, String> {
    Palette::from_name(text).ok_or_else(|| {
        let names: Vec<&str> = Palette::ALL.into_iter().map(Palette::as_str).collect();
        format!("there are: {}", names.join(", "))
    })
}

fn parse_background(text: &str) -> Result<Background, String> {
    Background::from_name(text).ok_or_else(|| "neither yellow, blue, green, grey nor #rrggbb".to_owned())
}

fn parse_color(text: &str) -> Result<Rgb, String> {
    Rgb::parse(text).ok_or_else(|| "not a colour as #rrggbb".to_owned())
}

fn parse_stroke(text: &str) -> Result<Stroke, String> {
    if text == "none" { Ok(Stroke(None)) } else { parse_color(text).map(|color| Stroke(Some(color))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_read() {
        assert_eq!(parse_width("fluid"), Ok(Width::Fluid));
        assert_eq!(parse_width("100%"), Ok(Width::Fluid));
        assert_eq!(parse_width("900"), Ok(Width::Pixels(900)));
        for text in ["0", "39", "1000001", "-5", "wide", ""] {
            assert!(parse_width(text).is_err(), "{text}");
        }
        assert_eq!(parse_min_width("0.5"), Ok(MinWidth::Pixels(0.5)));
        assert_eq!(parse_min_width("2px"), Ok(MinWidth::Pixels(2.0)));
        assert_eq!(parse_min_width("1.5%"), Ok(MinWidth::Percent(1.5)));
        for text in ["-1", "%", "NaN", "inf"] {
            assert!(parse_min_width(text).is_err(), "{text}");
        }
    }
}
