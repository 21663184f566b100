//! A recording from its start to its profile.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use firesteel_model::{Losses, Nanoseconds, Profile, UnixNanoseconds};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::perf::attribute::{Attribute, EventKind, STACK_BYTES};
use crate::perf::binary::map_file;
use crate::perf::error::CaptureError;
use crate::perf::finish::finish;
use crate::perf::launch::{PendingLaunch, find_program};
use crate::perf::order::RecordQueue;
use crate::perf::permissions::deepest_stack;
use crate::perf::proc_files;
use crate::perf::process::Processes;
use crate::perf::record::{RawRecord, Record};
use crate::perf::recording::{Note, Observer, Progress, RecordOptions, Recording, Started, Summary, Target};
use crate::perf::sampler::Sampler;
use crate::perf::stacks::{RawSample, RawStacks};
use crate::perf::unwind::{Unwinder, Unwound};

/// How often the buffers are read when no CPU's buffer fills up.
const READ_INTERVAL: Duration = Duration::from_millis(100);

/// Bytes of stack for programs built by Go before 1.21, whose prologues allocate the frame before they
/// save the frame pointer: enough to reach the return address of all but the largest frames.
const STACK_BYTES_BEFORE_GO_1_21: u32 = 512;

/// Records a target until it ends, the duration is over, or `stop` is set.
pub fn record(
    target: &Target,
    options: &RecordOptions,
    stop: &AtomicBool,
    observer: &mut dyn Observer,
) -> Result<Recording, CaptureError> {
    match target {
        Target::Launch(command) => {
            let program = find_program(command.first().map_or(Path::new(""), |name| Path::new(name)));
            let pending = PendingLaunch::start(command)?;
            let process = pending.process();
            let attribute = attribute(options, true, program.as_deref());
            let sampler = match Sampler::open(attribute, process, &[process]) {
                Ok(sampler) => sampler,
                Err(error) => {
                    pending.cancel();
                    return Err(error);
                }
            };
            let child = pending.release()?;
            let title = command.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" ");
            let mut session = Session::new(sampler, process, title);
            session.child = Some(child);
            session.run(options, stop, observer)
        }
        Target::Attach(process) => {
            let process = *process;
            let threads = proc_files::threads(process).map_err(|_| CaptureError::NoSuchProcess { process })?;
            let attribute = attribute(options, false, Some(&proc_files::executable(process)));
            let sampler = Sampler::open(attribute, process, &threads)?;
            let title = proc_files::command_line(process).unwrap_or_else(|| process.to_string());
            Session::new(sampler, process, title).run(options, stop, observer)
        }
    }
}

fn attribute(options: &RecordOptions, enable_on_exec: bool, program: Option<&Path>) -> Attribute {
    Attribute {
        event: EventKind::Cycles,
        frequency: options.frequency,
        kernel: options.kernel,
        enable_on_exec,
        stack_bytes: if program.is_some_and(is_before_go_1_21) { STACK_BYTES_BEFORE_GO_1_21 } else { STACK_BYTES },
        count_lost: true,
        wakeup_bytes: 0,
    }
}

fn is_before_go_1_21(program: &Path) -> bool {
    let table = map_file(program, None).and_then(|bytes| pclntab::Pclntab::parse(bytes).ok());
    let Some(version) = table.as_ref().and_then(|table| table.go_version()) else { return false };
    let minor = version.strip_prefix("go1.").and_then(|rest| {
        rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse::<u32>().ok())
    });
    minor.is_some_and(|minor| minor < 21)
}

/// The state of a running recording.
struct Session {
    sampler: Sampler,
    child: Option<Child>,
    process: u32,
    title: String,
    processes: Processes,
    stacks: RawStacks,
    unwinder: Unwinder,
    unwound: Unwound,
    queue: RecordQueue,
    losses: Losses,
}

