//! Rules for the manifests of crates: versions and lints come from the root, names from the folder.

use super::report::Finding;
use super::source_tree::SourceFile;

/// Keys that every crate takes from the root manifest.
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

/// The crate that is fit for publishing alone and bears no prefix.
const UNPREFIXED: &str = "pclntab";

pub(super) fn check(file: &SourceFile) -> Vec<Finding> {
    let Some(folder) = file.path.strip_prefix("crates/").and_then(|rest| rest.strip_suffix("/Cargo.toml")) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut section = "";
    let mut inherited = Vec::new();
    let (mut has_lints, mut name) = (false, None);
    for (line, text) in file.lines() {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if text.starts_with('[') {
            section = text;
            continue;
        }
        let is_inherited = text.ends_with(".workspace = true") || text.contains("workspace = true");
        match section {
            "[package]" => {
                inherited.extend(INHERITED.iter().filter(|key| text == format!("{key}.workspace = true")));
                name = name.or_else(|| text.strip_prefix("name = ").map(|name| (line, name.trim_matches('"'))));
            }
            "[lints]" => has_lints |= text == "workspace = true",
            section if section.ends_with("dependencies]") && !is_inherited => {
                findings.push(Finding::new(&file.path, line, "a dependency's version belongs into the root manifest"));
            }
            _ => {}
        }
    }
    for key in INHERITED.iter().filter(|key| !inherited.contains(key)) {
        findings.push(Finding::new(&file.path, 0, format!("`{key}.workspace = true` is missing")));
    }
    if !has_lints {
        findings.push(Finding::new(&file.path, 0, "`[lints] workspace = true` is missing"));
    }
    let expected = if folder == UNPREFIXED { folder.to_owned() } else { format!("firesteel-{folder}") };
    if let Some((line, name)) = name.filter(|&(_, name)| name != expected) {
        findings.push(Finding::new(&file.path, line, format!("the crate is called `{name}`, not `{expected}`")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::report::lines_and_messages;
    use super::super::source_tree::tests::file;

    const GOOD: &str = "[package]\nname = \"firesteel-model\"\nversion.workspace = true\nedition.workspace = true\n\
        rust-version.workspace = true\nlicense.workspace = true\n\
        publish.workspace = true\n\n[dependencies]\nthiserror.workspace = true\n\
        serde = { workspace = true, features = [\"rc\"] }\n\n[lints]\nworkspace = true\n";

    fn check(text: &str, expected: &[(usize, &str)]) {
        let findings = super::check(&file("crates/model/Cargo.toml", text));
        assert_eq!(lines_and_messages(&findings), expected);
    }

    #[test]
    fn everything_comes_from_the_root() {
        check(GOOD, &[]);
        check(&GOOD.replace("[lints]\nworkspace = true\n", ""), &[(0, "`[lints] workspace = true` is missing")]);
        check(
            &GOOD.replace("edition.workspace = true", "edition = \"2024\""),
            &[(0, "`edition.workspace = true` is missing")],
        );
        check(
            &GOOD.replace("thiserror.workspace = true", "thiserror = \"2\""),
            &[(10, "a dependency's version belongs into the root manifest")],
        );
        check(&GOOD.replace("firesteel-model", "model"), &[(2, "the crate is called `model`, not `firesteel-model`")]);
    }
}
