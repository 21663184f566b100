//! Labels: what the program or the profiler attached to a sample besides its stack.

use crate::id::StringId;

/// The value of a label (pprof `Label`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelValue {
    /// A text, such as the route of a request.
    Text(StringId),
    /// A number with its unit (empty when none is given), such as an object size in bytes.
    Number {
        /// The number.
        value: i64,
        /// Its unit.
        unit: StringId,
    },
}

/// A key with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// The key.
    pub key: StringId,
    /// The value.
    pub value: LabelValue,
}