impl Session {
    fn new(sampler: Sampler, process: u32, title: String) -> Self {
        Self {
            sampler,
            child: None,
            process,
            title,
            processes: Processes::default(),
            stacks: RawStacks::default(),
            unwinder: Unwinder::new(deepest_stack()),
            unwound: Unwound::default(),
            queue: RecordQueue::default(),
            losses: Losses::default(),
        }
    }

    fn run(
        mut self,
        options: &RecordOptions,
        stop: &AtomicBool,
        observer: &mut dyn Observer,
    ) -> Result<Recording, CaptureError> {
        let started_at = SystemTime::now();
        let begin = Instant::now();
        if self.child.is_none() {
            self.sampler.enable()?;
            // In this order: what is mapped in between then comes by a record, or is already listed.
            self.processes.adopt(self.process);
        }
        observer.started(&Started {
            process: self.process,
            event: self.sampler.attribute.event,
            frequency: options.frequency,
            notes: self.sampler.notes.clone(),
        });
        let exit = self.watch(options.duration, begin, stop, observer)?;
        self.sampler.disable();
        let duration = begin.elapsed();
        self.drain(true);
        self.losses.lost_samples = self.losses.lost_samples.max(self.sampler.lost());
        Ok(self.conclude(started_at, duration, exit))
    }

    /// Reads samples until there is a reason to stop.
    fn watch(
        &mut self,
        limit: Option<Duration>,
        begin: Instant,
        stop: &AtomicBool,
        observer: &mut dyn Observer,
    ) -> Result<Option<ExitStatus>, CaptureError> {
        let end_of_process = open_pidfd(self.process);
        loop {
            let elapsed = begin.elapsed();
            let remaining = limit.map(|limit| limit.saturating_sub(elapsed));
            if stop.load(Ordering::Relaxed) || remaining.is_some_and(|remaining| remaining.is_zero()) {
                return Ok(None);
            }
            let timeout = remaining.map_or(READ_INTERVAL, |remaining| remaining.min(READ_INTERVAL));
            let ended = wait(&self.sampler, end_of_process.as_ref(), timeout)?;
            self.drain(false);
            observer.progress(&Progress {
                elapsed: begin.elapsed(),
                samples: self.stacks.samples.len() as u64,
                lost: self.losses.lost_samples,
            });
            if let Some(child) = &mut self.child {
                let exit = child.try_wait().map_err(CaptureError::system("waiting for the program"))?;
                if exit.is_some() {
                    self.child = None;
                    return Ok(exit);
                }
            } else if ended || !Path::new("/proc").join(self.process.to_string()).exists() {
                return Ok(None);
            }
        }
    }

    fn drain(&mut self, last: bool) {
        self.sampler.drain_into(self.queue.buffer());
        let mut queue = std::mem::take(&mut self.queue);
        if last {
            queue.finish(|time, record| self.handle(time, record));
        } else {
            queue.finish_round(|time, record| self.handle(time, record));
        }
        self.queue = queue;
    }

    fn handle(&mut self, time: u64, record: RawRecord<'_>) {
        match record.decode() {
            Some(Record::Sample(sample)) => {
                self.unwinder.unwind(&mut self.processes, &sample, &mut self.unwound);
                let losses = &mut self.losses;
                losses.truncated_stacks += u64::from(self.unwound.truncated);
                losses.stack_switches += u64::from(self.unwound.stack_switch);
                losses.missing_callers += u64::from(self.unwound.caller_unreachable);
                let stack = self.stacks.add_stack(&self.unwound);
                let name = self.processes.thread_name(sample.thread);
                let thread = self.stacks.thread(sample.process, sample.thread, name);
                self.stacks.samples.push(RawSample { stack, thread, time, period: sample.period });
            }
            Some(Record::Map(map)) => self.processes.map_record(&map),
            Some(Record::Name { process, thread, name, exec }) => self.processes.name(process, thread, name, exec),
            Some(Record::Fork { process, parent_process, thread, parent_thread }) => {
                self.processes.fork(process, parent_process, thread, parent_thread);
            }
            Some(Record::Lost { count }) => self.losses.lost_samples += count,
            Some(Record::Throttle) => self.losses.throttled += 1,
            Some(Record::Exit | Record::Other) => {}
            None => self.losses.skipped_records += 1,
        }
    }

