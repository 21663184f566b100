//! Any input to folded stacks on the shortest way.

use std::io;

use firesteel_model::Profile;

use crate::content::Content;
use crate::error::Error;
use crate::folded::{self, FoldOptions};
use crate::format::Format;
use crate::options::ReadOptions;
use crate::perf_script::PerfScriptReader;
use crate::pprof;
use crate::read;
use crate::warning::Warnings;

/// What [`fold`] did.
#[derive(Clone, Debug)]
pub struct Folded {
    /// What was skipped or guessed.
    pub warnings: Warnings,
    /// The format that was read.
    pub format: Format,
    /// Number of lines written, which is the number of distinct stacks.
    pub stacks: u64,
}

/// Reads an input in any known format and writes its stacks as folded text: one line for each
/// distinct stack, sorted bytewise.
///
/// The output is what [`read_profile`](crate::read_profile) followed by [`folded::write`] gives.
/// `perf script` text and pprof take a shorter way that never builds a tree of stacks.
///
/// # Errors
///
/// As [`read_profile`](crate::read_profile), and when writing fails.
pub fn fold(
    name: &str,
    input: &mut dyn io::Read,
    read_options: &ReadOptions,
    fold_options: &FoldOptions,
    output: &mut dyn io::Write,
) -> Result<Folded, Error> {
    fold_with(name, input, read_options, fold_options, &mut |profile| profile, output)
}

/// [`fold`] with a step between reading and writing, such as giving names to addresses. `perf script` text, which has
/// names and never becomes a profile, goes without it.
///
/// # Errors
///
/// As [`fold`].
pub fn fold_with(
    name: &str,
    input: &mut dyn io::Read,
    read_options: &ReadOptions,
    fold_options: &FoldOptions,
    rewrite: &mut dyn FnMut(Profile) -> Profile,
    output: &mut dyn io::Write,
) -> Result<Folded, Error> {
    let mut result = None;
    let mut consume = |format: Format, content: &mut Content<'_>| {
        result = Some(fold_as(format, content, read_options, fold_options, rewrite, output)?);
        Ok(())
    };
    let outer = read::open(input, read_options, &mut consume).map_err(|error| error.of_input(name))?;
    let mut folded = result.ok_or(Error::Empty)?;
    for warning in outer.iter() {
        folded.warnings.add_many(warning.kind, warning.count, warning.places.first().copied());
    }
    Ok(folded)
}

fn fold_as(
    format: Format,
    content: &mut Content<'_>,
    read_options: &ReadOptions,
    fold_options: &FoldOptions,
    rewrite: &mut dyn FnMut(Profile) -> Profile,
    mut output: &mut dyn io::Write,
) -> Result<Folded, Error> {
    if format == Format::PerfScript && fold_options.labels.is_empty() {
        let mut reader = PerfScriptReader::for_folding(read_options.perf_script.clone(), fold_options);
        content.each_chunk(|chunk| reader.feed(chunk))?;
        let (stacks, warnings) = reader.finish_folded(fold_options, output)?;
        if stacks == 0 && warnings.skipped_records() > 0 {
            return Err(Error::NoSamples { format, hint: warnings.summary() });
        }
        return Ok(Folded { warnings, format, stacks });
    }
    if format == Format::Pprof {
        let (stacks, warnings) = pprof::fold(content, fold_options, output)?;
        return Ok(Folded { warnings, format, stacks });
    }
    let read = read::read_as(format, content, read_options)?;
    let stacks = folded::write(&rewrite(read.profile), fold_options, &mut output)?;
    Ok(Folded { warnings: read.warnings, format, stacks })
}
