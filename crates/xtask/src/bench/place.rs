//! Where things are: our program, the Go programs to profile, the scratch folder.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::BenchError;
use super::process;

/// Where things are.
#[derive(Debug)]
pub(super) struct Places {
    /// The repository.
    pub(super) root: PathBuf,
    /// Inputs and outputs; ignored by version control and kept for the next run.
    pub(super) scratch: PathBuf,
    /// Our program as cargo builds it for release, beside this one.
    built: PathBuf,
    /// A copy of it: what is measured.
    pub(super) firesteel: PathBuf,
    /// The go command.
    pub(super) go: PathBuf,
}

impl Places {
    pub(super) fn find(root: PathBuf) -> Result<Self, BenchError> {
        let own = env::current_exe().map_err(BenchError::file("find", Path::new("this program")))?;
        let built = own.parent().unwrap_or(Path::new("."));
        let target = built.parent().unwrap_or(Path::new("."));
        Ok(Self {
            scratch: target.join("bench"),
            built: target.join("release/firesteel"),
            firesteel: target.join("bench/firesteel"),
            go: find_go(&root),
            root,
        })
    }

    /// A file in the scratch folder.
    pub(super) fn scratch(&self, name: &str) -> PathBuf {
        self.scratch.join(name)
    }

    /// A built Go program of examples/go.
    pub(super) fn example(&self, name: &str) -> Result<PathBuf, BenchError> {
        let path = self.root.join("examples/go/bin").join(name);
        if path.is_file() { Ok(path) } else { Err(BenchError::Missing { path, remedy: "make examples" }) }
    }
}

/// The go command that the Makefile names, else the newest one installed in the repository, else the user's.
fn find_go(root: &Path) -> PathBuf {
    if let Some(go) = env::var_os("GO").map(PathBuf::from).filter(|go| go.is_file()) {
        return go;
    }
    let folders = fs::read_dir(root.join(".tools")).into_iter().flatten().flatten();
    let release = |path: &Path| -> Option<Vec<u32>> {
        let name = path.file_name()?.to_str()?.strip_prefix("go-")?;
        name.split('.').map(|part| part.parse().ok()).collect()
    };
    let installed = folders.filter_map(|folder| {
        let release = release(&folder.path())?;
        let go = folder.path().join("go/bin/go");
        go.is_file().then_some((release, go))
    });
    installed.max().map_or_else(|| PathBuf::from("go"), |(_, go)| go)
}

/// Builds our program for release and installs it as a user would have it, by copying, as the peers were. A file that
/// the linker wrote here and there is in memory as many small pages, and starts a fifth slower.
pub(super) fn build_firesteel(places: &Places) -> Result<(), BenchError> {
    let mut command = cargo(places);
    command.args(["build", "--release", "--quiet", "--bin", "firesteel"]).stdout(Stdio::null());
    process::finish(&mut command)?;
    if !places.built.is_file() {
        return Err(BenchError::Missing {
            path: places.built.clone(),
            remedy: "cargo build --release --bin firesteel",
        });
    }
    fs::copy(&places.built, &places.firesteel).map_err(BenchError::file("write", &places.firesteel))?;
    Ok(())
}

/// Cargo, in the repository.
pub(super) fn cargo(places: &Places) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&places.root);
    command
}
