//! A user who mistyped the address at registration gives the right one.

use countersign::UserId;
use countersign::settings::{LoginField, UsernamePolicy};
use serde_json::json;

use super::{SENT, VERIFIED};
use crate::support::accounts::paths;
use crate::support::accounts::{NEW_PASSWORD, at_once, count};
use crate::support::limits::three_guesses;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

const CORRECTED: &str = "Verification link sent";
const INVALID: &str = "Login or password invalid.";

async fn correct(app: &TestApp, login: &str, password: &str, email: &str) -> Answer {
    app.post_json(paths::CORRECT_EMAIL, &json!({ "login": login, "password": password, "email": email })).await
}

#[tokio::test]
async fn who_knows_the_password_corrects_the_address_and_gets_in() {
    let app = TestApp::start().await;
    let ann = app.register("ann", json!({ "email": "an@mail.example" })).await.expect(201);
    let id = ann["id"].as_str().expect("a text");
    let mistyped = app.link().await;
    let lost = app.reset_link("ann").await;
    correct(&app, "ann", PASSWORD, "Ann@MAIL.example").await.expect_detail(200, CORRECTED);
    let mail = app.mail().await;
    assert_eq!((mail.to.as_str(), mail.link().email.as_deref()), ("Ann@mail.example", Some("Ann@mail.example")));

    // The mailbox of a stranger proves nothing of hers.
    app.verify(&mistyped).await.expect_detail(400, "Invalid signature");
    app.reset(&lost, NEW_PASSWORD).await.expect_detail(400, "Invalid signature");
    let user = app.user(id).await;
    assert_eq!((user.email.as_deref(), user.verified_at), (Some("Ann@mail.example"), None));

    app.verify_email(&mail.link()).await.expect_detail(200, VERIFIED);
    app.verify_email(&mail.link()).await.expect_detail(200, VERIFIED);
    assert!(app.mails().await.is_empty(), "an address that was never proved is told nothing");
    let token = app.log_in("ann", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    let profile = app.get_by(&token, paths::PROFILE).await.expect(200);
    assert_eq!((&profile["email"], profile.get("pending_email")), (&json!("Ann@mail.example"), None));
    app.verify(&mistyped).await.expect_detail(200, "User verified successfully");
    assert_eq!(app.user(id).await.email.as_deref(), Some("Ann@mail.example"));
}

#[tokio::test]
async fn a_link_mailed_to_mallorys_own_address_never_proves_another() {
    let app = TestApp::start().await;
    let mallory = app.registered("mallory").await;
    let first = app.link().await;
    correct(&app, "mallory", PASSWORD, "victim@mail.example").await.expect(200);
    let victims = app.link().await;
    // All of it within one second, which the link's time is counted in.
    app.verify(&first).await.expect_detail(400, "Invalid signature");
    app.resend("victim@mail.example").await.expect(200);
    assert_eq!(app.mail().await.to, "victim@mail.example");
    correct(&app, "mallory", PASSWORD, "mallory2@mail.example").await.expect(200);
    let second = app.link().await;
    correct(&app, "mallory", PASSWORD, "victim@mail.example").await.expect(200);
    app.mails().await;
    for (link, answer) in [(&first, app.verify(&first).await), (&second, app.verify_email(&second).await)] {
        assert_eq!(answer.status, 400, "{link:?}");
    }
    let mut moved = second.claim();
    moved["email"] = json!("victim@mail.example");
    app.post_json(paths::VERIFY_EMAIL, &moved).await.expect_detail(400, "Invalid signature");
    app.verify_email(&victims).await.expect_detail(400, "Invalid signature");
    let user = app.user(&mallory.id).await;
    assert_eq!((user.verified_at, user.email.as_deref()), (None, Some("victim@mail.example")));
}

#[tokio::test]
async fn another_link_to_the_corrected_address_can_be_asked_for() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    app.mails().await;
    correct(&app, "ann", PASSWORD, "ann2@mail.example").await.expect(200);
    app.mails().await;
    app.resend("ann@mail.example").await.expect(200);
    assert!(app.mails().await.is_empty(), "nobody claims the old address any more");
    app.resend("ann2@mail.example").await.expect(200);
    app.verify_email(&app.link().await).await.expect_detail(200, VERIFIED);
}

