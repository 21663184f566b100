//! What to do about each error, in terms of the command line.

use super::error::FetchError;
use super::kind::ProfileKind;

impl FetchError {
    /// What to do about it, in one sentence or two; none where the message says all.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::InvalidTarget { .. } => {
                "give an address such as `http://host:6060`, `host:6060` or `http://host:6060/debug/pprof/heap`".into()
            }
            Self::UnsupportedScheme { .. } => "give an `http://` or `https://` address".into(),
            Self::UnknownKind { .. } => {
                let names: Vec<&str> = ProfileKind::all().iter().map(|kind| kind.as_str()).collect();
                format!("kinds are {} and all", names.join(", "))
            }
            Self::InvalidHeader { .. } => "headers look like `--header 'Name: value'`".into(),
            Self::NoCertificate { .. } | Self::CertificateFile { .. } => {
                "give a file that begins with `-----BEGIN CERTIFICATE-----`".into()
            }
            Self::Proxy { variable, .. } => {
                format!("correct or unset `{variable}`, or add the host to `NO_PROXY`")
            }
            Self::ProxyConnect { .. } => "check `HTTP_PROXY` and `HTTPS_PROXY`, or add the host to `NO_PROXY`".into(),
            Self::HostNotFound { .. } => "check the spelling, and whether a VPN or an ssh tunnel is needed".into(),
            Self::ConnectionRefused { .. } => {
                "check that the service runs and on which port its profile handlers listen; one that listens on \
                 127.0.0.1 inside a container or on another machine needs a tunnel: `ssh -L 6060:localhost:6060 HOST` \
                 or `kubectl port-forward POD 6060`"
                    .into()
            }
            Self::TlsUnknownIssuer { .. } => {
                "trust its authority with `--ca-file FILE`, or skip the check with `--insecure`".into()
            }
            Self::TlsWrongName { .. } => {
                "use the name that the certificate carries, or skip the check with `--insecure`".into()
            }
            Self::TlsExpired { .. } => {
                "check this machine's clock, renew the certificate, or skip the check with `--insecure`".into()
            }
            Self::TlsAuthority { .. } => {
                "make the certificate with `-addext basicConstraints=critical,CA:FALSE`, or skip the check with \
                 `--insecure`"
                    .into()
            }
            Self::TlsNotSpoken { url } => format!("ask without TLS: {}", with_scheme(url, "https", "http")),
            Self::Tls { .. } => "skip the check of certificates with `--insecure` if you trust the network".into(),
            Self::TlsRequired { url } => format!("ask with TLS: {}", with_scheme(url, "http", "https")),
            Self::Unauthorized { withheld: true, .. } => {
                "the redirect led to another host, to which credentials are never sent; ask that host directly".into()
            }
            Self::Unauthorized { scheme, .. } if scheme.eq_ignore_ascii_case("basic") => {
                "give user and password: `--user NAME:PASSWORD`".into()
            }
            Self::Unauthorized { scheme, .. } if scheme.eq_ignore_ascii_case("bearer") => {
                "give a token: `--bearer TOKEN`".into()
            }
            Self::Unauthorized { .. } => {
                "give `--user NAME:PASSWORD`, `--bearer TOKEN` or `--header 'Name: value'`".into()
            }
            Self::Forbidden { .. } => {
                "use credentials that may see it (`--user`, `--bearer`, `--header`), or ask from where it is allowed: \
                 many services serve profiles to localhost only"
                    .into()
            }
            Self::NotFound { .. } => {
                "enable profiles in the program with `import _ \"net/http/pprof\"` and an HTTP server on \
                 `http.DefaultServeMux`, such as `go http.ListenAndServe(\"localhost:6060\", nil)`; where they are \
                 served under another path, give that path"
                    .into()
            }
            Self::UnknownProfile { kind: Some(ProfileKind::Goroutineleak), .. } => {
                "this profile needs a program built with Go 1.27 or later".into()
            }
            Self::UnknownProfile { .. } => "choose one that is served with `--type`".into(),
            Self::CpuProfileBusy { .. } => {
                "a process takes one CPU profile or execution trace at a time: wait for the other to end (a continuous \
                 profiler takes them all the time), or attach to the process by its id"
                    .into()
            }
            Self::WriteTimeout { .. } => {
                "take a shorter profile with `-d`, or raise `WriteTimeout` of the program's `http.Server`".into()
            }
            Self::Status { status: 500..=599, .. } => {
                "502, 503 and 504 come from a proxy or a handler's time limit: try a shorter `-d`, or ask the \
                 program directly"
                    .into()
            }
            Self::WebPage { is_index: true, .. } => "give the address without the rest of the path".into(),
            Self::WebPage { .. } => {
                "a login page or a catch-all route answers there: give the address that serves `/debug/pprof/`, and \
                 credentials if it wants some"
                    .into()
            }
            Self::NotAProfile { .. } | Self::NotAnIndex { .. } | Self::Empty { .. } | Self::Unreadable { .. } => {
                "give the address of a service that serves `/debug/pprof/`, or the full address of a profile".into()
            }
            Self::BadRedirect { .. } | Self::TooManyRedirects { .. } => "ask the last address directly".into(),
            Self::ConnectTimeout { .. } => "check host, port and firewall; wait longer with `--timeout`".into(),
            Self::Timeout { .. } | Self::Stalled { .. } => "wait longer with `--timeout`".into(),
            Self::Closed { takes, .. } if !takes.is_zero() => {
                "a `WriteTimeout` of the program's `http.Server`, or the time limit of a proxy, may be shorter than \
                 the profile: try a shorter `-d`"
                    .into()
            }
            Self::Truncated { .. } => {
                "the program ended, or a time limit of it or of a proxy cut the answer: try again, with a shorter `-d`"
                    .into()
            }
            Self::Cancelled { kind: Some(ProfileKind::Cpu), .. } => {
                "nothing was kept: Go sends a CPU profile only when it ends; choose a shorter `-d`".into()
            }
            Self::TooLarge { .. } => "ask for less: a shorter `-d`, or another kind".into(),
            Self::Protocol { .. } => "check the port: something else than a web server listens there".into(),
            Self::Connection { .. }
            | Self::Closed { .. }
            | Self::Status { .. }
            | Self::Decompression { .. }
            | Self::Cancelled { .. }
            | Self::Thread { .. } => return None,
        };
        Some(hint)
    }
}

/// A URL with another scheme.
fn with_scheme(url: &str, from: &str, to: &str) -> String {
    url.strip_prefix(from).map_or_else(|| url.to_owned(), |rest| format!("{to}{rest}"))
}
