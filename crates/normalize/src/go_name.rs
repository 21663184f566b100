//! Go symbol names taken apart.

use std::borrow::Cow;

use crate::type_arguments::closing_bracket;

/// The parts of a Go symbol name such as `net/http.(*conn).serve` or `main.Map[go.shape.int].func1`.
///
/// Where a name is ambiguous (`main.T.M` is a method of `T` or a closure of `M` inlined into `T`) the commoner
/// reading is taken: two plain parts are receiver and method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoName<'a> {
    name: &'a str,
    /// Import path as the linker writes it: dots of the last element escaped as `%2e`.
    escaped_package: &'a str,
    /// The receiver's type without `*` and type arguments; empty for a plain function.
    pub receiver: &'a str,
    /// Whether the receiver is a pointer.
    pub pointer_receiver: bool,
    /// The declared function or method, without type arguments.
    pub function: &'a str,
    /// Type arguments of receiver or function without the brackets; empty when there are none.
    pub type_arguments: &'a str,
    /// What the compiler appended for function literals and wrappers: `func1.2`, `gowrap1`, `0` of `init.0`.
    pub suffix: &'a str,
    /// Whether the name is of a method value (`-fm`).
    pub method_value: bool,
}

impl<'a> GoName<'a> {
    /// Takes a name apart; `None` when it does not have the shape of a Go name with a package.
    #[must_use]
    pub fn parse(name: &'a str) -> Option<Self> {
        let (escaped_package, rest) = split_package(name)?;
        let (rest, method_value) = match rest.strip_suffix("-fm") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let mut parsed = Self {
            name,
            escaped_package,
            receiver: "",
            pointer_receiver: false,
            function: "",
            type_arguments: "",
            suffix: "",
            method_value,
        };
        let (first, mut tail) = next_part(rest)?;
        if let Some(inner) = first.strip_prefix('(').and_then(|part| part.strip_suffix(')')) {
            let inner = inner.strip_prefix('*').inspect(|_| parsed.pointer_receiver = true).unwrap_or(inner);
            parsed.receiver = parsed.without_arguments(inner);
            let (method, after) = next_part(tail)?;
            parsed.function = parsed.without_arguments(method);
            tail = after;
        } else {
            parsed.function = parsed.without_arguments(first);
            if let Some((second, after)) = next_part(tail)
                && !is_compiler_part(second)
                && !second.is_empty()
                && parsed.function != "glob"
            {
                parsed.receiver = parsed.function;
                parsed.function = parsed.without_arguments(second);
                tail = after;
            }
        }
        parsed.suffix = tail.trim_start_matches('.');
        Some(parsed)
    }

    /// Notes the type arguments of a part and returns the part without them.
    fn without_arguments(&mut self, part: &'a str) -> &'a str {
        let Some(open) = part.find('[') else { return part };
        if let Some(end) = closing_bracket(part, open) {
            self.type_arguments = &part[open + 1..end - 1];
        }
        &part[..open]
    }

    /// Import path of the package, unescaped.
    #[must_use]
    pub fn package(&self) -> Cow<'a, str> {
        unescape(self.escaped_package)
    }

    /// Whether the compiler made this function to call another one: a method value, the body of a `go` or
    /// `defer` statement (Go 1.22 and later name them).
    #[must_use]
    pub fn is_wrapper(&self) -> bool {
        let last = self.suffix.rsplit('.').next().unwrap_or("");
        self.method_value || is_numbered(last, "gowrap") || is_numbered(last, "deferwrap")
    }

    /// The name without the directories of its import path: `http.(*conn).serve`.
    #[must_use]
    pub fn short(&self) -> &'a str {
        let start = self.escaped_package.rfind('/').map_or(0, |slash| slash + 1);
        &self.name[start..]
    }
}

/// Import path of the package that a Go function belongs to; empty when the name does not tell.
///
/// Functions that the compiler makes for a type (`type:.eq.main.T`) belong to the package of the type.
#[must_use]
pub fn package_of(name: &str) -> Cow<'_, str> {
    if let Some(type_name) = generated_for_type(name) {
        let type_name =
            type_name.trim_start_matches(['*', '[', ']', '.']).trim_start_matches(|c: char| c.is_ascii_digit());
        let type_name = type_name.trim_start_matches(']');
        return split_package(type_name).map_or(Cow::Borrowed(""), |(package, _)| unescape(package));
    }
    split_package(name).map_or(Cow::Borrowed(""), |(package, _)| unescape(package))
}

