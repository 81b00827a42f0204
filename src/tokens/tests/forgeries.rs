//! What attackers write into headers and claims, and other spellings of one token.
//!
//! Most of these tokens are signed with the right secret, so that nothing but the check under test can refuse them.

use serde_json::{Value, json};

use super::*;

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
const CLAIMS: &str =
    r#""exp":1700000300,"iat":1700000000,"jti":"0123456789abcdef0123456789abcdef","user_id":"7","sid":"s-1""#;

/// Returns the claims of an access token, and these members after them.
fn claims(more: &str) -> String {
    format!(r#"{{"token_type":"access",{CLAIMS}{more}}}"#)
}

#[track_caller]
fn judged(header: &str, claims: &str) -> Option<TokenFault> {
    fault(&signer(|_| {}), &signed_with(SECRET, header, claims))
}

#[test]
fn the_helpers_of_these_tests_sign_tokens_that_are_accepted() {
    assert_eq!(judged(HEADER, &claims("")), None);
    assert_eq!(judged(HEADER, &claims(r#","name":"Ann","deep":[[[{}]]]"#)), None);
}

#[test]
fn no_spelling_of_none_is_an_algorithm() {
    let signed = signed_with(SECRET, HEADER, &claims(""));
    let (_, claims_and_signature) = signed.split_once('.').expect("a token has three parts");
    let (claims, _) = claims_and_signature.split_once('.').expect("a token has three parts");
    for algorithm in ["none", "None", "NONE", "nOnE", "none ", "", "hs256", "Hs256", "HS256 ", "HS384", "RS256"] {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": algorithm, "typ": "JWT" }).to_string());
        for token in
            [format!("{header}.{claims}"), format!("{header}.{claims}."), format!("{header}.{claims_and_signature}")]
        {
            assert_eq!(fault(&signer(|_| {}), &token), Some(TokenFault::Invalid), "{algorithm:?}: {token}");
        }
        let signed = signed_with(SECRET, &json!({ "alg": algorithm, "typ": "JWT" }).to_string(), &self::claims(""));
        assert_eq!(fault(&signer(|_| {}), &signed), Some(TokenFault::Invalid), "{algorithm:?}, signed");
    }
    for algorithm in [json!(null), json!(1), json!(["HS256"]), json!({ "HS256": 1 })] {
        assert_eq!(judged(&json!({ "alg": algorithm }).to_string(), &self::claims("")), Some(TokenFault::Invalid));
    }
}

/// A service that understands none of them must refuse the token (RFC 7515, 4.1.11).
#[test]
fn a_token_with_critical_header_members_is_invalid() {
    for more in [
        r#""crit":["exp"],"exp":1"#,
        r#""crit":["kid"],"kid":"1""#,
        r#""crit":["https://mallory.example/x"],"https://mallory.example/x":true"#,
        r#""crit":[]"#,
        r#""crit":"exp""#,
        r#""crit":["b64"],"b64":false"#,
        r#""b64":false"#,
        r#""crit":["b64","exp"],"b64":true,"exp":1"#,
    ] {
        let header = format!(r#"{{"alg":"HS256",{more}}}"#);
        assert_eq!(judged(&header, &claims("")), Some(TokenFault::Invalid), "{header}");
    }
}

#[test]
fn a_key_or_an_address_of_keys_in_the_header_is_not_used() {
    let theirs = URL_SAFE_NO_PAD.encode(OTHER);
    for more in [
        format!(r#""jwk":{{"kty":"oct","k":"{theirs}","alg":"HS256"}}"#),
        r#""jku":"https://mallory.example/jwks.json""#.to_owned(),
        r#""x5u":"https://mallory.example/chain.pem""#.to_owned(),
        format!(r#""x5c":["{theirs}"],"x5t":"{theirs}""#),
        r#""kid":"../../../../dev/null""#.to_owned(),
        r#""kid":"' UNION SELECT 'secret""#.to_owned(),
    ] {
        let header = format!(r#"{{"alg":"HS256","typ":"JWT",{more}}}"#);
        for secret in [OTHER, " ", "\0"] {
            let token = signed_with(secret, &header, &claims(""));
            assert_eq!(fault(&signer(|_| {}), &token), Some(TokenFault::Invalid), "{header}");
        }
    }
}

#[test]
fn a_member_that_is_written_twice_is_invalid() {
    for more in [
        r#","token_type":"access""#,
        r#","token_type":"refresh""#,
        r#","exp":9999999999"#,
        r#","user_id":"8""#,
        r#","sid":"s-2""#,
        r#","jti":"0123456789abcdef0123456789abcdef""#,
        r#","\u0075ser_id":"8""#,
        r#","nbf":1,"nbf":1"#,
    ] {
        assert_eq!(judged(HEADER, &claims(more)), Some(TokenFault::Invalid), "{more}");
    }
    for header in [r#"{"alg":"HS256","alg":"HS256"}"#, r#"{"alg":"HS256","\u0061lg":"none"}"#] {
        assert_eq!(judged(header, &claims("")), Some(TokenFault::Invalid), "{header}");
    }
    let named = signer(|settings| {
        settings.issuer = Some("here".to_owned());
        settings.audience = Some("there".to_owned());
    });
    let right = r#","iss":"here","aud":"there""#;
    assert_eq!(fault(&named, &signed_with(SECRET, HEADER, &claims(right))), None);
    for more in [r#","iss":"here""#, r#","aud":"there""#, r#","iss":"elsewhere""#] {
        let token = signed_with(SECRET, HEADER, &claims(&format!("{right}{more}")));
        assert_eq!(fault(&named, &token), Some(TokenFault::Invalid), "{more}");
    }
}

#[test]
fn claims_of_another_shape_are_invalid() {
    for (name, values) in [
        ("token_type", [json!("Access"), json!("sliding"), json!(null), json!(["access"])]),
        ("exp", [json!("1700000300"), json!(1_700_000_300.5), json!(null), json!([1_700_000_300])]),
        ("user_id", [json!(7), json!(null), json!(["7"]), json!("")]),
        ("sid", [json!(1), json!(null), json!({}), json!("")]),
        ("jti", [json!(1), json!(null), json!(true), json!("")]),
        ("nbf", [json!("0"), json!("soon"), json!([0]), json!(1e300)]),
    ] {
        for value in values {
            let mut written: Value = serde_json::from_str(&claims("")).expect("JSON");
            written[name] = value.clone();
            assert_eq!(judged(HEADER, &written.to_string()), Some(TokenFault::Invalid), "{name}: {value}");
        }
        let mut written: Value = serde_json::from_str(&claims("")).expect("JSON");
        written.as_object_mut().expect("an object").remove(name);
        assert_eq!(judged(HEADER, &written.to_string()).is_none(), name == "nbf", "without {name}");
    }
    for text in ["", "null", "[]", "{}", "7", "\"text\"", "{\"token_type\":\"access\"", &claims("").replace('}', "},")]
    {
        assert_eq!(judged(HEADER, text), Some(TokenFault::Invalid), "{text}");
    }
}

#[test]
fn a_token_is_not_valid_before_its_time_but_for_the_leeway() {
    for (leeway, nbf, expected) in [
        (0, 1_700_000_000, None),
        (0, 1_700_000_001, Some(TokenFault::Invalid)),
        (30, 1_700_000_030, None),
        (30, 1_700_000_031, Some(TokenFault::Invalid)),
        (60, i64::MAX, Some(TokenFault::Invalid)),
        (60, i64::MIN, None),
    ] {
        let signer = signer(|settings| settings.leeway = Seconds::new(leeway));
        let token = signed_with(SECRET, HEADER, &claims(&format!(r#","nbf":{nbf}"#)));
        assert_eq!(fault(&signer, &token), expected, "leeway {leeway}, nbf {nbf}");
    }
}

/// Replicas whose clocks differ sign tokens for each other.
#[test]
fn a_token_that_was_signed_a_little_ahead_of_our_clock_is_valid() {
    let ahead = NewToken { issued_at: NOW.plus(Seconds::new(5)), ..access() };
    let signer = signer(|_| {});
    assert_eq!(fault(&signer, &signer.sign(ahead)), None);
}

#[test]
fn the_ends_of_time_are_times() {
    for (exp, expected) in [
        (i64::MAX, None),
        (i64::MIN, Some(TokenFault::Expired)),
        (0, Some(TokenFault::Expired)),
        (-1, Some(TokenFault::Expired)),
    ] {
        for leeway in [0, 60] {
            let signer = signer(|settings| settings.leeway = Seconds::new(leeway));
            let expires_at = Timestamp::from_unix_seconds(exp);
            let judged = fault(&signer, &signer.sign(NewToken { expires_at, ..access() }));
            // A negative end is no date for the crate, and so no valid claim.
            let is_no_date = exp < 0 && judged == Some(TokenFault::Invalid);
            assert!(judged == expected || is_no_date, "{exp}: {judged:?}");
        }
    }
}

/// One token must have one spelling: lists of refused tokens would be passed by with another one.
#[test]
fn another_spelling_of_the_same_bytes_is_invalid() {
    for signer in [signer(|_| {}), signer(|settings| settings.algorithm = JwtAlgorithm::Hs512)] {
        let token = signer.sign(access());
        assert_eq!(fault(&signer, &token), None);
        let parts: Vec<&str> = token.split('.').collect();
        for (at, part) in parts.iter().enumerate() {
            let mut spellings = vec![format!("{part}="), format!("{part}=="), format!("{part}\n"), format!(" {part}")];
            // Other bits after the last byte, which a lenient reader throws away.
            if part.len() % 4 != 0 {
                let (start, last) = part.split_at(part.len() - 1);
                let letters = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']);
                spellings
                    .extend(letters.filter(|letter| !last.starts_with(*letter)).map(|other| format!("{start}{other}")));
            }
            for spelling in spellings {
                let mut other = parts.clone();
                other[at] = &spelling;
                assert_eq!(fault(&signer, &other.join(".")), Some(TokenFault::Invalid), "part {at}: {spelling}");
            }
        }
        let standard = token.replace('-', "+").replace('_', "/");
        assert!(standard == token || fault(&signer, &standard) == Some(TokenFault::Invalid));
    }
}

#[test]
fn a_huge_token_is_judged_like_any_other() {
    let filler = "a".repeat(100_000);
    assert_eq!(judged(HEADER, &claims(&format!(r#","name":"{filler}""#))), None);
    // A claim that is not read is passed over, however deep it is.
    let deep = format!(r#","name":{}{}"#, "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(judged(HEADER, &claims(&deep)), None);
    let header = format!(r#"{{"alg":"HS256","x":{}{}}}"#, "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(judged(&header, &claims("")), Some(TokenFault::Invalid));
    for text in [filler.clone(), ".".repeat(100_000), format!("{filler}.{filler}.{filler}"), "a.".repeat(50_000)] {
        assert_eq!(fault(&signer(|_| {}), &text), Some(TokenFault::Invalid));
    }
}
