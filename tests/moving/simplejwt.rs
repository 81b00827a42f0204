//! Refresh tokens of simplejwt: users who moved here stay logged in.

mod users;

use countersign::Settings;
use countersign::clock::Seconds;
use countersign::settings::LoginAnswer;
use serde_json::json;

use super::old_site::{ANN, BOB, OLD_SITE, altered, moved_in};
use crate::support::accounts::at_once;
use crate::support::djoser::{Pair, paths};
use crate::support::endpoints::Contract;
use crate::support::{Answer, TestApp, dj_rest_auth};

fn serving(settings: &mut Settings) {
    settings.contracts.djoser.enabled = true;
    settings.contracts.djoser.jwt = true;
}

fn rotating(settings: &mut Settings) {
    serving(settings);
    settings.jwt.rotate_refresh_tokens = true;
}

#[track_caller]
fn expect_refused(answer: &Answer, sentence: &str) {
    assert_eq!(answer.expect(401), json!({ "detail": sentence, "code": "token_not_valid" }));
}

#[track_caller]
fn access(answer: &Answer) -> String {
    answer.expect(200)["access"].as_str().expect("a token").to_owned()
}

fn sessions(app: &TestApp) -> usize {
    app.lines("SELECT id AS line FROM sessions").len()
}

#[tokio::test]
async fn a_refresh_token_becomes_one_session_and_goes_on_for_its_own_life() {
    let app = moved_in(serving).await;
    let old = OLD_SITE.jwt("refresh", BOB);
    let last_login = app.user(BOB).await.last_login_at;
    for seconds in [0, 40_000, 46_399] {
        app.advance(seconds);
        let new = access(&app.djoser().refresh(&old).await);
        assert!(app.djoser().admits(&new).await);
        assert_eq!(sessions(&app), 1);
    }
    app.advance(1);
    expect_refused(&app.djoser().refresh(&old).await, "Token is expired");
    assert_eq!(app.user(BOB).await.last_login_at, last_login, "a refresh is no login");
}

#[tokio::test]
async fn the_user_may_be_named_by_a_number() {
    let app = moved_in(serving).await;
    for as_number in [false, true] {
        let old = OLD_SITE.jwt_with("present", as_number, "refresh", ANN);
        let new = access(&app.djoser().refresh(&old).await);
        let me = app.djoser().me_with(&format!("JWT {new}")).await.expect(200);
        assert_eq!(me["username"], "ann");
    }
    assert_eq!(sessions(&app), 2);
}

#[tokio::test]
async fn a_session_ends_no_later_than_the_settings_say() {
    let app = moved_in(|settings| {
        serving(settings);
        settings.sessions.expires_after = Seconds::new(3_600);
        settings.sessions.idle_after = Seconds::new(3_600);
    })
    .await;
    let old = OLD_SITE.jwt("refresh", ANN);
    access(&app.djoser().refresh(&old).await);
    app.advance(3_599);
    access(&app.djoser().refresh(&old).await);
    app.advance(1);
    expect_refused(&app.djoser().refresh(&old).await, "Token is blacklisted");
}

#[tokio::test]
async fn where_tokens_are_used_once_the_old_one_is_replaced() {
    let app = moved_in(rotating).await;
    let old = OLD_SITE.jwt("refresh", ANN);
    let first = Pair::of(&app.djoser().refresh(&old).await);
    app.advance(10);
    expect_refused(&app.djoser().refresh(&old).await, "Token is blacklisted");
    let second = Pair::of(&app.djoser().refresh(&first.refresh).await);
    assert!(app.djoser().admits(&second.access).await);
    app.advance(11);
    expect_refused(&app.djoser().refresh(&old).await, "Token is blacklisted");
    assert!(!app.djoser().admits(&second.access).await, "a replay ends the session");
    expect_refused(&app.djoser().refresh(&old).await, "Token is blacklisted");
    assert_eq!(sessions(&app), 0);
}

