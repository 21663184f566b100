//! Which proxy to use, from the environment, by the rules of Go's `http.ProxyFromEnvironment`.
//!
//! `HTTP_PROXY` is for `http` URLs, `HTTPS_PROXY` for `https` URLs, `ALL_PROXY` for both where the former are not set
//! (as curl has it); lower-case names count too. `NO_PROXY` is a comma-separated list of `*`, host names (with the
//! names below them), `.suffixes`, addresses and CIDR blocks, each with an optional port. This machine is never asked
//! for through a proxy. The proxy is asked for a tunnel (`CONNECT`), for plain HTTP too.

use std::net::IpAddr;

use url::{Host, Url};

use super::error::FetchError;
use super::target::is_loopback;

/// The proxy for a URL, when it needs one.
pub(super) fn proxy_for(
    url: &Url,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<ureq::Proxy>, FetchError> {
    let Some((variable, value)) = proxy_setting(url, environment) else { return Ok(None) };
    // No part of the value is shown: it may hold a password.
    let unusable = |reason: &str| FetchError::Proxy { variable: variable.clone(), reason: reason.to_owned() };
    ureq::Proxy::new(&value).map(Some).map_err(|_| unusable("its URL is not understood"))
}

/// Name and value of the variable that holds the proxy for a URL.
fn proxy_setting(url: &Url, environment: &dyn Fn(&str) -> Option<String>) -> Option<(String, String)> {
    if is_loopback(url) {
        return None;
    }
    let read = |name: &str| {
        [name.to_owned(), name.to_ascii_lowercase()].into_iter().find_map(|name| {
            let value = environment(&name)?.trim().to_owned();
            (!value.is_empty()).then_some((name, value))
        })
    };
    if read("NO_PROXY").is_some_and(|(_, list)| list.split(',').any(|entry| matches(entry.trim(), url))) {
        return None;
    }
    let name = if url.scheme() == "https" { "HTTPS_PROXY" } else { "HTTP_PROXY" };
    read(name).or_else(|| read("ALL_PROXY"))
}

/// Whether an entry of `NO_PROXY` covers a URL.
fn matches(entry: &str, url: &Url) -> bool {
    if entry == "*" {
        return true;
    }
    let (entry, port) = match entry.rsplit_once(':') {
        // Not the last group of an IPv6 address.
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.parse::<u16>().ok()),
        _ => (entry, None),
    };
    if entry.is_empty() || port.is_some_and(|port| url.port_or_known_default() != Some(port)) {
        return false;
    }
    let entry = entry.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(domain)) => {
            let entry = entry.trim_start_matches('*');
            return match entry.strip_prefix('.') {
                Some(_) => domain.ends_with(entry),
                None => domain == entry || domain.strip_suffix(entry).is_some_and(|subdomain| subdomain.ends_with('.')),
            };
        }
        None => return false,
    };
    match entry.split_once('/') {
        Some((network, length)) => match (network.parse::<IpAddr>(), length.parse::<u32>()) {
            (Ok(network), Ok(length)) => is_in_network(address, network, length),
            _ => false,
        },
        None => entry.parse::<IpAddr>().is_ok_and(|entry| entry == address),
    }
}

/// Whether the first bits of two addresses of one family agree.
fn is_in_network(address: IpAddr, network: IpAddr, length: u32) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) if length <= 32 => {
            (address.to_bits() ^ network.to_bits()).checked_shr(32 - length).unwrap_or(0) == 0
        }
        (IpAddr::V6(address), IpAddr::V6(network)) if length <= 128 => {
            (address.to_bits() ^ network.to_bits()).checked_shr(128 - length).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings() {
        fn check(url: &str, environment: &[(&str, &str)], expected: Option<&str>) {
            let read =
                |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            let setting = proxy_setting(&Url::parse(url).unwrap(), &read);
            assert_eq!(setting.map(|(_, value)| value).as_deref(), expected, "{url} {environment:?}");
        }
        let both = [("HTTP_PROXY", "http://p:1"), ("https_proxy", "http://s:2")];
        check("http://a.example/", &both, Some("http://p:1"));
        check("https://a.example/", &both, Some("http://s:2"));
        check("http://localhost:6060/", &both, None);
        check("http://127.0.0.53:6060/", &both, None);
        check("http://[::1]:6060/", &both, None);
        check("http://a.example/", &[("HTTPS_PROXY", "http://s:2")], None);
        check("http://a.example/", &[("ALL_PROXY", "socks5://s:3")], Some("socks5://s:3"));
        check("http://a.example/", &[("HTTP_PROXY", " "), ("all_proxy", "http://q:4")], Some("http://q:4"));
        let without = |list| [("HTTP_PROXY", "http://p:1"), ("NO_PROXY", list)];
        check("http://a.example/", &without("*"), None);
        check("http://a.example/", &without("b.example, a.example"), None);
        check("http://x.a.example/", &without("a.example"), None);
        check("http://xa.example/", &without("a.example"), Some("http://p:1"));
        check("http://x.a.example/", &without(".a.example"), None);
        check("http://x.a.example/", &without("*.a.example"), None);
        check("http://a.example/", &without(".a.example"), Some("http://p:1"));
        check("http://a.example:6060/", &without("a.example:6060"), None);
        check("http://a.example/", &without("a.example:6060"), Some("http://p:1"));
        check("http://10.1.2.3/", &without("10.0.0.0/8"), None);
        check("http://11.1.2.3/", &without("10.0.0.0/8"), Some("http://p:1"));
        check("http://10.1.2.3/", &without("10.1.2.3"), None);
        check("http://10.1.2.3/", &without("0.0.0.0/0"), None);
        check("http://10.1.2.3/", &without("10.0.0.0/99"), Some("http://p:1"));
        check("http://[fd00::1]:80/", &without("fd00::/8"), None);
        check("http://[fd00::1]:80/", &without("[fd00::1]"), None);
        check("http://a.example/", &without(",,"), Some("http://p:1"));
    }

    #[test]
    fn errors_show_no_password() {
        let error = proxy_for(&Url::parse("http://a.example/").unwrap(), &|name| {
            (name == "HTTP_PROXY").then(|| "ftp://user:s3cret@p:1".to_owned())
        })
        .unwrap_err();
        assert_eq!(error.to_string(), "`HTTP_PROXY` is no proxy that can be used: its URL is not understood");
    }
}
