//! Tests of what a person types.

use std::fmt::Write as _;

use super::*;

/// URLs that a text and a kind lead to, the index URLs behind `|`.
fn urls(text: &str, kind: Option<ProfileKind>, options: &FetchOptions) -> String {
    let target = match Target::parse(text) {
        Ok(target) => target,
        Err(error) => return error.to_string(),
    };
    let mut result = String::new();
    for ProfileUrl { url, kind, takes, patience } in target.profile_urls(kind, options) {
        let kind = kind.map_or("-", ProfileKind::as_str);
        write!(result, "{url} {kind} {}/{} ", takes.as_secs(), patience.as_secs()).unwrap();
    }
    result.push('|');
    for url in target.index_urls() {
        write!(result, " {url}").unwrap();
    }
    result
}

#[test]
fn what_people_type() {
    fn check(text: &str, expected: &str) {
        assert_eq!(urls(text, None, &FetchOptions::default()), expected, "{text}");
    }
    let service = "http://localhost:6060/debug/pprof/profile?seconds=30 cpu 30/30 | \
                   http://localhost:6060/debug/pprof/ http://localhost:6060/";
    check("http://localhost:6060", service);
    check("  http://localhost:6060/ ", service);
    check("HTTP://LocalHost:6060/#top", service);
    check("localhost:6060", service);
    check(":6060", service);
    check(
        "[::1]:6060",
        "http://[::1]:6060/debug/pprof/profile?seconds=30 cpu 30/30 | http://[::1]:6060/debug/pprof/ http://[::1]:6060/",
    );
    check(
        "https://h/svc/",
        "https://h/svc/debug/pprof/profile?seconds=30 cpu 30/30 | https://h/svc/debug/pprof/ https://h/svc/",
    );
    check(
        "h:80/svc",
        "http://h/svc - 0/30 http://h/svc/debug/pprof/profile?seconds=30 cpu 30/30 | \
         http://h/svc/debug/pprof/ http://h/svc/",
    );
    let index = "http://h:1/debug/pprof/profile?seconds=30 cpu 30/30 | http://h:1/debug/pprof/";
    check("http://h:1/debug/pprof", index);
    check("h:1/debug/pprof/", index);
    check("h:1/debug/pprof//", index);
    check("h:1/debug/pprof/heap?gc=1", "http://h:1/debug/pprof/heap?gc=1 heap 0/0 | http://h:1/debug/pprof/");
    check("h:1/debug/pprof/heap?debug=1", "http://h:1/debug/pprof/heap heap 0/0 | http://h:1/debug/pprof/");
    check("h:1/debug/pprof/heap?debug=1&gc=1", "http://h:1/debug/pprof/heap?gc=1 heap 0/0 | http://h:1/debug/pprof/");
    check(
        "h:1/debug/pprof/profile?seconds=5",
        "http://h:1/debug/pprof/profile?seconds=5 cpu 5/5 | http://h:1/debug/pprof/",
    );
    check("h:1/debug/pprof/profile", "http://h:1/debug/pprof/profile?seconds=30 cpu 30/30 | http://h:1/debug/pprof/");
    check("h:1/debug/pprof/custom", "http://h:1/debug/pprof/custom - 0/30 | http://h:1/debug/pprof/");
    check("h:1/debug/fgprof?seconds=3", "http://h:1/debug/fgprof?seconds=3 - 3/30 | http://h:1/debug/");
    check(
        "http://h/?token=t",
        "http://h/debug/pprof/profile?token=t&seconds=30 cpu 30/30 | http://h/debug/pprof/?token=t http://h/?token=t",
    );
    check("", "`` is no address to fetch from: it is empty");
    check("ftp://h/x", "can not fetch over `ftp`, only over `http` and `https`");
    check("http://", "`http://` is no address to fetch from: empty host");
    check("h:99999", "`h:99999` is no address to fetch from: invalid port number");
    check("u:s3cret@h:99999", "`…@h:99999` is no address to fetch from: invalid port number");
    check("./a b://", "`./a b://` is no address to fetch from: `./a b` is no scheme");
}

