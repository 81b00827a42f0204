//! Tokens that were altered, or that another service signed that knows the secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::Settings;
use countersign::clock::Seconds;
use serde_json::{Value, json};

use super::{HS256, Presented, app_with_pair, claims_of, expect_alive, expect_refused_everywhere, expect_sentence};
use super::{me, message, signed_with, with_jwt};
use crate::support::accounts::{COOKIE, paths};
use crate::support::test_app::{BEGINNING, JWT_SECRET, PASSWORD};

const INVALID: &str = "Token is invalid";

/// Signs with the right secret.
fn signed(header: &str, claims: &str) -> String {
    signed_with(JWT_SECRET.as_bytes(), header, claims)
}

/// Returns the claims with this member changed.
fn with(claims: &Value, name: &str, value: Value) -> String {
    let mut claims = claims.clone();
    claims[name] = value;
    claims.to_string()
}

#[tokio::test]
async fn a_token_that_names_no_algorithm_is_refused_everywhere() {
    let (app, pair) = app_with_pair(|_| {}).await;
    for token in [&pair.access, &pair.refresh] {
        let claims = claims_of(token).to_string();
        for algorithm in ["none", "None", "nOnE", "NONE"] {
            let unsigned = message(&json!({ "alg": algorithm, "typ": "JWT" }).to_string(), &claims);
            let signature = token.rsplit('.').next().expect("a token has three parts");
            for forged in [format!("{unsigned}."), format!("{unsigned}.{signature}")] {
                expect_refused_everywhere(&app, &forged, INVALID).await;
            }
        }
    }
    expect_alive(&app, &pair).await;
}

