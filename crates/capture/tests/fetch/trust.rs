//! Who is believed and who is told what: credentials, certificates, proxies.

use std::net::TcpListener;

use firesteel_capture::fetch::{Authentication, FetchError, FetchOptions};

use crate::server::Server;
use crate::{heap, options, read, told};

#[test]
fn credentials_and_headers() {
    let server = Server::start();
    let check = |path: &str, options: &FetchOptions| {
        let fetched = heap(&server.url(path), options).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(read(&fetched).sample_count() > 0);
        fetched.url
    };
    let with = |authentication| FetchOptions { authentication, ..options() };
    check("/basic/", &with(Authentication::basic("gopher:pass:word")));
    check("/bearer/", &with(Authentication::Bearer { token: "t0k3n".to_owned() }));
    let header =
        |name: &str, value: &str| FetchOptions { headers: vec![(name.to_owned(), value.to_owned())], ..options() };
    check("/header/", &header("X-Token", "abc"));
    check("/bearer/", &header("authorization", "Bearer t0k3n"));
    // From the URL, percent-encoded, and not in what is shown.
    let url = format!("http://gopher:pass%3Aword@{}/basic/", server.address("plain"));
    assert_eq!(heap(&url, &options()).unwrap().url, server.url("/basic/debug/pprof/heap"));
    // Along a redirect of the same host.
    let moved = check("/moved/", &with(Authentication::basic("gopher:pass:word")));
    assert_eq!(moved, server.url("/basic/debug/pprof/heap"));
}

#[test]
fn credentials_do_not_follow_to_another_host() {
    let server = Server::start();
    let options = FetchOptions {
        authentication: Authentication::basic("gopher:pass:word"),
        headers: vec![("X-Token".to_owned(), "abc".to_owned()), ("Cookie".to_owned(), "a=b".to_owned())],
        ..options()
    };
    let fetched = heap(&server.url("/away/"), &options).unwrap();
    assert_eq!(fetched.url, format!("http://{}/seen/debug/pprof/heap", server.address("away")));
    assert!(read(&fetched).sample_count() > 0);
    // The very same host would not have served it to one who brings them.
    let direct = heap(&format!("http://{}/seen/", server.address("away")), &options).unwrap_err();
    assert!(matches!(direct, FetchError::Status { status: 400, ref message, .. } if message == "leaked Authorization"));
    let locked = heap(&server.url("/locked-away/"), &options).unwrap_err();
    insta::assert_snapshot!(told(&server, &locked), @"
    http://<away>/locked/debug/pprof/heap wants credentials (401)
    hint: the redirect led to another host, to which credentials are never sent; ask that host directly
    ");
}

#[test]
fn tls() {
    let server = Server::start();
    let url = |name: &str| format!("https://{}", server.address(name));
    let trusting = |name: &str| FetchOptions { ca_file: Some(server.certificate(name)), ..options() };
    assert!(read(&heap(&url("tls"), &trusting("tls")).unwrap()).sample_count() > 0);
    let insecure = FetchOptions { insecure: true, ..options() };
    for name in ["tls", "tls-authority", "tls-other-name"] {
        assert!(read(&heap(&url(name), &insecure).unwrap()).sample_count() > 0);
    }
    let check = |url: &str, options: &FetchOptions| told(&server, &heap(url, options).unwrap_err());
    insta::assert_snapshot!(check(&url("tls"), &options()), @"
    the certificate of https://<tls>/debug/pprof/heap is signed by nobody trusted here
    hint: trust its authority with `--ca-file FILE`, or skip the check with `--insecure`
    ");
    insta::assert_snapshot!(check(&url("tls"), &trusting("tls-other-name")), @"
    the certificate of https://<tls>/debug/pprof/heap is signed by nobody trusted here
    hint: trust its authority with `--ca-file FILE`, or skip the check with `--insecure`
    ");
    insta::assert_snapshot!(check(&url("tls-other-name"), &trusting("tls-other-name")), @"
    the certificate of https://<tls-other-name>/debug/pprof/heap is for another name
    hint: use the name that the certificate carries, or skip the check with `--insecure`
    ");
    insta::assert_snapshot!(check(&url("tls-authority"), &trusting("tls-authority")), @"
    the certificate of https://<tls-authority>/debug/pprof/heap is that of an authority, not that of a server
    hint: make the certificate with `-addext basicConstraints=critical,CA:FALSE`, or skip the check with `--insecure`
    ");
    insta::assert_snapshot!(check(&url("plain"), &options()), @"
    https://<plain>/debug/pprof/heap does not speak TLS
    hint: ask without TLS: http://<plain>/debug/pprof/heap
    ");
    insta::assert_snapshot!(check(&format!("http://{}", server.address("tls")), &options()), @"
    http://<tls>/debug/pprof/heap speaks TLS, but was asked over plain HTTP
    hint: ask with TLS: https://<tls>/debug/pprof/heap
    ");
    let missing = FetchOptions { ca_file: Some("no/such/file.pem".into()), ..options() };
    insta::assert_snapshot!(check(&url("tls"), &missing), @"
    can not read certificates from `no/such/file.pem`
    hint: give a file that begins with `-----BEGIN CERTIFICATE-----`
    ");
    let empty = FetchOptions { ca_file: Some("/dev/null".into()), ..options() };
    insta::assert_snapshot!(check(&url("tls"), &empty), @"
    `/dev/null` holds no PEM certificate
    hint: give a file that begins with `-----BEGIN CERTIFICATE-----`
    ");
}

/// Runs itself once more with a proxy in its environment, which can not be changed safely from within.
#[test]
fn through_a_proxy() {
    const INNER: &str = "FETCH_TEST_INNER";
    // A name that only the proxy knows.
    let fetched = || heap("http://profiles.invalid:6060", &options());
    match std::env::var(INNER).as_deref() {
        Ok("let in") => {
            let fetched = fetched().unwrap();
            assert_eq!(fetched.url, "http://profiles.invalid:6060/debug/pprof/heap");
            assert!(read(&fetched).sample_count() > 0);
        }
        Ok("keep out") => {
            let error = fetched().unwrap_err();
            assert!(matches!(&error, FetchError::ProxyConnect { .. }), "{error:?}");
            assert!(!format!("{error} {error:?}").contains("wrong"), "{error:?}");
        }
        Ok("nobody there") => {
            let error = fetched().unwrap_err();
            assert!(
                matches!(&error, FetchError::ProxyConnect { reason, .. } if reason.contains("refused")),
                "{error:?}"
            );
        }
        _ => {
            let server = Server::start();
            let check = |case: &str, proxy: String| {
                let output = std::process::Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "trust::through_a_proxy", "--nocapture"])
                    .env_remove("http_proxy")
                    .env_remove("NO_PROXY")
                    .env_remove("no_proxy")
                    .env("HTTP_PROXY", proxy)
                    .env(INNER, case)
                    .output()
                    .unwrap();
                assert!(output.status.success(), "{case}: {}", String::from_utf8_lossy(&output.stderr));
                assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{case}");
            };
            check("let in", format!("http://me:let%3Ain@{}", server.address("proxy")));
            check("keep out", format!("http://me:wrong@{}", server.address("proxy")));
            let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            check("nobody there", format!("http://{free}"));
        }
    }
}
