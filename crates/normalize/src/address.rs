//! Names without what differs from run to run.

use std::borrow::Cow;

/// The fewest hexadecimal digits that are taken for an address: shorter numbers may mean something.
const DIGITS: usize = 4;

/// Writes addresses as `0x...` and process ids in the names of perf maps and JIT libraries as `N`, and takes the
/// linker's ABI suffixes off.
#[must_use]
pub(crate) fn without_addresses(name: &str) -> Cow<'_, str> {
    let name = name.strip_suffix(".abi0").or_else(|| name.strip_suffix(".abiinternal")).unwrap_or(name);
    let mut plain = String::new();
    let mut done = 0;
    let mut position = 0;
    while let Some((start, end, instead)) = next_number(name, position) {
        if let Some(instead) = instead {
            plain.push_str(&name[done..start]);
            plain.push_str(instead);
            done = end;
        }
        position = end;
    }
    if done == 0 {
        return Cow::Borrowed(name);
    }
    plain.push_str(&name[done..]);
    Cow::Owned(plain)
}

/// The next place that may be a number of one run, and what to write instead.
fn next_number(name: &str, from: usize) -> Option<(usize, usize, Option<&'static str>)> {
    let (start, begins, is_address) = next_mark(name, from)?;
    let is_digit = |byte: &u8| if is_address { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
    let end = begins + name.as_bytes()[begins..].iter().take_while(|byte| is_digit(byte)).count();
    let stands_alone = !name[..start].ends_with(|before: char| before.is_alphanumeric() || before == '_');
    let is_number = stands_alone && if is_address { end - begins >= DIGITS } else { end > begins };
    if !is_number {
        return Some((start, begins, None));
    }
    Some(if is_address { (start, end, Some("0x...")) } else { (begins, end, Some("N")) })
}

/// Where the next mark of a number begins and ends, and whether the number is an address.
fn next_mark(name: &str, from: usize) -> Option<(usize, usize, bool)> {
    // Each mark ends in a character that few names have.
    let rest = &name.as_bytes()[from..];
    let ends = rest.iter().enumerate().filter(|(_, byte)| matches!(byte, b'x' | b'-'));
    ends.map(|(last, _)| from + last + 1).find_map(|end| {
        let before = &name[from..end];
        let is_before = |mark: &&str| before.ends_with(mark);
        if is_before(&"0x") {
            return Some((end - 2, end, true));
        }
        ["perf-", "jitted-"].iter().find(|mark| is_before(mark)).map(|mark| (end - mark.len(), end, false))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_goes() {
        fn check(name: &str, expect: &str) {
            assert_eq!(without_addresses(name), expect, "{name}");
            assert_eq!(without_addresses(expect), expect, "once more changes nothing");
        }
        check("main.main", "main.main");
        check("0x7f3a12", "0x...");
        check("[libfoo.so <0x7f3a12cd>]", "[libfoo.so <0x...>]");
        check("lambda 0x00ff12 and 0x00ff13", "lambda 0x... and 0x...");
        check("f 0x1", "f 0x1");
        check("main.F0x12345", "main.F0x12345");
        check("[perf-1234.map]", "[perf-N.map]");
        check("jitted-12-34.so", "jitted-N-34.so");
        check("perf-event", "perf-event");
        check("runtime.mcall.abi0", "runtime.mcall");
        check("größe 0xabcdef", "größe 0x...");
    }
}
