//! Tokens as others write and read them, and each reason to refuse one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

mod forgeries;
mod key_pairs;
mod properties;
mod single;

use super::*;
use crate::clock::{Seconds, Timestamp};
use crate::secret::Secret;
use crate::settings::{JwtAlgorithm, JwtSettings, Settings};

const SECRET: &str = "the secret of these tests alone, 01";
const OTHER: &str = "another secret of these tests, 0002";
const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);
const ID: &str = "0123456789abcdef0123456789abcdef";

fn settings() -> JwtSettings {
    JwtSettings { secrets: vec![Secret::new(SECRET)], ..Settings::defaults().jwt }
}

fn signer(change: impl FnOnce(&mut JwtSettings)) -> TokenSigner {
    let mut settings = settings();
    change(&mut settings);
    TokenSigner::new(&settings).expect("the secrets are long enough")
}

fn access() -> NewToken<'static> {
    let expires_at = NOW.plus(Seconds::new(300));
    NewToken { kind: TokenType::Access, issued_at: NOW, expires_at, id: ID, user_id: "7", session_id: "s-1" }
}

fn part(token: &str, index: usize) -> String {
    let part = token.split('.').nth(index).expect("a token has three parts");
    String::from_utf8(URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON is UTF-8")
}

/// Signs a header and claims as another service can that knows the secret.
fn signed_with(secret: &str, header: &str, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes()).expect("it is not empty");
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, jsonwebtoken::Algorithm::HS256);
    format!("{message}.{}", signature.expect("HMAC signs with any key"))
}

/// Returns the token with another header and the signature that it had.
fn with_header(token: &str, header: &str) -> String {
    let (_, rest) = token.split_once('.').expect("a token has three parts");
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
}

fn fault(signer: &TokenSigner, token: &str) -> Option<TokenFault> {
    signer.verify(token, TokenType::Access, NOW).err()
}