#[tokio::test]
async fn a_mail_to_the_mistyped_address_that_still_waits_is_not_sent() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    correct(&app, "ann", PASSWORD, "ann2@mail.example").await.expect(200);
    assert_eq!(app.mail().await.to, "ann2@mail.example");
}

#[tokio::test]
async fn a_taken_address_is_concealed_as_at_registration() {
    let app = TestApp::start().await;
    let bob = app.verified("bob").await;
    let mut links = Vec::new();
    for (name, email) in [("mallory", bob.email.as_str()), ("eve", "free@mail.example")] {
        app.registered(name).await;
        let own = app.link().await;
        let before = (app.accounts().hasher().hashes_done(), app.store().statements_run());
        let answer = correct(&app, name, PASSWORD, email).await;
        let cost = (app.accounts().hasher().hashes_done() - before.0, app.store().statements_run() - before.1);
        links.push((answer.status, answer.body, cost, app.verify(&own).await.body));
        let mails = app.mails().await;
        assert!(mails.len() == 1 && mails[0].to == email, "{mails:?}");
        assert_eq!(mails[0].text.contains("signature"), email != bob.email, "{mails:?}");
        // Nothing tells afterwards either.
        app.log_in(name, PASSWORD).await.expect_detail(400, INVALID);
    }
    assert_eq!(links[0], links[1]);
    app.resend(&bob.email).await.expect(200);
    assert!(app.mails().await.is_empty(), "who has the address needs no link of a stranger's");
    assert_eq!(app.users().await.iter().filter(|user| user.email.as_ref() == Some(&bob.email)).count(), 2);

    let open = app.sibling(|settings| settings.users.conceal_emails = false).await;
    let told = correct(&open, "eve", PASSWORD, &bob.email).await.expect(400);
    assert_eq!(told, json!({ "email": ["user with this email address already exists."] }));
}

#[tokio::test]
async fn strangers_and_verified_users_correct_nothing() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    app.registered("bob").await;
    let cyd = app.registered("cyd").await;
    app.store().disable_user(UserId::from_stored(&cyd.id), app.now()).await.expect("it answers");
    app.mails().await;
    let mut work = Vec::new();
    for (login, password) in
        [("nobody", PASSWORD), ("ann", NEW_PASSWORD), ("bob", NEW_PASSWORD), ("cyd", PASSWORD), ("no name!", PASSWORD)]
    {
        let before = (app.accounts().hasher().hashes_done(), app.store().statements_run());
        correct(&app, login, password, "new@mail.example").await.expect_detail(400, INVALID);
        work.push((app.accounts().hasher().hashes_done() - before.0, app.store().statements_run() - before.1));
    }
    assert!(work.iter().all(|cost| *cost == work[0]) && work[0].0 == 1, "{work:?}");
    let told = "This account has a verified email. Log in to change it.";
    correct(&app, "ann", PASSWORD, "new@mail.example").await.expect_detail(400, told);
    assert!(app.mails().await.is_empty());
    assert_eq!(app.user(&ann.id).await.email, Some(ann.email));
}

#[tokio::test]
async fn guesses_are_counted_as_those_of_a_login_are() {
    let app = TestApp::with(three_guesses).await;
    app.registered("ann").await;
    for _ in 0..3 {
        correct(&app, "ann", NEW_PASSWORD, "new@mail.example").await.expect(400);
    }
    assert_eq!(correct(&app, "ann", PASSWORD, "new@mail.example").await.status, 429);
    assert_eq!(app.log_in("ann", PASSWORD).await.status, 429, "one budget for both");
}

