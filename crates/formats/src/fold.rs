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
    let mut consume = |format: Format, content: &mut Content<'_>| {
        fold_as(format, content, read_options, fold_options, rewrite, output)
    };
    let opened = read::open(input, read_options, &mut consume);
    let (mut folded, outer) = opened.map_err(|error| error.of_input(name))?;
    folded.warnings.extend(&outer);
    Ok(folded)
}

fn fold_as(
    format: Format,
    content: &mut Content<'_>,
    read_options: &ReadOptions,
    fold_options: &FoldOptions,
    rewrite: &mut dyn FnMut(Profile) -> Profile,
    output: &mut dyn io::Write,
) -> Result<Folded, Error> {
    let FoldOptions { skip_after, source_lines, labels, .. } = fold_options;
    if format == Format::Pprof && skip_after.is_empty() && labels.is_empty() && !source_lines {
        let (stacks, warnings) = pprof::fold(content, fold_options, rewrite, output)?;
        return Ok(Folded { warnings, format, stacks });
    }
    let mut folder = Folder::new(read_options, fold_options);
    let mut warnings = folder.add_content(format, content, rewrite)?;
    let (stacks, more) = folder.finish(output)?;
    warnings.extend(&more);
    Ok(Folded { warnings, format, stacks })
}

/// Folds several inputs into one text, as if they were one: text of `perf script` one behind the other,
/// profiles merged.
pub struct Folder<'a> {
    read_options: &'a ReadOptions,
    fold_options: &'a FoldOptions,
    text: Option<PerfScriptReader>,
    profile: Option<Profile>,
}

impl<'a> Folder<'a> {
    /// A folder of nothing yet.
    #[must_use]
    pub fn new(read_options: &'a ReadOptions, fold_options: &'a FoldOptions) -> Self {
        Self { read_options, fold_options, text: None, profile: None }
    }

    /// Reads an input in any known format, with a step behind reading as in [`fold_with`]. Returns its format and what
    /// was skipped in it.
    ///
    /// # Errors
    ///
    /// As [`read_profile`](crate::read_profile), and [`Error::Merge`] when it has no value in common with those
    /// before.
    pub fn add(
        &mut self,
        name: &str,
        input: &mut dyn io::Read,
        rewrite: &mut dyn FnMut(Profile) -> Profile,
    ) -> Result<(Format, Warnings), Error> {
        let options = self.read_options;
        let mut consume =
            |format: Format, content: &mut Content<'_>| Ok((format, self.add_content(format, content, rewrite)?));
        let opened = read::open(input, options, &mut consume);
        let ((format, mut warnings), outer) = opened.map_err(|error| error.of_input(name))?;
        warnings.extend(&outer);
        Ok((format, warnings))
    }

    fn add_content(
        &mut self,
        format: Format,
        content: &mut Content<'_>,
        rewrite: &mut dyn FnMut(Profile) -> Profile,
    ) -> Result<Warnings, Error> {
        if format == Format::PerfScript && self.fold_options.labels.is_empty() {
            let reader = self.text.get_or_insert_with(|| {
                PerfScriptReader::for_folding(self.read_options.perf_script.clone(), self.fold_options)
            });
            content.each_chunk(|chunk| reader.feed(chunk))?;
            let warnings = reader.end_of_input();
            if reader.is_empty() && warnings.skipped_records() > 0 {
                return Err(Error::NoSamples { format, hint: warnings.summary() });
            }
            return Ok(warnings);
        }
        let read = read::read_as(format, content, self.read_options)?;
        let read_profile = rewrite(read.profile);
        match &mut self.profile {
            Some(profile) => profile.merge(&read_profile)?,
            None => self.profile = Some(read_profile),
        }
        Ok(read.warnings)
    }

    /// Writes the stacks of all inputs. Returns the number of lines and what had to be changed.
    ///
    /// # Errors
    ///
    /// When the column that was asked for is in none of the inputs, and when writing fails.
    pub fn finish(self, mut output: &mut dyn io::Write) -> Result<(u64, Warnings), Error> {
        match (self.text, self.profile) {
            (Some(text), None) => text.finish_folded(self.fold_options, output),
            (text, profile) => {
                let mut profile = profile.unwrap_or_default();
                let mut warnings = Warnings::default();
                if let Some(text) = text {
                    let read = text.finish();
                    profile.merge(&read.profile)?;
                    warnings = read.warnings;
                }
                Ok((folded::write(&profile, self.fold_options, &mut output)?, warnings))
            }
        }
    }
}
