//! How to fetch: durations, credentials, trust, limits.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::FetchError;

/// What proves to the server who is asking. Its `Debug` form never shows the secret.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authentication {
    /// Nothing, or what the URL carries (`user:password@`).
    #[default]
    None,
    /// HTTP basic authentication (RFC 7617).
    Basic {
        /// User name.
        user: String,
        /// Password.
        password: String,
    },
    /// A bearer token (RFC 6750).
    Bearer {
        /// The token.
        token: String,
    },
}

impl Authentication {
    /// Basic authentication of `user:password`; the password may hold colons or be absent.
    #[must_use]
    pub fn basic(text: &str) -> Self {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        Self::Basic { user: user.to_owned(), password: password.to_owned() }
    }

    /// The value of the `Authorization` header.
    pub(super) fn header_value(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Basic { user, password } => Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))),
            Self::Bearer { token } => Some(format!("Bearer {token}")),
        }
    }
}

impl fmt::Debug for Authentication {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::None => "None",
            Self::Basic { .. } => "Basic(…)",
            Self::Bearer { .. } => "Bearer(…)",
        })
    }
}

/// How to fetch. Its `Debug` form shows neither credentials nor the values of headers.
#[derive(Clone, PartialEq, Eq)]
pub struct FetchOptions {
    /// For how long a CPU profile is taken; rounded up to whole seconds, as Go counts them. Default 30 s.
    pub duration: Duration,
    /// When set, the other kinds show what changed during this time instead of everything since the start
    /// (`seconds=` of Go 1.15 and later; rounded up to whole seconds).
    pub window: Option<Duration>,
    /// For how long the server may be silent: while connecting, before it answers (on top of the time that the
    /// profile itself takes) and between two pieces of the answer. Default 30 s; connecting takes 10 s at most.
    pub timeout: Duration,
    /// Headers to send, name and value. Sent to the target's own host only, never along a redirect to another.
    pub headers: Vec<(String, String)>,
    /// Credentials; [`Authentication::None`] uses those of the URL.
    pub authentication: Authentication,
    /// Whether to accept any TLS certificate.
    pub insecure: bool,
    /// File of PEM certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// Largest answer to accept, in bytes after transport decompression. Default 1 GiB.
    pub max_bytes: u64,
    /// Redirects to follow. Default 10.
    pub max_redirects: u32,
}

impl FetchOptions {
    /// Longest time spent on making a connection.
    pub(super) const LONGEST_CONNECT: Duration = Duration::from_secs(10);

    /// Time allowed for making a connection.
    pub(super) fn connect_timeout(&self) -> Duration {
        self.timeout.min(Self::LONGEST_CONNECT)
    }
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            duration: Duration::from_secs(30),
            window: None,
            timeout: Duration::from_secs(30),
            headers: Vec::new(),
            authentication: Authentication::None,
            insecure: false,
            ca_file: None,
            user_agent: concat!("firesteel/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_bytes: 1 << 30,
            max_redirects: 10,
        }
    }
}

impl fmt::Debug for FetchOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        formatter
            .debug_struct("FetchOptions")
            .field("duration", &self.duration)
            .field("window", &self.window)
            .field("timeout", &self.timeout)
            .field("headers", &names)
            .field("authentication", &self.authentication)
            .field("insecure", &self.insecure)
            .field("ca_file", &self.ca_file)
            .field("max_bytes", &self.max_bytes)
            .field("max_redirects", &self.max_redirects)
            .finish_non_exhaustive()
    }
}

/// Reads a header as `curl -H` takes it: `Name: value`.
///
/// # Errors
/// [`FetchError::InvalidHeader`] without a colon, or when name or value hold what HTTP does not allow.
pub fn parse_header(text: &str) -> Result<(String, String), FetchError> {
    let invalid = |reason| FetchError::InvalidHeader { name: text.split(':').next().unwrap_or("").to_owned(), reason };
    let (name, value) = text.split_once(':').ok_or_else(|| invalid("no `:` between name and value"))?;
    let (name, value) = (name.trim(), value.trim());
    check_header(name, value)?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Refuses a header that HTTP does not allow.
pub(super) fn check_header(name: &str, value: &str) -> Result<(), FetchError> {
    let invalid = |reason| FetchError::InvalidHeader { name: name.to_owned(), reason };
    ureq::http::HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid("the name is not allowed in HTTP"))?;
    ureq::http::HeaderValue::from_str(value).map_err(|_| invalid("the value is not allowed in HTTP"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        fn check(text: &str, expected: Result<(&str, &str), &str>) {
            let actual = parse_header(text).map_err(|error| error.to_string());
            let expected = expected
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .map_err(std::borrow::ToOwned::to_owned);
            assert_eq!(actual, expected, "{text}");
        }
        check("X-Token: abc", Ok(("X-Token", "abc")));
        check("X-Empty:", Ok(("X-Empty", "")));
        check("X-Time: 12:30", Ok(("X-Time", "12:30")));
        check("nothing", Err("header `nothing`: no `:` between name and value"));
        check("bad name: x", Err("header `bad name`: the name is not allowed in HTTP"));
        check("X-Line: a\nInjected: b", Err("header `X-Line`: the value is not allowed in HTTP"));
        check(": x", Err("header ``: the name is not allowed in HTTP"));
    }

    #[test]
    fn credentials_become_headers() {
        fn check(authentication: &Authentication, expected: Option<&str>) {
            assert_eq!(authentication.header_value().as_deref(), expected);
        }
        check(&Authentication::None, None);
        check(&Authentication::basic("Aladdin:open sesame"), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        check(&Authentication::basic("u"), Some("Basic dTo="));
        check(&Authentication::basic("u:a:b"), Some("Basic dTphOmI="));
        check(&Authentication::Bearer { token: "t0k3n".to_owned() }, Some("Bearer t0k3n"));
    }

    #[test]
    fn debug_form_shows_no_secret() {
        let options = FetchOptions {
            headers: vec![("X-Token".to_owned(), "s3cret".to_owned())],
            authentication: Authentication::basic("user:s3cret"),
            ..FetchOptions::default()
        };
        let shown = format!("{options:?}");
        assert!(shown.contains("X-Token") && !shown.contains("s3cret"), "{shown}");
    }
}
