//! The events and buffers of a recording.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::perf::attribute::{Attribute, EventKind};
use crate::perf::error::CaptureError;
use crate::perf::event::Event;
use crate::perf::permissions::Refusal;
use crate::perf::proc_files;
use crate::perf::recording::Note;
use crate::perf::ring::Ring;

/// Bytes that a deep stack's sample takes: header, registers and about 127 frames.
const LARGE_SAMPLE_BYTES: u64 = 1200;
/// For how many milliseconds a buffer holds out while nobody reads it.
const HEADROOM_MILLISECONDS: u64 = 750;
/// The least that a buffer is shrunk to where locked memory is scarce, in pages.
const LEAST_PAGES: usize = 8;

/// One event for every thread on every CPU, and one buffer for every CPU.
pub(crate) struct Sampler {
    /// What the kernel granted.
    pub(crate) attribute: Attribute,
    /// What differs from what was asked for.
    pub(crate) notes: Vec<Note>,
    buffers: Vec<CpuBuffer>,
    /// Events of further threads, which write to the buffer of their CPU.
    others: Vec<Event>,
}

/// The buffer of a CPU and the event that owns it.
struct CpuBuffer {
    cpu: usize,
    event: Event,
    ring: Ring,
}

impl Sampler {
    /// Opens events for the threads of a process, which inherit to all they start.
    pub(crate) fn open(wanted: Attribute, process: u32, threads: &[u32]) -> Result<Self, CaptureError> {
        let limit = proc_files::kernel_setting("perf_event_max_sample_rate");
        if let Some(limit) = limit.filter(|&limit| i64::from(wanted.frequency.0) > limit) {
            return Err(CaptureError::RateTooHigh { asked: wanted.frequency.0, limit });
        }
        let cpus = proc_files::online_cpus().map_err(CaptureError::system("listing CPUs"))?;
        allow_descriptors((threads.len() as u64 + 8) * cpus.len() as u64);
        let first = *threads.first().ok_or(CaptureError::NoSuchProcess { process })?;
        let pages = buffer_pages(u64::from(wanted.frequency.0));
        let wanted = Attribute { wakeup_bytes: (pages * rustix::param::page_size() / 4) as u32, ..wanted };
        let (attribute, notes) = negotiate(wanted, process, first, &cpus)?;
        let mut sampler = Self { attribute, notes, buffers: Vec::new(), others: Vec::new() };
        for &cpu in &cpus {
            match Event::open(attribute, first, cpu) {
                Ok(event) => {
                    let ring = map_ring(&event, pages)?;
                    sampler.buffers.push(CpuBuffer { cpu, event, ring });
                }
                // The CPU went offline in between.
                Err(error) if error.raw_os_error() == Some(libc::ENODEV) => {}
                Err(error) => return Err(refused(error, process, threads.len(), cpus.len())),
            }
        }
        sampler.add_threads(process, &threads[1..])?;
        if !attribute.enable_on_exec {
            sampler.add_new_threads(process, threads)?;
        }
        Ok(sampler)
    }

    fn add_threads(&mut self, process: u32, threads: &[u32]) -> Result<(), CaptureError> {
        for &thread in threads {
            for buffer in &self.buffers {
                match Event::open(self.attribute, thread, buffer.cpu) {
                    Ok(event) => {
                        event.redirect_to(&buffer.event).map_err(CaptureError::system("sharing a buffer"))?;
                        self.others.push(event);
                    }
                    // The thread has ended.
                    Err(error) if error.raw_os_error() == Some(libc::ESRCH) => break,
                    Err(error) => return Err(refused(error, process, threads.len(), self.buffers.len())),
                }
            }
        }
        Ok(())
    }

    /// Threads started while events were being opened by a thread that had none yet.
    fn add_new_threads(&mut self, process: u32, known: &[u32]) -> Result<(), CaptureError> {
        let mut known = known.to_vec();
        loop {
            let now = proc_files::threads(process).map_err(|_| CaptureError::NoSuchProcess { process })?;
            let new: Vec<u32> = now.into_iter().filter(|thread| !known.contains(thread)).collect();
            if new.is_empty() {
                return Ok(());
            }
            self.add_threads(process, &new)?;
            known.extend(new);
        }
    }

