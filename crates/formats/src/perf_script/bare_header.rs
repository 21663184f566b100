//! Headers that have only some of what others have, as `-F comm,ip,sym` makes them.

use super::header::{Header, is_time, number, number64, split_token, thread_numbers};

/// Reads a header of name, thread, processor, time, period and event, any of which may be missing.
/// Whether a line is such a header, only what follows it can tell. A number at the end of the name of
/// a thread is taken for the thread's.
pub(super) fn parse(line: &[u8]) -> Header<'_> {
    let mut header = Header { weight: 1, ..Header::default() };
    let mut rest = line.trim_ascii();
    header.event = take_before_colon(&mut rest, |token| token.len() > 1 && !is_time(token));
    header.filters = header.event.is_some();
    let (before, period) = split_last_token(rest);
    if let Some(period) = number64(period).filter(|_| before.ends_with(b":")) {
        header.weight = i64::try_from(period.max(1)).unwrap_or(i64::MAX);
        rest = before;
    }
    take_before_colon(&mut rest, is_time);
    let (before, token) = split_last_token(rest);
    if let [b'[', cpu @ .., b']'] = token
        && cpu.iter().all(u8::is_ascii_digit)
    {
        rest = before;
    }
    let (before, token) = split_last_token(rest);
    if let Some((first, second)) = thread_numbers(token) {
        rest = before;
        (header.pid, header.tid) = match second {
            Some(tid) => (number(first), number(tid)),
            None => (None, number(first)),
        };
    }
    header.comm = rest;
    header
}

/// Takes a last token off that ends in a colon; returns what is before the colon.
fn take_before_colon<'a>(rest: &mut &'a [u8], is: fn(&[u8]) -> bool) -> Option<&'a [u8]> {
    let (before, token) = split_last_token(rest);
    let name = token.strip_suffix(b":").filter(|_| is(token))?;
    *rest = before;
    Some(name)
}

/// Splits a line without call chain of which `header::parse` can make nothing into the header, which may be
/// empty, and the frame, which begins with an address that is right-aligned in seventeen columns.
pub(super) fn split_columns(line: &[u8]) -> Option<(&[u8], &[u8])> {
    const WIDTH: usize = 17;
    let line = line.trim_ascii_end();
    let mut end = 0;
    loop {
        let start = end + line.get(end..)?.iter().position(|&byte| byte != b' ')?;
        let spaces = start - end;
        end = start + split_token(line.get(start..)?).0.len();
        let token = line.get(start..end)?;
        let is_address = token.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_address && spaces > 0 && spaces + token.len() >= WIDTH && token.len() < WIDTH && end < line.len() {
            return Some((line.get(..start)?.trim_ascii(), line.get(start..)?));
        }
    }
}

/// What stands before the last token, and that.
fn split_last_token(text: &[u8]) -> (&[u8], &[u8]) {
    let (before, token) = text.split_at(text.iter().rposition(|&byte| byte == b' ').map_or(0, |space| space + 1));
    (before.trim_ascii_end(), token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_bare_headers() {
        let check = |line: &str, expect: (&str, Option<u32>, Option<u32>, Option<&str>)| {
            let header = parse(line.as_bytes());
            let text = |bytes| std::str::from_utf8(bytes).unwrap();
            assert_eq!((text(header.comm), header.pid, header.tid, header.event.map(text)), expect, "{line}");
        };
        check("w ", ("w", None, None, None));
        check("my [w] 12 x ", ("my [w] 12 x", None, None, None));
        check("w 13717 ", ("w", None, Some(13717), None));
        check("w 13717/13718 ", ("w", Some(13717), Some(13718), None));
        check("13717 ", ("", None, Some(13717), None));
        check("15577.101415: ", ("", None, None, None));
        check("cpu-clock:ppp: ", ("", None, None, Some("cpu-clock:ppp")));
        check("w 15577.101415: ", ("w", None, None, None));
        check("w 7 [001] 15577.101415: cycles: ", ("w", None, Some(7), Some("cycles")));
        check("my [w] 12 x 15577.101415:   5 cycles: ", ("my [w] 12 x", None, None, Some("cycles")));
        check("", ("", None, None, None));
    }

    #[test]
    fn splits_columns() {
        let check = |line: &str, expect: Option<(&str, &str)>| {
            let expect = expect.map(|(header, frame)| (header.as_bytes(), frame.as_bytes()));
            assert_eq!(split_columns(line.as_bytes()), expect, "{line}");
        };
        check("     my [w] 12 x      55d277957256 leaf", Some(("my [w] 12 x", "55d277957256 leaf")));
        check("     55d277957256 leaf (/x)", Some(("", "55d277957256 leaf (/x)")));
        check("cpu-clock:ppp:      55d277957256 leaf", Some(("cpu-clock:ppp:", "55d277957256 leaf")));
        check("               w  ffffffff8103d0ca do_idle", Some(("w", "ffffffff8103d0ca do_idle")));
        check("     55d277957256", None);
        check("    55d277957256 leaf", None);
        check("55d277957256 leaf", None);
        check("  w.c:5", None);
        check("", None);
    }
}
