//! What no text may mention: work left undone, silenced lints, this or that machine, package mirrors.

use super::report::Finding;
use super::source_tree::SourceFile;

/// Marks of work left undone. Written apart, so that this file may exist.
const UNDONE: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!")];

/// Ways to silence a check for good.
const SILENCED: [&str; 3] = [concat!("#[al", "low("), concat!("#![al", "low("), concat!("@ts-", "ignore")];

/// Folders of a machine, not of the project.
const MACHINE: [&str; 2] = [concat!("/wo", "rk"), concat!("/ro", "ot")];

/// Hosts and settings of package registries: they belong into each user's own configuration.
const REGISTRY: [&str; 7] = [
    concat!("crates.io", "-index"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("--index", "-url"),
    concat!("replace", "-with"),
    concat!("sparse", "+http"),
];

/// What lock files name by themselves when nobody has set a mirror.
const CANONICAL: [&str; 2] =
    [concat!("registry+https://github.com/rust-lang/crates.io", "-index"), concat!("https://registry.", "npmjs.org/")];

pub(super) fn check(file: &SourceFile) -> Vec<Finding> {
    if file.has_ending(&["lock"]) || file.name() == "package-lock.json" {
        return check_lock(file);
    }
    let mut findings = Vec::new();
    if file.is_recorded() {
        return findings;
    }
    let mut find = |line, message| findings.push(Finding::new(&file.path, line, message));
    for (line, text) in file.lines() {
        for mark in UNDONE.iter().filter(|mark| has_word(text, mark)) {
            find(line, format!("`{mark}`: do it now or write an issue"));
        }
        for mark in SILENCED.iter().filter(|mark| text.contains(**mark)) {
            find(line, format!("`{mark}`: mend it, or expect it with a reason"));
        }
        for folder in MACHINE.iter().filter(|folder| has_absolute(text, folder)) {
            find(line, format!("`{folder}` is a folder of one machine"));
        }
        for host in REGISTRY.iter().filter(|host| text.contains(**host)) {
            find(line, format!("`{host}`: which registry is asked is up to each machine's configuration"));
        }
    }
    findings
}

fn check_lock(file: &SourceFile) -> Vec<Finding> {
    let names_mirror = |text: &str| {
        (text.starts_with("source = ") || text.contains("\"resolved\": "))
            && !CANONICAL.iter().any(|canonical| text.contains(canonical))
    };
    let mirrored = file.lines().filter(|(_, text)| names_mirror(text));
    mirrored
        .map(|(line, text)| Finding::new(&file.path, line, format!("locked to a mirror: {}", text.trim())))
        .collect()
}

/// Whether `word` stands alone in `text`: not a part of a longer word, no `package.word` of Go, and not quoted from
/// somebody else.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(|c| is_word(c) || c == '.' || c == '"') && !after.is_some_and(is_word)
    })
}

/// Whether `folder` begins an absolute path in `text`.
fn has_absolute(text: &str, folder: &str) -> bool {
    text.match_indices(folder).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + folder.len()..].chars().next();
        !before.is_some_and(|c| is_word(c) || ".-/~*)}]>".contains(c)) && !after.is_some_and(|c| is_word(c) || c == '-')
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::super::source_tree::tests::file;
    use super::*;

    fn check(path: &str, text: &str, expected: &[usize]) {
        let findings = super::check(&file(path, text));
        let lines: Vec<usize> = findings.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, expected, "{text:?}: {findings:?}");
    }

    #[test]
    fn work_left_undone() {
        check("a.rs", &format!("// {}: later\n", UNDONE[0]), &[1]);
        check("a.rs", &format!("\n// {}\n", UNDONE[1]), &[2]);
        check("a.rs", &format!("context.{}()\n", UNDONE[0]), &[]);
        check("a.rs", &format!("MY{}S\n", UNDONE[0]), &[]);
        check("a.rs", &format!("// Its source says: \"{}: later\".\n", UNDONE[0]), &[]);
        check("a.rs", &format!("fn f() {{ {}() }}\n", UNDONE[2]), &[1]);
    }

    #[test]
    fn silenced_checks() {
        check("a.rs", &format!("{}dead_code)]\n", SILENCED[0]), &[1]);
        check("a.rs", &format!("{}dead_code)]\n", SILENCED[1]), &[1]);
        check("a.rs", "#[expect(dead_code, reason = \"for a reason\")]\n", &[]);
        check("Cargo.toml", "similar_names = \"allow\"\n", &[]);
    }

    #[test]
    fn machines() {
        for folder in MACHINE {
            check("a.md", &format!("cd {folder}\n`{folder}/x`\n"), &[1, 2]);
            check("a.md", &format!("see docs{folder}/x and {folder}-flow\n"), &[]);
        }
    }

    #[test]
    fn registries() {
        check("a.md", &format!("pip install {} x\n", REGISTRY[4]), &[1]);
        check("a.md", "see <https://crates.io/crates/memchr>\n", &[]);
        check("Cargo.lock", &format!("source = \"{}\"\n", CANONICAL[0]), &[]);
        check("Cargo.lock", "source = \"registry+https://mirror.example/index\"\n", &[1]);
        check("web/package-lock.json", &format!("\"resolved\": \"{}vite\"\n", CANONICAL[1]), &[]);
        check("web/package-lock.json", "\"resolved\": \"https://mirror.example/vite\"\n", &[1]);
    }
}
