//! Where to fetch from: what a person types, made into URLs.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use url::{Host, Url};

use super::error::FetchError;
use super::kind::ProfileKind;
use super::options::{Authentication, FetchOptions};

/// Where Go's handlers live under a service's address.
const INDEX_PATH: &str = "debug/pprof/";

/// Names of query parameters whose values are not shown.
const SECRET_PARAMETERS: [&str; 13] = [
    "token",
    "access_token",
    "auth",
    "authorization",
    "apikey",
    "api_key",
    "api-key",
    "key",
    "password",
    "secret",
    "sig",
    "signature",
    "x-amz-signature",
];

/// What the path of a target stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// A service: `/debug/pprof/` is below it.
    Base,
    /// The index page itself.
    Index,
    /// One profile, of a known kind or not.
    Exact(Option<ProfileKind>),
    /// A service or one profile; asking will tell.
    Unclear,
}

/// A service, or one profile of it, to fetch from. Shown without credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// The URL without user, password and fragment.
    url: Url,
    /// What the URL carried as `user:password@`.
    authentication: Authentication,
    shape: Shape,
}

/// A URL to ask for, and how long the server will take on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProfileUrl {
    pub(super) url: Url,
    pub(super) kind: Option<ProfileKind>,
    /// For how long the server measures before it answers, as far as the URL tells.
    pub(super) takes: Duration,
    /// For how long it may measure, at most.
    pub(super) patience: Duration,
}

