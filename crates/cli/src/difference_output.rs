//! Differences to files, each in the format that its ending names.

use std::path::{Path, PathBuf};

use firesteel_formats::{folded, pprof};
use firesteel_model::{Comparison, DiffTree, Normalization, Profile};
use firesteel_render::difference::{ColorBy, DifferenceOptions, scale_sentence, totals_sentence};
use firesteel_render::html::{self, HtmlOptions};
use firesteel_render::svg::{self, SvgOptions};
use firesteel_render::text::{
    DifferenceTableOptions, TextStyle, difference_csv, difference_json, difference_markdown, difference_table,
};
use firesteel_render::{loss_notes, profile_facts};

use crate::arguments::PictureArguments;
use crate::command::pprof_difference;
use crate::error::CommandError;
use crate::output::{self, check_folder, create, said, save, while_writing};
use crate::terminal::Terminal;

/// What a file's ending asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DifferenceFormat {
    /// The viewer with the data inside.
    Html,
    /// A picture.
    Svg,
    /// The table for people.
    Text,
    /// The table for comments on changes.
    Markdown,
    /// All functions, for spreadsheets.
    Csv,
    /// All functions, for programs.
    Json,
    /// Folded text with two counts a line.
    Folded,
    /// pprof in gzip, with what was before as negative samples.
    PprofGzip,
    /// The same, not compressed.
    Pprof,
}

impl DifferenceFormat {
    /// Endings in the order they are tried, longer ones first.
    const ENDINGS: [(&'static str, Self); 14] = [
        (".html", Self::Html),
        (".htm", Self::Html),
        (".svg", Self::Svg),
        (".txt", Self::Text),
        (".markdown", Self::Markdown),
        (".md", Self::Markdown),
        (".csv", Self::Csv),
        (".json", Self::Json),
        (".folded", Self::Folded),
        (".collapsed", Self::Folded),
        (".pb.gz", Self::PprofGzip),
        (".pprof.gz", Self::PprofGzip),
        (".pprof", Self::PprofGzip),
        (".pb", Self::Pprof),
    ];

    fn of(path: &Path) -> Result<Self, CommandError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let found = Self::ENDINGS.into_iter().find(|(ending, _)| name.ends_with(ending));
        found.map(|(_, format)| format).ok_or_else(|| {
            CommandError::usage(
                format!("the ending of `{}` names no format", path.display()),
                "use .html, .svg, .txt, .md, .csv, .json, .folded or .pb.gz (pprof)",
            )
        })
    }
}

/// Refuses what could not be written, before anything is read.
pub(crate) fn check(outputs: &[PathBuf]) -> Result<(), CommandError> {
    outputs.iter().try_for_each(|path| DifferenceFormat::of(path).and_then(|_| check_folder(path)))
}

/// A difference with everything that outputs are made from.
pub(crate) struct Report {
    /// The profiles as they were read: before and after, or the only one.
    pub(crate) raw: Vec<Profile>,
    pub(crate) comparison: Comparison,
    pub(crate) tree: DiffTree,
    /// The least change that is told apart, in the unit of the value.
    pub(crate) minimum: f64,
    pub(crate) picture: PictureArguments,
    /// Functions in each list of a table.
    pub(crate) limit: usize,
    pub(crate) normalization: Normalization,
    pub(crate) no_open: bool,
}

impl Report {
    /// The table for people.
    pub(crate) fn table(&self, style: &TextStyle) -> String {
        let options = DifferenceTableOptions { limit: self.limit, minimum: self.minimum };
        difference_table(&self.comparison, &self.tree, &options, style)
    }

    /// Writes every file and says where they are.
    pub(crate) fn write(&self, outputs: &[PathBuf], terminal: &mut Terminal<'_>) -> Result<(), CommandError> {
        for path in outputs {
            self.write_single(path, terminal)?;
        }
        let is_html = |path: &&PathBuf| DifferenceFormat::of(path).is_ok_and(|format| format == DifferenceFormat::Html);
        if let Some(report) = outputs.iter().find(is_html) {
            output::open(report, self.no_open, terminal);
        }
        Ok(())
    }

    fn write_single(&self, path: &Path, terminal: &mut Terminal<'_>) -> Result<(), CommandError> {
        let Self { comparison, tree, .. } = self;
        match DifferenceFormat::of(path)? {
            DifferenceFormat::Html => save(path, self.html().as_bytes(), terminal),
            DifferenceFormat::Svg => {
                let options = SvgOptions {
                    title: self.picture.title.clone().unwrap_or_default(),
                    inverted: self.picture.inverted,
                    ..SvgOptions::default()
                };
                create(path, |file| {
                    Ok(svg::write_difference(comparison, tree, self.options(), &options, file)
                        .map_err(while_writing)?)
                })?;
                said(path, terminal);
                Ok(())
            }
            DifferenceFormat::Text => save(path, self.table(&TextStyle::default()).as_bytes(), terminal),
            DifferenceFormat::Markdown => {
                save(path, difference_markdown(comparison, tree, self.limit, self.minimum).as_bytes(), terminal)
            }
            DifferenceFormat::Csv => save(path, difference_csv(comparison, tree, self.minimum).as_bytes(), terminal),
            DifferenceFormat::Json => save(path, difference_json(comparison, tree, self.minimum).as_bytes(), terminal),
            DifferenceFormat::Folded => {
                create(path, |file| Ok(folded::write_differential(comparison, tree, file)?))?;
                said(path, terminal);
                Ok(())
            }
            DifferenceFormat::PprofGzip => {
                save(path, &pprof::write_gzip(&pprof_difference(self)?, &pprof::WriteOptions::default()), terminal)
            }
            DifferenceFormat::Pprof => save(path, &pprof::write(&pprof_difference(self)?), terminal),
        }
    }

    fn options(&self) -> DifferenceOptions {
        DifferenceOptions {
            by: self.picture.by.into(),
            color_by: if self.picture.color_by_self { ColorBy::Own } else { ColorBy::Total },
            negate: self.picture.negate,
        }
    }

    fn html(&self) -> String {
        let comparison = &self.comparison;
        let mut metadata = vec![
            ("compared".to_owned(), totals_sentence(comparison)),
            ("scale".to_owned(), scale_sentence(comparison)),
        ];
        let mut warnings = Vec::new();
        if let [before, after] = &self.raw[..] {
            for (side, profile) in [("before", before), ("after", after)] {
                let facts = profile_facts(profile).into_iter();
                metadata.extend(facts.map(|(key, value)| (format!("{side}: {key}"), value)));
                warnings.extend(loss_notes(profile).into_iter().map(|note| format!("{side}: {note}")));
            }
        }
        let options = HtmlOptions {
            title: self.picture.title.clone().unwrap_or_default(),
            metadata,
            warnings,
            ..HtmlOptions::default()
        };
        html::render_difference(comparison, &self.tree, self.options(), &options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_name_formats() {
        for (name, expect) in [
            ("a/B.HTML", Some(DifferenceFormat::Html)),
            ("x.pb.gz", Some(DifferenceFormat::PprofGzip)),
            ("x.pb", Some(DifferenceFormat::Pprof)),
            ("x.txt", Some(DifferenceFormat::Text)),
            ("x.md", Some(DifferenceFormat::Markdown)),
            ("x.png", None),
            ("x", None),
        ] {
            assert_eq!(DifferenceFormat::of(Path::new(name)).ok(), expect, "{name}");
        }
    }
}
