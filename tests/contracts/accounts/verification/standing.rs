//! What has become of the user while the link was on its way.

use countersign::UserId;
use countersign::internals::Purged;

use crate::support::{Link, TestApp};

fn id(text: &str) -> UserId {
    UserId::from_stored(text)
}

#[tokio::test]
async fn no_link_opens_an_account_that_was_shut() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let link = app.link().await;
    app.store().disable_user(id(&ann.id), app.now()).await.expect("the database answers");
    app.verify(&link).await.expect_detail(400, "Invalid signature");
    let user = app.user(&ann.id).await;
    assert_eq!((user.verified_at, user.disabled_at), (None, Some(app.now())));

    app.store().enable_user(id(&ann.id)).await.expect("the database answers");
    app.verify(&link).await.expect(200);
    app.store().disable_user(id(&ann.id), app.now()).await.expect("the database answers");
    app.verify(&link).await.expect_detail(400, "Invalid signature");
    assert_eq!(app.user(&ann.id).await.disabled_at, Some(app.now()));
}

#[tokio::test]
async fn the_link_of_a_deleted_user_finds_nobody() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let link = app.link().await;
    app.store().delete_user(id(&ann.id)).await.expect("the database answers");
    app.verify(&link).await.expect_detail(400, "User not found");
    let nobody = Link::parse(&app.signed("nobody", 1_700_000_000));
    app.verify(&nobody).await.expect_detail(400, "User not found");
    assert_eq!(app.rows().await, (0, 0));
}

#[tokio::test]
async fn mails_to_users_who_need_none_any_more_are_dropped() {
    let app = TestApp::start().await;
    let [shut, gone, verified] =
        [app.registered("ann").await, app.registered("bob").await, app.registered("cyd").await];
    app.store().disable_user(id(&shut.id), app.now()).await.expect("the database answers");
    app.store().delete_user(id(&gone.id)).await.expect("the database answers");
    app.verify(&Link::parse(&app.signed(&verified.id, 1_700_000_000))).await.expect(200);
    assert!(app.mails().await.is_empty());
    assert_eq!(app.rows().await, (2, 0));
}

#[tokio::test]
async fn who_lost_the_address_to_somebody_else_is_told_and_later_cleared_away() {
    let app = TestApp::with(|settings| settings.users.conceal_emails = false).await;
    let ann = app.registered("ann").await;
    let first = app.link().await;
    app.register("bob", serde_json::json!({ "email": ann.email })).await.expect(201);
    let second = app.link().await;
    app.verify(&second).await.expect(200);
    app.verify(&first).await.expect_detail(400, "This email is already registered.");

    app.advance(86_400);
    assert_eq!(app.accounts().purge_unverified().await.expect("it answers").outrun, 0);
    app.advance(1);
    assert_eq!(app.accounts().purge_unverified().await.expect("it answers").outrun, 1);
    app.verify(&first).await.expect_detail(400, "User not found");
    app.register("ann", serde_json::json!({ "email": "other@mail.example" })).await.expect(201);
}

#[tokio::test]
async fn where_addresses_are_concealed_who_lost_one_keeps_the_username_as_long_as_others_do() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    app.mails().await;
    app.register("bob", serde_json::json!({ "email": ann.email })).await.expect(201);
    app.verify(&app.link().await).await.expect(200);
    app.advance(30 * 86_400);
    assert_eq!(app.accounts().purge_unverified().await.expect("it answers"), Purged::default());
    app.register("ann", serde_json::json!({})).await.expect(400);
    app.advance(1);
    assert_eq!(app.accounts().purge_unverified().await.expect("it answers"), Purged { expired: 1, outrun: 0 });
    app.registered("ann").await;
}

#[tokio::test]
async fn of_many_who_lost_an_address_all_are_cleared_away() {
    let app = TestApp::with(|settings| settings.users.conceal_emails = false).await;
    let ann = app.verified("ann").await;
    app.registered("bob").await;
    // 1,500 in each second, so that neither pages nor seconds end together.
    app.execute(&format!(
        "INSERT INTO users (id, username, username_key, email, email_key, first_name, last_name, password_hash,
                            link_secret, created_at)
         WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 4500)
         SELECT 'id' || number, 'claim' || number, 'claim' || number, '{email}', '{email}', '', '', '-',
                '0123456789abcdef0123456789abcdef', 1700000000 + number / 1500
         FROM numbers",
        email = ann.email,
    ));
    app.advance(86_401);
    assert_eq!(app.accounts().purge_unverified().await.expect("it answers").outrun, 4_500);
    assert_eq!(app.rows().await.0, 2);
}
