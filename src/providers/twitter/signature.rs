//! Signs requests of OAuth 1 with HMAC-SHA1 (RFC 5849, 3.4).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use oauth2::http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;

use crate::clock::Timestamp;
use crate::secret::Secret;

/// All but the unreserved characters (RFC 5849, 3.6).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text that is used for one request.
pub(super) struct Nonce(String);

impl Nonce {
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random)?;
        Ok(Self(hex::encode(random)))
    }
}

/// What of a request is signed beside the protocol's own parameters.
pub(super) struct Signed<'a> {
    pub(super) method: Method,
    /// Without query.
    pub(super) url: &'a str,
    /// Those of the query and of a form.
    pub(super) parameters: &'a [(&'a str, &'a str)],
}

impl Signed<'_> {
    /// Returns the value of the `Authorization` header.
    pub(super) fn authorization(
        &self,
        (consumer_key, consumer_secret): (&str, &Secret),
        token: Option<(&Secret, &Secret)>,
        nonce: &Nonce,
        now: Timestamp,
    ) -> String {
        let timestamp = now.unix_seconds().to_string();
        let mut protocol = vec![
            ("oauth_consumer_key", consumer_key),
            ("oauth_nonce", &nonce.0),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", &timestamp),
        ];
        protocol.extend(token.map(|(token, _)| ("oauth_token", token.expose())));
        protocol.push(("oauth_version", "1.0"));

        let mut parameters: Vec<(String, String)> =
            protocol.iter().chain(self.parameters).map(|(name, value)| (escaped(name), escaped(value))).collect();
        parameters.sort_unstable();
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let base = format!("{}&{}&{}", self.method, escaped(self.url), escaped(&parameters.join("&")));

        let token_secret = token.map_or("", |(_, secret)| secret.expose());
        let key = Secret::new(format!("{}&{}", escaped(consumer_secret.expose()), escaped(token_secret)));
        let mut mac = Hmac::<Sha1>::new_from_slice(key.expose().as_bytes()).expect("HMAC takes keys of any length");
        mac.update(base.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        protocol.push(("oauth_signature", &signature));

        let shown: Vec<_> = protocol.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        format!("OAuth {}", shown.join(", "))
    }
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_twitters_documents_are_signed_as_there() {
        let signed = Signed {
            method: Method::POST,
            url: "https://api.twitter.com/1.1/statuses/update.json",
            parameters: &[
                ("status", "Hello Ladies + Gentlemen, a signed OAuth request!"),
                ("include_entities", "true"),
            ],
        };
        let header = signed.authorization(
            ("xvz1evFS4wEEPTGEFPHBog", &Secret::new("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw")),
            Some((
                &Secret::new("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
                &Secret::new("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"),
            )),
            &Nonce("kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg".to_owned()),
            Timestamp::from_unix_seconds(1_318_622_958),
        );
        assert!(header.contains("oauth_signature=\"hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D\""), "{header}");
    }

    #[test]
    fn the_temporary_credentials_of_an_app_are_signed_without_a_token() {
        let signed = Signed {
            method: Method::POST,
            url: "https://photos.example.net/initiate",
            parameters: &[("oauth_callback", "oob")],
        };
        let consumer = ("key", &Secret::new("secret"));
        let header = signed.authorization(consumer, None, &Nonce("n".to_owned()), Timestamp::from_unix_seconds(1));
        assert!(header.starts_with("OAuth oauth_consumer_key=\"key\", oauth_nonce=\"n\", "), "{header}");
        assert!(!header.contains("oauth_token") && header.contains("oauth_signature=\""), "{header}");
    }

    #[test]
    fn all_but_unreserved_characters_are_escaped() {
        assert_eq!(escaped("Ladies + Gentlemen"), "Ladies%20%2B%20Gentlemen");
        assert_eq!(escaped("-._~aZ09"), "-._~aZ09");
        assert_eq!(escaped("\u{2603}"), "%E2%98%83");
    }
}
