//! Recognises a format from the first bytes of its content, never from a file name.

use std::fmt;

use crate::error::Error;
use crate::perf_script;
use crate::pprof;

/// A format of profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// pprof protobuf (`profile.proto`).
    Pprof,
    /// The text that `perf script` prints.
    PerfScript,
    /// Folded stacks: `frame;frame;frame count`.
    Folded,
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Pprof => "pprof protobuf",
            Self::PerfScript => "perf script text",
            Self::Folded => "folded stacks",
        })
    }
}

/// How many lines of text are looked at.
const MAX_LINES: usize = 2_000;

/// How much of an unknown input its error shows.
const SHOWN: usize = 40;

/// Recognises the format of content that is not compressed, from its first bytes (64 KiB are plenty).
///
/// # Errors
///
/// [`Error::Empty`] for no bytes, [`Error::UnknownFormat`] when nothing fits.
pub fn detect(head: &[u8]) -> Result<Format, Error> {
    if head.is_empty() {
        return Err(Error::Empty);
    }
    if pprof::looks_like(head) {
        return Ok(Format::Pprof);
    }
    detect_text(head).ok_or_else(|| {
        let shown = head.get(..SHOWN).unwrap_or(head);
        Error::UnknownFormat { begins: String::from_utf8_lossy(shown).into_owned() }
    })
}

/// One line that only `perf script` prints decides; else one line that ends in a count.
fn detect_text(head: &[u8]) -> Option<Format> {
    let mut folded = false;
    for line in head.split(|&byte| byte == b'\n').take(MAX_LINES) {
        if perf_script::looks_like(line) {
            return Some(Format::PerfScript);
        }
        folded = folded || ends_in_count(line);
    }
    folded.then_some(Format::Folded)
}

/// Whether a line is a stack, white space and a number.
fn ends_in_count(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let Some(space) = line.iter().rposition(|byte| matches!(byte, b' ' | b'\t')) else { return false };
    let (stack, count) = line.split_at(space);
    let mut digits = count.trim_ascii().iter().filter(|&&byte| byte != b'.');
    !stack.is_empty() && !stack.starts_with(b"#") && count.len() > 1 && digits.all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_text() {
        let check =
            |input: &str, expect: Option<Format>| assert_eq!(detect_text(input.as_bytes()), expect, "{input:?}");
        check("main;a;b 12\n", Some(Format::Folded));
        check("# comment\nmain 1.5", Some(Format::Folded));
        check("a b;c d 5\r\n", Some(Format::Folded));
        check("app 1234 [000] 10.500000: 1 cycles: \n\t  401000 main (/app)\n", Some(Format::PerfScript));
        check("app 1234/1235 10.500000: cycles: \n", Some(Format::PerfScript));
        check("java 19983 cycles:\nffff810 native_safe_halt ([kernel.kallsyms])\n", Some(Format::PerfScript));
        check("# ========\n# captured on: Thu\n# cmdline : /usr/bin/perf record\n#\n", Some(Format::PerfScript));
        check(
            "            app  1234 10.5: 250000 cpu-clock:u:  46a3b2 main.work+0x12 (/app)\n",
            Some(Format::PerfScript),
        );
        check("hello world\n", None);
        check("{\"json\": 1}\n", None);
        check("# only a comment 5\n", None);
    }

    #[test]
    fn names_what_is_unknown() {
        let error = detect(b"<!DOCTYPE html><html>").unwrap_err().to_string();
        assert!(error.contains("DOCTYPE"), "{error}");
        assert!(matches!(detect(b""), Err(Error::Empty)));
    }
}
