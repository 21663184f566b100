//! The Go service of `server.go`: built once, started for each test.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// A running service; it ends when this is dropped, or with the test process.
pub(crate) struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    addresses: BTreeMap<String, String>,
    folder: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let mut child = Command::new(binary())
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", binary().display()));
        let stdin = child.stdin.take();
        let mut addresses = BTreeMap::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            match line.unwrap().split_once(' ').unwrap() {
                ("ready", _) => break,
                (name, address) => addresses.insert(name.to_owned(), address.to_owned()),
            };
        }
        assert!(addresses.contains_key("plain"), "the service ended early: {addresses:?}");
        Self { child, stdin, addresses, folder }
    }

    /// `host:port` of one of its listeners.
    pub(crate) fn address(&self, name: &str) -> &str {
        &self.addresses[name]
    }

    /// URL on the listener without TLS.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address("plain"))
    }

    /// File of the certificate of one of its listeners.
    pub(crate) fn certificate(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.pem"))
    }

    /// Minor release of the Go that built it: 27 of `go1.27.3`.
    pub(crate) fn go_release(&self) -> u32 {
        let version = &self.addresses["version"];
        version.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or_else(|| panic!("odd {version}"))
    }

    /// A text without what differs from run to run.
    pub(crate) fn redacted(&self, text: &str) -> String {
        let text = text.replace("goroutineleak, ", "");
        self.addresses.iter().fold(text, |text, (name, address)| text.replace(address, &format!("<{name}>")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stdin = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The built service.
fn binary() -> &'static Path {
    static BINARY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = BINARY.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("main.go"), include_str!("server.go")).unwrap();
        std::fs::write(folder.path().join("go.mod"), "module server\n\ngo 1.22\n").unwrap();
        let binary = folder.path().join("server");
        let output = go_command().current_dir(folder.path()).arg("build").arg("-o").arg(&binary).arg(".").output();
        let output = output.unwrap_or_else(|error| panic!("cannot run {}: {error}; run `make setup`", go().display()));
        assert!(output.status.success(), "go build failed:\n{}", String::from_utf8_lossy(&output.stderr));
        (folder, binary)
    });
    path
}

/// Go, offline and with a build cache of its own, shared by all runs.
fn go_command() -> Command {
    let mut command = Command::new(go());
    for name in ["GOROOT", "GOPATH", "GOOS", "GOARCH", "GOEXPERIMENT", "GODEBUG"] {
        command.env_remove(name);
    }
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    if std::env::var_os("GOCACHE").is_none() {
        command.env("GOCACHE", scratch.join("go-cache"));
    }
    command
        .env("GOTOOLCHAIN", "local")
        .env("GOPROXY", "off")
        .env("GOFLAGS", "-mod=mod")
        .env("GOENV", "off")
        .env("GOWORK", "off")
        .env("GOPATH", scratch.join("go-path"))
        .env("CGO_ENABLED", "0");
    command
}

/// The toolchain that `FIRESTEEL_GO` names, else the newest of the project's own folder.
fn go() -> PathBuf {
    if let Some(go) = std::env::var_os("FIRESTEEL_GO") {
        return go.into();
    }
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools");
    let mut found: Vec<(Vec<u32>, PathBuf)> = std::fs::read_dir(&tools)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix("go-")?.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
            let go = entry.path().join("go/bin/go");
            go.exists().then_some((version, go))
        })
        .collect();
    found.sort();
    match found.pop() {
        Some((_, go)) => go,
        None => panic!("no Go toolchain in {}: run `make setup`", tools.display()),
    }
}
