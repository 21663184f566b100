//! Go execution traces, version 2 (Go 1.22 and later): where goroutines ran, waited and were kept waiting.
//!
//! The trace says when each goroutine changes its state, and mostly with which stack. Four columns come out of it, each
//! in nanoseconds: `running`, `blocked` (channels, locks, network, sleep; the reason is the innermost frame),
//! `sched_wait` (runnable, but not running) and `syscall`. A fifth, `cpu_samples`, counts the samples of a CPU profile
//! that ran at the same time.
//!
//! Time blocked or in system calls belongs to the stack that began it, as in `go tool trace -pprof`. Time of waiting for
//! a processor belongs to the stack with which the goroutine goes on, which tells who suffers; Go's own tool charges
//! whoever woke it up. Time running is charged to what the two nearest known stacks have in common: those callers were
//! there all along. States that last to the end of the trace count, too, under a reason that says so.
//!
//! The format is described by `internal/trace/tracev2` and `internal/trace` of the Go source tree.

mod batch;
mod event;
mod generation;
mod goroutine;
mod order;
mod scheduler;

use std::io::BufReader;

use firesteel_model::{Unit, ValueType};

use self::batch::{BatchReader, NextBatch};
use self::generation::Generation;
use self::scheduler::Scheduler;
use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::warning::{Place, WarningKind};

/// How a trace begins: `go 1.22 trace` and three zero bytes.
const HEADER: usize = 16;

/// The first version that marks the end of a generation.
const MARKS_ENDS: u32 = 26;

/// The minor version of Go that a trace is written for; `None` for what is no trace.
fn version(head: &[u8]) -> Option<u32> {
    let rest = head.get(..HEADER)?.strip_prefix(b"go 1.")?;
    let minor = std::str::from_utf8(rest.strip_suffix(b" trace\0\0\0")?).ok()?;
    minor.parse().ok().filter(|&minor| minor >= 22)
}

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    version(head).is_some()
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let time = |name: &str| ValueType::new(name, Unit::Nanoseconds);
    let samples = ValueType::new("cpu_samples", Unit::Count);
    let types = vec![time("running"), time("blocked"), time("sched_wait"), time("syscall"), samples];
    let mut builder = ProfileBuilder::new(types, options);
    let mut input = BufReader::new(content);
    let mut head = [0u8; HEADER];
    std::io::Read::read_exact(&mut input, &mut head).map_err(Error::reading)?;
    let version = version(&head).unwrap_or(0);
    builder.profile.metadata.set_property("trace version", format!("go 1.{version}"));

    let mut batches = BatchReader::new(input, HEADER as u64);
    let mut generation = Generation::default();
    let mut scheduler = Scheduler::default();
    loop {
        match batches.next() {
            NextBatch::Batch(batch) => {
                // Before the end was marked, a generation ends where the next begins.
                if version < MARKS_ENDS && generation.is_other(batch.generation) {
                    std::mem::take(&mut generation).replay(&mut scheduler, &mut builder);
                }
                if generation.size() > options.limits.bytes {
                    return Err(Error::TooLarge { limit: options.limits.bytes });
                }
                generation.add(batch, &mut builder);
            }
            NextBatch::EndOfGeneration => std::mem::take(&mut generation).replay(&mut scheduler, &mut builder),
            NextBatch::End => break,
            NextBatch::Broken(offset) => {
                builder.warnings.add(WarningKind::BrokenTail, Place::Byte(offset));
                break;
            }
            NextBatch::Failed(error) => return Err(Error::reading(error)),
        }
    }
    generation.replay(&mut scheduler, &mut builder);
    scheduler.finish(&mut builder);
    Ok(builder.finish(Format::GoTrace))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_the_header() {
        assert_eq!(version(b"go 1.22 trace\0\0\0"), Some(22));
        assert_eq!(version(b"go 1.26 trace\0\0\0more"), Some(26));
        assert_eq!(version(b"go 1.21 trace\0\0\0"), None);
        assert_eq!(version(b"go 1.22 trace"), None);
        assert_eq!(version(b"go 1.xy trace\0\0\0"), None);
    }
}
