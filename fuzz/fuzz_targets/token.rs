//! JSON Web Tokens of any shape: verifying one never panics, nothing unsigned is believed, and everything that we sign
//! is judged by its time and type alone.

#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::Settings;
use countersign::clock::{Seconds, Timestamp};
use countersign::secret::Secret;
use countersign::settings::{JwtAlgorithm, JwtSettings};
use countersign::tokens::{NewToken, PrivateKey, PublicKey, TokenFault, TokenSigner, TokenType};
use hmac::{Hmac, KeyInit as _, Mac as _};
use libfuzzer_sys::{arbitrary, arbitrary::Arbitrary, fuzz_target};
use sha2::Sha256;

const SECRET: &str = "a secret for fuzzing, long enough";
const LEEWAY: Seconds = Seconds::new(7);

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    text: &'a str,
    header: &'a [u8],
    claims: &'a [u8],
    signature: &'a [u8],
    id: &'a str,
    user_id: &'a str,
    session_id: &'a str,
    expires_at: i64,
    now: i64,
}

fn signer(change: impl FnOnce(&mut JwtSettings)) -> TokenSigner {
    let mut settings = JwtSettings { leeway: LEEWAY, ..Settings::defaults().jwt };
    change(&mut settings);
    TokenSigner::new(&settings).expect("the secrets are long enough")
}

static BY_SECRET: LazyLock<TokenSigner> = LazyLock::new(|| signer(|jwt| jwt.secrets = vec![Secret::new(SECRET)]));

static BY_KEY: LazyLock<TokenSigner> = LazyLock::new(|| {
    signer(|jwt| {
        jwt.algorithm = JwtAlgorithm::EdDsa;
        jwt.private_keys = vec![PrivateKey::from_random(&[1; 32]), PrivateKey::from_random(&[2; 32])];
    })
});

static NAMED: LazyLock<TokenSigner> = LazyLock::new(|| {
    signer(|jwt| {
        jwt.secrets = vec![Secret::new(SECRET)];
        jwt.issuer = Some("here".to_owned());
        jwt.audience = Some("there".to_owned());
    })
});

fn mac(message: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("HMAC takes any key");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().into()
}

fuzz_target!(|input: Input<'_>| {
    let Input { text, header, claims, signature, id, user_id, session_id, expires_at, now } = input;
    let now = Timestamp::from_unix_seconds(now);
    let signers: [&TokenSigner; 3] = [&BY_SECRET, &BY_KEY, &NAMED];
    let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);

    // The token is any text, or three parts with a signature that this program did not make.
    let _ = (PrivateKey::parse(text), PublicKey::parse(text));
    let is_forged = signature != mac(&format!("{}.{}", encode(header), encode(claims)));
    for signer in signers {
        assert_eq!(signer.verify_any(text, now).err(), Some(TokenFault::Invalid));
        let forged = [encode(header), encode(claims), encode(signature)].join(".");
        assert!(!is_forged || signer.verify_any(&forged, now).err() == Some(TokenFault::Invalid));
    }

    // What another service signs that knows the secret: with its own header, and with ours.
    let ours = encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    for header in [encode(header), ours] {
        let message = format!("{header}.{}", encode(claims));
        let token = format!("{message}.{}", encode(&mac(&message)));
        assert_eq!(BY_KEY.verify_any(&token, now).err(), Some(TokenFault::Invalid));
        for signer in [&BY_SECRET, &NAMED] {
            if let Ok(verified) = signer.verify_any(&token, now) {
                assert!(![verified.id(), verified.user_id(), verified.session_id()].contains(&""));
            }
        }
    }

    // What we sign.
    let expires_at = Timestamp::from_unix_seconds(expires_at);
    let are_ids = [id, user_id, session_id].iter().all(|id| !id.is_empty() && !id.contains('\0'));
    for kind in [TokenType::Access, TokenType::Refresh] {
        let other = if kind == TokenType::Access { TokenType::Refresh } else { TokenType::Access };
        for signer in signers {
            let token = signer.sign(NewToken { kind, issued_at: now, expires_at, id, user_id, session_id });
            let expected = match (are_ids, now < expires_at.plus(LEEWAY)) {
                // A negative number is no date for the crate that reads it.
                _ if expires_at.unix_seconds() < 0 => Err(TokenFault::Invalid),
                (false, _) => Err(TokenFault::Invalid),
                (true, false) => Err(TokenFault::Expired),
                (true, true) => Ok(()),
            };
            assert_eq!(signer.verify(&token, kind, now).map(drop), expected);
            assert_eq!(signer.verify(&token, other, now).err(), expected.err().or(Some(TokenFault::WrongType)));
            if let Ok(verified) = signer.verify_any(&token, now) {
                assert_eq!((verified.id(), verified.user_id(), verified.session_id()), (id, user_id, session_id));
            }
        }
    }
});
