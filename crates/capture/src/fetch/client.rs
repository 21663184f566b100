//! One exchange over HTTP: connects, asks, follows redirects, reads the answer.
//!
//! Redirects are followed here rather than by the client library: credentials and headers go to the target's own host
//! only, and the proxy is chosen for each URL anew.

use std::error::Error as StdError;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::http::{HeaderMap, header};
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, RustlsConnector, SocksConnector};
use ureq::{Agent, Body, Timeout};
use url::Url;

use super::connect::{ConnectFailed, Interrupted, LinkedConnector, NamedResolver, ResolveFailed};
use super::error::FetchError;
use super::kind::ProfileKind;
use super::link::{FetchPhase, Link};
use super::options::{FetchOptions, check_header};
use super::proxy::proxy_for;
use super::target::shown;
use super::trust::tls_config;

/// As much as is read of an answer that is no profile.
const LONGEST_MESSAGE: u64 = 64 << 10;

/// What to ask for.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) url: Url,
    /// Value of the `Authorization` header.
    pub(super) authorization: Option<String>,
    pub(super) kind: Option<ProfileKind>,
    /// For how long the server measures before it answers, as far as is known.
    pub(super) takes: Duration,
    /// For how long it may measure, at most.
    pub(super) patience: Duration,
    pub(super) options: FetchOptions,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    /// The URL that answered, after redirects.
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// The body; only its beginning when the answer is no profile.
    pub(super) body: Vec<u8>,
    pub(super) sent_credentials: bool,
    pub(super) withheld_credentials: bool,
}

impl Answer {
    /// The text of a header, empty when there is none.
    pub(super) fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// Whether the answer says that it is HTML.
    pub(super) fn is_html(&self) -> bool {
        is_html(self.header(header::CONTENT_TYPE))
    }
}

/// Asks and waits for the answer, whatever its status. Blocks; [`Link::close`] interrupts it.
pub(super) fn exchange(request: &Request, link: &Arc<Link>) -> Result<Answer, FetchError> {
    for (name, value) in &request.options.headers {
        check_header(name, value)?;
    }
    let mut url = request.url.clone();
    for _ in 0..=request.options.max_redirects {
        link.set_phase(FetchPhase::Connecting);
        let hop = Hop { request, url: &url, start: Instant::now(), proxied: false };
        match hop.ask(link)? {
            Outcome::Redirect(next) => url = next,
            Outcome::Answer(answer) => return Ok(answer),
        }
    }
    Err(FetchError::TooManyRedirects { url: shown(&request.url), limit: request.options.max_redirects })
}

/// One request on the way along redirects.
struct Hop<'a> {
    request: &'a Request,
    url: &'a Url,
    start: Instant,
    proxied: bool,
}

enum Outcome {
    Redirect(Url),
    Answer(Answer),
}

