//! What else ends sessions.

use countersign::UserId;

use crate::support::TestApp;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::test_app::PASSWORD;

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    let app = TestApp::start().await;
    let (ann, mine) = app.somebody("ann").await;
    let other = app.token_of(&ann).await;
    let (_, bob) = app.somebody("bob").await;
    app.change_password(&mine, PASSWORD, NEW_PASSWORD).await.expect_detail(200, "Password changed successfully");
    assert!(app.is_alive(&mine).await && app.is_alive(&bob).await);
    assert!(!app.is_alive(&other).await);
}

#[tokio::test]
async fn a_reset_password_ends_all_sessions() {
    let app = TestApp::start().await;
    let (ann, first) = app.somebody("ann").await;
    let second = app.token_of(&ann).await;
    let (_, bob) = app.somebody("bob").await;
    let link = app.reset_link("ann").await;
    app.reset(&link, NEW_PASSWORD).await.expect_detail(200, "Reset password successful");
    assert!(!app.is_alive(&first).await && !app.is_alive(&second).await);
    assert!(app.is_alive(&bob).await);
}

#[tokio::test]
async fn disabling_ends_all_sessions_and_enabling_brings_none_back() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let id = UserId::from_stored(&ann.id);
    assert!(app.store().disable_user(id.clone(), app.now()).await.expect("it answers"));
    assert!(!app.is_alive(&token).await);
    assert!(!app.knows("ann", PASSWORD).await);
    assert!(app.store().enable_user(id).await.expect("it answers"));
    assert!(!app.is_alive(&token).await);
    assert!(app.knows("ann", PASSWORD).await);
}

#[tokio::test]
async fn deleting_ends_all_sessions() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    assert!(app.store().delete_user(UserId::from_stored(&ann.id)).await.expect("it answers"));
    assert!(!app.is_alive(&token).await);
}

#[tokio::test]
async fn a_refused_change_ends_nothing() {
    let app = TestApp::start().await;
    let (ann, mine) = app.somebody("ann").await;
    let other = app.token_of(&ann).await;
    app.change_password(&mine, "Wrong-Lantern-9", NEW_PASSWORD).await.expect(400);
    app.change_password(&mine, PASSWORD, "short").await.expect(400);
    let mut link = app.reset_link("ann").await;
    link.signature = "0".repeat(64);
    app.reset(&link, NEW_PASSWORD).await.expect(400);
    assert!(app.is_alive(&mine).await && app.is_alive(&other).await);
}
