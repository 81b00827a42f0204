//! Who is logged in by an access token: at every contract, and until its session ends.

use countersign::clock::Seconds;
use countersign::secret::Secret;
use countersign::settings::JwtAlgorithm;
use countersign::{Settings, UserId};
use serde_json::{Value, json};

use super::jwt::tampered;
use super::with_jwt;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::djoser::{Link, Pair, credentials, expect_nothing, paths};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

const OLD: &str = "a secret that will be replaced, 32 bytes";
const NEW: &str = "a secret that replaces it, and as long";

/// Asserts that an access token is refused with this message.
#[track_caller]
fn expect_refused(answer: &Answer, message: &str) {
    assert_eq!(answer.status, 401, "{answer:?}");
    let body = format!(
        r#"{{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{{"token_class":"AccessToken","token_type":"access","message":"{message}"}}]}}"#
    );
    assert_eq!(answer.body, body);
    assert_eq!(answer.header("www-authenticate"), Some("Token"));
}

async fn with_pair(app: &TestApp) -> Pair {
    app.djoser().registered("ann").await;
    app.djoser().pair("ann").await
}

/// Starts the application with a token of another one, which differs in its settings of tokens.
async fn with_foreign_token(change: impl Fn(&mut Settings)) -> (TestApp, String) {
    let app = TestApp::with(with_jwt).await;
    let other = app.sibling(|settings| {
        with_jwt(settings);
        change(settings);
    });
    let pair = with_pair(&other.await).await;
    (app, pair.access)
}

#[tokio::test]
async fn an_access_token_logs_in_after_each_of_the_words_as_they_are_written() {
    let app = TestApp::with(with_jwt).await;
    let Pair { access, .. } = with_pair(&app).await;
    for word in ["Bearer", "JWT"] {
        assert_eq!(app.djoser().me_with(&format!("{word} {access}")).await.expect(200)["username"], "ann");
    }
    let anonymous = "Authentication credentials were not provided.";
    for word in ["jwt", "Jwt", "Basic"] {
        app.djoser().me_with(&format!("{word} {access}")).await.expect_detail(401, anonymous);
    }
    for word in ["bearer", "Token"] {
        app.djoser().me_with(&format!("{word} {access}")).await.expect_detail(401, "Invalid token.");
    }
}

#[tokio::test]
async fn the_tokens_of_other_logins_go_on_after_token_and_bearer() {
    let app = TestApp::with(with_jwt).await;
    let (_, token) = app.djoser().somebody("ann").await;
    for word in ["Token", "Bearer", "bearer"] {
        app.djoser().me_with(&format!("{word} {token}")).await.expect(200);
    }
    for wrong in ["Bearer abc", "Bearer a.b", &format!("Token {}", "0".repeat(40))] {
        app.djoser().me_with(wrong).await.expect_detail(401, "Invalid token.");
    }
    app.djoser().me_with("Bearer").await.expect_detail(401, "Invalid token header. No credentials provided.");
}

#[tokio::test]
async fn each_reason_to_refuse_an_access_token_has_its_message() {
    let app = TestApp::with(with_jwt).await;
    let Pair { access, refresh } = with_pair(&app).await;
    for wrong in ["JWT abc", "Bearer a.b.c", &format!("JWT {}", tampered(&access)), "JWT \u{e4}"] {
        expect_refused(&app.djoser().me_with(wrong).await, "Token is invalid");
    }
    expect_refused(&app.djoser().me_with(&format!("JWT {refresh}")).await, "Token has wrong type");
    app.advance(299);
    assert!(app.djoser().admits(&access).await);
    app.advance(1);
    expect_refused(&app.djoser().me_with(&format!("JWT {access}")).await, "Token is expired");
    let header = json!({
        "detail": "Authorization header must contain two space-delimited values",
        "code": "bad_authorization_header",
    });
    for wrong in ["JWT", "JWT a b"] {
        assert_eq!(app.djoser().me_with(wrong).await.expect(401), header);
    }
}

