//! Invariants are numbered once, in ARCHITECTURE.md, and every mention of one elsewhere leads to it.

use super::report::Finding;
use super::source_tree::SourceTree;

const DOCUMENT: &str = "ARCHITECTURE.md";

/// How a definition begins and how a mention reads. Written apart, so that this file may exist.
const WORD: &str = concat!("Invari", "ant ");

pub(super) fn check(tree: &SourceTree) -> Vec<Finding> {
    let Some(document) = tree.file(DOCUMENT) else {
        return vec![Finding::new(DOCUMENT, 0, "the file is missing")];
    };
    let mut findings = Vec::new();
    let mut defined = 0;
    for (line, text) in document.lines() {
        let definition = text.trim_start_matches(['>', '-', ' ']).strip_prefix("**");
        if let Some(number) = definition.and_then(|text| text.strip_prefix(WORD)).and_then(leading_number) {
            if number != defined + 1 {
                let message = format!("{WORD}{number} follows {WORD}{defined}: number them 1, 2, 3, …");
                findings.push(Finding::new(DOCUMENT, line, message));
            }
            defined = number.max(defined);
        }
    }
    for file in tree.files.iter().filter(|file| !file.is_recorded()) {
        for (line, text) in file.lines() {
            for number in text.split(WORD).skip(1).filter_map(leading_number).filter(|&number| number > defined) {
                let message = format!("there is no {WORD}{number}: {DOCUMENT} ends with {defined}");
                findings.push(Finding::new(&file.path, line, message));
            }
        }
    }
    findings
}

fn leading_number(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::source_tree::tests::tree;
    use super::*;

    #[test]
    fn numbers() {
        let check = |document: &str, source: &str, expected: &[&str]| {
            let (document, source) = (document.replace("I ", WORD), source.replace("I ", WORD));
            let findings = super::check(&tree(&[(DOCUMENT, &document), ("a.rs", &source)]));
            let lines: Vec<String> = findings.iter().map(|finding| finding.to_string().replace(WORD, "I ")).collect();
            assert_eq!(lines, expected);
        };
        check("> **I 1.** a\n\n- **I 2.** b, see I 1\n", "// I 2\n", &[]);
        check("**I 1.** a\n**I 3.** b\n", "", &["ARCHITECTURE.md:2: I 3 follows I 1: number them 1, 2, 3, …"]);
        check("**I 1.** a\n**I 1.** b\n", "", &["ARCHITECTURE.md:2: I 1 follows I 1: number them 1, 2, 3, …"]);
        check("**I 1.** a\n", "\n// I 7\n", &["a.rs:2: there is no I 7: ARCHITECTURE.md ends with 1"]);
    }

    #[test]
    fn missing_document() {
        assert_eq!(super::check(&tree(&[]))[0].to_string(), "ARCHITECTURE.md: the file is missing");
    }
}
