//! The contract of dj-rest-auth: logins, the user, passwords, registration and links, with
//! tokens and with JSON Web Tokens.

mod jwt;
mod jwt_cookies;
mod jwt_logout;
mod logins;
mod mailed_paths;
mod passwords;
mod registration;

use countersign::settings::{LoginField, UserField, UsernamePolicy};
use countersign::{Settings, UserId};
use serde_json::{Value, json};

use crate::support::accounts::{COOKIE, cookie, cookie_attributes};
use crate::support::dj_rest_auth::{credentials, key, parameters, paths, registration};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp, accounts};

const NEW_PASSWORD: &str = "Velvet-Comet-77";
const NOT_FOUND: &str = "Not found.";

/// The contract alone, where an address must be proved before the first login.
fn mandatory(settings: &mut Settings) {
    settings.contracts.dj_rest_auth.enabled = true;
    settings.contracts.accounts.enabled = false;
    settings.login.fields = vec![LoginField::Username, LoginField::Email];
}

/// Users are active at once.
fn open(settings: &mut Settings) {
    mandatory(settings);
    settings.registration.verification = false;
}

/// Users are active at once, and get JSON Web Tokens in bodies.
fn in_bodies(settings: &mut Settings) {
    open(settings);
    settings.contracts.dj_rest_auth.use_jwt = true;
    settings.contracts.dj_rest_auth.session_login = false;
    settings.contracts.dj_rest_auth.jwt_cookies.is_http_only = false;
}

/// Users are active at once, and get JSON Web Tokens in cookies. Refresh tokens are used once.
fn in_cookies(settings: &mut Settings) {
    in_bodies(settings);
    let cookies = &mut settings.contracts.dj_rest_auth.jwt_cookies;
    cookies.is_http_only = true;
    cookies.access_name = Some("access-token".to_owned());
    cookies.refresh_name = Some("refresh-token".to_owned());
    settings.jwt.rotate_refresh_tokens = true;
}

/// The value of a JSON text, which is one.
fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_else(|| panic!("no {name}: {body}"))
}

/// The cookies that an answer sets, as a browser sends them.
fn jar(answer: &Answer) -> String {
    let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    let pairs: Vec<&str> = set.map(|(_, value)| value.split(';').next().expect("a pair")).collect();
    pairs.join("; ")
}

/// Posts a body with these cookies, or with none, as a program does that is no browser.
async fn post_with(app: &TestApp, path: &str, cookies: &str, body: &Value) -> Answer {
    let path = app.dj_rest_auth().path(path);
    app.send(app.request("POST", &path).header("cookie", cookies).json(body)).await
}

/// Reads the user with these cookies.
async fn user_with(app: &TestApp, cookies: &str) -> Answer {
    app.send(app.request("GET", &app.dj_rest_auth().path(paths::USER)).header("cookie", cookies)).await
}

/// Reads the user with an access token.
async fn user_by(app: &TestApp, access: &str) -> Answer {
    let request = app.request("GET", &app.dj_rest_auth().path(paths::USER));
    app.send(request.header("authorization", format!("Bearer {access}"))).await
}

/// Checks that an answer is 401 with the code that clients of JSON Web Tokens read.
fn expect_token_refused(answer: &Answer, sentence: &str) {
    assert_eq!(answer.expect(401), json!({ "detail": sentence, "code": "token_not_valid" }));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"api\""));
}

fn errors(answer: &Answer, field: &str) -> Value {
    answer.expect(400)[field].clone()
}

#[tokio::test]
async fn users_change_what_they_see_but_id_and_address() {
    let app = TestApp::with(open).await;
    let token = app.dj_rest_auth().somebody("ann").await;
    app.dj_rest_auth().somebody("bea").await;
    let send = async |method: &str, body: Value| app.dj_rest_auth().send_by(&token, method, paths::USER, &body).await;
    let before = app.dj_rest_auth().get_by(&token, paths::USER).await.expect(200);
    let changed = send("PUT", json!({ "username": "ann", "first_name": "Ann", "pk": "1", "email": "x@y.zz" })).await;
    let expected = json!({ "pk": before["pk"], "username": "ann", "email": "ann@mail.example", "first_name": "Ann", "last_name": "" });
    assert_eq!(changed.expect(200), expected);
    assert_eq!(errors(&send("PUT", json!({})).await, "username"), json!(["This field is required."]));
    assert_eq!(send("PATCH", json!({})).await.expect(200), expected);
    for (body, field, sentence) in [
        (json!({ "username": "BEA" }), "username", "A user with that username already exists."),
        (json!({ "username": "" }), "username", "This field may not be blank."),
        (json!({ "first_name": "x".repeat(151) }), "first_name", "Ensure this field has no more than 150 characters."),
        (json!({ "last_name": null }), "last_name", "This field may not be null."),
    ] {
        assert_eq!(errors(&send("PATCH", body.clone()).await, field), json!([sentence]), "{body}");
    }
    assert_eq!(send("PATCH", json!({ "username": "Ann2" })).await.expect(200)["username"], "Ann2");

    let few = TestApp::with(|settings| {
        open(settings);
        settings.contracts.dj_rest_auth.user_fields = vec![UserField::Id, UserField::Email];
    })
    .await;
    let token = few.dj_rest_auth().somebody("ann").await;
    let body = json!({ "username": "eve", "first_name": "Eve" });
    let user = few.dj_rest_auth().send_by(&token, "PUT", paths::USER, &body).await.expect(200);
    assert_eq!(user.as_object().map(serde_json::Map::len), Some(2), "{user}");
    let stored = few.user(user["pk"].as_str().expect("an id")).await;
    assert_eq!((stored.username.as_deref(), stored.first_name.as_str()), (Some("ann"), ""));
}

#[tokio::test]
async fn an_account_of_this_contract_is_one_of_every_other_and_links_keep_to_their_spelling() {
    let app = TestApp::with_all_contracts(|_| {}).await;
    app.dj_rest_auth().register("ann").await.expect(201);
    let [key] = parameters(&app.mail().await);
    app.djoser().post("users/activation/", &json!({ "uid": key, "token": key })).await.expect(400);
    app.dj_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await.expect(200);
    let token = app.log_in("ann", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    assert!(app.dj_rest_auth().is_alive(&token).await);
    let own = app.dj_rest_auth().post(paths::LOGIN, &credentials("ann", PASSWORD)).await.expect(200);
    let profile =
        app.send(app.request_by(own["key"].as_str().expect("a token"), "GET", accounts::paths::PROFILE)).await;
    assert_eq!(profile.expect(200)["username"], "ann");
    // A link that another contract mailed is none of this one's.
    app.register("bea", json!({})).await.expect(201);
    let link = app.link().await;
    let key = format!("{}:{}:{}", link.user_id, link.timestamp, link.signature);
    app.dj_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await.expect_detail(404, NOT_FOUND);
}
