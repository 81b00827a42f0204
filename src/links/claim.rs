//! A claim: the parsed parts of a link, not yet verified.

use std::fmt;

use subtle::Choice;

use super::LinkError;
use super::equality::are_equal;
use super::link_secret::decode_lower_hex;
use super::purpose::{Purpose, ResetPassword, ResetUsername, VerifyEmail, VerifyRegistration, sealed::Address};
use super::spelling;
use super::syntax::{is_address, is_user_id, parse_timestamp};
use crate::clock::Timestamp;

/// The parts of a link that came back. Their size and syntax are checked, and nothing else.
///
/// `Debug` shows neither signature nor address.
#[derive(Clone)]
pub struct Claim<P: Purpose> {
    pub(super) user_id: String,
    pub(super) address: P::Address,
    pub(super) timestamp: Timestamp,
    pub(super) mac: ClaimedMac,
}

/// The part of a MAC that the claim's spelling contains.
#[derive(Clone)]
pub(super) enum ClaimedMac {
    Whole([u8; 32]),
    FirstHalf([u8; 16]),
}

impl ClaimedMac {
    /// Compares with a computed MAC in constant time.
    pub(super) fn is_of(&self, ours: &[u8; 32]) -> Choice {
        match self {
            Self::Whole(mac) => are_equal(ours, mac),
            Self::FirstHalf(half) => are_equal(ours.first_chunk().expect("16 is less than 32"), half),
        }
    }
}

impl Claim<VerifyRegistration> {
    /// Parses the parameters of a registration link.
    ///
    /// # Errors
    ///
    /// [`LinkError::Malformed`] unless `user_id` is 1 to 64 bytes without control characters, `timestamp` a 64-bit
    /// integer in its one canonical spelling, and `signature` 64 lower-case hex digits.
    pub fn parse(user_id: &str, timestamp: &str, signature: &str) -> Result<Self, LinkError> {
        parse_parts(user_id, (), timestamp, signature)
    }
}

impl Claim<ResetPassword> {
    /// Parses the parameters of a password link.
    ///
    /// # Errors
    ///
    /// [`LinkError::Malformed`] unless `user_id` is 1 to 64 bytes without control characters, `timestamp` a 64-bit
    /// integer in its one canonical spelling, and `signature` 64 lower-case hex digits.
    pub fn parse(user_id: &str, timestamp: &str, signature: &str) -> Result<Self, LinkError> {
        parse_parts(user_id, (), timestamp, signature)
    }
}

impl Claim<ResetUsername> {
    /// Parses the parameters of a username link.
    ///
    /// # Errors
    ///
    /// [`LinkError::Malformed`] unless `user_id` is 1 to 64 bytes without control characters, `timestamp` a 64-bit
    /// integer in its one canonical spelling, and `signature` 64 lower-case hex digits.
    pub fn parse(user_id: &str, timestamp: &str, signature: &str) -> Result<Self, LinkError> {
        parse_parts(user_id, (), timestamp, signature)
    }
}

impl Claim<VerifyEmail> {
    /// Parses the parameters of an e-mail link.
    ///
    /// # Errors
    ///
    /// [`LinkError::Malformed`] unless `user_id` is 1 to 64 bytes and `email` 1 to 254 characters, both without control
    /// characters, `timestamp` a 64-bit integer in its one canonical spelling, and `signature` 64 lower-case hex
    /// digits.
    pub fn parse(user_id: &str, email: &str, timestamp: &str, signature: &str) -> Result<Self, LinkError> {
        if !is_address(email) {
            return Err(LinkError::Malformed);
        }
        parse_parts(user_id, email.to_owned(), timestamp, signature)
    }

    /// Returns the address that the claim contains, not yet verified.
    pub fn email(&self) -> &str {
        &self.address
    }
}

