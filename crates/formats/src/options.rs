//! How to read an input of any format.

use crate::detect::Format;
use crate::folded::FoldedOptions;
use crate::perf_script::PerfScriptOptions;

/// How much an input may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes that gzip data may inflate to, and most bytes of a format that has to be in memory
    /// as a whole. Plain text is streamed and has no limit.
    pub bytes: u64,
}

impl Default for Limits {
    /// 2 GiB.
    fn default() -> Self {
        Self { bytes: 2 << 30 }
    }
}

/// How to read an input of any format.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The format; `None` recognises it from the content.
    pub format: Option<Format>,
    /// How much the input may ask for.
    pub limits: Limits,
    /// How to read `perf script` text.
    pub perf_script: PerfScriptOptions,
    /// How to read folded stacks.
    pub folded: FoldedOptions,
}