#[tokio::test]
async fn a_token_of_another_key_algorithm_issuer_or_audience_is_invalid() {
    let changes: [fn(&mut Settings); 2] = [
        |settings| settings.jwt.secrets = vec![Secret::new("another secret of another service, 1")],
        |settings| settings.jwt.algorithm = JwtAlgorithm::Hs512,
    ];
    for change in changes {
        let (app, token) = with_foreign_token(change).await;
        expect_refused(&app.djoser().me_with(&format!("JWT {token}")).await, "Token is invalid");
    }
    let app = TestApp::with(|settings| {
        with_jwt(settings);
        settings.jwt.issuer = Some("here".to_owned());
        settings.jwt.audience = Some("there".to_owned());
    })
    .await;
    let ours = with_pair(&app).await;
    assert!(app.djoser().admits(&ours.access).await);
    let unnamed = app.sibling(with_jwt).await.djoser().pair("ann").await;
    expect_refused(&app.djoser().me_with(&format!("JWT {}", unnamed.access)).await, "Token is invalid");
}

#[tokio::test]
async fn a_token_without_a_signature_is_invalid() {
    let app = TestApp::with(with_jwt).await;
    let Pair { access, .. } = with_pair(&app).await;
    let claims = access.split('.').nth(1).expect("a token has three parts");
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    expect_refused(&app.djoser().me_with(&format!("JWT {unsigned}")).await, "Token is invalid");
    let signed = format!("{unsigned}{}", access.rsplit('.').next().expect("a token has three parts"));
    expect_refused(&app.djoser().me_with(&format!("JWT {signed}")).await, "Token is invalid");
}

#[tokio::test]
async fn a_secret_that_was_replaced_still_verifies_while_it_is_listed() {
    let app = TestApp::with(with_jwt).await;
    let pair = with_pair(&app).await;
    let new = Secret::new("a secret that replaces the first one");
    let listed = app.sibling(|settings| {
        with_jwt(settings);
        settings.jwt.secrets.insert(0, new.clone());
    });
    let listed = listed.await;
    assert!(listed.djoser().admits(&pair.access).await);
    let access = listed.djoser().refresh(&pair.refresh).await.expect(200)["access"].clone();
    let access = access.as_str().expect("a token");
    expect_refused(&app.djoser().me_with(&format!("JWT {access}")).await, "Token is invalid");
}

/// Replicas are restarted one after the other, so at each step tokens of the step before and after it are about.
#[tokio::test]
async fn a_rotation_of_secrets_refuses_no_token_at_any_of_its_steps() {
    let listing = |secrets: &'static [&str]| {
        move |settings: &mut Settings| {
            with_jwt(settings);
            settings.jwt.secrets = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        }
    };
    let app = TestApp::with(listing(&[OLD])).await;
    let first = with_pair(&app).await;
    let steps = [
        app.sibling(listing(&[OLD, NEW])).await,
        app.sibling(listing(&[NEW, OLD])).await,
        app.sibling(listing(&[NEW])).await,
    ];
    let replicas: Vec<&TestApp> = [&app].into_iter().chain(&steps).collect();
    // The last step is taken when no token of the old secret is valid any more.
    for (earlier, later) in [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2)] {
        let (signs, verifies) = (replicas[earlier], replicas[later]);
        let pair = signs.djoser().pair("ann").await;
        assert!(verifies.djoser().admits(&pair.access).await, "{earlier} signs, {later} verifies");
        verifies.djoser().refresh(&pair.refresh).await.expect(200);
    }
    for replica in &replicas[..3] {
        replica.djoser().refresh(&first.refresh).await.expect(200);
    }
    expect_refused(&replicas[3].djoser().me_with(&format!("JWT {}", first.access)).await, "Token is invalid");
}

#[tokio::test]
async fn leeway_lengthens_the_life_of_an_access_token() {
    let lenient = |settings: &mut Settings| {
        with_jwt(settings);
        settings.jwt.leeway = Seconds::new(30);
    };
    let app = TestApp::with(lenient).await;
    let Pair { access, .. } = with_pair(&app).await;
    app.advance(329);
    assert!(app.djoser().admits(&access).await);
    app.advance(1);
    expect_refused(&app.djoser().me_with(&format!("JWT {access}")).await, "Token is expired");
}

#[tokio::test]
async fn the_token_of_a_disabled_or_deleted_user_says_so() {
    let app = TestApp::with(with_jwt).await;
    let id = UserId::from_stored(app.djoser().registered("ann").await);
    let Pair { access, .. } = app.djoser().pair("ann").await;
    let administration = app.accounts().administration();
    let answered = async || app.djoser().me_with(&format!("JWT {access}")).await.expect(401);
    administration.disable_user(&id).await.expect("there is such a user");
    assert_eq!(answered().await, json!({ "detail": "User is inactive", "code": "user_inactive" }));
    administration.delete_user(&id).await.expect("there is such a user");
    assert_eq!(answered().await, json!({ "detail": "User not found", "code": "user_not_found" }));
}

