//! How to read an input of any format.

use crate::folded::FoldedOptions;
use crate::format::Format;
use crate::perf_script::PerfScriptOptions;

/// How much an input may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of a format that has to be in memory as a whole.
    pub bytes: u64,
    /// Most bytes that compressed data may inflate to. What is streamed costs time, not memory, so there is no
    /// limit unless the input comes from somebody else.
    pub inflated: u64,
}

impl Default for Limits {
    /// 2 GiB in memory, any length as a stream.
    fn default() -> Self {
        Self { bytes: 2 << 30, inflated: u64::MAX }
    }
}

/// How to read an input of any format.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The format; `None` recognises it from the content.
    pub format: Option<Format>,
    /// How much the input may ask for.
    pub limits: Limits,
    /// Keep every sample with its time and thread, where the input says them. Memory then grows with the number of
    /// samples; without this it grows with the number of distinct stacks. Folded stacks have no times but an order:
    /// the position of each line (0, 1, 2 …) stands for its time, and its value for how long it lasts.
    pub times: bool,
    /// How to read `perf script` text.
    pub perf_script: PerfScriptOptions,
    /// How to read folded stacks.
    pub folded: FoldedOptions,
}
