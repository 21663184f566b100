//! speedscope's own format, which many profilers write.
//!
//! The format is described by `file-format-spec.ts` of <https://github.com/jlfwong/speedscope>: a table of frames and
//! several profiles, each of them stacks with weights (`sampled`) or frames that open and close (`evented`), in one unit.

mod reader;
mod writer;

pub(crate) use reader::read;
pub use writer::write;

use crate::json::sniff;

/// What `$schema` says.
const SCHEMA: &str = "https://www.speedscope.app/file-format-schema.json";

/// Key of what this program adds to a profile: its thread and value column. Other readers pass over it.
const EXTENSION: &str = "firesteel";

/// Whether content begins like this format.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    let Some(sniffed) = sniff(head).filter(|sniffed| !sniffed.is_array) else { return false };
    let says_so = || memchr::memmem::find(head, b"speedscope.app/file-format-schema").is_some();
    sniffed.has("$schema") && says_so()
        || sniffed.has_inner("shared", "frames")
            && !sniffed.has("meta")
            && (sniffed.has("profiles") || sniffed.has("exporter"))
        || sniffed.has_inner("profiles", "type") && sniffed.has_inner("profiles", "unit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_recognised() {
        let check = |head: &str, expect: bool| assert_eq!(looks_like(head.as_bytes()), expect, "{head}");
        check(r#"{"$schema":"https://www.speedscope.app/file-format-schema.json","prof"#, true);
        check(r#"{"exporter":"x","shared":{"frames":[{"name":"a"}"#, true);
        check(r#"{"version":"0.0.1","profiles":[{"type":"sampled","name":"a","unit":"none""#, true);
        check(r#"{"meta":{"version":24},"shared":{"stringArray":["#, false);
        check(r#"{"nodes":[{"id":1}]}"#, false);
        check("main;a 1\n", false);
    }
}
