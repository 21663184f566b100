//! `firesteel diff`: what changed between two profiles, or two sets of them.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use firesteel_formats::pprof;
use firesteel_model::{Comparison, FrameEdit, FrameId, Function, Profile, RootBy, Unit, ValueType};
use firesteel_normalize::Rule;
use firesteel_render::svg::Palette;

use crate::arguments::{ComparingArguments, DiffArguments, InputArguments, OutputArguments, PictureArguments, Width};
use crate::difference_output::{self, Report};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::filters;
use crate::input;
use crate::output;
use crate::terminal::Terminal;
use crate::view;

/// How many functions a list beside a report has.
const SUMMARY: usize = 5;

pub(crate) fn run(arguments: DiffArguments, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    let DiffArguments { files, before, after, limit, comparing, picture, outputs, no_open, input } = arguments;
    difference_output::check(&outputs)?;
    let sides = match &files[..] {
        [only] => vec![vec![only.clone()]],
        [before, after] => vec![vec![before.clone()], vec![after.clone()]],
        _ => vec![before, after],
    };
    let compared = compare(&sides, &input, &comparing, terminal)?;
    let mut report = compared.report(&comparing, picture, limit)?;
    if outputs.is_empty() {
        let table = report.table(&terminal.output_style());
        terminal.out.write_all(table.as_bytes()).map_err(|source| CommandError::Output { source })?;
        terminal.flush()?;
    }
    report.no_open = no_open;
    report.write(&outputs, terminal)?;
    Ok(Exit::Success)
}

