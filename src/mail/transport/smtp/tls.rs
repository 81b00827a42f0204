//! The certificates that are trusted when a mail server uses TLS.

use std::fs;
use std::path::Path;

use native_tls::{Certificate, Protocol};
use tokio_native_tls::TlsConnector;

use super::super::error::TransportError;

/// Trusts what the system trusts, and the certificates in `ca_file`.
pub(super) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, TransportError> {
    let mut builder = native_tls::TlsConnector::builder();
    builder.min_protocol_version(Some(Protocol::Tlsv12));
    if let Some(path) = ca_file {
        for certificate in certificates(path)? {
            builder.add_root_certificate(certificate);
        }
    }
    builder.build().map(TlsConnector::from).map_err(|error| TransportError::Tls(error.to_string()))
}

/// Returns all certificates of a PEM file: the TLS library itself would read the first only.
fn certificates(path: &Path) -> Result<Vec<Certificate>, TransportError> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    let unusable = |reason: String| TransportError::Certificates { path: path.to_owned(), reason };
    let text = fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    let found: Vec<Certificate> = text
        .split(BEGIN)
        .skip(1)
        .map(|body| {
            Certificate::from_pem(format!("{BEGIN}{body}").as_bytes()).map_err(|error| unusable(error.to_string()))
        })
        .collect::<Result<_, _>>()?;
    if found.is_empty() { Err(unusable("it holds no certificate".into())) } else { Ok(found) }
}
