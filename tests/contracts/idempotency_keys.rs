//! Registrations with an idempotency key, at every contract: a client that sends one again gets the answer of the first.

mod at_once;

use countersign::settings::{LoginField, UsernamePolicy};
use serde_json::{Value, json};

use crate::support::accounts::paths::{PROFILE, REGISTER};
use crate::support::accounts::{COOKIE, cookie};
use crate::support::endpoints::{Contract, Question};
use crate::support::limits::{rate, unreached};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp, dj_rest_auth};

const KEY: &str = "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"";
const REUSED: &str = "This Idempotency-Key was used for another request. Send a new key.";
const MALFORMED: &str = "Idempotency-Key must be a string in quotation marks with 1 to 255 characters, as in \
                         \"8e03978e-40d5-43dd-bc93-6894a57f9324\".";
const A_DAY: u64 = 86_400;

async fn post(app: &TestApp, path: &str, key: &str, body: &Value) -> Answer {
    app.send(app.request("POST", path).header("Idempotency-Key", key).json(body)).await
}

/// Registers at the contract `accounts`.
async fn register(app: &TestApp, key: &str, body: &Value) -> Answer {
    post(app, REGISTER, key, body).await
}

/// The path of a contract's registration, and the body for a username and an address.
fn registration(contract: Contract) -> (&'static str, fn(&str, &str) -> Value) {
    let of_registration = |question: &Question| match question {
        Question::Registration { path, body } => Some((*path, *body)),
        _ => None,
    };
    contract.questions().iter().find_map(of_registration).expect("it registers")
}

/// What must be the same in two answers.
fn seen(answer: &Answer) -> (u16, &str, Vec<(String, String)>) {
    let mut headers = answer.headers.clone();
    headers.retain(|(name, _)| name != "date" && name != "x-request-id");
    (answer.status, &answer.body, headers)
}

#[tokio::test]
async fn a_registration_that_is_sent_again_gets_the_same_answer_at_every_contract() {
    let app = TestApp::with_all_contracts(|settings| settings.registration.auto_login = true).await;
    for contract in Contract::THAT_REGISTER {
        let (path, body) = registration(contract);
        let (path, body) = (app.path_of(contract, path), body(contract.name(), "ann@mail.example"));
        let key = format!("\"{}\"", contract.name());
        let first = post(&app, &path, &key, &body).await;
        first.expect(201);
        let rows = app.rows().await;
        let mails = app.mails().await.len();
        let again = post(&app, &path, &key, &body).await;
        assert_eq!(seen(&first), seen(&again), "{path}");
        assert_eq!((mails, app.rows().await.0, app.mails().await.len()), (1, rows.0, 0), "{path}");
        app.post_json(&path, &body).await.expect(400);
    }
}

#[tokio::test]
async fn a_form_is_the_same_registration_as_json() {
    let app = TestApp::start().await;
    let first = register(&app, KEY, &TestApp::registration_of("ann")).await.expect(201);
    let pairs =
        [("password", PASSWORD), ("username", "ann"), ("email", "ann@mail.example"), ("password_confirm", PASSWORD)];
    let again = app.send(app.request("POST", REGISTER).header("Idempotency-Key", KEY).form(&pairs)).await;
    assert_eq!(again.expect(201), first);
}

#[tokio::test]
async fn another_registration_with_the_key_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let body = TestApp::registration_of("ann");
    register(&app, KEY, &body).await.expect(201);
    let rows = app.rows().await;
    let (other_password, other_name) = ("Velvet-Comet-77", "bob");
    for members in [
        json!({ "username": other_name }),
        json!({ "email": "bob@mail.example" }),
        json!({ "email": "Ann@mail.example" }),
        json!({ "first_name": "Ann" }),
        json!({ "last_name": "Ann" }),
        json!({ "password": other_password, "password_confirm": other_password }),
        json!({ "username": other_name, "password": other_password, "password_confirm": other_password }),
    ] {
        let mut other = body.clone();
        other.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
        register(&app, KEY, &other).await.expect_detail(422, REUSED);
    }
    let request =
        app.request("POST", REGISTER).header("Idempotency-Key", KEY).header("accept", "application/problem+json");
    let problem = app.send(request.json(&TestApp::registration_of("bob"))).await;
    assert_eq!(problem.expect(422)["code"], "idempotency_key_reused");
    assert_eq!(app.rows().await, rows);
    register(&app, KEY, &body).await.expect(201);
}