/// `firesteel BEFORE AFTER`: an HTML report unless told otherwise, and the greatest changes.
pub(crate) fn report(
    before: PathBuf,
    after: PathBuf,
    input: &InputArguments,
    arguments: OutputArguments,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, CommandError> {
    let OutputArguments { mut outputs, no_open, view, .. } = arguments;
    difference_output::check(&outputs)?;
    if view.colors != Palette::Package.as_str() {
        terminal.say("note: two profiles are compared, and colours tell what changed: --colors does nothing");
    }
    if outputs.is_empty() {
        let label = |path: &PathBuf| input::label_of(std::slice::from_ref(path));
        outputs.push(output::default_path(&format!("{}-to-{}", label(&before), label(&after))));
    }
    let comparing =
        ComparingArguments { sample_index: view.sample_index, names: view.names, ..ComparingArguments::default() };
    let picture = PictureArguments {
        by: Width::Max,
        color_by_self: false,
        negate: false,
        title: view.title,
        inverted: view.inverted,
    };
    let compared = compare(&[vec![before], vec![after]], input, &comparing, terminal)?;
    let mut report = compared.report(&comparing, picture, SUMMARY)?;
    report.no_open = no_open;
    let summary = report.table(&terminal.message_style());
    terminal.say(summary.trim_end());
    report.write(&outputs, terminal)?;
    Ok(Exit::Success)
}

/// Two profiles as they were read, and side by side.
struct Compared {
    raw: Vec<Profile>,
    comparison: Comparison,
}

impl Compared {
    fn report(
        self,
        comparing: &ComparingArguments,
        picture: PictureArguments,
        limit: usize,
    ) -> Result<Report, CommandError> {
        let Self { raw, mut comparison } = self;
        let minimum = comparing.min_delta.map_or(Ok(0.0), |least| least.resolve(&comparison))?;
        let tree = comparison.tree(minimum);
        let normalization = comparing.normalization();
        Ok(Report { raw, comparison, tree, minimum, picture, limit, normalization, no_open: false })
    }
}

/// Reads both sides and puts them side by side, as people are shown them. One side alone has to be differential text.
fn compare(
    sides: &[Vec<PathBuf>],
    input: &InputArguments,
    comparing: &ComparingArguments,
    terminal: &mut Terminal<'_>,
) -> Result<Compared, CommandError> {
    let mut raw = Vec::with_capacity(2);
    let filter = filters::compile(&input.filters, None)?;
    for files in sides {
        let profile = input::load(files, &input::options_for(&filter), &input.symbols, terminal)?;
        let mut profile = filters::apply(&filter, &profile, terminal)?.profile.into_owned();
        if files.len() > 1 {
            profile.metadata.title = format!("{} and {} more", profile.metadata.title, files.len() - 1);
        }
        raw.push(profile);
    }
    if let ([before, after], [one, other]) = (sides, &mut raw[..])
        && one.metadata.title == other.metadata.title
        && let (Some(before), Some(after)) = (before.first(), after.first())
    {
        (one.metadata.title, other.metadata.title) = distinct_names(before, after);
    }
    if comparing.swap {
        raw.reverse();
    }
    let (comparison, shows_root) = match &raw[..] {
        [before, after] => {
            let columns = columns(before, after, comparing.sample_index.as_deref())?;
            let comparison = Comparison::new((before, columns.0), (after, columns.1))?;
            (comparison, view::shows_root(before) || view::shows_root(after))
        }
        [differential] => {
            let comparison = Comparison::of_differential(differential).ok_or_else(|| {
                CommandError::usage(
                    "there is nothing to compare the profile with",
                    "give two: `firesteel diff BEFORE AFTER`; only folded text with two counts a line is compared alone",
                )
            })?;
            (if comparing.swap { comparison.swapped() } else { comparison }, false)
        }
        _ => return Err(CommandError::usage("nothing to compare", "give two profiles: `firesteel diff BEFORE AFTER`")),
    };
    let granularity = filters::granularity(&input.filters);
    let rules = comparing.names.rules(&Rule::COMPARISON);
    let comparison = comparison
        .map(|mut profile| {
            view::make_clean(&mut profile, &rules, terminal);
            profile
        })
        .map(|profile| if shows_root { profile.rooted(RootBy::Name) } else { profile })
        .map(|profile| granularity.name_frames(&profile).into_owned())
        .map(|profile| if comparing.strip_hex { without_hexadecimal(&profile) } else { profile });
    let measured = raw.iter().all(|profile| profile.metadata.duration.is_some_and(|duration| duration.0 > 0));
    let comparison = comparison.normalized(comparing.normalization(), measured);
    if let [before, after] = &raw[..] {
        warn_of_rates(before, after, &comparison, terminal);
    }
    Ok(Compared { raw, comparison })
}

/// Names of two files that differ, with as few of their folders as that takes.
fn distinct_names(one: &Path, other: &Path) -> (String, String) {
    let parts = |path: &Path| -> Vec<String> {
        path.components().rev().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
    };
    let (one_parts, other_parts) = (parts(one), parts(other));
    let differing = one_parts.iter().zip(&other_parts).position(|(one, other)| one != other);
    let Some(differing) = differing else { return (input::name_of(one), input::name_of(other)) };
    let last = |parts: &[String]| {
        let kept: Vec<&str> = parts[..=differing].iter().rev().map(String::as_str).collect();
        kept.join("/")
    };
    (last(&one_parts), last(&other_parts))
}

/// Which columns of both profiles to compare: those of a name, or the first ones that suit.
fn columns(before: &Profile, after: &Profile, name: Option<&str>) -> Result<(usize, usize), CommandError> {
    let common = Comparison::common_columns(before, after);
    let Some(name) = name else {
        let shown = after.default_sample_type();
        let found = common.iter().find(|&&(_, column)| column == shown).or(common.first());
        // With nothing in common, the error is made where both are put side by side; a single column of one unit each
        // is compared whatever its name.
        return Ok(found.copied().unwrap_or((before.default_sample_type(), shown)));
    };
    let name_of = |&(_, column): &(usize, usize)| after.sample_types()[column].name.as_str();
    common.iter().find(|pair| name_of(pair) == name).copied().ok_or_else(|| {
        let names: Vec<&str> = common.iter().map(name_of).collect();
        let hint = if names.is_empty() {
            "they have none in common".to_owned()
        } else {
            format!("they have: {}", names.join(", "))
        };
        CommandError::usage(format!("the profiles do not both have a value `{name}`"), hint)
    })
}

/// Numbers of samples taken at different rates tell nothing as they are.
fn warn_of_rates(before: &Profile, after: &Profile, comparison: &Comparison, terminal: &mut Terminal<'_>) {
    let value_type = comparison.value_type();
    let is_scaled = (comparison.before_scale() - 1.0).abs() > 1e-12;
    if is_scaled || value_type.unit != Unit::Count || !value_type.is_same(&ValueType::samples()) {
        return;
    }
    if let (Some(one), Some(other)) = (&before.metadata.period, &after.metadata.period)
        && one.value_type.is_same(&other.value_type)
        && one.value != other.value
    {
        terminal.say(
            "warning: both were sampled at different rates, so numbers of samples are not comparable: compare time \
             (--sample-index) or shares (--normalize on)",
        );
    }
}

/// The profile with every `0x…` in names of functions as `0x...`.
fn without_hexadecimal(profile: &Profile) -> Profile {
    let mut replaced: HashMap<FrameId, FrameEdit> = HashMap::new();
    profile.rewritten(|target, _, frame_id| {
        if let Some(&known) = replaced.get(&frame_id) {
            return known;
        }
        let frame = *target.frame(frame_id);
        let function = *target.function(frame.function);
        let stripped = strip_hexadecimal(target.string(function.name));
        let edit = stripped.map_or(FrameEdit::Keep, |name| {
            let name = target.intern(&name);
            let function = target.intern_function(Function { name, ..function });
            FrameEdit::Replace(target.intern_frame(firesteel_model::Frame { function, ..frame }))
        });
        replaced.insert(frame_id, edit);
        edit
    })
}

/// A text with `0x...` for every hexadecimal number; `None` when there is none.
fn strip_hexadecimal(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("0x") {
        let (kept, number) = rest.split_at(start + 2);
        out.push_str(kept);
        let digits = number.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(number.len());
        out.push_str(if digits > 0 { "..." } else { "" });
        rest = &number[digits..];
    }
    out.push_str(rest);
    (out != text).then_some(out)
}

/// The profile that `go tool pprof` takes for the difference of two.
pub(crate) fn pprof_difference(report: &Report) -> Result<Profile, CommandError> {
    let [before, after] = &report.raw[..] else {
        return Err(CommandError::usage(
            "pprof cannot hold what was read from one file of differential text",
            "give both profiles, or write .folded",
        ));
    };
    let measured = report.raw.iter().all(|profile| profile.metadata.duration.is_some_and(|duration| duration.0 > 0));
    let scales = Comparison::common_columns(before, after).into_iter().map(|(one, other)| {
        let comparison = Comparison::new((before, one), (after, other))?;
        Ok(comparison.normalized(report.normalization, measured).before_scale())
    });
    let scales: Vec<f64> = scales.collect::<Result<_, CommandError>>()?;
    Ok(pprof::difference(before, after, &scales)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_name_are_told_apart() {
        for (one, other, expect) in [
            ("a/cpu.pb.gz", "b/cpu.pb.gz", ("a/cpu.pb.gz", "b/cpu.pb.gz")),
            ("/x/a/out/cpu.pb.gz", "/x/b/out/cpu.pb.gz", ("a/out/cpu.pb.gz", "b/out/cpu.pb.gz")),
            ("cpu.pb.gz", "b/cpu.pb.gz", ("cpu.pb.gz", "b/cpu.pb.gz")),
            ("x.pb", "x.pb", ("x.pb", "x.pb")),
            ("-", "x", ("-", "x")),
        ] {
            let (first, second) = distinct_names(Path::new(one), Path::new(other));
            assert_eq!((first.as_str(), second.as_str()), expect);
        }
    }

    #[test]
    fn hexadecimal_numbers_are_stripped() {
        for (text, expect) in [
            ("main.f", None),
            ("0x7f00ab12", Some("0x...")),
            ("jit 0x1 and 0xFFz", Some("jit 0x... and 0x...z")),
            ("0x", None),
            ("a0xg", None),
        ] {
            assert_eq!(strip_hexadecimal(text).as_deref(), expect, "{text}");
        }
    }
}