impl Target {
    /// Reads what a person types: a URL of a service, of its `/debug/pprof/` page or of one profile. Without a scheme
    /// it is `http`; without a host (`:6060`) it is `localhost`. User and password are taken out of the URL and sent
    /// as basic authentication.
    ///
    /// # Errors
    /// [`FetchError::InvalidTarget`] for what is no URL, [`FetchError::UnsupportedScheme`] for a scheme other than
    /// `http` and `https`.
    pub fn parse(text: &str) -> Result<Self, FetchError> {
        let text = text.trim();
        let invalid = |reason: String| FetchError::InvalidTarget { target: hide_user_information(text), reason };
        if text.is_empty() {
            return Err(invalid("it is empty".to_owned()));
        }
        let full = match text.split_once("://") {
            Some((scheme, _)) if !is_scheme(scheme) => return Err(invalid(format!("`{scheme}` is no scheme"))),
            Some((scheme, _)) if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) => {
                return Err(FetchError::UnsupportedScheme { scheme: scheme.to_owned() });
            }
            Some(_) => text.to_owned(),
            None if text.starts_with(':') => format!("http://localhost{text}"),
            None => format!("http://{text}"),
        };
        let mut url = Url::parse(&full).map_err(|error| invalid(error.to_string()))?;
        let authentication = take_user_information(&mut url);
        url.set_fragment(None);
        let shape = Shape::of(&mut url);
        Ok(Self { url, authentication, shape })
    }

    /// Whether a text looks like an address to fetch from rather than a file, a program or a process id: it has an
    /// `http` or `https` scheme, or begins with `host:port` or `:port`.
    #[must_use]
    pub fn is_likely(text: &str) -> bool {
        if let Some((scheme, _)) = text.split_once("://") {
            return scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        }
        let authority = text.split(['/', '?', '#']).next().unwrap_or("");
        let Some((host, port)) = authority.rsplit_once(':') else { return false };
        let port_is_number = !port.is_empty() && port.parse::<u16>().is_ok();
        port_is_number && !host.contains(char::is_whitespace) && (!host.contains(':') || host.contains(['[', '@']))
    }

    /// The URL as it may be shown: without credentials.
    #[must_use]
    pub fn url(&self) -> String {
        shown(&self.url)
    }

    /// The kind of profile that the URL names, when it names one.
    #[must_use]
    pub fn kind(&self) -> Option<ProfileKind> {
        match self.shape {
            Shape::Exact(kind) => kind,
            Shape::Base | Shape::Index | Shape::Unclear => None,
        }
    }

    /// Whether the URL is that of one profile rather than of a service.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        matches!(self.shape, Shape::Exact(_))
    }

    /// The credentials to send: those of the options, else those of the URL.
    pub(super) fn authentication<'a>(&'a self, options: &'a FetchOptions) -> &'a Authentication {
        match &options.authentication {
            Authentication::None => &self.authentication,
            given => given,
        }
    }

    /// The URLs to ask for a profile, the likeliest first. Without a kind it is the one that the URL names, else CPU.
    pub(super) fn profile_urls(&self, kind: Option<ProfileKind>, options: &FetchOptions) -> Vec<ProfileUrl> {
        let wanted = kind.unwrap_or(ProfileKind::Cpu);
        match self.shape {
            Shape::Base => vec![ProfileUrl::below(&self.with_path_below(INDEX_PATH), wanted, options)],
            Shape::Index => vec![ProfileUrl::below(&self.url, wanted, options)],
            Shape::Exact(Some(named)) if kind.is_some_and(|kind| kind != named) => {
                vec![ProfileUrl::below(&self.parent(), wanted, options)]
            }
            Shape::Exact(Some(named)) => vec![ProfileUrl::named(&self.url, named, options)],
            Shape::Exact(None) => match kind {
                Some(kind) => vec![ProfileUrl::named(&self.url, kind, options)],
                None => vec![ProfileUrl::verbatim(&self.url, None, options)],
            },
            Shape::Unclear => vec![
                ProfileUrl::verbatim(&self.url, kind, options),
                ProfileUrl::below(&self.with_path_below(INDEX_PATH), wanted, options),
            ],
        }
    }

    /// The URLs to ask for the index page, the likeliest first.
    pub(super) fn index_urls(&self) -> Vec<Url> {
        match self.shape {
            Shape::Base => vec![self.with_path_below(INDEX_PATH), self.url.clone()],
            Shape::Unclear => vec![self.with_path_below(INDEX_PATH), self.with_path_below("")],
            Shape::Index => vec![self.url.clone()],
            Shape::Exact(_) => vec![self.parent()],
        }
    }

    /// The folder of a profile's URL, without the parameters that only the profile takes.
    fn parent(&self) -> Url {
        let mut url = self.url.clone();
        for parameter in ["seconds", "gc", "debug"] {
            remove_parameter(&mut url, parameter);
        }
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop().push("");
        }
        url
    }

    /// The URL with more path behind it.
    fn with_path_below(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}/{path}", self.url.path().trim_end_matches('/')));
        url
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.url())
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, authentication, shape } = self;
        formatter
            .debug_struct("Target")
            .field("url", &shown(url))
            .field("authentication", authentication)
            .field("shape", shape)
            .finish()
    }
}

impl Shape {
    /// What a URL stands for. Gives the index page its closing slash and drops `debug=` from the URL of a profile of
    /// known kind: the links of Go's index page carry it, and it asks for text in place of the profile.
    fn of(url: &mut Url) -> Self {
        let path = url.path().to_owned();
        let last = path.rsplit('/').next().unwrap_or("");
        if path.trim_end_matches('/').ends_with("/debug/pprof") {
            url.set_path(&format!("{}/", path.trim_end_matches('/')));
            Self::Index
        } else if last.is_empty() {
            Self::Base
        } else if let Some(kind) = ProfileKind::from_endpoint(last) {
            remove_parameter(url, "debug");
            Self::Exact(Some(kind))
        } else if url.query().is_some() || path.contains("/debug/pprof/") {
            Self::Exact(None)
        } else {
            Self::Unclear
        }
    }
}

impl ProfileUrl {
    /// The URL of a kind below an index page.
    fn below(index: &Url, kind: ProfileKind, options: &FetchOptions) -> Self {
        let mut url = index.clone();
        url.set_path(&format!("{}{}", index.path(), kind.endpoint()));
        Self::named(&url, kind, options)
    }

