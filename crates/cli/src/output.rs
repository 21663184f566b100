//! Results to files, each in the format that its ending names, or to standard output.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use firesteel_formats::{FoldOptions, callgrind, firefox, folded, otlp, pprof, speedscope, trace_events};
use firesteel_model::{Profile, RootBy, TopTable};
use firesteel_render::html::{self, HtmlOptions, NamedProfile};
use firesteel_render::quantity::format_bytes;
use firesteel_render::svg::{self, Palette, SvgOptions};
use firesteel_render::text::{TopOptions, top_csv, top_json, top_markdown};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::arguments::{OutputArguments, ViewOptions};
use crate::error::CommandError;
use crate::output_format::{OutputFormat, OutputKind, is_standard_output, split_ending};
use crate::terminal::Terminal;
use crate::view::{self, View};

/// Refuses what could not be written, before a long recording rather than after it.
pub(crate) fn check(arguments: &OutputArguments) -> Result<(), CommandError> {
    palette(&arguments.view)?;
    for path in &arguments.outputs {
        OutputKind::of(path, arguments.format)?;
        check_folder(path)?;
    }
    Ok(())
}

/// Refuses a file in a folder that does not exist.
pub(crate) fn check_folder(path: &Path) -> Result<(), CommandError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        return Ok(());
    }
    Err(CommandError::usage(
        format!("no folder `{}` to write `{}` to", folder.display(), path.display()),
        format!("make it first: `mkdir -p {}`", folder.display()),
    ))
}

fn palette(view: &ViewOptions) -> Result<Palette, CommandError> {
    Palette::from_name(&view.colors).ok_or_else(|| {
        let names: Vec<&str> = Palette::ALL.into_iter().map(Palette::as_str).collect();
        CommandError::usage(format!("no colours `{}`", view.colors), format!("there are: {}", names.join(", ")))
    })
}

/// Whether anything that is to be written has a place for the times of samples.
pub(crate) fn has_times(arguments: &OutputArguments) -> bool {
    let kinds = arguments.outputs.iter().filter_map(|path| OutputKind::of(path, arguments.format).ok());
    kinds.into_iter().any(|kind| kind.format.has_times())
}

/// Writes every file asked for, or an HTML report named after `label` and the time, and says where they are.
pub(crate) fn write(
    profiles: &[View<'_>],
    label: &str,
    arguments: &OutputArguments,
    terminal: &mut Terminal<'_>,
) -> Result<(), CommandError> {
    let mut outputs = arguments.outputs.clone();
    if outputs.is_empty() {
        outputs.push(default_path(label));
    }
    let format = arguments.format.filter(|_| !arguments.outputs.is_empty());
    let mut report = None;
    for path in &outputs {
        let kind = OutputKind::of(path, format)?;
        if kind.format == OutputFormat::Html {
            deliver(path, kind, terminal, |output| write_html(profiles, &arguments.view, output))?;
            if !is_standard_output(path) {
                report.get_or_insert(path);
            }
            continue;
        }
        if profiles.len() > 1 && is_standard_output(path) {
            return Err(CommandError::usage(
                "several profiles do not go to standard output together",
                "ask for one with `--type`, or write to a file: each profile gets its own",
            ));
        }
        for profile in profiles {
            let path = if profiles.len() > 1 { with_name(path, &profile.name) } else { path.clone() };
            deliver(&path, kind, terminal, |output| write_single(kind, profile, arguments, output))?;
        }
    }
    if let Some(report) = report {
        open(report, arguments.no_open, terminal);
    }
    Ok(())
}

/// Writes what `write` gives to a file or to standard output, compressed if asked for.
fn deliver(
    path: &Path,
    kind: OutputKind,
    terminal: &mut Terminal<'_>,
    write: impl FnOnce(&mut dyn Write) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let compress = |output: &mut dyn Write| {
        // pprof does it by itself.
        if !kind.gzip || kind.format == OutputFormat::Pprof {
            return write(output);
        }
        let mut gzip = GzEncoder::new(output, Compression::default());
        write(&mut gzip)?;
        gzip.finish().map_err(while_writing)?;
        Ok(())
    };
    if is_standard_output(path) {
        compress(&mut terminal.out)?;
        return terminal.flush();
    }
    create(path, |file| compress(file))?;
    said(path, terminal);
    Ok(())
}

fn write_html(profiles: &[View<'_>], view: &ViewOptions, output: &mut dyn Write) -> Result<(), CommandError> {
    let sample_type = match profiles {
        [profile] => view::sample_type(profile.raw, view.sample_index.as_deref())?,
        _ => None,
    };
    let named: Vec<NamedProfile<'_>> =
        profiles.iter().map(|profile| NamedProfile { name: profile.name.clone(), profile: &profile.shown }).collect();
    let options = HtmlOptions { title: view.title.clone().unwrap_or_default(), sample_type, ..HtmlOptions::default() };
    Ok(output.write_all(html::render_all(&named, &options).as_bytes()).map_err(while_writing)?)
}

fn write_single(
    kind: OutputKind,
    profile: &View<'_>,
    arguments: &OutputArguments,
    mut output: &mut dyn Write,
) -> Result<(), CommandError> {
    let View { raw, shown, .. } = profile;
    let view = &arguments.view;
    let column = view::sample_type(raw, view.sample_index.as_deref())?;
    let table = |write: fn(&Profile, &TopTable, &TopOptions) -> String| {
        let column = column.unwrap_or_else(|| raw.default_sample_type());
        let whole = profile.totals.get(column).copied();
        let options = TopOptions { limit: 0, whole, ..TopOptions::default() };
        write(shown, &TopTable::of_profile(shown, column), &options)
    };
    match kind.format {
        OutputFormat::Html => {}
        OutputFormat::Svg => {
            let options = SvgOptions {
                title: view.title.clone().unwrap_or_default(),
                subtitle: if view.title.is_none() { raw.metadata.title.clone() } else { String::new() },
                sample_type: column,
                colors: palette(view)?,
                inverted: view.inverted,
                ..SvgOptions::default()
            };
            svg::write(shown, &options, &mut output).map_err(while_writing)?;
        }
        OutputFormat::Pprof => {
            let bytes =
                if kind.gzip { pprof::write_gzip(raw, &pprof::WriteOptions::default()) } else { pprof::write(raw) };
            output.write_all(&bytes).map_err(while_writing)?;
        }
        OutputFormat::Csv => output.write_all(table(top_csv).as_bytes()).map_err(while_writing)?,
        OutputFormat::Markdown => output.write_all(table(top_markdown).as_bytes()).map_err(while_writing)?,
        OutputFormat::TopJson => output.write_all(table(top_json).as_bytes()).map_err(while_writing)?,
        OutputFormat::Folded => {
            let options = FoldOptions {
                root: if view::shows_root(raw) { RootBy::Name } else { RootBy::Nothing },
                labels: arguments.labels.clone(),
                ..FoldOptions::default()
            };
            let named = profile.granularity.name_frames(raw);
            folded::write(&named, &options, &mut output)?;
        }
        OutputFormat::Speedscope => speedscope::write(raw, output)?,
        OutputFormat::Firefox => firefox::write(raw, column, output)?,
        OutputFormat::Trace => trace_events::write(raw, column, output)?,
        OutputFormat::Otlp => otlp::write(raw, output)?,
        OutputFormat::Callgrind => callgrind::write(raw, column.unwrap_or_else(|| raw.default_sample_type()), output)?,
    }
    Ok(())
}

/// Writes a file through a temporary one beside it, so that a failure leaves no half report.
pub(crate) fn create<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let failed = |source| CommandError::File { action: "write", path: path.to_owned(), source };
    // A device or a pipe is written as it is.
    let in_place = path.metadata().is_ok_and(|metadata| !metadata.is_file());
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}.part", std::process::id()));
    let draft = if in_place { path.to_owned() } else { PathBuf::from(draft) };
    let mut file = BufWriter::new(File::create(&draft).map_err(failed)?);
    let written = write(&mut file).and_then(|value| {
        file.flush().map_err(failed)?;
        if !in_place {
            std::fs::rename(&draft, path).map_err(failed)?;
        }
        Ok(value)
    });
    if written.is_err() && !in_place {
        // The error that is reported is the first one.
        let _ = std::fs::remove_file(&draft);
    }
    written
}

