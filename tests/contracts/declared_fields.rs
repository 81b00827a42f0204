//! The fields that an operator declares, at every contract that takes or shows users.

mod access;
mod faults;
mod forms;
mod names;
mod round_trips;
mod storage;

use countersign::Settings;
use countersign::profile_fields::{Declaration, Editable, FieldType, Visibility};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::accounts;
use crate::support::declared::{declare, of_every_type, with_members};
use crate::support::endpoints::Contract;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp, dj_rest_auth, djoser, profiles, tutorial};

/// All contracts, and users who are active at once.
fn with_fields(declarations: Vec<Declaration>) -> impl FnOnce(&mut Settings) {
    |settings| {
        settings.registration.verification = false;
        settings.login.require_verified = false;
        settings.users.email_unique = false;
        declare(settings, declarations);
    }
}

async fn app_with(declarations: Vec<Declaration>) -> TestApp {
    TestApp::with_all_contracts(with_fields(declarations)).await
}

/// Where a contract registers users, and what a user sends.
fn registration(contract: Contract, name: &str) -> (&'static str, Value) {
    let email = format!("{name}@mail.example");
    match contract {
        Contract::Accounts => (accounts::paths::REGISTER, TestApp::registration_of(name)),
        Contract::Djoser => (djoser::paths::USERS, djoser::registration(name, &email)),
        Contract::DjRestAuth | Contract::DjangoRestAuth => {
            (dj_rest_auth::paths::REGISTRATION, dj_rest_auth::registration(name, &email))
        }
        Contract::Tutorial => (tutorial::paths::REGISTER, tutorial::registration(name, &email)),
        Contract::Profiles => unreachable!("it registers nobody"),
    }
}

async fn register(app: &TestApp, contract: Contract, name: &str, members: &Value) -> Answer {
    let (path, body) = registration(contract, name);
    app.post_json(&app.path_of(contract, path), &with_members(body, members)).await
}

