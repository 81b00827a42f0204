//! The description of the API has every endpoint that is served, with every method, and no other.

use std::collections::BTreeSet;

use countersign::Settings;
use countersign::profile_fields::Declaration;
use reqwest::header::ALLOW;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::declared;
use crate::support::endpoints::{self, Contract, PROVIDER, Row};
use crate::support::test_app::PASSWORD;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The methods and paths of the description.
fn described(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().expect("it has paths");
    let of_path = |(path, item): (&String, &Value)| {
        let methods: Vec<_> = item.as_object().expect("a path has methods").keys().cloned().collect();
        methods.into_iter().map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// The methods and paths of these rows, with the parameters as the description names them.
fn tabled(app: &TestApp, rows: Vec<Row>) -> BTreeSet<(String, String)> {
    let path = |row: &Row| {
        let base = app.path_of(row.contract, "/");
        let path = format!("{base}{}", row.endpoint.path.trim_start_matches('/'));
        // Only djoser has one path for all identity providers.
        match row.contract {
            Contract::Djoser => path,
            _ => path.replace("{name}", PROVIDER).replace("{provider}", PROVIDER),
        }
    };
    let rows = rows.iter().map(|row| (row.endpoint.method.to_owned(), path(row)));
    rows.chain([("GET", "/healthz/"), ("GET", "/readyz/")].map(|(method, path)| (method.to_owned(), path.to_owned())))
        .map(|(method, path)| (method, path.trim_end_matches('/').to_owned()))
        .collect()
}

fn without_slashes(described: BTreeSet<(String, String)>) -> BTreeSet<(String, String)> {
    described.into_iter().map(|(method, path)| (method, path.trim_end_matches('/').to_owned())).collect()
}

#[tokio::test]
async fn the_description_has_every_endpoint_of_every_contract_and_no_other() {
    let app = TestApp::with_all_contracts(|_| {}).await;
    assert_eq!(without_slashes(described(app.described())), tabled(&app, endpoints::all()));
    let app = TestApp::with(endpoints::serve_jwt).await;
    let rows = endpoints::all().into_iter().filter(|row| !endpoints::WITH_JWT.contains(&row.contract));
    let rows = rows.chain(endpoints::all_with_jwt()).collect();
    assert_eq!(without_slashes(described(app.described())), tabled(&app, rows));
}

/// A path with a value in place of each parameter.
fn filled(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "1".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_described_path_is_served_with_the_described_methods_alone() {
    let app = TestApp::with_all_contracts(|_| {}).await;
    let (_, token) = app.somebody("ann").await;
    for (path, item) in app.described()["paths"].as_object().expect("it has paths") {
        let methods: BTreeSet<_> =
            item.as_object().expect("methods").keys().map(|method| method.to_uppercase()).collect();
        let answer = app.send(app.request_by(&token, "OPTIONS", &filled(path))).await;
        if Contract::ALL.iter().any(|contract| path.starts_with(&app.path_of(*contract, "/"))) {
            answer.expect(200);
            let allowed = answer.header(ALLOW.as_str()).expect("every answer names the methods").split(", ");
            let allowed: BTreeSet<_> = allowed.filter(|method| METHODS.contains(method)).map(str::to_owned).collect();
            assert_eq!(methods, allowed, "{path}");
        }
    }
}

#[tokio::test]
async fn ids_of_operations_are_unique_and_every_operation_says_what_it_does() {
    let app = TestApp::with_all_contracts(|_| {}).await;
    let mut ids = BTreeSet::new();
    for (path, item) in app.described()["paths"].as_object().expect("it has paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let id = operation["operationId"].as_str().expect("it has an id");
            assert!(ids.insert(id.to_owned()), "two operations are {id}");
            assert!(!operation["summary"].as_str().expect("it has a summary").is_empty(), "{method} {path}");
            let responses = operation["responses"].as_object().expect("it has answers");
            assert!(responses.keys().any(|status| status.starts_with('2') || status == "302"), "{method} {path}");
        }
    }
}

fn path<'d>(document: &'d Value, path: &str) -> Option<&'d Value> {
    document["paths"].get(format!("/api/v1/accounts/{path}/"))
}

#[tokio::test]
async fn what_is_switched_off_is_not_described() {
    let off = |settings: &mut Settings| {
        settings.registration.enabled = false;
        settings.registration.verification = false;
        settings.reset_password.enabled = false;
        settings.change_email.verification = false;
    };
    let (on, off) = (TestApp::start().await, TestApp::with(off).await);
    let switched = [
        "register",
        "verify-registration",
        "resend-verification",
        "send-reset-password-link",
        "reset-password",
        "verify-email",
        "correct-email",
    ];
    for name in switched {
        assert!(path(on.described(), name).is_some(), "{name}");
        assert!(path(off.described(), name).is_none(), "{name}");
    }
    assert!(path(off.described(), "login").is_some());
}

/// Declared fields that take null, or the empty text beside a least length, or neither.
fn with_values_of_nothing() -> Vec<Declaration> {
    let mut declarations = declared::of_every_type();
    let null = declarations.clone().into_iter().map(|declaration| Declaration {
        name: format!("{}_or_null", declaration.name),
        nullable: Some(true),
        ..declaration
    });
    let null: Vec<_> = null.collect();
    let needed = Declaration { name: "needed".to_owned(), required: true, ..declarations[0].clone() };
    declarations.extend(null);
    declarations.push(needed);
    declarations
}

#[tokio::test]
async fn a_described_request_may_have_every_value_of_a_declared_field_that_the_server_takes() {
    let app = TestApp::with(|settings| {
        settings.registration.verification = false;
        declared::declare(settings, with_values_of_nothing());
    })
    .await;
    app.register("ann", json!({ "needed": "word" })).await.expect(201);
    let token = app.log_in("ann", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    let mut refused = BTreeSet::new();
    let fields: Vec<_> = app.countersign().settings().profile_fields.iter().cloned().collect();
    for field in &fields {
        let name = field.name();
        let schema = &app.described()["components"]["schemas"]["AccountsChangeProfileRequest"]["properties"][name];
        let schema = jsonschema::validator_for(schema).expect("a schema");
        for value in [json!(null), json!(""), json!("x"), json!("1999-12-31"), json!("student"), json!(5), json!(true)]
        {
            let body = json!({ name: value });
            let answer = app.send(app.request_by(&token, "PATCH", "profile/").json(&body)).await;
            let is_shown_alike = answer.status == 200 && answer.json()[name] == value;
            assert!(!is_shown_alike || schema.is_valid(&value), "{name} may be {value}");
            if answer.status == 400 && (value.is_null() || value == json!("")) {
                refused.insert(name.to_owned());
                assert!(!value.is_null() || !schema.is_valid(&value), "{name} may not be null");
            }
        }
    }
    assert!(refused.contains("needed") && !refused.contains("bio_or_null"), "{refused:?}");
}

#[tokio::test]
async fn declared_fields_are_described_where_they_are_taken_and_shown() {
    let app = TestApp::with(|settings| declared::declare(settings, declared::of_every_type())).await;
    let schema = |name: &str| &app.described()["components"]["schemas"][name];
    let taken = &schema("AccountsRegisterRequest")["properties"];
    let shown = &schema("AccountsUser")["properties"];
    for field in app.countersign().settings().profile_fields.iter() {
        assert_eq!(taken.get(field.name()).is_some(), field.is_taken_at_registration(), "{}", field.name());
        assert!(shown.get(field.name()).is_some(), "{}", field.name());
    }
}
