//! The events of a recording: what was counted and which fields a sample of it has.
//!
//! Source: `perf_event_open(2)` and `include/uapi/linux/perf_event.h`.

use super::byte_order::ByteOrder;
use super::header::Section;

/// Size of the first version of `struct perf_event_attr`, which every later one begins with.
const FIRST_VERSION: usize = 64;

/// Bits of `sample_type`.
pub(super) mod sample_type {
    pub(crate) const IP: u64 = 1 << 0;
    pub(crate) const TID: u64 = 1 << 1;
    pub(crate) const TIME: u64 = 1 << 2;
    pub(crate) const ADDR: u64 = 1 << 3;
    pub(crate) const READ: u64 = 1 << 4;
    pub(crate) const CALLCHAIN: u64 = 1 << 5;
    pub(crate) const ID: u64 = 1 << 6;
    pub(crate) const CPU: u64 = 1 << 7;
    pub(crate) const PERIOD: u64 = 1 << 8;
    pub(crate) const STREAM_ID: u64 = 1 << 9;
    pub(crate) const RAW: u64 = 1 << 10;
    pub(crate) const BRANCH_STACK: u64 = 1 << 11;
    pub(crate) const REGS_USER: u64 = 1 << 12;
    pub(crate) const STACK_USER: u64 = 1 << 13;
    pub(crate) const IDENTIFIER: u64 = 1 << 16;
}

/// Bits of `read_format`.
pub(super) mod read_format {
    pub(crate) const TOTAL_TIME_ENABLED: u64 = 1 << 0;
    pub(crate) const TOTAL_TIME_RUNNING: u64 = 1 << 1;
    pub(crate) const ID: u64 = 1 << 2;
    pub(crate) const GROUP: u64 = 1 << 3;
    pub(crate) const LOST: u64 = 1 << 4;
}

const EXCLUDE_USER: u64 = 1 << 4;
const EXCLUDE_KERNEL: u64 = 1 << 5;
const EXCLUDE_HYPERVISOR: u64 = 1 << 6;
const IS_FREQUENCY: u64 = 1 << 10;
const SAMPLE_ID_ALL: u64 = 1 << 18;

const TYPE_HARDWARE: u32 = 0;
const TYPE_SOFTWARE: u32 = 1;
const TYPE_TRACEPOINT: u32 = 2;
const TYPE_RAW: u32 = 4;

/// `PERF_COUNT_HW_…` by number, as perf calls them.
const HARDWARE: [&str; 10] = [
    "cycles",
    "instructions",
    "cache-references",
    "cache-misses",
    "branches",
    "branch-misses",
    "bus-cycles",
    "stalled-cycles-frontend",
    "stalled-cycles-backend",
    "ref-cycles",
];

/// `PERF_COUNT_SW_…` by number, as perf calls them.
const SOFTWARE: [&str; 12] = [
    "cpu-clock",
    "task-clock",
    "page-faults",
    "context-switches",
    "cpu-migrations",
    "minor-faults",
    "major-faults",
    "alignment-faults",
    "emulation-faults",
    "dummy",
    "bpf-output",
    "cgroup-switches",
];

/// `PERF_COUNT_SW_CPU_CLOCK` and `PERF_COUNT_SW_TASK_CLOCK`, which count nanoseconds.
const CLOCKS: [u64; 2] = [0, 1];

/// What `struct perf_event_attr` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Attribute {
    kind: u32,
    config: u64,
    /// Samples a second, or how much is counted between two, by `is_frequency`.
    rate: u64,
    pub(super) sample_type: u64,
    pub(super) read_format: u64,
    flags: u64,
    pub(super) branch_sample_type: u64,
    /// The registers that a sample has, a bit each.
    pub(super) user_registers: u64,
    /// Most frames in a chain; zero when it is the kernel's default.
    pub(super) max_stack: u16,
}

