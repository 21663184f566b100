//! What a service offers: reads the index page of Go's handlers.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::answer::{check_status, is_index};
use super::client::{Request, exchange};
use super::error::FetchError;
use super::kind::ProfileKind;
use super::link::Link;
use super::options::FetchOptions;
use super::target::{Target, shown};

/// A link of an index page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Last segment of its path: `heap`, `profile`, a custom profile's name, …
    pub name: String,
    /// The kind of profile that it serves; none for custom profiles, `trace`, `cmdline` and `symbol`.
    pub kind: Option<ProfileKind>,
    /// How many stacks it holds, as the page says.
    pub count: Option<u64>,
    /// Its URL, without credentials.
    pub url: String,
    /// Its URL, as it is asked for.
    pub(super) address: Url,
}

impl Endpoint {
    /// What a person asks for to get it: the name of its kind or its own; nothing for what is no profile.
    pub(super) fn profile_name(&self) -> Option<String> {
        match self.kind {
            Some(kind) => Some(kind.to_string()),
            None => Some(self.name.clone()).filter(|name| !["cmdline", "symbol", "trace"].contains(&name.as_str())),
        }
    }
}

/// Reads the index page of a service: what profiles it offers. Blocks for as long as
/// [`FetchOptions::timeout`] allows.
///
/// # Errors
/// As [`fetch`](super::fetch); [`FetchError::NotFound`] names every URL that was tried,
/// [`FetchError::NotAnIndex`] says that a page came that lists no profile.
pub fn discover(target: &Target, options: &FetchOptions) -> Result<Vec<Endpoint>, FetchError> {
    discover_linked(target, options, &Arc::new(Link::default()))
}

/// [`discover`], with a link to interrupt it.
pub(super) fn discover_linked(
    target: &Target,
    options: &FetchOptions,
    link: &Arc<Link>,
) -> Result<Vec<Endpoint>, FetchError> {
    let mut tried = Vec::new();
    let mut missing = false;
    let mut found = None;
    for url in target.index_urls() {
        if found.is_some() && url.path() == "/" {
            break;
        }
        match read_index(target, &url, options, link) {
            // Go's handler answers with its index for whatever is below the path that it is mounted on, so that a page
            // further up is the better one.
            Ok(endpoints) => found = Some(endpoints),
            Err(error @ (FetchError::NotFound { .. } | FetchError::NotAnIndex { .. })) => {
                missing |= matches!(error, FetchError::NotFound { .. });
                tried.push(shown(&url));
            }
            Err(_) if found.is_some() => {}
            Err(error) => return Err(error),
        }
    }
    match found {
        Some(endpoints) => Ok(endpoints),
        None if missing => Err(FetchError::NotFound { tried }),
        None => Err(FetchError::NotAnIndex { url: tried.into_iter().next().unwrap_or_default() }),
    }
}

/// Reads the index page at a URL.
fn read_index(
    target: &Target,
    url: &Url,
    options: &FetchOptions,
    link: &Arc<Link>,
) -> Result<Vec<Endpoint>, FetchError> {
    let request = Request {
        url: url.clone(),
        authorization: target.authentication(options).header_value(),
        kind: None,
        takes: Duration::ZERO,
        patience: Duration::ZERO,
        options: options.clone(),
    };
    let answer = exchange(&request, link)?;
    check_status(&answer, None, Duration::ZERO)?;
    let page = String::from_utf8_lossy(&answer.body);
    let endpoints = parse_index(&page, &answer.url);
    let lists_profiles = endpoints.iter().any(|endpoint| endpoint.kind.is_some());
    if lists_profiles && (answer.is_html() || is_index(&page)) {
        Ok(endpoints)
    } else {
        Err(FetchError::NotAnIndex { url: shown(&answer.url) })
    }
}

/// The links of an index page, in its order, each name once. Go has written the page as a template with bare and with
/// quoted attributes, and by hand with single quotes; other frameworks copy any of these.
pub(super) fn parse_index(page: &str, base: &Url) -> Vec<Endpoint> {
    let mut endpoints: Vec<Endpoint> = Vec::new();
    let mut rest = page;
    let mut count = None;
    while let Some((before, after)) = split_tag(rest) {
        let (tag, tail) = after;
        if let Some(number) = number_before(before) {
            count = Some(number);
        }
        rest = tail;
        if tag.get(..2).is_some_and(|name| name.eq_ignore_ascii_case("a ") || name.eq_ignore_ascii_case("a\n")) {
            let link = attribute(tag, "href").and_then(|link| endpoint(&unescape(link), base, count));
            if let Some(endpoint) = link.filter(|link| endpoints.iter().all(|known| known.name != link.name)) {
                endpoints.push(endpoint);
            }
            count = None;
        } else if tag.eq_ignore_ascii_case("tr") || tag.eq_ignore_ascii_case("/tr") {
            count = None;
        }
    }
    endpoints
}