pub(crate) fn save(path: &Path, bytes: &[u8], terminal: &mut Terminal<'_>) -> Result<(), CommandError> {
    create(path, |file| Ok(file.write_all(bytes).map_err(while_writing)?))?;
    said(path, terminal);
    Ok(())
}

pub(crate) fn while_writing(source: std::io::Error) -> firesteel_formats::Error {
    firesteel_formats::Error::Io { action: "writing", source }
}

pub(crate) fn said(path: &Path, terminal: &mut Terminal<'_>) {
    let size = path.metadata().map_or(0, |metadata| metadata.len());
    terminal.say(format!("wrote {} ({})", path.display(), format_bytes(size as f64)));
}

pub(crate) fn default_path(label: &str) -> PathBuf {
    let label: String = label
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .take(60)
        .collect();
    PathBuf::from(format!("firesteel-{label}-{}.html", jiff::Zoned::now().strftime("%Y%m%d-%H%M%S")))
}

/// `x.svg` for the profile `heap` is `x-heap.svg`.
fn with_name(path: &Path, name: &str) -> PathBuf {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, ending) = split_ending(&file);
    path.with_file_name(format!("{stem}-{name}{ending}"))
}

pub(crate) fn open(report: &Path, no_open: bool, terminal: &mut Terminal<'_>) {
    let path = std::path::absolute(report).unwrap_or_else(|_| report.to_owned());
    let url = format!("file://{}", path.display());
    if !no_open && terminal.can_open_browser && webbrowser::open(&url).is_ok() {
        terminal.say("opened in the browser; the report is one file that works offline, share it as it is");
    } else {
        terminal.say(format!("open {url} in any browser; it is one file that works offline, share it as it is"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_has_its_file() {
        assert_eq!(with_name(Path::new("out/x.svg"), "heap"), Path::new("out/x-heap.svg"));
        assert_eq!(with_name(Path::new("x.pb.gz"), "cpu"), Path::new("x-cpu.pb.gz"));
    }

    #[test]
    fn reports_are_named_after_what_was_profiled() {
        let path = default_path("a b/ü:6060");
        assert!(path.to_string_lossy().starts_with("firesteel-a-b---6060-"), "{path:?}");
    }
}
