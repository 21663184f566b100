//! Recognises a format from the first bytes of its content, never from a file name.

use crate::error::Error;
use crate::format::Format;
use crate::head::Head;

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
    let looked_at = Head::new(head);
    let found = Format::ALL.iter().copied().find(|format| format.looks_like(&looked_at));
    found.ok_or_else(|| {
        let shown = head.get(..SHOWN).unwrap_or(head);
        Error::UnknownFormat { begins: String::from_utf8_lossy(shown).into_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_text() {
        let check =
            |input: &str, expect: Option<Format>| assert_eq!(detect(input.as_bytes()).ok(), expect, "{input:?}");
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
