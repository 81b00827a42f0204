//! Single tokens: how they are written, and where they are accepted.

use super::*;

fn single() -> NewSingleToken<'static> {
    let (expires_at, email) = (NOW.plus(Seconds::new(300)), "ann@mail.example");
    NewSingleToken { expires_at, user_id: "7", username: "ann", email, session_id: "s-1" }
}

fn judged(claims: &str) -> Result<TokenType, TokenFault> {
    let token = signed_with(SECRET, r#"{"alg":"HS256","typ":"JWT"}"#, claims);
    signer(|_| {}).accepting_single_tokens().verify_any(&token, NOW).map(|verified| verified.kind())
}

#[test]
fn a_single_token_is_written_as_drf_jwt_writes_it() {
    let token = signer(|_| {}).sign_single(single());
    let claims = r#"{"user_id":"7","username":"ann","exp":1700000300,"email":"ann@mail.example","sid":"s-1"}"#;
    assert_eq!(part(&token, 1), claims);
    let named = signer(|settings| {
        settings.issuer = Some("here".to_owned());
        settings.audience = Some("there".to_owned());
    });
    assert!(part(&named.sign_single(single()), 1).ends_with(r#""sid":"s-1","aud":"there","iss":"here"}"#));
}

#[test]
fn a_single_token_is_accepted_only_where_it_is_asked_for() {
    let accepting = || signer(|_| {}).accepting_single_tokens();
    let token = accepting().sign_single(single());
    assert_eq!(signer(|_| {}).verify_any(&token, NOW).err(), Some(TokenFault::Invalid));
    let verified = accepting().verify_any(&token, NOW).expect("it is good");
    assert_eq!((verified.kind(), verified.user_id(), verified.session_id()), (TokenType::Single, "7", "s-1"));
    assert_eq!(verified.id(), "");
    for kind in [TokenType::Access, TokenType::Refresh] {
        assert_eq!(accepting().verify(&token, kind, NOW).err(), Some(TokenFault::WrongType));
    }
    let later = NOW.plus(Seconds::new(300));
    assert_eq!(accepting().verify_any(&token, later).err(), Some(TokenFault::Expired));
    assert!(accepting().verify(&signer(|_| {}).sign(access()), TokenType::Access, NOW).is_ok());
}

#[test]
fn a_token_is_single_only_without_a_type_and_needs_the_other_claims() {
    let rest = r#""exp":1700000300,"user_id":"7","sid":"s-1""#;
    assert_eq!(judged(&format!("{{{rest}}}")), Ok(TokenType::Single));
    for claims in [
        format!(r#"{{"token_type":"single",{rest}}}"#),
        format!(r#"{{"token_type":"Single",{rest}}}"#),
        format!(r#"{{"token_type":null,{rest}}}"#),
        format!(r#"{{"token_type":"",{rest}}}"#),
        format!(r#"{{"token_type":"access",{rest}}}"#),
        format!(r#"{{"token_type":"refresh",{rest}}}"#),
        r#"{"exp":1700000300,"user_id":"7"}"#.to_owned(),
        r#"{"exp":1700000300,"user_id":"7","sid":""}"#.to_owned(),
        r#"{"exp":1700000300,"user_id":7,"sid":"s-1"}"#.to_owned(),
        r#"{"exp":1700000300,"sid":"s-1"}"#.to_owned(),
        r#"{"user_id":"7","sid":"s-1"}"#.to_owned(),
    ] {
        assert_eq!(judged(&claims), Err(TokenFault::Invalid), "{claims}");
    }
}
