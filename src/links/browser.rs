//! The mark of a browser in which a user registered. The browser keeps it in a cookie, so that a link may log in there.
//!
//! The mark is a user id, signed with a key of its own. The server stores nothing for it, and it is useless without the
//! link.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::equality::are_equal;
use super::link_secret::decode_lower_hex;
use super::signer::keyed_with;
use crate::secret::Secret;

/// The key is derived from the secret of the links with this label. The number is the version of the derivation.
const KEY_LABEL: &[u8] = b"countersign/v1/browser/registration";

/// Makes and checks the marks of browsers.
///
/// `Debug` shows no more than how many secrets there are.
#[derive(Clone)]
pub struct BrowserMarks {
    /// One per secret: HMAC's state after the key. The first one makes marks, all of them check marks.
    keys: Box<[Hmac<Sha256>]>,
}

impl BrowserMarks {
    /// Returns marks under the secrets of the links, which a [`LinkSigner`](super::LinkSigner) has accepted.
    pub fn new(secrets: &[Secret]) -> Self {
        let key = |secret: &Secret| {
            let mut derivation = keyed_with(secret.expose().as_bytes());
            derivation.update(KEY_LABEL);
            keyed_with(&derivation.finalize().into_bytes())
        };
        Self { keys: secrets.iter().map(key).collect() }
    }

    /// Returns the mark of the browser that registered `user_id`: 64 lower-case hex digits.
    pub fn mark(&self, user_id: &str) -> String {
        let key = self.keys.first().expect("there is at least one secret");
        hex::encode(mac(key, user_id))
    }

    /// Returns whether `mark` belongs to the browser in which `user_id` registered. Compares in constant time.
    pub fn is_mark_of(&self, user_id: &str, mark: &str) -> bool {
        let Some(mark) = decode_lower_hex(mark) else { return false };
        self.keys.iter().any(|key| bool::from(are_equal(&mac(key, user_id), &mark)))
    }
}

impl fmt::Debug for BrowserMarks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserMarks").field("secrets", &self.keys.len()).finish_non_exhaustive()
    }
}

fn mac(key: &Hmac<Sha256>, user_id: &str) -> [u8; 32] {
    let mut state = key.clone();
    state.update(user_id.as_bytes());
    state.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(secrets: &[&str]) -> BrowserMarks {
        BrowserMarks::new(&secrets.iter().map(|text| Secret::new(*text)).collect::<Vec<_>>())
    }

    #[test]
    fn a_mark_is_that_of_one_user_under_one_secret() {
        let (ours, others) =
            (marks(&["the secret of all tests, 32 bytes"]), marks(&["some other secret, 32 bytes long"]));
        let mark = ours.mark("ann");
        assert!(ours.is_mark_of("ann", &mark));
        assert!(!ours.is_mark_of("bob", &mark) && !others.is_mark_of("ann", &mark));
        for wrong in ["", &mark[1..], &mark.to_uppercase(), &format!("{mark}0"), &"0".repeat(64)] {
            assert!(!ours.is_mark_of("ann", wrong), "{wrong}");
        }
    }

    #[test]
    fn a_mark_outlives_the_rotation_of_secrets() {
        let (old, new) = ("the old secret, 32 bytes or more..", "the new secret, 32 bytes or more..");
        let mark = marks(&[old]).mark("ann");
        let rotated = marks(&[new, old]);
        assert!(rotated.is_mark_of("ann", &mark));
        assert_eq!(rotated.mark("ann"), marks(&[new]).mark("ann"));
        assert!(!format!("{rotated:?}").contains("secret,"));
    }

    #[test]
    fn a_mark_is_no_signature_of_a_link() {
        let secret = [Secret::new("the secret of all tests, 32 bytes")];
        let signer = super::super::LinkSigner::new(&secret).expect("it is long enough");
        let link = signer.sign_verify_registration("ann", crate::clock::Timestamp::from_unix_seconds(0));
        assert_ne!(link.signature(), BrowserMarks::new(&secret).mark("ann"));
    }
}
