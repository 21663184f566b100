//! The line that begins a goroutine.

/// `goroutine 18 gp=0xc0 m=nil [chan receive, 5 minutes, locked to thread] {"key": "value"}:`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct GoroutineHeader<'a> {
    /// Bytes before it, such as a time that a log puts in front of every line.
    pub(super) prefix: usize,
    /// What it does or waits for.
    pub(super) state: &'a str,
    /// For how long, in minutes, if it is one or more.
    pub(super) minutes: Option<i64>,
    pub(super) is_locked: bool,
    /// The number of its `synctest` bubble.
    pub(super) bubble: Option<i64>,
    /// Labels in braces; empty when there are none.
    pub(super) labels: &'a str,
}

impl<'a> GoroutineHeader<'a> {
    /// The header in a line, if it ends in one.
    pub(super) fn find(line: &'a [u8]) -> Option<Self> {
        let prefix = memchr::memmem::find(line, b"goroutine ")?;
        let text = std::str::from_utf8(line.get(prefix..)?).ok()?;
        let rest = text.strip_prefix("goroutine ")?.strip_suffix(':')?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let rest = rest.get(digits..).filter(|_| digits > 0)?;
        // Nothing but the runtime's own addresses stands between number and state.
        let (middle, rest) = rest.split_once('[')?;
        if !middle.starts_with(' ') || !middle.split_ascii_whitespace().all(|word| word.contains('=')) {
            return None;
        }
        let (inside, labels) = match rest.split_once("] {") {
            Some((inside, labels)) => (inside, labels.strip_suffix('}')?),
            None => (rest.strip_suffix(']')?, ""),
        };
        let mut parts = inside.split(", ");
        let mut header = Self { prefix, state: parts.next()?, labels, ..Self::default() };
        for part in parts {
            if let Some(minutes) = part.strip_suffix(" minutes") {
                header.minutes = minutes.parse().ok();
            } else if let Some(bubble) = part.strip_prefix("synctest bubble ") {
                header.bubble = bubble.parse().ok();
            } else if part == "locked to thread" {
                header.is_locked = true;
            }
        }
        Some(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let check = |line: &str, expect: Option<GoroutineHeader<'_>>| {
            assert_eq!(GoroutineHeader::find(line.as_bytes()), expect, "{line}");
        };
        let state = |state| GoroutineHeader { state, ..GoroutineHeader::default() };
        check("goroutine 1 [running]:", Some(state("running")));
        check("goroutine 1 gp=0xc0 m=nil [GC worker (idle)]:", Some(state("GC worker (idle)")));
        check(
            "goroutine 7 [chan receive (nil chan), 12 minutes, locked to thread]:",
            Some(GoroutineHeader { minutes: Some(12), is_locked: true, ..state("chan receive (nil chan)") }),
        );
        check(
            "goroutine 7 [select (durable), synctest bubble 3] {job: leak, \"a b\": \"c\"}:",
            Some(GoroutineHeader { bubble: Some(3), labels: "job: leak, \"a b\": \"c\"", ..state("select (durable)") }),
        );
        check("10:00:01 app: goroutine 1 [running]:", Some(GoroutineHeader { prefix: 14, ..state("running") }));
        check("created by main.main in goroutine 1", None);
        check("goroutine profile: total 8", None);
        check("goroutine x [running]:", None);
        check("goroutine 1 is [running]:", None);
    }
}
