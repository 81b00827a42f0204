//! A user takes another address.

mod correction;
mod links;
mod newest;
mod password;
mod repeated;
mod spelling;
mod without_proof;

use countersign::UserId;
use countersign::settings::LoginField;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;

const SENT: &str = "Register email link email sent";
const VERIFIED: &str = "Email verified successfully";

#[tokio::test]
async fn the_new_address_gets_a_link_and_the_old_one_hears_of_the_change() {
    let app = TestApp::with(|settings| settings.login.fields = vec![LoginField::Username, LoginField::Email]).await;
    let (ann, token) = app.somebody("ann").await;
    app.ask_for_email(&token, " Ann2@Mail.EXAMPLE ").await.expect_detail(200, SENT);
    assert_eq!(app.get_by(&token, paths::PROFILE).await.expect(200)["email"], json!(ann.email), "not yet");
    let mail = app.mail().await;
    assert_eq!((mail.to.as_str(), mail.link().email.as_deref()), ("Ann2@mail.example", Some("Ann2@mail.example")));

    app.verify_email(&mail.link()).await.expect_detail(200, VERIFIED);
    assert_eq!(app.get_by(&token, paths::PROFILE).await.expect(200)["email"], "Ann2@mail.example", "sessions stay");
    let notice = app.mail().await;
    assert_eq!(
        (notice.to.as_str(), notice.subject.as_str()),
        (ann.email.as_str(), "Your e-mail address at Tea & Co was changed")
    );
    for part in [&notice.text, notice.html.as_ref().expect("an HTML part")] {
        assert!(!part.contains("Ann2@") && !part.contains("signature"), "the new address is not for the old mailbox");
    }
    assert!(app.knows("ann2@mail.example", PASSWORD).await && !app.knows(&ann.email, PASSWORD).await);
    assert_eq!(app.reset_link("ann").await.user_id, ann.id);
}

#[tokio::test]
async fn an_address_in_use_is_told_to_its_owner_and_not_to_who_asks() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let bob = app.verified("bob").await;
    for email in [bob.email.clone(), bob.email.to_uppercase()] {
        app.ask_for_email(&token, &email).await.expect_detail(200, SENT);
        let mail = app.mail().await;
        assert_eq!(mail.to.to_lowercase(), email.to_lowercase());
        assert!(!mail.text.contains("http") && !mail.html.as_ref().expect("an HTML part").contains("signature"));
    }
    assert_eq!(app.get_by(&token, paths::PROFILE).await.expect(200)["email"], json!(ann.email));
}

#[tokio::test]
async fn who_proves_an_address_first_has_it() {
    let app = TestApp::start().await;
    let (_, anns) = app.somebody("ann").await;
    let (_, bobs) = app.somebody("bob").await;
    let wanted = "wanted@mail.example";
    app.register("cyd", json!({ "email": wanted })).await.expect(201);
    let cyds = app.link().await;
    let (anns, bobs) = (app.email_link(&anns, wanted).await, app.email_link(&bobs, "Wanted@mail.example").await);
    app.verify_email(&bobs).await.expect_detail(200, VERIFIED);
    app.verify_email(&anns).await.expect_detail(400, "This email is already registered.");
    app.verify(&cyds).await.expect_detail(400, "This email is already registered.");
    let owners = app
        .users()
        .await
        .into_iter()
        .filter(|user| user.verified_at.is_some() && user.email.as_deref() == Some("Wanted@mail.example"));
    assert_eq!(owners.count(), 1);
}

#[tokio::test]
async fn an_address_that_was_left_is_free() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let old = app.reset_link("ann").await;
    let link = app.email_link(&token, "ann2@mail.example").await;
    app.verify_email(&link).await.expect(200);
    app.mails().await;
    app.register("bob", json!({ "email": ann.email })).await.expect(201);
    app.verify(&app.link().await).await.expect(200);
    app.reset(&old, NEW_PASSWORD).await.expect_detail(400, "Invalid signature");
    app.ask_for_reset("ann").await.expect(200);
    assert_eq!(app.mail().await.to, "ann2@mail.example");
}

