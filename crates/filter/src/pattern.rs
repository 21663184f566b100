//! Regular expressions in Go's syntax.
//!
//! Go's `regexp` and Rust's `regex` are both descendants of RE2. What differs is translated here, so that an
//! expression from a pprof command line means the same: `\d`, `\w`, `\s` and `\b` are ASCII in Go, `[` inside a class
//! and a `{` that begins no repetition stand for themselves, and `\Q…\E` quotes.
//! Syntax: <https://pkg.go.dev/regexp/syntax>.

use std::iter::Peekable;
use std::str::Chars;

use regex::Regex;

use crate::error::FilterError;

/// A compiled expression. It matches anywhere in a text unless it is anchored.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// Compiles the value of an option.
    pub(crate) fn new(option: &'static str, text: &str) -> Result<Self, FilterError> {
        Regex::new(&translate(text)).map(Self).map_err(|error| {
            let reason = error.to_string();
            // The last line says what is wrong; those before draw the expression.
            let reason = reason.lines().last().unwrap_or(&reason).trim_start_matches("error: ").to_owned();
            FilterError::Pattern { option, pattern: text.to_owned(), reason }
        })
    }

    /// Compiles an option that may not be given or be empty, which is the same to pprof.
    pub(crate) fn optional(option: &'static str, text: Option<&str>) -> Result<Option<Self>, FilterError> {
        text.filter(|text| !text.is_empty()).map(|text| Self::new(option, text)).transpose()
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

fn translate(go: &str) -> String {
    let mut out = String::with_capacity(go.len());
    let mut rest = go.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '\\' => escape(&mut rest, &mut out, false),
            '[' => class(&mut rest, &mut out),
            '{' if !is_repetition(rest.clone()) => out.push_str("\\{"),
            other => out.push(other),
        }
    }
    out
}

/// What follows a backslash.
fn escape(rest: &mut Peekable<Chars<'_>>, out: &mut String, in_class: bool) {
    let Some(next) = rest.next() else {
        out.push('\\');
        return;
    };
    match next {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str("[0-9A-Za-z_]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        's' => out.push_str("[\\t\\n\\x0C\\r ]"),
        'S' => out.push_str("[^\\t\\n\\x0C\\r ]"),
        'b' if !in_class => out.push_str("(?-u:\\b)"),
        'Q' if !in_class => {
            let mut quoted = String::new();
            while let Some(next) = rest.next() {
                if next == '\\' && rest.peek() == Some(&'E') {
                    rest.next();
                    break;
                }
                quoted.push(next);
            }
            out.push_str(&regex::escape(&quoted));
        }
        // Anything that is no letter or digit stands for itself; `\<` is a word border in Rust only.
        '<' | '>' => out.push(next),
        other => {
            out.push('\\');
            out.push(other);
        }
    }
}

/// A class in brackets, behind its opening one.
fn class(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    out.push('[');
    if rest.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    // A closing bracket that comes first stands for itself.
    if rest.next_if_eq(&']').is_some() {
        out.push_str("\\]");
    }
    while let Some(next) = rest.next() {
        match next {
            ']' => {
                out.push(']');
                return;
            }
            '\\' => escape(rest, out, true),
            '[' if rest.peek() == Some(&':') => {
                out.push('[');
                // A named class such as `[:alpha:]`.
                for next in rest.by_ref() {
                    out.push(next);
                    if next == ']' {
                        break;
                    }
                }
            }
            // Operators between classes in Rust only.
            '[' | '&' | '~' => {
                out.push('\\');
                out.push(next);
            }
            other => out.push(other),
        }
    }
}

/// Whether what follows a `{` is a count: `3}`, `3,}` or `3,5}`.
fn is_repetition(rest: Peekable<Chars<'_>>) -> bool {
    let inner: String = rest.take_while(|&next| next != '}').collect();
    let number = |text: &str| !text.is_empty() && text.len() < 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    match inner.split_once(',') {
        None => number(&inner),
        Some((low, high)) => number(low) && (high.is_empty() || number(high)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let pattern = Pattern::new("focus", pattern).unwrap();
        for text in yes {
            assert!(pattern.matches(text), "{pattern:?} matches {text}");
        }
        for text in no {
            assert!(!pattern.matches(text), "{pattern:?} does not match {text}");
        }
    }

    #[test]
    fn expressions_mean_what_they_mean_in_go() {
        check("main", &["main.main", "domain"], &["Main"]);
        check(r"^\w+\.f\d$", &["main.f1"], &["main.f", "größe.f1", "main.f٣"]);
        check(r"[\d.]+\b", &["1.2"], &["x"]);
        check("[[]x[]]", &["[x]"], &["x"]);
        check("[]a]b", &["]b", "ab"], &["b"]);
        check("[^]a]b", &["xb"], &["]b"]);
        check("[a&&b]", &["&"], &["c"]);
        check("[[:alpha:]~]1", &["x1", "~1"], &["11"]);
        check("a{b", &["a{b"], &["ab"]);
        check("^a{2,3}$", &["aa", "aaa"], &["a", "aaaa"]);
        check("a{,2}", &["a{,2}"], &["aa"]);
        check(r"\Qmain.(*T)\E.M", &["main.(*T).M"], &["main.T.M"]);
        check(r"operator\<", &["operator<"], &["operator"]);
        check("(?i)MAIN", &["main"], &["mein"]);
        check(r"[\s-]x", &[" x", "-x"], &["\u{a0}x"]);
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        let error = Pattern::new("focus", "a(b").unwrap_err();
        assert_eq!(error.to_string(), "`a(b` of focus is no regular expression: unclosed group");
        assert!(Pattern::optional("focus", Some("")).unwrap().is_none());
    }
}
