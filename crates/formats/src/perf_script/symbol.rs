//! Names of frames from symbols, as `stackcollapse-perf.pl` tidies them.

use std::borrow::Cow;

/// The functions of a symbol from the outermost to the innermost: Java agents write inlined functions
/// as `outer->inner`. An arrow behind `operator` is part of a name.
pub(super) fn functions(symbol: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(symbol);
    std::iter::from_fn(move || {
        let text = rest?;
        let arrow = find_arrow(text);
        let (function, after) = match arrow {
            Some(arrow) => (text.get(..arrow)?, text.get(arrow + 2..)),
            None => (text, None),
        };
        rest = after.filter(|after| !after.is_empty());
        Some(function)
    })
}

fn find_arrow(text: &[u8]) -> Option<usize> {
    let is_arrow = |&end: &usize| {
        text.get(..end)
            .and_then(|before| before.strip_suffix(b"-"))
            .is_some_and(|before| !before.ends_with(b"operator"))
    };
    memchr::memchr_iter(b'>', text).find(is_arrow).map(|end| end - 1)
}

/// The name of a function: without its arguments, quotes, and the `L` of a Java class.
pub(super) fn tidy(function: &[u8], is_java: bool) -> Cow<'_, [u8]> {
    let is_whole = memchr::memchr(b'(', function).is_none() || is_go_method(function);
    let mut name = Cow::Borrowed(if is_whole { function } else { without_arguments(function) });
    if memchr::memchr3(b'"', b'\'', b';', &name).is_some() {
        let tidied = name.iter().filter(|byte| !matches!(byte, b'"' | b'\''));
        name = Cow::Owned(tidied.map(|&byte| if byte == b';' { b':' } else { byte }).collect());
    }
    if is_java && name.starts_with(b"L") && name.contains(&b'/') {
        name = Cow::Owned(name.get(1..).unwrap_or(&[]).to_vec());
    }
    name
}

/// Whether a name looks like a Go method, `net/http.(*Client).Do`: `.(` and later `).`.
fn is_go_method(name: &[u8]) -> bool {
    memchr::memmem::find(name, b".(")
        .is_some_and(|open| name.get(open + 2..).is_some_and(|rest| memchr::memmem::find(rest, b").").is_some()))
}

/// Cuts at the first `(` that is not the one of an anonymous namespace and not within brackets that
/// are closed later, as in Go's `main.Map[go.shape.func(int) string]`.
fn without_arguments(name: &[u8]) -> &[u8] {
    for open in memchr::memchr_iter(b'(', name) {
        let (before, after) = name.split_at(open);
        if !after.starts_with(b"(anonymous namespace)") && !is_within_brackets(before, after) {
            return before;
        }
    }
    name
}

/// Whether a `[` before is still open and closed after, with a name in front of it.
fn is_within_brackets(before: &[u8], after: &[u8]) -> bool {
    let depth = |text: &[u8]| {
        text.iter().fold(0i64, |depth, byte| match byte {
            b'[' => depth + 1,
            b']' => depth - 1,
            _ => depth,
        })
    };
    depth(before) > 0 && depth(after) < 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_inlined_functions() {
        let check = |symbol: &str, expect: &[&str]| {
            let found: Vec<String> =
                functions(symbol.as_bytes()).map(|function| String::from_utf8_lossy(function).into_owned()).collect();
            assert_eq!(found, expect, "{symbol}");
        };
        check("main", &["main"]);
        check("Lfoo;::a->Lbar;::b->Lbaz;::c", &["Lfoo;::a", "Lbar;::b", "Lbaz;::c"]);
        check("std::unique_ptr<T>::operator->() const", &["std::unique_ptr<T>::operator->() const"]);
        check("a->operator->->b", &["a", "operator->", "b"]);
        check("a->", &["a"]);
        check("->b", &["", "b"]);
    }

    #[test]
    fn tidies() {
        let check = |function: &str, expect: &str| {
            assert_eq!(String::from_utf8_lossy(&tidy(function.as_bytes(), false)), expect, "{function}");
        };
        check("foo(int, char) const", "foo");
        check("net/http.(*Client).Do", "net/http.(*Client).Do");
        check("(anonymous namespace)::run(int)", "(anonymous namespace)::run");
        check("RegExp:[&<>\\\"\\']", "RegExp:[&<>\\\\]");
        check(
            "main.Map[go.shape.int,go.shape.struct { X int; Y func(int) string }]",
            "main.Map[go.shape.int,go.shape.struct { X int: Y func(int) string }]",
        );
        check("std::vector<int>::operator[](unsigned long)", "std::vector<int>::operator[]");
        check("LazyCompile:~body_0 evalmachine.<anonymous>:1", "LazyCompile:~body_0 evalmachine.<anonymous>:1");
        check("std::unique_ptr<T>::operator->() const", "std::unique_ptr<T>::operator->");
        check("foo<'a>", "foo<a>");
        let java = |function: &str, expect: &str| {
            assert_eq!(String::from_utf8_lossy(&tidy(function.as_bytes(), true)), expect, "{function}");
        };
        java(
            "Lorg/mozilla/javascript/MemberBox;.<init>(Ljava/lang/reflect/Method;)V",
            "org/mozilla/javascript/MemberBox:.<init>",
        );
        java("Lambda", "Lambda");
    }
}
