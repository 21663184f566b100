//! The buffer that the kernel writes records into and we read from.
#![expect(unsafe_code, reason = "memory shared with the kernel")]

use std::io;
use std::os::fd::AsFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use perf_event_open_sys::bindings::perf_event_mmap_page;
use rustix::mm::{MapFlags, ProtFlags};

/// A ring buffer mapped from an event.
///
/// Layout and ordering rules: `include/uapi/linux/perf_event.h`, `struct perf_event_mmap_page`: the kernel
/// publishes `data_head`, which is read with acquire order; we publish `data_tail` with release order
/// once the bytes before it were copied out.
#[derive(Debug)]
pub(crate) struct Ring {
    base: NonNull<u8>,
    page: usize,
    data: usize,
}

impl Ring {
    /// Maps a buffer of `pages` pages of data, a power of two, plus its control page.
    pub(crate) fn map(event: impl AsFd, pages: usize) -> io::Result<Self> {
        let page = rustix::param::page_size();
        let data = pages * page;
        // SAFETY: a fresh shared mapping at an address of the kernel's choice; nothing of ours is replaced.
        let base = unsafe {
            rustix::mm::mmap(
                std::ptr::null_mut(),
                data + page,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::SHARED,
                event,
                0,
            )
        }?;
        let base = NonNull::new(base.cast()).ok_or(io::ErrorKind::AddrNotAvailable)?;
        Ok(Self { base, page, data })
    }

    /// Appends everything written so far to `out` and frees its room for the kernel.
    ///
    /// Only whole records are ever visible: the kernel moves the head past complete records.
    pub(crate) fn drain_into(&self, out: &mut Vec<u8>) {
        let head = self.head().load(Ordering::Acquire);
        let tail = self.tail().load(Ordering::Relaxed);
        let available = (head.wrapping_sub(tail) as usize).min(self.data);
        let start = tail as usize & (self.data - 1);
        let first = available.min(self.data - start);
        self.copy(start, first, out);
        self.copy(0, available - first, out);
        self.tail().store(head, Ordering::Release);
    }

    fn copy(&self, start: usize, length: usize, out: &mut Vec<u8>) {
        debug_assert!(start + length <= self.data);
        // SAFETY: the data area begins one page into the mapping and is `self.data` bytes long;
        // `start + length` stays within it. The kernel does not write to the part between tail and head
        // until we publish a new tail.
        let bytes = unsafe { std::slice::from_raw_parts(self.base.as_ptr().add(self.page + start), length) };
        out.extend_from_slice(bytes);
    }

    fn head(&self) -> &AtomicU64 {
        // SAFETY: the control page begins with this structure, is mapped as long as `self`, and the
        // field is aligned to 8; it is only accessed atomically.
        unsafe { AtomicU64::from_ptr(&raw mut (*self.control()).data_head) }
    }

    fn tail(&self) -> &AtomicU64 {
        // SAFETY: as for `head`; the mapping is writable.
        unsafe { AtomicU64::from_ptr(&raw mut (*self.control()).data_tail) }
    }

    fn control(&self) -> *mut perf_event_mmap_page {
        self.base.as_ptr().cast()
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours alone, and no borrow of it outlives `self`. A failure leaves it
        // mapped, which harms nobody.
        let _ = unsafe { rustix::mm::munmap(self.base.as_ptr().cast(), self.data + self.page) };
    }
}