#[test]
fn a_token_is_written_as_simplejwt_writes_it() {
    let token = signer(|_| {}).sign(access());
    assert_eq!(part(&token, 0), r#"{"alg":"HS256","typ":"JWT"}"#);
    assert_eq!(
        part(&token, 1),
        r#"{"token_type":"access","exp":1700000300,"iat":1700000000,"jti":"0123456789abcdef0123456789abcdef","user_id":"7","sid":"s-1"}"#
    );
    let named = signer(|settings| {
        settings.issuer = Some("here".to_owned());
        settings.audience = Some("there".to_owned());
    });
    assert!(part(&named.sign(access()), 1).ends_with(r#""sid":"s-1","iss":"here","aud":"there"}"#));
}

/// Made with Python's `hmac` and `hashlib` from the texts of the test above.
#[test]
fn the_signature_is_that_of_other_libraries() {
    let token = signer(|_| {}).sign(access());
    let (_, signature) = token.rsplit_once('.').expect("a token has three parts");
    assert_eq!(signature, "EVM4UxqMYyTvFkTyr5Y_avu864xagwXMFlcRjmGfbTM");
}

#[test]
fn a_token_comes_back_with_what_it_says() {
    for algorithm in [JwtAlgorithm::Hs256, JwtAlgorithm::Hs384, JwtAlgorithm::Hs512] {
        let signer = signer(|settings| settings.algorithm = algorithm);
        for kind in [TokenType::Access, TokenType::Refresh] {
            let token = signer.sign(NewToken { kind, ..access() });
            let verified = signer.verify(&token, kind, NOW).expect("it was signed here");
            assert_eq!((verified.kind(), verified.id()), (kind, ID));
            assert_eq!((verified.user_id(), verified.session_id()), ("7", "s-1"));
        }
    }
}

#[test]
fn a_token_without_a_signature_or_of_another_algorithm_is_invalid() {
    let signer = signer(|_| {});
    let token = signer.sign(access());
    let (unsigned, _) = token.rsplit_once('.').expect("a token has three parts");
    for header in [r#"{"alg":"none","typ":"JWT"}"#, r#"{"alg":"None"}"#, r#"{"alg":"HS512","typ":"JWT"}"#, "{}", "[]"] {
        assert_eq!(fault(&signer, &with_header(&token, header)), Some(TokenFault::Invalid), "{header}");
        let bare = with_header(&format!("{unsigned}."), header);
        assert_eq!(fault(&signer, &bare), Some(TokenFault::Invalid), "{header}");
    }
    assert_eq!(fault(&signer, &format!("{unsigned}.")), Some(TokenFault::Invalid));
    let longer = self::signer(|settings| settings.algorithm = JwtAlgorithm::Hs512).sign(access());
    assert_eq!(fault(&signer, &longer), Some(TokenFault::Invalid));
}

#[test]
fn a_token_of_another_secret_is_invalid_until_that_secret_is_listed() {
    let theirs = signer(|settings| settings.secrets = vec![Secret::new(OTHER)]).sign(access());
    assert_eq!(fault(&signer(|_| {}), &theirs), Some(TokenFault::Invalid));
    let both = signer(|settings| settings.secrets.push(Secret::new(OTHER)));
    assert_eq!(fault(&both, &theirs), None);
    assert_eq!(both.sign(access()), signer(|_| {}).sign(access()), "the first secret signs");
}

#[test]
fn a_token_that_was_changed_anywhere_is_invalid() {
    let signer = signer(|_| {});
    let token = signer.sign(access());
    for position in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("it is ASCII");
        // The last letter of the signature has four bits that mean something.
        if position + 1 < token.len() {
            assert_eq!(fault(&signer, &changed), Some(TokenFault::Invalid), "{position}");
        }
    }
    for text in ["", ".", "..", "...", "a.b.c", "ä.ö.ü", &token[1..], &format!("{token}."), &format!("{token} ")] {
        assert_eq!(fault(&signer, text), Some(TokenFault::Invalid), "{text}");
    }
}

#[test]
fn a_token_ends_at_its_second_and_with_leeway_after_it() {
    for (leeway, ends_after) in [(0, 300), (1, 301), (60, 360)] {
        let signer = signer(|settings| settings.leeway = Seconds::new(leeway));
        let token = signer.sign(access());
        let at = |seconds| signer.verify(&token, TokenType::Access, NOW.plus(Seconds::new(seconds))).err();
        assert_eq!(at(ends_after - 1), None);
        assert_eq!(at(ends_after), Some(TokenFault::Expired));
        assert_eq!(at(ends_after + 1_000_000), Some(TokenFault::Expired));
    }
}

#[test]
fn a_token_of_the_other_type_is_refused_once_it_is_known_to_be_ours() {
    let signer = signer(|_| {});
    let refresh = signer.sign(NewToken { kind: TokenType::Refresh, ..access() });
    assert_eq!(fault(&signer, &refresh), Some(TokenFault::WrongType));
    let back = signer.verify(&signer.sign(access()), TokenType::Refresh, NOW).err();
    assert_eq!(back, Some(TokenFault::WrongType));
    assert!(signer.verify_any(&refresh, NOW).is_ok());
    let late = signer.verify(&refresh, TokenType::Access, NOW.plus(Seconds::new(300))).err();
    assert_eq!(late, Some(TokenFault::Expired));
}

#[test]
fn issuer_and_audience_are_checked_where_they_are_set() {
    let named = |issuer: Option<&str>, audience: Option<&str>| {
        signer(|settings| {
            settings.issuer = issuer.map(str::to_owned);
            settings.audience = audience.map(str::to_owned);
        })
    };
    let (bare, ours) = (named(None, None), named(Some("here"), Some("there")));
    assert_eq!(fault(&ours, &ours.sign(access())), None);
    assert_eq!(fault(&bare, &ours.sign(access())), None);
    for other in [&bare, &named(Some("elsewhere"), Some("there")), &named(Some("here"), None)] {
        assert_eq!(fault(&ours, &other.sign(access())), Some(TokenFault::Invalid));
    }
}

/// Another service that holds the secret may sign what it likes.
#[test]
fn a_token_with_ids_that_cannot_be_ids_is_invalid() {
    let signer = signer(|_| {});
    for id in ["", "\0", "7\0", "a\0b"] {
        for token in
            [NewToken { id, ..access() }, NewToken { user_id: id, ..access() }, NewToken { session_id: id, ..access() }]
        {
            assert_eq!(fault(&signer, &signer.sign(token)), Some(TokenFault::Invalid), "{id:?}");
        }
    }
}

#[test]
fn a_short_secret_or_none_is_refused() {
    let error = |secrets: Vec<Secret>| TokenSigner::new(&JwtSettings { secrets, ..settings() }).err();
    assert_eq!(error(Vec::new()), Some(TokenSecretError::NoneGiven));
    let short = error(vec![Secret::new(SECRET), Secret::new("x".repeat(31))]);
    assert_eq!(short, Some(TokenSecretError::TooShort { position: 2, length_bytes: 31 }));
}

#[test]
fn debug_shows_no_secret_and_no_id() {
    let signer = signer(|_| {});
    let verified = signer.verify_any(&signer.sign(access()), NOW).expect("it was signed here");
    let shown = format!("{signer:?} {verified:?}");
    assert!(!shown.contains(SECRET) && !shown.contains(ID) && !shown.contains("s-1"), "{shown}");
}
