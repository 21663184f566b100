//! The header line of a sample: thread, time, event.

/// What a header says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Header<'a> {
    /// Name of the thread, without padding.
    pub(super) comm: &'a [u8],
    /// Number of the process, when it is given beside that of the thread.
    pub(super) pid: Option<u32>,
    /// Number of the thread.
    pub(super) tid: Option<u32>,
    /// The event.
    pub(super) event: Option<&'a [u8]>,
    /// Whether the event ends the line behind the time, where the default filter looks for it.
    pub(super) filters: bool,
    /// The period, or 1.
    pub(super) weight: i64,
    /// A frame at the end of the line: `pc symbol (file)`.
    pub(super) frame: Option<&'a [u8]>,
    /// What kind of record it is.
    pub(super) record: Record,
    /// Where the thread ends in the line without white space around it.
    pub(super) thread_end: usize,
}

/// What kind of record a header starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Record {
    /// A sample.
    #[default]
    Sample,
    /// `PERF_RECORD_LOST` with the number of lost events.
    Lost(u64),
    /// Any other record: no sample.
    Other,
}

/// Whether a line is certainly a header: thread and time or thread and event.
pub(super) fn is_certain(line: &[u8]) -> bool {
    find_thread(line.trim_ascii_start()).is_some_and(|thread| thread.certain)
}

/// Reads a header; `None` when the line is none.
pub(super) fn parse(line: &[u8]) -> Option<Header<'_>> {
    let line = line.trim_ascii();
    // Without a time and an event, a number may be anything: see `bare`.
    let thread = find_thread(line).filter(|thread| thread.certain || memchr::memchr(b':', line).is_some())?;
    let thread_end = line.len() - thread.rest.len();
    let mut header = Header { comm: thread.comm, weight: 1, thread_end, ..Header::default() };
    (header.pid, header.tid) = match thread.second {
        Some(tid) => (number(thread.first), number(tid)),
        None => (None, number(thread.first)),
    };
    let rest = thread.rest;
    if let Some((event, period)) = trailing_event(line) {
        header.event = Some(event);
        header.filters = true;
        header.weight = period.filter(|&period| period != 0).unwrap_or(1);
        return Some(header);
    }
    let after_time = after_time(rest).unwrap_or(rest);
    if let Some(start) = memchr::memmem::find(after_time, b"PERF_RECORD_") {
        header.record = record(after_time.get(start..).unwrap_or(&[]));
        return Some(header);
    }
    let (period, event, fields) = event_and_fields(after_time);
    header.event = event;
    header.frame = fields.filter(|fields| super::frame_line::is_certain(fields));
    // What a tracepoint prints behind its name is as the collapser sees it no event and counts once.
    if event.is_none() || header.frame.is_some() || fields.is_some_and(is_column) {
        header.filters = event.is_some();
        header.weight = period.filter(|&period| period != 0).unwrap_or(1);
    }
    Some(header)
}

/// Whether the text behind an event begins with a column of `-F +addr` and the like: a bare number.
fn is_column(fields: &[u8]) -> bool {
    let (token, _) = split_token(fields);
    token.iter().all(u8::is_ascii_hexdigit) && token.iter().any(u8::is_ascii_digit)
}

/// Reads a header that has only some of what others have, as `-F comm,ip,sym` makes it: name, thread,
/// processor, time and event, any of which may be missing. Whether a line is such a header, only what
/// follows it can tell. A number at the end of the name of a thread is taken for the thread's.
pub(super) fn bare(line: &[u8]) -> Header<'_> {
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

/// Splits a line without call chain of which `parse` can make nothing into the header, which may be
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

/// The time of a header in nanoseconds, from the text behind its thread.
pub(super) fn time(behind_thread: &[u8]) -> Option<u64> {
    behind_thread.split(u8::is_ascii_whitespace).find(|token| is_time(token)).and_then(nanoseconds)
}

/// `seconds.fraction:` in nanoseconds.
fn nanoseconds(token: &[u8]) -> Option<u64> {
    const DIGITS: usize = 9;
    let token = token.strip_suffix(b":")?;
    let (seconds, fraction) = token.split_at(memchr::memchr(b'.', token)?);
    let digits = fraction.iter().skip(1).chain(std::iter::repeat(&b'0')).take(DIGITS);
    let fraction = digits.fold(0, |value, &digit| value * 10 + u64::from(digit.saturating_sub(b'0')));
    number64(seconds)?.checked_mul(1_000_000_000)?.checked_add(fraction)
}