/// Text before the next tag, the tag's inside, text behind it.
fn split_tag(text: &str) -> Option<(&str, (&str, &str))> {
    let (before, after) = text.split_once('<')?;
    Some((before, after.split_once('>')?))
}

/// The number that a table cell holds.
fn number_before(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

/// The value of an attribute, quoted in either way or bare.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let at = tag.to_ascii_lowercase().find(&format!("{name}="))?;
    let value = tag.get(at + name.len() + 1..)?.trim_start();
    match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next(),
        _ => value.split_whitespace().next(),
    }
}

/// Undoes the escapes that occur in the links of the page.
fn unescape(text: &str) -> String {
    text.replace("&amp;", "&").replace("&#39;", "'").replace("&#34;", "\"").replace("&quot;", "\"")
}

/// A link as an endpoint, when it leads to a sibling of the page.
fn endpoint(link: &str, base: &Url, count: Option<u64>) -> Option<Endpoint> {
    let mut address = base.join(link).ok()?;
    if address.origin() != base.origin() {
        return None;
    }
    address.set_query(base.query());
    address.set_fragment(None);
    let name = address.path_segments()?.next_back().filter(|name| !name.is_empty())?.to_owned();
    let kind = ProfileKind::from_endpoint(&name);
    Some(Endpoint { name, kind, count, url: shown(&address), address })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn check(page: &str, base: &str, expected: &str) {
        let mut actual = String::new();
        for Endpoint { name, kind, count, url, .. } in parse_index(page, &Url::parse(base).unwrap()) {
            let kind = kind.map_or("-", ProfileKind::as_str);
            let count = count.map_or("-".to_owned(), |count| count.to_string());
            writeln!(actual, "{name} {kind} {count} {url}").unwrap();
        }
        assert_eq!(actual, expected);
    }

    #[test]
    fn pages_of_go() {
        // Since 1.18: written by hand.
        check(
            "<table>\n<thead><td>Count</td><td>Profile</td></thead>\n\
             <tr><td>13</td><td><a href='allocs?debug=1'>allocs</a></td></tr>\n\
             <tr><td>0</td><td><a href='cmdline?debug=1'>cmdline</a></td></tr>\n\
             <tr><td>0</td><td><a href='profile?debug=1'>profile</a></td></tr>\n\
             </table>\n<a href=\"goroutine?debug=2\">full goroutine stack dump</a>\n<br>",
            "http://h:6060/debug/pprof/",
            "allocs allocs 13 http://h:6060/debug/pprof/allocs\n\
             cmdline - 0 http://h:6060/debug/pprof/cmdline\n\
             profile cpu 0 http://h:6060/debug/pprof/profile\n\
             goroutine goroutine - http://h:6060/debug/pprof/goroutine\n",
        );
        // Before: a template.
        check(
            "<tr>\n\t<td>7</td><td><a href=heap?debug=1>heap</a></td>\n</tr>",
            "http://h/x/pprof/?token=abc",
            "heap heap 7 http://h/x/pprof/heap?token=***\n",
        );
    }

    #[test]
    fn odd_pages() {
        check("", "http://h/", "");
        check("<a href=", "http://h/", "");
        check("<a href='", "http://h/", "");
        check("<a href=''>", "http://h/debug/pprof/", "");
        check("<a><a href><A HREF=mutex>", "http://h/p/", "mutex mutex - http://h/p/mutex\n");
        check("<a href='http://other/heap'>", "http://h/p/", "");
        check("<a href='javascript:alert(1)'>", "http://h/p/", "");
        check("<a href='my%20profile?a=1&amp;b=2#c'>", "http://h/p/", "my%20profile - - http://h/p/my%20profile\n");
        check("5 <b>7</b><tr><a href=block>", "http://h/p/", "block block - http://h/p/block\n");
    }

    proptest::proptest! {
        #[test]
        fn no_page_panics(page in "([<>'\"=&#;a-f /?é]|<a href=|</tr>|<td>7){0,40}") {
            let base = Url::parse("http://h/debug/pprof/").unwrap();
            for endpoint in parse_index(&page, &base) {
                proptest::prop_assert_eq!(endpoint.address.origin(), base.origin());
            }
        }
    }
}
