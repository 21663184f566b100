//! The heap of a process that reads a lot and ends soon, in huge pages.
//!
//! A command that folds or draws a profile touches tens of megabytes once and ends. With pages of 4 KiB, the kernel is
//! asked for each of them by a page fault, which takes a fifth to a third of the command's time. With huge pages
//! ("Transparent Hugepage Support" in the kernel's administration guide), one fault brings 2 MiB.

/// Makes this process's heap grow in huge pages, as far as the kernel and the allocator let it; the C library of GNU
/// and Linux only. Whether it did.
///
/// It is for commands that end when their work is done: memory that was freed is not given back, and what is used is
/// rounded up to 2 MiB. To be called early, before much is allocated, and from the main thread, whose heap it is.
pub fn prefer_huge_pages() -> bool {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        gnu::prefer_huge_pages().is_some()
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    {
        false
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod gnu {
    use std::ffi::c_void;
    use std::hint::black_box;

    use rustix::mm::{Advice, madvise};

    /// Size of a huge page of x86-64, and of aarch64 with pages of 4 KiB.
    const HUGE_PAGE: usize = 2 << 20;

    /// How much of the heap becomes huge pages. It is address space until it is touched. What grows beyond has
    /// pages of the usual size.
    const RESERVED: usize = 64 << 20;

    /// Largest allocation from the heap; larger ones are mapped by themselves, where they grow without being copied.
    /// `mallopt` does not take more.
    const LARGEST: usize = 32 << 20;

    #[expect(unsafe_code, reason = "the allocator and the kernel are told by foreign functions")]
    pub(super) fn prefer_huge_pages() -> Option<()> {
        let set = |option: i32, value: usize| {
            let value = i32::try_from(value).ok()?;
            // SAFETY: `mallopt` takes any numbers, and says when it does not know them.
            (unsafe { libc::mallopt(option, value) } == 1).then_some(())
        };
        // Large tables come from the heap, and freed memory stays there for the next one.
        set(libc::M_MMAP_THRESHOLD, LARGEST)?;
        set(libc::M_TRIM_THRESHOLD, 4 * RESERVED)?;
        // The heap grows by this much at once when it has to, which the first allocation is too large not to.
        set(libc::M_TOP_PAD, RESERVED)?;
        let before = end_of_heap();
        let first = black_box(allocate(FIRST)?);
        let page = first.as_ptr().addr();
        drop(first);
        let end = end_of_heap();
        set(libc::M_TOP_PAD, HUGE_PAGE)?;
        // What the allocator has written behind the first allocation has taken a small page there.
        let start = (page + FIRST + 1).checked_next_multiple_of(HUGE_PAGE)?;
        // Elsewhere the allocator has mapped memory, as it does where the heap cannot grow.
        if page > before || end < start + HUGE_PAGE || end - before < RESERVED {
            return None;
        }
        // What is below the first huge page stays taken, so that nothing is put there, and is never touched.
        std::mem::forget(black_box(allocate(start - page - CHUNK_HEAD)?));
        // SAFETY: the range is part of the heap, whose content the advice does not change.
        unsafe { madvise(std::ptr::with_exposed_provenance_mut(start), end - start, Advice::LinuxHugepage) }.ok()
    }

    /// More than there is in a heap that was hardly used: it grows by 132 KiB at first.
    const FIRST: usize = 1 << 20;

    /// What stands before each allocation.
    const CHUNK_HEAD: usize = 16;

    fn allocate(bytes: usize) -> Option<Vec<u8>> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(bytes).ok()?;
        Some(memory)
    }

    #[expect(unsafe_code, reason = "only a foreign function knows where the heap ends")]
    fn end_of_heap() -> usize {
        // SAFETY: an increment of zero changes nothing.
        let end: *mut c_void = unsafe { libc::sbrk(0) };
        end.addr()
    }
}
