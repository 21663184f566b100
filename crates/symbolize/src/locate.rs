//! Where the file of a mapping, or its debug information, may be.
//!
//! Sources: "Separate Debug Files" in gdb's manual for debug links and build ids; `perf-buildid-cache(1)` for the cache.

use std::path::{Path, PathBuf};

use crate::options::SymbolizeOptions;

/// The places where the file itself may be, the best first.
pub(crate) fn files(file: &str, build_id: &str, options: &SymbolizeOptions) -> Vec<PathBuf> {
    let path = Path::new(file.strip_suffix(" (deleted)").unwrap_or(file));
    let mut candidates = Vec::new();
    if path.is_absolute() {
        candidates.push(options.resolve(path));
    }
    candidates.extend(cached(build_id, "elf", options));
    candidates
}

/// The places where debug information of a file may be, the best first.
pub(crate) fn debug_files(path: &Path, build_id: &str, link: Option<&str>, options: &SymbolizeOptions) -> Vec<PathBuf> {
    let mut candidates: Vec<PathBuf> = cached(build_id, "debug", options).into_iter().collect();
    let debug_folder = options.resolve(&options.debug_folder);
    if let Some((first, rest)) = split_build_id(build_id) {
        candidates.push(debug_folder.join(".build-id").join(first).join(format!("{rest}.debug")));
    }
    // A link is a bare name. One that leads elsewhere is not followed.
    let link = link.filter(|link| !link.is_empty() && !link.contains('/') && *link != "..");
    if let (Some(link), Some(folder)) = (link, path.parent()) {
        candidates.push(folder.join(link));
        candidates.push(folder.join(".debug").join(link));
        candidates.push(debug_folder.join(folder.strip_prefix("/").unwrap_or(folder)).join(link));
    }
    candidates
}

/// A file of perf's cache.
pub(crate) fn cached(build_id: &str, kind: &str, options: &SymbolizeOptions) -> Option<PathBuf> {
    let (first, rest) = split_build_id(build_id)?;
    Some(options.build_id_cache.as_ref()?.join(".build-id").join(first).join(rest).join(kind))
}

/// A build id as folder and name. What is no hexadecimal number is none.
fn split_build_id(build_id: &str) -> Option<(&str, &str)> {
    let is_hexadecimal = build_id.len() > 4 && build_id.bytes().all(|byte| byte.is_ascii_hexdigit());
    build_id.split_at_checked(2).filter(|_| is_hexadecimal)
}

/// Whether two build ids are the same, as far as both are known. perf pads short ones with zeros.
pub(crate) fn is_same_build(recorded: &str, found: &str) -> bool {
    let trimmed = |id: &'_ str| id.trim_end_matches('0').to_ascii_lowercase();
    recorded.is_empty() || found.is_empty() || trimmed(recorded) == trimmed(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> SymbolizeOptions {
        SymbolizeOptions { build_id_cache: Some("/cache".into()), ..SymbolizeOptions::default() }
    }

    #[test]
    fn a_file_is_looked_for_where_it_was_and_in_the_cache() {
        let check = |file: &str, build_id: &str, symfs: Option<&str>, expect: &[&str]| {
            let options = SymbolizeOptions { symfs: symfs.map(PathBuf::from), ..options() };
            let expect: Vec<PathBuf> = expect.iter().map(PathBuf::from).collect();
            assert_eq!(files(file, build_id, &options), expect);
        };
        check("/srv/app", "", None, &["/srv/app"]);
        check("/srv/app (deleted)", "", None, &["/srv/app"]);
        check("/srv/app", "abcdef01", Some("/copy"), &["/copy/srv/app", "/cache/.build-id/ab/cdef01/elf"]);
        check("app", "../../etc", None, &[]);
    }

    #[test]
    fn debug_information_is_looked_for_by_build_id_and_by_link() {
        let found = debug_files(Path::new("/usr/bin/app"), "abcdef01", Some("app.debug"), &options());
        let expect = [
            "/cache/.build-id/ab/cdef01/debug",
            "/usr/lib/debug/.build-id/ab/cdef01.debug",
            "/usr/bin/app.debug",
            "/usr/bin/.debug/app.debug",
            "/usr/lib/debug/usr/bin/app.debug",
        ];
        assert_eq!(found, expect.map(PathBuf::from));
        assert_eq!(debug_files(Path::new("/usr/bin/app"), "", Some("../x"), &options()), [] as [PathBuf; 0]);
    }

    #[test]
    fn builds_are_told_apart() {
        assert!(is_same_build("", "abcd"));
        assert!(is_same_build("ABCD0000", "abcd"));
        assert!(!is_same_build("abcd", "abce"));
    }
}
