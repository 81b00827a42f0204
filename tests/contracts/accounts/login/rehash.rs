//! Logins after the cost of a hash was changed.

use countersign::Settings;

use super::REFUSED;
use crate::support::TestApp;
use crate::support::accounts::{at_once, count};
use crate::support::test_app::PASSWORD;

fn dearer(settings: &mut Settings) {
    settings.passwords.memory_kib = 16;
    settings.passwords.passes = 2;
}

#[tokio::test]
async fn a_login_rehashes_a_password_of_another_cost_and_the_next_does_not() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let link = app.reset_link("ann").await;
    let old = app.user(&ann.id).await;
    let token = app.token_of(&ann).await;

    let today = app.sibling(dearer).await;
    today.log_in("ann", "Kettle-Harbor-43").await.expect_detail(400, REFUSED);
    assert_eq!(app.user(&ann.id).await.password_hash.expose(), old.password_hash.expose());

    let before = today.accounts().hasher().hashes_done();
    today.log_in("ann", PASSWORD).await.expect(200);
    assert_eq!(today.accounts().hasher().hashes_done() - before, 2);
    let new = app.user(&ann.id).await;
    assert!(new.password_hash.expose().starts_with("$argon2id$v=19$m=16,t=2,p=1$"), "{}", new.password_hash.expose());
    assert_eq!(new.link_secret.expose(), old.link_secret.expose());

    today.log_in("ann", PASSWORD).await.expect(200);
    assert_eq!(today.accounts().hasher().hashes_done() - before, 3);
    assert!(today.is_alive(&token).await, "it is the same password");
    today.reset(&link, "Velvet-Comet-77").await.expect(200);
}

#[tokio::test]
async fn a_cheaper_hash_is_taken_up_as_well() {
    let app = TestApp::with(dearer).await;
    let ann = app.verified("ann").await;
    let cheaper = app.sibling(|_| {}).await;
    cheaper.log_in("ann", PASSWORD).await.expect(200);
    assert!(app.user(&ann.id).await.password_hash.expose().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    app.log_in("ann", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn parallel_logins_that_rehash_all_succeed() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let today = app.sibling(dearer).await;
    let answers = at_once((0..32).map(|_| today.log_in("ann", PASSWORD))).await;
    assert_eq!(count(&answers, 200), 32, "{:?}", answers.iter().find(|answer| answer.status != 200));
}