impl<P: Purpose> Claim<P> {
    /// Parses the parameters of a link to a page with `{uid}` and `{token}`.
    ///
    /// # Errors
    ///
    /// [`LinkError::Malformed`] unless `uid` is unpadded base64url, without stray bits, of a user id (1 to 64 bytes
    /// without control characters), followed by a line feed and an address (1 to 254 characters without control
    /// characters) if the purpose has one and by nothing if it has none; and `token` a 64-bit integer in its one
    /// canonical spelling, a hyphen and 32 lower-case hex digits.
    pub fn parse_uid_token(uid: &str, token: &str) -> Result<Self, LinkError> {
        let (timestamp, half) = spelling::read_token(token).ok_or(LinkError::Malformed)?;
        Self::of_uid(uid, timestamp, ClaimedMac::FirstHalf(half))
    }

    /// Parses the parameter of a link to a page with `{key}`.
    ///
    /// # Errors
    ///
    /// [`LinkError::Malformed`] unless `key` is three texts joined by colons: a `uid` as in [`Claim::parse_uid_token`],
    /// a 64-bit integer in its one canonical spelling, and the 43 characters of 32 bytes in unpadded base64url.
    pub fn parse_key(key: &str) -> Result<Self, LinkError> {
        let (uid, timestamp, mac) = spelling::read_key(key).ok_or(LinkError::Malformed)?;
        Self::of_uid(uid, timestamp, ClaimedMac::Whole(mac))
    }

    /// Returns the user id that the claim contains, for reading the row to verify it against. It proves nothing.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    fn of_uid(uid: &str, timestamp: Timestamp, mac: ClaimedMac) -> Result<Self, LinkError> {
        let (user_id, address) = spelling::read_uid(uid).ok_or(LinkError::Malformed)?;
        if !is_user_id(&user_id) || !address.as_deref().is_none_or(is_address) {
            return Err(LinkError::Malformed);
        }
        let address = P::Address::of_text(address).ok_or(LinkError::Malformed)?;
        Ok(Self { user_id, address, timestamp, mac })
    }
}

impl<P: Purpose> fmt::Debug for Claim<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("purpose", &P::NAME)
            .field("user_id", &self.user_id)
            .field("email", &self.address.text().map(|_| "…"))
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}

fn parse_parts<P: Purpose>(
    user_id: &str,
    address: P::Address,
    timestamp: &str,
    signature: &str,
) -> Result<Claim<P>, LinkError> {
    let timestamp = parse_timestamp(timestamp).ok_or(LinkError::Malformed)?;
    let mac = ClaimedMac::Whole(decode_lower_hex(signature).ok_or(LinkError::Malformed)?);
    if !is_user_id(user_id) {
        return Err(LinkError::Malformed);
    }
    Ok(Claim { user_id: user_id.to_owned(), address, timestamp, mac })
}

/// Returns whether a `uid` has the syntax of a link's, of whatever purpose.
pub fn is_well_formed_uid(uid: &str) -> bool {
    spelling::read_uid(uid)
        .is_some_and(|(user_id, address)| is_user_id(&user_id) && address.as_deref().is_none_or(is_address))
}

#[cfg(test)]
mod tests {
    use super::super::activation::ActivationClaim;
    use super::*;

    const SIGNATURE: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    const TOKEN: &str = "7-00112233445566778899aabbccddeeff";
    const MAC: &str = "ABEiM0RVZneImaq7zN3u_wARIjNEVWZ3iJmqu8zd7v8";

    #[test]
    fn parts_out_of_bounds_are_malformed() {
        let reset = |user_id: &str| Claim::<ResetPassword>::parse(user_id, "1", SIGNATURE);
        let email = |email: &str| Claim::<VerifyEmail>::parse("1", email, "1", SIGNATURE);
        assert!(reset("1").is_ok() && email("a@b.example").is_ok());
        assert!(reset("").is_err() && reset("a\nb").is_err());
        assert!(email("").is_err() && email("a@b.example\r\nBcc: c@d.example").is_err());
    }

