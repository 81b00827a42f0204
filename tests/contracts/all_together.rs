//! All contracts on one database: users, tokens and limits are common, and each link is good in one spelling alone.

use countersign::Settings;
use serde_json::{Value, json};

use crate::support::dj_rest_auth::{self, parameters};
use crate::support::djoser::{self, Link};
use crate::support::limits::three_guesses;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp, accounts, tutorial};

fn unproved(settings: &mut Settings) {
    settings.registration.verification = false;
}

/// The contracts at which users register and log in.
const CONTRACTS: [&str; 5] = ["accounts", "djoser", "dj_rest_auth", "django_rest_auth", "tutorial"];

async fn register(app: &TestApp, contract: &str, name: &str) -> Answer {
    let email = format!("{name}@mail.example");
    match contract {
        "accounts" => app.register(name, json!({ "email": email })).await,
        "djoser" => app.djoser().post(djoser::paths::USERS, &djoser::registration(name, &email)).await,
        "dj_rest_auth" => app.dj_rest_auth().register(name).await,
        "django_rest_auth" => app.django_rest_auth().register(name).await,
        _ => app.tutorial().register(&tutorial::registration(name, &email)).await,
    }
}

async fn log_in(app: &TestApp, contract: &str, name: &str, password: &str) -> Answer {
    match contract {
        "accounts" => app.log_in(name, password).await,
        "djoser" => app.djoser().post(djoser::paths::LOGIN, &djoser::credentials(name, password)).await,
        "dj_rest_auth" => app.dj_rest_auth().log_in(name, password).await,
        "django_rest_auth" => app.django_rest_auth().log_in(name, password).await,
        _ => app.tutorial().log_in(&tutorial::credentials(name, password)).await,
    }
}

#[tokio::test]
async fn every_account_logs_in_at_every_contract_and_each_token_is_good_at_all() {
    let app = TestApp::with_all_contracts(unproved).await;
    for registered_at in CONTRACTS {
        let name = format!("ann-{}", registered_at.replace('_', "-"));
        register(&app, registered_at, &name).await.expect(201);
        for contract in CONTRACTS {
            let answer = log_in(&app, contract, &name, PASSWORD).await.expect(200);
            let tokens = ["token", "auth_token", "key"].into_iter().filter_map(|member| answer[member].as_str());
            let [token] = tokens.collect::<Vec<_>>()[..] else { panic!("{contract}: {answer}") };
            let alive = [
                app.is_alive(token).await,
                app.djoser().is_alive(token).await,
                app.dj_rest_auth().is_alive(token).await,
                app.django_rest_auth().is_alive(token).await,
            ];
            assert_eq!(alive, [true; 4], "{name} at {contract}");
        }
    }
    assert_eq!(app.users().await.len(), CONTRACTS.len());
}

#[tokio::test]
async fn a_name_that_is_taken_at_one_contract_is_taken_at_all() {
    let app = TestApp::with_all_contracts(unproved).await;
    for (position, first) in CONTRACTS.into_iter().enumerate() {
        let name = format!("ann{position}");
        register(&app, first, &name).await.expect(201);
        for contract in CONTRACTS {
            let sentence = register(&app, contract, &name).await.expect(400)["username"].clone();
            assert!(sentence[0].as_str().is_some_and(|text| text.contains("already exists")), "{contract}: {sentence}");
        }
    }
}

#[tokio::test]
async fn guesses_at_any_contracts_leave_no_tries_at_any() {
    let limited = |settings: &mut Settings| {
        unproved(settings);
        three_guesses(settings);
    };
    let app = TestApp::with_all_contracts(limited).await;
    register(&app, "djoser", "ann").await.expect(201);
    for contract in ["djoser", "dj_rest_auth", "tutorial"] {
        let refused = log_in(&app, contract, "ann", "Wrong-Lantern-9").await.status;
        assert!(matches!(refused, 400 | 401), "{contract}: {refused}");
    }
    for contract in CONTRACTS {
        log_in(&app, contract, "ann", PASSWORD).await.expect(429);
    }
}

#[tokio::test]
async fn a_link_verifies_in_the_spelling_of_its_contract_alone() {
    let app = TestApp::with_all_contracts(|_| {}).await;
    register(&app, "accounts", "ann").await.expect(201);
    let of_accounts = app.link().await;
    register(&app, "djoser", "bea").await.expect(201);
    let of_djoser = Link::of(&app.mail().await);
    register(&app, "dj_rest_auth", "cea").await.expect(201);
    let [of_dj_rest_auth] = parameters(&app.mail().await);

    // What a stranger, or a careless page, could make of each link for the two other contracts.
    let (seconds, half) = of_djoser.token.split_once('-').expect("time and signature");
    let parts: Vec<&str> = of_dj_rest_auth.split(':').collect();
    let accounts = |user_id: &str, timestamp: &str, signature: &str| json!({ "user_id": user_id, "timestamp": timestamp, "signature": signature });
    let uid_token = |uid: &str, token: String| json!({ "uid": uid, "token": token });
    let key = |who: &str, time: &str, signature: &str| json!({ "key": format!("{who}:{time}:{signature}") });
    let foreign: [(&str, Value); 6] = [
        ("accounts", accounts(&of_djoser.uid, seconds, half)),
        ("accounts", accounts(parts[0], parts[1], parts[2])),
        ("djoser", uid_token(&of_accounts.user_id, format!("{}-{}", of_accounts.timestamp, of_accounts.signature))),
        ("djoser", uid_token(parts[0], format!("{}-{}", parts[1], parts[2]))),
        ("dj_rest_auth", key(&of_accounts.user_id, &of_accounts.timestamp, &of_accounts.signature)),
        ("dj_rest_auth", key(&of_djoser.uid, seconds, half)),
    ];
    let verify = async |contract: &str, body: &Value| match contract {
        "accounts" => app.post_json(accounts::paths::VERIFY_REGISTRATION, body).await,
        "djoser" => app.djoser().post(djoser::paths::ACTIVATION, body).await,
        _ => app.dj_rest_auth().post(dj_rest_auth::paths::VERIFY_EMAIL, body).await,
    };
    for (contract, body) in foreign {
        let status = verify(contract, &body).await.status;
        assert!(matches!(status, 400 | 403 | 404), "{contract} {body}: {status}");
    }
    assert!(app.users().await.iter().all(|user| user.verified_at.is_none()));

    assert_eq!(verify("accounts", &of_accounts.claim()).await.status, 200);
    assert_eq!(verify("djoser", &of_djoser.claim()).await.status, 204);
    assert_eq!(verify("dj_rest_auth", &json!({ "key": of_dj_rest_auth })).await.status, 200);
}
