//! From an answer to a profile's bytes, or to what came in its place.

use std::time::Duration;

use ureq::http::header;

use super::client::{Answer, printable};
use super::error::FetchError;
use super::kind::ProfileKind;
use super::target::shown;

/// Longest message of a server that is shown, in characters.
const LONGEST_SHOWN: usize = 200;

/// Beginning of a Go execution trace, such as `go 1.23 trace`.
const TRACE_MAGIC: &[u8] = b"go 1.";

/// Refuses an answer that is no profile. `takes` is the time that the profile was to take.
pub(super) fn check_profile(answer: &Answer, kind: Option<ProfileKind>, takes: Duration) -> Result<(), FetchError> {
    check_status(answer, kind, takes)?;
    let url = || shown(&answer.url);
    let body = answer.body.as_slice();
    if answer.is_html() || looks_like_html(body) {
        let page = String::from_utf8_lossy(body);
        return Err(FetchError::WebPage { url: url(), title: title_of(&page), is_index: is_index(&page) });
    }
    if body.is_empty() {
        return Err(FetchError::Empty { url: url() });
    }
    if body.starts_with(TRACE_MAGIC)
        && body.get(..16).is_some_and(|start| start.windows(6).any(|part| part == b" trace"))
    {
        return Err(FetchError::NotAProfile { url: url(), what: "a Go execution trace" });
    }
    if answer.header(header::CONTENT_TYPE).starts_with("application/json") && body.starts_with(b"{\"cmdline\"") {
        return Err(FetchError::NotAProfile { url: url(), what: "the variables of `expvar`" });
    }
    Ok(())
}

/// Refuses an answer that is none of what was asked for.
pub(super) fn check_status(answer: &Answer, kind: Option<ProfileKind>, takes: Duration) -> Result<(), FetchError> {
    if answer.status == 200 {
        return Ok(());
    }
    let url = shown(&answer.url);
    let message = message_of(answer);
    // Set by `net/http/pprof` on its own errors.
    let is_from_go = answer.headers.contains_key("x-go-pprof");
    Err(match answer.status {
        401 => FetchError::Unauthorized {
            url,
            scheme: printable(answer.header(header::WWW_AUTHENTICATE).split(' ').next().unwrap_or(""), 40),
            sent: answer.sent_credentials,
            withheld: answer.withheld_credentials,
        },
        403 => FetchError::Forbidden { url, message },
        404 if is_from_go => FetchError::UnknownProfile { url, kind, offered: Vec::new() },
        404 => FetchError::NotFound { tried: vec![url] },
        400 if is_from_go && message.contains("WriteTimeout") => FetchError::WriteTimeout { url, duration: takes },
        400 if message.contains("HTTP request to an HTTPS server")
            || message.contains("HTTP request was sent to HTTPS") =>
        {
            FetchError::TlsRequired { url }
        }
        500 if is_from_go && kind.is_none_or(|kind| kind == ProfileKind::Cpu) && message.contains("already") => {
            FetchError::CpuProfileBusy { url, message }
        }
        status => FetchError::Status { url, status, message },
    })
}

/// What a server says along with an error, in one line; a web page's title.
fn message_of(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    if answer.is_html() || looks_like_html(&answer.body) {
        return title_of(&text);
    }
    printable(text.trim().lines().next().unwrap_or(""), LONGEST_SHOWN)
}

/// Whether a body begins as web pages do.
fn looks_like_html(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    [b"<!doctype html".as_slice(), b"<html", b"<head"]
        .iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|prefix| prefix.eq_ignore_ascii_case(tag)))
}

/// The title of a web page.
fn title_of(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|open| {
        let begin = open + lower.get(open..)?.find('>')? + 1;
        let end = begin + lower.get(begin..)?.find("</title")?;
        page.get(begin..end)
    });
    printable(title.unwrap_or(""), LONGEST_SHOWN)
}

/// Whether a web page is the index of Go's handlers.
pub(super) fn is_index(page: &str) -> bool {
    page.contains("/debug/pprof/") && page.contains("goroutine?debug=2") || page.contains("Types of profiles available")
}

#[cfg(test)]
mod tests {
    use ureq::http::{HeaderMap, HeaderName, HeaderValue};
    use url::Url;

    use super::*;

    fn check(status: u16, headers: &[(&str, &str)], body: &str, expected: &str) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let answer = Answer {
            url: Url::parse("http://h/debug/pprof/profile").unwrap(),
            status,
            headers: map,
            body: body.as_bytes().to_vec(),
            sent_credentials: false,
            withheld_credentials: false,
        };
        let result = check_profile(&answer, Some(ProfileKind::Cpu), Duration::from_secs(30));
        assert_eq!(result.map_or_else(|error| error.to_string(), |()| "ok".to_owned()), expected);
    }

    #[test]
    fn answers() {
        const URL: &str = "http://h/debug/pprof/profile";
        let html = [("content-type", "text/html; charset=utf-8")];
        let go = [("x-go-pprof", "1"), ("content-type", "text/plain; charset=utf-8")];
        check(200, &[], "\u{1f}\u{8b}", "ok");
        check(200, &[("content-type", "text/plain")], "main;work 3\n", "ok");
        check(200, &[], "", &format!("{URL} answered with nothing"));
        check(
            200,
            &html,
            "<html><head><TITLE>\n Log\tin</TITLE>",
            &format!("{URL} answered with a web page \"Log in\" instead of a profile"),
        );
        check(200, &[], "\n<!DOCTYPE html>", &format!("{URL} answered with a web page instead of a profile"));
        check(
            200,
            &[],
            "go 1.23 trace\0\0\0",
            &format!("{URL} answered with a Go execution trace instead of a profile"),
        );
        check(401, &[("www-authenticate", "Basic realm=\"x\"")], "", &format!("{URL} wants credentials (401)"));
        check(403, &[], "no\u{1b}[2J entry\nmore", &format!("{URL} is not allowed (403): no[2J entry"));
        check(404, &[], "404 page not found", &format!("no profile found (404); tried {URL}"));
        check(404, &go, "Unknown profile", &format!("{URL} does not serve this profile"));
        check(
            400,
            &go,
            "profile duration exceeds server's WriteTimeout",
            "a profile of 30 s takes longer than the server lets an answer take",
        );
        check(
            400,
            &[],
            "Client sent an HTTP request to an HTTPS server.\n",
            &format!("{URL} speaks TLS, but was asked over plain HTTP"),
        );
        check(
            500,
            &go,
            "Could not enable CPU profiling: cpu profiling already in use",
            &format!("{URL} is busy: Could not enable CPU profiling: cpu profiling already in use"),
        );
        check(503, &html, "<html><head><title>Timeout</title></head>", &format!("{URL} answered 503: Timeout"));
        check(418, &[], "", &format!("{URL} answered 418"));
    }
}
