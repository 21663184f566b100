//! What the texts say by which frames are named.

/// A frame's text taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location<'a> {
    /// Machine code without a name.
    Address(u64),
    /// JavaScript: `name (file:line:column)`, or `file:line` for the code of a file itself.
    Script { name: &'a str, file: &'a str, line: u32 },
    /// A label, or a native function that the browser named.
    Label(&'a str),
}

impl<'a> Location<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        if let Some(address) = text.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok()) {
            return Self::Address(address);
        }
        if let Some((name, place)) = text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")) {
            let (file, line) = split_lines(place);
            // C++ has parentheses as well, but no lines within.
            if line != 0 {
                return Self::Script { name, file, line };
            }
            return Self::Label(text);
        }
        match split_lines(text) {
            (file, line) if line != 0 && (file.contains("://") || file.contains('/')) => {
                Self::Script { name: text, file, line }
            }
            _ => Self::Label(text),
        }
    }
}

/// `file:line:column` or `file:line`; line 0 when there is none.
fn split_lines(text: &str) -> (&str, u32) {
    let number = |text: &str| text.parse::<u32>().ok();
    let Some((file, last)) = text.rsplit_once(':') else { return (text, 0) };
    let Some(last) = number(last) else { return (text, 0) };
    match file.rsplit_once(':').and_then(|(file, line)| Some((file, number(line)?))) {
        Some((file, line)) => (file, line),
        None => (file, last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_taken_apart() {
        let check = |text: &str, expect: Location<'_>| assert_eq!(Location::parse(text), expect, "{text}");
        check("0x7f00", Location::Address(0x7f00));
        check(
            "run (resource://gre/a.js:12:7)",
            Location::Script { name: "run", file: "resource://gre/a.js", line: 12 },
        );
        check("run (self-hosted:3)", Location::Script { name: "run", file: "self-hosted", line: 3 });
        check("http://x/a.js:4", Location::Script { name: "http://x/a.js:4", file: "http://x/a.js", line: 4 });
        check("nsThread::Run(bool)", Location::Label("nsThread::Run(bool)"));
        check("(root)", Location::Label("(root)"));
        check("Foo::operator() (x)", Location::Label("Foo::operator() (x)"));
    }
}
