//! `firesteel flamegraph`: folded stacks, or any profile, as SVG, with the options of `flamegraph.pl`.

use std::borrow::Cow;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use firesteel_filter::Granularity;
use firesteel_formats::{FoldOptions, Format, ReadOptions, detect};
use firesteel_model::{Profile, RootBy, Unit};
use firesteel_normalize::Rule;
use firesteel_render::quantity::format_integer;
use firesteel_render::svg::{
    self, DifferenceWidth, Differences, NameAttributes, NoTab, Palette, PaletteMap, Shading, SvgOptions,
};

use crate::arguments::flamegraph::{DiffBy, DiffColors, DiffWidth, FlamegraphArguments, Stroke, Width};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::filters;
use crate::input;
use crate::output;
use crate::terminal::Terminal;
use crate::view;

pub(crate) fn run(arguments: &FlamegraphArguments, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    let mut options = options_of(arguments)?;
    let mut palette = PaletteFile::open(arguments)?;
    let files = files_of(arguments)?;
    let filter = filters::compile(&arguments.input.filters, None)?;
    if arguments.compat && !filter.is_empty() {
        return Err(CommandError::usage(
            "filters are not for `--compat`, which draws lines as they are",
            "filter first: `firesteel fold --focus f x.folded | firesteel flamegraph --compat`",
        ));
    }
    if arguments.quiet {
        terminal.err = Box::new(std::io::sink());
    }
    let drawn = if arguments.compat {
        draw_lines(&files, arguments, &options, palette.as_mut(), terminal)?
    } else {
        let mut read_options = input::options_for(&filter);
        read_options.times |= arguments.stacks.flamechart;
        read_options.folded.keeps_order = arguments.stacks.flamechart;
        let loaded = input::load(&files, &read_options, &arguments.input.symbols, terminal)?;
        let filtered = match filters::apply(&filter, &loaded, terminal)?.profile {
            Cow::Owned(filtered) => filtered,
            Cow::Borrowed(_) => loaded,
        };
        let shown = shown(filtered, arguments, terminal);
        options.sample_type = view::sample_type(&shown, arguments.stacks.sample_index.as_deref())?;
        options.differences = differences_of(&shown, arguments);
        write(arguments, terminal, |output| match &mut palette {
            Some(palette) => svg::write_with_palette(&shown, &options, &mut palette.map, output),
            None => svg::write(&shown, &options, output),
        })?;
        Drawn::of(&shown, &options)
    };
    if drawn.total <= 0.0 {
        terminal.say("error: there is nothing to draw: no sample has a value above zero");
        return Ok(Exit::Usage);
    }
    if let Some(palette) = palette {
        palette.save()?;
    }
    drawn.say(arguments, terminal);
    Ok(Exit::Success)
}

/// What there is to say about a picture.
struct Drawn {
    /// What its whole width stands for.
    total: f64,
    /// Whether that is a number of samples.
    is_samples: bool,
    /// How many stacks, or lines of text, it was made of.
    stacks: u64,
}

impl Drawn {
    fn of(profile: &Profile, options: &SvgOptions) -> Self {
        let column = options.sample_type.unwrap_or_else(|| profile.default_sample_type());
        let totals = profile.totals();
        let columns = match options.differences {
            Some(Differences { before, after, .. }) => vec![before, after],
            None => vec![column],
        };
        let value = |column: usize| {
            let value_type = profile.sample_types().get(column)?;
            totals.get(column).map(|&total| value_type.to_f64(total))
        };
        let unit = profile.sample_types().get(column).map(|value_type| &value_type.unit);
        Self {
            total: columns.into_iter().filter_map(value).fold(0.0, f64::max),
            is_samples: unit == Some(&Unit::Count) && options.count_name.is_empty(),
            stacks: profile.sample_count() as u64,
        }
    }

    fn say(&self, arguments: &FlamegraphArguments, terminal: &mut Terminal<'_>) {
        if self.is_samples && self.total < 100.0 {
            terminal.say(format!("warning: there are only {} samples; shares of so few mean little", self.total));
        }
        if arguments.verbose > 0 {
            terminal.say(format!("drew {} stacks", format_integer(self.stacks as i64)));
        }
    }
}

