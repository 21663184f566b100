//! What can go wrong between here and a profile, each with what to do about it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::kind::ProfileKind;

/// Why a profile could not be fetched. URLs in messages carry no credentials; [`FetchError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// What was typed is no URL.
    #[error("`{target}` is no address to fetch from: {reason}")]
    InvalidTarget {
        /// What was typed.
        target: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The URL is neither `http` nor `https`.
    #[error("can not fetch over `{scheme}`, only over `http` and `https`")]
    UnsupportedScheme {
        /// The URL's scheme.
        scheme: String,
    },
    /// A name of no kind of profile.
    #[error("`{text}` is no kind of profile")]
    UnknownKind {
        /// What was typed.
        text: String,
    },
    /// A header that HTTP does not allow.
    #[error("header `{name}`: {reason}")]
    InvalidHeader {
        /// The header's name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file of certificates could not be read.
    #[error("can not read certificates from `{}`", path.display())]
    CertificateFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file of certificates holds none.
    #[error("`{}` holds no PEM certificate", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// A proxy of the environment that can not be used.
    #[error("`{variable}` is no proxy that can be used: {reason}")]
    Proxy {
        /// The environment variable.
        variable: String,
        /// What is wrong with it, without credentials.
        reason: String,
    },
    /// The proxy did not connect.
    #[error("the proxy for {url} did not connect: {reason}")]
    ProxyConnect {
        /// The URL asked for.
        url: String,
        /// What the proxy answered.
        reason: String,
    },
    /// The host's name has no address.
    #[error("no address is known for host `{host}`")]
    HostNotFound {
        /// The host.
        host: String,
        /// What the system says.
        source: io::Error,
    },
    /// Nothing listens there.
    #[error("{url} refused the connection (tried {addresses})")]
    ConnectionRefused {
        /// The URL asked for.
        url: String,
        /// Addresses tried.
        addresses: String,
    },
    /// The connection could not be made, or broke.
    #[error("the connection to {url} failed")]
    Connection {
        /// The URL asked for.
        url: String,
        /// What the system says.
        source: io::Error,
    },
    /// The server's certificate is signed by nobody that is trusted here.
    #[error("the certificate of {url} is signed by nobody trusted here")]
    TlsUnknownIssuer {
        /// The URL asked for.
        url: String,
    },
    /// The server's certificate is for another name.
    #[error("the certificate of {url} is for another name")]
    TlsWrongName {
        /// The URL asked for.
        url: String,
    },
    /// The server's certificate is not valid today.
    #[error("the certificate of {url} is not valid at this time")]
    TlsExpired {
        /// The URL asked for.
        url: String,
    },
    /// The server shows an authority's certificate as its own, as self-signed certificates of `openssl req -x509` do.
    #[error("the certificate of {url} is that of an authority, not that of a server")]
    TlsAuthority {
        /// The URL asked for.
        url: String,
    },
    /// The server does not speak TLS.
    #[error("{url} does not speak TLS")]
    TlsNotSpoken {
        /// The URL asked for.
        url: String,
    },
    /// Anything else about TLS.
    #[error("TLS with {url} failed: {reason}")]
    Tls {
        /// The URL asked for.
        url: String,
        /// What the TLS library says.
        reason: String,
    },
    /// The server speaks TLS, but was asked without.
    #[error("{url} speaks TLS, but was asked over plain HTTP")]
    TlsRequired {
        /// The URL asked for.
        url: String,
    },
    /// 401: the server wants to know who asks, or does not believe it.
    #[error("{url} wants credentials (401{})", if *sent { "; those sent were not accepted" } else { "" })]
    Unauthorized {
        /// The URL asked for.
        url: String,
        /// The scheme that the server asks for (`Basic`, `Bearer`, …), empty when it does not say.
        scheme: String,
        /// Whether credentials were sent.
        sent: bool,
        /// Whether credentials were held back because a redirect led to another host.
        withheld: bool,
    },
    /// 403: the server knows who asks and says no.
    #[error("{url} is not allowed (403){}", after_colon(message))]
    Forbidden {
        /// The URL asked for.
        url: String,
        /// What the server says.
        message: String,
    },
    /// 404 for every URL that could serve the profile.
    #[error("no profile found (404); tried {}", tried.join(", "))]
    NotFound {
        /// Every URL tried.
        tried: Vec<String>,
    },
    /// Go's handlers are there, but this profile is not.
    #[error("{url} does not serve this profile{}", offered_list(offered))]
    UnknownProfile {
        /// The URL asked for.
        url: String,
        /// The kind asked for.
        kind: Option<ProfileKind>,
        /// Names that the index page offers; empty when it could not be read.
        offered: Vec<String>,
    },
    /// Somebody else takes a CPU profile of the same process.
    #[error("{url} is busy: {message}")]
    CpuProfileBusy {
        /// The URL asked for.
        url: String,
        /// What the server says.
        message: String,
    },
    /// The server's `WriteTimeout` is shorter than the profile (answered by Go before 1.23).
    #[error("a profile of {} s takes longer than the server lets an answer take", duration.as_secs())]
    WriteTimeout {
        /// The URL asked for.
        url: String,
        /// Time that the profile takes.
        duration: Duration,
    },
    /// Any other status.
    #[error("{url} answered {status}{}", after_colon(message))]
    Status {
        /// The URL asked for.
        url: String,
        /// HTTP status code.
        status: u16,
        /// What the server says.
        message: String,
    },
    /// A web page came instead of a profile.
    #[error("{url} answered with a web page{} instead of a profile", in_quotes(title))]
    WebPage {
        /// The URL that answered.
        url: String,
        /// The page's title.
        title: String,
        /// Whether it is the index page of Go's handlers.
        is_index: bool,
    },
    /// Something else came instead of a profile.
    #[error("{url} answered with {what} instead of a profile")]
    NotAProfile {
        /// The URL that answered.
        url: String,
        /// What it is.
        what: &'static str,
    },
    /// The page of a service's handlers lists none.
    #[error("{url} is no index page of Go's profile handlers")]
    NotAnIndex {
        /// The URL that answered.
        url: String,
    },
    /// An answer without a body.
    #[error("{url} answered with nothing")]
    Empty {
        /// The URL that answered.
        url: String,
    },
    /// Redirects without end.
    #[error("{url} redirects more than {limit} times")]
    TooManyRedirects {
        /// The URL first asked for.
        url: String,
        /// Redirects followed.
        limit: u32,
    },
    /// A redirect to where nothing can be fetched.
    #[error("{url} redirects to `{location}`, where nothing can be fetched")]
    BadRedirect {
        /// The URL that redirects.
        url: String,
        /// Where to.
        location: String,
    },
    /// No connection in time.
    #[error("no connection to {url} within {} s", after.as_secs_f64())]
    ConnectTimeout {
        /// The URL asked for.
        url: String,
        /// Time waited.
        after: Duration,
    },
    /// No answer in time.
    #[error("no answer from {url} within {} s", after.as_secs_f64())]
    Timeout {
        /// The URL asked for.
        url: String,
        /// Time waited.
        after: Duration,
    },
    /// The answer stopped coming.
    #[error("the answer of {url} stopped after {received} bytes for {} s", after.as_secs_f64())]
    Stalled {
        /// The URL asked for.
        url: String,
        /// Bytes that came.
        received: u64,
        /// Time waited.
        after: Duration,
    },
    /// The connection was closed without an answer.
    #[error("{url} closed the connection without an answer after {:.1} s", after.as_secs_f64())]
    Closed {
        /// The URL asked for.
        url: String,
        /// Time from the request to the end.
        after: Duration,
        /// Time that the profile takes.
        takes: Duration,
    },
    /// The connection was closed in the middle of the answer.
    #[error("the answer of {url} ends in the middle, after {received} bytes{}", of_expected(*expected))]
    Truncated {
        /// The URL asked for.
        url: String,
        /// Bytes that came.
        received: u64,
        /// Bytes announced.
        expected: Option<u64>,
    },
    /// The answer is larger than allowed.
    #[error("the answer of {url} is larger than {limit} bytes")]
    TooLarge {
        /// The URL asked for.
        url: String,
        /// The limit of [`FetchOptions::max_bytes`](super::FetchOptions::max_bytes).
        limit: u64,
    },
    /// The transport compression is broken.
    #[error("the answer of {url} can not be decompressed")]
    Decompression {
        /// The URL asked for.
        url: String,
        /// What the decompressor says.
        source: io::Error,
    },
    /// What came is no HTTP.
    #[error("{url} does not speak HTTP: {reason}")]
    Protocol {
        /// The URL asked for.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// The caller asked to stop.
    #[error("fetching {url} was cancelled")]
    Cancelled {
        /// The URL asked for.
        url: String,
        /// Whether it was a CPU profile, of which nothing comes before its end.
        kind: Option<ProfileKind>,
    },
    /// The answer is no profile in a known format.
    #[error(transparent)]
    Unreadable {
        /// What the reader says; names the URL.
        source: firesteel_formats::Error,
    },
    /// A thread could not be started.
    #[error("can not start a thread to fetch with")]
    Thread {
        /// What the system says.
        source: io::Error,
    },
}

impl FetchError {
    /// Whether another URL of the same service may still have what was asked for.
    pub(super) fn is_not_there(&self) -> bool {
        match self {
            Self::NotFound { .. } | Self::WebPage { .. } | Self::NotAProfile { .. } | Self::Empty { .. } => true,
            Self::Status { status, .. } => matches!(status, 405 | 410),
            _ => false,
        }
    }
}

/// `: message`, or nothing.
fn after_colon(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

/// ` "title"`, or nothing.
fn in_quotes(title: &str) -> String {
    if title.is_empty() { String::new() } else { format!(" \"{title}\"") }
}

/// `; it serves a, b`, or nothing.
fn offered_list(offered: &[String]) -> String {
    if offered.is_empty() { String::new() } else { format!("; it serves {}", offered.join(", ")) }
}

/// ` of N`, or nothing.
fn of_expected(expected: Option<u64>) -> String {
    expected.map(|expected| format!(" of {expected}")).unwrap_or_default()
}