fn record(text: &[u8]) -> Record {
    let lost = text.strip_prefix(b"PERF_RECORD_LOST").map(|rest| rest.strip_prefix(b"_SAMPLES").unwrap_or(rest));
    let Some(lost) = lost.and_then(|rest| rest.strip_prefix(b" lost ")) else { return Record::Other };
    let digits = lost.iter().take_while(|byte| byte.is_ascii_digit()).count();
    Record::Lost(number64(lost.get(..digits).unwrap_or(&[])).unwrap_or(0))
}

/// Where the thread stands in a line.
struct Thread<'a> {
    comm: &'a [u8],
    first: &'a [u8],
    second: Option<&'a [u8]>,
    rest: &'a [u8],
    certain: bool,
}

/// Finds `comm pid[/tid]`. The comm may hold spaces and numbers, so the number is taken that is
/// followed by what follows a thread: a processor, flags, a time or an event. Without such, the first
/// number is taken.
fn find_thread(line: &[u8]) -> Option<Thread<'_>> {
    let mut fallback = None;
    let mut position = memchr::memchr(b' ', line)?;
    loop {
        let start = position + line.get(position..)?.iter().position(|&byte| byte != b' ' && byte != b'\t')?;
        let token = line.get(start..)?;
        let Some(length) = token.iter().position(|&byte| byte == b' ' || byte == b'\t') else { return fallback };
        let (token, rest) = token.split_at(length);
        if let Some((first, second)) = thread_numbers(token) {
            let thread = |certain: bool| Thread {
                comm: line.get(..start).unwrap_or(&[]).trim_ascii_end(),
                first,
                second,
                rest,
                certain,
            };
            if follows_thread(rest) {
                return Some(thread(true));
            }
            // A word behind it makes it a part of the name.
            let is_word = split_token(rest.trim_ascii_start()).0.iter().all(u8::is_ascii_alphabetic);
            if fallback.is_none() && !is_word {
                fallback = Some(thread(false));
            }
        }
        position = start + length;
    }
}

/// `pid`, `pid/tid`, or -1 for a thread that perf does not know.
fn thread_numbers(token: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if digits(token) || token == b"-1" {
        return Some((token, None));
    }
    let slash = memchr::memchr(b'/', token)?;
    let (first, second) = (token.get(..slash)?, token.get(slash + 1..)?);
    let known = |text: &[u8]| digits(text) || text == b"-1";
    (known(first) && known(second)).then_some((first, Some(second)))
}

/// Whether the text behind a thread begins with `[cpu]`, a time, or is an event at the end of the line.
/// `-F +misc` puts a few letters in front of that.
fn follows_thread(rest: &[u8]) -> bool {
    let (token, after) = split_token(rest.trim_ascii_start());
    let is_misc = !token.is_empty() && token.len() <= 5 && token.iter().all(|byte| b"KUHGgMESDBCFsl".contains(byte));
    follows_misc(if is_misc { after } else { rest }) || (is_misc && follows_misc(rest))
}

fn follows_misc(rest: &[u8]) -> bool {
    let tail = rest.trim_ascii_start();
    let (token, after) = split_token(tail);
    match token {
        [b'[', cpu @ .., b']'] => cpu.iter().all(u8::is_ascii_digit),
        [.., b':'] => is_time(token) || after.is_empty(),
        _ => is_period_and_event(token, rest.len() - after.len(), after),
    }
}

/// `period event:` at the end of a line without time. A period fills ten columns behind a space,
/// which tells it from a number in the name of a thread.
fn is_period_and_event(token: &[u8], width: usize, after: &[u8]) -> bool {
    const WIDTH: usize = 1 + 10;
    let (event, behind) = split_token(after.trim_ascii_start());
    width >= WIDTH && token.iter().all(u8::is_ascii_digit) && event.ends_with(b":") && behind.is_empty()
}

fn split_token(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|&byte| byte == b' ').unwrap_or(text.len()))
}

/// What stands before the last token, and that.
fn split_last_token(text: &[u8]) -> (&[u8], &[u8]) {
    let (before, token) = text.split_at(text.iter().rposition(|&byte| byte == b' ').map_or(0, |space| space + 1));
    (before.trim_ascii_end(), token)
}

