//! Tests with links that the packages themselves have made: `tests/moving/make_vectors.py` writes them.

mod vectors;

use std::sync::Arc;

use super::*;
use crate::clock::Seconds;
use crate::links::{ActivationClaim, Claim, ResetPassword, ResetUsername, VerifyEmail, VerifyRegistration};
use crate::secret::Secret;
use vectors::{Signed, VECTORS};

const A_DAY: Seconds = Seconds::new(86_400);
/// The offset of the largest time zone, and the allowed clock skew.
const FURTHEST_AHEAD: i64 = 14 * 3_600 + 60;

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(VECTORS.now)
}

fn secrets() -> Vec<Secret> {
    [&VECTORS.secrets.present, &VECTORS.secrets.fallback].map(|secret| Secret::new(secret.as_str())).into()
}

fn django_rest_registration(one_time_use: bool) -> Arc<DjangoRestRegistration> {
    let rules = OldRules {
        register_one_time_use: one_time_use,
        register_valid_for: A_DAY,
        reset_one_time_use: one_time_use,
        reset_valid_for: A_DAY,
        email_valid_for: A_DAY,
    };
    Arc::new(DjangoRestRegistration::new(secrets(), rules))
}

fn djoser(utc_offset_seconds: i32) -> Arc<Djoser> {
    Arc::new(Djoser::new(secrets(), A_DAY, utc_offset_seconds))
}

fn allauth() -> Arc<Allauth> {
    Arc::new(Allauth::new(secrets(), A_DAY, A_DAY, 0))
}

