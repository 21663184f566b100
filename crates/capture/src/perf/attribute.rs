//! What to ask `perf_event_open(2)` for.

use std::fmt;

use firesteel_model::Hertz;
use perf_event_open_sys::bindings;

use crate::perf::arch::Architecture;

/// The event that triggers samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// Processor cycles, counted by hardware.
    Cycles,
    /// A timer that runs while the thread is on a CPU; works in every virtual machine.
    CpuClock,
}

impl fmt::Display for EventKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Cycles => "cycles",
            Self::CpuClock => "cpu-clock",
        })
    }
}

/// The choices that decide the kernel's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) event: EventKind,
    pub(crate) frequency: Hertz,
    /// Whether to sample the kernel, too.
    pub(crate) kernel: bool,
    /// Start with the target's `execve(2)` instead of on demand.
    pub(crate) enable_on_exec: bool,
    /// Bytes of user stack to copy with each sample, a multiple of 8.
    pub(crate) stack_bytes: u32,
    /// Have the kernel count lost samples (Linux 6.0 and later).
    pub(crate) count_lost: bool,
    /// Wake the reader when so many bytes wait.
    pub(crate) wakeup_bytes: u32,
}

/// Bytes of user stack that repair every function of Go 1.21 and later: the return address is at
/// the stack pointer or in the word above it.
pub(crate) const STACK_BYTES: u32 = 16;

/// What each sample carries; [`crate::perf::record`] decodes it in this order.
pub(crate) const SAMPLE_TYPE: u64 = (bindings::PERF_SAMPLE_TID
    | bindings::PERF_SAMPLE_TIME
    | bindings::PERF_SAMPLE_PERIOD
    | bindings::PERF_SAMPLE_CALLCHAIN
    | bindings::PERF_SAMPLE_REGS_USER
    | bindings::PERF_SAMPLE_STACK_USER) as u64;

impl Attribute {
    /// The structure for the system call.
    pub(crate) fn to_raw(self) -> bindings::perf_event_attr {
        let (kind, config) = match self.event {
            EventKind::Cycles => (bindings::PERF_TYPE_HARDWARE, bindings::PERF_COUNT_HW_CPU_CYCLES),
            EventKind::CpuClock => (bindings::PERF_TYPE_SOFTWARE, bindings::PERF_COUNT_SW_CPU_CLOCK),
        };
        let mut raw = bindings::perf_event_attr {
            type_: kind,
            size: size_of::<bindings::perf_event_attr>() as u32,
            config: u64::from(config),
            sample_type: SAMPLE_TYPE,
            read_format: if self.count_lost { u64::from(bindings::PERF_FORMAT_LOST) } else { 0 },
            sample_regs_user: Architecture::current().register_mask(),
            sample_stack_user: self.stack_bytes,
            clockid: libc::CLOCK_MONOTONIC,
            ..Default::default()
        };
        raw.__bindgen_anon_1.sample_freq = u64::from(self.frequency.0);
        raw.__bindgen_anon_2.wakeup_watermark = self.wakeup_bytes;
        raw.set_freq(1);
        raw.set_watermark(1);
        raw.set_disabled(1);
        raw.set_enable_on_exec(u64::from(self.enable_on_exec));
        raw.set_inherit(1);
        raw.set_exclude_kernel(u64::from(!self.kernel));
        raw.set_exclude_callchain_kernel(u64::from(!self.kernel));
        raw.set_exclude_hv(1);
        raw.set_exclude_guest(1);
        raw.set_mmap(1);
        raw.set_mmap2(1);
        raw.set_comm(1);
        raw.set_comm_exec(1);
        raw.set_task(1);
        raw.set_sample_id_all(1);
        raw.set_use_clockid(1);
        raw
    }
}
