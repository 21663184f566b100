//! Rules that no compiler checks, as one test: layers, manifests, texts, Rust sources, documents.
//!
//! Every rule is a pure function over the files read once; each lives with its tests in a file of its own. No
//! network: crates and their edges come from `cargo metadata --no-deps`.

mod document;
mod invariant;
mod layer;
mod layer_table;
mod manifest;
mod mention;
mod report;
mod rust_source;
mod size;
mod source_tree;
mod text;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

use thiserror::Error;

pub use report::{Finding, Report};
use source_tree::SourceTree;

/// Why the rules could not be checked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TidyError {
    /// A file or folder could not be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Cargo did not tell the crates.
    #[error("`cargo metadata` failed: {0}")]
    Metadata(#[from] cargo_metadata::Error),
}

/// Checks the repository at `root`.
pub fn check(root: &Path) -> Result<Report, TidyError> {
    let tree = SourceTree::read(root)?;
    let crates = layer::crates_of(root)?;
    let mut report = Report::default();
    for file in &tree.files {
        report.findings.extend(text::check(file));
        report.findings.extend(mention::check(file));
        report.findings.extend(rust_source::check(file, &tree));
        report.findings.extend(manifest::check(file));
        report.findings.extend(document::check(file, &tree));
        size::check(file, &mut report);
    }
    report.findings.extend(document::check_translation(&tree));
    report.findings.extend(invariant::check(&tree));
    report.findings.extend(layer::check(&tree, &crates));
    report.findings.sort();
    Ok(report)
}

/// The command: prints the report; whether nothing was found.
pub fn run(_arguments: &[String], output: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let report = check(&crate::repository())?;
    write!(output, "{report}")?;
    Ok(report.findings.is_empty())
}