#[tokio::test]
async fn the_wrong_password_beside_a_known_key_counts_as_a_guess() {
    let app = TestApp::with(|settings| {
        settings.throttle.enabled = true;
        settings.throttle.register = unreached();
        settings.throttle.account_login = rate(1, 3);
    })
    .await;
    let body = TestApp::registration_of("ann");
    register(&app, KEY, &body).await.expect(201);
    let wrong = "Velvet-Comet-77";
    let mut other = body.clone();
    (other["password"], other["password_confirm"]) = (wrong.into(), wrong.into());
    for _ in 0..3 {
        register(&app, KEY, &other).await.expect_detail(422, REUSED);
    }
    register(&app, KEY, &other).await.expect(429);
    register(&app, KEY, &body).await.expect(429);
}

#[tokio::test]
async fn a_changed_password_makes_the_registration_another_one() {
    let app = TestApp::start().await;
    let body = TestApp::registration_of("ann");
    register(&app, KEY, &body).await.expect(201);
    app.verify(&app.link().await).await.expect(200);
    let token = app.log_in("ann", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    register(&app, KEY, &body).await.expect(201);
    app.change_password(&token, PASSWORD, "Velvet-Comet-77").await.expect(200);
    register(&app, KEY, &body).await.expect_detail(422, REUSED);
}

#[tokio::test]
async fn a_key_that_is_no_string_in_quotation_marks_is_refused() {
    let app = TestApp::with_all_contracts(|_| {}).await;
    let too_long = format!("\"{}\"", "k".repeat(256));
    for contract in Contract::THAT_REGISTER {
        let (path, body) = registration(contract);
        for wrong in ["", "\"\"", "8e03978e", "17", "\"k", "\"k\", \"l\"", &too_long] {
            let answer = post(&app, &app.path_of(contract, path), wrong, &body("ann", "ann@mail.example")).await;
            answer.expect_detail(400, MALFORMED);
        }
    }
    assert!(app.users().await.is_empty());
    let longest = format!("\"{}\"", "k".repeat(255));
    register(&app, &longest, &TestApp::registration_of("ann")).await.expect(201);
}

#[tokio::test]
async fn a_refused_registration_leaves_its_key_free() {
    let app = TestApp::start().await;
    register(&app, "\"other\"", &TestApp::registration_of("bob")).await.expect(201);
    let mut body = TestApp::registration_of("ann");
    body["password"] = "12345".into();
    register(&app, KEY, &body).await.expect(400);
    let taken = register(&app, KEY, &TestApp::registration_of("bob")).await;
    assert_eq!(taken.expect(400), json!({ "username": ["A user with that username already exists."] }));
    let first = register(&app, KEY, &TestApp::registration_of("ann")).await.expect(201);
    assert_eq!(register(&app, KEY, &TestApp::registration_of("ann")).await.expect(201), first);
}

#[tokio::test]
async fn a_key_expires_and_can_be_used_anew() {
    let app = TestApp::start().await;
    let body = TestApp::registration_of("ann");
    let first = register(&app, KEY, &body).await.expect(201);
    app.advance(A_DAY - 1);
    assert_eq!(register(&app, KEY, &body).await.expect(201), first);
    app.advance(1);
    assert_eq!(register(&app, KEY, &body).await.expect(400)["username"].as_array().map(Vec::len), Some(1));
    let second = register(&app, KEY, &TestApp::registration_of("bob")).await.expect(201);
    assert_eq!(register(&app, KEY, &TestApp::registration_of("bob")).await.expect(201), second);
}

#[tokio::test]
async fn housekeeping_deletes_expired_keys_and_a_deletion_those_of_its_user() {
    let app = TestApp::start().await;
    let keys = || app.lines("SELECT digest AS line FROM idempotency_keys").len();
    register(&app, "\"1\"", &TestApp::registration_of("ann")).await.expect(201);
    app.advance(A_DAY / 2);
    let bob = register(&app, "\"2\"", &TestApp::registration_of("bob")).await.expect(201);
    app.accounts().purge_sessions().await.expect("it answers");
    assert_eq!(keys(), 2);
    app.advance(A_DAY / 2);
    app.accounts().purge_sessions().await.expect("it answers");
    assert_eq!(keys(), 1);
    let id = countersign::UserId::from_stored(bob["id"].as_str().expect("an id"));
    app.accounts().administration().delete_user(&id).await.expect("there is one");
    assert_eq!(keys(), 0);
    register(&app, "\"2\"", &TestApp::registration_of("bob")).await.expect(201);
}

#[tokio::test]
async fn neither_keys_nor_passwords_are_stored() {
    let app = TestApp::start().await;
    let key = "\"the key of a client that made it of ann@secret.example\"";
    register(&app, key, &TestApp::registration_of("ann")).await.expect(201);
    let stored = String::from_utf8_lossy(&app.everything_stored()).into_owned();
    assert!(stored.contains("ann@mail.example"), "it would be found");
    assert!(!stored.contains("secret.example") && !stored.contains(PASSWORD));
}

#[tokio::test]
async fn a_generated_username_stays_the_same() {
    let app = TestApp::with(|settings| {
        settings.users.username = UsernamePolicy::Generated;
        settings.login.fields = vec![LoginField::Username, LoginField::Email];
    })
    .await;
    let body = json!({ "email": "ann@mail.example", "password": PASSWORD, "password_confirm": PASSWORD });
    let first = register(&app, KEY, &body).await.expect(201);
    assert!(first["username"].as_str().expect("a name").starts_with("ann"));
    assert_eq!(register(&app, KEY, &body).await.expect(201), first);
    assert_eq!(app.users().await.len(), 1);
}

#[tokio::test]
async fn a_taken_address_looks_the_same_with_a_key() {
    let app = TestApp::start().await;
    app.verified("owner").await;
    let mut all = Vec::new();
    for (number, email) in ["owner@mail.example", "free@mail.example"].into_iter().enumerate() {
        let (name, key) = (format!("user{number}"), format!("\"{number}\""));
        let mut body = TestApp::registration_of(&name);
        body["email"] = email.into();
        for _ in 0..2 {
            let statements = app.store().statements_run();
            let answer = register(&app, &key, &body).await;
            let (status, text, headers) = seen(&answer);
            let id = answer.expect(201)["id"].as_str().expect("an id").to_owned();
            let text = text.replace(&id, "ID").replace(&name, "NAME").replace(email, "EMAIL");
            let headers: Vec<_> = headers.into_iter().filter(|(name, _)| name != "content-length").collect();
            all.push((status, text, headers, app.store().statements_run() - statements));
        }
    }
    assert_eq!(all[0], all[2], "the first registration");
    assert_eq!(all[1], all[3], "the repeated one");
    let mails = app.mails().await;
    assert_eq!(mails.len(), 2, "{mails:?}");
}

#[tokio::test]
async fn a_registration_that_logs_in_logs_in_again() {
    let app = TestApp::with_all_contracts(|settings| settings.registration.verification = false).await;
    let body = dj_rest_auth::registration("ann", "ann@mail.example");
    let path = app.path_of(Contract::DjRestAuth, dj_rest_auth::paths::REGISTRATION);
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let answer = post(&app, &path, KEY, &body).await;
        let token = dj_rest_auth::key(&answer.expect(201));
        assert_eq!(cookie(&answer, COOKIE).as_deref(), Some(token.as_str()));
        tokens.push(token);
    }
    assert_ne!(tokens[0], tokens[1], "a token is stored nowhere");
    for token in &tokens {
        app.get_by(token, PROFILE).await.expect(200);
    }
    assert_eq!(app.users().await.len(), 1);
}

#[tokio::test]
async fn pages_of_other_origins_may_send_the_header() {
    let app = TestApp::with(|settings| {
        settings.cors.allowed_origins = vec![countersign::settings::Origin::parse("https://app.example").expect("one")];
        settings.cors.allowed_headers = countersign::settings::AllowedHeaders::Listed(Vec::new());
    })
    .await;
    let preflight = app
        .request("OPTIONS", REGISTER)
        .header("origin", "https://app.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,idempotency-key");
    let answer = app.send(preflight).await;
    assert_eq!(answer.header("access-control-allow-headers"), Some("content-type, idempotency-key"));
}