impl Attribute {
    /// Reads a `struct perf_event_attr` of any version; `None` when the bytes end before its first version does.
    pub(super) fn read(bytes: &[u8], order: ByteOrder) -> Option<Self> {
        let size = order.u32_at(bytes, 4)? as usize;
        // The first version says its size as zero.
        let size = if size == 0 { FIRST_VERSION } else { size.max(FIRST_VERSION) };
        let bytes = bytes.get(..size.min(bytes.len()))?;
        let later = |position| order.u64_at(bytes, position).unwrap_or(0);
        let flags = order.u64_at(bytes, 40)?;
        Some(Self {
            kind: order.u32_at(bytes, 0)?,
            config: order.u64_at(bytes, 8)?,
            rate: order.u64_at(bytes, 16)?,
            sample_type: order.u64_at(bytes, 24)?,
            read_format: order.u64_at(bytes, 32)?,
            // Bit fields begin at the other end of the word on a big-endian machine.
            flags: if order == ByteOrder::Big { flags.reverse_bits() } else { flags },
            branch_sample_type: later(72),
            user_registers: later(80),
            max_stack: order.u16_at(bytes, 108).unwrap_or(0),
        })
    }

    /// Reads an entry of a file's section of events: the event and where its ids are.
    pub(super) fn read_entry(bytes: &[u8], order: ByteOrder) -> Option<(Self, Section)> {
        let start = bytes.len().checked_sub(16)?;
        let (attribute, section) = bytes.split_at_checked(start)?;
        let ids = Section { offset: order.u64_at(section, 0)?, size: order.u64_at(section, 8)? };
        Some((Self::read(attribute, order)?, ids))
    }

    /// Bytes of a `struct perf_event_attr` that begins so, as it says itself.
    pub(super) fn size_of(bytes: &[u8], order: ByteOrder) -> Option<usize> {
        let size = order.u32_at(bytes, 4)? as usize;
        Some(if size == 0 { FIRST_VERSION } else { size })
    }

    /// Whether a sample has these fields.
    pub(super) fn has(&self, fields: u64) -> bool {
        self.sample_type & fields == fields
    }

    /// Whether records other than samples end in their time, too.
    pub(super) fn marks_all_records(&self) -> bool {
        self.flags & SAMPLE_ID_ALL != 0
    }

    /// Whether it counts nanoseconds.
    pub(super) fn is_clock(&self) -> bool {
        self.kind == TYPE_SOFTWARE && CLOCKS.contains(&self.config)
    }

    /// Samples a second, where that was asked for.
    pub(super) fn frequency(&self) -> Option<u64> {
        (self.flags & IS_FREQUENCY != 0).then_some(self.rate)
    }

    /// How much is counted between two samples, where that was asked for.
    pub(super) fn period(&self) -> Option<u64> {
        (self.flags & IS_FREQUENCY == 0 && self.rate > 0).then_some(self.rate)
    }

    /// A name for an event that the recording does not name.
    pub(super) fn made_up_name(&self) -> String {
        let known =
            |names: &[&'static str]| usize::try_from(self.config).ok().and_then(|index| names.get(index).copied());
        let name = match self.kind {
            TYPE_HARDWARE => known(&HARDWARE).map(str::to_owned),
            TYPE_SOFTWARE => known(&SOFTWARE).map(str::to_owned),
            TYPE_TRACEPOINT => Some(format!("tracepoint {}", self.config)),
            TYPE_RAW => Some(format!("r{:x}", self.config)),
            _ => None,
        };
        let mut name = name.unwrap_or_else(|| format!("event {}/{:#x}", self.kind, self.config));
        // As on the command line of perf: what is not excluded.
        let excluded = self.flags & (EXCLUDE_USER | EXCLUDE_KERNEL | EXCLUDE_HYPERVISOR);
        if self.kind != TYPE_TRACEPOINT && excluded != 0 {
            name.push(':');
            for (bit, letter) in [(EXCLUDE_USER, 'u'), (EXCLUDE_KERNEL, 'k'), (EXCLUDE_HYPERVISOR, 'h')] {
                if excluded & bit == 0 {
                    name.push(letter);
                }
            }
        }
        name
    }
}
