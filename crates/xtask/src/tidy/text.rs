//! Rules for every text: clean line ends, one newline at the end, names of files that say what is inside.

use super::report::Finding;
use super::source_tree::SourceFile;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["common", "helper", "helpers", "misc", "util", "utils"];

pub(super) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    if file.has_ending(&["rs", "ts", "js", "go", "sh", "css"]) {
        let components = file.path.split('/').map(|component| component.split('.').next().unwrap_or_default());
        if let Some(name) = components.clone().find(|component| EMPTY_NAMES.contains(component)) {
            findings.push(Finding::new(&file.path, 0, format!("`{name}` says nothing: name it by the noun inside")));
        }
    }
    if !file.is_text || file.is_recorded() {
        return findings;
    }
    for (line, text) in file.lines() {
        if text.ends_with([' ', '\t', '\r']) {
            findings.push(Finding::new(&file.path, line, "white space at the end of the line"));
        }
    }
    // `lines` takes a final CR LF for a line end.
    if file.text.contains("\r\n") {
        findings.push(Finding::new(&file.path, 0, "line ends are CR LF: use LF"));
    }
    if file.text.is_empty() {
        findings.push(Finding::new(&file.path, 0, "the file is empty"));
    } else if !file.text.ends_with('\n') {
        findings.push(Finding::new(&file.path, 0, "no newline at the end of the file"));
    } else if file.text.ends_with("\n\n") {
        findings.push(Finding::new(&file.path, 0, "more than one newline at the end of the file"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::report::lines_and_messages;
    use super::super::source_tree::tests::file;

    fn check(path: &str, text: &str, expected: &[(usize, &str)]) {
        assert_eq!(lines_and_messages(&super::check(&file(path, text))), expected, "{path} {text:?}");
    }

    #[test]
    fn line_ends() {
        let space = "white space at the end of the line";
        check("a.md", "one\n\ntwo\n", &[]);
        check("a.md", "one \n\t\ntwo\n", &[(1, space), (2, space)]);
        check("a.md", "one\r\n", &[(0, "line ends are CR LF: use LF")]);
        check("a.md", "one", &[(0, "no newline at the end of the file")]);
        check("a.md", "one\n\n", &[(0, "more than one newline at the end of the file")]);
        check("a.md", "", &[(0, "the file is empty")]);
        check("web/dist/viewer.js", "one ", &[]);
    }

    #[test]
    fn names() {
        let message = "`utils` says nothing: name it by the noun inside";
        check("crates/model/src/utils.rs", "x\n", &[(0, message)]);
        check("web/src/utils/format.ts", "x\n", &[(0, message)]);
        check("web/src/utils.test.ts", "x\n", &[(0, message)]);
        check("docs/utils.md", "x\n", &[]);
        check("crates/model/src/frame.rs", "x\n", &[]);
    }
}