impl Hop<'_> {
    fn ask(mut self, link: &Arc<Link>) -> Result<Outcome, FetchError> {
        let options = &self.request.options;
        let proxy = proxy_for(self.url, &|name| std::env::var(name).ok())?;
        self.proxied = proxy.is_some();
        let longest_wait = Some(self.request.patience.saturating_add(options.timeout));
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .user_agent(&options.user_agent)
            .proxy(proxy)
            .timeout_resolve(Some(options.connect_timeout()))
            .timeout_connect(Some(options.connect_timeout()))
            .timeout_send_request(Some(options.timeout))
            .timeout_recv_response(longest_wait)
            .timeout_per_read(longest_wait);
        if self.url.scheme() == "https" {
            config = config.tls_config(tls_config(options)?);
        }
        let connector =
            ().chain(SocksConnector::default())
                .chain(ConnectProxyConnector::default())
                .chain(LinkedConnector(Arc::clone(link)))
                .chain(RustlsConnector::default());
        let agent = Agent::with_parts(config.build(), connector, NamedResolver::default());

        let trusted = may_have_credentials(&self.request.url, self.url);
        let has_own = options.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let mut call = agent.get(self.url.as_str());
        if trusted {
            for (name, value) in &options.headers {
                call = call.header(name, value);
            }
            if let Some(authorization) = self.request.authorization.as_ref().filter(|_| !has_own) {
                call = call.header(header::AUTHORIZATION, authorization);
            }
        }
        let has_credentials = self.request.authorization.is_some() || !options.headers.is_empty();

        let response = call.call().map_err(|error| self.describe(error))?;
        let status = response.status().as_u16();
        let (parts, body) = response.into_parts();
        if matches!(status, 301 | 302 | 303 | 307 | 308)
            && let Some(location) = parts.headers.get(header::LOCATION)
        {
            return self.redirect(&String::from_utf8_lossy(location.as_bytes())).map(Outcome::Redirect);
        }
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let is_message = status != 200 || is_html(content_type);
        let body = self.read_body(body, is_message, link)?;
        Ok(Outcome::Answer(Answer {
            url: self.url.clone(),
            status,
            headers: parts.headers,
            body,
            sent_credentials: trusted && (self.request.authorization.is_some() || has_own),
            withheld_credentials: !trusted && has_credentials,
        }))
    }

    /// Where a redirect leads.
    fn redirect(&self, location: &str) -> Result<Url, FetchError> {
        let bad = || FetchError::BadRedirect { url: shown(self.url), location: printable(location, 200) };
        let mut next = self.url.join(location).map_err(|_| bad())?;
        if !matches!(next.scheme(), "http" | "https") {
            return Err(bad());
        }
        next.set_fragment(None);
        // Credentials that a server puts into a redirect are not the user's. Neither call can fail on an `http` URL.
        let _ = next.set_username("");
        let _ = next.set_password(None);
        Ok(next)
    }

    /// Reads a body: a profile up to the limit of the options, a message up to its own.
    fn read_body(&self, body: Body, is_message: bool, link: &Link) -> Result<Vec<u8>, FetchError> {
        let announced = body.content_length();
        link.set_received(0);
        link.set_announced(announced);
        link.set_phase(FetchPhase::Receiving);
        let limit = self.request.options.max_bytes;
        if !is_message && announced.is_some_and(|announced| announced > limit) {
            return Err(FetchError::TooLarge { url: shown(self.url), limit });
        }
        let mut reader = body.into_reader();
        let mut bytes = Vec::new();
        let mut piece = vec![0; 64 << 10];
        loop {
            let received = bytes.len() as u64;
            match reader.read(&mut piece) {
                Ok(0) => return Ok(bytes),
                Ok(amount) => {
                    bytes.extend_from_slice(piece.get(..amount).unwrap_or_default());
                    link.set_received(bytes.len() as u64);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What is there of a message is enough.
                Err(_) if is_message => return Ok(bytes),
                Err(error) => return Err(self.describe_body(error, received, announced)),
            }
            if is_message && bytes.len() as u64 >= LONGEST_MESSAGE {
                return Ok(bytes);
            }
            if bytes.len() as u64 > limit {
                return Err(FetchError::TooLarge { url: shown(self.url), limit });
            }
        }
    }

    /// What went wrong before the answer's body.
    fn describe(&self, error: ureq::Error) -> FetchError {
        let url = shown(self.url);
        match error {
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                FetchError::ConnectTimeout { url, after: self.request.options.connect_timeout() }
            }
            ureq::Error::Timeout(_) => FetchError::Timeout { url, after: self.start.elapsed() },
            ureq::Error::Other(other) => self.describe_connection(other),
            ureq::Error::Io(source) => self.describe_io(source),
            ureq::Error::Rustls(error) => describe_tls(url, &error),
            ureq::Error::Tls(reason) => FetchError::Tls { url, reason: reason.to_owned() },
            ureq::Error::ConnectProxyFailed(reason) => {
                FetchError::ProxyConnect { url, reason: printable(&reason, 200) }
            }
            ureq::Error::Http(error) => FetchError::InvalidTarget { target: url, reason: error.to_string() },
            ureq::Error::BadUri(reason) => FetchError::InvalidTarget { target: url, reason },
            other => FetchError::Protocol { url, reason: printable(&other.to_string(), 200) },
        }
    }

    /// What went wrong while connecting.
    fn describe_connection(&self, error: Box<dyn StdError + Send + Sync>) -> FetchError {
        let url = shown(self.url);
        let error = match error.downcast::<ResolveFailed>() {
            Ok(failed) if self.proxied => {
                return FetchError::ProxyConnect { url, reason: format!("host `{}`: {}", failed.host, failed.source) };
            }
            Ok(failed) => return FetchError::HostNotFound { host: failed.host, source: failed.source },
            Err(error) => error,
        };
        match error.downcast::<ConnectFailed>() {
            Ok(failed) if self.proxied => {
                FetchError::ProxyConnect { url, reason: format!("{}: {}", failed.addresses, failed.source) }
            }
            Ok(failed) => match failed.source.kind() {
                io::ErrorKind::ConnectionRefused => FetchError::ConnectionRefused { url, addresses: failed.addresses },
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                    FetchError::ConnectTimeout { url, after: self.request.options.connect_timeout() }
                }
                _ => FetchError::Connection { url, source: failed.source },
            },
            Err(error) if error.is::<Interrupted>() => FetchError::Cancelled { url, kind: self.request.kind },
            Err(error) => FetchError::Protocol { url, reason: printable(&error.to_string(), 200) },
        }
    }

    /// What went wrong on the wire.
    fn describe_io(&self, source: io::Error) -> FetchError {
        let url = shown(self.url);
        if let Some(error) = source.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return describe_tls(url, error);
        }
        if is_end_of_connection(&source) {
            return FetchError::Closed { url, after: self.start.elapsed(), takes: self.request.takes };
        }
        FetchError::Connection { url, source }
    }

    /// What went wrong in the middle of the body.
    fn describe_body(&self, error: io::Error, received: u64, expected: Option<u64>) -> FetchError {
        let url = shown(self.url);
        match ureq::Error::from(error) {
            ureq::Error::Timeout(_) => {
                let after = self.request.patience.saturating_add(self.request.options.timeout);
                FetchError::Stalled { url, received, after }
            }
            ureq::Error::Io(source) if is_end_of_connection(&source) => {
                FetchError::Truncated { url, received, expected }
            }
            ureq::Error::Decompress(_, source) if is_end_of_connection(&source) => {
                FetchError::Truncated { url, received, expected }
            }
            ureq::Error::Decompress(_, source) => FetchError::Decompression { url, source },
            other => self.describe(other),
        }
    }
}

