//! Properties that hold for all links.

use proptest::prelude::*;

use super::{A_DAY, any_signer, timestamp_text};
use crate::clock::{Seconds, Timestamp};
use crate::links::input::{Fields, write_constants};
use crate::links::*;

/// The parts of an e-mail link: every purpose's parts are among them.
#[derive(Clone, Debug, PartialEq)]
struct Parts {
    user_id: String,
    email: String,
    timestamp: i64,
    link_secret: [u8; 16],
}

impl Parts {
    fn link_secret(&self) -> LinkSecret {
        LinkSecret::parse(&hex::encode(self.link_secret)).expect("sixteen bytes")
    }

    fn sign(&self) -> SignedLink<VerifyEmail> {
        let at = Timestamp::from_unix_seconds(self.timestamp);
        any_signer().sign_verify_email(&self.user_id, &self.email, &self.link_secret(), at)
    }

    fn verify(&self, signature: &str) -> Result<(), LinkError> {
        let claim = Claim::<VerifyEmail>::parse(&self.user_id, &self.email, &self.timestamp.to_string(), signature)?;
        let at = Timestamp::from_unix_seconds(self.timestamp);
        any_signer().verify(claim, BoundTo::User(&self.link_secret()), A_DAY, || at).map(drop)
    }

    fn input(&self, purpose: &str, with_address: bool, with_secret: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        let link_secret = self.link_secret();
        write_constants(purpose, |part| bytes.extend_from_slice(part));
        Fields {
            user_id: &self.user_id,
            timestamp: Timestamp::from_unix_seconds(self.timestamp),
            address: with_address.then_some(self.email.as_str()),
            link_secret: with_secret.then_some(&link_secret),
        }
        .write(|part| bytes.extend_from_slice(part));
        bytes
    }
}

prop_compose! {
    fn parts()(
        user_id in "[^\\p{Cc}]{1,16}",
        email in "[^\\p{Cc}]{1,254}",
        timestamp in any::<i64>(),
        link_secret in any::<[u8; 16]>(),
    ) -> Parts {
        Parts { user_id, email, timestamp, link_secret }
    }
}

prop_compose! {
    /// A small alphabet, so that two of them often differ only in where one field ends.
    fn crowded_parts()(user_id in "[01]{0,3}", email in "[01]{0,3}", timestamp in 0..12_i64) -> Parts {
        Parts { user_id, email, timestamp, link_secret: [0; 16] }
    }
}

/// Decodes an input into the list of its fields, as a decoder in another language would.
fn fields_of(mut input: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Vec::new();
    while !input.is_empty() {
        let (length, rest) = input.split_first_chunk::<8>()?;
        let (field, rest) = rest.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
        fields.push(field);
        input = rest;
    }
    Some(fields)
}

