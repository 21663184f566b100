//! Firefox profiles as the browser records them, before the Firefox profiler processes them.
//!
//! Tables are rows with a schema, code is named by address or by a text that has the place in it, and every process of
//! the browser has a profile of its own within `processes`. Described by `docs-developer/gecko-profile-format.md` of
//! <https://github.com/firefox-devtools/profiler>.

mod location;
mod reader;
mod rows;

pub(crate) use reader::read;

use crate::json::sniff;

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    sniff(head).is_some_and(|sniffed| {
        let has = |key| sniffed.has_inner("meta", key);
        // What tells the two apart may stand at the end of `meta`, so that has to be seen whole.
        !sniffed.is_array
            && sniffed.keys.len() > 1
            && has("version")
            && (has("interval") || has("processType") || has("stackwalk"))
            && !has("preprocessedProfileVersion")
    })
}
