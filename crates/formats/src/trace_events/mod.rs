//! Trace events as Chrome's tracing, its developer tools and many other programs write them.
//!
//! "Trace Event Format" of the Chromium project: an array of events, or an object with the array as `traceEvents`. What
//! stacks can be made of is read: slices (`B` with `E`, and `X`), the CPU profiles within (`Profile` and `ProfileChunk`),
//! and samples with a stack frame (`P`, and `samples` of the object). Slices become their self time. Counters, instants,
//! flows and asynchronous events have no stack; they are counted and left out.

mod chunks;
mod event;
mod reader;
mod slices;
mod stack_frames;
mod writer;

pub(crate) use reader::read;
pub use writer::write;

use crate::json::sniff;

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    sniff(head).is_some_and(|sniffed| {
        if sniffed.is_array {
            return sniffed.has("ph") && (sniffed.has("ts") || sniffed.has("pid") || sniffed.has("name"));
        }
        sniffed.has("traceEvents") || {
            // Long metadata may come first.
            let key = memchr::memmem::find(head, b"\"traceEvents\"");
            key.is_some()
        }
    })
}
