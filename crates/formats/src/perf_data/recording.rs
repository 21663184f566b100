//! What becomes of each record.

use super::attribute::Attribute;
use super::byte_order::{ByteOrder, Fields, text_of};
use super::event::Events;
use super::feature::Features;
use super::layout::RECORD_HEADER;
use super::machine::{CpuMode, Machine};
use super::queue::{Due, Queue};
use super::samples::Samples;
use crate::warning::{Place, WarningKind, Warnings};

/// Kinds of records: those of the kernel, `enum perf_event_type`, and from 64 on those of perf itself,
/// `enum perf_user_event_type` in `tools/lib/perf/include/perf/event.h`.
pub(super) mod kind {
    pub(crate) const MMAP: u32 = 1;
    pub(crate) const LOST: u32 = 2;
    pub(crate) const COMM: u32 = 3;
    pub(crate) const THROTTLE: u32 = 5;
    pub(crate) const FORK: u32 = 7;
    pub(crate) const SAMPLE: u32 = 9;
    pub(crate) const MMAP2: u32 = 10;
    pub(crate) const LOST_SAMPLES: u32 = 13;
    pub(crate) const KSYMBOL: u32 = 17;
    pub(crate) const HEADER_ATTR: u32 = 64;
    pub(crate) const HEADER_TRACING_DATA: u32 = 66;
    pub(crate) const HEADER_BUILD_ID: u32 = 67;
    pub(crate) const FINISHED_ROUND: u32 = 68;
    pub(crate) const AUXTRACE: u32 = 71;
    pub(crate) const EVENT_UPDATE: u32 = 78;
    pub(crate) const HEADER_FEATURE: u32 = 80;
    pub(crate) const COMPRESSED: u32 = 81;
    pub(crate) const COMPRESSED2: u32 = 83;
}

/// What kind of change an update of an event is: its name.
const UPDATE_NAME: u64 = 2;

/// Everything that was read of a recording.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) order: ByteOrder,
    pub(super) events: Events,
    pub(super) features: Features,
    pub(super) machine: Machine,
    pub(super) samples: Samples,
    queue: Queue,
    /// Samples that the kernel had no room for.
    pub(super) lost: u64,
    /// Times that the kernel paused sampling.
    pub(super) throttled: u64,
    pub(super) warnings: Warnings,
}

impl Recording {
    pub(super) fn new(order: ByteOrder, keeps_times: bool) -> Self {
        Self {
            order,
            events: Events::default(),
            features: Features::default(),
            machine: Machine::default(),
            samples: Samples::new(keeps_times),
            queue: Queue::default(),
            lost: 0,
            throttled: 0,
            warnings: Warnings::default(),
        }
    }

    /// Takes a whole record, which is at `place` in the input.
    pub(super) fn record(&mut self, kind: u32, record: &[u8], place: u64) {
        if self.take(kind, record).is_none() {
            self.warnings.add(WarningKind::BrokenMessage, Place::Byte(place));
        }
    }

    fn take(&mut self, kind: u32, record: &[u8]) -> Option<()> {
        let order = self.order;
        match kind {
            kind::SAMPLE => {
                let event = self.events.of_sample(record, order)?;
                let time = self.events.get(event)?.layout.time.and_then(|place| order.u64_at(record, place));
                self.enqueue(time, record, event);
            }
            kind::MMAP | kind::MMAP2 | kind::COMM | kind::FORK | kind::KSYMBOL => {
                self.enqueue(self.events.time_of_other(record, order), record, 0);
            }
            kind::LOST => self.lost = self.lost.saturating_add(order.u64_at(record, RECORD_HEADER + 8)?),
            kind::LOST_SAMPLES => self.lost = self.lost.saturating_add(order.u64_at(record, RECORD_HEADER)?),
            kind::THROTTLE => self.throttled += 1,
            kind::FINISHED_ROUND => {
                let Self { queue, events, machine, samples, warnings, .. } = self;
                queue.round(|due| replay(due, events, machine, samples, order, warnings));
            }
            kind::HEADER_ATTR => {
                let body = record.get(RECORD_HEADER..)?;
                let size = Attribute::size_of(body, order)?;
                let (attribute, ids) = body.split_at_checked(size)?;
                let ids = ids.as_chunks().0.iter().map(|&id| order.u64(id));
                self.events.add(Attribute::read(attribute, order)?, ids);
            }
            kind::HEADER_BUILD_ID => self.features.add_build_id(record, order)?,
            kind::EVENT_UPDATE => {
                let mut fields = Fields::new(record.get(RECORD_HEADER..)?, order);
                let (update, id) = (fields.u64()?, fields.u64()?);
                if update == UPDATE_NAME {
                    self.events.name(id, String::from_utf8_lossy(text_of(fields.rest())).into_owned());
                }
            }
            kind::HEADER_FEATURE => {
                let mut fields = Fields::new(record.get(RECORD_HEADER..)?, order);
                let feature = u32::try_from(fields.u64()?).ok()?;
                self.features.add(feature, fields.rest(), order)?;
            }
            _ => {}
        }
        Some(())
    }

    /// Puts a record into its place in time; one without a time is of now.
    fn enqueue(&mut self, time: Option<u64>, record: &[u8], event: usize) {
        let order = self.order;
        let Self { queue, events, machine, samples, warnings, .. } = self;
        match time.filter(|&time| time != 0 && time != u64::MAX) {
            None => replay(Due { record, event }, events, machine, samples, order, warnings),
            Some(time) => {
                queue.push(time, record, event);
                if queue.is_full() {
                    queue.relieve(|due| replay(due, events, machine, samples, order, warnings));
                }
            }
        }
    }

    /// Takes what still waits for its turn.
    pub(super) fn finish_records(&mut self) {
        let order = self.order;
        let Self { queue, events, machine, samples, warnings, .. } = self;
        queue.finish(|due| replay(due, events, machine, samples, order, warnings));
        self.events.describe(&self.features.events);
    }
}

/// Lets a record happen.
fn replay(
    due: Due<'_>,
    events: &Events,
    machine: &mut Machine,
    samples: &mut Samples,
    order: ByteOrder,
    warnings: &mut Warnings,
) {
    let record = due.record;
    let mut apply = || {
        let misc = order.u16_at(record, 4)?;
        match order.u32_at(record, 0)? {
            kind::SAMPLE => {
                let event = events.get(due.event)?;
                let mut sample = event.layout.sample(record, order)?;
                sample.period.get_or_insert(event.default_weight());
                samples.add(&sample, CpuMode::of(misc), (due.event, &event.layout), machine, order);
            }
            kind::MMAP => machine.mapped(record, misc, false, order)?,
            kind::MMAP2 => machine.mapped(record, misc, true, order)?,
            kind::COMM => machine.named(record, misc, order)?,
            kind::FORK => machine.forked(record, order)?,
            kind::KSYMBOL => machine.kernel_symbol(record, order)?,
            _ => {}
        }
        Some(())
    };
    if apply().is_none() {
        // Its place is no longer known: it has waited for its turn.
        warnings.add_many(WarningKind::BrokenMessage, 1, None);
    }
}
