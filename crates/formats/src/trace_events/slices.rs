//! Slices of a thread to stacks with self time.

use firesteel_model::{FrameId, LabelSetId, Nanoseconds, Sample, StackId, ThreadId};

use crate::profile_builder::ProfileBuilder;

/// How many complete events of a thread are looked at to see in which order they come.
const LOOKED_AT: usize = 1024;

/// A complete event.
#[derive(Clone, Copy, Debug)]
struct Complete {
    start: i64,
    duration: i64,
    frame: FrameId,
}

/// An open slice.
#[derive(Clone, Copy, Debug)]
struct Open {
    stack: StackId,
    start: i64,
    /// When it ends; `None` until its end event comes.
    end: Option<i64>,
}

/// In which order complete events come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// Not known yet.
    Unknown,
    /// Callers first: each event can be worked off as it comes.
    ByStart,
    /// Callees first, or none: all have to be sorted in the end.
    Any,
}

/// The slices of a thread.
///
/// Callers mostly come before their callees, by time; then a stack of open slices is all that is needed. Programs that
/// write a slice when it ends tell callees first: their slices are kept and sorted, 24 bytes each.
#[derive(Debug)]
pub(super) struct Slices {
    thread: ThreadId,
    column: usize,
    open: Vec<Open>,
    /// Up to when time is accounted for.
    cursor: i64,
    /// The latest time that any event has told.
    latest: i64,
    order: Order,
    kept: Vec<Complete>,
    /// How often time went back.
    pub(super) out_of_order: u64,
    /// Begin events of a thread whose order is [`Order::Any`].
    begun: Vec<(FrameId, i64)>,
}

impl Slices {
    pub(super) fn new(thread: ThreadId, column: usize) -> Self {
        Self {
            thread,
            column,
            open: Vec::new(),
            cursor: i64::MIN,
            latest: i64::MIN,
            order: Order::Unknown,
            kept: Vec::new(),
            out_of_order: 0,
            begun: Vec::new(),
        }
    }

    /// A slice begins.
    pub(super) fn begin(&mut self, frame: FrameId, time: i64, builder: &mut ProfileBuilder) {
        self.decide(builder);
        if self.order == Order::Any {
            self.latest = self.latest.max(time);
            self.begun.push((frame, time));
            return;
        }
        self.advance(time, builder);
        self.push(frame, None, builder);
    }

    /// The slice that began last ends; false when there is none.
    pub(super) fn end(&mut self, time: i64, builder: &mut ProfileBuilder) -> bool {
        self.decide(builder);
        if self.order == Order::Any {
            self.latest = self.latest.max(time);
            let Some((frame, start)) = self.begun.pop() else { return false };
            self.kept.push(Complete { start, duration: time.saturating_sub(start).max(0), frame });
            return true;
        }
        self.advance(time, builder);
        let Some(position) = self.open.iter().rposition(|open| open.end.is_none()) else { return false };
        self.open.truncate(position);
        true
    }

    /// A slice of which beginning and end are known.
    pub(super) fn complete(&mut self, frame: FrameId, start: i64, duration: i64, builder: &mut ProfileBuilder) {
        let event = Complete { start, duration: duration.max(0), frame };
        if self.order == Order::ByStart {
            self.add(event, builder);
            return;
        }
        self.latest = self.latest.max(start);
        self.kept.push(event);
        if self.order == Order::Unknown && self.kept.len() >= LOOKED_AT {
            self.decide(builder);
        }
    }

    /// Adds what is left to the profile.
    pub(super) fn finish(&mut self, builder: &mut ProfileBuilder) {
        self.decide(builder);
        while let Some((frame, start)) = self.begun.pop() {
            self.kept.push(Complete { start, duration: self.latest.saturating_sub(start).max(0), frame });
        }
        let mut kept = std::mem::take(&mut self.kept);
        kept.sort_by_key(|event| (event.start, std::cmp::Reverse(event.duration)));
        for event in kept {
            self.add(event, builder);
        }
        let last_end = self.open.iter().filter_map(|open| open.end).max().unwrap_or(self.latest);
        self.advance(self.latest.max(last_end), builder);
        self.open.clear();
    }

    /// Tells the order from the events that were kept so far.
    fn decide(&mut self, builder: &mut ProfileBuilder) {
        if self.order != Order::Unknown {
            return;
        }
        let is_sorted = self.kept.is_sorted_by_key(|event| (event.start, std::cmp::Reverse(event.duration)));
        if !is_sorted {
            self.order = Order::Any;
            return;
        }
        self.order = Order::ByStart;
        for event in std::mem::take(&mut self.kept) {
            self.add(event, builder);
        }
    }

    fn add(&mut self, event: Complete, builder: &mut ProfileBuilder) {
        self.advance(event.start, builder);
        let mut end = event.start.saturating_add(event.duration);
        if let Some(outer) = self.open.iter().rev().find_map(|open| open.end) {
            // A callee does not outlive its caller; clocks do not always know.
            end = end.min(outer);
        }
        self.push(event.frame, Some(end), builder);
    }

    fn push(&mut self, frame: FrameId, end: Option<i64>, builder: &mut ProfileBuilder) {
        let parent = self.open.last().map_or(StackId::ROOT, |open| open.stack);
        let stack = builder.profile.push_stack(parent, frame);
        self.open.push(Open { stack, start: self.cursor, end });
    }

    /// Lets time pass: closes what ends meanwhile and accounts for all of it. Time may go back where events are not in
    /// order, or where a file holds several recordings; then what began later goes on to its end first.
    fn advance(&mut self, time: i64, builder: &mut ProfileBuilder) {
        if time < self.cursor {
            self.out_of_order += 1;
            while let Some(end) = self.open.last().filter(|open| open.start > time).and_then(|open| open.end) {
                self.account(end, builder);
                self.open.pop();
            }
        }
        while let Some(end) = self.open.last().and_then(|open| open.end).filter(|&end| end <= time) {
            self.account(end, builder);
            self.open.pop();
        }
        self.account(time, builder);
        self.cursor = time;
        self.latest = self.latest.max(time);
    }

    fn account(&mut self, until: i64, builder: &mut ProfileBuilder) {
        let began = self.cursor;
        if until <= began {
            return;
        }
        self.cursor = until;
        if let Some(open) = self.open.last() {
            let time = u64::try_from(began).ok().map(Nanoseconds);
            let thread = self.thread;
            let sample = Sample { stack: open.stack, values: &[], labels: LabelSetId::EMPTY, thread, time };
            builder.add_value(sample, self.column, until.saturating_sub(began));
        }
    }
}
