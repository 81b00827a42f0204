//! Names and addresses that somebody has: the unique indexes decide.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::TestApp;

fn name_taken() -> Value {
    json!({ "username": ["A user with that username already exists."] })
}

#[tokio::test]
async fn a_username_is_one_persons_in_any_spelling() {
    let app = TestApp::start().await;
    app.register("Straße", json!({ "email": "ann@mail.example" })).await.expect(201);
    for spelling in ["Straße", "straße", "STRASSE", "strasse", "ｓｔｒａｓｓｅ", " Straße "] {
        let answer = app.register(spelling, json!({ "email": "bob@mail.example" })).await;
        assert_eq!(answer.expect(400), name_taken(), "{spelling}");
    }
    assert_eq!(app.rows().await, (1, 1));
}

#[tokio::test]
async fn a_taken_username_is_told_before_anything_of_the_password_is() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    let weak = json!({ "password": "short", "password_confirm": "different" });
    assert_eq!(app.register("ann", weak).await.expect(400), name_taken());
}

#[tokio::test]
async fn of_sixty_four_registrations_of_one_name_one_succeeds() {
    let app = TestApp::start().await;
    let answers = join_all((0..64).map(|number| {
        let spelling = if number % 2 == 0 { "ann" } else { "ANN" };
        app.register(spelling, json!({ "email": format!("ann{number}@mail.example") }))
    }))
    .await;
    let mut statuses = BTreeMap::new();
    for answer in &answers {
        *statuses.entry(answer.status).or_insert(0) += 1;
        if answer.status == 400 {
            assert_eq!(answer.json(), name_taken());
        }
    }
    assert_eq!(statuses, BTreeMap::from([(201, 1), (400, 63)]));
    assert_eq!(app.rows().await, (1, 1));
}

#[tokio::test]
async fn a_loser_takes_nobody_else_down() {
    let app = TestApp::start().await;
    let answers = join_all((0..96).map(|number| {
        let (app, name) = (&app, format!("user{}", number % 48));
        async move { app.register(&name, json!({ "email": format!("{number}@mail.example") })).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 48);
    assert_eq!(answers.iter().filter(|answer| answer.status == 400).count(), 48);
    assert_eq!(app.rows().await, (48, 48), "each user with the mail");
}

#[tokio::test]
async fn an_unverified_claim_blocks_no_address() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let bob = app.register("bob", json!({ "email": ann.email.to_uppercase() })).await.expect(201);
    let mails = app.mails().await;
    assert_eq!(
        mails.iter().map(|mail| mail.link().user_id).collect::<BTreeSet<_>>(),
        BTreeSet::from([ann.id, bob["id"].as_str().unwrap().into()])
    );
}

#[tokio::test]
async fn where_addresses_are_not_concealed_a_taken_one_is_told() {
    let app = TestApp::with(|settings| settings.users.conceal_emails = false).await;
    let ann = app.verified("ann").await;
    app.registered("pending").await;
    app.mails().await;

    let taken = json!({ "email": ["user with this email address already exists."] });
    for email in [ann.email.clone(), ann.email.to_uppercase()] {
        assert_eq!(app.register("bob", json!({ "email": email })).await.expect(400), taken);
    }
    let both = app.register("Ann", json!({ "email": ann.email })).await.expect(400);
    assert_eq!(both, json!({ "username": name_taken()["username"], "email": taken["email"] }));
    app.register("bob", json!({ "email": "pending@mail.example" })).await.expect(201);
    let mails = app.mails().await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["pending@mail.example"]);
}

#[tokio::test]
async fn where_addresses_may_be_shared_they_are() {
    let app = TestApp::with(|settings| settings.users.email_unique = false).await;
    let ann = app.verified("ann").await;
    let bob = app.register("bob", json!({ "email": ann.email })).await.expect(201);
    let link = app.link().await;
    assert_eq!(link.user_id, bob["id"].as_str().unwrap());
    app.verify(&link).await.expect(200);
    assert!(app.users().await.iter().all(|user| user.verified_at.is_some()));
}
