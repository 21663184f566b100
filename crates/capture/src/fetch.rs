//! Profiles over HTTP, as Go's `net/http/pprof` serves them.
//!
//! [`Target::parse`] takes what a person types, [`fetch`] brings one profile's bytes, [`fetch_all`] several at once,
//! [`discover`] lists what a service offers. Everything blocks the calling thread and reports to it: the callback gets
//! a [`FetchProgress`] ten times a second and answers with a [`FetchStep`], which is how Ctrl-C ends a fetch.
//!
//! Credentials go to the target's own host only and are never shown. Non-goals: no retries, no pooling, no
//! asynchronous runtime; a profile is one request.

mod answer;
mod batch;
mod client;
mod connect;
mod error;
mod hint;
mod index;
mod kind;
mod link;
mod options;
mod proxy;
mod single;
mod target;
mod trust;

pub use batch::{FetchBatch, fetch_all};
pub use error::FetchError;
pub use index::{Endpoint, discover};
pub use kind::ProfileKind;
pub use link::FetchPhase;
pub use options::{Authentication, FetchOptions, parse_header};
pub use single::{FetchProgress, FetchStep, Fetched, fetch};
pub use target::Target;