/// Calls `check` with the user of this id as the packages knew them.
fn with_user<T>(id: &str, check: impl FnOnce(&OldUser<'_>) -> T) -> T {
    let row = VECTORS.users.iter().find(|row| row.id == id).expect("there is such a user");
    let addresses: Vec<String> = row.addresses.iter().map(|address| address.email.clone()).collect();
    check(&OldUser {
        id,
        password_hash: &row.password,
        last_login_at: row.last_login.map(Timestamp::from_unix_seconds),
        email: &row.email,
        addresses: &addresses,
    })
}

/// What is expected of a link signed with `key`, `seconds` ahead of our clock.
fn expected(key: &str, seconds: i64, may_be_ahead: i64) -> Result<(), LinkError> {
    match key {
        "other" => Err(LinkError::Forged),
        _ if seconds > may_be_ahead => Err(LinkError::FromTheFuture),
        _ => Ok(()),
    }
}

fn judged<P: Purpose>(claim: &OldClaim<P>, user_id: &str) -> Result<(), LinkError> {
    claim.verify_alone(now())?;
    let proof = with_user(user_id, |user| claim.verify(0, Some(user), now()))?;
    assert_eq!(proof.user_id(), user_id);
    Ok(())
}

/// Reads a link as one of the purpose `P`, and verifies it against its own user.
fn judged_as<P: SignedPurpose>(signed: &Signed, one_time_use: bool) -> Result<(), LinkError> {
    let site = django_rest_registration(one_time_use);
    let email = signed.email.as_deref();
    let claim = site.read::<P>(&signed.user_id, email, &signed.timestamp, &signed.signature);
    claim.map_or(Err(LinkError::Malformed), |claim| judged(&claim, &signed.user_id))
}

#[test]
fn links_of_django_rest_registration_are_accepted_for_their_purpose_and_mode_alone() {
    for signed in &VECTORS.django_rest_registration {
        let (register, reset, email) =
            (signed.purpose == "register", signed.purpose == "reset-password", signed.purpose == "register-email");
        let expected = |is_purpose: bool| match is_purpose {
            true => expected(&signed.key, signed.seconds, 60),
            false if signed.email.is_some() != email => Err(LinkError::Malformed),
            false => Err(LinkError::Forged),
        };
        let name = format!("{} {} {}", signed.purpose, signed.user_id, signed.signature);
        for one_time in [false, true] {
            let fits = one_time == signed.one_time;
            if signed.email.is_none() {
                // A verified user's flag is part of the salt too, but such users were mailed no registration link.
                let is_mailed = !one_time || signed.user_id == "3";
                let got = judged_as::<VerifyRegistration>(signed, one_time);
                assert_eq!(got, expected(register && fits && is_mailed), "{name}");
                assert_eq!(judged_as::<ResetPassword>(signed, one_time), expected(reset && fits), "{name}");
                assert_eq!(judged_as::<VerifyEmail>(signed, one_time), Err(LinkError::Malformed), "{name}");
            } else {
                assert_eq!(judged_as::<VerifyEmail>(signed, one_time), expected(email), "{name}");
                assert_eq!(judged_as::<VerifyRegistration>(signed, one_time), Err(LinkError::Malformed), "{name}");
            }
        }
    }
}

#[test]
fn tokens_are_those_of_their_generator_and_user() {
    for token in &VECTORS.tokens {
        let expected = expected(&token.key, token.seconds, FURTHEST_AHEAD);
        let name = format!("{} {}", token.uid, token.token);
        if token.kind == "django" {
            let site = djoser(0);
            let claim = site.read::<ResetUsername>(&token.uid, &token.token).expect("djoser's spelling");
            assert_eq!(claim.named(), [Named::User(token.user_id.clone())], "{name}");
            assert_eq!(judged(&claim, &token.user_id), expected, "{name}");
            for other in VECTORS.users.iter().filter(|row| row.id != token.user_id) {
                assert_eq!(judged(&claim, &other.id), Err(LinkError::Forged), "{name} of {}", other.id);
            }
            assert_eq!(claim.verify(0, None, now()).map(drop), Err(LinkError::Forged), "{name} without a user");
        }
        let claim = allauth().read_reset(&token.uid, &token.token).expect("a spelling of dj-rest-auth");
        let reading = claim.named().iter().position(|named| *named == Named::User(token.user_id.clone()));
        let reading = reading.expect("one reading is the user's id");
        let got = with_user(&token.user_id, |user| claim.verify(reading, Some(user), now()).map(drop));
        assert_eq!(got, expected, "{name}");
    }
}

#[test]
fn confirmation_keys_name_an_address() {
    for key in &VECTORS.keys {
        let claim = allauth().read_key(&key.confirmation).expect("allauth's spelling");
        assert_eq!(claim.named(), [Named::Email(key.email_id.clone())]);
        assert_eq!(judged(&claim, &key.user_id), expected(&key.key, key.seconds, 60), "{}", key.confirmation);
        assert_eq!(claim.verify(0, None, now()).map(drop), Err(LinkError::Forged), "an address without a user");
    }
}

#[test]
fn a_link_lives_as_long_as_the_settings_say_and_no_second_longer() {
    let (link, token, key) = (&VECTORS.django_rest_registration[0], &VECTORS.tokens[0], &VECTORS.keys[0]);
    let link = django_rest_registration(false).read::<VerifyRegistration>(
        &link.user_id,
        None,
        &link.timestamp,
        &link.signature,
    );
    let (link, key) = (link.expect("its spelling"), allauth().read_key(&key.confirmation).expect("its spelling"));
    let token = djoser(0).read::<VerifyRegistration>(&token.uid, &token.token).expect("its spelling");
    for (seconds, expected) in [(0, Ok(())), (86_400, Ok(())), (86_401, Err(LinkError::Expired))] {
        let then = now().plus(Seconds::new(seconds));
        for claim in [&link, &token, &key] {
            let got = with_user("1", |user| claim.verify(0, Some(user), then).map(drop));
            assert_eq!(got, expected, "{claim:?} after {seconds} s");
        }
    }
}

#[test]
fn the_time_of_a_token_is_the_local_time_of_the_site() {
    let token = &VECTORS.tokens[0];
    let ends_after = |utc_offset_seconds: i32, seconds: u64| {
        let claim = djoser(utc_offset_seconds).read::<ResetPassword>(&token.uid, &token.token).expect("its spelling");
        with_user("1", |user| claim.verify(0, Some(user), now().plus(Seconds::new(seconds))).map(drop))
    };
    // Two hours ahead of UTC: signed two hours earlier than it seems.
    assert_eq!(ends_after(7_200, 86_400 - 7_200), Ok(()));
    assert_eq!(ends_after(7_200, 86_401 - 7_200), Err(LinkError::Expired));
    assert_eq!(ends_after(-7_200, 86_400 + 7_200), Ok(()));
    assert_eq!(ends_after(-7_200, 86_401 + 7_200), Err(LinkError::Expired));
}

/// Every text that differs from `text` in one character: another letter or digit of both cases, or none.
fn altered(text: &str) -> Vec<String> {
    let replaced = |index: usize, with: &str| {
        let mut characters: Vec<String> = text.chars().map(String::from).collect();
        characters[index] = with.to_owned();
        characters.concat()
    };
    let texts = (0..text.chars().count())
        .flat_map(|index| ["", "0", "1", "a", "A", "z", "="].map(|with| replaced(index, with)));
    texts.filter(|altered| altered != text).collect()
}

#[test]
fn a_link_that_is_changed_by_one_character_is_none() {
    let link = VECTORS.django_rest_registration.iter().find(|link| link.purpose == "register-email").expect("one");
    let email = link.email.as_deref().expect("it has an address");
    let read = |id: &str, email: &str, timestamp: &str, signature: &str| {
        let claim = django_rest_registration(false).read::<VerifyEmail>(id, Some(email), timestamp, signature);
        claim.map_or(Err(LinkError::Malformed), |claim| judged(&claim, "1"))
    };
    assert_eq!(read("1", email, &link.timestamp, &link.signature), Ok(()));
    let mut refused =
        altered("1").iter().map(|id| read(id, email, &link.timestamp, &link.signature)).collect::<Vec<_>>();
    refused.extend(altered(email).iter().map(|email| read("1", email, &link.timestamp, &link.signature)));
    refused.extend(altered(&link.timestamp).iter().map(|timestamp| read("1", email, timestamp, &link.signature)));
    refused.extend(altered(&link.signature).iter().map(|signature| read("1", email, &link.timestamp, signature)));

    let token = &VECTORS.tokens[0];
    let reset = |token: &str| {
        let claim = djoser(0).read::<ResetPassword>("MQ", token);
        claim.map_or(Err(LinkError::Malformed), |claim| judged(&claim, "1"))
    };
    assert_eq!(reset(&token.token), Ok(()));
    refused.extend(altered(&token.token).iter().map(|token| reset(token)));

    let key = &VECTORS.keys[0].confirmation;
    let confirm = |key: &str| allauth().read_key(key).map_or(Err(LinkError::Malformed), |claim| judged(&claim, "1"));
    assert_eq!(confirm(key), Ok(()));
    refused.extend(altered(key).iter().map(|key| confirm(key)));
    assert!(refused.len() > 800);
    assert!(refused.iter().all(|got| matches!(got, Err(LinkError::Forged | LinkError::Malformed))), "{refused:?}");
}

#[test]
fn no_old_spelling_is_one_of_ours() {
    for signed in &VECTORS.django_rest_registration {
        assert!(Claim::<VerifyRegistration>::parse(&signed.user_id, &signed.timestamp, &signed.signature).is_err());
    }
    for token in &VECTORS.tokens {
        assert!(Claim::<ResetPassword>::parse_uid_token(&token.uid, &token.token).is_err());
    }
    for key in &VECTORS.keys {
        assert!(ActivationClaim::parse_key(&key.confirmation).is_err());
    }
    let digits = "00112233445566778899aabbccddeeff";
    for seconds in [999_999_999_u64, 1_700_000_000, 9_999_999_999] {
        assert!(djoser(0).read::<ResetPassword>("MQ", &format!("{seconds}-{digits}")).is_none());
        let key = format!("MQ:{seconds}:ABEiM0RVZneImaq7zN3u_wARIjNEVWZ3iJmqu8zd7v8");
        assert!(allauth().read_key(&key).is_none());
    }
    let ours = digits.repeat(2);
    assert!(django_rest_registration(false).read::<VerifyRegistration>("1", None, "1", &ours).is_none());
}

#[test]
fn debug_shows_neither_secret_nor_signature() {
    let key = &VECTORS.keys[0].confirmation;
    let shown = format!("{:?} {:?}", allauth(), allauth().read_key(key));
    assert!(shown.contains("allauth") && shown.contains("verify-registration"));
    assert!(!shown.contains(key.as_str()) && !shown.contains(VECTORS.secrets.present.as_str()));
}

proptest::proptest! {
    /// Whatever is posted, reading it does not panic, and nothing that the old site has not signed is believed.
    #[test]
    fn no_text_is_believed(id in ".{0,70}", email in ".{0,20}", time in ".{0,12}", mac in "[-_A-Za-z0-9]{43}", token in ".*") {
        let told = |judged: Result<(), LinkError>| matches!(judged, Err(LinkError::Forged | LinkError::Malformed));
        let site = django_rest_registration(false);
        let claims = [
            site.read::<VerifyEmail>(&id, Some(&email), &time, &mac),
            site.read::<VerifyEmail>("1", Some("a@b.example"), "1700000000", &mac),
        ];
        assert!(claims.iter().flatten().all(|claim| told(judged(claim, "1"))));
        let digits = "0123456789abcdef0123456789abcdef";
        for token in [&token, &format!("{time}-{digits}"), &format!("bxodq8-{digits}")] {
            let of_djoser = djoser(0).read::<ResetPassword>(&id, token);
            let claims = [of_djoser, allauth().read_reset(&id, token), allauth().read_reset("14", token)];
            assert!(claims.iter().flatten().all(|claim| told(judged(claim, "1"))));
        }
        let keys = [allauth().read_key(&token), allauth().read_key(&format!("MQ:1r31eq:{mac}"))];
        assert!(keys.iter().flatten().all(|claim| told(judged(claim, "1"))));
    }
}
