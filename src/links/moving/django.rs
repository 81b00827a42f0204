//! What Django's signatures are made of: `salted_hmac`, and numbers in base 36 and base 62.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac as _;
use sha2::{Digest as _, Sha256};
use subtle::Choice;

use crate::clock::{Seconds, Timestamp};
use crate::links::LinkError;
use crate::links::equality::are_equal;
use crate::links::signer::keyed_with;
use crate::secret::Secret;

/// The digits of numbers in base 62.
const BASE_62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Compares the MAC of `message` under every secret with `claimed` in constant time. `salt` separates the purposes, as
/// in Django's `salted_hmac`; `shortened` is what the link contains of a MAC.
pub(super) fn is_signed<const LENGTH: usize>(
    secrets: &[Secret],
    salt: &str,
    message: &[u8],
    claimed: &[u8; LENGTH],
    shortened: impl Fn(&[u8; 32]) -> [u8; LENGTH],
) -> Choice {
    secrets.iter().fold(Choice::from(0), |matched, secret| {
        let key = Sha256::new().chain_update(salt).chain_update(secret.expose()).finalize();
        let mut mac = keyed_with(&key);
        mac.update(message);
        matched | are_equal(&shortened(&mac.finalize().into_bytes().into()), claimed)
    })
}

/// Returns a MAC as it is.
pub(super) fn whole(mac: &[u8; 32]) -> [u8; 32] {
    *mac
}

/// Returns the proof that `matched` allows to make, if the time of signing is valid as well.
pub(super) fn accept<T>(
    matched: Choice,
    times: Times,
    now: Timestamp,
    proof: impl FnOnce() -> T,
) -> Result<T, LinkError> {
    let Times { signed_at, may_be_ahead, valid_for } = times;
    if !bool::from(matched) {
        return Err(LinkError::Forged);
    }
    if signed_at > now.plus(may_be_ahead) {
        return Err(LinkError::FromTheFuture);
    }
    if now.since(signed_at) > valid_for {
        return Err(LinkError::Expired);
    }
    Ok(proof())
}

/// When a link was signed, and when it is accepted.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) signed_at: Timestamp,
    /// How far in the future `signed_at` may lie.
    pub(super) may_be_ahead: Seconds,
    pub(super) valid_for: Seconds,
}

/// Reads the 43 characters of a MAC in base64url.
pub(super) fn read_mac(text: &str) -> Option<[u8; 32]> {
    if text.len() != 43 {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

/// Reads a number in base 36 as Django writes it: lower case, without leading zeros.
pub(super) fn read_base_36(text: &str) -> Option<u64> {
    let is_canonical = text == "0" || !text.starts_with('0');
    // 12 digits fit in 63 bits.
    if text.is_empty() || text.len() > 12 || !is_canonical {
        return None;
    }
    text.bytes().try_fold(0, |number, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            _ => return None,
        };
        Some(number * 36 + u64::from(digit))
    })
}

/// Reads a Unix time in base 62, which has six digits from 1999 to 3769. Ours have nine or more.
pub(super) fn read_base_62_time(text: &str) -> Option<Timestamp> {
    if text.len() != 6 || text.starts_with('0') {
        return None;
    }
    let seconds = text.bytes().try_fold(0, |number, byte| {
        let digit = BASE_62.iter().position(|digit| *digit == byte)?;
        Some(number * 62 + i64::try_from(digit).ok()?)
    });
    seconds.map(Timestamp::from_unix_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_base_36_has_one_spelling() {
        for (text, number) in [("0", 0), ("1", 1), ("z", 35), ("10", 36), ("14", 40), ("bxodq8", 721_692_800)] {
            assert_eq!(read_base_36(text), Some(number), "{text}");
        }
        for text in ["", "00", "01", "A", "-1", "+1", " 1", "1\n", "é", "1_0", &"z".repeat(13)] {
            assert_eq!(read_base_36(text), None, "{text:?}");
        }
        assert!(read_base_36(&"z".repeat(12)).is_some());
    }

    #[test]
    fn a_time_in_base_62_has_six_digits() {
        assert_eq!(read_base_62_time("1r31eq"), Some(Timestamp::from_unix_seconds(1_700_000_000)));
        for text in ["", "1r31e", "1r31eqq", "0r31eq", "1700000000", "1r31e-", "1r31e\n", "1r31é"] {
            assert_eq!(read_base_62_time(text), None, "{text:?}");
        }
    }
}
