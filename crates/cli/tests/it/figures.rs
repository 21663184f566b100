//! The recordings that several tests draw figures from, each made once: `leafheavy`, stripped, with its own CPU profile
//! on.

use std::path::PathBuf;
use std::sync::OnceLock;

use firesteel_testkit::{GoProgram, LinkMode, Stack, Toolchain, read_stacks, recording_turn, run};

use crate::{PATIENCE, SCRATCH, record};

/// A recording and what the program says of itself.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) toolchain: Toolchain,
    /// The program with symbols and DWARF.
    pub(crate) unstripped: PathBuf,
    /// The program that ran.
    pub(crate) stripped: PathBuf,
    /// Firesteel's pprof file.
    pub(crate) profile: PathBuf,
    /// The program's own.
    pub(crate) own_profile: PathBuf,
    pub(crate) stacks: Vec<Stack>,
    pub(crate) own_stacks: Vec<Stack>,
}

/// For how long to record: `FIRESTEEL_TEST_SECONDS`, or what is enough for a test.
pub(crate) fn seconds(enough: u64) -> u64 {
    let asked = std::env::var("FIRESTEEL_TEST_SECONDS").ok();
    asked.and_then(|seconds| seconds.parse().ok()).unwrap_or(enough)
}

/// With the newest Go, on two threads.
pub(crate) fn newest() -> &'static Recorded {
    static RECORDED: OnceLock<Recorded> = OnceLock::new();
    RECORDED.get_or_init(|| record_leafheavy(Toolchain::newest(), 2, seconds(10)))
}

/// With an older Go.
pub(crate) fn older() -> &'static Recorded {
    static RECORDED: OnceLock<Recorded> = OnceLock::new();
    RECORDED.get_or_init(|| record_leafheavy(Toolchain::older(), 2, seconds(6)))
}

/// With any Go.
pub(crate) fn record_leafheavy(toolchain: Toolchain, threads: u32, seconds: u64) -> Recorded {
    let unstripped = GoProgram::LEAFHEAVY.build(&toolchain, LinkMode::Plain, SCRATCH);
    let stripped = GoProgram::LEAFHEAVY.build_stripped(&toolchain, LinkMode::Plain, SCRATCH);
    let folder = PathBuf::from(SCRATCH).join(format!("recorded-{}", toolchain.version()));
    std::fs::create_dir_all(&folder).unwrap();
    let (profile, own_profile) = (folder.join("firesteel.pb.gz"), folder.join("own.pprof"));
    let mut command = record(&[&profile]);
    command.args(["-F", "999", "--"]).arg(&stripped);
    command.arg("-cpuprofile").arg(&own_profile);
    command.args(["-threads", &threads.to_string(), "-duration", &format!("{seconds}s")]);
    let turn = recording_turn();
    let finished = run(&mut command, PATIENCE).succeeded();
    drop(turn);
    println!("{}: {}", toolchain.version(), finished.stderr.lines().next().unwrap_or_default());
    let (stacks, own_stacks) = (read_stacks(&profile), read_stacks(&own_profile));
    Recorded { toolchain, unstripped, stripped, profile, own_profile, stacks, own_stacks }
}
