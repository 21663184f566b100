//! The events of a trace: their numbers, and how many arguments each has.

use super::batch::Fields;

// Numbers of `internal/trace/tracev2/events.go`, of the events that are used.
pub(super) const STACKS: u8 = 2;
pub(super) const STACK: u8 = 3;
pub(super) const STRINGS: u8 = 4;
pub(super) const STRING: u8 = 5;
pub(super) const CPU_SAMPLES: u8 = 6;
pub(super) const CPU_SAMPLE: u8 = 7;
pub(super) const FREQUENCY: u8 = 8;
pub(super) const GO_CREATE: u8 = 14;
pub(super) const GO_CREATE_SYSCALL: u8 = 15;
pub(super) const GO_START: u8 = 16;
pub(super) const GO_DESTROY: u8 = 17;
pub(super) const GO_DESTROY_SYSCALL: u8 = 18;
pub(super) const GO_STOP: u8 = 19;
pub(super) const GO_BLOCK: u8 = 20;
pub(super) const GO_UNBLOCK: u8 = 21;
pub(super) const GO_SYSCALL_BEGIN: u8 = 22;
pub(super) const GO_SYSCALL_END: u8 = 23;
pub(super) const GO_SYSCALL_END_BLOCKED: u8 = 24;
pub(super) const GO_STATUS: u8 = 25;
pub(super) const GO_SWITCH: u8 = 45;
pub(super) const GO_SWITCH_DESTROY: u8 = 46;
pub(super) const GO_CREATE_BLOCKED: u8 = 47;
pub(super) const GO_STATUS_STACK: u8 = 48;
pub(super) const SYNC: u8 = 50;
pub(super) const CLOCK_SNAPSHOT: u8 = 51;

/// The most arguments that an event has beside its time.
const MAX_ARGUMENTS: usize = 4;

/// How many arguments a timed event has beside its time, and at which place its stack is, if it has one that belongs
/// to the running goroutine.
fn shape(kind: u8) -> Option<(usize, Option<usize>)> {
    Some(match kind {
        11 | 17 | 18 | 23 | 24 | 27 | 36 => (0, None),
        15 | 28 | 30 | 31 | 34 | 37 | 38 | 39 | 130 | 133 | 136 => (1, None),
        32 | 35 => (1, Some(0)),
        10 | 13 | 16 | 33 | 45 | 46 | 131 | 132 | 134 | 135 => (2, None),
        9 | 19 | 20 | 22 | 26 | 29 | 41 => (2, Some(1)),
        12 | 25 | 51 | 128 | 129 => (3, None),
        14 | 21 | 42 | 43 | 47 => (3, Some(2)),
        48 => (4, None),
        40 | 44 => (4, Some(3)),
        _ => return None,
    })
}

/// An event with its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// Its number.
    pub(super) kind: u8,
    /// In units of the trace's clock.
    pub(super) time: u64,
    /// Its arguments, in the order of `events.go`.
    pub(super) arguments: [u64; MAX_ARGUMENTS],
    /// The stack of the goroutine that runs on the thread which wrote the event; 0 for none.
    pub(super) stack: u64,
}

impl Event {
    /// Takes the next event of a batch; its time is relative to the one before. `None` when it is unknown or cut.
    pub(super) fn take(fields: &mut Fields<'_>, before: u64) -> Option<Self> {
        let kind = fields.byte()?;
        let (count, stack_at) = shape(kind)?;
        let time = before.checked_add(fields.number()?)?;
        let mut arguments = [0; MAX_ARGUMENTS];
        for argument in arguments.iter_mut().take(count) {
            *argument = fields.number()?;
        }
        let stack = stack_at.and_then(|at| arguments.get(at)).copied().unwrap_or(0);
        Some(Self { kind, time, arguments, stack })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_taken_with_their_arguments() {
        let mut fields = Fields(&[GO_BLOCK, 5, 7, 0x81, 1, GO_DESTROY, 2, 99]);
        let block = Event::take(&mut fields, 100).unwrap();
        assert_eq!(block, Event { kind: GO_BLOCK, time: 105, arguments: [7, 129, 0, 0], stack: 129 });
        let destroy = Event::take(&mut fields, block.time).unwrap();
        assert_eq!(destroy, Event { kind: GO_DESTROY, time: 107, ..Event::default() });
        assert_eq!(Event::take(&mut fields, 107), None);
    }
}
