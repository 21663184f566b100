//! Where names may be looked for.

use std::path::{Path, PathBuf};

/// Where names may be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SymbolizeOptions {
    /// A folder that holds the files of the machine that was profiled, below their full paths. Where it is given, files
    /// are only taken from there, and from the build-id cache.
    pub symfs: Option<PathBuf>,
    /// perf's build-id cache; `~/.debug` unless told otherwise.
    pub build_id_cache: Option<PathBuf>,
    /// Where distributions install debug information.
    pub debug_folder: PathBuf,
    /// Whether functions that the compiler put into their callers become frames of their own.
    pub inlined: bool,
}

impl Default for SymbolizeOptions {
    fn default() -> Self {
        Self {
            symfs: None,
            build_id_cache: std::env::home_dir().map(|home| home.join(".debug")),
            debug_folder: PathBuf::from("/usr/lib/debug"),
            inlined: true,
        }
    }
}

impl SymbolizeOptions {
    /// Where a file of the profiled machine is on this one.
    pub(crate) fn resolve(&self, path: &Path) -> PathBuf {
        match &self.symfs {
            Some(symfs) => symfs.join(path.strip_prefix("/").unwrap_or(path)),
            None => path.to_owned(),
        }
    }
}
