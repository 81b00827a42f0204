//! Mails that strangers can cause: as many as the mailbox that receives them may get, whatever it is called.

use serde_json::json;

use super::by_account;
use crate::support::TestApp;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::accounts::paths;
use crate::support::limits::rate;
use crate::support::test_app::PASSWORD;

const VICTIM: &str = "victim@mail.example";

async fn limited() -> TestApp {
    TestApp::with(by_account).await
}

/// How many of the mails that have come went to any address of the victim.
async fn received(app: &TestApp) -> usize {
    app.mails().await.iter().filter(|mail| mail.to.to_lowercase().contains("victim")).count()
}

#[tokio::test]
async fn one_mailbox_gets_five_reset_links_however_many_usernames_lead_to_it() {
    let app = limited().await;
    let names = ["one", "two", "three", "four", "five"];
    for name in names {
        app.register(name, json!({ "email": VICTIM })).await.expect(201);
    }
    assert_eq!(received(&app).await, 5);
    for name in names {
        for _ in 0..5 {
            let told = app.ask_for_reset(name).await;
            told.expect_detail(200, "Reset link sent if the user exists in database");
        }
        assert_eq!(app.ask_for_reset(name).await.status, 429, "what was typed is limited openly");
    }
    assert_eq!(received(&app).await, 5);
    app.advance(6 * 60);
    app.ask_for_reset("one").await.expect(200);
    assert_eq!(received(&app).await, 1, "ten an hour");
}

#[tokio::test]
async fn tags_make_no_other_mailbox() {
    let app = limited().await;
    for number in 0..5 {
        let email = format!("victim+{number}@mail.example");
        app.register(&format!("user{number}"), json!({ "email": email })).await.expect(201);
    }
    for email in ["victim+9@mail.example", "Victim@Mail.example"] {
        assert_eq!(app.register("other", json!({ "email": email })).await.status, 429);
        assert_eq!(app.resend(email).await.status, 429);
    }
    assert_eq!(received(&app).await, 5);
    for number in 0..5 {
        app.ask_for_reset(&format!("user{number}")).await.expect(200);
        app.ask_for_reset(&format!("user{number}")).await.expect(200);
    }
    assert_eq!(received(&app).await, 5);
    app.register("other", json!({ "email": "somebody@mail.example" })).await.expect(201);
}

#[tokio::test]
async fn dots_make_no_other_mailbox_where_the_provider_ignores_them() {
    let app = limited().await;
    for (number, email) in
        ["victim@gmail.com", "v.ictim@gmail.com", "vic.tim@googlemail.com", "v.i.c@gmail.com", "victi.m+x@gmail.com"]
            .iter()
            .enumerate()
    {
        app.register(&format!("user{number}"), json!({ "email": email })).await.expect(201);
    }
    app.resend("vict.im@gmail.com").await.expect(200);
    assert_eq!(app.resend("VICT.im@gmail.com").await.status, 429);
    for email in ["v.ictim@mail.example", "victim@mail.example"] {
        for _ in 0..5 {
            app.resend(email).await.expect(200);
        }
    }
}

#[tokio::test]
async fn a_new_address_is_asked_for_as_often_as_its_mailbox_may_get_mails() {
    let app = limited().await;
    let (mut asked, mut mails, mut tokens) = (0, 0, Vec::new());
    for name in ["ann", "bob"] {
        tokens.push(app.somebody(name).await.1);
    }
    for token in tokens {
        for number in 0..4 {
            let answer = app.ask_for_email(&token, &format!("victim+{number}@mail.example")).await;
            asked += usize::from(answer.status == 200);
            // Now, since the next request takes back a mail that still waits.
            mails += received(&app).await;
        }
    }
    assert_eq!((asked, mails), (5, 5));
}

#[tokio::test]
async fn how_often_a_username_was_asked_for_is_not_told_of_its_address() {
    let app = limited().await;
    let by_email = app.sibling(|settings| {
        by_account(settings);
        settings.contracts.accounts.reset_password_by_email = true;
    });
    let by_email = by_email.await;
    let ann = app.verified("ann").await;
    for _ in 0..5 {
        app.ask_for_reset("ann").await.expect(200);
    }
    app.mails().await;
    for email in [ann.email.as_str(), "nobody@mail.example"] {
        for _ in 0..5 {
            by_email.post_json(paths::SEND_RESET_LINK, &json!({ "email": email })).await.expect(200);
        }
        let refused = by_email.post_json(paths::SEND_RESET_LINK, &json!({ "email": email })).await;
        assert_eq!(refused.status, 429, "{email}");
    }
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn a_registration_that_fails_spends_no_mail() {
    let app = limited().await;
    app.verified("ann").await;
    for _ in 0..12 {
        app.register("ann", json!({ "email": VICTIM })).await.expect(400);
    }
    app.register("bob", json!({ "email": VICTIM })).await.expect(201);
}

#[tokio::test]
async fn an_address_that_was_never_proved_gets_a_limited_number_of_notices() {
    let app = TestApp::with(|settings| {
        by_account(settings);
        settings.login.require_verified = false;
    })
    .await;
    app.register("mallory", json!({ "email": VICTIM })).await.expect(201);
    let token = app.log_in("mallory", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    received(&app).await;
    for number in 0..12 {
        let [old, new] = if number % 2 == 0 { [PASSWORD, NEW_PASSWORD] } else { [NEW_PASSWORD, PASSWORD] };
        app.change_password(&token, old, new).await.expect(200);
    }
    assert_eq!(received(&app).await, 5);
}

#[tokio::test]
async fn the_owner_of_an_address_is_told_of_every_change() {
    let app = TestApp::with(|settings| {
        by_account(settings);
        settings.throttle.account_mails = rate(1, 1);
    })
    .await;
    let (_, token) = app.somebody("ann").await;
    for number in 0..4 {
        let [old, new] = if number % 2 == 0 { [PASSWORD, NEW_PASSWORD] } else { [NEW_PASSWORD, PASSWORD] };
        app.change_password(&token, old, new).await.expect(200);
    }
    assert_eq!(app.mails().await.len(), 4);
}
