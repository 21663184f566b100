//! Go toolchains, and the test programs built by them.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A way to build a program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mode {
    pub(crate) name: &'static str,
    linker_flags: &'static str,
    arguments: &'static [&'static str],
    cgo: bool,
}

const fn mode(name: &'static str, linker_flags: &'static str, arguments: &'static [&'static str], cgo: bool) -> Mode {
    Mode { name, linker_flags, arguments, cgo }
}

pub(crate) const PLAIN: Mode = mode("plain", "", &[], false);
pub(crate) const STRIPPED: Mode = mode("stripped", "-s -w", &[], false);
pub(crate) const TRIMMED: Mode = mode("trimmed", "-s -w", &["-trimpath"], false);
pub(crate) const PIE: Mode = mode("pie", "-s -w", &["-buildmode=pie"], false);
pub(crate) const EXTERNAL: Mode = mode("external", "-s -w -linkmode=external", &[], true);
pub(crate) const EXTERNAL_PIE: Mode = mode("external-pie", "-s -w -linkmode=external", &["-buildmode=pie"], true);
/// Up to Go 1.25 only the symbols tell where the table is.
pub(crate) const EXTERNAL_PIE_PLAIN: Mode = mode("external-pie-plain", "-linkmode=external", &["-buildmode=pie"], true);
pub(crate) const CGO: Mode = mode("cgo", "-s -w", &["-tags=native"], true);
pub(crate) const CGO_PIE: Mode = mode("cgo-pie", "-s -w", &["-tags=native", "-buildmode=pie"], true);

/// C code linked by Go's own linker, as in programs whose only C code is that of the `net` package.
pub(crate) const INTERNAL_CGO: Mode = mode("internal-cgo", "-s -w -linkmode=internal", &[], true);

pub(crate) const MODES: [Mode; 9] =
    [PLAIN, STRIPPED, TRIMMED, PIE, EXTERNAL, EXTERNAL_PIE, EXTERNAL_PIE_PLAIN, CGO, CGO_PIE];

/// A Go toolchain.
#[derive(Clone, Debug)]
pub(crate) struct Toolchain {
    go: PathBuf,
    /// For example `go1.27.3`.
    pub(crate) version: String,
}

fn workspace() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    root.unwrap().to_owned()
}

impl Toolchain {
    fn at(go: PathBuf) -> Self {
        let output = Command::new(&go).env("GOTOOLCHAIN", "local").args(["env", "GOVERSION"]).output();
        let output = output.unwrap_or_else(|error| panic!("cannot run {}: {error}", go.display()));
        assert!(output.status.success(), "{} env GOVERSION failed", go.display());
        Self { go, version: String::from_utf8(output.stdout).unwrap().trim().to_owned() }
    }

    /// The release in the project's own folder.
    pub(crate) fn installed(version: &str) -> Self {
        let go = workspace().join(format!(".tools/go-{version}/go/bin/go"));
        assert!(go.exists(), "no Go {version} at {}: run `make setup`", go.display());
        Self::at(go)
    }

    /// What `FIRESTEEL_GO` names, else the newest release in the project's own folder.
    pub(crate) fn newest() -> Self {
        match std::env::var_os("FIRESTEEL_GO") {
            Some(go) => Self::at(go.into()),
            None => Self::installed("1.27.3"),
        }
    }

    /// Every release in the project's own folder and where Debian puts them.
    pub(crate) fn all() -> Vec<Self> {
        let folder = |path: &Path, prefix: &str, rest: &str| -> Vec<PathBuf> {
            let entries = fs::read_dir(path).into_iter().flatten().flatten();
            let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
            named.map(|entry| entry.path().join(rest)).filter(|go| go.exists()).collect()
        };
        let mut paths = folder(&workspace().join(".tools"), "go-", "go/bin/go");
        paths.extend(folder(Path::new("/usr/lib"), "go-", "bin/go"));
        paths.sort();
        assert!(!paths.is_empty(), "no Go toolchain found: run `make setup`");
        paths.into_iter().map(Self::at).collect()
    }

    /// 27 for `go1.27.3`.
    pub(crate) fn minor(&self) -> u32 {
        let digits = self.version.trim_start_matches("go1.").split(|character: char| !character.is_ascii_digit());
        digits.into_iter().next().unwrap().parse().unwrap()
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.go);
        command.current_dir(sources());
        for name in ["GOROOT", "GOFLAGS", "GOEXPERIMENT", "CGO_CFLAGS", "CGO_LDFLAGS"] {
            command.env_remove(name);
        }
        command.env("GOTOOLCHAIN", "local").env("GOWORK", "off").env("GOPROXY", "off");
        if std::env::var_os("HOME").is_none() && std::env::var_os("GOCACHE").is_none() {
            command.env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache"));
        }
        command
    }

    /// Builds a program for this machine, or takes it from an earlier run.
    pub(crate) fn build(&self, program: &str, mode: Mode) -> PathBuf {
        self.build_for(program, mode, if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" })
    }

    /// Builds a program for a processor in Go's terms, or takes it from an earlier run.
    pub(crate) fn build_for(&self, program: &str, mode: Mode, architecture: &str) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        hash_folder(&sources(), &mut hasher);
        mode.linker_flags.hash(&mut hasher);
        mode.arguments.hash(&mut hasher);
        let name = format!("{program}-{}-{}-{architecture}-{:016x}", self.version, mode.name, hasher.finish());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pclntab");
        let binary = folder.join(&name);
        if binary.exists() {
            return binary;
        }
        fs::create_dir_all(&folder).unwrap();
        // The oracle links to functions of the runtime that are not for everybody.
        let check = if self.minor() >= 23 { "-checklinkname=0 " } else { "" };
        let unfinished = folder.join(format!("{name}.{}", std::process::id()));
        let mut command = self.command();
        command.env("GOARCH", architecture).env("CGO_ENABLED", if mode.cgo { "1" } else { "0" });
        command.arg("build").args(mode.arguments).arg(format!("-ldflags={check}{}", mode.linker_flags));
        command.arg("-o").arg(&unfinished).arg(format!("./{program}"));
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} {}: {command:?} failed:\n{errors}", self.version, mode.name);
        fs::rename(&unfinished, &binary).unwrap();
        binary
    }
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/go")
}

fn hash_folder(folder: &Path, hasher: &mut DefaultHasher) {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            hash_folder(&path, hasher);
        } else {
            path.file_name().hash(hasher);
            fs::read(&path).unwrap().hash(hasher);
        }
    }
}