#[tokio::test]
async fn a_token_that_brings_its_key_along_is_refused_everywhere() {
    let (app, pair) = app_with_pair(|_| {}).await;
    let own = b"the secret of an attacker, 32 bytes at least";
    let key = URL_SAFE_NO_PAD.encode(own);
    for header in [
        json!({ "alg": "HS256", "jwk": { "kty": "oct", "k": key, "alg": "HS256" } }),
        json!({ "alg": "HS256", "jku": "http://127.0.0.1:9/jwks.json" }),
        json!({ "alg": "HS256", "x5u": "http://127.0.0.1:9/chain.pem" }),
        json!({ "alg": "HS256", "kid": "../../dev/null" }),
    ] {
        let forged = signed_with(own, &header.to_string(), &claims_of(&pair.access).to_string());
        expect_refused_everywhere(&app, &forged, INVALID).await;
    }
    let critical = signed(r#"{"alg":"HS256","crit":["exp"],"exp":1}"#, &claims_of(&pair.access).to_string());
    expect_refused_everywhere(&app, &critical, INVALID).await;
    expect_alive(&app, &pair).await;
}

#[tokio::test]
async fn claims_that_are_written_twice_are_refused_everywhere() {
    let (app, pair) = app_with_pair(|_| {}).await;
    let claims = claims_of(&pair.access).to_string();
    for more in [r#""user_id":"1""#, r#""token_type":"refresh""#, r#""exp":9999999999"#, r#""sid":"1""#] {
        let doubled = claims.replacen('{', &format!("{{{more},"), 1);
        expect_refused_everywhere(&app, &signed(HS256, &doubled), INVALID).await;
    }
    expect_alive(&app, &pair).await;
}

#[tokio::test]
async fn another_spelling_of_a_token_is_refused_everywhere() {
    let (app, pair) = app_with_pair(|_| {}).await;
    // 32 bytes have 43 letters, of which the last carries two bits that mean nothing.
    let (start, last) = pair.access.split_at(pair.access.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let value = alphabet.find(last).expect("a letter of Base64");
    let same_bytes = format!("{start}{}", alphabet.as_bytes()[value ^ 1] as char);
    for spelling in
        [format!("{}=", pair.access), same_bytes, format!("{}.", pair.access), pair.access.replace('.', "..")]
    {
        // With other than three parts it is no access token after `Bearer`, where other tokens may stand.
        let presented = Presented { app: &app, token: &spelling };
        expect_sentence(&presented.for_refresh().await, INVALID);
        expect_sentence(&presented.for_verification().await, INVALID);
        for answer in presented.for_access().await {
            assert_eq!(answer.status, 401, "{answer:?}");
        }
    }
    expect_alive(&app, &pair).await;
}

#[tokio::test]
async fn a_token_of_100_kilobytes_is_refused_and_the_server_goes_on() {
    let (app, pair) = app_with_pair(|_| {}).await;
    let long = with(&claims_of(&pair.access), "name", json!("a".repeat(75_000)));
    for token in
        [signed_with(b"another secret", HS256, &long), "a".repeat(100_000), format!("a.{}.b", "a".repeat(100_000))]
    {
        assert!(token.len() >= 100_000);
        for path in [paths::REFRESH_TOKEN, "/auth/jwt/refresh/", "/auth/jwt/blacklist/", paths::LOGOUT] {
            app.post_json(path, &json!({ "refresh": token })).await.expect(413);
        }
        for path in [paths::VERIFY_TOKEN, "/auth/jwt/verify/"] {
            app.post_json(path, &json!({ "token": token })).await.expect(413);
        }
        let answer = app.djoser().me_with(&format!("JWT {token}")).await;
        assert!(matches!(answer.status, 401 | 431), "{answer:?}");
    }
    expect_alive(&app, &pair).await;
}

#[tokio::test]
async fn a_token_ends_at_its_second_everywhere_and_with_leeway_after_it() {
    for leeway in [0_i64, 30] {
        let set = |settings: &mut Settings| settings.jwt.leeway = Seconds::new(leeway.cast_unsigned());
        let (app, pair) = app_with_pair(set).await;
        let ended_before = |token: &str, seconds: i64| {
            signed(HS256, &with(&claims_of(token), "exp", json!(BEGINNING.unix_seconds() - seconds)))
        };
        for token in [&pair.access, &pair.refresh] {
            for seconds in [leeway, leeway + 1] {
                expect_refused_everywhere(&app, &ended_before(token, seconds), "Token is expired").await;
            }
        }
        assert!(app.djoser().admits(&ended_before(&pair.access, leeway - 1)).await);
        expect_alive(&app, &pair).await;
    }
}

#[tokio::test]
async fn a_token_is_refused_everywhere_before_its_time() {
    let (app, pair) = app_with_pair(|settings| settings.jwt.leeway = Seconds::new(5)).await;
    let valid_in = |token: &str, seconds: i64| {
        signed(HS256, &with(&claims_of(token), "nbf", json!(BEGINNING.unix_seconds() + seconds)))
    };
    for token in [&pair.access, &pair.refresh] {
        expect_refused_everywhere(&app, &valid_in(token, 6), INVALID).await;
    }
    assert!(app.djoser().admits(&valid_in(&pair.access, 5)).await);
    expect_alive(&app, &pair).await;
}

#[tokio::test]
async fn a_token_of_one_type_is_not_taken_for_the_other() {
    let (app, pair) = app_with_pair(|_| {}).await;
    let wrong = "Token has wrong type";
    expect_sentence(&Presented { app: &app, token: &pair.refresh }.for_access().await, wrong);
    expect_sentence(&Presented { app: &app, token: &pair.access }.for_refresh().await, wrong);
    for kind in [json!("sliding"), json!("Access"), json!(null), json!(["access", "refresh"])] {
        let other = signed(HS256, &with(&claims_of(&pair.access), "token_type", kind));
        expect_refused_everywhere(&app, &other, INVALID).await;
    }
    expect_alive(&app, &pair).await;
}

/// simplejwt with the same secret signs such tokens: no session is theirs.
#[tokio::test]
async fn a_token_of_another_service_is_refused_unless_its_session_is_its_users() {
    let (app, pair) = app_with_pair(|_| {}).await;
    app.registered("bea").await;
    let theirs = app.djoser().pair("bea").await;
    let bea = claims_of(&theirs.access)["user_id"].clone();
    for token in [&pair.access, &pair.refresh] {
        let claims = claims_of(token);
        let mut without_session = claims.clone();
        without_session.as_object_mut().expect("an object").remove("sid");
        expect_refused_everywhere(&app, &signed(HS256, &without_session.to_string()), INVALID).await;
        let anothers = Presented { app: &app, token: &signed(HS256, &with(&claims, "user_id", bea.clone())) };
        expect_sentence(&anothers.for_verification().await, INVALID);
        let of_its_type =
            if token == &pair.access { anothers.for_access().await } else { anothers.for_refresh().await };
        expect_sentence(&of_its_type, INVALID);
        let unknown = Presented { app: &app, token: &signed(HS256, &with(&claims, "sid", json!("unknown"))) };
        for answer in [unknown.for_access().await, unknown.for_refresh().await].concat() {
            assert!(matches!(answer.status, 400 | 401), "{answer:?}");
        }
    }
    // A refresh token with an id of its own is not the current one. It ends nothing, as none was replaced.
    let other = signed(HS256, &with(&claims_of(&pair.refresh), "jti", json!("0".repeat(32))));
    app.advance(11);
    for answer in (Presented { app: &app, token: &other }).for_refresh().await {
        assert!(matches!(answer.status, 400 | 401), "{answer:?}");
    }
    expect_alive(&app, &pair).await;
    expect_alive(&app, &theirs).await;
}

#[tokio::test]
async fn an_access_token_beside_a_live_cookie_is_judged_alone() {
    let (app, pair) = app_with_pair(|_| {}).await;
    let by_cookie = app.sibling(|settings| {
        with_jwt(settings);
        settings.contracts.accounts.login = Vec::new();
    });
    let answer = by_cookie.await.log_in("ann", PASSWORD).await.expect(200);
    let token = answer["token"].as_str().expect("a token");
    let cookie = format!("{COOKIE}={token}");
    let request = app.request("GET", &me()).header("cookie", &cookie);
    assert_eq!(app.send(request).await.status, 200);
    let altered = signed_with(b"another secret", HS256, &claims_of(&pair.access).to_string());
    let request = app.request("GET", &me()).header("cookie", &cookie).header("authorization", format!("JWT {altered}"));
    expect_sentence(&[app.send(request).await], INVALID);
}