    /// Starts sampling.
    pub(crate) fn enable(&self) -> Result<(), CaptureError> {
        self.events().try_for_each(Event::enable).map_err(CaptureError::system("starting to sample"))
    }

    /// Stops sampling. Events of threads that have ended cannot fail in a way that matters.
    pub(crate) fn disable(&self) {
        for event in self.events() {
            let _ = event.disable();
        }
    }

    /// Samples that the kernel says it lost; 0 where it does not count.
    pub(crate) fn lost(&self) -> u64 {
        if self.attribute.count_lost { self.events().filter_map(Event::lost).sum() } else { 0 }
    }

    /// Appends what every buffer holds.
    pub(crate) fn drain_into(&self, out: &mut Vec<u8>) {
        for buffer in &self.buffers {
            buffer.ring.drain_into(out);
        }
    }

    /// What to wait on for samples.
    pub(crate) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.buffers.iter().map(|buffer| buffer.event.as_fd())
    }

    fn events(&self) -> impl Iterator<Item = &Event> {
        self.buffers.iter().map(|buffer| &buffer.event).chain(&self.others)
    }
}

/// Finds the best attribute that the kernel grants.
fn negotiate(
    mut attribute: Attribute,
    process: u32,
    thread: u32,
    cpus: &[usize],
) -> Result<(Attribute, Vec<Note>), CaptureError> {
    let mut notes = Vec::new();
    let cpu = cpus.first().copied().unwrap_or(0);
    loop {
        let Err(error) = Event::open(attribute, thread, cpu) else { return Ok((attribute, notes)) };
        match error.raw_os_error() {
            Some(libc::EINVAL) if attribute.count_lost => attribute.count_lost = false,
            Some(libc::ENOENT | libc::EOPNOTSUPP | libc::ENODEV | libc::EINVAL)
                if attribute.event == EventKind::Cycles =>
            {
                attribute.event = EventKind::CpuClock;
                // An older kernel's EINVAL may have been about this event, not about counting.
                attribute.count_lost = true;
                notes.push(Note::NoHardwareCycles);
            }
            Some(libc::EACCES | libc::EPERM) if attribute.kernel => {
                attribute.kernel = false;
                notes.push(Note::UserFramesOnly);
            }
            _ => return Err(refused(error, process, 1, 1)),
        }
    }
}

fn refused(error: io::Error, process: u32, threads: usize, cpus: usize) -> CaptureError {
    match error.raw_os_error() {
        Some(libc::ESRCH) => return CaptureError::NoSuchProcess { process },
        Some(libc::EMFILE | libc::ENFILE) => {
            let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
            return CaptureError::TooManyThreads { needed: (threads * cpus) as u64 + 64, limit };
        }
        _ => {}
    }
    match Refusal::judge(&error, process) {
        Some(refusal) => CaptureError::Refused { refusal },
        None => CaptureError::System { action: "opening a perf event", source: error },
    }
}

/// Data pages of a buffer: a power of two that holds the greatest flow for the headroom.
fn buffer_pages(frequency: u64) -> usize {
    let bytes = frequency.saturating_mul(LARGE_SAMPLE_BYTES) * HEADROOM_MILLISECONDS / 1000;
    let pages = usize::try_from(bytes).unwrap_or(usize::MAX) / rustix::param::page_size();
    pages.clamp(64, 1 << 14).next_power_of_two()
}

/// Maps a buffer, a smaller one where the limit on locked memory (`kernel.perf_event_mlock_kb`) demands it.
fn map_ring(event: &Event, pages: usize) -> Result<Ring, CaptureError> {
    let mut pages = pages;
    loop {
        match Ring::map(event, pages) {
            Ok(ring) => return Ok(ring),
            Err(error) if error.raw_os_error() == Some(libc::EPERM) && pages > LEAST_PAGES => pages /= 2,
            Err(error) => return Err(CaptureError::System { action: "mapping a sample buffer", source: error }),
        }
    }
}

/// Raises the soft limit on descriptors if it is too low; a failure shows when they run out.
fn allow_descriptors(needed: u64) {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < needed) {
        let current = limit.maximum.map_or(Some(needed), |maximum| Some(needed.min(maximum)));
        let _ = setrlimit(Resource::Nofile, Rlimit { current, ..limit });
    }
}
