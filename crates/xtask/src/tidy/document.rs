//! Rules for Markdown: links and paths lead somewhere, and the translation has the same parts.

use super::report::Finding;
use super::source_tree::{SourceFile, SourceTree};

/// Folders whose paths in backticks must exist.
const FOLDERS: [&str; 7] = ["crates/", "docs/", "examples/", "fuzz/", "tools/", "web/", ".github/"];

pub(super) fn check(file: &SourceFile, tree: &SourceTree) -> Vec<Finding> {
    if !file.has_ending(&["md"]) || file.is_recorded() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (line, text) in outside_code_blocks(file) {
        for target in link_targets(text) {
            let path = resolve(&file.path, target);
            if !path.as_ref().is_some_and(|path| tree.has(path)) {
                findings.push(Finding::new(&file.path, line, format!("the link `{target}` leads nowhere")));
            }
        }
        for path in backticked(text).filter(|span| FOLDERS.iter().any(|folder| span.starts_with(folder))) {
            let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            if is_plain && !tree.has(path) && !tree.is_ignored(path) {
                findings.push(Finding::new(&file.path, line, format!("there is no `{path}`")));
            }
        }
    }
    findings
}

/// The Chinese README has the headings and the commands of the English one.
pub(super) fn check_translation(tree: &SourceTree) -> Option<Finding> {
    let (original, translation) = (tree.file("README.md")?, tree.file("README.zh-CN.md")?);
    let (original, translated) = (skeleton(original), skeleton(translation));
    let differs = original.iter().zip(&translated).position(|(left, right)| left.1 != right.1);
    let position =
        differs.or_else(|| (original.len() != translated.len()).then(|| original.len().min(translated.len())))?;
    let line = translated.get(position).map_or(0, |part| part.0);
    let expected = original.get(position).map_or("nothing more", |part| part.1.as_str());
    Some(Finding::new(&translation.path, line, format!("out of step with `README.md`, which has here: {expected}")))
}

/// Levels of headings, and the lines of code blocks without their comments, with line numbers.
fn skeleton(file: &SourceFile) -> Vec<(usize, String)> {
    let mut parts = Vec::new();
    let mut in_code = false;
    for (line, text) in file.lines() {
        if text.starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            let command = text.split(" #").next().unwrap_or_default().trim();
            if !command.is_empty() && !command.starts_with('#') {
                parts.push((line, command.to_owned()));
            }
        } else if text.starts_with('#') {
            parts.push((line, text.chars().take_while(|&c| c == '#').collect()));
        }
    }
    parts
}

fn outside_code_blocks(file: &SourceFile) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    file.lines().filter(move |(_, text)| {
        let is_fence = text.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    })
}

/// Targets of links and images that lead into the repository.
fn link_targets(text: &str) -> impl Iterator<Item = &str> {
    let markdown = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let html = ["src=\"", "href=\"", "srcset=\""]
        .into_iter()
        .flat_map(move |start| text.split(start).skip(1).filter_map(|rest| rest.split('"').next()));
    let is_elsewhere =
        |target: &str| target.contains("://") || target.starts_with("mailto:") || target.starts_with('#');
    markdown.chain(html).filter(move |target| !target.is_empty() && !is_elsewhere(target))
}

/// Text between single backticks.
fn backticked(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The path from the root that a link in `from` leads to; `None` when it leaves the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let target = target.split('#').next().unwrap_or_default();
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    if target.starts_with('/') {
        parts.clear();
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::report::lines_and_messages;
    use super::super::source_tree::tests::tree;
    use super::*;

    fn check(path: &str, text: &str, expected: &[(usize, &str)]) {
        let tree = tree(&[(path, text), ("docs/images/a.png", ""), ("LICENSE", ""), ("crates/model/Cargo.toml", "")]);
        let findings = super::check(tree.file(path).unwrap(), &tree);
        assert_eq!(lines_and_messages(&findings), expected, "{text:?}");
    }

    #[test]
    fn links() {
        check("README.md", "[a](LICENSE) ![b](docs/images/a.png#x) [c](https://x.y/z) [d](#here)\n", &[]);
        check("README.md", "<img src=\"docs/images/a.png\"> <a href=\"https://x.y\">\n", &[]);
        check("README.md", "\n[a](LICENCE)\n", &[(2, "the link `LICENCE` leads nowhere")]);
        check("README.md", "<img src=\"b.png\">\n", &[(1, "the link `b.png` leads nowhere")]);
        check("docs/x.md", "[a](../LICENSE) [b](images/a.png) [c](images/)\n", &[]);
        check("docs/x.md", "[a](../../LICENSE)\n", &[(1, "the link `../../LICENSE` leads nowhere")]);
        check("README.md", "```\n[a](nowhere)\n```\n", &[]);
    }

    #[test]
    fn paths_in_backticks() {
        check("README.md", "`crates/model` `crates/model/Cargo.toml` `crates/*` `crates/<name>` `other/x`\n", &[]);
        check("README.md", "`crates/modell`\n", &[(1, "there is no `crates/modell`")]);
    }

    #[test]
    fn translation() {
        let check = |translation: &str, expected: Option<&str>| {
            let original = "# A\n\ntext\n\n```sh\nmake demo  # runs it\n```\n\n## B\n";
            let tree = tree(&[("README.md", original), ("README.zh-CN.md", translation)]);
            let finding = check_translation(&tree).map(|finding| finding.to_string());
            assert_eq!(finding.as_deref(), expected);
        };
        check("# 甲\n```sh\n# 运行\nmake demo  # 运行\n```\n## 乙\n文字\n", None);
        check(
            "# 甲\n```sh\nmake test\n```\n## 乙\n",
            Some("README.zh-CN.md:3: out of step with `README.md`, which has here: make demo"),
        );
        check(
            "# 甲\n```sh\nmake demo\n```\n",
            Some("README.zh-CN.md: out of step with `README.md`, which has here: ##"),
        );
    }
}
