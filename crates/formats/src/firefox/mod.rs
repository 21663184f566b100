//! The processed profiles of the Firefox profiler, which samply and others write, too.
//!
//! Tables of columns: stacks, frames, functions, resources and libraries, and for each thread samples that refer to them.
//! Described by `docs-developer` of <https://github.com/firefox-devtools/profiler>. Since version 56 the strings, since
//! 58 the source files are shared by all threads; what later versions share is understood wherever it stands.

mod reader;
mod samples;
mod tables;
mod thread_tables;
mod writer;

pub(crate) use reader::{Counts, Meta, intern_thread, read};
pub(crate) use samples::{SampleColumns, SampleKind, cpu_factor};
pub(crate) use tables::Library;
pub use writer::write;

use crate::json::sniff;

/// Key of what this program adds to the samples of a thread: the name of their value column. Other readers pass over it.
const EXTENSION: &str = "firesteel";

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    // The key may stand behind long lists of categories and marker schemas, beyond what is looked at.
    let may_be = |sniffed: crate::json::Sniffed| {
        sniffed.has_inner("meta", "preprocessedProfileVersion")
            || sniffed.has_inner("meta", "categories")
                && (sniffed.has("shared") || sniffed.has_inner("threads", "stringArray"))
    };
    sniff(head).filter(|sniffed| !sniffed.is_array).is_some_and(may_be)
}
