//! The line of a frame: `pc symbol+0xoffset (file)`.

/// The parts of a frame's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameLine<'a> {
    /// The address in hexadecimal, empty when it is not printed.
    pub(super) pc: &'a [u8],
    /// What stands between the address and the file, without the offset.
    pub(super) symbol: &'a [u8],
    /// The file, empty when it is not printed.
    pub(super) file: &'a [u8],
}

/// Whether a line is certainly a frame: an address, and a file in parentheses at the end.
pub(super) fn is_certain(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let (pc, rest) = split_token(line);
    is_hexadecimal(pc) && line.ends_with(b")") && split_file(rest).is_some_and(|(symbol, _)| !symbol.is_empty())
}

/// Reads a frame's line; `None` when the line is none.
pub(super) fn parse(line: &[u8]) -> Option<FrameLine<'_>> {
    let line = line.trim_ascii();
    let (pc, rest) = split_token(line);
    if is_hexadecimal(pc) {
        // An instruction of `-F +brstackinsn`.
        if rest.starts_with(b"insn:") || rest.starts_with(b"ilen:") {
            return None;
        }
        return match split_file(rest) {
            Some((symbol, file)) => Some(FrameLine { pc, symbol: without_offset(symbol), file }),
            None => Some(FrameLine { pc, symbol: without_offset(rest), file: &[] }),
        };
    }
    // Without the address, parentheses have to say that it is a frame.
    let (symbol, file) = split_file(line)?;
    let is_source_line = file == b"inlined" && source_line(line).is_some();
    (!symbol.is_empty() && !is_source_line).then(|| FrameLine { pc: &[], symbol: without_offset(symbol), file })
}

/// A line that `-F +srcline` prints below a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SourceLine<'a> {
    pub(super) file: &'a [u8],
    pub(super) line: u32,
    /// Whether the frame is one of a function that was inlined.
    pub(super) inlined: bool,
}

/// Reads `file:line` or `file:line (inlined)`.
pub(super) fn source_line(line: &[u8]) -> Option<SourceLine<'_>> {
    let line = line.trim_ascii();
    let (line, inlined) = line.strip_suffix(b" (inlined)").map_or((line, false), |line| (line, true));
    let colon = memchr::memrchr(b':', line)?;
    let (file, digits) = line.split_at(colon);
    let digits = digits.get(1..).filter(|digits| !digits.is_empty() && digits.len() < 10)?;
    let number = digits.iter().try_fold(0u32, |value, &digit| {
        Some(value * 10 + u32::from(digit.checked_sub(b'0').filter(|&digit| digit < 10)?))
    })?;
    (!file.is_empty() && !file.ends_with(b":")).then_some(SourceLine { file, line: number, inlined })
}

/// Whether a line is one that fields such as `-F +insn,+uregs,+brstack,+srccode` print behind the
/// frames of a sample.
pub(super) fn is_extra(line: &[u8]) -> bool {
    let text = line.trim_ascii();
    let (first, _) = split_token(text);
    let is_branch = first.starts_with(b"0x") && memchr::memchr_iter(b'/', first).count() >= 3;
    let is_source = matches!(line, [b'|', digit, ..] if digit.is_ascii_digit());
    let is_assembly = line.starts_with(b"\t")
        && (memchr::memmem::find(text, b"insn:").is_some()
            || memchr::memmem::find(text, b"ilen:").is_some()
            || text.ends_with(b":"));
    is_source
        || is_assembly
        || is_branch
        || (line.starts_with(b" ") && [&b"insn:"[..], b"ilen:", b"ABI:"].iter().any(|tag| first.starts_with(tag)))
}

fn split_token(line: &[u8]) -> (&[u8], &[u8]) {
    let length = line.iter().position(|&byte| byte == b' ' || byte == b'\t').unwrap_or(line.len());
    let (token, rest) = line.split_at(length);
    (token, rest.trim_ascii_start())
}

fn is_hexadecimal(token: &[u8]) -> bool {
    !token.is_empty() && token.len() <= 16 && token.iter().all(u8::is_ascii_hexdigit)
}

