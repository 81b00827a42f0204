//! The key of a Firebase project, without which its hashes cannot be verified.

use base64::prelude::{BASE64_STANDARD, Engine};
use zeroize::Zeroizing;

use crate::secret::debug_as_name;

/// `base64_signer_key` of a project of Firebase, decoded. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct SignerKey(Zeroizing<Vec<u8>>);

/// The text is no signer key of Firebase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("allowed is the `base64_signer_key` of a Firebase project: 64 bytes in base64, which are 88 characters")]
pub struct NoSignerKey;

impl SignerKey {
    /// How many bytes each has, and so each hash of Firebase.
    pub const BYTES: usize = 64;

    /// Parses the key as Firebase's console shows it.
    ///
    /// # Errors
    ///
    /// [`NoSignerKey`] if it is not 64 bytes in base64.
    pub fn parse(text: &str) -> Result<Self, NoSignerKey> {
        let bytes = BASE64_STANDARD.decode(text.trim()).map(Zeroizing::new).map_err(|_| NoSignerKey)?;
        if bytes.len() == Self::BYTES { Ok(Self(bytes)) } else { Err(NoSignerKey) }
    }

    /// Returns the key itself, for the one place that needs it.
    pub(super) fn expose(&self) -> &[u8] {
        &self.0
    }
}

debug_as_name!(SignerKey);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_64_bytes_in_base64_are_a_signer_key() {
        let key = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
        assert_eq!(
            format!("{:?}", SignerKey::parse(&format!(" {key}\n")).expect("Firebase's example")),
            "SignerKey(…)"
        );
        for wrong in ["", "secret", &key[4..], &format!("AAAA{key}"), &key.replace('j', "!")] {
            assert_eq!(SignerKey::parse(wrong).expect_err(wrong), NoSignerKey);
        }
    }
}
