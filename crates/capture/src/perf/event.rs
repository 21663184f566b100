//! Opened perf events.
#![expect(unsafe_code, reason = "perf_event_open(2) and its ioctls have no safe wrapper")]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use perf_event_open_sys as sys;

use crate::perf::attribute::Attribute;

/// An event of one thread (with what it will start) on one CPU.
#[derive(Debug)]
pub(crate) struct Event {
    descriptor: OwnedFd,
}

impl Event {
    /// Opens an event for a thread on a CPU.
    pub(crate) fn open(attribute: Attribute, thread: u32, cpu: usize) -> io::Result<Self> {
        let mut raw = attribute.to_raw();
        let flags = libc::c_ulong::from(sys::bindings::PERF_FLAG_FD_CLOEXEC);
        // SAFETY: `raw` is a complete, properly sized attribute that lives through the call; the kernel
        // writes at most its `size` field back. The event only observes.
        let descriptor =
            unsafe { sys::perf_event_open(&raw mut raw, thread as libc::pid_t, cpu as libc::c_int, -1, flags) };
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call succeeded, so this is a new descriptor that nobody else owns.
        Ok(Self { descriptor: unsafe { OwnedFd::from_raw_fd(descriptor) } })
    }

    /// Starts sampling.
    pub(crate) fn enable(&self) -> io::Result<()> {
        // SAFETY: an ioctl without memory arguments on a descriptor that we own.
        check(unsafe { sys::ioctls::ENABLE(self.descriptor.as_raw_fd(), 0) })
    }

    /// Stops sampling, in inherited events, too.
    pub(crate) fn disable(&self) -> io::Result<()> {
        // SAFETY: an ioctl without memory arguments on a descriptor that we own.
        check(unsafe { sys::ioctls::DISABLE(self.descriptor.as_raw_fd(), 0) })
    }

    /// Sends this event's records to the buffer of another event of the same CPU.
    pub(crate) fn redirect_to(&self, other: &Self) -> io::Result<()> {
        // SAFETY: an ioctl that takes a descriptor number, on descriptors that we own.
        check(unsafe { sys::ioctls::SET_OUTPUT(self.descriptor.as_raw_fd(), other.descriptor.as_raw_fd()) })
    }

    /// Number of samples that the kernel lost, `None` where it does not count them.
    pub(crate) fn lost(&self) -> Option<u64> {
        // With PERF_FORMAT_LOST alone, read(2) gives the value and the lost count.
        let mut words = [0u8; 16];
        let count = rustix::io::read(&self.descriptor, &mut words).ok()?;
        let lost = words.get(8..16).filter(|_| count == 16)?;
        Some(u64::from_ne_bytes(lost.try_into().ok()?))
    }
}

impl AsFd for Event {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