/// `seconds.fraction:`
fn is_time(token: &[u8]) -> bool {
    let Some(token) = token.strip_suffix(b":") else { return false };
    let Some(point) = memchr::memchr(b'.', token) else { return false };
    let (seconds, fraction) = token.split_at(point);
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    digits(seconds) && digits(fraction.get(1..).unwrap_or(&[]))
}

/// What stands behind the time.
fn after_time(rest: &[u8]) -> Option<&[u8]> {
    let mut position = 0;
    // The processor and up to two groups of flags may stand before it.
    for _ in 0..4 {
        let start = position + rest.get(position..)?.iter().position(|&byte| byte != b' ')?;
        let tail = rest.get(start..)?;
        let length = tail.iter().position(|&byte| byte == b' ').unwrap_or(tail.len());
        if is_time(tail.get(..length)?) {
            return tail.get(length..);
        }
        position = start + length;
    }
    None
}

/// `: [period] event:` at the end of the line, as the collapser looks for it.
fn trailing_event(line: &[u8]) -> Option<(&[u8], Option<i64>)> {
    let body = line.strip_suffix(b":")?;
    let space = memchr::memrchr2(b' ', b'\t', body)?;
    let (before, event) = body.split_at(space);
    let event = event.get(1..).filter(|event| !event.is_empty())?;
    let before = before.trim_ascii_end();
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, period) = before.split_at(before.len() - digits);
    let before = before.trim_ascii_end();
    let period = if digits == 0 {
        None
    } else {
        Some(number64(period).map_or(i64::MAX, |n| i64::try_from(n).unwrap_or(i64::MAX)))
    };
    before.ends_with(b":").then_some((event, period))
}

/// `[period] event: fields`.
fn event_and_fields(text: &[u8]) -> (Option<i64>, Option<&[u8]>, Option<&[u8]>) {
    let mut text = text.trim_ascii_start();
    let mut period = None;
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > 0 && text.get(digits).is_none_or(|&byte| byte == b' ') {
        let (number, rest) = text.split_at(digits);
        period = number64(number).map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        text = rest.trim_ascii_start();
    }
    let length = text.iter().position(|&byte| byte == b' ').unwrap_or(text.len());
    let (token, fields) = text.split_at(length);
    let event = token.strip_suffix(b":").filter(|event| !event.is_empty());
    (period, event, event.map(|_| fields.trim_ascii()))
}

fn number(digits: &[u8]) -> Option<u32> {
    number64(digits).and_then(|number| u32::try_from(number).ok())
}