/// The type's name when the function is a comparison or hash that the compiler made for it.
pub(crate) fn generated_for_type(name: &str) -> Option<&str> {
    // `type..eq.` until Go 1.19, `type:.eq.` since.
    let rest = name.strip_prefix("type:.").or_else(|| name.strip_prefix("type.."))?;
    rest.strip_prefix("eq.").or_else(|| rest.strip_prefix("hash."))
}

/// Splits a name at the dot that ends the import path: the first one behind the last slash, where slashes and
/// dots of receivers and type arguments do not count.
fn split_package(name: &str) -> Option<(&str, &str)> {
    let mut dot = None;
    // The first character that import paths do not have.
    let mut wrong = None;
    // One pass: every name of a profile comes here.
    for (index, &byte) in name.as_bytes().iter().enumerate() {
        match CLASSES[usize::from(byte)] {
            Class::Path => {}
            Class::Dot => dot = dot.or(Some(index)),
            Class::Slash => dot = None,
            Class::End => break,
            Class::Other => wrong = wrong.or(Some(index)),
        }
    }
    let dot = dot?;
    let (package, rest) = (&name[..dot], &name[dot + 1..]);
    let is_valid = wrong.is_none_or(|wrong| wrong > dot)
        || package.chars().all(|character| character.is_alphanumeric() || PATH_MARKS.contains(&character));
    let starts_well = !package.is_empty() && !package.starts_with(['/', '.', '-', '+', '@']) && !rest.is_empty();
    (is_valid && starts_well && !package.ends_with('/') && !has_two_colons(rest)).then_some((package, rest))
}

/// What import paths have besides letters and digits.
const PATH_MARKS: [char; 9] = ['/', '.', '-', '_', '~', '%', '+', '@', '!'];

/// What a byte is in front of a name.
#[derive(Clone, Copy)]
enum Class {
    /// Import paths have it.
    Path,
    Dot,
    Slash,
    /// It ends what may be an import path.
    End,
    /// ASCII that no import path has, or a part of another character.
    Other,
}

static CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < classes.len() {
        classes[byte] = match byte as u8 {
            b'.' => Class::Dot,
            b'/' => Class::Slash,
            b'[' | b'(' | b'{' | b'"' | b' ' | b'<' => Class::End,
            b'-' | b'_' | b'~' | b'%' | b'+' | b'@' | b'!' => Class::Path,
            letter if letter.is_ascii_alphanumeric() => Class::Path,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
}

/// Whether a text has `::`. Names are short: going through them takes less time than preparing a search.
pub(crate) fn has_two_colons(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair == b"::")
}

/// The first dot-separated part and what follows its dot. Dots in brackets and parentheses do not separate.
fn next_part(text: &str) -> Option<(&str, &str)> {
    if text.is_empty() {
        return None;
    }
    let bytes = text.as_bytes();
    let mut parentheses = 0usize;
    let mut position = 0;
    while position < bytes.len() {
        match bytes[position] {
            b'[' => {
                // An unclosed bracket swallows the rest, which is what it means.
                position = closing_bracket(text, position).unwrap_or(bytes.len());
                continue;
            }
            b'(' => parentheses += 1,
            b')' => parentheses = parentheses.saturating_sub(1),
            b'.' if parentheses == 0 => return Some((&text[..position], &text[position + 1..])),
            _ => {}
        }
        position += 1;
    }
    Some((text, ""))
}

/// Whether a part was appended by the compiler: `func1`, `2`, `gowrap1`, `deferwrap2`, `func1-range3`.
fn is_compiler_part(part: &str) -> bool {
    let part = part.split_once("-range").map_or(part, |(before, _)| before);
    is_numbered(part, "func") || is_numbered(part, "") || is_numbered(part, "gowrap") || is_numbered(part, "deferwrap")
}

