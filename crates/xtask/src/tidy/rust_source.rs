//! Rules for Rust sources: a module says what it is for, belongs to its crate, and is safe.

use super::report::Finding;
use super::source_tree::{SourceFile, SourceTree};

/// The crates that talk to the kernel.
const UNSAFE_CRATES: [&str; 2] = ["crates/capture/", "crates/heap/"];

/// Written apart, so that this file may exist.
const UNSAFE: &str = concat!("un", "safe");

pub(super) fn check(file: &SourceFile, tree: &SourceTree) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !file.has_ending(&["rs"]) {
        return findings;
    }
    if !starts_with_module_docs(&file.text) {
        findings.push(Finding::new(&file.path, 0, "begin with `//!`: what is the module for"));
    }
    if !UNSAFE_CRATES.iter().any(|path| file.path.starts_with(path)) {
        for (line, _) in file.lines().filter(|(_, text)| has_unsafe_code(text)) {
            findings.push(Finding::new(&file.path, line, format!("`{UNSAFE}` is for {UNSAFE_CRATES:?} alone")));
        }
    }
    if let Some(parents) = parent_modules(&file.path)
        && !is_declared(&file.path, &parents, tree)
    {
        findings.push(Finding::new(&file.path, 0, "no module declares this file: it is not compiled"));
    }
    findings
}

/// Whether the documentation comes before any code; inner attributes may precede it.
fn starts_with_module_docs(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("#!["));
    lines.next().is_some_and(|line| line.starts_with("//!"))
}

fn has_unsafe_code(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(UNSAFE).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + UNSAFE.len()..].chars().next();
        // Between quotes it is the name of Go's package.
        !before.is_some_and(|c| is_word(c) || c == '"') && !after.is_some_and(|c| is_word(c) || c == '"')
    })
}

/// The folder whose files may declare a module, and the file beside that folder; `None` for the root of a crate.
fn parent_modules(path: &str) -> Option<(&str, String)> {
    let (folder, name) = path.rsplit_once('/')?;
    let is_root = matches!(name, "lib.rs" | "main.rs" | "build.rs")
        || ["tests", "examples", "benches", "bin", "fuzz_targets"].iter().any(|root| folder.ends_with(root));
    if is_root {
        return None;
    }
    let folder = if name == "mod.rs" { folder.rsplit_once('/')?.0 } else { folder };
    Some((folder, format!("{folder}.rs")))
}

fn is_declared(path: &str, (folder, beside): &(&str, String), tree: &SourceTree) -> bool {
    let trimmed = path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix(".rs")).unwrap_or(path);
    let name = trimmed.rsplit('/').next().unwrap_or_default();
    let (declaration, by_path) = (format!("mod {name};"), format!("\"{name}.rs\"]"));
    let declares = |text: &str| {
        text.lines().any(|line| {
            let line = line.trim();
            line == declaration || line.ends_with(&format!(" {declaration}")) || line.ends_with(&by_path)
        })
    };
    let is_sibling = |file: &SourceFile| file.path.rsplit_once('/').is_some_and(|(parent, _)| parent == *folder);
    tree.files
        .iter()
        .filter(|file| file.path != path && (is_sibling(file) || file.path == *beside))
        .any(|file| declares(&file.text))
}

#[cfg(test)]
mod tests {
    use super::super::report::lines_and_messages;
    use super::super::source_tree::tests::tree;
    use super::*;

    fn check(files: &[(&str, &str)], expected: &[(usize, &str)]) {
        let tree = tree(files);
        let findings: Vec<Finding> = tree.files.iter().flat_map(|file| super::check(file, &tree)).collect();
        assert_eq!(lines_and_messages(&findings), expected, "{files:?}");
    }

    #[test]
    fn module_docs() {
        check(&[("crates/a/src/lib.rs", "//! Does.\n")], &[]);
        check(&[("fuzz/fuzz_targets/a.rs", "#![no_main]\n//! Does.\n")], &[]);
        check(&[("crates/a/src/lib.rs", "use b;\n//! Late.\n")], &[(0, "begin with `//!`: what is the module for")]);
        check(&[("crates/a/src/lib.rs", "/// Not inner.\n")], &[(0, "begin with `//!`: what is the module for")]);
    }

    #[test]
    fn code_outside_the_rules_of_safety() {
        let block = format!("//! Does.\nfn f() {{ {UNSAFE} {{ g() }} }}\n");
        check(&[("crates/capture/src/lib.rs", &block)], &[]);
        let message = format!("`{UNSAFE}` is for {UNSAFE_CRATES:?} alone");
        check(&[("crates/model/src/lib.rs", &block)], &[(2, &message)]);
        check(
            &[("crates/model/src/lib.rs", &format!("//! {UNSAFE}\n// {UNSAFE}\nlet {UNSAFE}_code = \"{UNSAFE}\";\n"))],
            &[],
        );
    }

    #[test]
    fn forgotten_modules() {
        let forgotten = [(0, "no module declares this file: it is not compiled")];
        let docs = "//! Does.\n";
        check(&[("crates/a/src/lib.rs", "//! Does.\npub mod b;\n"), ("crates/a/src/b.rs", docs)], &[]);
        check(&[("crates/a/src/lib.rs", "//! Does.\nmod bb;\n"), ("crates/a/src/b.rs", docs)], &forgotten);
        check(&[("crates/a/src/b.rs", "//! Does.\nmod c;\n"), ("crates/a/src/b/c.rs", docs)], &forgotten);
        let lib = ("crates/a/src/lib.rs", "//! Does.\nmod b;\n");
        check(&[lib, ("crates/a/src/b.rs", "//! Does.\nmod c;\n"), ("crates/a/src/b/c.rs", docs)], &[]);
        check(&[lib, ("crates/a/src/b/mod.rs", "//! Does.\nmod c;\n"), ("crates/a/src/b/c.rs", docs)], &[]);
        let by_path = "//! Does.\n#[path = \"b_tests.rs\"]\nmod tests;\n";
        check(&[lib, ("crates/a/src/b.rs", by_path), ("crates/a/src/b_tests.rs", docs)], &[]);
        check(&[("crates/a/tests/x.rs", "//! Does.\nmod made;\n"), ("crates/a/tests/made/mod.rs", docs)], &[]);
        check(&[("crates/a/tests/x/main.rs", docs), ("crates/a/tests/x/y.rs", docs)], &forgotten);
    }
}