fn number64(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |value, &digit| {
        let digit = digit.checked_sub(b'0').filter(|&digit| digit < 10)?;
        value.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(line: &str) -> String {
        let Some(header) = parse(line.as_bytes()) else { return "no header".to_owned() };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let number = |number: Option<u32>| number.map_or("?".to_owned(), |number| number.to_string());
        format!(
            "{:?} {}/{} {} x{}{}{}{}",
            text(header.comm),
            number(header.pid),
            number(header.tid),
            header.event.map_or("-".to_owned(), text),
            header.weight,
            if header.filters { " filters" } else { "" },
            header.frame.map_or(String::new(), |frame| format!(" frame={:?}", text(frame))),
            match header.record {
                Record::Sample => String::new(),
                Record::Lost(count) => format!(" lost {count}"),
                Record::Other => " no sample".to_owned(),
            }
        )
    }

    #[test]
    fn reads_every_dialect() {
        let check = |line: &str, expect: &str| assert_eq!(show(line), expect, "{line}");
        check("java 25607 4794564.109216: 1 cycles:", "\"java\" ?/25607 cycles x1 filters");
        check("java 12688 [002] 6544038.708352: 235 cpu-clock: ", "\"java\" ?/12688 cpu-clock x235 filters");
        check(
            "V8 WorkerThread 24636/25607 [000] 94564.109216: 100 cycles:",
            "\"V8 WorkerThread\" 24636/25607 cycles x100 filters",
        );
        check("emulator  4152 75695.008865:          1 cycles:u: ", "\"emulator\" ?/4152 cycles:u x1 filters");
        check("func_ab 15294 cpu-clock: ", "\"func_ab\" ?/15294 cpu-clock x1");
        check("app 7/8 [001] 12.5: cpu_core/cycles/P: ", "\"app\" 7/8 cpu_core/cycles/P x1 filters");
        check("noploop 21796 [001] 1410597.984841: instructions: ", "\"noploop\" ?/21796 instructions x1 filters");
        check("Thread 12 worker 34 [000] 1.5: 1 cycles:", "\"Thread 12 worker\" ?/34 cycles x1 filters");
        check("a 34 [000] 1.5: 1 cycles:", "\"a\" ?/34 cycles x1 filters");
        check(":-1    -1 [000] 1.5: 1 cycles:", "\":-1\" ?/? cycles x1 filters");
        check("kworker/0:1-ev 33 [000] 1.5: cycles:", "\"kworker/0:1-ev\" ?/33 cycles x1 filters");
        check("dd 1234 [000] 10.5: syscalls:sys_enter_brk: brk: 0x0", "\"dd\" ?/1234 syscalls:sys_enter_brk x1");
        check(
            "srv 1234/1240 [000] 10.5: probe_srv:main_handle: (4a1200)",
            "\"srv\" 1234/1240 probe_srv:main_handle x1",
        );
        check(
            "app 1 [000] 10.5: sched:sched_switch: prev_comm=a ==> next_prio=120",
            "\"app\" ?/1 sched:sched_switch x1",
        );
        check(
            "            app  1234 10.5: 250000 cpu-clock:u:  46a3b2 main.work+0x12 (/app)",
            "\"app\" ?/1234 cpu-clock:u x250000 filters frame=\"46a3b2 main.work+0x12 (/app)\"",
        );
        check(
            "perf 12 [000] 1.5: PERF_RECORD_MMAP2 12/12: [0x1(0x2) @ 0 08:01 5 0]: r-xp /bin/x",
            "\"perf\" ?/12 - x1 no sample",
        );
        check("app 12 [000] 1.5: PERF_RECORD_LOST lost 77", "\"app\" ?/12 - x1 lost 77");
        check("app 12 [000] ...1 1.5: 0 cycles:", "\"app\" ?/12 cycles x1 filters");
        check("app 12 [000] 1.5: 99999999999999999999999 cycles:", "\"app\" ?/12 cycles x9223372036854775807 filters");
        check("app 99999999999 [000] 1.5: cycles:", "\"app\" ?/? cycles x1 filters");
        check("sort 29013    5025125 cpu-clock: ", "\"sort\" ?/29013 cpu-clock x1");
        check("Thread 12 34 cycles:", "\"Thread 12\" ?/34 cycles x1");
        check("app 12 U     1.5:     7 cycles:", "\"app\" ?/12 cycles x7 filters");
        check("my [w] 12 x 13719 U     1.5:     7 cycles:", "\"my [w] 12 x\" ?/13719 cycles x7 filters");
        check("w 13717 15577.101415:    5025125", "\"w\" ?/13717 - x5025125");
        check(
            "w 16516 1.5:   10101010 cpu-clock:ppp:                0      1e05080021 |OP N/A|LVL N/A",
            "\"w\" ?/16516 cpu-clock:ppp x10101010 filters",
        );
        check("app 12 [000] 1.5: PERF_RECORD_LOST_SAMPLES lost 5", "\"app\" ?/12 - x1 lost 5");
        check("w 13717 1.5: PERF_RECORD_FORK(13717:13719):(13717:13717)", "\"w\" ?/13717 - x1 no sample");
        check("my [w] 12 x", "no header");
        check("hello world", "no header");
        check("", "no header");
        check(" ", "no header");
    }

    #[test]
    fn reads_bare_headers() {
        let check = |line: &str, expect: (&str, Option<u32>, Option<u32>, Option<&str>)| {
            let header = bare(line.as_bytes());
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

    #[test]
    fn reads_times() {
        let check = |text: &str, expect: Option<u64>| assert_eq!(time(text.as_bytes()), expect, "{text}");
        check(" [001] 15577.101415:  1 cycles:", Some(15_577_101_415_000));
        check(" 15577.101415534: cycles:", Some(15_577_101_415_534));
        check(" 1.1234567891: cycles:", Some(1_123_456_789));
        check(" cycles:", None);
        check(" 99999999999999999999.5: cycles:", None);
    }

    #[test]
    fn certain_headers() {
        let check = |line: &str, expect: bool| assert_eq!(is_certain(line.as_bytes()), expect, "{line}");
        check("java 19983 cycles:", true);
        check("app 12 1.5: cycles:", true);
        check("main;foo 12", false);
        check("main;foo 12 13", false);
        check("the 12 apostles", false);
        check("7fff main (/app)", false);
    }
}
