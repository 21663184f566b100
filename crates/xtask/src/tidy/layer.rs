//! Dependency edges between our crates go down, and only where ARCHITECTURE.md's table of layers allows them.

use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand};

use super::TidyError;
use super::layer_table::{self, Layer};
use super::report::Finding;
use super::source_tree::SourceTree;

const DOCUMENT: &str = "ARCHITECTURE.md";

/// The crate that any test may use, and nothing but tests.
const FOR_TESTS: &str = "testkit";

/// A crate of the workspace and those that it uses.
#[derive(Clone, Debug)]
pub(super) struct WorkspaceCrate {
    /// Its folder in `crates/`.
    name: String,
    /// Folder of each crate of the workspace that it uses, and whether in tests only.
    uses: Vec<(String, bool)>,
}

/// The crates of the workspace, from Cargo.
pub(super) fn crates_of(root: &Path) -> Result<Vec<WorkspaceCrate>, TidyError> {
    let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
    let folder = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let crates = metadata.packages.iter().map(|package| WorkspaceCrate {
        name: package.manifest_path.as_std_path().parent().map(folder).unwrap_or_default(),
        uses: package
            .dependencies
            .iter()
            .filter_map(|dependency| {
                let path = dependency.path.as_ref()?;
                Some((folder(path.as_std_path()), dependency.kind == DependencyKind::Development))
            })
            .collect(),
    });
    Ok(crates.collect())
}

pub(super) fn check(tree: &SourceTree, crates: &[WorkspaceCrate]) -> Vec<Finding> {
    let Some(document) = tree.file(DOCUMENT) else { return Vec::new() };
    let layers = layer_table::parse(&document.text);
    let mut findings = check_table(&layers, crates);
    let layer_of = |name: &str| layers.iter().find(|layer| layer.name == name);
    for user in crates {
        let manifest = format!("crates/{}/Cargo.toml", user.name);
        let Some(layer) = layer_of(&user.name) else {
            findings.push(Finding::new(&manifest, 0, format!("`{}` has no row in {DOCUMENT}'s table", user.name)));
            continue;
        };
        for (used, in_tests) in &user.uses {
            let is_lower = layer_of(used).is_some_and(|used| used.level.is_some() && is_below(used, layer));
            let is_allowed = layer.may_use.contains(used) || (*in_tests && (used == FOR_TESTS || is_lower));
            if !is_allowed {
                let message = format!("`{}` may not use `{used}`: see the table of layers in {DOCUMENT}", user.name);
                findings.push(Finding::new(&manifest, 0, message));
            }
        }
    }
    findings
}

/// The table itself: every row is a crate, once, and allows only what is below.
fn check_table(layers: &[Layer], crates: &[WorkspaceCrate]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        let mut find = |message: String| findings.push(Finding::new(DOCUMENT, layer.line, message));
        if !crates.iter().any(|known| known.name == layer.name) {
            find(format!("there is no crate `{}`", layer.name));
        }
        if layers[..index].iter().any(|earlier| earlier.name == layer.name) {
            find(format!("`{}` has two rows", layer.name));
        }
        for used in &layer.may_use {
            let is_lower = layers.iter().any(|other| other.name == *used && is_below(other, layer));
            if !is_lower {
                find(format!("`{}` may use `{used}`, which is not below it", layer.name));
            }
        }
    }
    findings
}

/// Whether `lower` stands below `upper`. What is no part of the product stands above all that is.
fn is_below(lower: &Layer, upper: &Layer) -> bool {
    lower.level.is_some_and(|lower| upper.level.is_none_or(|upper| lower < upper))
}

#[cfg(test)]
mod tests {
    use super::super::source_tree::tests::tree;
    use super::*;

    const TABLE: &str = "## Layers\n| 0 | `model` | x | – |\n| 1 | `formats` | x | `model` |\n\
        | 2 | `capture` | x | `model` |\n| – | `testkit` | x | `model` |\n";

    fn check(table: &str, edges: &[(&str, &str, bool)], expected: &[&str]) {
        let crates = ["model", "formats", "capture", "testkit"].map(|name| WorkspaceCrate {
            name: name.to_owned(),
            uses: edges.iter().filter(|edge| edge.0 == name).map(|edge| (edge.1.to_owned(), edge.2)).collect(),
        });
        let findings = super::check(&tree(&[(DOCUMENT, table)]), &crates);
        assert_eq!(findings.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn edges() {
        let refused = |user: &str, used: &str| {
            format!("crates/{user}/Cargo.toml: `{user}` may not use `{used}`: see the table of layers in {DOCUMENT}")
        };
        check(TABLE, &[("formats", "model", false), ("capture", "model", false), ("testkit", "model", false)], &[]);
        check(TABLE, &[("capture", "formats", false)], &[&refused("capture", "formats")]);
        check(TABLE, &[("capture", "formats", true), ("model", "testkit", true)], &[]);
        check(TABLE, &[("model", "formats", true)], &[&refused("model", "formats")]);
        check(TABLE, &[("formats", "testkit", false)], &[&refused("formats", "testkit")]);
    }

    #[test]
    fn table() {
        check(&format!("{TABLE}| 3 | `store` | x | – |\n"), &[], &["ARCHITECTURE.md:6: there is no crate `store`"]);
        check(
            &TABLE.replace("| 2 | `capture` | x | `model` |\n", ""),
            &[],
            &["crates/capture/Cargo.toml: `capture` has no row in ARCHITECTURE.md's table"],
        );
        check(
            &TABLE.replace("`formats` | x | `model`", "`formats` | x | `capture`"),
            &[],
            &["ARCHITECTURE.md:3: `formats` may use `capture`, which is not below it"],
        );
        check(&format!("{TABLE}| 1 | `model` | x | – |\n"), &[], &["ARCHITECTURE.md:6: `model` has two rows"]);
    }
}
