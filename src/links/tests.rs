//! Tests of the signer through its public functions. The shared vectors and the properties have files of their own.

mod properties;
mod round_trips;
mod vectors;

use super::*;
use crate::clock::{Seconds, Timestamp};
use crate::secret::Secret;

const USER: &str = "018bcfe5-6800-7000-8000-00000000002a";
const MAILED_AT: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);
const A_DAY: Seconds = Seconds::new(86_400);

fn signer(secrets: &[&str]) -> LinkSigner {
    let secrets: Vec<Secret> = secrets.iter().map(|text| Secret::new(*text)).collect();
    LinkSigner::new(&secrets).expect("good secrets")
}

fn any_signer() -> LinkSigner {
    signer(&["a secret for tests, 32 bytes long"])
}

fn some_link_secret() -> LinkSecret {
    LinkSecret::parse("00112233445566778899aabbccddeeff").expect("well formed")
}

fn reset_claim(link: &SignedLink<ResetPassword>) -> Claim<ResetPassword> {
    Claim::<ResetPassword>::parse(link.user_id(), &timestamp_text(link), &link.signature()).expect("well formed")
}

fn timestamp_text<P: Purpose>(link: &SignedLink<P>) -> String {
    link.timestamp().unix_seconds().to_string()
}

#[test]
fn a_proof_tells_user_and_address() {
    let (signer, secret) = (any_signer(), some_link_secret());
    let link = signer.sign_verify_email(USER, "zoë@example.org", &secret, MAILED_AT);
    let claim = Claim::<VerifyEmail>::parse(USER, "zoë@example.org", &timestamp_text(&link), &link.signature())
        .expect("well formed");
    assert_eq!((claim.user_id(), claim.email()), (USER, "zoë@example.org"));
    let proof = signer.verify(claim, BoundTo::User(&secret), A_DAY, || MAILED_AT).expect("just mailed");
    assert_eq!((proof.user_id(), proof.email()), (USER, "zoë@example.org"));
}

#[test]
fn a_claim_for_nobody_is_forged_even_if_its_signature_matches_the_decoy() {
    let (signer, decoy) = (any_signer(), LinkSecret::parse(&"0".repeat(32)).expect("well formed"));
    let link = signer.sign_reset_password(USER, &decoy, MAILED_AT);
    let verify = |holder| signer.verify(reset_claim(&link), holder, A_DAY, || MAILED_AT).map(drop);
    assert_eq!(verify(BoundTo::User(&decoy)), Ok(()));
    assert_eq!(verify(BoundTo::from(Some(&decoy))), Ok(()));
    assert_eq!(verify(BoundTo::Nobody), Err(LinkError::Forged));
    assert_eq!(verify(BoundTo::from(None)), Err(LinkError::Forged));
}

#[test]
fn replacing_the_link_secret_kills_every_older_link() {
    let (signer, before) = (any_signer(), LinkSecret::generate());
    let links = [0, 10].map(|later| signer.sign_reset_password(USER, &before, MAILED_AT.plus(Seconds::new(later))));
    let after = LinkSecret::generate();
    for link in links {
        let refused = signer.verify(reset_claim(&link), BoundTo::User(&after), A_DAY, || MAILED_AT);
        assert_eq!(refused.map(drop), Err(LinkError::Forged));
    }
}

#[test]
fn the_first_secret_signs() {
    let (old, new) = ("the old secret, 32 bytes or more..", "the new secret, 32 bytes or more..");
    let rotated = signer(&[new, old]).sign_verify_registration(USER, MAILED_AT);
    assert_eq!(rotated.signature(), signer(&[new]).sign_verify_registration(USER, MAILED_AT).signature());
}

#[test]
fn an_empty_list_of_secrets_is_refused() {
    let refused = LinkSigner::new(&[]).expect_err("nothing to sign with");
    assert_eq!(refused, SecretError::NoneGiven);
    assert!(refused.to_string().contains("countersign secret new"));
}

#[test]
fn a_short_secret_is_refused_with_its_position() {
    let refused = LinkSigner::new(&[Secret::new("x".repeat(32)), Secret::new("x".repeat(31))]).expect_err("short");
    assert_eq!(refused, SecretError::TooShort { position: 2, length_bytes: 31 });
    assert_eq!(
        refused.to_string(),
        "secret 2 has 31 bytes, and at least 32 are needed; `countersign secret new` makes one"
    );
}

#[test]
fn a_secret_given_twice_is_refused_with_both_positions() {
    let secrets = ["a", "b", "a"].map(|letter| Secret::new(letter.repeat(40)));
    let refused = LinkSigner::new(&secrets).expect_err("twice the same");
    assert_eq!(refused, SecretError::Duplicate { position: 3, first: 1 });
}

#[test]
fn an_address_is_form_encoded_into_the_url() {
    let link = any_signer().sign_verify_email("a b", "zoë+tag@example.org", &some_link_secret(), MAILED_AT);
    let page = FrontendUrl::parse("https://app.example/#/verify").expect("a good URL");
    let expected = format!(
        "https://app.example/#/verify?user_id=a+b&email=zo%C3%AB%2Btag%40example.org&%74imestamp=1700000000&signature={}",
        link.signature()
    );
    assert_eq!(link.url(&page), expected);
}

#[test]
fn a_url_without_address_has_three_parameters() {
    let link = any_signer().sign_reset_password(USER, &some_link_secret(), MAILED_AT);
    let page = FrontendUrl::parse("https://app.example/reset?lang=fr").expect("a good URL");
    let expected = format!(
        "https://app.example/reset?lang=fr&user_id={USER}&%74imestamp=1700000000&signature={}",
        link.signature()
    );
    assert_eq!(link.url(&page), expected);
}

#[test]
fn the_documented_examples_are_spelled_as_we_would() {
    let link = signer(&["secret-number-one-for-the-vectors"]).sign_verify_registration("42", MAILED_AT);
    let page = include_str!("../../docs/links.md");
    for text in [link.signature(), link.uid(), link.token(), link.key()] {
        assert!(page.contains(&text), "{text}");
    }
}

#[test]
fn an_address_is_part_of_the_uid() {
    let link = any_signer().sign_verify_email("42", "zoe@example.org", &some_link_secret(), MAILED_AT);
    assert_eq!(link.uid(), "NDIKem9lQGV4YW1wbGUub3Jn");
    assert_eq!(link.key().split(':').next(), Some(link.uid().as_str()));
}

#[test]
fn debug_shows_no_secret_signature_or_address() {
    let (signer, secret) = (any_signer(), some_link_secret());
    let link = signer.sign_verify_email(USER, "zoe@example.org", &secret, MAILED_AT);
    let claim = Claim::<VerifyEmail>::parse(USER, "zoe@example.org", &timestamp_text(&link), &link.signature())
        .expect("well formed");
    let shown_claim = format!("{claim:?}");
    let proof = signer.verify(claim, BoundTo::User(&secret), A_DAY, || MAILED_AT).expect("just mailed");
    let raw_signature = format!("{:?}", link.signature);
    for shown in [shown_claim, format!("{signer:?} {link:?} {proof:?} {:?}", BoundTo::User(&secret))] {
        assert!(shown.contains(USER), "{shown}");
        for hidden in ["example.org", "tests", &secret.to_hex(), &link.signature(), &raw_signature[1..20]] {
            assert!(!shown.contains(hidden), "{shown} shows {hidden}");
        }
    }
}
