//! Ending before the end.

use std::time::{Duration, Instant};

use firesteel_capture::fetch::{
    FetchError, FetchOptions, FetchPhase, FetchProgress, FetchStep, ProfileKind, Target, fetch, fetch_all,
};

use crate::server::Server;
use crate::{LONGEST, get, options, read, shape, told};

/// Lets the server measure for two seconds, then ends it.
fn finish_after_a_while() -> impl FnMut(&FetchProgress) -> FetchStep {
    let mut since = None;
    move |progress| match progress.phase {
        FetchPhase::Connecting => FetchStep::Continue,
        _ if since.get_or_insert_with(Instant::now).elapsed() < Duration::from_secs(2) => FetchStep::Continue,
        _ => FetchStep::Finish,
    }
}

#[test]
fn finishing_early_keeps_what_there_is() {
    let server = Server::start();
    let long = FetchOptions { duration: Duration::from_hours(1), ..options() };
    let target = Target::parse(&server.url("")).unwrap();
    let fetched = fetch(&target, None, &long, &mut finish_after_a_while()).unwrap();
    assert!(fetched.ended_early);
    let profile = read(&fetched);
    assert!(shape(&profile, "main.burn").1, "{profile:?}");
    assert_eq!(profile.metadata.property("ended early"), Some("yes"));
    // So with TLS.
    let insecure = FetchOptions { insecure: true, ..long };
    let target = Target::parse(&format!("https://{}", server.address("tls"))).unwrap();
    let fetched = fetch(&target, None, &insecure, &mut finish_after_a_while()).unwrap();
    assert!(fetched.ended_early && shape(&read(&fetched), "main.burn").1);
    // And the profiler is free again.
    get(&server.url(""), None, &options()).unwrap();
}

#[test]
fn cancelling() {
    let server = Server::start();
    let long = FetchOptions { duration: Duration::from_hours(1), ..options() };
    let check = |path: &str, kind, step| {
        let start = Instant::now();
        let target = Target::parse(&server.url(path)).unwrap();
        let error = fetch(&target, kind, &long, &mut |progress| match progress.phase {
            FetchPhase::Connecting => FetchStep::Continue,
            _ => step,
        })
        .unwrap_err();
        assert!(matches!(error, FetchError::Cancelled { .. }), "{path}: {error:?}");
        assert!(start.elapsed() < LONGEST);
        told(&server, &error)
    };
    insta::assert_snapshot!(check("", None, FetchStep::Abort), @"
    fetching http://<plain>/debug/pprof/profile?seconds=3600 was cancelled
    hint: nothing was kept: Go sends a CPU profile only when it ends; choose a shorter `-d`
    ");
    insta::assert_snapshot!(check("/slow/", Some(ProfileKind::Heap), FetchStep::Abort), @"
    fetching http://<plain>/slow/debug/pprof/heap was cancelled
    hint:
    ");
    check("/stalled/", Some(ProfileKind::Heap), FetchStep::Abort);
    // A server that does not play along is not waited for without end.
    check("/stalled/", Some(ProfileKind::Heap), FetchStep::Finish);
    let target = Target::parse(&server.url("")).unwrap();
    let error = fetch_all(&target, ProfileKind::all(), &long, &mut |progress| match progress.kind {
        Some(ProfileKind::Cpu) => FetchStep::Abort,
        _ => FetchStep::Continue,
    });
    // What came before the end is kept.
    match error {
        Ok(batch) => {
            assert!(
                batch.failed.iter().any(|(kind, error)| {
                    *kind == ProfileKind::Cpu && matches!(error, FetchError::Cancelled { .. })
                })
            );
        }
        Err(error) => assert!(matches!(error, FetchError::Cancelled { .. }), "{error:?}"),
    }
}