/// Splits `symbol (file)` at the last parenthesis behind a space, as the collapser does; ` (deleted)`
/// belongs to the file.
fn split_file(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let close = memchr::memrchr(b')', text)?;
    let inside = text.get(..close)?;
    let open = memchr::memmem::rfind(inside, b" (").or_else(|| inside.starts_with(b"(").then_some(0))?;
    let file = if open == 0 && inside.starts_with(b"(") { inside.get(1..)? } else { inside.get(open + 2..)? };
    let symbol = text.get(..open)?;
    if file == b"deleted)" {
        let inside = symbol;
        let open = memchr::memmem::rfind(inside, b" (").or_else(|| inside.starts_with(b"(").then_some(0))?;
        let file = if open == 0 && inside.starts_with(b"(") { inside.get(1..)? } else { inside.get(open + 2..)? };
        return Some((inside.get(..open)?, file));
    }
    Some((symbol, file))
}

/// Takes `+0x12` off the end of a symbol.
fn without_offset(symbol: &[u8]) -> &[u8] {
    let digits = symbol.iter().rev().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
    match symbol.split_at(symbol.len() - digits) {
        (head, offset) if !offset.is_empty() => head.strip_suffix(b"+0x").unwrap_or(symbol),
        _ => symbol,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_every_dialect() {
        let check = |line: &str, expect: Option<[&str; 3]>| {
            let parts = parse(line.as_bytes());
            let parts = parts.map(|p| [p.pc, p.symbol, p.file].map(|part| String::from_utf8_lossy(part).into_owned()));
            assert_eq!(parts, expect.map(|parts| parts.map(str::to_owned)), "{line}");
        };
        check("\t   401000 main+0x12 (/app)", Some(["401000", "main", "/app"]));
        check(
            "ffffffff8103d0ca native_write_msr_safe ([kernel.kallsyms])",
            Some(["ffffffff8103d0ca", "native_write_msr_safe", "[kernel.kallsyms]"]),
        );
        check("  7f [unknown] (/lib/libc-2.19.so)", Some(["7f", "[unknown]", "/lib/libc-2.19.so"]));
        check("  7f foo(int, char) const+0x1f (/app)", Some(["7f", "foo(int, char) const", "/app"]));
        check("  7f operator() (char) (/app)", Some(["7f", "operator() (char)", "/app"]));
        check("  7f [unknown] (/tmp/a b (deleted))", Some(["7f", "[unknown]", "/tmp/a b"]));
        check("  7f main (inlined)", Some(["7f", "main", "inlined"]));
        check("  7f main", Some(["7f", "main", ""]));
        check("  7f main+0xfz", Some(["7f", "main+0xfz", ""]));
        check("  7f", Some(["7f", "", ""]));
        check("  main+0x5 (/app)", Some(["", "main", "/app"]));
        check("  7f (comm) (/app)", Some(["7f", "(comm)", "/app"]));
        check("  7f ([vdso])", Some(["7f", "", "[vdso]"]));
        check("  main.c:12", None);
        check("  (x)", None);
        check("", None);
    }

    #[test]
    fn knows_what_else_is_printed() {
        let check = |line: &str, expect: bool| {
            assert_eq!(is_extra(line.as_bytes()), expect, "{line}");
            assert!(!expect || parse(line.as_bytes()).is_none(), "{line}");
        };
        check(" insn: 05 5f f3 6e 3c", true);
        check(" ilen: 5 insn: 05 5f f3 6e 3c", true);
        check(" ABI:2    AX:0x31fedc2a    BX:0x7efd91d606c0 ", true);
        check(" 0x401000/0x401020/P/-/-/0  0x401010/0x401000/P/-/-/0 ", true);
        check("|5        x=x*1664525u+1013904223u;", true);
        check("\tmain+5:", true);
        check("\t0000000000401000\tinsn: 48 89 e7", true);
        check("\t0000000000401000 main (/app)", false);
        check("  w.c:5", false);
        check(" insnlen (/app)", false);
    }

    #[test]
    fn finds_source_lines() {
        let check = |line: &str, expect: Option<(&str, u32)>| {
            for (line, inlined) in [(line.to_owned(), false), (format!("{line} (inlined)"), true)] {
                let expect = expect.map(|(file, line)| SourceLine { file: file.as_bytes(), line, inlined });
                assert_eq!(source_line(line.as_bytes()), expect, "{line}");
            }
        };
        check("  main.c:12", Some(("main.c", 12)));
        check("  /a b/c.go:4", Some(("/a b/c.go", 4)));
        check("  ??:0", Some(("??", 0)));
        check("  main.c:", None);
        check("  main.c:1x", None);
        check("  foo::5", None);
        check("  a:99999999999", None);
    }
}
