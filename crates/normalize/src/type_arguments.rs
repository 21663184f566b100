//! Type arguments of generic functions: `main.Map[go.shape.int]`.
//!
//! A shape may be a whole struct type with field names, tags, `;` and spaces, so brackets are matched by depth
//! and quoted tags are skipped; a regular expression cannot do this.

use std::borrow::Cow;

/// Position behind the `]` that closes the `[` at `open`, or `None` when it is never closed.
///
/// Brackets inside quoted struct tags do not count.
pub(crate) fn closing_bracket(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut quoted = false;
    let mut escaped = false;
    for (offset, byte) in text.as_bytes().get(open..)?.iter().enumerate() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'[' => depth += 1,
            b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(open + offset + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Replaces the type arguments of a Go function name by `[...]`, as the Go runtime itself prints them.
///
/// Since Go 1.21 a name carries one arbitrary instantiation of many that share its code, so the arguments say
/// little and split what belongs together. A bracket that does not follow an identifier (`type:.eq.[2]int`)
/// and a bracket that is never closed stay.
#[must_use]
pub fn shorten_type_arguments(name: &str) -> Cow<'_, str> {
    const SHORT: &str = "[...]";
    let mut shortened = String::new();
    let mut copied = 0;
    let mut position = 0;
    while let Some(open) = name[position..].find('[').map(|offset| position + offset) {
        let Some(end) = closing_bracket(name, open) else { break };
        let follows_identifier =
            name[..open].chars().next_back().is_some_and(|character| character.is_alphanumeric() || character == '_');
        if follows_identifier && &name[open..end] != SHORT {
            shortened.push_str(&name[copied..open]);
            shortened.push_str(SHORT);
            copied = end;
        }
        position = end;
    }
    if copied == 0 {
        return Cow::Borrowed(name);
    }
    shortened.push_str(&name[copied..]);
    Cow::Owned(shortened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_become_dots() {
        fn check(name: &str, expect: &str) {
            assert_eq!(shorten_type_arguments(name), expect);
            assert_eq!(shorten_type_arguments(expect), expect, "shortening twice changes nothing");
        }
        check("main.main", "main.main");
        check("main.Map[go.shape.int,go.shape.string]", "main.Map[...]");
        check("main.(*List[go.shape.int]).Push", "main.(*List[...]).Push");
        check("main.Map[go.shape.int].func1", "main.Map[...].func1");
        check("main.Pair[go.shape.[]int,[2]string].F[int]", "main.Pair[...].F[...]");
        check(
            r#"main.topBy[go.shape.struct { SKU string "json:\"s]k[u\""; Qty int },go.shape.int].func1"#,
            "main.topBy[...].func1",
        );
        check("main.Map[...]", "main.Map[...]");
        check("type:.eq.[2]string", "type:.eq.[2]string");
        check("main.broken[go.shape.int", "main.broken[go.shape.int");
        check("main.broken]", "main.broken]");
        check("", "");
    }
}
