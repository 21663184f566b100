//! The programs that ours is compared with. Those of Rust are installed into `.tools/peers` when they are not there.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::arguments::Arguments;
use super::place::{Places, cargo};
use super::process;
use super::row::Row;

/// Releases that we compare with.
const INFERNO: &str = "0.12.8";
const SAMPLY: &str = "0.13.1";

/// A program and what it says its version is.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) program: PathBuf,
    pub(super) version: String,
}

impl Peer {
    pub(super) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments);
        command
    }
}

/// The peers that are there.
#[derive(Debug, Default)]
pub(super) struct Peers {
    pub(super) collapse: Option<Peer>,
    pub(super) flamegraph: Option<Peer>,
    pub(super) samply: Option<Peer>,
    pub(super) perf: Option<Peer>,
    /// The program behind `go tool pprof`, without the go command in front of it.
    pub(super) pprof: Option<Peer>,
    /// The release of Go that examples and pprof are of.
    pub(super) go_version: Option<String>,
}

impl Peers {
    /// Finds the peers, and installs those that the rows asked for need; says what it does.
    pub(super) fn find(places: &Places, arguments: &Arguments, output: &mut dyn Write) -> Self {
        let recording = [Row::Record, Row::Lost, Row::PerfData].into_iter().any(|row| arguments.wants(row));
        let folding = [Row::Fold, Row::Svg].into_iter().any(|row| arguments.wants(row));
        let mut say = |text: String| {
            // A terminal that is gone is no reason to stop measuring.
            let _ = writeln!(output, "bench: {text}");
        };
        let mut installed = |package, version, program, needed| {
            installed(places, package, version, program, needed && arguments.install, &mut say)
        };
        let collapse = installed("inferno", INFERNO, "inferno-collapse-perf", recording || folding);
        let flamegraph = installed("inferno", INFERNO, "inferno-flamegraph", recording || folding);
        let samply = installed("samply", SAMPLY, "samply", recording);
        let go_version = go_version(places);
        let (perf, pprof) = (perf(), pprof(places, go_version.as_deref()));
        if recording && perf.is_none() {
            say("no working perf; on Debian: apt-get install linux-perf".to_owned());
        }
        if arguments.wants(Row::Pprof) && pprof.is_none() {
            say("no go command; `make setup-go` installs one".to_owned());
        }
        Self { collapse, flamegraph, samply, perf, pprof, go_version }
    }
}

/// A program of a crate, from `.tools/peers/bin`, where it is built if it is not there yet.
fn installed(
    places: &Places,
    package: &str,
    version: &str,
    program: &str,
    install: bool,
    say: &mut dyn FnMut(String),
) -> Option<Peer> {
    let root = places.root.join(".tools/peers");
    let path = root.join("bin").join(program);
    if !path.is_file() && install {
        say(format!("building {package} {version} into .tools/peers"));
        let mut command = cargo(places);
        command.args(["install", "--quiet", "--locked", package, "--version", version]);
        command.arg("--root").arg(&root).stdout(Stdio::null());
        if let Err(error) = process::finish(&mut command) {
            say(format!("{package} is left out: {error}"));
        }
    }
    let version = format!("{package} {version}");
    path.is_file().then_some(Peer { program: path, version })
}

/// perf, if it works: some systems have a `perf` that only says which package is missing.
fn perf() -> Option<Peer> {
    let version = process::output_of(Command::new("perf").arg("--version"))?;
    Some(Peer { program: "perf".into(), version: version.replace("perf version", "perf") })
}

/// The program that `go tool pprof` starts, so that the time of the go command is not held against it.
fn pprof(places: &Places, go_version: Option<&str>) -> Option<Peer> {
    // Building it, which newer releases do, is the go command's first answer; it stays in the cache that is named.
    let cache = places.root.join(".tools/gocache");
    let go = |arguments: &[&str]| {
        let mut command = Command::new(&places.go);
        command
            .args(arguments)
            .env("GOTOOLCHAIN", "local")
            .env("GOFLAGS", "")
            .env("GOWORK", "off")
            .env("GOCACHE", &cache);
        command
    };
    process::output_of(&mut go(&["tool", "pprof", "-h"]));
    let named = process::output_of(&mut go(&["tool", "-n", "pprof"]))?;
    let program = Path::new(named.lines().next()?).to_owned();
    let version = format!("go tool pprof of {}", go_version.unwrap_or("an unknown release"));
    fs::metadata(&program).ok()?.is_file().then_some(Peer { program, version })
}

fn go_version(places: &Places) -> Option<String> {
    let text = process::output_of(Command::new(&places.go).args(["env", "GOVERSION"]).env("GOTOOLCHAIN", "local"))?;
    (!text.is_empty()).then_some(text)
}
