//! Profiles from files and standard input.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use firesteel_filter::Filter;
use firesteel_formats::{Format, Read, ReadOptions, read_profile, read_samples};
use firesteel_model::{Profile, SampleList};

use crate::arguments::SymbolArguments;
use crate::error::CommandError;
use crate::symbols;
use crate::terminal::Terminal;
use crate::view;

/// Opens an input; `-` is standard input.
pub(crate) fn open(path: &Path) -> Result<Box<dyn io::Read>, CommandError> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin()));
    }
    match File::open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(source) => Err(CommandError::File { action: "read", path: path.to_owned(), source }),
    }
}

/// What an input is called in messages.
pub(crate) fn name_of(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}

/// How to read what is to be filtered.
pub(crate) fn options_for(filter: &Filter) -> ReadOptions {
    ReadOptions { times: filter.needs_times(), ..ReadOptions::default() }
}

/// Reads profiles, names their addresses and merges them; says what was skipped.
pub(crate) fn load(
    paths: &[PathBuf],
    options: &ReadOptions,
    symbols: &SymbolArguments,
    terminal: &mut Terminal<'_>,
) -> Result<Profile, CommandError> {
    let mut merged: Option<Profile> = None;
    for path in paths {
        let read = read_profile(&name_of(path), &mut open(path)?, options)?;
        let profile = prepared(path, read, symbols, terminal);
        match &mut merged {
            None => merged = Some(profile),
            Some(merged) => merged.merge(&profile)?,
        }
    }
    Ok(merged.unwrap_or_default())
}

/// Reads one profile for those who look at each stack once, by a filter that is empty: its samples are apart, unless a
/// tree of stacks is needed.
pub(crate) fn load_samples(
    path: &Path,
    filter: &Filter,
    symbols: &SymbolArguments,
    terminal: &mut Terminal<'_>,
) -> Result<(Profile, Option<SampleList>), CommandError> {
    let (read, samples) = read_samples(&name_of(path), &mut open(path)?, &options_for(filter))?;
    let mut profile = prepared(path, read, symbols, terminal);
    match samples {
        // What the profile itself wants to be dropped is dropped from a tree.
        Some(samples) if !filter.keeps(&profile) => {
            profile.add_samples(&samples);
            Ok((profile, None))
        }
        samples => Ok((profile, samples)),
    }
}

/// A profile that was read, with names; says what was skipped.
fn prepared(path: &Path, read: Read, symbols: &SymbolArguments, terminal: &mut Terminal<'_>) -> Profile {
    let name = name_of(path);
    for warning in read.warnings.iter() {
        terminal.say(format!("warning: {name}: {warning}"));
    }
    let (mut profile, report) = symbols::name_addresses(read.profile, symbols);
    symbols::tell(&name, &report, terminal);
    if profile.metadata.title.is_empty() {
        profile.metadata.title = path.file_name().map_or(name, |name| name.to_string_lossy().into_owned());
    }
    if matches!(read.format, Format::PerfScript | Format::PerfData) {
        // As flamegraph.pl's users expect, the program's name is the first box.
        profile.metadata.set_property(view::ROOT_PROPERTY, "name");
    }
    profile
}

/// A short name for inputs, for file names: that of the first without its endings.
pub(crate) fn label_of(paths: &[PathBuf]) -> String {
    let first = paths.first().map(PathBuf::as_path).filter(|path| path.as_os_str() != "-");
    let name = first.and_then(Path::file_name).map_or_else(|| "profile".into(), |name| name.to_string_lossy());
    let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or("profile");
    stem.to_owned()
}