/// Registers a user at the first contract. Returns the token.
async fn logged_in(app: &TestApp, name: &str, members: &Value) -> String {
    register(app, Contract::Accounts, name, members).await.expect(201);
    app.log_in(name, PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned()
}

/// Each path at which users see and change their own fields.
fn records(app: &TestApp) -> [String; 4] {
    [
        app.path_of(Contract::Accounts, accounts::paths::PROFILE),
        app.path_of(Contract::Djoser, djoser::paths::ME),
        app.path_of(Contract::DjRestAuth, dj_rest_auth::paths::USER),
        app.path_of(Contract::DjangoRestAuth, dj_rest_auth::paths::USER),
    ]
}

/// The same for the only user there is, with the contract of profiles.
async fn all_records(app: &TestApp) -> Vec<String> {
    let id = app.users().await[0].id.clone();
    let profile = app.path_of(Contract::Profiles, &profiles::paths::profile(id.as_str()));
    records(app).into_iter().chain([profile]).collect()
}

async fn patch(app: &TestApp, token: &str, path: &str, body: &Value) -> Answer {
    app.send(app.request_by(token, "PATCH", path).json(body)).await
}

/// The members of an object that are named in another one.
fn among(all: &Value, names: &Value) -> Value {
    let names = names.as_object().expect("an object").keys();
    names.map(|name| (name.clone(), all[name].clone())).collect::<serde_json::Map<_, _>>().into()
}

const BY_TOKEN: fn(&TestApp, &str, &str, &str) -> RequestBuilder =
    |app, token, method, path| app.request_by(token, method, path);

#[tokio::test]
async fn what_a_registration_accepts_every_contract_shows() {
    let app = app_with(of_every_type()).await;
    let sent = json!({
        "bio": " Ein Öl ", "age": 31, "newsletter": true, "born_on": "1990-2-9", "role": "Lehrkraft für Öl",
    });
    let shown = json!({
        "bio": "Ein Öl", "age": 31, "newsletter": true, "born_on": "1990-02-09", "role": "Lehrkraft für Öl",
    });
    for (contract, name) in Contract::THAT_SHOW_NEW_USERS.into_iter().zip(["ann", "bob", "eve"]) {
        let answer = register(&app, contract, name, &sent).await;
        assert_eq!(among(&answer.expect(201), &shown), shown, "{contract:?}");
        let token = app.log_in(name, PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
        for path in records(&app) {
            assert_eq!(among(&app.get_by(&token, &path).await.expect(200), &shown), shown, "{path}");
        }
    }
}

#[tokio::test]
async fn declared_fields_follow_the_built_in_ones_in_the_order_of_their_declaration() {
    let app = app_with(of_every_type()).await;
    let token = logged_in(&app, "ann", &json!({})).await;
    let declared = r#","bio":"","age":null,"newsletter":false,"born_on":null,"role":null}"#;
    for path in records(&app) {
        let body = app.get_by(&token, &path).await.body;
        assert!(body.starts_with(r#"{""#) && body.ends_with(declared), "{body}");
    }
    let (path, body) = registration(Contract::Tutorial, "bob");
    let answer = app.post_json(&app.path_of(Contract::Tutorial, path), &body).await;
    assert_eq!(answer.body, format!(r#"{{"username":"bob","email":"bob@mail.example"{declared}"#));
}

#[tokio::test]
async fn users_change_their_fields_at_every_contract_and_nothing_else_changes() {
    let app = app_with(of_every_type()).await;
    let token = logged_in(&app, "ann", &json!({ "bio": "before", "age": 7, "newsletter": true })).await;
    for path in records(&app) {
        let changed = patch(&app, &token, &path, &json!({ "role": "student", "bio": path.len().to_string() })).await;
        let expected = json!({ "bio": path.len().to_string(), "age": 7, "newsletter": true, "role": "student" });
        assert_eq!(among(&changed.expect(200), &expected), expected);
        let cleared = patch(&app, &token, &path, &json!({ "role": null, "bio": "" })).await.expect(200);
        assert_eq!((&cleared["role"], &cleared["bio"], &cleared["age"]), (&Value::Null, &json!(""), &json!(7)));
    }
}

#[tokio::test]
async fn twenty_fields_are_taken_and_shown_at_once() {
    let field =
        |number: usize| Declaration::new(format!("field_{number}"), of_every_type()[number % 5].field_type.clone());
    let app = app_with((0..20).map(field).collect()).await;
    let value = |number: usize| {
        [json!("text"), json!(5), json!(true), json!("2000-01-01"), json!("student")][number % 5].clone()
    };
    let all: Value =
        (0..20).map(|number| (format!("field_{number}"), value(number))).collect::<serde_json::Map<_, _>>().into();
    let token = logged_in(&app, "ann", &all).await;
    for path in records(&app) {
        assert_eq!(among(&app.get_by(&token, &path).await.expect(200), &all), all);
        assert_eq!(among(&patch(&app, &token, &path, &all).await.expect(200), &all), all);
    }
    let wrong: Value =
        (0..20).map(|number| (format!("field_{number}"), json!([]))).collect::<serde_json::Map<_, _>>().into();
    for path in records(&app) {
        let refused = patch(&app, &token, &path, &wrong).await.expect(400);
        assert_eq!(refused.as_object().map(serde_json::Map::len), Some(20), "{refused}");
    }
}

#[tokio::test]
async fn options_describe_declared_fields() {
    let mut declarations = of_every_type();
    declarations[4].required = true;
    declarations[4].editable = Editable::AtRegistration;
    declarations[0].visibility = Visibility::LoggedIn;
    let app = app_with(declarations).await;
    let token = logged_in(&app, "ann", &json!({ "role": "student" })).await;
    let options = async |path: &str| app.send(BY_TOKEN(&app, &token, "OPTIONS", path)).await.expect(200);
    let common =
        |kind: &str, label: &str| json!({ "type": kind, "required": false, "read_only": false, "label": label });
    let expected = [
        ("bio", with_members(common("string", "Bio"), &json!({ "min_length": 2, "max_length": 10 }))),
        ("age", with_members(common("integer", "Age"), &json!({ "min_value": 0, "max_value": 150 }))),
        ("newsletter", common("boolean", "Newsletter")),
        (
            "born_on",
            with_members(common("date", "Born on"), &json!({ "min_value": "1900-01-01", "max_value": "2030-12-31" })),
        ),
    ];
    let role = |required: bool, read_only: bool| {
        let choices = ["student", "Lehrkraft für Öl"].map(|choice| json!({ "value": choice, "display_name": choice }));
        json!({ "type": "choice", "required": required, "read_only": read_only, "label": "Role", "choices": choices })
    };
    for contract in Contract::THAT_REGISTER {
        let (path, _) = registration(contract, "ann");
        let described = options(&app.path_of(contract, path)).await["actions"]["POST"].clone();
        for (name, expected) in &expected {
            assert_eq!(&described[name], expected, "{contract:?}");
        }
        assert_eq!(described["role"], role(true, false));
    }
    for path in records(&app) {
        let described = options(&path).await["actions"]["PUT"].clone();
        for (name, expected) in &expected {
            assert_eq!(&described[name], expected, "{path}");
        }
        assert_eq!(described["role"], role(false, true));
    }
}
