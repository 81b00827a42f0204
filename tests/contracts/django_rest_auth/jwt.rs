//! The single JSON Web Token: logins, what it logs in to, and how it is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::clock::Seconds;

use super::*;
use crate::support::endpoints::serve_all;
use crate::support::{Answer, djoser};

const NEW_PASSWORD: &str = "Velvet-Comet-77";

/// Users are active at once, and get a JSON Web Token.
pub(super) fn in_bodies(settings: &mut Settings) {
    open(settings);
    settings.contracts.django_rest_auth.use_jwt = true;
    settings.contracts.django_rest_auth.session_login = false;
}

/// The token of a login or a registration.
pub(super) fn token_of(answer: &Answer) -> String {
    answer.json()["token"].as_str().unwrap_or_else(|| panic!("no token: {answer:?}")).to_owned()
}

/// The claims of a token.
fn claims_of(token: &str) -> Value {
    let claims = token.split('.').nth(1).expect("a token has three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("it is base64")).expect("it is JSON")
}

/// Reads the user with this header.
pub(super) async fn user_by(app: &TestApp, header: &str) -> Answer {
    let request = app.request("GET", &app.django_rest_auth().path(paths::USER));
    app.send(request.header("authorization", header)).await
}

/// Checks that an answer is drf-jwt's 401, with this sentence and no code.
#[track_caller]
fn expect_refused(answer: &Answer, sentence: &str) {
    answer.expect_detail(401, sentence);
    assert_eq!(answer.header("www-authenticate"), Some("JWT realm=\"api\""));
}

async fn change_password(app: &TestApp, token: &str) -> Answer {
    let body = json!({ "old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD });
    let request = app.request("POST", &app.django_rest_auth().path(paths::CHANGE_PASSWORD));
    app.send(request.header("authorization", format!("JWT {token}")).json(&body)).await
}

#[tokio::test]
async fn a_login_and_a_registration_answer_with_a_token_and_its_user() {
    let app = TestApp::with(in_bodies).await;
    let registered = app.django_rest_auth().register("ann").await;
    let logged_in = app.django_rest_auth().log_in("ann", PASSWORD).await;
    for (answer, status) in [(&registered, 201), (&logged_in, 200)] {
        let body = answer.expect(status);
        let members: Vec<&String> = body.as_object().expect("an object").keys().collect();
        assert_eq!(members, ["token", "user"]);
        assert_eq!(answer.header("set-cookie"), None);
        let claims = claims_of(&token_of(answer));
        let sid = claims["sid"].as_str().expect("it names its session");
        let expected = json!({
            "user_id": body["user"]["pk"],
            "username": "ann",
            "exp": 1_700_000_300,
            "email": "ann@mail.example",
            "sid": sid,
        });
        assert_eq!(claims, expected);
        for word in ["JWT", "jwt", "jWt", "Bearer"] {
            assert_eq!(user_by(&app, &format!("{word} {}", token_of(answer))).await.expect(200), body["user"]);
        }
    }
    assert_ne!(token_of(&registered), token_of(&logged_in));
    let refused = app.django_rest_auth().log_in("ann", "Wrong-Lantern-9").await;
    assert_eq!(refused.expect(400), json!({ "non_field_errors": ["Unable to log in with provided credentials."] }));
    for path in [paths::REFRESH, paths::VERIFY] {
        app.django_rest_auth().post(path, &json!({ "token": "abc" })).await.expect_detail(404, NOT_FOUND);
    }
}

#[tokio::test]
async fn a_registration_whose_address_must_be_proved_gets_no_token() {
    let app = TestApp::with(|settings| {
        mandatory(settings);
        settings.contracts.django_rest_auth.use_jwt = true;
    })
    .await;
    let answer = app.django_rest_auth().register("ann").await;
    assert_eq!((answer.status, answer.body.as_str()), (201, r#"{"detail":"Verification e-mail sent."}"#));
    assert_eq!(answer.header("set-cookie"), None);
    let refused = app.django_rest_auth().log_in("ann", PASSWORD).await;
    assert_eq!(refused.expect(400), json!({ "non_field_errors": ["E-mail is not verified."] }));
}

#[tokio::test]
async fn a_user_without_a_username_is_named_by_the_address() {
    let app = TestApp::with(|settings| {
        in_bodies(settings);
        settings.login.fields = vec![LoginField::Email];
        settings.users.username = countersign::settings::UsernamePolicy::None;
    })
    .await;
    let mut body = registration("ann", "ann@mail.example");
    body.as_object_mut().expect("an object").remove("username");
    let claims = claims_of(&token_of(&app.django_rest_auth().post(paths::REGISTRATION, &body).await));
    assert_eq!((&claims["username"], &claims["email"]), (&json!("ann@mail.example"), &json!("ann@mail.example")));
}

#[tokio::test]
async fn a_bad_header_has_the_sentences_of_drf_jwt() {
    let app = TestApp::with(in_bodies).await;
    let token = token_of(&app.django_rest_auth().register("ann").await);
    let foreign = TestApp::with(|settings| {
        in_bodies(settings);
        settings.jwt.secrets = vec![countersign::secret::Secret::new("another secret, of another server, of 32 bytes")];
    })
    .await;
    let of_another = token_of(&foreign.django_rest_auth().register("ann").await);
    let decoding = "Error decoding signature.";
    let spaces = "Invalid Authorization header. Credentials string should not contain spaces.";
    let nothing = "Authentication credentials were not provided.";
    for (header, sentence) in [
        ("JWT".to_owned(), "Invalid Authorization header. No credentials provided."),
        ("jwt ".to_owned(), "Invalid Authorization header. No credentials provided."),
        (format!("JWT {token} x"), spaces),
        ("JWT a b c".to_owned(), spaces),
        ("JWT abc".to_owned(), decoding),
        ("JWT a.b.c".to_owned(), decoding),
        (format!("JWT {of_another}"), decoding),
        (format!("jwt {token}x"), decoding),
        (format!("JWT {}", &token[1..]), decoding),
        (String::new(), nothing),
        ("Basic YTpi".to_owned(), nothing),
        (token.clone(), nothing),
    ] {
        expect_refused(&user_by(&app, &header).await, sentence);
    }
    // A client that can read codes asks for them.
    let request = app.request("GET", &app.django_rest_auth().path(paths::USER)).header("authorization", "JWT abc");
    let problem = app.send(request.header("accept", "application/problem+json")).await.expect(401);
    assert_eq!(problem["code"], "token_not_valid");
    assert_eq!(user_by(&app, &format!("JWT {token}")).await.status, 200);
}

#[tokio::test]
async fn a_token_ends_after_the_time_of_the_settings_and_never_outlives_a_session() {
    for (life, of_sessions, ends_after) in [(300, 86_400, 300), (7_200, 86_400, 7_200), (7_200, 3_600, 3_600)] {
        let app = TestApp::with(|settings| {
            in_bodies(settings);
            settings.contracts.django_rest_auth.jwt_expires_after = Seconds::new(life);
            settings.sessions.expires_after = Seconds::new(of_sessions);
            settings.sessions.idle_after = Seconds::new(of_sessions);
        })
        .await;
        let header = format!("JWT {}", token_of(&app.django_rest_auth().register("ann").await));
        app.advance(ends_after - 1);
        assert_eq!(user_by(&app, &header).await.status, 200);
        app.advance(1);
        expect_refused(&user_by(&app, &header).await, "Signature has expired.");
        app.django_rest_auth().log_in("ann", PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn a_logout_a_new_password_and_an_operator_end_a_login_at_once() {
    let app = TestApp::with(in_bodies).await;
    let id = app.django_rest_auth().register("ann").await.expect(201)["user"]["pk"].clone();
    let id = UserId::from_stored(id.as_str().expect("an id"));
    let log_in = async |password: &str| token_of(&app.django_rest_auth().log_in("ann", password).await);
    let (first, second) = (log_in(PASSWORD).await, log_in(PASSWORD).await);
    let by = |token: &str| format!("JWT {token}");

    let log_out = async || {
        let request = app.request("POST", &app.django_rest_auth().path(paths::LOGOUT));
        app.send(request.header("authorization", by(&first))).await
    };
    log_out().await.expect_detail(200, "Successfully logged out.");
    expect_refused(&user_by(&app, &by(&first)).await, "Invalid signature.");
    expect_refused(&log_out().await, "Invalid signature.");
    assert_eq!(user_by(&app, &by(&second)).await.status, 200, "another login goes on");

    let third = log_in(PASSWORD).await;
    change_password(&app, &third).await.expect_detail(200, "New password has been saved.");
    expect_refused(&user_by(&app, &by(&second)).await, "Invalid signature.");
    assert_eq!(user_by(&app, &by(&third)).await.status, 200);

    let administration = app.accounts().administration();
    administration.disable_user(&id).await.expect("there is such a user");
    expect_refused(&user_by(&app, &by(&third)).await, "User account is disabled.");
    administration.enable_user(&id).await.expect("there is such a user");
    let fourth = log_in(NEW_PASSWORD).await;
    administration.delete_user(&id).await.expect("there is such a user");
    expect_refused(&user_by(&app, &by(&fourth)).await, "Invalid signature.");
}

#[tokio::test]
async fn a_user_who_takes_another_name_stays_logged_in() {
    let app = TestApp::with(in_bodies).await;
    let header = format!("JWT {}", token_of(&app.django_rest_auth().register("ann").await));
    let request = app.request("PUT", &app.django_rest_auth().path(paths::USER)).header("authorization", &header);
    app.send(request.json(&json!({ "username": "anna" }))).await.expect(200);
    assert_eq!(user_by(&app, &header).await.expect(200)["username"], "anna");
}

#[tokio::test]
async fn a_token_of_this_contract_logs_in_at_every_other_and_the_other_way_round() {
    let app = TestApp::with_all_contracts(|settings| {
        settings.registration.verification = false;
        settings.contracts.django_rest_auth.use_jwt = true;
        settings.contracts.django_rest_auth.session_login = false;
    })
    .await;
    let single = token_of(&app.django_rest_auth().register("ann").await);
    let other = app.log_in("ann", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    let pair = app.djoser().pair("ann").await;
    for path in ["/auth/users/me/", "/api/v1/accounts/profile/", "/dj-rest-auth/user/", "/rest-auth/user/"] {
        for header in [format!("JWT {single}"), format!("JWT {}", pair.access), format!("Token {other}")] {
            app.send(app.request("GET", path).header("authorization", &header)).await.expect(200);
        }
        let refresh = app.request("GET", path).header("authorization", format!("JWT {}", pair.refresh));
        app.send(refresh).await.expect(401);
    }
    let verify = async |token: &str| app.djoser().post(djoser::paths::JWT_VERIFY, &json!({ "token": token })).await;
    verify(&single).await.expect(200);
    // Each contract refuses in its own words.
    let refused = async |path: &str| app.send(app.request("GET", path).header("authorization", "JWT abc")).await;
    let of_djoser = refused("/auth/users/me/").await.expect(401);
    assert_eq!(of_djoser["code"], "token_not_valid");
    refused("/rest-auth/user/").await.expect_detail(401, "Error decoding signature.");

    let log_out = app.request("POST", "/rest-auth/logout/").header("authorization", format!("JWT {single}"));
    app.send(log_out).await.expect(200);
    verify(&single).await.expect(401);
    // It is no refresh token.
    app.djoser().refresh(&single).await.expect(401);
}

#[tokio::test]
async fn a_single_token_is_refused_where_no_contract_gives_any() {
    let app = TestApp::with_all_contracts(|settings| {
        settings.registration.verification = false;
        settings.contracts.django_rest_auth.use_jwt = true;
    })
    .await;
    let token = token_of(&app.django_rest_auth().register("ann").await);
    // A replica with the same database and secret, which gives pairs alone.
    let pairs = app.sibling(serve_all).await;
    let request = pairs.request("GET", "/auth/users/me/").header("authorization", format!("JWT {token}"));
    assert_eq!(pairs.send(request).await.expect(401)["code"], "token_not_valid");
    pairs.djoser().post(djoser::paths::JWT_VERIFY, &json!({ "token": token })).await.expect(401);
}