#[tokio::test]
async fn where_accounts_go_by_address_the_mistyped_one_is_the_login() {
    let app = TestApp::with(|settings| {
        settings.users.username = UsernamePolicy::None;
        settings.login.fields = vec![LoginField::Email];
    })
    .await;
    let body = json!({ "email": "an@mail.example", "password": PASSWORD, "password_confirm": PASSWORD });
    app.post_json(paths::REGISTER, &body).await.expect(201);
    app.mails().await;
    correct(&app, "an@mail.example", PASSWORD, "ann@mail.example").await.expect_detail(200, CORRECTED);
    app.verify_email(&app.link().await).await.expect_detail(200, VERIFIED);
    app.log_in("ann@mail.example", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_unverified_user_who_is_logged_in_asks_for_another_address_and_its_link_works() {
    let app = TestApp::with(|settings| settings.login.require_verified = false).await;
    let ann = app.registered("ann").await;
    let mistyped = app.link().await;
    let token = app.token_of(&ann).await;
    app.ask_for_email(&token, "ann2@mail.example").await.expect_detail(200, SENT);
    let profile = app.get_by(&token, paths::PROFILE).await.expect(200);
    assert_eq!((&profile["email"], profile.get("pending_email")), (&json!("ann2@mail.example"), None));
    app.delete_by(&token, paths::REGISTER_EMAIL).await.expect(200);
    app.verify(&mistyped).await.expect_detail(400, "Invalid signature");
    app.verify_email(&app.link().await).await.expect_detail(200, VERIFIED);
    let user = app.user(&ann.id).await;
    assert_eq!((user.email.as_deref(), user.verified_at), (Some("ann2@mail.example"), Some(app.now())));
    assert!(app.is_alive(&token).await);
}

#[tokio::test]
async fn a_new_password_kills_the_link_to_an_address_that_a_thief_asked_for() {
    let app = TestApp::with(|settings| settings.login.require_verified = false).await;
    let ann = app.registered("ann").await;
    app.mails().await;
    let (mine, stolen) = (app.token_of(&ann).await, app.token_of(&ann).await);
    let link = app.email_link(&stolen, "thief@mail.example").await;
    app.change_password(&mine, PASSWORD, NEW_PASSWORD).await.expect(200);
    app.mails().await;
    app.verify_email(&link).await.expect_detail(400, "Invalid signature");
    let link = app.email_link(&mine, "ann2@mail.example").await;
    app.verify_email(&link).await.expect_detail(200, VERIFIED);
}

#[tokio::test]
async fn where_new_addresses_get_no_link_there_is_nothing_to_correct() {
    let app = TestApp::with(|settings| settings.change_email.verification = false).await;
    app.registered("ann").await;
    correct(&app, "ann", PASSWORD, "ann2@mail.example").await.expect_detail(404, "Not found.");
    let app = TestApp::with(|settings| settings.registration.verification = false).await;
    correct(&app, "ann", PASSWORD, "ann2@mail.example").await.expect_detail(404, "Not found.");
}

#[tokio::test]
async fn of_many_corrections_and_verifications_at_once_none_is_half_done() {
    let app = TestApp::start().await;
    for round in 0..4 {
        let user = app.registered(&format!("user{round}")).await;
        let link = app.link().await;
        let emails: Vec<_> = (0..12).map(|number| format!("new{round}x{number}@mail.example")).collect();
        let corrections = at_once(emails.iter().map(|email| correct(&app, &user.username, PASSWORD, email)));
        let (answers, verified) = tokio::join!(corrections, app.verify(&link));
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 400)), "{answers:?}");
        let row = app.user(&user.id).await;
        match verified.status {
            200 => assert!(row.email == Some(user.email) && row.verified_at.is_some(), "{row:?}"),
            _ => assert!(count(&answers, 200) > 0 && row.verified_at.is_none(), "{row:?}"),
        }
        let mails = app.mails().await;
        assert!(mails.len() <= 1, "{mails:?}");
        if let Some(mail) = mails.first() {
            app.verify_email(&mail.link()).await.expect_detail(200, VERIFIED);
            assert_eq!(app.user(&user.id).await.email.as_ref(), Some(&mail.to));
        }
    }
}