/// Whether an error means that the other side is gone.
fn is_end_of_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

/// What went wrong in TLS.
fn describe_tls(url: String, error: &rustls::Error) -> FetchError {
    use rustls::CertificateError;
    match error {
        rustls::Error::InvalidMessage(_) => FetchError::TlsNotSpoken { url },
        rustls::Error::InvalidCertificate(reason) => match reason {
            CertificateError::UnknownIssuer => FetchError::TlsUnknownIssuer { url },
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                FetchError::TlsWrongName { url }
            }
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => FetchError::TlsExpired { url },
            // The library passes this on without a name of its own.
            CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
                FetchError::TlsAuthority { url }
            }
            other => FetchError::Tls { url, reason: other.to_string() },
        },
        other => FetchError::Tls { url, reason: other.to_string() },
    }
}

/// Whether what is meant for the target may be sent to a URL that a redirect leads to: the same origin, or the same
/// host's step from plain HTTP to TLS.
fn may_have_credentials(target: &Url, url: &Url) -> bool {
    target.host() == url.host()
        && (target.origin() == url.origin() || (target.scheme() == "http" && url.scheme() == "https"))
}

/// Whether a media type is that of a web page.
fn is_html(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or("").trim();
    media_type.eq_ignore_ascii_case("text/html") || media_type.eq_ignore_ascii_case("application/xhtml+xml")
}

/// What a server says, made fit for a terminal: one line, no control characters, not too long.
pub(super) fn printable(text: &str, longest: usize) -> String {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.chars().filter(|character| !character.is_control()).collect())
        .collect();
    let line = words.join(" ");
    match line.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or("")),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_stay_with_their_host() {
        fn check(target: &str, url: &str, expected: bool) {
            let (target, url) = (Url::parse(target).unwrap(), Url::parse(url).unwrap());
            assert_eq!(may_have_credentials(&target, &url), expected, "{target} {url}");
        }
        check("http://a/x", "http://a/y", true);
        check("http://a/x", "http://a:80/y", true);
        check("http://a/x", "https://a/y", true);
        check("http://a:6060/x", "https://a:6443/y", true);
        check("https://a/x", "http://a/y", false);
        check("http://a/x", "http://a:81/y", false);
        check("http://a/x", "http://b/y", false);
        check("https://a/x", "https://a.b/y", false);
        check("http://localhost:1/", "http://127.0.0.1:1/", false);
    }

    #[test]
    fn messages_are_fit_for_a_terminal() {
        fn check(text: &str, expected: &str) {
            assert_eq!(printable(text, 12), expected);
        }
        check("  a\n b\t\u{1b}[31mc ", "a b [31mc");
        check("exactly 12 c", "exactly 12 c");
        check("longer than that", "longer than …");
        check("ééééééééééééé", "éééééééééééé…");
        check("", "");
    }
}
