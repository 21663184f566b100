//! Several profiles at once.

use firesteel_capture::fetch::{FetchBatch, FetchError, FetchStep, ProfileKind, Target, fetch_all};

use crate::server::Server;
use crate::{options, read};

fn all(url: &str, kinds: &[ProfileKind]) -> FetchBatch {
    fetch_all(&Target::parse(url).unwrap(), kinds, &options(), &mut |_| FetchStep::Continue).unwrap()
}

#[test]
fn all_at_once() {
    let server = Server::start();
    let mut seen = Vec::new();
    let target = Target::parse(&server.url("")).unwrap();
    let batch = fetch_all(&target, ProfileKind::all(), &options(), &mut |progress| {
        seen.extend(progress.kind);
        FetchStep::Continue
    })
    .unwrap();
    assert!(batch.failed.is_empty(), "{:?}", batch.failed);
    assert!(seen.contains(&ProfileKind::Cpu));
    let kinds: Vec<ProfileKind> = batch.fetched.iter().filter_map(|fetched| fetched.kind).collect();
    let asked: Vec<ProfileKind> = ProfileKind::all().to_vec();
    let mut answered = [kinds.clone(), batch.not_offered.clone()].concat();
    answered.sort();
    assert_eq!(answered, asked);
    assert!(kinds.is_sorted() && kinds.len() >= 7, "{kinds:?}");
    for fetched in &batch.fetched {
        read(fetched);
    }
}

#[test]
fn some_of_all_fail() {
    let server = Server::start();
    let kinds = [ProfileKind::Mutex, ProfileKind::Heap, ProfileKind::Goroutine];
    let batch = all(&server.url("/partial/"), &kinds);
    assert_eq!(batch.fetched.iter().filter_map(|fetched| fetched.kind).collect::<Vec<_>>(), [kinds[1], kinds[2]]);
    let [(ProfileKind::Mutex, FetchError::Status { status: 500, message, .. })] = batch.failed.as_slice() else {
        panic!("{batch:?}")
    };
    assert_eq!(message, "out of order");
    // Without an index page everything is asked for.
    let batch = all(&server.url("/no-index/"), &kinds);
    assert_eq!((batch.fetched.len(), batch.failed.len(), batch.not_offered.len()), (3, 0, 0), "{batch:?}");
    // The program's own place for them.
    let batch = all(&server.url("/dev/pprof/"), &[ProfileKind::Heap, ProfileKind::Mutex]);
    assert_eq!(batch.fetched.len(), 2, "{batch:?}");
    // Nothing at all is an error.
    let target = Target::parse(&server.url("/nothing/")).unwrap();
    let error = fetch_all(&target, &kinds, &options(), &mut |_| FetchStep::Continue).unwrap_err();
    assert!(matches!(error, FetchError::NotFound { .. }), "{error}");
}
