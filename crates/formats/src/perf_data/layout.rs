//! Where the fields of samples and of other records are.
//!
//! Source: `perf_event_open(2)`, and `perf_output_sample` in `kernel/events/core.c` for what comes behind what.

use super::attribute::{Attribute, read_format, sample_type};
use super::byte_order::{ByteOrder, Fields};

/// Size of `struct perf_event_header`.
pub(super) const RECORD_HEADER: usize = 8;

/// The bit of `branch_sample_type` that puts a number in front of the branches.
const BRANCH_HARDWARE_INDEX: u64 = 1 << 17;
/// The bit that puts counters behind them.
const BRANCH_COUNTERS: u64 = 1 << 19;
/// Size of a `struct perf_branch_entry`.
const BRANCH: usize = 24;

/// Most frames of a chain where the event does not say: `PERF_MAX_STACK_DEPTH`.
const DEFAULT_MAX_STACK: usize = 127;

/// Where the fields of an event's records are, in bytes from the record's beginning.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Layout {
    pub(super) id: Option<usize>,
    ip: Option<usize>,
    thread: Option<usize>,
    pub(super) time: Option<usize>,
    period: Option<usize>,
    /// Behind all fields of a fixed size.
    variable: usize,
    attribute: Attribute,
    /// In records other than samples, from their end.
    pub(super) trailing_time: Option<usize>,
}

/// What is needed of a sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct SampleRecord<'a> {
    pub(super) ip: Option<u64>,
    pub(super) process: u32,
    pub(super) thread: u32,
    pub(super) time: Option<u64>,
    pub(super) period: Option<u64>,
    /// The chain of addresses, eight bytes each; `None` when the event records none.
    pub(super) chain: Option<&'a [[u8; 8]]>,
    /// The user registers that were asked for, in order of their numbers; empty when there are none.
    pub(super) registers: &'a [[u8; 8]],
    /// The top of the user stack.
    pub(super) stack: &'a [u8],
}

impl Layout {
    /// The layout of an event's records.
    pub(super) fn of(attribute: Attribute) -> Self {
        use sample_type as has;
        let mut layout = Self { attribute, ..Self::default() };
        let mut next = RECORD_HEADER;
        let mut place = |bit: u64| {
            attribute.has(bit).then(|| {
                let place = next;
                next += 8;
                place
            })
        };
        let identifier = place(has::IDENTIFIER);
        layout.ip = place(has::IP);
        layout.thread = place(has::TID);
        layout.time = place(has::TIME);
        place(has::ADDR);
        let id = place(has::ID);
        layout.id = identifier.or(id);
        place(has::STREAM_ID);
        place(has::CPU);
        layout.period = place(has::PERIOD);
        layout.variable = next;
        if attribute.marks_all_records() && attribute.has(has::TIME) {
            let behind = [has::TIME, has::ID, has::STREAM_ID, has::CPU, has::IDENTIFIER];
            layout.trailing_time = Some(8 * behind.into_iter().filter(|&bit| attribute.has(bit)).count());
        }
        layout
    }

    /// Most frames that the kernel puts into a chain.
    pub(super) fn max_stack(&self) -> usize {
        match self.attribute.max_stack {
            0 => DEFAULT_MAX_STACK,
            given => usize::from(given),
        }
    }

    /// Decodes a sample; `None` when it ends early.
    pub(super) fn sample<'a>(&self, record: &'a [u8], order: ByteOrder) -> Option<SampleRecord<'a>> {
        let at = |place: Option<usize>| match place {
            Some(place) => order.u64_at(record, place).map(Some),
            None => Some(None),
        };
        let (process, thread) = match self.thread {
            Some(place) => (order.u32_at(record, place)?, order.u32_at(record, place + 4)?),
            None => (u32::MAX, u32::MAX),
        };
        let mut fields = Fields::new(record.get(self.variable..)?, order);
        if self.attribute.has(sample_type::READ) {
            self.skip_counts(&mut fields)?;
        }
        let mut sample = SampleRecord {
            ip: at(self.ip)?,
            process,
            thread,
            time: at(self.time)?,
            period: at(self.period)?,
            chain: None,
            registers: &[],
            stack: &[],
        };
        if self.attribute.has(sample_type::CALLCHAIN) {
            let count = usize::try_from(fields.u64()?).ok()?;
            sample.chain = Some(fields.bytes(count.checked_mul(8)?)?.as_chunks().0);
        }
        if self.attribute.has(sample_type::REGS_USER) || self.attribute.has(sample_type::STACK_USER) {
            self.user_state(&mut fields, &mut sample)?;
        }
        Some(sample)
    }

    /// `struct read_format`.
    fn skip_counts(&self, fields: &mut Fields<'_>) -> Option<()> {
        let format = self.attribute.read_format;
        let words = |bits: [u64; 2]| bits.into_iter().filter(|bit| format & bit != 0).count();
        let times = words([read_format::TOTAL_TIME_ENABLED, read_format::TOTAL_TIME_RUNNING]);
        let each = 1 + words([read_format::ID, read_format::LOST]);
        let count = if format & read_format::GROUP == 0 { 1 } else { usize::try_from(fields.u64()?).ok()? };
        fields.bytes(count.checked_mul(each)?.checked_add(times)?.checked_mul(8)?).map(|_| ())
    }

    fn user_state<'a>(&self, fields: &mut Fields<'a>, sample: &mut SampleRecord<'a>) -> Option<()> {
        if self.attribute.has(sample_type::RAW) {
            let size = fields.u32()? as usize;
            fields.bytes(size)?;
        }
        if self.attribute.has(sample_type::BRANCH_STACK) {
            let count = usize::try_from(fields.u64()?).ok()?;
            let bits = self.attribute.branch_sample_type;
            let index = if bits & BRANCH_HARDWARE_INDEX == 0 { 0 } else { 8 };
            let each = if bits & BRANCH_COUNTERS == 0 { BRANCH } else { BRANCH + 8 };
            fields.bytes(count.checked_mul(each)?.checked_add(index)?)?;
        }
        // The word in front of the registers says whether they are there: `PERF_SAMPLE_REGS_ABI_…`.
        if self.attribute.has(sample_type::REGS_USER) && fields.u64()? != 0 {
            let count = self.attribute.user_registers.count_ones() as usize;
            sample.registers = fields.bytes(count * 8)?.as_chunks().0;
        }
        if self.attribute.has(sample_type::STACK_USER) {
            let size = usize::try_from(fields.u64()?).ok()?;
            let bytes = fields.bytes(size)?;
            if size > 0 {
                let used = usize::try_from(fields.u64()?).ok()?.min(size);
                sample.stack = bytes.get(..used)?;
            }
        }
        Some(())
    }

    /// A user register by its number in `enum perf_event_…_regs` of the architecture.
    pub(super) fn register(&self, sample: &SampleRecord<'_>, number: u32, order: ByteOrder) -> Option<u64> {
        let bit = 1u64.checked_shl(number)?;
        let index = (self.attribute.user_registers & bit != 0)
            .then(|| (self.attribute.user_registers & (bit - 1)).count_ones() as usize)?;
        sample.registers.get(index).map(|bytes| order.u64(*bytes))
    }
}
