//! Results to files, each in the format that its ending names.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use firesteel_formats::{FoldOptions, folded, pprof};
use firesteel_model::RootBy;
use firesteel_render::html::{self, HtmlOptions, NamedProfile};
use firesteel_render::quantity::format_bytes;
use firesteel_render::svg::{self, Palette, SvgOptions};

use crate::arguments::{OutputArguments, ViewOptions};
use crate::error::CommandError;
use crate::terminal::Terminal;
use crate::view::{self, View};

/// What a file's ending asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OutputFormat {
    Html,
    Svg,
    PprofGzip,
    Pprof,
    Folded,
}

impl OutputFormat {
    /// Endings in the order they are tried, longer ones first.
    const ENDINGS: [(&'static str, Self); 10] = [
        (".html", Self::Html),
        (".htm", Self::Html),
        (".svg", Self::Svg),
        (".pb.gz", Self::PprofGzip),
        (".pprof.gz", Self::PprofGzip),
        (".pprof", Self::PprofGzip),
        (".pb", Self::Pprof),
        (".folded", Self::Folded),
        (".collapsed", Self::Folded),
        (".txt", Self::Folded),
    ];

    fn of(path: &Path) -> Result<Self, CommandError> {
        Self::by_ending(path).map(|(_, format)| format).ok_or_else(|| {
            CommandError::usage(
                format!("the ending of `{}` names no format", path.display()),
                "use .html, .svg, .pb.gz (pprof) or .folded",
            )
        })
    }

    /// The ending that a file has, with its format.
    fn by_ending(path: &Path) -> Option<(&'static str, Self)> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        Self::ENDINGS.into_iter().find(|(ending, _)| name.ends_with(ending))
    }
}

/// Refuses what could not be written, before a long recording rather than after it.
pub(crate) fn check(arguments: &OutputArguments) -> Result<(), CommandError> {
    palette(&arguments.view)?;
    for path in &arguments.outputs {
        OutputFormat::of(path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(CommandError::usage(
                format!("no folder `{}` to write `{}` to", folder.display(), path.display()),
                format!("make it first: `mkdir -p {}`", folder.display()),
            ));
        }
    }
    Ok(())
}

fn palette(view: &ViewOptions) -> Result<Palette, CommandError> {
    Palette::from_name(&view.colors).ok_or_else(|| {
        let names: Vec<&str> = Palette::ALL.into_iter().map(Palette::as_str).collect();
        CommandError::usage(format!("no colours `{}`", view.colors), format!("there are: {}", names.join(", ")))
    })
}

/// Writes every file asked for, or an HTML report named after `label` and the time, and says where they are.
pub(crate) fn write(
    profiles: &[View<'_>],
    label: &str,
    arguments: &OutputArguments,
    terminal: &mut Terminal<'_>,
) -> Result<(), CommandError> {
    let outputs = if arguments.outputs.is_empty() { vec![default_path(label)] } else { arguments.outputs.clone() };
    let mut report = None;
    for path in &outputs {
        let format = OutputFormat::of(path)?;
        if format == OutputFormat::Html {
            write_html(path, profiles, &arguments.view, terminal)?;
            report.get_or_insert(path);
            continue;
        }
        for profile in profiles {
            let path = if profiles.len() > 1 { with_name(path, &profile.name) } else { path.clone() };
            write_single(&path, format, profile, &arguments.view, terminal)?;
        }
    }
    if let Some(report) = report {
        open(report, arguments.no_open, terminal);
    }
    Ok(())
}

fn write_html(
    path: &Path,
    profiles: &[View<'_>],
    view: &ViewOptions,
    terminal: &mut Terminal<'_>,
) -> Result<(), CommandError> {
    let sample_type = match profiles {
        [profile] => view::sample_type(profile.raw, view.sample_index.as_deref())?,
        _ => None,
    };
    let named: Vec<NamedProfile<'_>> =
        profiles.iter().map(|profile| NamedProfile { name: profile.name.clone(), profile: &profile.shown }).collect();
    let options = HtmlOptions { title: view.title.clone().unwrap_or_default(), sample_type, ..HtmlOptions::default() };
    save(path, html::render_all(&named, &options).as_bytes(), terminal)
}

fn write_single(
    path: &Path,
    format: OutputFormat,
    profile: &View<'_>,
    view: &ViewOptions,
    terminal: &mut Terminal<'_>,
) -> Result<(), CommandError> {
    let View { raw, shown, .. } = profile;
    match format {
        OutputFormat::Html => Ok(()),
        OutputFormat::Svg => {
            let options = SvgOptions {
                title: view.title.clone().unwrap_or_default(),
                subtitle: if view.title.is_none() { raw.metadata.title.clone() } else { String::new() },
                sample_type: view::sample_type(raw, view.sample_index.as_deref())?,
                colors: palette(view)?,
                inverted: view.inverted,
                ..SvgOptions::default()
            };
            create(path, |file| svg::write(shown, &options, file).map_err(while_writing))?;
            said(path, terminal);
            Ok(())
        }
        OutputFormat::PprofGzip => save(path, &pprof::write_gzip(raw, &pprof::WriteOptions::default()), terminal),
        OutputFormat::Pprof => save(path, &pprof::write(raw), terminal),
        OutputFormat::Folded => {
            let options = FoldOptions {
                root: if view::shows_root(raw) { RootBy::Name } else { RootBy::Nothing },
                ..FoldOptions::default()
            };
            create(path, |file| folded::write(raw, &options, file).map(|_| ()))?;
            said(path, terminal);
            Ok(())
        }
    }
}

/// Writes a file through a temporary one beside it, so that a failure leaves no half report.
pub(crate) fn create<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<T, firesteel_formats::Error>,
) -> Result<T, CommandError> {
    let failed = |source| CommandError::File { action: "write", path: path.to_owned(), source };
    // A device or a pipe is written as it is.
    let in_place = path.metadata().is_ok_and(|metadata| !metadata.is_file());
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}.part", std::process::id()));
    let draft = if in_place { path.to_owned() } else { PathBuf::from(draft) };
    let mut file = BufWriter::new(File::create(&draft).map_err(failed)?);
    let written = write(&mut file).map_err(CommandError::from).and_then(|value| {
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

fn save(path: &Path, bytes: &[u8], terminal: &mut Terminal<'_>) -> Result<(), CommandError> {
    create(path, |file| file.write_all(bytes).map_err(while_writing))?;
    said(path, terminal);
    Ok(())
}

fn while_writing(source: std::io::Error) -> firesteel_formats::Error {
    firesteel_formats::Error::Io { action: "writing", source }
}

fn said(path: &Path, terminal: &mut Terminal<'_>) {
    let size = path.metadata().map_or(0, |metadata| metadata.len());
    terminal.say(format!("wrote {} ({})", path.display(), format_bytes(size as f64)));
}

fn default_path(label: &str) -> PathBuf {
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
    let ending = OutputFormat::by_ending(path).map_or("", |(ending, _)| ending);
    let (stem, ending) = file.split_at(file.len() - ending.len());
    path.with_file_name(format!("{stem}-{name}{ending}"))
}

fn open(report: &Path, no_open: bool, terminal: &mut Terminal<'_>) {
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
    fn endings_name_formats() {
        assert_eq!(OutputFormat::of(Path::new("a/B.HTML")).ok(), Some(OutputFormat::Html));
        assert_eq!(OutputFormat::of(Path::new("cpu.pb.gz")).ok(), Some(OutputFormat::PprofGzip));
        assert_eq!(OutputFormat::of(Path::new("cpu.pb")).ok(), Some(OutputFormat::Pprof));
        assert!(OutputFormat::of(Path::new("cpu.png")).is_err());
        assert_eq!(with_name(Path::new("out/x.svg"), "heap"), Path::new("out/x-heap.svg"));
        assert_eq!(with_name(Path::new("x.pb.gz"), "cpu"), Path::new("x-cpu.pb.gz"));
    }

    #[test]
    fn reports_are_named_after_what_was_profiled() {
        let path = default_path("a b/ü:6060");
        assert!(path.to_string_lossy().starts_with("firesteel-a-b---6060-"), "{path:?}");
    }
}