#[tokio::test]
async fn a_logout_at_any_contract_ends_the_token_at_once() {
    let app = TestApp::with(with_jwt).await;
    app.djoser().registered("ann").await;
    for path in ["/auth/token/logout/", "/api/v1/accounts/logout/"] {
        let Pair { access, refresh } = app.djoser().pair("ann").await;
        let request = app.request("POST", path).header("authorization", format!("Bearer {access}"));
        assert!(app.send(request.json(&json!({}))).await.status < 300, "{path}");
        expect_refused(&app.djoser().me_with(&format!("JWT {access}")).await, "Token is invalid");
        super::jwt::expect_token_refused(&app.djoser().refresh(&refresh).await, "Token is blacklisted");
    }
}

#[tokio::test]
async fn a_session_is_listed_and_can_be_ended_by_another() {
    let app = TestApp::with(with_jwt).await;
    let (_, token) = app.djoser().somebody("ann").await;
    let Pair { access, .. } = app.djoser().pair("ann").await;
    let request = app.request("GET", "sessions/").header("authorization", format!("Bearer {access}"));
    let listed = app.send(request).await.expect(200);
    let own: Vec<&Value> = listed.as_array().expect("a list").iter().filter(|one| one["current"] == true).collect();
    assert_eq!((listed.as_array().map(Vec::len), own.len()), (Some(2), 1));
    let path = format!("sessions/{}/", own[0]["id"].as_str().expect("an id"));
    app.delete_by(&token, &path).await.expect(200);
    assert!(!app.djoser().admits(&access).await && app.djoser().is_alive(&token).await);
}

#[tokio::test]
async fn a_changed_password_ends_the_tokens_of_all_other_logins() {
    let app = TestApp::with(with_jwt).await;
    let (own, other) = (with_pair(&app).await, app.djoser().pair("ann").await);
    let body = json!({ "current_password": PASSWORD, "new_password": NEW_PASSWORD });
    expect_nothing(&app.djoser().send_with(&own.access, "POST", paths::SET_PASSWORD, &body).await);
    assert!(app.djoser().admits(&own.access).await && !app.djoser().admits(&other.access).await);
    app.djoser().refresh(&own.refresh).await.expect(200);
    app.djoser().refresh(&other.refresh).await.expect(401);
    app.djoser().post(paths::JWT_CREATE, &credentials("ann", PASSWORD)).await.expect(401);
}

#[tokio::test]
async fn a_reset_password_ends_all_tokens() {
    let app = TestApp::with(with_jwt).await;
    let pair = with_pair(&app).await;
    app.mails().await;
    let email = json!({ "email": "ann@mail.example" });
    expect_nothing(&app.djoser().post(paths::RESET_PASSWORD, &email).await);
    let claim = Link::of(&app.mail().await).with(json!({ "new_password": NEW_PASSWORD }));
    expect_nothing(&app.djoser().post(paths::RESET_PASSWORD_CONFIRM, &claim).await);
    assert!(!app.djoser().admits(&pair.access).await);
    app.djoser().refresh(&pair.refresh).await.expect(401);
}

#[tokio::test]
async fn the_id_in_a_token_is_no_token_of_a_session() {
    let app = TestApp::with(with_jwt).await;
    app.djoser().registered("ann").await;
    app.djoser().pair("ann").await;
    for length in [32, 40, 64] {
        let id = "0123456789abcdef".repeat(4)[..length].to_owned();
        app.djoser().me_with(&format!("Bearer {id}")).await.expect_detail(401, "Invalid token.");
    }
    // A session of tokens is not found by a digest, whatever is digested.
    app.execute("UPDATE sessions SET digest = '271a413bd339c5709fdceaec41f14f11e9fbfb5042d72d331c65f32b284cd09a'");
    app.djoser().me_with(&format!("Bearer {}", "ab".repeat(32))).await.expect_detail(401, "Invalid token.");
    app.execute("UPDATE sessions SET kind = 'token'");
    app.djoser().me_with(&format!("Bearer {}", "ab".repeat(32))).await.expect(200);
}
