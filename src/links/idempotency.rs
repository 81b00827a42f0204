//! What the server keeps of an idempotency key: digests under keys of the server.
//!
//! The client chooses the key, so that it may be short, or made of a name. Its digest and that of the request are MACs:
//! who has only the database cannot test guesses at either.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::equality::are_equal;
use super::link_secret::decode_lower_hex;
use super::signer::keyed_with;
use crate::secret::Secret;

/// The keys are derived from the secret of the links with these labels. The number is the version of the derivation.
const KEY_LABEL: &[u8] = b"countersign/v1/idempotency/key";
const CONTENT_LABEL: &[u8] = b"countersign/v1/idempotency/content";

/// Makes the digests of idempotency keys.
///
/// `Debug` shows no more than how many secrets there are.
#[derive(Clone)]
pub struct IdempotencyDigests {
    /// One per secret. The first one makes digests to keep, all of them find kept ones.
    keys: Box<[Keys]>,
}

/// HMAC's states after the keys that are derived from one secret.
#[derive(Clone)]
struct Keys {
    key: Hmac<Sha256>,
    content: Hmac<Sha256>,
}

/// The digests of a key and of the request that came with it.
pub struct IdempotencyDigest {
    /// By which the store finds the key: 64 lower-case hex digits.
    pub key: String,
    content: [u8; 32],
}

impl IdempotencyDigest {
    /// Returns the digest of the request: 64 lower-case hex digits.
    pub fn content(&self) -> String {
        hex::encode(self.content)
    }

    /// Returns whether the stored digest is that of the same request. Compares in constant time.
    pub fn is_of_content(&self, stored: &str) -> bool {
        decode_lower_hex(stored).is_some_and(|stored| are_equal(&self.content, &stored).into())
    }
}

impl IdempotencyDigests {
    /// Returns digests under the secrets of the links, which a [`LinkSigner`](super::LinkSigner) has accepted.
    pub fn new(secrets: &[Secret]) -> Self {
        let derive = |secret: &Secret, label: &[u8]| {
            let mut derivation = keyed_with(secret.expose().as_bytes());
            derivation.update(label);
            keyed_with(&derivation.finalize().into_bytes())
        };
        let keys = |secret| Keys { key: derive(secret, KEY_LABEL), content: derive(secret, CONTENT_LABEL) };
        Self { keys: secrets.iter().map(keys).collect() }
    }

    /// Returns the digests of `key` and `content` under each secret: the first is to be kept, each may have been kept.
    /// The content's digest is bound to the key, so that equal requests with two keys have two digests.
    pub fn of(&self, key: &str, content: &[Option<&str>]) -> Vec<IdempotencyDigest> {
        let digest = |keys: &Keys| {
            let parts = content.iter().copied();
            IdempotencyDigest {
                key: hex::encode(mac(&keys.key, [Some(key)])),
                content: mac(&keys.content, std::iter::once(Some(key)).chain(parts)),
            }
        };
        self.keys.iter().map(digest).collect()
    }
}

impl fmt::Debug for IdempotencyDigests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdempotencyDigests").field("secrets", &self.keys.len()).finish_non_exhaustive()
    }
}

/// Each part is its length before its bytes, and an absent part is no length that a text has.
fn mac<'a>(key: &Hmac<Sha256>, parts: impl IntoIterator<Item = Option<&'a str>>) -> [u8; 32] {
    let mut state = key.clone();
    for part in parts {
        let length = part.map_or(u64::MAX, |part| part.len() as u64);
        state.update(&length.to_be_bytes());
        state.update(part.unwrap_or_default().as_bytes());
    }
    state.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests(secrets: &[&str]) -> IdempotencyDigests {
        IdempotencyDigests::new(&secrets.iter().map(|text| Secret::new(*text)).collect::<Vec<_>>())
    }

    const SECRET: &str = "the secret of all tests, 32 bytes";

    fn digest(key: &str, content: &[Option<&str>]) -> IdempotencyDigest {
        digests(&[SECRET]).of(key, content).remove(0)
    }

    #[test]
    fn a_digest_is_that_of_one_key_and_one_content() {
        let ann = digest("k", &[Some("ann"), None]);
        let kept = ann.content();
        assert!(ann.is_of_content(&kept));
        for content in [&[Some("ann"), Some("")][..], &[Some("an"), Some("n")], &[None, Some("ann")], &[Some("ann")]] {
            assert!(!digest("k", content).is_of_content(&kept), "{content:?}");
        }
        let other = digest("l", &[Some("ann"), None]);
        assert!(!other.is_of_content(&kept) && other.key != ann.key);
        for wrong in ["", &kept[1..], &kept.to_uppercase()] {
            assert!(!ann.is_of_content(wrong), "{wrong}");
        }
    }

    #[test]
    fn kept_digests_outlive_the_rotation_of_secrets() {
        let new = "the new secret, 32 bytes or more..";
        let before = digest("k", &[Some("ann")]);
        let after = digests(&[new, SECRET]).of("k", &[Some("ann")]);
        assert_eq!((after.len(), &after[1].key), (2, &before.key));
        assert!(after[1].is_of_content(&before.content()) && !after[0].is_of_content(&before.content()));
        assert!(!format!("{:?}", digests(&[new])).contains("secret,"));
    }
}
