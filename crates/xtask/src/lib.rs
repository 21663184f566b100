//! Tasks of this repository, `cargo xtask COMMAND`: one module for each command.

use std::path::{Path, PathBuf};

pub mod bench;
pub mod tidy;

/// The root of the repository that this was built from.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}
