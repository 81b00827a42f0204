//! TLS for the test server: a root nobody trusts unless told to, and a certificate for `localhost` signed by it.
//!
//! The key protects nothing and never did; both certificates last 100 years.

use std::io;
use std::net::TcpStream;

use native_tls::{Identity, TlsAcceptor, TlsStream};

/// What a client has to trust.
pub const ROOT_CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBhjCCASygAwIBAgIUfDsYebJgb0d7xjBbVUCZn1zcrggwCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVQ291bnRlcnNpZ24gdGVzdCByb290MCAXDTI2MTEyMjAwMzEx
MFoYDzIxMjYxMDI5MDAzMTEwWjAgMR4wHAYDVQQDDBVDb3VudGVyc2lnbiB0ZXN0
IHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARBuKFRMYP7Ns3/J5zI9f+g
n2EPeTQHig9X2e6ZYzw3qdjepQY7zHvdQg7cPISpJn5om1su0rq2VAm/onGLqO+8
o0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQU
FBr01bbSVYdWxkPITyVKLJaV2T0wCgYIKoZIzj0EAwIDSAAwRQIhAMioWI5udqlf
XrBV2ENC9o5LQAtwbIMdETyuUTXLGWqbAiAPYMfBGNmPBx6Y3h4M7HsfcuyqFfCb
xLXYGGWujg/rmQ==
-----END CERTIFICATE-----
";

/// What it shows.
pub const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBsDCCAVagAwIBAgIUXd7efMOQEy7LihzShWmQbs7EAcYwCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVQ291bnRlcnNpZ24gdGVzdCByb290MCAXDTI2MTEyMjAwMzEx
MFoYDzIxMjYxMDI5MDAzMTEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASvYEfzVzHZLEMn3Nh9bpNejw+4oF5tdYaQlYwT
50F0dXCPd95FaytMJCkpCLChroPjDWpR1f+18ldoThzN+Vtno3gwdjAUBgNVHREE
DTALgglsb2NhbGhvc3QwCQYDVR0TBAIwADATBgNVHSUEDDAKBggrBgEFBQcDATAd
BgNVHQ4EFgQUQYc09nsvCL5ISfOb1HECr5Mc4fgwHwYDVR0jBBgwFoAUFBr01bbS
VYdWxkPITyVKLJaV2T0wCgYIKoZIzj0EAwIDSAAwRQIgDrgp9y0rTQy1rjfRGnIU
GmVwy+4xEuiRl6P+Xh8IRbwCIQCxqD/O8d/dV/7x6Rb7l6ycWhBXoBb5u3seFpwk
m+go5Q==
-----END CERTIFICATE-----
";

/// The key of [`CERTIFICATE`].
pub const KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQF/avNkGFCmTZmUe
cnpYALGGSWOMGYrVP6+VBMTdZsWhRANCAASvYEfzVzHZLEMn3Nh9bpNejw+4oF5t
dYaQlYwT50F0dXCPd95FaytMJCkpCLChroPjDWpR1f+18ldoThzN+Vtn
-----END PRIVATE KEY-----
";

pub(super) fn accept(stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    let identity = Identity::from_pkcs8(CERTIFICATE.as_bytes(), KEY.as_bytes()).expect("key and certificate fit");
    let acceptor = TlsAcceptor::new(identity).expect("the identity is sound");
    acceptor.accept(stream).map_err(io::Error::other)
}

/// Base64 with padding, for comparing what AUTH sends.
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(group >> (18 - 6 * place)) as usize & 63];
            text.push(if place > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    text
}
