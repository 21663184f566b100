//! The files of the repository, read once.

use std::fs;
use std::path::Path;

use super::TidyError;

/// A file with its text.
#[derive(Clone, Debug)]
pub(super) struct SourceFile {
    /// Path from the root, with `/`.
    pub(super) path: String,
    /// Its text; empty for a file that is not UTF-8.
    pub(super) text: String,
    /// Whether it is a text at all.
    pub(super) is_text: bool,
}

/// All files that git would not ignore.
#[derive(Clone, Debug, Default)]
pub(super) struct SourceTree {
    /// Sorted by path.
    pub(super) files: Vec<SourceFile>,
    ignored: Vec<String>,
}

impl SourceTree {
    /// Reads everything under `root`. Understands what our `.gitignore` has: names, `/path` and `*.ending`.
    pub(super) fn read(root: &Path) -> Result<Self, TidyError> {
        let ignored = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
        let ignored = ignored.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut tree = Self { files: Vec::new(), ignored: ignored.map(str::to_owned).collect() };
        let mut pending = vec![String::new()];
        while let Some(folder) = pending.pop() {
            tree.read_folder(root, &folder, &mut pending)?;
        }
        tree.files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(tree)
    }

    fn read_folder(&mut self, root: &Path, folder: &str, pending: &mut Vec<String>) -> Result<(), TidyError> {
        let full = root.join(folder);
        let failed = |source| TidyError::Read { path: full.clone(), source };
        for entry in fs::read_dir(&full).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let path = if folder.is_empty() { name.into_owned() } else { format!("{folder}/{name}") };
            let kind = entry.file_type().map_err(failed)?;
            if path == ".git" || self.is_ignored(&path) {
                continue;
            }
            if kind.is_dir() {
                pending.push(path);
            } else if kind.is_file() {
                let bytes = fs::read(entry.path());
                let bytes = bytes.map_err(|source| TidyError::Read { path: entry.path(), source })?;
                let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
                let is_text = text.is_some();
                self.files.push(SourceFile { path, text: text.unwrap_or_default(), is_text });
            }
        }
        Ok(())
    }

    /// Whether git ignores a path or a folder above it.
    pub(super) fn is_ignored(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let matches = |pattern: &String| match (pattern.strip_prefix('/'), pattern.strip_prefix('*')) {
            (Some(anchored), _) => {
                path.strip_prefix(anchored).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            (_, Some(ending)) => path.ends_with(ending),
            _ => path.split('/').any(|component| component == pattern),
        };
        self.ignored.iter().any(matches)
    }

    /// Whether a file or a folder of this path is here.
    pub(super) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let from = self.files.partition_point(|file| file.path.as_str() < path);
        self.files[from..]
            .iter()
            .map_while(|file| file.path.strip_prefix(path))
            .any(|rest| rest.is_empty() || rest.starts_with('/'))
            || path.is_empty()
    }

    /// The file of a path.
    pub(super) fn file(&self, path: &str) -> Option<&SourceFile> {
        let index = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(index)
    }
}

impl SourceFile {
    /// Whether nobody writes it by hand: built bundles, lock files, recorded inputs.
    pub(super) fn is_recorded(&self) -> bool {
        const FOLDERS: [&str; 4] = ["dist", "fixtures", "testdata", "snapshots"];
        self.path.split('/').any(|component| FOLDERS.contains(&component))
            || self.has_ending(&["lock"])
            || self.name() == "package-lock.json"
    }

    /// The last component of its path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Whether its name has one of these endings.
    pub(super) fn has_ending(&self, endings: &[&str]) -> bool {
        self.name().rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
    }

    /// Lines with their numbers, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file for a test.
    pub(in crate::tidy) fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), text: text.to_owned(), is_text: true }
    }

    /// A tree for a test.
    pub(in crate::tidy) fn tree(files: &[(&str, &str)]) -> SourceTree {
        let mut files: Vec<SourceFile> = files.iter().map(|(path, text)| file(path, text)).collect();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        SourceTree { files, ignored: Vec::new() }
    }

    #[test]
    fn ignores_what_git_ignores() {
        let ignored = ["/target", "node_modules", "*.snap.new", "/fuzz/corpus"].map(str::to_owned).to_vec();
        let tree = SourceTree { files: Vec::new(), ignored };
        let check = |path: &str, expected: bool| assert_eq!(tree.is_ignored(path), expected, "{path}");
        check("target", true);
        check("target/debug/x", true);
        check("crates/target", false);
        check("targets", false);
        check("web/node_modules/x.js", true);
        check("crates/a.snap.new", true);
        check("fuzz/corpus/pprof/1", true);
        check("fuzz/corpus.rs", false);
    }

    #[test]
    fn knows_files_and_folders() {
        let tree = tree(&[("crates/model/src/lib.rs", ""), ("crates/model-extra.md", "")]);
        let check = |path: &str, expected: bool| assert_eq!(tree.has(path), expected, "{path}");
        check("crates/model/src/lib.rs", true);
        check("crates/model", true);
        check("crates/model/", true);
        check("crates/mod", false);
        check("crates/none", false);
        check("", true);
        assert!(tree.file("crates/model-extra.md").is_some());
        assert!(tree.file("crates/model").is_none());
    }
}