proptest! {
    #[test]
    fn what_is_signed_is_believed(parts in parts()) {
        prop_assert_eq!(parts.verify(&parts.sign().signature()), Ok(()));
    }

    #[test]
    fn what_is_mailed_comes_back_through_the_url(parts in parts()) {
        let link = parts.sign();
        let page = FrontendUrl::parse("https://app.example/verify?lang=fr#top").expect("a good URL");
        let url = url::Url::parse(&link.url(&page)).expect("a good URL");
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().skip(1).collect();
        let expected = [
            ("user_id", parts.user_id),
            ("email", parts.email),
            ("timestamp", timestamp_text(&link)),
            ("signature", link.signature()),
        ];
        prop_assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value)));
        prop_assert_eq!(url.fragment(), Some("top"));
    }

    #[test]
    fn one_changed_part_is_refused(signed in parts(), other in parts(), changed in 0..4) {
        let mut claimed = signed.clone();
        match changed {
            0 => claimed.user_id = other.user_id,
            1 => claimed.email = other.email,
            2 => claimed.timestamp = other.timestamp,
            _ => claimed.link_secret = other.link_secret,
        }
        prop_assume!(claimed != signed);
        prop_assert_eq!(claimed.verify(&signed.sign().signature()), Err(LinkError::Forged));
    }

    #[test]
    fn one_changed_bit_of_the_signature_is_refused(parts in parts(), bit in 0..256_usize) {
        let mut link = parts.sign();
        link.signature[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(parts.verify(&link.signature()), Err(LinkError::Forged));
    }

    #[test]
    fn a_username_link_is_refused_as_a_password_link_and_the_reverse(parts in parts()) {
        let (at, secret) = (Timestamp::from_unix_seconds(parts.timestamp), parts.link_secret());
        let username = any_signer().sign_reset_username(&parts.user_id, &secret, at);
        let password = any_signer().sign_reset_password(&parts.user_id, &secret, at);
        let as_password = [
            Claim::<ResetPassword>::parse(&parts.user_id, &timestamp_text(&username), &username.signature()),
            Claim::parse_uid_token(&username.uid(), &username.token()),
            Claim::parse_key(&username.key()),
        ];
        let as_username = [
            Claim::<ResetUsername>::parse(&parts.user_id, &timestamp_text(&password), &password.signature()),
            Claim::parse_uid_token(&password.uid(), &password.token()),
            Claim::parse_key(&password.key()),
        ];
        for claim in as_password {
            let judged = any_signer().verify(claim.expect("well formed"), BoundTo::User(&secret), A_DAY, || at);
            prop_assert_eq!(judged.map(drop), Err(LinkError::Forged));
        }
        for claim in as_username {
            let judged = any_signer().verify(claim.expect("well formed"), BoundTo::User(&secret), A_DAY, || at);
            prop_assert_eq!(judged.map(drop), Err(LinkError::Forged));
        }
    }

    #[test]
    fn no_two_different_links_share_an_input(one in crowded_parts(), other in crowded_parts()) {
        prop_assume!(one != other);
        prop_assert_ne!(one.input(VerifyEmail::NAME, true, true), other.input(VerifyEmail::NAME, true, true));
    }

    #[test]
    fn an_input_can_be_read_back_field_by_field(parts in parts()) {
        let (timestamp, digits) = (parts.timestamp.to_string(), hex::encode(parts.link_secret));
        let email = parts.email.as_str();
        let constant = |name| ["countersign-link", "1", name];
        let shared = [parts.user_id.as_str(), timestamp.as_str()];
        for (input, fields) in [
            (parts.input(VerifyRegistration::NAME, false, false), vec![VerifyRegistration::NAME]),
            (parts.input(ResetPassword::NAME, false, true), vec![ResetPassword::NAME, digits.as_str()]),
            (parts.input(VerifyEmail::NAME, true, true), vec![VerifyEmail::NAME, email, digits.as_str()]),
            (parts.input(ResetUsername::NAME, false, true), vec![ResetUsername::NAME, digits.as_str()]),
        ] {
            let expected = [&constant(fields[0])[..], &shared[..], &fields[1..]].concat();
            let expected: Vec<&[u8]> = expected.into_iter().map(str::as_bytes).collect();
            prop_assert_eq!(fields_of(&input), Some(expected));
        }
    }

    #[test]
    fn parsing_never_panics(user_id: String, email: String, timestamp: String, signature: String) {
        let _ = Claim::<VerifyRegistration>::parse(&user_id, &timestamp, &signature);
        let _ = Claim::<VerifyEmail>::parse(&user_id, &email, &timestamp, &signature);
        let _ = LinkSecret::parse(&signature);
        let _ = FrontendUrl::<VerifyEmail>::parse(&email);
    }

    #[test]
    fn building_on_any_page_never_panics(path in "\\PC*") {
        if let Ok(page) = FrontendUrl::parse(&format!("https://app.example/{path}")) {
            let url = any_signer().sign_verify_registration("7", Timestamp::from_unix_seconds(0)).url(&page);
            prop_assert!(url.contains("user_id=7&%74imestamp=0&signature="));
        }
    }

    #[test]
    fn time_is_judged_as_arithmetic_without_limits_would(signed_at: i64, now: i64, valid_for: u64) {
        let link = any_signer().sign_verify_registration("7", Timestamp::from_unix_seconds(signed_at));
        let claim = Claim::<VerifyRegistration>::parse("7", &timestamp_text(&link), &link.signature());
        let at = Timestamp::from_unix_seconds(now);
        let judged = any_signer().verify(claim.expect("well formed"), Unbound, Seconds::new(valid_for), || at).map(drop);
        let age = i128::from(now) - i128::from(signed_at);
        let expected = if age < -60 {
            Err(LinkError::FromTheFuture)
        } else if age > i128::from(valid_for) {
            Err(LinkError::Expired)
        } else {
            Ok(())
        };
        prop_assert_eq!(judged, expected);
    }
}
