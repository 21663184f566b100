//! Threads and the processes they belong to.

use crate::id::StringId;
use crate::units::{ProcessId, ThreadNumber};

/// A thread as the operating system names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Thread {
    /// Its process; `None` when the source does not say.
    pub process: Option<ProcessId>,
    /// Its own number; `None` when the source does not say.
    pub thread: Option<ThreadNumber>,
    /// Name of the thread (Linux: `comm`), which is the program's name unless the thread renamed itself.
    pub name: StringId,
}
