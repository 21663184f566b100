//! Recordings of a running program by each profiler, and what they say about themselves.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use serde::Deserialize;

use crate::bench::error::BenchError;
use crate::bench::peer::Peer;
use crate::bench::place::Places;
use crate::bench::process::{self, Finished, Running, Usage};
use crate::bench::target::Target;

/// How to record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    pub(super) target: &'a Target,
    pub(super) frequency: u32,
    pub(super) length: Length,
}

/// When to press Ctrl-C.
#[derive(Clone, Copy, Debug)]
pub(super) enum Length {
    /// After so much time.
    Time(Duration),
    /// When the program has used so much CPU time, however long that takes on a busy machine.
    TargetCpu(Duration),
}

impl Request<'_> {
    fn wait(&self) -> Result<(), BenchError> {
        match self.length {
            Length::Time(duration) => process::sleep(duration),
            Length::TargetCpu(needed) => {
                let end = self.target.cpu() + needed;
                while self.target.cpu() < end {
                    process::sleep(Duration::from_millis(50))?;
                }
                Ok(())
            }
        }
    }
}

/// A recording that was made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Made {
    pub(super) usage: Usage,
    pub(super) samples: u64,
    pub(super) lost: u64,
    /// From Ctrl-C to the end of the recorder.
    pub(super) stop: Duration,
    /// CPU time of the recorder in that time.
    pub(super) stop_cpu: Duration,
}

/// Records with our program until Ctrl-C, and writes `outputs`.
pub(super) fn ours(places: &Places, request: &Request<'_>, outputs: &[&Path]) -> Result<Made, BenchError> {
    let mut command = Command::new(&places.firesteel);
    command.args(["record", "--no-open", "-F", &request.frequency.to_string(), "-p", &request.target.pid()]);
    for output in outputs {
        command.arg("-o").arg(output);
    }
    let stopped = until_interrupted(&mut command, request)?;
    let (samples, lost) = our_counts(&stopped.finished.errors).ok_or_else(|| BenchError::Silent {
        program: "firesteel record",
        what: "how many samples it took and lost",
        output: stopped.finished.errors.clone(),
    })?;
    Ok(stopped.made(samples, lost))
}

/// Records with `perf record -g` until Ctrl-C, into `output`.
pub(super) fn perf(places: &Places, perf: &Peer, request: &Request<'_>, output: &Path) -> Result<Made, BenchError> {
    // Its cache of binaries goes to the scratch folder instead of the user's home.
    let cache = places.scratch("perf-build-ids");
    let mut command = perf.command(["--buildid-dir"]);
    command.arg(&cache).args(["record", "-g", "-F", &request.frequency.to_string(), "-p", &request.target.pid(), "-o"]);
    command.arg(output);
    let stopped = until_interrupted(&mut command, request)?;
    let samples = perf_samples(&stopped.finished.errors).ok_or_else(|| BenchError::Silent {
        program: "perf record",
        what: "how many samples it took",
        output: stopped.finished.errors.clone(),
    })?;
    Ok(stopped.made(samples, perf_lost(perf, output)?))
}

/// Records with `samply record` until Ctrl-C, into `output`.
pub(super) fn samply(samply: &Peer, request: &Request<'_>, output: &Path) -> Result<Made, BenchError> {
    let mut command =
        samply.command(["record", "--save-only", "-r", &request.frequency.to_string(), "-p", &request.target.pid()]);
    command.arg("-o").arg(output);
    let stopped = until_interrupted(&mut command, request)?;
    Ok(stopped.made(samply_samples(output)?, 0))
}

/// perf's recording to folded stacks in a file.
pub(super) fn perf_to_folded(
    places: &Places,
    perf: &Peer,
    collapse: &Peer,
    recording: &Path,
    folded: &Path,
) -> Result<Usage, BenchError> {
    let mut script = perf.command(["--buildid-dir"]);
    script.arg(places.scratch("perf-build-ids")).args(["script", "-i"]).arg(recording);
    let mut collapse = collapse.command(["-n", "1"]);
    collapse.stdout(File::create(folded).map_err(BenchError::file("write", folded))?);
    process::pipe(&mut [script, collapse])
}