    fn conclude(self, started_at: SystemTime, duration: Duration, exit: Option<ExitStatus>) -> Recording {
        let attribute = self.sampler.attribute;
        let mut notes = self.sampler.notes;
        let period = match attribute.event {
            EventKind::CpuClock => 1_000_000_000 / u64::from(attribute.frequency.0.max(1)),
            EventKind::Cycles => 0,
        };
        let mut profile = finish(&self.stacks, &self.processes, attribute.event, period);
        if attribute.kernel && kernel_names_hidden(&profile) {
            notes.push(Note::KernelNamesHidden);
        }
        let metadata = &mut profile.metadata;
        metadata.title = self.title;
        metadata.start = started_at
            .duration_since(SystemTime::UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_nanos()).ok())
            .map(UnixNanoseconds);
        metadata.duration = u64::try_from(duration.as_nanos()).ok().map(Nanoseconds);
        // Naming has counted the samples without names there.
        metadata.losses.add(&self.losses);
        metadata.set_property("event", attribute.event.to_string());
        metadata.set_property("frequency", format!("{} Hz", attribute.frequency));
        metadata.set_property("frames", if attribute.kernel { "user and kernel" } else { "user" });
        let go = self.processes.binaries.iter().find_map(|binary| binary.content.as_ref()?.go());
        if let Some(go) = go {
            if let Some(version) = go.go_version() {
                metadata.set_property("go version", version);
            }
            if let Some(module) = go.build_info().and_then(|info| info.main.map(|module| module.path)) {
                metadata.set_property("main module", module);
            }
        }
        let summary = Summary {
            event: attribute.event,
            frequency: attribute.frequency,
            duration,
            samples: self.stacks.samples.len() as u64,
            lost: self.losses.lost_samples,
            exit,
            notes,
        };
        Recording { profile, summary, running: self.child }
    }
}

/// Whether kernel frames were sampled and none has a name.
fn kernel_names_hidden(profile: &Profile) -> bool {
    use firesteel_model::{FrameId, FrameKind};
    let mut kernel = (0..profile.frame_count())
        .map(|index| profile.frame(FrameId::from_index(index)))
        .filter(|frame| frame.kind == FrameKind::Kernel)
        .peekable();
    kernel.peek().is_some() && kernel.all(|frame| frame.flags.unnamed)
}

/// A descriptor that becomes readable when the process ends; `None` before Linux 5.3.
fn open_pidfd(process: u32) -> Option<OwnedFd> {
    let process = rustix::process::Pid::from_raw(i32::try_from(process).ok()?)?;
    rustix::process::pidfd_open(process, rustix::process::PidfdFlags::empty()).ok()
}

/// Waits for samples, the end of the process or the timeout. Says whether the process has ended.
fn wait(sampler: &Sampler, end: Option<&OwnedFd>, timeout: Duration) -> Result<bool, CaptureError> {
    let mut descriptors: Vec<BorrowedFd<'_>> = sampler.descriptors().collect();
    let end_index = end.map(|end| {
        descriptors.push(end.as_fd());
        descriptors.len() - 1
    });
    let mut polled: Vec<PollFd<'_>> =
        descriptors.iter().map(|descriptor| PollFd::from_borrowed_fd(*descriptor, PollFlags::IN)).collect();
    let timeout = Timespec { tv_sec: timeout.as_secs() as i64, tv_nsec: i64::from(timeout.subsec_nanos()) };
    match poll(&mut polled, Some(&timeout)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(CaptureError::system("waiting for samples")(io::Error::from(error))),
    }
    // When every sampled thread has ended the buffers report a hang-up at once, for ever; wait for the
    // process instead, so that this does not spin.
    let hung_up = polled.iter().any(|polled| polled.revents().contains(PollFlags::HUP));
    let ended = end_index.is_some_and(|index| !polled[index].revents().is_empty());
    if hung_up && !ended {
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(ended)
}
