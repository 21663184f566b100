//! The two lines of a frame.

use firesteel_model::{Address, LineNumber};

/// A function, from a line like `main.(*server).handle(0xc000092010, {0x1, 0x2}?)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CalledFunction<'a> {
    pub(super) name: &'a str,
    /// Whether its arguments are not known because it was inlined: `main.leak(...)`.
    pub(super) is_inlined: bool,
}

impl<'a> CalledFunction<'a> {
    pub(super) fn parse(line: &'a str) -> Self {
        let bare = Self { name: line, is_inlined: false };
        if !line.ends_with(')') {
            return bare;
        }
        let mut depth = 0usize;
        for (at, byte) in line.bytes().enumerate().rev() {
            match byte {
                b')' => depth += 1,
                b'(' => {
                    depth -= 1;
                    if depth == 0 {
                        let (name, arguments) = line.split_at(at);
                        return if name.is_empty() { bare } else { Self { name, is_inlined: arguments == "(...)" } };
                    }
                }
                _ => {}
            }
        }
        bare
    }
}

/// Where a function stands, from a line like `/src/main.go:23 +0x6a fp=0xc0 sp=0xc0 pc=0x4e18ca`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CallPlace<'a> {
    pub(super) file: &'a str,
    pub(super) line: LineNumber,
    pub(super) address: Address,
}

impl<'a> CallPlace<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut text = text.trim();
        let mut address = Address(0);
        // File names may hold spaces, so this goes from the end.
        while let Some((front, word)) = text.rsplit_once(' ') {
            if let Some(pc) = word.strip_prefix("pc=0x") {
                address = Address(u64::from_str_radix(pc, 16).ok()?);
            } else if !word.starts_with("+0x") && !word.starts_with("fp=") && !word.starts_with("sp=") {
                break;
            }
            text = front.trim_end();
        }
        let (file, line) = text.rsplit_once(':')?;
        Some(Self { file, line: LineNumber(line.parse().ok()?), address })
    }
}

/// Function and goroutine of `created by main.main in goroutine 1`; older releases do not say the latter.
pub(super) fn creator(line: &str) -> Option<&str> {
    let name = line.strip_prefix("created by ")?;
    Some(match name.rsplit_once(" in goroutine ") {
        Some((name, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions() {
        let check =
            |line, name, is_inlined| assert_eq!(CalledFunction::parse(line), CalledFunction { name, is_inlined });
        check("main.main()", "main.main", false);
        check("main.(*server).handle(0xc000092010, {0x1, 0x2}?)", "main.(*server).handle", false);
        check("main.leak(...)", "main.leak", true);
        check("main.Map[...](...)", "main.Map[...]", true);
        check("main.f(func(int)(0x1))", "main.f", false);
        check("c_function", "c_function", false);
        check("()", "()", false);
        check(")", ")", false);
    }

    #[test]
    fn places() {
        let check = |text, expect: Option<(&str, u32, u64)>| {
            let found = CallPlace::parse(text).map(|place| (place.file, place.line.0, place.address.0));
            assert_eq!(found, expect, "{text}");
        };
        check("\t/my src/main.go:23 +0x6a", Some(("/my src/main.go", 23, 0)));
        check("\t/src/main.go:23 +0x6a fp=0x1 sp=0x2 pc=0x4e18ca", Some(("/src/main.go", 23, 0x4e_18ca)));
        check("\t/src/main.go:41", Some(("/src/main.go", 41, 0)));
        check("\tC:/src/main.go:41 +0x1", Some(("C:/src/main.go", 41, 0)));
        check("\tgoroutine running on other thread; stack unavailable", None);
        assert_eq!(creator("created by main.main in goroutine 1"), Some("main.main"));
        assert_eq!(creator("created by main.main"), Some("main.main"));
        assert_eq!(creator("main.main()"), None);
    }
}