#[tokio::test]
async fn concurrent_first_refreshes_make_one_session() {
    for rotates in [false, true] {
        let app = moved_in(if rotates { rotating } else { serving }).await;
        let old = OLD_SITE.jwt("refresh", ANN);
        let answers = at_once((0..8).map(|_| async { app.djoser().refresh(&old).await })).await;
        let good = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(good, if rotates { 1 } else { 8 }, "{answers:?}");
        assert!(answers.iter().all(|answer| [200, 401].contains(&answer.status)));
        assert_eq!(sessions(&app), 1);
    }
}

#[tokio::test]
async fn an_access_token_is_refused_so_that_its_client_refreshes() {
    let app = moved_in(serving).await;
    let old = OLD_SITE.jwt("access", ANN);
    let answer = app.djoser().me_with(&format!("JWT {old}")).await;
    assert_eq!(answer.expect(401)["code"], "token_not_valid");
    expect_refused(&app.djoser().refresh(&old).await, "Token has wrong type");
    expect_refused(&app.djoser().verify_token(&old).await, "Token is invalid");
    assert_eq!(sessions(&app), 0);
}

#[tokio::test]
async fn what_the_old_site_has_not_signed_is_refused() {
    let app = moved_in(serving).await;
    let old = OLD_SITE.jwt("refresh", ANN);
    let mut refused = altered(old.rsplit('.').next().expect("three parts"));
    let signed = old.rsplit_once('.').expect("three parts").0;
    refused = refused.into_iter().map(|signature| format!("{signed}.{signature}")).collect();
    refused.push(OLD_SITE.jwt_with("other", false, "refresh", ANN));
    // The claims of bob under ann's signature.
    let bobs = OLD_SITE.jwt("refresh", BOB);
    let (bobs, anns) = (bobs.rsplit_once('.').expect("parts").0, old.rsplit_once('.').expect("parts").1);
    refused.push(format!("{bobs}.{anns}"));
    // Without a signature.
    refused.push(format!("{}.", signed.replacen("eyJhbGciOiJIUzI1NiIs", "eyJhbGciOiJub25lIiwi", 1)));
    for token in refused {
        expect_refused(&app.djoser().refresh(&token).await, "Token is invalid");
        expect_refused(&app.djoser().verify_token(&token).await, "Token is invalid");
        expect_refused(&app.djoser().blacklist(&token).await, "Token is invalid");
    }
    assert_eq!(sessions(&app), 0);
}

#[tokio::test]
async fn a_token_that_was_revoked_there_stays_revoked() {
    let app = moved_in(serving).await;
    // printf '%s' 20230000000000000000000000000001 | sha256sum
    let digest = "ff5d04b2af902f7309cdbe82ad962d978ba4f4788d90a10b6d1ead67deda5476";
    app.execute(&format!("INSERT INTO moved_tokens (digest, expires_at) VALUES ('{digest}', 1700086400)"));
    let old = OLD_SITE.jwt("refresh", ANN);
    expect_refused(&app.djoser().refresh(&old).await, "Token is blacklisted");
    let told = app.djoser().verify_token(&old).await;
    assert_eq!(told.expect(400), json!({ "non_field_errors": ["Token is blacklisted"] }));
    expect_refused(&app.djoser().blacklist(&old).await, "Token is blacklisted");
    assert_eq!(sessions(&app), 0);
}

#[tokio::test]
async fn a_token_whose_session_was_ended_begins_no_other() {
    let app = moved_in(serving).await;
    let old = OLD_SITE.jwt("refresh", ANN);
    access(&app.djoser().refresh(&old).await);
    app.execute("DELETE FROM sessions");
    expect_refused(&app.djoser().refresh(&old).await, "Token is blacklisted");
    assert_eq!(sessions(&app), 0);
}

#[tokio::test]
async fn a_token_is_verified_without_becoming_a_session() {
    let app = moved_in(rotating).await;
    let old = OLD_SITE.jwt("refresh", ANN);
    assert_eq!(app.djoser().verify_token(&old).await.expect(200), json!({}));
    assert_eq!(sessions(&app), 0);
    Pair::of(&app.djoser().refresh(&old).await);
    let told = app.djoser().verify_token(&old).await;
    assert_eq!(told.expect(400), json!({ "non_field_errors": ["Token is blacklisted"] }));
}

