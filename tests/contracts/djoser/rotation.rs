//! Refresh tokens that are used once: the new one takes the place of the old one, and a replay ends the login.

use countersign::Settings;
use countersign::clock::Seconds;
use serde_json::json;

use super::jwt::expect_token_refused;
use super::with_jwt;
use crate::support::TestApp;
use crate::support::djoser::Pair;

fn rotating(settings: &mut Settings) {
    with_jwt(settings);
    settings.jwt.rotate_refresh_tokens = true;
}

async fn app_with_pair() -> (TestApp, Pair) {
    let app = TestApp::with(rotating).await;
    app.djoser().registered("ann").await;
    let pair = app.djoser().pair("ann").await;
    (app, pair)
}

#[tokio::test]
async fn a_refresh_answers_with_a_new_pair_that_goes_on() {
    let (app, mut pair) = app_with_pair().await;
    for _ in 0..5 {
        app.advance(80_000);
        let next = Pair::of(&app.djoser().refresh(&pair.refresh).await);
        assert!(next.refresh != pair.refresh && next.access != pair.access);
        assert!(app.djoser().admits(&next.access).await);
        pair = next;
    }
}

#[tokio::test]
async fn a_replaced_token_is_only_refused_within_ten_seconds() {
    for seconds in [0, 1, 9, 10] {
        let (app, old) = app_with_pair().await;
        let new = Pair::of(&app.djoser().refresh(&old.refresh).await);
        app.advance(seconds);
        expect_token_refused(&app.djoser().refresh(&old.refresh).await, "Token is blacklisted");
        assert!(app.djoser().admits(&new.access).await, "after {seconds} s");
        Pair::of(&app.djoser().refresh(&new.refresh).await);
    }
}

#[tokio::test]
async fn a_token_that_is_used_again_later_ends_the_login() {
    let (app, old) = app_with_pair().await;
    let new = Pair::of(&app.djoser().refresh(&old.refresh).await);
    app.advance(11);
    expect_token_refused(&app.djoser().refresh(&old.refresh).await, "Token is blacklisted");
    assert!(!app.djoser().admits(&new.access).await);
    expect_token_refused(&app.djoser().refresh(&new.refresh).await, "Token is blacklisted");
}

#[tokio::test]
async fn a_replaced_token_at_the_blacklist_counts_as_used_again() {
    let (app, old) = app_with_pair().await;
    let new = Pair::of(&app.djoser().refresh(&old.refresh).await);
    app.advance(11);
    expect_token_refused(&app.djoser().blacklist(&old.refresh).await, "Token is blacklisted");
    assert!(!app.djoser().admits(&new.access).await);
}

#[tokio::test]
async fn to_verify_a_replaced_token_ends_nothing() {
    let (app, old) = app_with_pair().await;
    let new = Pair::of(&app.djoser().refresh(&old.refresh).await);
    app.advance(11);
    let verified = app.djoser().verify_token(&old.refresh).await;
    assert_eq!(verified.expect(400), json!({ "non_field_errors": ["Token is blacklisted"] }));
    assert_eq!(app.djoser().verify_token(&new.refresh).await.expect(200), json!({}));
    assert!(app.djoser().admits(&new.access).await);
}

#[tokio::test]
async fn a_login_that_is_refreshed_ends_with_the_life_of_sessions() {
    let app = TestApp::with(|settings| {
        rotating(settings);
        settings.sessions.expires_after = Seconds::new(100_000);
    })
    .await;
    app.djoser().registered("ann").await;
    let first = app.djoser().pair("ann").await;
    app.advance(80_000);
    let second = Pair::of(&app.djoser().refresh(&first.refresh).await);
    app.advance(19_999);
    let third = Pair::of(&app.djoser().refresh(&second.refresh).await);
    assert!(app.djoser().admits(&third.access).await);
    app.advance(1);
    assert!(!app.djoser().admits(&third.access).await);
    expect_token_refused(&app.djoser().refresh(&third.refresh).await, "Token is expired");
}

#[tokio::test]
async fn a_refreshed_login_is_cleared_away_at_its_new_end_and_not_before() {
    let (app, pair) = app_with_pair().await;
    app.advance(80_000);
    let next = Pair::of(&app.djoser().refresh(&pair.refresh).await);
    app.advance(6_400);
    assert_eq!(app.accounts().purge_sessions().await.expect("it answers"), 0);
    app.advance(79_999);
    assert_eq!(app.accounts().purge_sessions().await.expect("it answers"), 0);
    app.djoser().verify_token(&next.refresh).await.expect(200);
    app.advance(1);
    assert_eq!(app.accounts().purge_sessions().await.expect("it answers"), 1);
}

#[tokio::test]
async fn no_index_has_a_column_that_a_refresh_changes() {
    let (app, pair) = app_with_pair().await;
    app.execute("CREATE TABLE kept_sessions AS SELECT * FROM sessions");
    app.advance(70);
    Pair::of(&app.djoser().refresh(&pair.refresh).await);
    let indexes: Vec<String> =
        app.schema().into_iter().filter(|line| line.contains("INDEX") && line.contains("sessions")).collect();
    assert!(indexes.iter().any(|index| index.contains("(expiry_check_at)")), "{indexes:?}");
    for column in ["refresh_digest", "rotated_at", "last_used_at", "expires_at"] {
        let changed = format!(
            "SELECT 'changed' AS line FROM sessions JOIN kept_sessions AS kept ON kept.id = sessions.id \
             WHERE kept.{column} IS NULL OR kept.{column} <> sessions.{column}"
        );
        assert_eq!(app.lines(&changed), ["changed"], "{column}");
        assert!(!indexes.iter().any(|index| index.contains(column)), "{column}: {indexes:?}");
    }
    let others = "SELECT 'same' AS line FROM sessions JOIN kept_sessions AS kept ON kept.id = sessions.id \
                  WHERE kept.digest = sessions.digest AND kept.expiry_check_at = sessions.expiry_check_at";
    assert_eq!(app.lines(others), ["same"]);
}
