//! The formats that results are written in, and how files name them.

use std::path::Path;

use clap::ValueEnum;

use crate::error::CommandError;

/// A format of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// A report in one file.
    Html,
    /// A picture.
    Svg,
    /// pprof protobuf.
    Pprof,
    /// Folded stacks.
    Folded,
    /// speedscope.
    Speedscope,
    /// The Firefox profiler's, which `samply load` takes as well.
    Firefox,
    /// Trace events for the tracing pages of Chrome and Perfetto.
    Trace,
    /// OpenTelemetry profiles.
    Otlp,
    /// What KCachegrind opens.
    Callgrind,
    /// The table of functions as comma-separated values.
    Csv,
    /// The table of functions in Markdown.
    Markdown,
    /// The table of functions as JSON.
    TopJson,
}

/// What is written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutputKind {
    /// The format.
    pub(crate) format: OutputFormat,
    /// Whether it is compressed.
    pub(crate) gzip: bool,
}

/// Puts gzip around any format.
const GZIP: &str = ".gz";

/// What `-o -` writes to.
const STANDARD_OUTPUT: &str = "-";

impl OutputFormat {
    /// Endings with what they ask for; the longest that fits counts.
    const ENDINGS: [(&'static str, Self); 19] = [
        (".html", Self::Html),
        (".htm", Self::Html),
        (".svg", Self::Svg),
        (".pprof", Self::Pprof),
        (".pb", Self::Pprof),
        (".folded", Self::Folded),
        (".collapsed", Self::Folded),
        (".txt", Self::Folded),
        (".speedscope.json", Self::Speedscope),
        (".speedscope", Self::Speedscope),
        (".firefox.json", Self::Firefox),
        (".profile.json", Self::Firefox),
        (".trace.json", Self::Trace),
        (".otlp.pb", Self::Otlp),
        (".otlp", Self::Otlp),
        (".callgrind", Self::Callgrind),
        (".csv", Self::Csv),
        (".md", Self::Markdown),
        (".top.json", Self::TopJson),
    ];

    /// Whether it has a place for the times of samples.
    pub(crate) fn has_times(self) -> bool {
        matches!(self, Self::Speedscope | Self::Firefox | Self::Trace | Self::Otlp)
    }
}

impl OutputKind {
    /// What a file is to hold: what is asked for, else what its ending says.
    pub(crate) fn of(path: &Path, format: Option<OutputFormat>) -> Result<Self, CommandError> {
        let by_ending = ending_of(path);
        if let Some(format) = format {
            // pprof is compressed unless the ending says otherwise.
            let is_pprof = format == OutputFormat::Pprof && !by_ending.is_some_and(|(_, kind)| kind.format == format);
            let gzip = is_pprof || by_ending.map_or_else(|| has_gzip(path), |(_, kind)| kind.gzip);
            return Ok(Self { format, gzip });
        }
        if is_standard_output(path) {
            return Err(CommandError::usage(
                "standard output has no ending that names a format",
                "name it: `--format folded`",
            ));
        }
        by_ending.map(|(_, kind)| kind).ok_or_else(|| {
            CommandError::usage(
                format!("the ending of `{}` names no format", path.display()),
                "use .html, .svg, .pb.gz (pprof), .folded, .speedscope.json, .firefox.json, .trace.json, .otlp, \
                 .callgrind, .csv, .md or .top.json, or name the format: `--format speedscope`",
            )
        })
    }
}

/// Whether a path stands for standard output.
pub(crate) fn is_standard_output(path: &Path) -> bool {
    path.as_os_str() == STANDARD_OUTPUT
}

/// The path without and with its ending: `x.pb.gz` is `x` and `.pb.gz`.
pub(crate) fn split_ending(file: &str) -> (&str, &str) {
    let length = ending_of(Path::new(file)).map_or(0, |(length, _)| length);
    file.split_at_checked(file.len() - length).unwrap_or((file, ""))
}

/// The length of the ending of a file, `.gz` included, with what it asks for.
fn ending_of(path: &Path) -> Option<(usize, OutputKind)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let (plain, gzip) = match name.strip_suffix(GZIP) {
        Some(plain) => (plain, true),
        None => (name.as_str(), false),
    };
    let fitting = OutputFormat::ENDINGS.into_iter().filter(|(ending, _)| plain.ends_with(ending));
    let (ending, format) = fitting.max_by_key(|(ending, _)| ending.len())?;
    // pprof files are compressed by habit, unless they are called what the bare protobuf is called.
    let gzip = gzip || ending == ".pprof";
    Some((ending.len() + (name.len() - plain.len()), OutputKind { format, gzip }))
}

fn has_gzip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_name_formats() {
        let check = |path: &str, expect: Option<(OutputFormat, bool)>| {
            let kind = OutputKind::of(Path::new(path), None).ok();
            assert_eq!(kind.map(|kind| (kind.format, kind.gzip)), expect, "{path}");
        };
        check("a/B.HTML", Some((OutputFormat::Html, false)));
        check("cpu.pb.gz", Some((OutputFormat::Pprof, true)));
        check("cpu.pprof", Some((OutputFormat::Pprof, true)));
        check("cpu.pb", Some((OutputFormat::Pprof, false)));
        check("cpu.otlp.pb", Some((OutputFormat::Otlp, false)));
        check("cpu.otlp", Some((OutputFormat::Otlp, false)));
        check("cpu.speedscope.json", Some((OutputFormat::Speedscope, false)));
        check("cpu.profile.json.gz", Some((OutputFormat::Firefox, true)));
        check("cpu.trace.json.gz", Some((OutputFormat::Trace, true)));
        check("cpu.folded.gz", Some((OutputFormat::Folded, true)));
        check("cpu.top.json", Some((OutputFormat::TopJson, false)));
        check("cpu.callgrind", Some((OutputFormat::Callgrind, false)));
        check("cpu.json", None);
        check("cpu.png", None);
        check("-", None);
    }

    #[test]
    fn formats_may_be_named() {
        let check = |path: &str, format: OutputFormat, expect: bool| {
            let kind = OutputKind::of(Path::new(path), Some(format)).unwrap();
            assert_eq!(kind, OutputKind { format, gzip: expect }, "{path}");
        };
        check("-", OutputFormat::Folded, false);
        check("-", OutputFormat::Pprof, true);
        check("x.json", OutputFormat::Speedscope, false);
        check("x.json.gz", OutputFormat::Speedscope, true);
        check("x.pb", OutputFormat::Pprof, false);
        check("x.svg", OutputFormat::Folded, false);
    }

    #[test]
    fn endings_are_taken_off() {
        let check = |file: &str, expect: (&str, &str)| assert_eq!(split_ending(file), expect);
        check("x.svg", ("x", ".svg"));
        check("x.PB.gz", ("x", ".PB.gz"));
        check("x.profile.json", ("x", ".profile.json"));
        check("x", ("x", ""));
    }
}
