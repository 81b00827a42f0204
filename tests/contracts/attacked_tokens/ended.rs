//! Tokens whose login has ended: neither type is taken anywhere from that moment.

use countersign::clock::Seconds;
use countersign::{Settings, UserId};
use serde_json::{Value, json};

use super::{app_with_pair, claims_of, expect_alive, expect_dead, log_in, with_jwt};
use crate::support::TestApp;
use crate::support::accounts::{NEW_PASSWORD, paths};
use crate::support::djoser::Pair;
use crate::support::endpoints::Contract;
use crate::support::test_app::PASSWORD;

const BOTH: [Contract; 2] = [Contract::Accounts, Contract::Djoser];

fn user_of(pair: &Pair) -> UserId {
    UserId::from_stored(claims_of(&pair.access)["user_id"].as_str().expect("an id"))
}

/// Sends a request that must succeed, with an access token.
async fn send(app: &TestApp, pair: &Pair, method: &str, path: &str, body: &Value) {
    let request = app.request(method, path).header("authorization", format!("Bearer {}", pair.access));
    let answer = app.send(request.json(body)).await;
    assert!(answer.status < 300, "{answer:?}");
}

#[tokio::test]
async fn a_logout_ends_both_tokens_everywhere_and_no_other_login() {
    let (app, other) = app_with_pair(|_| {}).await;
    for contract in BOTH {
        for path in [paths::LOGOUT, "/auth/token/logout/"] {
            let pair = log_in(&app, contract).await;
            send(&app, &pair, "POST", path, &json!({})).await;
            expect_dead(&app, &pair, path).await;
        }
        for path in [paths::LOGOUT, "/auth/jwt/blacklist/"] {
            let pair = log_in(&app, contract).await;
            app.post_json(path, &json!({ "refresh": pair.refresh })).await.expect(200);
            expect_dead(&app, &pair, path).await;
        }
        let pair = log_in(&app, contract).await;
        let id = claims_of(&pair.access)["sid"].as_str().expect("an id").to_owned();
        send(&app, &other, "DELETE", &paths::session(&id), &json!({})).await;
        expect_dead(&app, &pair, "ended by another login").await;
    }
    expect_alive(&app, &other).await;
}

#[tokio::test]
async fn a_logout_everywhere_ends_the_tokens_of_both_contracts() {
    let (app, djosers) = app_with_pair(|_| {}).await;
    let accounts = log_in(&app, Contract::Accounts).await;
    send(&app, &accounts, "POST", paths::LOGOUT, &json!({ "revoke_token": true })).await;
    for pair in [&djosers, &accounts] {
        expect_dead(&app, pair, "logged out everywhere").await;
    }
}

#[tokio::test]
async fn a_changed_password_ends_the_tokens_of_all_other_logins_everywhere() {
    let accounts = json!({ "old_password": PASSWORD, "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD });
    let djoser = json!({ "current_password": PASSWORD, "new_password": NEW_PASSWORD });
    for (path, body) in [(paths::CHANGE_PASSWORD, &accounts), ("/auth/users/set_password/", &djoser)] {
        let (app, own) = app_with_pair(|_| {}).await;
        let others = [log_in(&app, Contract::Accounts).await, log_in(&app, Contract::Djoser).await];
        send(&app, &own, "POST", path, body).await;
        for other in &others {
            expect_dead(&app, other, path).await;
        }
        expect_alive(&app, &own).await;
    }
}

#[tokio::test]
async fn a_disabled_users_tokens_are_refused_everywhere_and_stay_so() {
    let (app, djosers) = app_with_pair(|_| {}).await;
    let pairs = [djosers, log_in(&app, Contract::Accounts).await];
    let administration = app.accounts().administration();
    administration.disable_user(&user_of(&pairs[0])).await.expect("there is such a user");
    for pair in &pairs {
        expect_dead(&app, pair, "disabled").await;
    }
    administration.enable_user(&user_of(&pairs[0])).await.expect("there is such a user");
    for pair in &pairs {
        expect_dead(&app, pair, "enabled again").await;
    }
}

#[tokio::test]
async fn a_deleted_users_tokens_are_refused_everywhere_also_for_the_next_owner_of_the_name() {
    let (app, djosers) = app_with_pair(|_| {}).await;
    let pairs = [djosers, log_in(&app, Contract::Accounts).await];
    app.accounts().administration().delete_user(&user_of(&pairs[0])).await.expect("there is such a user");
    for pair in &pairs {
        expect_dead(&app, pair, "deleted").await;
    }
    app.registered("ann").await;
    let next = log_in(&app, Contract::Accounts).await;
    for pair in &pairs {
        expect_dead(&app, pair, "registered by somebody else").await;
    }
    expect_alive(&app, &next).await;
}

#[tokio::test]
async fn tokens_end_with_the_idleness_and_the_life_of_their_session() {
    let short = |settings: &mut Settings| {
        settings.sessions.expires_after = Seconds::new(1_000);
        settings.sessions.idle_after = Seconds::new(200);
    };
    let (app, _) = app_with_pair(short).await;
    for contract in BOTH {
        let idle = log_in(&app, contract).await;
        app.advance(200);
        expect_dead(&app, &idle, "idle").await;
    }
}

/// The contract may have been switched off meanwhile, or the logins of the first contract changed back.
#[tokio::test]
async fn tokens_of_one_contract_go_on_while_the_other_alone_serves_them() {
    let (app, djosers) = app_with_pair(|_| {}).await;
    let accounts = log_in(&app, Contract::Accounts).await;
    let only_djoser = app.sibling(|settings| {
        with_jwt(settings);
        settings.contracts.accounts.login = Vec::new();
    });
    let only_djoser = only_djoser.await;
    for pair in [&djosers, &accounts] {
        expect_alive(&only_djoser, pair).await;
    }
    only_djoser.post_json(paths::REFRESH_TOKEN, &json!({ "refresh": accounts.refresh })).await.expect(404);
}
