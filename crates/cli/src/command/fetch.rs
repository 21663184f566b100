//! `firesteel fetch`: profiles from a Go service.

use std::sync::atomic::Ordering;
use std::time::Duration;

use firesteel_capture::fetch::{self, Authentication, FetchOptions, FetchStep, Fetched, ProfileKind};
use firesteel_formats::ReadOptions;
use firesteel_model::Profile;

use crate::arguments::{FetchArguments, FetchCommandArguments, FilterArguments};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::filters;
use crate::output;
use crate::progress::FetchDisplay;
use crate::signals::stop_flag;
use crate::summary;
use crate::terminal::Terminal;
use crate::view::View;

/// Holds a bearer token where other users cannot see it, unlike an argument.
const BEARER_VARIABLE: &str = "FIRESTEEL_BEARER";

pub(crate) fn run(
    arguments: FetchCommandArguments,
    filters: &FilterArguments,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, CommandError> {
    let FetchCommandArguments { fetching, duration, output, url } = arguments;
    output::check(&output)?;
    let filter = filters::compile_for_live(filters)?;
    let target = fetch::Target::parse(&url)?;
    let options = fetch_options(&fetching, duration);
    let kinds = fetching.kinds.map_or_else(Vec::new, |kinds| kinds.0);
    let fetched = obtain(&target, &kinds, &options, terminal)?;

    let mut profiles: Vec<(String, Profile)> = Vec::new();
    for answer in &fetched {
        let name = answer.kind.map_or_else(|| "profile".to_owned(), |kind| kind.to_string());
        let read = answer.read(&ReadOptions::default())?;
        for warning in read.warnings.iter() {
            terminal.say(format!("warning: {}: {warning}", answer.url));
        }
        profiles.push((name, read.profile));
    }
    let mut filtered = Vec::with_capacity(profiles.len());
    for (_, profile) in &profiles {
        filtered.push(filters::apply(&filter, profile, terminal)?);
    }
    let mut views = Vec::with_capacity(profiles.len());
    for (((name, _), filtered), answer) in profiles.iter().zip(&filtered).zip(&fetched) {
        let view = View::new(name, &filtered.profile, &output.view.names, terminal)
            .filtered(&filtered.outcome, filters::granularity(filters));
        summary::fetched(&view, answer, fetched.len() == 1, terminal);
        views.push(view);
    }
    if let [only] = &mut views[..] {
        only.name.clear();
    }
    output::write(&views, &host_label(&target.url()), &output, terminal)?;
    Ok(Exit::Success)
}

/// Fetches one or several kinds; several are fetched at once.
fn obtain(
    target: &fetch::Target,
    kinds: &[ProfileKind],
    options: &FetchOptions,
    terminal: &mut Terminal<'_>,
) -> Result<Vec<Fetched>, CommandError> {
    let stop = stop_flag();
    let mut display = FetchDisplay::new(terminal);
    let mut progress = |progress: &fetch::FetchProgress| {
        display.update(progress);
        if stop.load(Ordering::Relaxed) { FetchStep::Finish } else { FetchStep::Continue }
    };
    if kinds.len() < 2 {
        let fetched = fetch::fetch(target, kinds.first().copied(), options, &mut progress)?;
        return Ok(vec![fetched]);
    }
    let batch = fetch::fetch_all(target, kinds, options, &mut progress)?;
    drop(display);
    for kind in &batch.not_offered {
        terminal.say(format!("note: the service does not offer `{kind}`"));
    }
    let mut failed = batch.failed.into_iter();
    let first = failed.next();
    if batch.fetched.is_empty()
        && let Some((_, error)) = first
    {
        return Err(error.into());
    }
    for (kind, error) in first.into_iter().chain(failed) {
        terminal.say(format!("warning: no `{kind}` profile: {error}"));
    }
    Ok(batch.fetched)
}

fn fetch_options(arguments: &FetchArguments, duration: Option<Duration>) -> FetchOptions {
    let mut options = FetchOptions::default();
    if let Some(duration) = duration {
        options.duration = duration;
    }
    if let Some(timeout) = arguments.timeout {
        options.timeout = timeout;
    }
    options.headers.clone_from(&arguments.headers);
    let bearer = arguments.bearer.clone().or_else(|| std::env::var(BEARER_VARIABLE).ok());
    options.authentication = match (&arguments.user, bearer) {
        (Some(user), _) => Authentication::basic(user),
        (None, Some(token)) => Authentication::Bearer { token },
        (None, None) => Authentication::None,
    };
    options.insecure = arguments.insecure;
    options.ca_file.clone_from(&arguments.ca_file);
    options
}

/// The host of a URL, for file names.
fn host_label(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or("service").to_owned()
}
