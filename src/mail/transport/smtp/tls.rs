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
    const END: &str = "-----END CERTIFICATE-----";
    let unusable = |reason: String| TransportError::Certificates { path: path.to_owned(), reason };
    let bytes = fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let text = String::from_utf8_lossy(&bytes);
    let mut found = Vec::new();
    for (number, body) in text.split(BEGIN).skip(1).enumerate() {
        let body = body.split(END).next().unwrap_or_default();
        let certificate = Certificate::from_pem(format!("{BEGIN}{body}{END}\n").as_bytes());
        found.push(certificate.map_err(|_| unusable(format!("certificate {} in it is damaged", number + 1)))?);
    }
    if !found.is_empty() {
        return Ok(found);
    }
    // DER begins with a sequence.
    let is_der = bytes.first() == Some(&0x30);
    Err(unusable(match is_der {
        true => "it is DER and not PEM; convert it with `openssl x509 -inform der -in FILE -out FILE.pem`".to_owned(),
        false => format!("it holds no certificate in PEM, which begins with `{BEGIN}`"),
    }))
}
