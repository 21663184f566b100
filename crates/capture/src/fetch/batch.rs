//! Several profiles of one service at once.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc;
use std::thread;

use super::error::FetchError;
use super::index::Endpoint;
use super::kind::ProfileKind;
use super::options::FetchOptions;
use super::single::{FetchProgress, FetchStep, Fetched, fetch, fetch_url, watched_discovery};
use super::target::{ProfileUrl, Target};

/// What came of asking for several profiles.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct FetchBatch {
    /// The profiles, in the order of [`ProfileKind::all`].
    pub fetched: Vec<Fetched>,
    /// What was asked for and failed.
    pub failed: Vec<(ProfileKind, FetchError)>,
    /// What was asked for and is not on the service's index page.
    pub not_offered: Vec<ProfileKind>,
}

/// Fetches several profiles of one service: the kinds that take time all at once, the others one after the other
/// meanwhile. What the service's index page does not list is not asked for; without such a page everything is.
/// `progress` is called as by [`fetch`], for each kind that is under way.
///
/// # Errors
/// As [`fetch`] when not one profile came, or when the callback said [`FetchStep::Abort`]. A profile that failed
/// among others that came is in [`FetchBatch::failed`].
pub fn fetch_all(
    target: &Target,
    kinds: &[ProfileKind],
    options: &FetchOptions,
    progress: &mut dyn FnMut(&FetchProgress) -> FetchStep,
) -> Result<FetchBatch, FetchError> {
    let endpoints = match watched_discovery(target, options, progress) {
        Ok(endpoints) => Some(endpoints),
        // The page may be missing or closed off although the profiles are there.
        Err(
            FetchError::NotFound { .. }
            | FetchError::NotAnIndex { .. }
            | FetchError::Forbidden { .. }
            | FetchError::Status { .. }
            | FetchError::Unauthorized { .. },
        ) => None,
        Err(error) => return Err(error),
    };
    let mut batch = FetchBatch::default();
    let mut wanted: Vec<(ProfileKind, Option<&Endpoint>)> = Vec::new();
    for &kind in ProfileKind::all().iter().filter(|kind| kinds.contains(kind)) {
        match &endpoints {
            None => wanted.push((kind, None)),
            Some(endpoints) => match endpoints.iter().find(|endpoint| endpoint.kind == Some(kind)) {
                Some(endpoint) => wanted.push((kind, Some(endpoint))),
                None => batch.not_offered.push(kind),
            },
        }
    }
    let mut results = fetch_wanted(target, &wanted, options, progress);
    results.sort_by_key(|(kind, _)| *kind);
    for (kind, result) in results {
        match result {
            Ok(fetched) => batch.fetched.push(fetched),
            Err(error) => batch.failed.push((kind, error)),
        }
    }
    if batch.fetched.is_empty() {
        return Err(match batch.failed.into_iter().next() {
            Some((_, error)) => error,
            None => FetchError::UnknownProfile {
                url: target.url(),
                kind: batch.not_offered.first().copied(),
                offered: endpoints.iter().flatten().filter_map(Endpoint::profile_name).collect(),
            },
        });
    }
    Ok(batch)
}

/// Fetches on threads of its own: one for each kind that takes time, one for all others.
fn fetch_wanted(
    target: &Target,
    wanted: &[(ProfileKind, Option<&Endpoint>)],
    options: &FetchOptions,
    progress: &mut dyn FnMut(&FetchProgress) -> FetchStep,
) -> Vec<(ProfileKind, Result<Fetched, FetchError>)> {
    let takes_time = |kind: ProfileKind| kind == ProfileKind::Cpu || options.window.is_some();
    let (slow, quick): (Vec<_>, Vec<_>) = wanted.iter().copied().partition(|&(kind, _)| takes_time(kind));
    let mut jobs: Vec<Vec<(ProfileKind, Option<&Endpoint>)>> = slow.into_iter().map(|job| vec![job]).collect();
    jobs.push(quick);

    let step = AtomicU8::new(FetchStep::Continue as u8);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let workers: Vec<_> = jobs
            .into_iter()
            .map(|job| {
                let (sender, step) = (sender.clone(), &step);
                let worker = move || {
                    let mut watch = |report: &FetchProgress| {
                        // It is not an error that nobody listens any more.
                        let _ = sender.send(report.clone());
                        load_step(step)
                    };
                    job.into_iter()
                        .map(|(kind, endpoint)| {
                            let result = match endpoint {
                                Some(endpoint) => {
                                    let url = ProfileUrl::named(&endpoint.address, kind, options);
                                    fetch_url(target, &url, options, &mut watch)
                                }
                                None => fetch(target, Some(kind), options, &mut watch),
                            };
                            (kind, result)
                        })
                        .collect::<Vec<_>>()
                };
                scope.spawn(worker)
            })
            .collect();
        drop(sender);
        // Ends when every worker has dropped its sender.
        for report in receiver {
            store_step(&step, progress(&report));
        }
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    })
}

/// Remembers the strongest wish: what was to end does not go on again.
fn store_step(step: &AtomicU8, wish: FetchStep) {
    step.fetch_max(wish as u8, Ordering::Relaxed);
}

fn load_step(step: &AtomicU8) -> FetchStep {
    match step.load(Ordering::Relaxed) {
        0 => FetchStep::Continue,
        1 => FetchStep::Finish,
        _ => FetchStep::Abort,
    }
}
