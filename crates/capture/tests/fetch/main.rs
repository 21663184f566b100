//! Fetching from a real Go service.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod batch;
mod interruption;
mod profiles;
mod refusals;
mod server;
mod trust;

use std::time::Duration;

use firesteel_capture::fetch::{FetchError, FetchOptions, FetchStep, Fetched, ProfileKind, Target, fetch};
use firesteel_formats::{Read, ReadOptions};
use firesteel_model::Profile;

use server::Server;

/// No wait of a test is longer than this by much.
const LONGEST: Duration = Duration::from_mins(1);

fn options() -> FetchOptions {
    FetchOptions { duration: Duration::from_secs(1), timeout: LONGEST, ..FetchOptions::default() }
}

fn get(url: &str, kind: Option<ProfileKind>, options: &FetchOptions) -> Result<Fetched, FetchError> {
    fetch(&Target::parse(url)?, kind, options, &mut |_| FetchStep::Continue)
}

fn heap(url: &str, options: &FetchOptions) -> Result<Fetched, FetchError> {
    get(url, Some(ProfileKind::Heap), options)
}

fn read(fetched: &Fetched) -> Profile {
    let Read { profile, warnings, .. } = fetched.read(&ReadOptions::default()).unwrap();
    assert_eq!(warnings.skipped_records(), 0);
    profile
}

/// The value columns and whether any stack has a function.
fn shape(profile: &Profile, function: &str) -> (Vec<String>, bool) {
    let columns = profile.sample_types().iter().map(|column| format!("{}/{}", column.name, column.unit)).collect();
    let has_function = (0..profile.function_count())
        .any(|index| profile.string(profile.function(firesteel_model::FunctionId::from_index(index)).name) == function);
    (columns, has_function)
}

/// Message and hint of an error.
fn told(server: &Server, error: &FetchError) -> String {
    server.redacted(&format!("{error}\nhint: {}", error.hint().unwrap_or_default()))
}