/// A recorder that has ended.
struct Stopped {
    finished: Finished,
    /// From Ctrl-C to its end: time that passed and CPU time.
    time: Duration,
    cpu: Duration,
}

impl Stopped {
    fn made(&self, samples: u64, lost: u64) -> Made {
        Made { usage: self.finished.usage, samples, lost, stop: self.time, stop_cpu: self.cpu }
    }
}

/// Runs a recorder for a while and sends it the signal of Ctrl-C.
fn until_interrupted(command: &mut Command, request: &Request<'_>) -> Result<Stopped, BenchError> {
    let running = Running::start(command.stdin(Stdio::null()).stdout(Stdio::null()))?;
    request.wait()?;
    let cpu_before = running.cpu();
    let interrupted = Instant::now();
    running.interrupt();
    // Recorders differ in what they return for a recording that the user ended.
    let (finished, _) = running.wait()?;
    let cpu = finished.usage.cpu.saturating_sub(cpu_before);
    Ok(Stopped { time: interrupted.elapsed(), cpu, finished })
}

/// Samples and lost samples from our summary: `… 9,123 samples in 5.00 s, 0 lost (…`.
fn our_counts(text: &str) -> Option<(u64, u64)> {
    Some((number_before(text, " samples in ")?, number_before(text, " lost (")?))
}

/// `[ perf record: Captured and wrote 0.095 MB perf.data (942 samples) ]`
fn perf_samples(text: &str) -> Option<u64> {
    number_before(text, " samples)")
}

/// The number, with or without separators, that stands before a text.
fn number_before(text: &str, mark: &str) -> Option<u64> {
    let before = text.split_once(mark)?.0;
    let start = before.rfind(|c: char| c != ',' && !c.is_ascii_digit()).map_or(0, |at| at + 1);
    before.get(start..)?.replace(',', "").parse().ok()
}

/// Samples that perf's recording says the kernel dropped.
fn perf_lost(perf: &Peer, recording: &Path) -> Result<u64, BenchError> {
    let mut command = perf.command(["script", "--show-lost-events", "-F", "comm", "-i"]);
    command.arg(recording).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let failed = |source| BenchError::Start { program: "perf script".to_owned(), source };
    let mut child = command.spawn().map_err(failed)?;
    let lines = child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines);
    let lost = lines.map_while(Result::ok).filter_map(|line| lost_of_line(&line)).sum();
    child.wait().map_err(failed)?;
    Ok(lost)
}

/// `… PERF_RECORD_LOST lost 5` or `… PERF_RECORD_LOST_SAMPLES lost 5`
fn lost_of_line(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("PERF_RECORD_LOST")?;
    rest.split_once("lost ")?.1.split_whitespace().next()?.parse().ok()
}

/// The part of samply's profile that tells how many samples there are.
#[derive(Deserialize)]
struct SamplyProfile {
    threads: Vec<SamplyThread>,
}

#[derive(Deserialize)]
struct SamplyThread {
    samples: SamplySamples,
}

#[derive(Deserialize)]
struct SamplySamples {
    length: u64,
}

fn samply_samples(path: &Path) -> Result<u64, BenchError> {
    let file = File::open(path).map_err(BenchError::file("read", path))?;
    // Read as a stream: this process stays small.
    let content = BufReader::new(GzDecoder::new(BufReader::new(file)));
    let profile: SamplyProfile =
        serde_json::from_reader(content).map_err(|error| BenchError::file("understand", path)(error.into()))?;
    Ok(profile.threads.iter().map(|thread| thread.samples.length).sum())
}

/// The size of a file; 0 if there is none.
pub(super) fn size(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_recorders() {
        let text =
            "firesteel: recorded shop -load 4: 49,123 samples in 5.00 s, 0 lost (cpu-clock at 999 Hz, user frames)";
        assert_eq!(our_counts(text), Some((49_123, 0)));
        assert_eq!(our_counts("no process 7"), None);
        let text = "[ perf record: Woken up 1 times ]\n[ perf record: Captured and wrote 0.095 MB x (942 samples) ]\n";
        assert_eq!(perf_samples(text), Some(942));
        assert_eq!(lost_of_line("shop  PERF_RECORD_LOST lost 12"), Some(12));
        assert_eq!(lost_of_line("shop"), None);
    }
}
