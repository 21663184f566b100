//! Profiles that come.

use std::time::Duration;

use firesteel_capture::fetch::{
    FetchOptions, FetchPhase, FetchProgress, FetchStep, ProfileKind, Target, discover, fetch,
};

use crate::server::Server;
use crate::{get, heap, options, read, shape, told};

#[test]
fn cpu_profile() {
    let server = Server::start();
    let mut phases = Vec::new();
    let target = Target::parse(&server.url("")).unwrap();
    let fetched = fetch(&target, None, &options(), &mut |progress: &FetchProgress| {
        assert_eq!((progress.kind, progress.takes), (Some(ProfileKind::Cpu), Duration::from_secs(1)));
        phases.push(progress.phase);
        FetchStep::Continue
    })
    .unwrap();
    assert_eq!(fetched.kind, Some(ProfileKind::Cpu));
    assert_eq!(fetched.url, server.url("/debug/pprof/profile?seconds=1"));
    assert!(!fetched.ended_early && fetched.elapsed >= Duration::from_secs(1), "{:?}", fetched.elapsed);
    assert!(phases.contains(&FetchPhase::Waiting), "{phases:?}");
    let profile = read(&fetched);
    assert_eq!(profile.metadata.title, fetched.url);
    assert_eq!(shape(&profile, "main.burn"), (vec!["samples/count".to_owned(), "cpu/nanoseconds".to_owned()], true));
}

#[test]
fn every_kind() {
    let server = Server::start();
    let columns = |kind| {
        let fetched = get(&server.url("/svc/"), Some(kind), &options()).unwrap();
        assert_eq!(fetched.kind, Some(kind));
        shape(&read(&fetched), "").0.join(" ")
    };
    assert_eq!(
        columns(ProfileKind::Heap),
        "alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes"
    );
    assert_eq!(
        columns(ProfileKind::Allocs),
        "alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes"
    );
    assert_eq!(columns(ProfileKind::Goroutine), "goroutine/count");
    assert_eq!(columns(ProfileKind::Block), "contentions/count delay/nanoseconds");
    assert_eq!(columns(ProfileKind::Mutex), "contentions/count delay/nanoseconds");
    assert_eq!(columns(ProfileKind::Threadcreate), "threadcreate/count");
}

#[test]
fn goroutines_are_named() {
    let server = Server::start();
    let fetched = get(&server.url("/debug/pprof/goroutine?debug=1"), None, &options()).unwrap();
    assert_eq!(fetched.kind, Some(ProfileKind::Goroutine));
    assert!(shape(&read(&fetched), "main.contend").1);
}

#[test]
fn window_of_another_kind() {
    let server = Server::start();
    let options = FetchOptions { window: Some(Duration::from_millis(300)), ..options() };
    let fetched = get(&server.url("/"), Some(ProfileKind::Mutex), &options).unwrap();
    assert_eq!(fetched.url, server.url("/debug/pprof/mutex?seconds=1"));
    assert!(fetched.elapsed >= Duration::from_secs(1));
    let profile = read(&fetched);
    assert!(shape(&profile, "main.contend").1, "{profile:?}");
    assert!(profile.metadata.duration.is_some());
}

#[test]
fn addresses_that_serve_a_profile() {
    let server = Server::start();
    let check = |path: &str, kind: Option<ProfileKind>, expected: &str| {
        let fetched = get(&server.url(path), kind, &options()).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(fetched.url, server.url(expected), "{path}");
        assert!(read(&fetched).sample_count() > 0, "{path}");
    };
    let heap = Some(ProfileKind::Heap);
    check("", heap, "/debug/pprof/heap");
    check("/debug/pprof", heap, "/debug/pprof/heap");
    check("/debug/pprof/", heap, "/debug/pprof/heap");
    check("/debug/pprof/heap?gc=1", None, "/debug/pprof/heap?gc=1");
    check("/debug/pprof/heap?gc=1", Some(ProfileKind::Goroutine), "/debug/pprof/goroutine");
    check("/svc/", heap, "/svc/debug/pprof/heap");
    check("/svc", heap, "/svc/debug/pprof/heap");
    // Found by its index page, which is where the program put it.
    check("/dev/pprof/", heap, "/dev/pprof/heap");
    // Any address, any format.
    check("/folded", None, "/folded");
    check("/folded?x=1", None, "/folded?x=1");
    check("/cpu?seconds=1", None, "/cpu?seconds=1");
    let bare = format!("{}/debug/pprof/heap", server.address("plain"));
    assert!(read(&get(&bare, None, &options()).unwrap()).sample_count() > 0);
}

#[test]
fn transport_compression() {
    let server = Server::start();
    let fetched = heap(&server.url("/gzip/"), &options()).unwrap();
    // Only the transport's layer is gone; the handler's own is still there.
    assert!(fetched.bytes.starts_with(&[0x1f, 0x8b]));
    assert!(read(&fetched).sample_count() > 0);
}

#[test]
fn what_is_offered() {
    let server = Server::start();
    let offered = |path: &str| discover(&Target::parse(&server.url(path)).unwrap(), &options());
    for path in ["", "/debug/pprof/", "/debug/pprof/heap?gc=1", "/svc/", "/svc"] {
        let endpoints = offered(path).unwrap();
        let heap = endpoints.iter().find(|endpoint| endpoint.kind == Some(ProfileKind::Heap)).unwrap();
        assert!(heap.url.ends_with("/debug/pprof/heap") && heap.count.is_some(), "{heap:?}");
        let names: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.name.as_str()).collect();
        for name in ["allocs", "cmdline", "goroutine", "profile", "trace"] {
            assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{path} {names:?}");
        }
    }
    assert!(offered("/dev/pprof/").is_ok());
    let check = |path: &str| told(&server, &offered(path).unwrap_err());
    insta::assert_snapshot!(check("/nothing/"), @r#"
    no profile found (404); tried http://<plain>/nothing/debug/pprof/, http://<plain>/nothing/
    hint: enable profiles in the program with `import _ "net/http/pprof"` and an HTTP server on `http.DefaultServeMux`, such as `go http.ListenAndServe("localhost:6060", nil)`; where they are served under another path, give that path
    "#);
    insta::assert_snapshot!(check("/html/"), @"
    http://<plain>/html/debug/pprof/ is no index page of Go's profile handlers
    hint: give the address of a service that serves `/debug/pprof/`, or the full address of a profile
    ");
}
