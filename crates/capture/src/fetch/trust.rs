//! Whose certificates to believe.

use std::path::{Path, PathBuf};

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::error::FetchError;
use super::options::FetchOptions;

/// Where systems keep the authorities that they trust, as Go's `crypto/x509` looks for them on Linux.
const SYSTEM_BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// What TLS connections trust: the file of `SSL_CERT_FILE`, else the system's; and the file of the options besides.
/// Where there is none of all these: the authorities of Mozilla that the program carries.
pub(super) fn tls_config(options: &FetchOptions) -> Result<TlsConfig, FetchError> {
    let config = TlsConfig::builder();
    if options.insecure {
        return Ok(config.disable_verification(true).build());
    }
    let mut certificates = match &options.ca_file {
        Some(path) => read_certificates(path)?,
        None => Vec::new(),
    };
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let bundles = named.iter().map(PathBuf::as_path).chain(SYSTEM_BUNDLES.iter().map(Path::new));
    certificates.extend(bundles.map(read_certificates).find_map(Result::ok).unwrap_or_default());
    let roots = if certificates.is_empty() { RootCerts::WebPki } else { certificates.into_iter().into() };
    Ok(config.root_certs(roots).build())
}

/// The certificates of a PEM file.
fn read_certificates(path: &Path) -> Result<Vec<Certificate<'static>>, FetchError> {
    let bytes = std::fs::read(path).map_err(|source| FetchError::CertificateFile { path: path.to_owned(), source })?;
    let certificates: Vec<Certificate<'static>> = parse_pem(&bytes)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(FetchError::NoCertificate { path: path.to_owned() });
    }
    Ok(certificates)
}
