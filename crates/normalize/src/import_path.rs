//! Import paths without what changes when a module is updated or moved.

use std::borrow::Cow;

/// Takes versions and vendor folders out of a Go function's name or an import path: `a.b/c/v2.F` and
/// `a.b/c@v1.2.3.F` become `a.b/c.F`, `x/vendor/a.b/c.F` becomes `a.b/c.F`.
///
/// Only the path in front of receiver, function and type arguments is changed. The standard library's own `vendor/…`
/// stays: it tells its copies from others.
#[must_use]
pub fn plain_import_path(name: &str) -> Cow<'_, str> {
    if !may_have_version(name) {
        return Cow::Borrowed(name);
    }
    let end = name.find(['[', '(', '{', '"', ' ', '<']).unwrap_or(name.len());
    let (path, rest) = name.split_at(end);
    let start = path.rfind("/vendor/").map_or(0, |at| at + "/vendor/".len());
    let mut plain = String::new();
    // Up to where `name` was copied or left out.
    let mut done = start;
    let mut position = start;
    while let Some(offset) = path[position..].find(['/', '@']) {
        let at = position + offset;
        let length = version_length(&path[at..]);
        if length > 0 {
            plain.push_str(&path[done..at]);
            done = at + length;
        }
        position = at + length.max(1);
    }
    if done == 0 {
        return Cow::Borrowed(name);
    }
    plain.push_str(&path[done..]);
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// Whether something in a name begins as versions and vendor folders do. Few names have that.
pub(crate) fn may_have_version(name: &str) -> bool {
    name.as_bytes().windows(2).any(|pair| pair[1] == b'v' && matches!(pair[0], b'/' | b'@'))
}

/// How long the version is that a text begins with, `/v2` or `@v1.2.3-rc.1`; 0 when it begins with none.
fn version_length(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    if let Some(number) = text.strip_prefix("/v") {
        let count = digits(number);
        let ends = number[count..].is_empty() || number[count..].starts_with(['/', '.', '@']);
        // Versions 0 and 1 have no element of their own (https://go.dev/ref/mod#major-version-suffixes).
        return if ends && count > 0 && !number.starts_with('0') && &number[..count] != "1" { 2 + count } else { 0 };
    }
    let Some(version) = text.strip_prefix("@v") else { return 0 };
    let mut length = 0;
    for part in 0..3 {
        let count = digits(&version[length..]);
        if count == 0 {
            return 0;
        }
        length += count;
        if part < 2 {
            if !version[length..].starts_with('.') {
                return 0;
            }
            length += 1;
        }
    }
    if version[length..].starts_with(['-', '+']) {
        // A pre-release may contain dots; the dot before the function is the last one before the path ends.
        let rest = &version[length..];
        length += rest.find('/').unwrap_or_else(|| rest.rfind('.').unwrap_or(rest.len()));
    }
    2 + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_vendor_folders_go() {
        fn check(name: &str, expect: &str) {
            assert_eq!(plain_import_path(name), expect, "{name}");
            assert_eq!(plain_import_path(expect), expect, "once more changes nothing");
        }
        check("main.main", "main.main");
        check("github.com/a/b/v2.F", "github.com/a/b.F");
        check("github.com/a/b/v2/c.(*T).M", "github.com/a/b/c.(*T).M");
        check("github.com/a/b/v11/c.F", "github.com/a/b/c.F");
        check("github.com/a/b/v1.F", "github.com/a/b/v1.F");
        check("github.com/a/v2ray/c.F", "github.com/a/v2ray/c.F");
        check("k8s.io/api/core/v1.(*Pod).Size", "k8s.io/api/core/v1.(*Pod).Size");
        check("github.com/a/b@v1.2.3/c.F", "github.com/a/b/c.F");
        check("github.com/a/b@v1.2.3.F", "github.com/a/b.F");
        check("github.com/a/b@v0.0.0-20240101-abc/c.F", "github.com/a/b/c.F");
        check("github.com/a/b/v3@v3.1.0-rc.1/c.F", "github.com/a/b/c.F");
        check("example.com/app/vendor/github.com/a/b/v2.F", "github.com/a/b.F");
        check("vendor/golang.org/x/net/http2.F", "vendor/golang.org/x/net/http2.F");
        check("main.F[github.com/a/b/v2.T]", "main.F[github.com/a/b/v2.T]");
        check("github.com/a/b/v2", "github.com/a/b");
        check("a@v1", "a@v1");
        check("", "");
    }
}
