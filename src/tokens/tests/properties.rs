//! Tokens of any shape: reading one never panics, and only the secret makes one valid.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

/// Signers of each kind, with leeway and without.
static SIGNERS: LazyLock<Vec<TokenSigner>> = LazyLock::new(|| {
    let keyed = |settings: &mut JwtSettings| {
        settings.algorithm = JwtAlgorithm::EdDsa;
        settings.secrets = Vec::new();
        settings.private_keys = vec![PrivateKey::from_random(&[1; 32]), PrivateKey::from_random(&[2; 32])];
    };
    vec![
        signer(|_| {}),
        signer(|settings| {
            settings.secrets.push(Secret::new(OTHER));
            settings.leeway = Seconds::new(60);
            settings.issuer = Some("here".to_owned());
            settings.audience = Some("there".to_owned());
        }),
        signer(keyed),
    ]
});

proptest! {
    #[test]
    fn no_text_is_a_token(text in any::<String>(), at in any::<i64>()) {
        for signer in SIGNERS.iter() {
            prop_assert!(signer.verify_any(&text, Timestamp::from_unix_seconds(at)).is_err());
        }
    }

    #[test]
    fn no_parts_are_a_token_unless_they_are_signed(
        header in proptest::collection::vec(any::<u8>(), 0..80),
        claims in proptest::collection::vec(any::<u8>(), 0..80),
        signature in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        let [header, claims, signature] = [header, claims, signature].map(|part| URL_SAFE_NO_PAD.encode(part));
        for signer in SIGNERS.iter() {
            let own = signer.sign(access());
            let (own_header, _) = own.split_once('.').expect("a token has three parts");
            for header in [header.as_str(), own_header] {
                let token = format!("{header}.{claims}.{signature}");
                prop_assert_eq!(signer.verify_any(&token, NOW).err(), Some(TokenFault::Invalid));
            }
        }
    }

    /// Another service that knows the secret may sign anything.
    #[test]
    fn signed_claims_of_any_shape_are_judged_without_a_panic(
        header in "\\{\"alg\":\"HS256\"(,\"(crit|kid|jwk|typ|b64)\":(\"x\"|\\[\\]|\\{\\}|1|null))?\\}",
        claims in "\\{\"token_type\":\"access\"(,\"(exp|nbf|sid|jti|user_id|iss|aud)\":(\"x\"|-?[0-9]{1,20}|1e400|\\[\\]|null)){0,6}\\}",
        at in any::<i64>(),
    ) {
        let token = signed_with(SECRET, &header, &claims);
        for signer in SIGNERS.iter() {
            let _ = signer.verify_any(&token, Timestamp::from_unix_seconds(at));
        }
    }

    #[test]
    fn what_is_signed_is_judged_by_its_time_alone(
        exp in 0..i64::MAX,
        now in any::<i64>(),
        leeway in 0..=60_u64,
        user_id in "[^\0]{1,40}",
        session_id in "[^\0]{1,40}",
    ) {
        let signer = signer(|settings| settings.leeway = Seconds::new(leeway));
        let expires_at = Timestamp::from_unix_seconds(exp);
        let token = signer.sign(NewToken { expires_at, user_id: &user_id, session_id: &session_id, ..access() });
        match signer.verify_any(&token, Timestamp::from_unix_seconds(now)) {
            Ok(verified) => {
                prop_assert!(now < exp.saturating_add_unsigned(leeway));
                prop_assert_eq!((verified.user_id(), verified.session_id()), (&*user_id, &*session_id));
            }
            Err(refused) => {
                prop_assert_eq!(refused, TokenFault::Expired);
                prop_assert!(now >= exp.saturating_add_unsigned(leeway));
            }
        }
    }
}
