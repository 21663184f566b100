//! Newtypes for the quantities that cross crate borders, so that none is a bare number.

use std::fmt;

macro_rules! quantity {
    ($(#[$meta:meta])* $name:ident($inner:ty)) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, formatter)
            }
        }
    };
}

quantity!(
    /// A span of time, or an instant on a monotonic clock, in nanoseconds.
    Nanoseconds(u64)
);
quantity!(
    /// An instant as nanoseconds since 1970-01-01 UTC.
    UnixNanoseconds(i64)
);
quantity!(
    /// Samples a second.
    Hertz(u32)
);
quantity!(
    /// Operating-system process id (Linux: thread group id).
    ProcessId(u32)
);
quantity!(
    /// Operating-system thread id.
    ThreadNumber(u32)
);
quantity!(
    /// A source line, from 1; 0 means unknown.
    LineNumber(u32)
);

/// An address in the address space of what was profiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub u64);

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:#x}", self.0)
    }
}

/// A part of a whole: 0.25 is 25 %. Zero when the whole is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Share(pub f64);

impl Share {
    /// The share that `part` is of `whole`; zero when `whole` is zero.
    #[must_use]
    pub fn of(part: i64, whole: i64) -> Self {
        if whole == 0 { Self(0.0) } else { Self(part as f64 / whole as f64) }
    }

    /// The share in percent.
    #[must_use]
    pub fn percent(self) -> f64 {
        self.0 * 100.0
    }
}
