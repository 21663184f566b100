//! One profile: finds its URL, asks, watches, keeps the bytes.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use firesteel_formats::{Read, ReadOptions};

use super::answer::check_profile;
use super::client::{Request, exchange};
use super::error::FetchError;
use super::index::{Endpoint, discover_linked};
use super::kind::ProfileKind;
use super::link::{FetchPhase, Link};
use super::options::FetchOptions;
use super::target::{ProfileUrl, Target, shown};

/// Time between two reports.
const TICK: Duration = Duration::from_millis(100);

/// For how long a server that was asked to finish early may be silent.
const GRACE: Duration = Duration::from_secs(5);

/// How far a fetch is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FetchProgress {
    /// The kind of profile; none while looking for what is offered, and for a URL that does not say.
    pub kind: Option<ProfileKind>,
    /// The URL asked for, without credentials.
    pub url: Arc<str>,
    /// What is being waited for.
    pub phase: FetchPhase,
    /// Time since the fetch of this URL began.
    pub elapsed: Duration,
    /// For how long the server measures before it answers; zero when it answers at once.
    pub takes: Duration,
    /// Bytes of the body that came.
    pub received: u64,
    /// Bytes of the body that were announced.
    pub announced: Option<u64>,
}

/// What the callback wants of a running fetch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FetchStep {
    /// To go on.
    #[default]
    Continue,
    /// To end soon and keep what there is. Go's CPU profile handler takes the closing of one half of the connection
    /// for the client's leaving, and answers with the profile so far. Where something between here and there does not
    /// play along the fetch ends with [`FetchError::Cancelled`] after at most 5 s; answers that are on their way
    /// anyway are awaited for as long.
    Finish,
    /// To end at once with [`FetchError::Cancelled`].
    Abort,
}

/// A profile's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fetched {
    /// The kind of profile, where it is known without reading it.
    pub kind: Option<ProfileKind>,
    /// The URL that answered, after redirects, without credentials.
    pub url: String,
    /// The body as the handler wrote it, without transport compression; Go's own profiles are gzip-compressed protobuf.
    pub bytes: Vec<u8>,
    /// Time that it took.
    pub elapsed: Duration,
    /// Whether the measurement ended before its time because the callback said [`FetchStep::Finish`].
    pub ended_early: bool,
}

impl Fetched {
    /// Reads the profile: pprof, or any other format that [`firesteel_formats::read_profile`] knows. Its title becomes
    /// the URL.
    ///
    /// # Errors
    /// [`FetchError::Unreadable`] when the bytes are no profile.
    pub fn read(&self, options: &ReadOptions) -> Result<Read, FetchError> {
        let mut read = firesteel_formats::read_profile(&self.url, &mut self.bytes.as_slice(), options)
            .map_err(|source| FetchError::Unreadable { source })?;
        read.profile.metadata.title.clone_from(&self.url);
        if self.ended_early {
            read.profile.metadata.set_property("ended early", "yes");
        }
        Ok(read)
    }
}

/// Fetches one profile: `kind`, or without one what the target's URL names, or else the CPU profile.
///
/// A service's address is completed with `/debug/pprof/…`; where that is not found its index page is looked for. Blocks
/// until the profile is here; `progress` is called ten times a second and says whether to go on.
///
/// Not more than [`FetchOptions::max_bytes`] are held.
///
/// # Errors
/// A [`FetchError`] that says which of the many things between here and the profile went wrong.
pub fn fetch(
    target: &Target,
    kind: Option<ProfileKind>,
    options: &FetchOptions,
    progress: &mut dyn FnMut(&FetchProgress) -> FetchStep,
) -> Result<Fetched, FetchError> {
    let mut tried: Vec<String> = Vec::new();
    let mut first_other = None;
    let mut any_missing = false;
    for candidate in target.profile_urls(kind, options) {
        match fetch_url(target, &candidate, options, progress) {
            Err(error) if error.is_not_there() => {
                tried.push(shown(&candidate.url));
                if matches!(error, FetchError::NotFound { .. }) {
                    any_missing = true;
                } else {
                    first_other = first_other.or(Some(error));
                }
            }
            Err(FetchError::UnknownProfile { url, kind, .. }) => {
                let offered = offered_names(target, options, progress);
                return Err(FetchError::UnknownProfile { url, kind, offered });
            }
            other => return other,
        }
    }
    if !target.is_exact() {
        if let Ok(endpoints) = watched_discovery(target, options, progress) {
            let wanted = kind.unwrap_or(ProfileKind::Cpu);
            let Some(endpoint) = endpoints.iter().find(|endpoint| endpoint.kind == Some(wanted)) else {
                let offered = endpoints.iter().filter_map(Endpoint::profile_name).collect();
                return Err(FetchError::UnknownProfile { url: target.url(), kind: Some(wanted), offered });
            };
            let candidate = ProfileUrl::named(&endpoint.address, wanted, options);
            if !tried.contains(&shown(&candidate.url)) {
                return match fetch_url(target, &candidate, options, progress) {
                    // The index answers for what the program did not mount.
                    Err(FetchError::WebPage { url, is_index: true, .. }) => {
                        Err(FetchError::UnknownProfile { url, kind: Some(wanted), offered: Vec::new() })
                    }
                    other => other,
                };
            }
        }
        for url in target.index_urls() {
            let url = shown(&url);
            if !tried.contains(&url) {
                tried.push(url);
            }
        }
    }
    match first_other {
        Some(error) if !any_missing => Err(error),
        _ => Err(FetchError::NotFound { tried }),
    }
}

