//! Everything that can come in place of a profile.

use std::net::TcpListener;
use std::time::Duration;

use firesteel_capture::fetch::{
    Authentication, FetchError, FetchOptions, FetchStep, ProfileKind, Target, fetch, fetch_all,
};
use firesteel_formats::ReadOptions;

use crate::server::Server;
use crate::{get, heap, options, read, told};

#[test]
fn refusals() {
    let server = Server::start();
    let check = |path: &str| told(&server, &heap(&server.url(path), &options()).unwrap_err());
    insta::assert_snapshot!(check("/nothing/"), @r#"
    no profile found (404); tried http://<plain>/nothing/debug/pprof/heap, http://<plain>/nothing/debug/pprof/, http://<plain>/nothing/
    hint: enable profiles in the program with `import _ "net/http/pprof"` and an HTTP server on `http.DefaultServeMux`, such as `go http.ListenAndServe("localhost:6060", nil)`; where they are served under another path, give that path
    "#);
    insta::assert_snapshot!(check("/nothing"), @r#"
    no profile found (404); tried http://<plain>/nothing, http://<plain>/nothing/debug/pprof/heap, http://<plain>/nothing/debug/pprof/, http://<plain>/nothing/
    hint: enable profiles in the program with `import _ "net/http/pprof"` and an HTTP server on `http.DefaultServeMux`, such as `go http.ListenAndServe("localhost:6060", nil)`; where they are served under another path, give that path
    "#);
    insta::assert_snapshot!(check("/debug/pprof/nothing?x=1"), @"
    http://<plain>/debug/pprof/nothing?x=1 does not serve this profile; it serves allocs, block, goroutine, heap, mutex, cpu, threadcreate
    hint: choose one that is served with `--type`
    ");
    insta::assert_snapshot!(check("/html/"), @r#"
    http://<plain>/html/debug/pprof/heap answered with a web page "Sign in" instead of a profile
    hint: a login page or a catch-all route answers there: give the address that serves `/debug/pprof/`, and credentials if it wants some
    "#);
    insta::assert_snapshot!(check("/html/debug/pprof/heap"), @r#"
    http://<plain>/html/debug/pprof/heap answered with a web page "Sign in" instead of a profile
    hint: a login page or a catch-all route answers there: give the address that serves `/debug/pprof/`, and credentials if it wants some
    "#);
    insta::assert_snapshot!(check("/basic/"), @"
    http://<plain>/basic/debug/pprof/heap wants credentials (401)
    hint: give user and password: `--user NAME:PASSWORD`
    ");
    insta::assert_snapshot!(check("/bearer/"), @"
    http://<plain>/bearer/debug/pprof/heap wants credentials (401)
    hint: give a token: `--bearer TOKEN`
    ");
    insta::assert_snapshot!(check("/header/"), @"
    http://<plain>/header/debug/pprof/heap is not allowed (403): token missing
    hint: use credentials that may see it (`--user`, `--bearer`, `--header`), or ask from where it is allowed: many services serve profiles to localhost only
    ");
    insta::assert_snapshot!(check("/loop/"), @"
    http://<plain>/loop/debug/pprof/heap redirects more than 10 times
    hint: ask the last address directly
    ");
    insta::assert_snapshot!(check("/odd/"), @"
    http://<plain>/odd/debug/pprof/heap redirects to `gopher://nowhere/debug/pprof/heap`, where nothing can be fetched
    hint: ask the last address directly
    ");
    insta::assert_snapshot!(check("/empty/x?"), @"
    http://<plain>/empty/x? answered with nothing
    hint: give the address of a service that serves `/debug/pprof/`, or the full address of a profile
    ");
    insta::assert_snapshot!(check("/garbage/"), @"
    http://<plain>/garbage/debug/pprof/heap does not speak HTTP: protocol: http parse fail: invalid HTTP version
    hint: check the port: something else than a web server listens there
    ");
    insta::assert_snapshot!(check("/debug/pprof/trace?seconds=0.1"), @"
    http://<plain>/debug/pprof/trace?seconds=0.1 answered with a Go execution trace instead of a profile
    hint: give the address of a service that serves `/debug/pprof/`, or the full address of a profile
    ");
    let wrong = FetchOptions { authentication: Authentication::basic("gopher:wrong"), ..options() };
    insta::assert_snapshot!(told(&server, &heap(&server.url("/basic/"), &wrong).unwrap_err()), @"
    http://<plain>/basic/debug/pprof/heap wants credentials (401; those sent were not accepted)
    hint: give user and password: `--user NAME:PASSWORD`
    ");
    let text = heap(&server.url("/text/x?"), &options()).unwrap().read(&ReadOptions::default()).unwrap_err();
    let text = told(&server, &text);
    let (problem, hint) = text.split_once('\n').unwrap();
    // The list of what can be read is not this crate's.
    let problem = problem.split(';').next().unwrap();
    insta::assert_snapshot!(format!("{problem}\n{hint}"), @r#"
    http://<plain>/text/x?: not a profile in a known format (it begins with "hello")
    hint: give the address of a service that serves `/debug/pprof/`, or the full address of a profile
    "#);
}

#[test]
fn kinds_that_are_not_served() {
    let server = Server::start();
    let error = get(&server.url("/dev/pprof/"), Some(ProfileKind::Block), &options()).unwrap_err();
    // Its index lists what the runtime has, not what the program serves.
    assert!(matches!(error, FetchError::UnknownProfile { kind: Some(ProfileKind::Block), .. }), "{error}");
    let target = Target::parse(&server.url("/debug/pprof/nothing")).unwrap();
    let FetchError::UnknownProfile { offered, .. } =
        fetch(&target, None, &options(), &mut |_| FetchStep::Continue).unwrap_err()
    else {
        panic!("expected an unknown profile")
    };
    for name in ["allocs", "block", "cpu", "goroutine", "heap", "mutex", "threadcreate"] {
        assert!(offered.iter().any(|offered| offered == name), "{name} {offered:?}");
    }
}

#[test]
fn broken_answers() {
    let server = Server::start();
    let check = |path: &str| told(&server, &heap(&server.url(path), &options()).unwrap_err());
    insta::assert_snapshot!(check("/truncated/"), @"
    the answer of http://<plain>/truncated/debug/pprof/heap ends in the middle, after 10 bytes of 1000
    hint: the program ended, or a time limit of it or of a proxy cut the answer: try again, with a shorter `-d`
    ");
    insta::assert_snapshot!(check("/truncated-chunks/"), @"
    the answer of http://<plain>/truncated-chunks/debug/pprof/heap ends in the middle, after 10 bytes
    hint: the program ended, or a time limit of it or of a proxy cut the answer: try again, with a shorter `-d`
    ");
    let small = FetchOptions { max_bytes: 1 << 20, ..options() };
    insta::assert_snapshot!(told(&server, &heap(&server.url("/large/x?"), &small).unwrap_err()), @"
    the answer of http://<plain>/large/x? is larger than 1048576 bytes
    hint: ask for less: a shorter `-d`, or another kind
    ");
    let closed = heap(&server.url("/closed/"), &options()).unwrap_err();
    assert!(matches!(closed, FetchError::Closed { takes: Duration::ZERO, .. }), "{closed}");
}

#[test]
fn silence() {
    let server = Server::start();
    let impatient = FetchOptions { timeout: Duration::from_secs(2), ..options() };
    let slow = heap(&server.url("/slow/"), &impatient).unwrap_err();
    assert!(matches!(slow, FetchError::Timeout { .. }), "{slow}");
    insta::assert_snapshot!(slow.hint().unwrap(), @"wait longer with `--timeout`");
    let stalled = heap(&server.url("/stalled/"), &impatient).unwrap_err();
    assert!(matches!(stalled, FetchError::Stalled { received: 3, .. }), "{stalled}");
}

#[test]
fn nobody_listens() {
    // The port was free a moment ago; nothing else on this machine is told of it.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = heap(&format!("http://{address}"), &options()).unwrap_err();
    assert!(matches!(&refused, FetchError::ConnectionRefused { addresses, .. } if *addresses == address.to_string()));
    // A label longer than names may have: refused by the resolver itself, whatever the network.
    let name = format!("{}.invalid", "n".repeat(64));
    let unknown = heap(&format!("http://{name}:6060"), &options()).unwrap_err();
    assert!(matches!(&unknown, FetchError::HostNotFound { host, .. } if *host == name), "{unknown:?}");
}

#[test]
fn time_limits_of_servers() {
    let server = Server::start();
    // `http.TimeoutHandler`.
    let limited = get(&server.url("/time-limit/"), Some(ProfileKind::Cpu), &options()).unwrap_err();
    insta::assert_snapshot!(told(&server, &limited), @"
    http://<plain>/time-limit/debug/pprof/profile?seconds=1 answered 503: Timeout
    hint: 502, 503 and 504 come from a proxy or a handler's time limit: try a shorter `-d`, or ask the program directly
    ");
    // A `WriteTimeout`: Go 1.23 and later extend it, unless middleware keeps them from it.
    let cpu = |name: &str| get(&format!("http://{}", server.address(name)), Some(ProfileKind::Cpu), &options());
    if server.go_release() < 23 {
        for name in ["write-timeout", "short"] {
            insta::allow_duplicates!(insta::assert_snapshot!(told(&server, &cpu(name).unwrap_err()), @"
            a profile of 1 s takes longer than the server lets an answer take
            hint: take a shorter profile with `-d`, or raise `WriteTimeout` of the program's `http.Server`
            "));
        }
    } else {
        read(&cpu("write-timeout").unwrap());
        let cut = cpu("short").unwrap_err();
        let FetchError::Closed { takes, .. } = cut else { panic!("{cut:?}") };
        assert_eq!(takes, Duration::from_secs(1));
        assert!(cut.hint().unwrap().contains("WriteTimeout"), "{cut}");
    }
}

#[test]
fn busy_cpu_profiler() {
    let server = Server::start();
    // Not a profile, and answered with nothing once the profiler runs.
    assert!(matches!(heap(&server.url("/occupy?"), &options()).unwrap_err(), FetchError::Empty { .. }));
    let busy = get(&server.url(""), None, &options()).unwrap_err();
    insta::assert_snapshot!(told(&server, &busy), @"
    http://<plain>/debug/pprof/profile?seconds=1 is busy: Could not enable CPU profiling: cpu profiling already in use
    hint: a process takes one CPU profile or execution trace at a time: wait for the other to end (a continuous profiler takes them all the time), or attach to the process by its id
    ");
    // The others are still there.
    let batch = fetch_all(&Target::parse(&server.url("")).unwrap(), ProfileKind::all(), &options(), &mut |_| {
        FetchStep::Continue
    })
    .unwrap();
    assert!(matches!(batch.failed.as_slice(), [(ProfileKind::Cpu, FetchError::CpuProfileBusy { .. })]));
    assert!(batch.fetched.len() >= 6, "{batch:?}");
}