#[tokio::test]
async fn a_token_can_be_revoked_before_and_after_it_became_a_session() {
    let app = moved_in(serving).await;
    let (unused, used) = (OLD_SITE.jwt("refresh", ANN), OLD_SITE.jwt("refresh", BOB));
    let new = access(&app.djoser().refresh(&used).await);
    for old in [&unused, &used] {
        assert_eq!(app.djoser().blacklist(old).await.expect(200), json!({}));
        expect_refused(&app.djoser().blacklist(old).await, "Token is blacklisted");
        expect_refused(&app.djoser().refresh(old).await, "Token is blacklisted");
    }
    assert!(!app.djoser().admits(&new).await);
    assert_eq!(sessions(&app), 0);
}

#[tokio::test]
async fn what_ends_all_sessions_ends_tokens_that_are_none_yet() {
    let ended = async |end: &str| {
        let app = moved_in(|settings| {
            serving(settings);
            settings.contracts.accounts.login = vec![LoginAnswer::Jwt];
        })
        .await;
        let first = access(&app.djoser().refresh(&OLD_SITE.jwt("refresh", ANN)).await);
        let second = OLD_SITE.jwt_with("present", true, "refresh", ANN);
        match end {
            "others" => {
                let path = app.path_of(Contract::Accounts, "sessions/");
                let request = app.request("DELETE", &path).header("authorization", format!("Bearer {first}"));
                let answer = app.send(request).await;
                assert!((200..300).contains(&answer.status), "{answer:?}");
            }
            "all" => {
                let body = json!({ "refresh": OLD_SITE.jwt("refresh", ANN), "revoke_token": true });
                app.post_json("logout/", &body).await.expect(200);
            }
            "operator" => {
                let id = countersign::UserId::from_stored(ANN);
                app.accounts().administration().end_sessions(&id).await.expect("there is such a user");
            }
            _ => {
                app.execute("UPDATE users SET link_secret = '00112233445566778899aabbccddeeff' WHERE id = '1'");
            }
        }
        expect_refused(&app.djoser().refresh(&second).await, "Token is blacklisted");
    };
    for end in ["others", "all", "operator", "a new password"] {
        ended(end).await;
    }
}

#[tokio::test]
async fn an_old_secret_that_signs_here_too_makes_no_difference() {
    let app = moved_in(|settings| {
        serving(settings);
        settings.jwt.secrets = settings.moving.simplejwt.secrets.clone();
    })
    .await;
    access(&app.djoser().refresh(&OLD_SITE.jwt("refresh", ANN)).await);
}

#[tokio::test]
async fn tokens_are_refreshed_at_the_other_contracts_too() {
    let app = moved_in(|settings| {
        settings.contracts.dj_rest_auth.enabled = true;
        settings.contracts.dj_rest_auth.use_jwt = true;
        settings.contracts.accounts.login = vec![LoginAnswer::Jwt];
    })
    .await;
    let old = OLD_SITE.jwt("refresh", ANN);
    let answer = app.dj_rest_auth().post(dj_rest_auth::paths::REFRESH, &json!({ "refresh": old })).await;
    access(&answer);
    app.dj_rest_auth().post(dj_rest_auth::paths::LOGOUT, &json!({ "refresh": old })).await.expect(200);
    let answer = app.dj_rest_auth().post(dj_rest_auth::paths::REFRESH, &json!({ "refresh": old })).await;
    expect_refused(&answer, "Token is blacklisted");
    let old = OLD_SITE.jwt("refresh", BOB);
    access(&app.post_json("refresh-token/", &json!({ "refresh": old })).await);
    assert_eq!(sessions(&app), 1);
}

#[tokio::test]
async fn the_session_shows_the_device_that_refreshed() {
    let app = moved_in(serving).await;
    let request = app.request("POST", &app.path_of(Contract::Djoser, paths::JWT_REFRESH));
    let request =
        request.header("user-agent", "an old phone").json(&json!({ "refresh": OLD_SITE.jwt("refresh", ANN) }));
    access(&app.send(request).await);
    assert_eq!(app.lines("SELECT user_agent AS line FROM sessions"), ["an old phone"]);
}