/// Fetches one URL.
pub(super) fn fetch_url(
    target: &Target,
    profile: &ProfileUrl,
    options: &FetchOptions,
    progress: &mut dyn FnMut(&FetchProgress) -> FetchStep,
) -> Result<Fetched, FetchError> {
    let &ProfileUrl { ref url, kind, takes, patience } = profile;
    let request = Request {
        url: url.clone(),
        authorization: target.authentication(options).header_value(),
        kind,
        takes,
        patience,
        options: options.clone(),
    };
    let start = Instant::now();
    let watched = Watched { kind, url: shown(url).into(), takes, start };
    let (answer, ended_early) = watched.run(progress, move |link| {
        let answer = exchange(&request, link)?;
        check_profile(&answer, kind, takes)?;
        Ok(answer)
    })?;
    Ok(Fetched { kind, url: shown(&answer.url), bytes: answer.body, elapsed: start.elapsed(), ended_early })
}

/// Reads the index page while the callback watches.
pub(super) fn watched_discovery(
    target: &Target,
    options: &FetchOptions,
    progress: &mut dyn FnMut(&FetchProgress) -> FetchStep,
) -> Result<Vec<Endpoint>, FetchError> {
    let url = target.index_urls().first().map(shown).unwrap_or_default().into();
    let watched = Watched { kind: None, url, takes: Duration::ZERO, start: Instant::now() };
    let (target, options) = (target.clone(), options.clone());
    watched.run(progress, move |link| discover_linked(&target, &options, link)).map(|(endpoints, _)| endpoints)
}

/// The names that the index page lists; none when there is no such page.
fn offered_names(
    target: &Target,
    options: &FetchOptions,
    progress: &mut dyn FnMut(&FetchProgress) -> FetchStep,
) -> Vec<String> {
    let endpoints = watched_discovery(target, options, progress).unwrap_or_default();
    endpoints.iter().filter_map(Endpoint::profile_name).collect()
}

/// Work on another thread, watched from this one.
struct Watched {
    kind: Option<ProfileKind>,
    url: Arc<str>,
    takes: Duration,
    start: Instant,
}

impl Watched {
    /// Runs `work` and reports until it is done or no longer wanted. True beside the result: it was ended early.
    fn run<T: Send + 'static>(
        &self,
        progress: &mut dyn FnMut(&FetchProgress) -> FetchStep,
        work: impl FnOnce(&Arc<Link>) -> Result<T, FetchError> + Send + 'static,
    ) -> Result<(T, bool), FetchError> {
        let link = Arc::new(Link::default());
        let (sender, receiver) = mpsc::sync_channel(1);
        let worker_link = Arc::clone(&link);
        // Never joined: a host lookup that hangs must not hold up who no longer wants it.
        thread::Builder::new()
            .name("fetch".to_owned())
            .spawn(move || {
                // It is not an error that nobody waits any more.
                let _ = sender.send(work(&worker_link));
            })
            .map_err(|source| FetchError::Thread { source })?;
        let cancelled = || FetchError::Cancelled { url: self.url.to_string(), kind: self.kind };
        let mut finishing = None;
        loop {
            match receiver.recv_timeout(TICK) {
                Ok(Ok(value)) => return Ok((value, finishing.is_some())),
                // What follows from hanging up is no news.
                Ok(Err(_)) if finishing.is_some() => return Err(cancelled()),
                Ok(Err(error)) => return Err(error),
                Err(RecvTimeoutError::Disconnected) => return Err(cancelled()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            match progress(&self.report(&link)) {
                FetchStep::Continue if finishing.is_none() => {}
                FetchStep::Abort => {
                    link.close();
                    return Err(cancelled());
                }
                // What was asked to finish does not go on.
                FetchStep::Continue | FetchStep::Finish => {
                    let received = link.received();
                    let since = match finishing {
                        Some((since, before)) if before == received => since,
                        Some(_) => Instant::now(),
                        None if self.can_finish(&link) => Instant::now(),
                        None => {
                            link.close();
                            return Err(cancelled());
                        }
                    };
                    finishing = Some((since, received));
                    if since.elapsed() > GRACE {
                        link.close();
                        return Err(cancelled());
                    }
                }
            }
        }
    }

    /// Asks the server to finish early where that can work. False when waiting is in vain.
    fn can_finish(&self, link: &Link) -> bool {
        match link.phase() {
            FetchPhase::Connecting => false,
            FetchPhase::Receiving => true,
            FetchPhase::Waiting if self.kind == Some(ProfileKind::Cpu) => link.half_close(),
            // A window of the other kinds has no result before its end.
            FetchPhase::Waiting => self.takes.is_zero(),
        }
    }

    fn report(&self, link: &Link) -> FetchProgress {
        FetchProgress {
            kind: self.kind,
            url: Arc::clone(&self.url),
            phase: link.phase(),
            elapsed: self.start.elapsed(),
            takes: self.takes,
            received: link.received(),
            announced: link.announced(),
        }
    }
}
