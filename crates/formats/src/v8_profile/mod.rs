//! What `node --prof-process` makes of the log that `node --prof` writes: JSON with `--preprocess`, or the text of its
//! bottom-up profile.

mod json_ticks;
mod text;

use crate::content::Content;
use crate::error::Error;
use crate::json::sniff;
use crate::options::ReadOptions;
use crate::read::Read;

/// What the text begins with.
const TITLE: &[u8] = b"Statistical profiling result from ";

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    head.trim_ascii_start().starts_with(TITLE)
        || sniff(head).is_some_and(|sniffed| {
            sniffed.keys.first().is_some_and(|key| key == "code")
                && sniffed.has_inner("code", "name")
                && sniffed.has_inner("code", "type")
        })
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    if content.head().trim_ascii_start().starts_with(TITLE) {
        text::read(content)
    } else {
        json_ticks::read(content, options)
    }
}