#[test]
fn kinds_and_durations() {
    fn check(text: &str, kind: ProfileKind, milliseconds: u64, window: Option<u64>, expected: &str) {
        let options = FetchOptions {
            duration: Duration::from_millis(milliseconds),
            window: window.map(Duration::from_millis),
            ..FetchOptions::default()
        };
        let urls = urls(text, Some(kind), &options);
        assert_eq!(urls.split(" |").next().unwrap(), expected, "{text} {kind}");
    }
    use ProfileKind::{Cpu, Heap, Mutex};
    check("h:1", Cpu, 1, None, "http://h:1/debug/pprof/profile?seconds=1 cpu 1/1");
    check("h:1", Cpu, 0, None, "http://h:1/debug/pprof/profile?seconds=1 cpu 1/1");
    check("h:1", Cpu, 1001, None, "http://h:1/debug/pprof/profile?seconds=2 cpu 2/2");
    check("h:1", Cpu, u64::MAX, None, "http://h:1/debug/pprof/profile?seconds=31536000 cpu 31536000/31536000");
    check("h:1", Heap, 1000, None, "http://h:1/debug/pprof/heap heap 0/0");
    check("h:1", Mutex, 1000, Some(4200), "http://h:1/debug/pprof/mutex?seconds=5 mutex 5/5");
    // Another kind than the URL's is beside it.
    check("h:1/debug/pprof/heap?gc=1&token=t", Mutex, 1000, None, "http://h:1/debug/pprof/mutex?token=t mutex 0/0");
    check("h:1/debug/pprof/heap?gc=1", Heap, 1000, None, "http://h:1/debug/pprof/heap?gc=1 heap 0/0");
    // A kind that is known for an address that does not tell.
    check("h:1/x/cpu?a=b", Cpu, 7000, None, "http://h:1/x/cpu?a=b&seconds=7 cpu 7/7");
    check("h:1/x/cpu?seconds=1.5", Cpu, 7000, None, "http://h:1/x/cpu?seconds=1.5 cpu 1/1");
    check("h:1/x/cpu?seconds=-1", Cpu, 7000, None, "http://h:1/x/cpu?seconds=-1&seconds=7 cpu 7/7");
}

#[test]
fn credentials_leave_the_url() {
    fn check(text: &str, expected_header: Option<&str>, expected_url: &str) {
        let target = Target::parse(text).unwrap();
        assert_eq!(target.authentication.header_value().as_deref(), expected_header);
        assert_eq!(target.url(), expected_url);
        let debug = format!("{target:?} {target}");
        assert!(!debug.contains("s3cret"), "{debug}");
    }
    check("http://user:s3cret@h/", Some("Basic dXNlcjpzM2NyZXQ="), "http://h/");
    check("user:s3cret@h:6060", Some("Basic dXNlcjpzM2NyZXQ="), "http://h:6060/");
    check("https://us%40er:%73%33cret%25@h/", Some("Basic dXNAZXI6czNjcmV0JQ=="), "https://h/");
    check("http://user@h/", Some("Basic dXNlcjo="), "http://h/");
    check("http://h/?Token=s3cret&a=b", None, "http://h/?Token=***&a=b");
}

#[test]
fn options_win_over_the_url() {
    let target = Target::parse("http://a:b@h/").unwrap();
    let options =
        FetchOptions { authentication: Authentication::Bearer { token: "t".to_owned() }, ..FetchOptions::default() };
    assert_eq!(target.authentication(&options).header_value().as_deref(), Some("Bearer t"));
}

#[test]
fn likely_addresses() {
    fn check(text: &str, expected: bool) {
        assert_eq!(Target::is_likely(text), expected, "{text}");
    }
    for text in
        ["http://h", "HTTPS://h", "h:6060", ":6060", "localhost:6060/debug/pprof", "[::1]:6060", "10.0.0.1:80/x"]
    {
        check(text, true);
    }
    for text in
        ["", "1234", "./app", "app", "C:/x", "a:b", "h:99999", "h:", "out.pb.gz", "file:///x", "a b:80", "x/y:80"]
    {
        check(text, false);
    }
    check("u:p@h:80", true);
    check("::1", false);
}

#[test]
fn percent_decoding() {
    fn check(text: &str, expected: &str) {
        assert_eq!(percent_decode(text), expected);
    }
    check("plain", "plain");
    check("a%20b%C3%A9", "a bé");
    check("%", "%");
    check("%4", "%4");
    check("%zz", "%zz");
    check("%ff", "\u{fffd}");
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in ".{0,60}", marks in "[:/@?#&=%\\[\\]0-9a-z.-]{0,40}") {
        for text in [text.clone(), marks.clone(), format!("http://{text}"), format!("h:1/{marks}")] {
            let _ = Target::is_likely(&text);
            if let Ok(target) = Target::parse(&text) {
                let _ = (target.profile_urls(None, &FetchOptions::default()), target.index_urls());
                // What is shown leads to the same place.
                let again = Target::parse(&target.url()).unwrap();
                proptest::prop_assert_eq!(again.url(), target.url());
            }
        }
    }

    #[test]
    fn no_password_is_shown(user in "[a-z]{1,5}", password in "[a-z0-9]{1,9}", rest in "[a-z/?=]{0,20}") {
        let password = format!("S3{password}");
        let target = Target::parse(&format!("http://{user}:{password}@host:1/{rest}")).unwrap();
        let shown = format!("{target} {target:?}");
        proptest::prop_assert!(!shown.contains(&password));
    }
}
