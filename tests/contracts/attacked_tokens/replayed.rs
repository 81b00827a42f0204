//! Refresh tokens that come again after their replacement, sooner or later, from here or from elsewhere.

use countersign::Settings;
use serde_json::json;

use super::{app_with_pair, expect_dead, log_in};
use crate::support::accounts::paths;
use crate::support::djoser::Pair;
use crate::support::endpoints::Contract;
use crate::support::{Answer, TestApp};

const OWNER: &str = "198.51.100.7";
const ELSEWHERE: &str = "203.0.113.9";

/// Refresh tokens are used once, and clients come through a proxy.
fn rotating(settings: &mut Settings) {
    settings.jwt.rotate_refresh_tokens = true;
    settings.server.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
}

/// Presents a refresh token at the endpoint of this contract, from this address.
async fn refresh_from(app: &TestApp, contract: Contract, address: &str, token: &str) -> Answer {
    let path = match contract {
        Contract::Accounts => paths::REFRESH_TOKEN,
        _ => "/auth/jwt/refresh/",
    };
    let request = app.request("POST", path).header("x-forwarded-for", address);
    app.send(request.json(&json!({ "refresh": token }))).await
}

/// Asserts that a token was refused because it was replaced just now.
#[track_caller]
fn expect_replaced(answer: &Answer) {
    expect_either(answer, "Token was replaced");
}

/// Asserts that a token was refused because its login has ended.
#[track_caller]
fn expect_ended(answer: &Answer) {
    expect_either(answer, "Login has ended");
}

/// Asserts the sentence of accounts, or the only one that djoser has.
#[track_caller]
fn expect_either(answer: &Answer, of_accounts: &str) {
    assert!(matches!(answer.status, 400 | 401), "{answer:?}");
    let sentence = if answer.status == 401 { "Token is blacklisted" } else { of_accounts };
    assert_eq!(answer.json()["detail"], sentence);
}

/// The address does not count: one client has several, such as one of IPv4 and one of IPv6.
#[tokio::test]
async fn a_replayed_token_is_only_refused_for_ten_seconds_and_then_ends_the_login_from_any_address() {
    for contract in [Contract::Accounts, Contract::Djoser] {
        for address in [OWNER, ELSEWHERE] {
            let (app, _) = app_with_pair(rotating).await;
            for (seconds, lives) in [(1, true), (9, true), (10, true), (11, false)] {
                let old = log_in(&app, contract).await;
                let new = Pair::of(&refresh_from(&app, contract, OWNER, &old.refresh).await);
                app.advance(seconds);
                let replayed = refresh_from(&app, contract, address, &old.refresh).await;
                if lives {
                    expect_replaced(&replayed);
                    assert!(app.djoser().admits(&new.access).await, "{contract:?}, {address}, after {seconds} s");
                    Pair::of(&refresh_from(&app, contract, OWNER, &new.refresh).await);
                } else {
                    expect_ended(&replayed);
                    expect_dead(&app, &new, "a replayed token").await;
                }
            }
        }
    }
}

/// A thief may choose the endpoint, and the one that ends logins.
#[tokio::test]
async fn a_token_that_was_replaced_at_one_contract_is_replaced_at_the_other() {
    let (app, _) = app_with_pair(rotating).await;
    for (own, other) in [(Contract::Accounts, Contract::Djoser), (Contract::Djoser, Contract::Accounts)] {
        let old = log_in(&app, own).await;
        let new = Pair::of(&refresh_from(&app, own, OWNER, &old.refresh).await);
        expect_replaced(&refresh_from(&app, other, ELSEWHERE, &old.refresh).await);
        let newest = Pair::of(&refresh_from(&app, other, OWNER, &new.refresh).await);
        app.advance(11);
        expect_ended(&refresh_from(&app, other, ELSEWHERE, &old.refresh).await);
        expect_dead(&app, &newest, "replayed at the other contract").await;
    }
}

/// The victim comes back hours after the thief has refreshed.
#[tokio::test]
async fn a_thief_who_refreshes_first_loses_the_login_when_its_owner_comes_back() {
    let (app, stolen) = app_with_pair(rotating).await;
    let mut thief = stolen.clone();
    for _ in 0..3 {
        app.advance(3_600);
        thief = Pair::of(&refresh_from(&app, Contract::Djoser, ELSEWHERE, &thief.refresh).await);
    }
    app.advance(11);
    expect_ended(&refresh_from(&app, Contract::Djoser, OWNER, &stolen.refresh).await);
    expect_dead(&app, &thief, "the owner came back").await;
}

/// A client that refreshes and logs out at once, in this order or the other, must not stay logged in.
#[tokio::test]
async fn a_token_that_was_replaced_just_now_still_logs_out() {
    for seconds in [0, 10] {
        for path in [paths::LOGOUT, "/auth/jwt/blacklist/"] {
            let (app, old) = app_with_pair(rotating).await;
            let other = log_in(&app, Contract::Accounts).await;
            let new = Pair::of(&refresh_from(&app, Contract::Accounts, OWNER, &old.refresh).await);
            app.advance(seconds);
            app.post_json(path, &json!({ "refresh": old.refresh })).await.expect(200);
            expect_dead(&app, &new, "logged out by a replaced token").await;
            assert!(app.djoser().admits(&other.access).await, "another login lives");
        }
    }
    let (app, old) = app_with_pair(rotating).await;
    let other = log_in(&app, Contract::Accounts).await;
    refresh_from(&app, Contract::Accounts, OWNER, &old.refresh).await.expect(200);
    app.post_json(paths::LOGOUT, &json!({ "refresh": old.refresh, "revoke_token": true })).await.expect(200);
    expect_dead(&app, &other, "all logins were ended").await;
}

#[tokio::test]
async fn a_logout_by_a_token_that_was_replaced_long_ago_counts_as_a_replay() {
    for extent in [json!(false), json!(true)] {
        let (app, old) = app_with_pair(rotating).await;
        let other = log_in(&app, Contract::Accounts).await;
        let new = Pair::of(&refresh_from(&app, Contract::Accounts, OWNER, &old.refresh).await);
        let body = json!({ "refresh": old.refresh, "revoke_token": extent });
        app.advance(11);
        app.post_json(paths::LOGOUT, &body).await.expect_detail(400, "Login has ended");
        expect_dead(&app, &new, "logged out by a replaced token").await;
        assert!(app.djoser().admits(&other.access).await, "a replaced token ends no other login");
    }
}

/// A tab that lost the race finds the new token in its storage, and must not send its user to the login.
#[tokio::test]
async fn a_tab_that_lost_the_race_is_told_that_its_login_lives() {
    let (app, old) = app_with_pair(rotating).await;
    let new = Pair::of(&refresh_from(&app, Contract::Accounts, OWNER, &old.refresh).await);
    let body = json!({ "token": old.refresh });
    app.post_json(paths::VERIFY_TOKEN, &body).await.expect_detail(400, "Token was replaced");
    expect_replaced(&refresh_from(&app, Contract::Accounts, OWNER, &old.refresh).await);
    app.post_json(paths::LOGOUT, &json!({ "refresh": new.refresh })).await.expect(200);
    expect_ended(&refresh_from(&app, Contract::Accounts, OWNER, &old.refresh).await);
    app.post_json(paths::VERIFY_TOKEN, &body).await.expect_detail(400, "Login has ended");
}
