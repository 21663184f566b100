//! The Go toolchains that set-up installed.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The release that is compared besides the newest one.
const OLDER: &str = "1.22.10";

/// A Go toolchain.
#[derive(Clone, Debug)]
pub struct Toolchain {
    go: PathBuf,
    version: String,
}

impl Toolchain {
    /// What `FIRESTEEL_GO` names, else the newest release in the project's own folder.
    #[must_use]
    pub fn newest() -> Self {
        if let Some(go) = std::env::var_os("FIRESTEEL_GO") {
            return Self::at(go.into());
        }
        let mut installed: Vec<(Vec<u32>, PathBuf)> = std::fs::read_dir(tools())
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let parts = name.strip_prefix("go-")?.split('.').map(|part| part.parse().ok());
                let go = entry.path().join("go/bin/go");
                go.exists().then_some((parts.collect::<Option<_>>()?, go))
            })
            .collect();
        installed.sort();
        match installed.pop() {
            Some((_, go)) => Self::at(go),
            None => panic!("no Go toolchain in {}: run `make setup`", tools().display()),
        }
    }

    /// What `FIRESTEEL_GO_OLDER` names, else Go 1.22.10 in the project's own folder.
    #[must_use]
    pub fn older() -> Self {
        let installed = || tools().join(format!("go-{OLDER}/go/bin/go"));
        Self::at(std::env::var_os("FIRESTEEL_GO_OLDER").map_or_else(installed, PathBuf::from))
    }

    /// Every release in the project's own folder and where Debian puts them, oldest first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let found = |folder: &Path, rest: &'static str| -> Vec<PathBuf> {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("go-"));
            named.map(|entry| entry.path().join(rest)).filter(|go| go.exists()).collect()
        };
        let mut paths = found(Path::new("/usr/lib"), "bin/go");
        paths.extend(found(&tools(), "go/bin/go"));
        assert!(!paths.is_empty(), "no Go toolchain found: run `make setup`");
        let mut all: Vec<Self> = paths.into_iter().map(Self::at).collect();
        all.sort_by_key(Self::minor);
        all
    }

    /// 27 for Go 1.27.3.
    #[must_use]
    pub fn minor(&self) -> u32 {
        let minor = self.version.strip_prefix("go1.").and_then(|rest| rest.split('.').next());
        minor.and_then(|minor| minor.parse().ok()).unwrap_or(0)
    }

    fn at(go: PathBuf) -> Self {
        assert!(go.exists(), "no Go toolchain at {}: run `make setup`", go.display());
        let mut toolchain = Self { go, version: String::new() };
        let output = toolchain.command().args(["env", "GOVERSION"]).output();
        let output = output.unwrap_or_else(|error| panic!("cannot run {}: {error}", toolchain.go.display()));
        assert!(output.status.success(), "{} env GOVERSION failed", toolchain.go.display());
        String::from_utf8_lossy(&output.stdout).trim().clone_into(&mut toolchain.version);
        toolchain
    }

    /// For example `go1.27.3`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The `go` command as `make` calls it: offline, with no other toolchain than this one, and with the project's own
    /// caches.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.go);
        for name in ["GOROOT", "GOOS", "GOARCH", "GOEXPERIMENT", "GODEBUG", "CGO_CFLAGS", "CGO_LDFLAGS"] {
            command.env_remove(name);
        }
        command
            .env("GOTOOLCHAIN", "local")
            .env("GOFLAGS", "-mod=mod")
            .env("GOPROXY", "off")
            .env("GOENV", "off")
            .env("GOWORK", "off")
            .env("GOCACHE", tools().join("gocache"))
            .env("GOPATH", tools().join("gopath"));
        command
    }
}

/// The root of the repository.
pub(crate) fn repository() -> &'static Path {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.ancestors().nth(2).unwrap_or(folder)
}

fn tools() -> PathBuf {
    repository().join(".tools")
}
