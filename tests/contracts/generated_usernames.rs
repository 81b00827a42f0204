//! Usernames that the site makes of the addresses of users who choose none.

use std::collections::BTreeSet;

use countersign::Settings;
use countersign::settings::{LoginField, UsernamePolicy};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::paths::REGISTER;
use crate::support::dj_rest_auth::{key, paths};
use crate::support::djoser;
use crate::support::test_app::PASSWORD;

const TAKEN: &str = "A user with that username already exists.";

fn generated(settings: &mut Settings) {
    settings.users.username = UsernamePolicy::Generated;
    settings.login.fields = vec![LoginField::Username, LoginField::Email];
}

/// Users are active at once, and a taken address is told.
fn open(settings: &mut Settings) {
    generated(settings);
    settings.registration.verification = false;
}

/// Registers a user with an address at the contract of dj-rest-auth. Returns `user/`.
async fn somebody(app: &TestApp, email: &str) -> Value {
    let body = json!({ "email": email, "password1": PASSWORD, "password2": PASSWORD });
    let token = key(&app.dj_rest_auth().post(paths::REGISTRATION, &body).await.expect(201));
    app.dj_rest_auth().get_by(&token, paths::USER).await.expect(200)
}

/// Returns the digits that a generated name has after `name`.
fn digits<'a>(username: &'a Value, name: &str) -> &'a str {
    let digits = username.as_str().and_then(|username| username.strip_prefix(name)).expect("the name");
    assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{username}");
    digits
}

#[tokio::test]
async fn a_name_is_made_of_the_address_and_works_like_a_typed_one() {
    let app = TestApp::with_all_contracts(open).await;
    assert_eq!(somebody(&app, "Ann.Lee+news@mail.example").await["username"], "ann.lee");
    let second = somebody(&app, "ann.lee@other.example").await;
    assert_eq!(digits(&second["username"], "ann.lee").len(), 4);
    let token = key(&app.dj_rest_auth().log_in("ANN.LEE", PASSWORD).await.expect(200));
    let changed = app.dj_rest_auth().send_by(&token, "PATCH", paths::USER, &json!({ "username": "Ann" })).await;
    assert_eq!(changed.expect(200)["username"], "Ann");
    app.log_in("ann", PASSWORD).await.expect(200);
    app.dj_rest_auth().log_in("ann.lee", PASSWORD).await.expect(400);
    let replaced = app.dj_rest_auth().send_by(&token, "PUT", paths::USER, &json!({})).await;
    assert_eq!(replaced.expect(400)["username"], json!(["This field is required."]));
}

#[tokio::test]
async fn a_typed_name_is_used_at_every_contract_and_a_blank_one_is_none() {
    let app = TestApp::with_all_contracts(open).await;
    for (name, expected) in [("eve", "eve"), ("", "cyd")] {
        let email = format!("{}@one.example", if name.is_empty() { "cyd" } else { name });
        let body = json!({ "username": name, "email": email, "password1": PASSWORD, "password2": PASSWORD });
        app.dj_rest_auth().post(paths::REGISTRATION, &body).await.expect(201);
        assert!(app.users().await.iter().any(|user| user.username.as_deref() == Some(expected)));
    }
    let taken = json!({ "username": "EVE", "email": "f@mail.example", "password1": PASSWORD, "password2": PASSWORD });
    assert_eq!(app.dj_rest_auth().post(paths::REGISTRATION, &taken).await.expect(400), json!({ "username": [TAKEN] }));
    let bad = json!({ "username": "a b", "email": "f@mail.example", "password1": PASSWORD, "password2": PASSWORD });
    assert!(app.dj_rest_auth().post(paths::REGISTRATION, &bad).await.expect(400)["username"].is_array());
}