#[tokio::test]
async fn a_user_can_go_back_with_a_new_link_only() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let first = app.email_link(&token, "ann2@mail.example").await;
    app.verify_email(&first).await.expect(200);
    app.mails().await;
    let back = app.email_link(&token, &ann.email).await;
    app.verify_email(&back).await.expect(200);
    app.mails().await;
    app.verify_email(&first).await.expect_detail(400, "Invalid signature");
    app.verify_email(&back).await.expect_detail(200, VERIFIED);
    assert_eq!(app.user(&ann.id).await.email, Some(ann.email));
}

#[tokio::test]
async fn every_fault_of_an_address_is_told() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let invalid = "Enter a valid email address.";
    let long = "Ensure this field has no more than 254 characters.";
    let cases: Vec<(Value, Vec<&str>)> = vec![
        (json!(""), vec!["This field may not be blank."]),
        (json!(" "), vec!["This field may not be blank."]),
        (json!(null), vec!["This field may not be null."]),
        (json!([]), vec![invalid]),
        (json!(true), vec![invalid]),
        (json!(42), vec![invalid]),
        (json!("ann"), vec![invalid]),
        (json!("ann@"), vec![invalid]),
        (json!("@mail.example"), vec![invalid]),
        (json!("ann@nodot"), vec![invalid]),
        (json!("a..b@mail.example"), vec![invalid]),
        (json!("Ann <ann@mail.example>"), vec![invalid]),
        (json!("a@b@mail.example"), vec![invalid]),
        (json!("ann@mail.example,bob@mail.example"), vec![invalid]),
        (json!("ann@mail.example\nBcc: bob@mail.example"), vec![invalid]),
        (json!(format!("{}@mail.example", "a".repeat(242))), vec![long]),
    ];
    for (value, messages) in cases {
        let answer = app.post_by(&token, paths::REGISTER_EMAIL, &json!({ "email": value })).await.expect(400);
        assert_eq!(answer, json!({ "email": messages }), "{value}");
    }
    let missing = app.post_by(&token, paths::REGISTER_EMAIL, &json!({})).await.expect(400);
    assert_eq!(missing, json!({ "email": ["This field is required."] }));
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn an_address_of_254_characters_makes_the_whole_way() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let labels = ["b".repeat(63), "c".repeat(63), "d".repeat(53)].join(".");
    let email = format!("{}@{labels}.example", "a".repeat(64));
    assert_eq!(email.len(), 254);
    let link = app.email_link(&token, &email).await;
    app.verify_email(&link).await.expect_detail(200, VERIFIED);
    assert_eq!(app.user(&ann.id).await.email, Some(email));
}

#[tokio::test]
async fn users_who_were_shut_out_change_no_address() {
    let app = TestApp::start().await;
    let (bob, token) = app.somebody("bob").await;
    let link = app.email_link(&token, "bob2@mail.example").await;
    app.store().disable_user(UserId::from_stored(&bob.id), app.now()).await.expect("it answers");
    app.verify_email(&link).await.expect_detail(400, "User not found");
    app.store().delete_user(UserId::from_stored(&bob.id)).await.expect("it answers");
    app.verify_email(&link).await.expect_detail(400, "Invalid signature");
}

#[tokio::test]
async fn where_addresses_may_be_shared_a_taken_one_gets_a_link_too() {
    let app = TestApp::with(|settings| settings.users.email_unique = false).await;
    let (ann, token) = app.somebody("ann").await;
    let bob = app.verified("bob").await;
    let link = app.email_link(&token, &bob.email).await;
    app.verify_email(&link).await.expect_detail(200, VERIFIED);
    assert_eq!(app.user(&ann.id).await.email, Some(bob.email));
}
