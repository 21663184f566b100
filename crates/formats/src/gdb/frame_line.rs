//! A frame of a backtrace: `#2  0x000055d28045219c in func (arg=1) at file.c:12` or `… from /lib/libc.so.6`.

use crate::text_number::{decimal, hexadecimal};

/// What the line of a frame says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FrameLine<'a> {
    /// Counted from the leaf.
    pub(super) number: i64,
    /// Address, or 0.
    pub(super) address: u64,
    /// Whether gdb printed an address.
    pub(super) has_address: bool,
    /// The function without arguments; empty when gdb knows none.
    pub(super) name: &'a str,
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) module: &'a str,
    /// `<signal handler called>` and its like.
    pub(super) is_marker: bool,
    /// Whether the arguments are closed: gdb may wrap lines.
    pub(super) is_complete: bool,
    /// Whether only gdb writes such a line.
    pub(super) is_certain: bool,
}

impl<'a> FrameLine<'a> {
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let rest = line.strip_prefix('#')?;
        let (number, rest) = rest.split_once(' ')?;
        let number = decimal(number)?;
        let rest = rest.trim();
        let (address, call) = match rest.strip_prefix("0x").and_then(|rest| rest.split_once(" in ")) {
            Some((address, call)) => (hexadecimal(address)?, call.trim_start()),
            None => (0, rest),
        };
        let has_address = call.len() != rest.len();
        let mut frame = Self { number, address, has_address, ..Self::default() };
        if call.starts_with('<') && call.ends_with('>') {
            return Some(Self { name: call, is_marker: true, is_complete: true, is_certain: true, ..frame });
        }
        let call = frame.split_place(call);
        frame.name = match arguments_start(call) {
            Some(start) => {
                frame.is_complete = true;
                frame.is_certain = has_address || frame.line != 0 || !frame.module.is_empty();
                call.get(..start)?.trim_end()
            }
            None => call.split(" (").next()?.trim_end(),
        };
        if frame.name == "??" {
            frame.name = "";
        }
        Some(frame)
    }

    /// Takes `at FILE:LINE` or `from LIBRARY` off the end.
    fn split_place(&mut self, call: &'a str) -> &'a str {
        if let Some((before, place)) = call.rsplit_once(" at ")
            && before.ends_with(')')
            && let Some((file, line)) = place.rsplit_once(':')
            && let Some(line) = decimal(line).and_then(|line| u32::try_from(line).ok())
        {
            (self.file, self.line) = (file, line);
            return before;
        }
        match call.rsplit_once(" from ") {
            Some((before, library)) if before.ends_with(')') => {
                self.module = library;
                before
            }
            _ => call,
        }
    }
}

/// Where the arguments begin, which end the text. Strings among them may hold anything.
fn arguments_start(call: &str) -> Option<usize> {
    let bytes = call.as_bytes();
    if !call.ends_with(')') {
        return None;
    }
    let mut depth = 0usize;
    let mut in_string = false;
    for (index, &byte) in bytes.iter().enumerate().rev() {
        if byte == b'"' {
            let escapes = bytes.get(..index)?.iter().rev().take_while(|&&byte| byte == b'\\').count();
            in_string ^= escapes % 2 == 0;
            continue;
        }
        match byte {
            _ if in_string => {}
            b')' => depth += 1,
            b'(' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(index);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name() {
        let check = |line: &str, name: &str| assert_eq!(FrameLine::parse(line).unwrap().name, name, "{line}");
        check("#0  0x1 in main () at a.c:1", "main");
        check("#1  outer (n=3, text=0x5 \"a (b\\\" at c:1\") at inl.c:11", "outer");
        check(
            "#2  0x1 in std::function<void (int)>::operator()(int) const (this=0x1) at f.h:1",
            "std::function<void (int)>::operator()(int) const",
        );
        check("#3  0x1 in (anonymous namespace)::run (x=...) from /lib/x.so", "(anonymous namespace)::run");
        check("#4  0x1 in operator<< <int> (a=..., b=5 '\\005')", "operator<< <int>");
        check("#10 0x1 in ?? () from /lib/libc.so.6", "");
        check("#11 <signal handler called>", "<signal handler called>");
        check("#12 0x1 in cut_off (a=1, b=", "cut_off");
        check("#13 0x1 in main.main () at /src/main.go:12", "main.main");
        assert_eq!(FrameLine::parse("# comment"), None);
        assert_eq!(FrameLine::parse("#1 "), Some(FrameLine { number: 1, ..FrameLine::default() }));
    }
}