#[tokio::test]
async fn no_contract_asks_for_a_username_and_each_asks_for_an_address() {
    let app = TestApp::with_all_contracts(open).await;
    let accounts = |email: &str| json!({ "email": email, "password": PASSWORD, "password_confirm": PASSWORD });
    let registered = app.post_json(REGISTER, &accounts("a@mail.example")).await.expect(201);
    assert_eq!(registered["username"], "a");
    let registered = app.djoser().post(djoser::paths::USERS, &accounts("d@mail.example")).await.expect(201);
    assert_eq!(registered["username"], "d");
    let tutorial = |email: &str| json!({ "email": email, "password": PASSWORD, "password2": PASSWORD });
    let registered = app.tutorial().register(&tutorial("t@mail.example")).await.expect(201);
    assert_eq!(registered, json!({ "username": "t", "email": "t@mail.example" }));
    app.tutorial().log_in(&json!({ "username": "t", "password": PASSWORD })).await.expect(200);

    let required = json!({ "email": ["This field is required."] });
    let named = json!({ "username": "bob", "password": PASSWORD, "password_confirm": PASSWORD });
    assert_eq!(app.post_json(REGISTER, &named).await.expect(400), required);
    assert_eq!(app.djoser().post(djoser::paths::USERS, &named).await.expect(400), required);
    let named = json!({ "username": "bob", "password1": PASSWORD, "password2": PASSWORD });
    assert_eq!(app.dj_rest_auth().post(paths::REGISTRATION, &named).await.expect(400), required);
    let blank = app.tutorial().register(&tutorial("")).await;
    assert_eq!(blank.expect(400), json!({ "email": ["This field may not be blank."] }));
}

#[tokio::test]
async fn djosers_users_log_in_by_address_unless_usernames_are_login_names() {
    let app = TestApp::with_all_contracts(|settings| {
        open(settings);
        settings.login.fields = vec![LoginField::Email];
        settings.contracts.tutorial.enabled = false;
    })
    .await;
    let body = json!({ "email": "ann@mail.example", "password": PASSWORD });
    let record = app.djoser().post(djoser::paths::USERS, &body).await.expect(201);
    assert_eq!(record["username"], "ann");
    let token = app.djoser().post(djoser::paths::LOGIN, &body).await.expect(200)["auth_token"].clone();
    let token = token.as_str().expect("a token");
    let change = json!({ "new_email": "bea@mail.example", "current_password": PASSWORD });
    assert_eq!(app.djoser().post_by(token, djoser::paths::SET_EMAIL, &change).await.status, 204);
    app.djoser().post_by(token, djoser::paths::SET_USERNAME, &change).await.expect(405);
}

#[tokio::test]
async fn many_at_once_get_a_name_each() {
    let app = TestApp::with_all_contracts(open).await;
    let users = join_all((0..24).map(|number| {
        let app = &app;
        async move { somebody(app, &format!("info@host{number}.example")).await["username"].clone() }
    }))
    .await;
    let names: BTreeSet<_> = users.iter().map(|name| name.as_str().expect("a name")).collect();
    assert_eq!((names.len(), names.contains("info")), (24, true), "{names:?}");
}

#[tokio::test]
async fn a_name_tells_nothing_of_a_concealed_address() {
    let app = TestApp::with_all_contracts(generated).await;
    let register = async |email: &str| {
        let body = json!({ "email": email, "password": PASSWORD, "password_confirm": PASSWORD });
        app.post_json(REGISTER, &body).await.expect(201)["username"].clone()
    };
    let first = register("ann@mail.example").await;
    assert_eq!(digits(&first, "ann").len(), 4, "also where nobody has the plain name");
    app.verify(&app.link().await).await.expect(200);
    let (known, unknown) = (register("ann@mail.example").await, register("bea@mail.example").await);
    assert_eq!(digits(&known, "ann").len(), digits(&unknown, "bea").len());
    let body = json!({ "email": "ann@mail.example", "password1": PASSWORD, "password2": PASSWORD });
    let again = app.dj_rest_auth().post(paths::REGISTRATION, &body).await;
    assert_eq!(again.body, r#"{"detail":"Verification e-mail sent."}"#);
}

#[tokio::test]
async fn addresses_that_make_no_name_get_another() {
    let app = TestApp::with_all_contracts(open).await;
    for (email, expected) in [
        ("!#$@mail.example", "user"),
        ("_@a.example", "user"),
        ("o'neil@mail.example", "oneil"),
        ("42@b.example", "42"),
    ] {
        let username = somebody(&app, email).await["username"].clone();
        assert!(username.as_str().is_some_and(|name| name.starts_with(expected)), "{email}: {username}");
    }
}