    /// Which purposes accept a uid, once with a token and once within a key: those without an address, and those with
    /// one.
    #[track_caller]
    fn assert_accepted(text: &str, without: bool, with: bool) {
        let uid = spelling::uid(text, None);
        let key = format!("{uid}:7:{MAC}");
        let accepted = [
            Claim::<VerifyRegistration>::parse_uid_token(&uid, TOKEN).is_ok(),
            Claim::<VerifyRegistration>::parse_key(&key).is_ok(),
            Claim::<ResetPassword>::parse_uid_token(&uid, TOKEN).is_ok(),
            Claim::<ResetPassword>::parse_key(&key).is_ok(),
            Claim::<ResetUsername>::parse_uid_token(&uid, TOKEN).is_ok(),
            Claim::<ResetUsername>::parse_key(&key).is_ok(),
            Claim::<VerifyEmail>::parse_uid_token(&uid, TOKEN).is_ok(),
            Claim::<VerifyEmail>::parse_key(&key).is_ok(),
        ];
        assert_eq!(accepted, [without, without, without, without, without, without, with, with], "{text:?}");
        let activation = (ActivationClaim::parse_uid_token(&uid, TOKEN), ActivationClaim::parse_key(&key));
        match activation {
            (Ok(ActivationClaim::Registration(_)), Ok(ActivationClaim::Registration(_))) => assert!(without),
            (Ok(ActivationClaim::Email(_)), Ok(ActivationClaim::Email(_))) => assert!(with),
            (Err(_), Err(_)) => assert!(!without && !with),
            other => panic!("{text:?}: {other:?}"),
        }
    }

    #[test]
    fn a_uid_holds_an_address_where_the_purpose_has_one_and_nowhere_else() {
        assert_accepted("7", true, false);
        assert_accepted(&"x".repeat(64), true, false);
        assert_accepted("7\na@b.example", false, true);
        assert_accepted(&format!("{}\n{}", "x".repeat(64), "é".repeat(254)), false, true);
        for text in [
            "",
            "\n",
            "7\n",
            "\na@b.example",
            "7\n\na@b.example",
            "7\na@b.example\n",
            "7\r\na@b.example",
            "7\na@b.example\nBcc: c@d.example",
            "7\0",
            "7\na\u{85}@b.example",
            &"x".repeat(65),
            &format!("{}\na@b.example", "x".repeat(65)),
            &format!("7\n{}", "e".repeat(255)),
        ] {
            assert_accepted(text, false, false);
        }
        assert!(Claim::<ResetPassword>::parse_uid_token("_w", TOKEN).is_err(), "0xff is no UTF-8");
    }

    #[test]
    fn no_spelling_is_read_as_another() {
        let uid = spelling::uid("7", None);
        let key = format!("{uid}:7:{MAC}");
        assert!(Claim::<ResetPassword>::parse(&uid, "7", TOKEN).is_err());
        assert!(Claim::<ResetPassword>::parse(&uid, "7", &TOKEN[2..]).is_err(), "half a MAC is no signature");
        assert!(Claim::<ResetPassword>::parse(&uid, "7", MAC).is_err());
        for token in [SIGNATURE, &format!("7-{SIGNATURE}"), MAC, &format!("7-{MAC}"), &key] {
            assert!(Claim::<ResetPassword>::parse_uid_token(&uid, token).is_err(), "{token}");
        }
        for key in [SIGNATURE, TOKEN, &format!("{uid}:{TOKEN}"), &format!("{uid}:7:{SIGNATURE}"), &format!("7:7:{MAC}")]
        {
            assert!(Claim::<ResetPassword>::parse_key(key).is_err(), "{key}");
        }
        assert!(Claim::<ResetPassword>::parse_key(&format!("{uid}:7:{}", &MAC[..22])).is_err(), "half a MAC is no key");
    }

    #[test]
    fn debug_shows_neither_signature_nor_address() {
        let claim = Claim::<VerifyEmail>::parse("7", "zoe@example.org", "1", SIGNATURE).expect("well formed");
        let shown = format!("{claim:?}");
        assert!(shown.contains("verify-email") && shown.contains("\"7\""));
        assert!(!shown.contains("example.org") && !shown.contains("0011") && !shown.contains("17, 34"));
    }
}
