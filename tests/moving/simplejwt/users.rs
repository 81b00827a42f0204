//! Whose refresh tokens are accepted.

use serde_json::json;

use super::{access, expect_refused, serving, sessions};
use crate::moving::old_site::{ANN, CLEO, OLD_SITE, disable, moved_in};

#[tokio::test]
async fn a_disabled_or_deleted_user_is_told_as_at_any_refresh() {
    let app = moved_in(serving).await;
    disable(app.accounts(), ANN).await;
    app.execute("DELETE FROM users WHERE id = '3'");
    for id in [ANN, CLEO] {
        let answer = app.djoser().refresh(&OLD_SITE.jwt("refresh", id)).await;
        answer.expect_detail(401, "No active account found for the given token.");
    }
}

#[tokio::test]
async fn only_users_who_moved_have_old_tokens() {
    let app = moved_in(serving).await;
    app.execute("DELETE FROM moved_users");
    expect_refused(&app.djoser().refresh(&OLD_SITE.jwt("refresh", ANN)).await, "Token is blacklisted");
    let app = moved_in(|settings| {
        serving(settings);
        settings.moving.simplejwt.secrets.clear();
    })
    .await;
    expect_refused(&app.djoser().refresh(&OLD_SITE.jwt("refresh", ANN)).await, "Token is invalid");
}

#[tokio::test]
async fn a_token_that_was_signed_long_after_the_move_is_refused() {
    for (days, is_good) in [(1, true), (2, false)] {
        let app = moved_in(serving).await;
        app.execute(&format!("UPDATE users SET verified_at = verified_at - {days} * 86400"));
        app.execute(&format!("UPDATE moved_users SET moved_at = moved_at - {days} * 86400"));
        let answer = app.djoser().refresh(&OLD_SITE.jwt("refresh", ANN)).await;
        match is_good {
            true => drop(access(&answer)),
            false => expect_refused(&answer, "Token is blacklisted"),
        }
    }
}

#[tokio::test]
async fn a_token_of_a_user_who_was_not_verified_is_good_only_where_such_users_may_log_in() {
    let app = moved_in(serving).await;
    let old = OLD_SITE.jwt("refresh", CLEO);
    expect_refused(&app.djoser().refresh(&old).await, "Token is blacklisted");
    let verified = app.djoser().verify_token(&old).await.expect(400);
    assert_eq!(verified, json!({ "non_field_errors": ["Token is blacklisted"] }));
    app.advance(1);
    let id = countersign::UserId::from_stored(CLEO);
    app.accounts().administration().verify_user(&id).await.expect("the address is free");
    expect_refused(&app.djoser().refresh(&old).await, "Token is blacklisted");
    assert_eq!(sessions(&app), 0);

    let app = moved_in(|settings| {
        serving(settings);
        settings.login.require_verified = false;
    })
    .await;
    access(&app.djoser().refresh(&old).await);
}