/// The picture of `flamegraph.pl`, from lines of text.
fn draw_lines(
    files: &[PathBuf],
    arguments: &FlamegraphArguments,
    options: &SvgOptions,
    palette: Option<&mut PaletteFile>,
    terminal: &mut Terminal<'_>,
) -> Result<Drawn, CommandError> {
    let text = folded_text(files, terminal)?;
    let picture = svg::compat::render(&text, options, palette.map(|palette| &mut palette.map));
    write(arguments, terminal, |output| output.write_all(picture.svg.as_bytes()))?;
    match picture.ignored {
        0 => {}
        1 => terminal.say("warning: 1 line does not end in a count and is left out"),
        many => {
            let many = format_integer(i64::try_from(many).unwrap_or(i64::MAX));
            terminal.say(format!("warning: {many} lines do not end in a count and are left out"));
        }
    }
    let stacks = (text.lines().count() as u64).saturating_sub(picture.ignored);
    Ok(Drawn { total: picture.total, is_samples: options.count_name.is_empty(), stacks })
}

/// All inputs as folded text: what is folded, as it is; what is not, folded.
fn folded_text(files: &[PathBuf], terminal: &mut Terminal<'_>) -> Result<String, CommandError> {
    let mut text = Vec::new();
    for path in files {
        let mut bytes = Vec::new();
        let failed = |source| CommandError::File { action: "read", path: path.clone(), source };
        input::open(path)?.read_to_end(&mut bytes).map_err(failed)?;
        // As much as a reader looks at.
        let head = bytes.get(..1 << 16).unwrap_or(&bytes);
        if detect(head).ok() == Some(Format::Folded) {
            text.append(&mut bytes);
        } else {
            let name = input::name_of(path);
            let options = FoldOptions { root: RootBy::Name, ..FoldOptions::default() };
            let folded =
                firesteel_formats::fold(&name, &mut bytes.as_slice(), &ReadOptions::default(), &options, &mut text)?;
            for warning in folded.warnings.iter() {
                terminal.say(format!("warning: {name}: {warning}"));
            }
        }
        if text.last().is_some_and(|&last| last != b'\n') {
            text.push(b'\n');
        }
    }
    Ok(match String::from_utf8_lossy(&text) {
        Cow::Borrowed(_) => String::from_utf8(text).unwrap_or_default(),
        Cow::Owned(repaired) => repaired,
    })
}

/// The inputs; standard input if there are none, unless somebody would have to type it.
fn files_of(arguments: &FlamegraphArguments) -> Result<Vec<PathBuf>, CommandError> {
    if !arguments.files.is_empty() {
        return Ok(arguments.files.clone());
    }
    if std::io::stdin().is_terminal() {
        return Err(CommandError::usage(
            "nothing to draw",
            "give a file, or pipe folded stacks in: `perf script | firesteel fold - | firesteel flamegraph > x.svg`",
        ));
    }
    Ok(vec![PathBuf::from("-")])
}

/// The profile as it is drawn. A flame chart tells threads apart by itself.
fn shown(mut profile: Profile, arguments: &FlamegraphArguments, terminal: &mut Terminal<'_>) -> Profile {
    let names = &arguments.stacks.names;
    if arguments.stacks.flamechart && profile.has_times() {
        view::make_clean(&mut profile, &names.rules(&Rule::DEFAULT), terminal);
    } else {
        view::make_for_people(&mut profile, names, terminal);
    }
    match filters::granularity(&arguments.input.filters) {
        Granularity::Functions => profile,
        granularity => granularity.name_frames(&profile).into_owned(),
    }
}

fn differences_of(profile: &Profile, arguments: &FlamegraphArguments) -> Option<Differences> {
    let given = &arguments.differences;
    let found = Differences::of(profile).filter(|_| arguments.stacks.sample_index.is_none())?;
    Some(Differences {
        width: match given.diff_width {
            DiffWidth::Max => DifferenceWidth::Max,
            DiffWidth::Before => DifferenceWidth::Before,
            DiffWidth::After => DifferenceWidth::After,
            DiffWidth::Delta => DifferenceWidth::Delta,
        },
        own_only: given.diff_by == DiffBy::Own,
        classic_colors: given.diff_colors == DiffColors::Classic,
        ..found
    })
}