    /// A URL that is known to serve a kind: a missing `seconds=` is added where the kind takes one.
    pub(super) fn named(url: &Url, kind: ProfileKind, options: &FetchOptions) -> Self {
        let mut url = url.clone();
        let wanted = if kind == ProfileKind::Cpu { Some(options.duration) } else { options.window };
        let takes = match (seconds_of(&url), wanted.map(whole_seconds)) {
            (Some(takes), _) => takes,
            (None, Some(seconds)) => {
                url.query_pairs_mut().append_pair("seconds", &seconds.to_string());
                Duration::from_secs(seconds)
            }
            (None, None) => Duration::ZERO,
        };
        Self { url, kind: Some(kind), takes, patience: takes }
    }

    /// A URL of which nothing is known: asked as it is. It may be a CPU profile, so it may take as long as one.
    fn verbatim(url: &Url, kind: Option<ProfileKind>, options: &FetchOptions) -> Self {
        let takes = seconds_of(url).unwrap_or_default();
        Self { url: url.clone(), kind, takes, patience: takes.max(options.duration) }
    }
}

/// The time that a URL asks for by `seconds=`.
fn seconds_of(url: &Url) -> Option<Duration> {
    let (_, value) = url.query_pairs().find(|(name, _)| name == "seconds")?;
    value.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

/// A time as Go's handlers take it: whole seconds, at least one.
fn whole_seconds(duration: Duration) -> u64 {
    let seconds = duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0));
    // Go multiplies by 1e9 in 64 bits; a year is more than enough.
    seconds.clamp(1, 365 * 24 * 3600)
}

/// Whether a text can be a URL's scheme (RFC 3986, section 3.1).
fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
}

/// Removes every parameter of a name from a URL's query.
fn remove_parameter(url: &mut Url, name: &str) {
    if url.query_pairs().any(|(key, _)| key == name) {
        let kept: Vec<(String, String)> = url.query_pairs().filter(|(key, _)| key != name).map(owned_pair).collect();
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
    }
}

/// A query parameter that owns its text.
fn owned_pair((key, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)) -> (String, String) {
    (key.into_owned(), value.into_owned())
}

/// Takes user and password out of a URL.
fn take_user_information(url: &mut Url) -> Authentication {
    let authentication = match (url.username(), url.password()) {
        ("", None) => Authentication::None,
        (user, password) => {
            Authentication::Basic { user: percent_decode(user), password: percent_decode(password.unwrap_or("")) }
        }
    };
    // Neither can fail: an `http` URL has a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    authentication
}

/// Undoes percent-encoding (RFC 3986, section 2.1); what is no UTF-8 is replaced.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let decoded = match tail {
            [high, low, ..] if *first == b'%' => hexadecimal(*high).zip(hexadecimal(*low)),
            _ => None,
        };
        if let Some((high, low)) = decoded {
            bytes.push(high << 4 | low);
            rest = tail.get(2..).unwrap_or(&[]);
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value of a hexadecimal digit.
fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// A text that failed to be a URL, without what may be a password before `@`.
fn hide_user_information(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => text.to_owned(),
    }
}

/// A URL as it may be shown: without user, password and the values of query parameters that are secrets.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Neither can fail: an `http` URL has a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let is_secret = |name: &str| SECRET_PARAMETERS.iter().any(|secret| name.eq_ignore_ascii_case(secret));
    if url.query_pairs().any(|(name, _)| is_secret(&name)) {
        let pairs: Vec<(String, String)> = url.query_pairs().map(owned_pair).collect();
        url.set_query(None);
        url.query_pairs_mut()
            .extend_pairs(pairs.iter().map(|(name, value)| (name, if is_secret(name) { "***" } else { value })));
    }
    url.into()
}

/// Whether a URL is that of this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => {
            let domain = domain.trim_end_matches('.');
            domain == "localhost" || domain.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
#[path = "target_tests.rs"]
mod tests;