fn is_numbered(part: &str, word: &str) -> bool {
    part.strip_prefix(word).is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Undoes the linker's `%xx` (`cmd/internal/objabi.PathToPrefix`).
fn unescape(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = match (first, after) {
            (b'%', [high, low, ..]) => hexadecimal(*high).zip(hexadecimal(*low)),
            _ => None,
        };
        if let Some((high, low)) = code {
            bytes.push(high << 4 | low);
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    match String::from_utf8(bytes) {
        Ok(unescaped) => Cow::Owned(unescaped),
        Err(_) => Cow::Borrowed(path),
    }
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expects `package|receiver|function|type arguments|suffix`, `*` before a pointer receiver.
    fn check(name: &str, expect: &str) {
        let actual = match GoName::parse(name) {
            None => "none".to_owned(),
            Some(parsed) => format!(
                "{}|{}{}|{}|{}|{}",
                parsed.package(),
                if parsed.pointer_receiver { "*" } else { "" },
                parsed.receiver,
                parsed.function,
                parsed.type_arguments,
                parsed.suffix
            ),
        };
        assert_eq!(actual, expect, "{name}");
    }

    #[test]
    fn functions_and_methods() {
        check("main.main", "main||main||");
        check("net/http.(*conn).serve", "net/http|*conn|serve||");
        check("time.Time.Add", "time|Time|Add||");
        check("net/http.HandlerFunc.ServeHTTP", "net/http|HandlerFunc|ServeHTTP||");
        check("github.com/a/b%2ev2.F", "github.com/a/b.v2||F||");
        check("gopkg.in/yaml%2ev3.(*T).M-fm", "gopkg.in/yaml.v3|*T|M||");
        check("example.com/app-x/v2/internal/~z.F", "example.com/app-x/v2/internal/~z||F||");
        check("internal/runtime/maps.(*Iter).Next", "internal/runtime/maps|*Iter|Next||");
        check("main.größe.Länge", "main|größe|Länge||");
    }

    #[test]
    fn closures_and_wrappers() {
        check("main.main.func1", "main||main||func1");
        check("main.main.func1.2", "main||main||func1.2");
        check("main.(*T).M.func1.gowrap2", "main|*T|M||func1.gowrap2");
        check("main.T.M.func1", "main|T|M||func1");
        check("main.main.mk.func7", "main|main|mk||func7");
        check("main.init.0", "main||init||0");
        check("main.init.func1", "main||init||func1");
        check("main.glob..func1", "main||glob||func1");
        check("main.rangefunc-range1", "main||rangefunc-range1||");
        check("main.main.func1-range3", "main||main||func1-range3");
    }

    #[test]
    fn generics() {
        check("main.Map[go.shape.int,go.shape.string]", "main||Map|go.shape.int,go.shape.string|");
        check("main.Map[...].func1", "main||Map|...|func1");
        check("main.(*List[go.shape.int]).Push", "main|*List|Push|go.shape.int|");
        check(
            r#"main.topBy[go.shape.struct { SKU string "json:\"a/b.c]\""; Qty int }].func1"#,
            r#"main||topBy|go.shape.struct { SKU string "json:\"a/b.c]\""; Qty int }|func1"#,
        );
        check("a.b/c.F[github.com/x/y.T]", "a.b/c||F|github.com/x/y.T|");
        check("main.F[go.shape.int", "main||F||");
    }

    #[test]
    fn what_is_no_go_name() {
        for name in [
            "",
            ".",
            "main",
            "main.",
            ".F",
            "memeqbody",
            "do_syscall_64",
            "[libc.so.6]",
            "std::vec::Vec<T>::push",
            "core::fmt::write",
            "a.b::c",
            "/usr/bin/x.so",
            "operator new(unsigned long)",
            "x y.z",
            "foo<a.b>",
        ] {
            check(name, "none");
        }
    }

    #[test]
    fn wrappers_are_recognised() {
        for (name, expect) in [
            ("main.(*T).M-fm", true),
            ("main.main.gowrap1", true),
            ("main.main.func2.deferwrap1", true),
            ("main.main.func1", false),
            ("main.gowrap", false),
            ("main.gowrapper1", false),
        ] {
            assert_eq!(GoName::parse(name).unwrap().is_wrapper(), expect, "{name}");
        }
    }

    #[test]
    fn packages() {
        for (name, expect) in [
            ("net/http.(*conn).serve", "net/http"),
            ("github.com/a/b%2ev2.F", "github.com/a/b.v2"),
            ("type:.eq.main.T", "main"),
            ("type..hash.net/url.URL", "net/url"),
            ("type:.eq.[2]interface {}", ""),
            ("type:.eq.[3]net/netip.Addr", "net/netip"),
            ("memmove", ""),
            ("broken%zz.F", "broken%zz"),
            ("broken%ff.F", "broken%ff"),
        ] {
            assert_eq!(package_of(name), expect, "{name}");
        }
        assert_eq!(GoName::parse("net/http.(*conn).serve").unwrap().short(), "http.(*conn).serve");
        assert_eq!(GoName::parse("main.F[a/b.T]").unwrap().short(), "main.F[a/b.T]");
    }
}
