//! The contract beside the first one, on one database.

use countersign::Settings;
use serde_json::json;

use super::with_activation;
use crate::support::TestApp;
use crate::support::accounts;
use crate::support::djoser::{Link, credentials, expect_nothing, paths};
use crate::support::limits::three_guesses;
use crate::support::test_app::PASSWORD;

#[tokio::test]
async fn a_user_of_one_contract_is_a_user_of_the_other() {
    let app = TestApp::with(with_activation).await;
    app.djoser().somebody("ann").await;
    app.verified("bea").await;
    for name in ["ann", "bea"] {
        let long = app.log_in(name, PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
        let short = app.djoser().token(name, PASSWORD).await;
        assert_eq!((long.len(), short.len()), (64, 40));
        for token in [&long, &short] {
            assert!(app.is_alive(token).await && app.djoser().is_alive(token).await);
        }
    }
}

#[tokio::test]
async fn a_link_leads_to_the_pages_of_its_contract_and_is_refused_in_the_spelling_of_the_other() {
    let app = TestApp::with(with_activation).await;
    app.djoser().registered("ann").await;
    let of_djoser = Link::of(&app.mail().await);
    app.registered("bea").await;
    let of_accounts = app.mail().await.link();
    let body = json!({ "user_id": of_djoser.uid, "timestamp": "1700000000", "signature": of_djoser.token });
    app.post_json(accounts::paths::VERIFY_REGISTRATION, &body).await.expect(400);
    let body = json!({ "uid": of_accounts.user_id, "token": of_accounts.signature });
    app.djoser().post(paths::ACTIVATION, &body).await.expect(400);
    app.verify(&of_accounts).await.expect(200);
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &of_djoser.claim()).await);
}

#[tokio::test]
async fn guesses_at_one_contract_leave_no_tries_at_the_other() {
    let limited = |settings: &mut Settings| {
        with_activation(settings);
        three_guesses(settings);
    };
    let app = TestApp::with(limited).await;
    app.djoser().somebody("ann").await;
    for _ in 0..3 {
        app.djoser().post(paths::LOGIN, &credentials("ann", "Wrong-Lantern-9")).await.expect(400);
    }
    app.log_in("ann", PASSWORD).await.expect(429);
    app.djoser().post(paths::LOGIN, &credentials("ann", PASSWORD)).await.expect(429);
}

#[tokio::test]
async fn mails_of_both_contracts_count_together() {
    let app = TestApp::with(|settings| {
        with_activation(settings);
        settings.throttle.enabled = true;
        settings.throttle.send_reset_link = crate::support::limits::unreached();
    })
    .await;
    app.djoser().somebody("ann").await;
    for number in 0..6 {
        let answer = match number % 2 {
            0 => app.djoser().post(paths::RESET_PASSWORD, &json!({ "email": "ann@mail.example" })).await,
            _ => app.ask_for_reset("ann").await,
        };
        assert!(answer.status < 300, "{answer:?}");
    }
    assert_eq!(app.mails().await.len(), 5);
}