/// Writes the picture to where it is wanted.
fn write(
    arguments: &FlamegraphArguments,
    terminal: &mut Terminal<'_>,
    draw: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), CommandError> {
    if let Some(path) = &arguments.output {
        return output::create(path, |file| Ok(draw(file).map_err(output::while_writing)?));
    }
    draw(&mut terminal.out).map_err(|source| CommandError::Output { source })?;
    terminal.flush()
}

fn options_of(arguments: &FlamegraphArguments) -> Result<SvgOptions, CommandError> {
    let FlamegraphArguments { stacks, differences, texts, sizes, colors, .. } = arguments;
    let text = |given: &Option<String>| given.clone().unwrap_or_default();
    let shading = match (colors.hash, colors.random, colors.deterministic) {
        (true, _, _) => Shading::FirstLetters,
        (_, true, _) => Shading::Random,
        (_, _, true) => Shading::WholeName,
        _ => Shading::Letters,
    };
    // Categories leave no room for other rules.
    let usual = if shading == Shading::Letters { Palette::Package } else { Palette::Hot };
    let (width, fluid) = match sizes.width {
        Width::Fluid => (SvgOptions::default().width, true),
        Width::Pixels(pixels) => (pixels, false),
    };
    let Stroke(stroke_color) = colors.stroke_color;
    let options = SvgOptions {
        title: text(&texts.title),
        subtitle: text(&texts.subtitle),
        notes: text(&texts.notes),
        width,
        fluid,
        frame_height: sizes.height,
        min_width: stacks.minwidth,
        font_type: sizes.fonttype.clone(),
        font_size: sizes.fontsize,
        font_width: sizes.fontwidth,
        count_name: text(&texts.countname),
        name_type: texts.nametype.clone(),
        colors: colors.colors.unwrap_or(usual),
        background: colors.bgcolors,
        shading,
        color_diffusion: colors.colordiffusion,
        search_color: colors.search_color,
        stroke_color,
        ui_color: colors.uicolor,
        inverted: stacks.inverted,
        reverse: stacks.reverse,
        base: stacks.base.clone(),
        flame_chart: stacks.flamechart,
        unsorted: stacks.no_sort,
        negate: differences.negate,
        truncate_right: texts.truncate_text_right,
        name_attributes: name_attributes(texts.nameattr.as_deref())?,
        pretty: texts.pretty_xml,
        encoding: texts.encoding.clone(),
        factor: stacks.factor,
        total: stacks.total,
        ..SvgOptions::default()
    };
    if !options.has_ascii_encoding() {
        return Err(CommandError::usage(
            format!("a picture cannot be in the encoding `{}`", options.encoding),
            "use UTF-8, or another that has ASCII, such as ISO-8859-1",
        ));
    }
    Ok(options)
}

fn name_attributes(path: Option<&Path>) -> Result<NameAttributes, CommandError> {
    let Some(path) = path else { return Ok(NameAttributes::default()) };
    NameAttributes::parse(&read_text(path)?).map_err(|NoTab(line)| {
        CommandError::usage(
            format!("line {line} of `{}` has no tab", path.display()),
            "each line is a function, a tab, and attributes as `name=value` with tabs between them",
        )
    })
}

fn read_text(path: &Path) -> Result<String, CommandError> {
    let bytes = std::fs::read(path);
    let bytes = bytes.map_err(|source| CommandError::File { action: "read", path: path.to_owned(), source })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The colours that functions keep from picture to picture.
struct PaletteFile {
    path: PathBuf,
    map: PaletteMap,
}

impl PaletteFile {
    /// Reads the file, if one is wanted; one that does not exist yet is empty.
    fn open(arguments: &FlamegraphArguments) -> Result<Option<Self>, CommandError> {
        let cp = arguments.colors.cp.as_ref().map(PathBuf::from);
        let Some(path) = cp.or_else(|| arguments.colors.palette_file.clone()) else { return Ok(None) };
        let text = if path.exists() { read_text(&path)? } else { String::new() };
        let parse = if arguments.compat { PaletteMap::parse_like_the_original } else { PaletteMap::parse };
        Ok(Some(Self { map: parse(&text), path }))
    }

    fn save(&self) -> Result<(), CommandError> {
        output::create(&self.path, |file| {
            let written = file.write_all(self.map.to_text().as_bytes());
            Ok(written.map_err(output::while_writing)?)
        })
    }
}
