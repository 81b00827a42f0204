//! Addresses that several verified users have, and a site that changes whether they may.

use countersign::Settings;
use countersign::settings::LoginField;
use serde_json::{Value, json};

use super::REFUSED;
use crate::support::accounts::{NEW_PASSWORD, paths};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

const ADDRESS: &str = "ann@mail.example";

fn shared(settings: &mut Settings) {
    settings.login.fields = vec![LoginField::Username, LoginField::Email];
    settings.users.email_unique = false;
}

fn unique(settings: &mut Settings) {
    shared(settings);
    settings.users.email_unique = true;
}

/// Registers with [`ADDRESS`] and proves it. Returns the id.
async fn proved(app: &TestApp, username: &str) -> Value {
    let id = app.register(username, json!({ "email": ADDRESS })).await.expect(201)["id"].clone();
    app.verify(&app.link().await).await.expect(200);
    app.advance(1);
    id
}

async fn id_of(app: &TestApp, answer: &Answer) -> Value {
    let token = answer.expect(200)["token"].as_str().expect("a token").to_owned();
    app.get_by(&token, paths::PROFILE).await.expect(200)["id"].clone()
}

#[tokio::test]
async fn a_claim_takes_no_reset_link_from_those_who_have_proved_a_shared_address() {
    let app = TestApp::with(shared).await;
    proved(&app, "ann").await;
    let bob = proved(&app, "bob").await;
    app.register("mallory", json!({ "email": ADDRESS })).await.expect(201);
    app.mails().await;
    let link = app.reset_link(ADDRESS).await;
    app.reset(&link, NEW_PASSWORD).await.expect(200);
    assert_eq!(id_of(&app, &app.log_in("bob", NEW_PASSWORD).await).await, bob);
}

#[tokio::test]
async fn where_addresses_become_unique_each_is_given_to_its_only_user() {
    let before = TestApp::with(shared).await;
    let ann = proved(&before, "ann").await;
    for name in ["one", "other"] {
        before.register(name, json!({ "email": "both@mail.example" })).await.expect(201);
        before.verify(&before.link().await).await.expect(200);
    }
    let claim = before.register("claim", json!({ "email": "claimed@mail.example" })).await.expect(201)["id"].clone();
    before.mails().await;

    let after = before.sibling(unique).await;
    assert_eq!(id_of(&after, &after.log_in(ADDRESS, PASSWORD).await).await, ann);
    let link = after.reset_link(ADDRESS).await;
    after.reset(&link, NEW_PASSWORD).await.expect(200);
    assert_eq!(id_of(&after, &after.log_in(ADDRESS, NEW_PASSWORD).await).await, ann);
    // It is taken now.
    after.register("late", json!({ "email": ADDRESS })).await.expect(201);
    assert_eq!(after.mails().await.pop().expect("it was mailed").to, ADDRESS);
    after.resend(ADDRESS).await.expect(200);
    assert!(after.mails().await.is_empty(), "no link proves it");
    // Two users have proved the one address, so neither logs in by it. A claim of the other one is no proof.
    after.log_in("both@mail.example", PASSWORD).await.expect_detail(400, REFUSED);
    after.log_in("one", PASSWORD).await.expect(200);
    assert_eq!(after.user(claim.as_str().expect("text")).await.verified_at, None);
    after.log_in("claimed@mail.example", PASSWORD).await.expect_detail(400, REFUSED);
}

#[tokio::test]
async fn where_addresses_may_be_shared_from_now_on_an_owner_stands_in_nobody_s_way() {
    let before = TestApp::with(unique).await;
    let (ann, session) = before.somebody("ann").await;
    assert_eq!(ann.email, ADDRESS);
    let after = before.sibling(shared).await;
    after.register("bob", json!({ "email": ADDRESS })).await.expect(201);
    after.mails().await;
    after.resend(ADDRESS).await.expect(200);
    after.verify(&after.link().await).await.expect(200);
    assert!(after.knows("bob", PASSWORD).await);
    // Both get a link by their names.
    for (name, password) in [("ann", "Velvet-Comet-77"), ("bob", NEW_PASSWORD)] {
        let link = after.reset_link(name).await;
        after.reset(&link, password).await.expect(200);
        assert!(after.knows(name, password).await);
        after.mails().await;
    }
    assert!(!after.is_alive(&session).await, "her password was reset");
    // A third user may ask for the address, and gets a link.
    let (_, cyd) = after.somebody("cyd").await;
    after.ask_for_email(&cyd, ADDRESS).await.expect(200);
    after.verify_email(&after.link().await).await.expect(200);
}

#[tokio::test]
async fn what_was_settled_once_stays_settled() {
    let first = TestApp::with(unique).await;
    let ann = proved(&first, "ann").await;
    let second = first.sibling(shared).await;
    let bob = proved(&second, "bob").await;
    let third = second.sibling(unique).await;
    third.log_in(ADDRESS, PASSWORD).await.expect_detail(400, REFUSED);
    let id = countersign::UserId::from_stored(bob.as_str().expect("text"));
    third.accounts().administration().delete_user(&id).await.expect("it is there");
    let fourth = third.sibling(unique).await;
    assert_eq!(id_of(&fourth, &fourth.log_in(ADDRESS, PASSWORD).await).await, ann);
}
