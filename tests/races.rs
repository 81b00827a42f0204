//! Everybody at once: one winner, no fault of the server, and never two verified users with one address.

mod budgets;
mod djoser;
mod gone_clients;
mod jwt;
mod locks;
mod tokens;

use std::collections::BTreeMap;

use countersign::UserId;
use futures_util::future::{BoxFuture, join_all};
use serde_json::json;

use crate::support::accounts::paths;
use crate::support::accounts::{NEW_PASSWORD, at_once, count};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

/// Sees that nothing broke.
#[track_caller]
fn all_are_clear(answers: &[Answer]) {
    for answer in answers {
        assert!((200..500).contains(&answer.status) && answer.status != 408, "{answer:?}");
    }
}

/// Sees that no address has two verified users.
async fn addresses_are_unique(app: &TestApp) {
    let mut owners = BTreeMap::new();
    for user in app.users().await.into_iter().filter(|user| user.verified_at.is_some()) {
        *owners.entry(user.email.expect("an address").to_lowercase()).or_insert(0) += 1;
    }
    assert!(owners.values().all(|count| *count == 1), "{owners:?}");
}

fn tokens(answers: &[Answer]) -> Vec<String> {
    let given = answers.iter().filter(|answer| answer.status == 200).map(Answer::json);
    given.filter_map(|body| body["token"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn one_reset_link_wins_once() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let link = app.reset_link("ann").await;
    let answers = at_once((0..32).map(|_| app.reset(&link, NEW_PASSWORD))).await;
    assert_eq!((count(&answers, 200), count(&answers, 400)), (1, 31));
    assert_eq!(app.mails().await.len(), 1);
    assert!(!app.is_alive(&token).await);
}

#[tokio::test]
async fn one_email_link_changes_the_address_once() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let link = app.email_link(&token, "ann2@mail.example").await;
    let answers = at_once((0..40).map(|_| app.verify_email(&link))).await;
    assert_eq!(count(&answers, 200), 40, "the same link again is no error");
    assert_eq!(app.mails().await.len(), 1, "one notice");
}

#[tokio::test]
async fn of_all_links_of_a_user_one_wins() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let reset = app.reset_link("ann").await;
    let mut emails = Vec::new();
    for number in 0..4 {
        emails.push(app.email_link(&token, &format!("new{number}@mail.example")).await);
    }
    let newest = "new3@mail.example";
    let requests = (0..48).map(|number| -> BoxFuture<'_, Answer> {
        if number % 2 == 0 {
            Box::pin(app.reset(&reset, NEW_PASSWORD))
        } else {
            Box::pin(app.verify_email(&emails[number / 2 % 4]))
        }
    });
    let answers = join_all(requests).await;
    let has_newest = app.users().await[0].email.as_deref() == Some(newest);
    let (resets, moves): (Vec<_>, Vec<_>) = answers.into_iter().enumerate().partition(|(number, _)| number % 2 == 0);
    let done = |answers: &[(usize, Answer)]| answers.iter().filter(|(_, answer)| answer.status == 200).count();
    // The link that moved the user is no error the next time.
    assert_eq!((done(&resets), done(&moves) > 0), if has_newest { (0, true) } else { (1, false) });
    assert!(done(&moves) <= 6, "only the newest: {moves:?}");
}

#[tokio::test]
async fn no_session_of_the_old_password_outlives_its_change() {
    let app = TestApp::start().await;
    let (ann, mine) = app.somebody("ann").await;
    let requests = (0..48).map(|number| -> BoxFuture<'_, Answer> {
        if number == 16 {
            Box::pin(app.change_password(&mine, PASSWORD, NEW_PASSWORD))
        } else {
            Box::pin(app.log_in("ann", PASSWORD))
        }
    });
    let answers = join_all(requests).await;
    all_are_clear(&answers);
    assert_eq!(answers[16].status, 200, "{:?}", answers[16]);
    for token in tokens(&answers) {
        assert!(!app.is_alive(&token).await);
    }
    assert!(app.is_alive(&mine).await);
    let left = app.store().list_sessions(UserId::from_stored(&ann.id)).await.expect("it answers");
    assert_eq!(left.len(), 1);
}

#[tokio::test]
async fn no_session_outlives_a_reset_or_a_disabling() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let bob = app.verified("bob").await;
    let link = app.reset_link("ann").await;
    let disabled =
        async { app.store().disable_user(UserId::from_stored(&bob.id), app.now()).await.expect("it answers") };
    let anns = at_once((0..32).map(|_| app.log_in("ann", PASSWORD)));
    let bobs = at_once((0..32).map(|_| app.log_in("bob", PASSWORD)));
    let (anns, bobs, reset, _) = tokio::join!(anns, bobs, app.reset(&link, NEW_PASSWORD), disabled);
    all_are_clear(&anns);
    all_are_clear(&bobs);
    reset.expect(200);
    for user in [&ann, &bob] {
        let left = app.store().list_sessions(UserId::from_stored(&user.id)).await.expect("it answers");
        assert!(left.is_empty(), "{}: {}", user.username, left.len());
    }
}

#[tokio::test]
async fn registering_and_changing_to_one_address_make_one_owner() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let wanted = json!({ "email": "wanted@mail.example" });
    let change = app.email_link(&token, "wanted@mail.example").await;
    app.register("bob", wanted.clone()).await.expect(201);
    let verify = app.link().await;
    let names: Vec<_> = (0..32).map(|number| format!("user{number}")).collect();

    let registering = at_once(names.iter().map(|name| app.register(name, wanted.clone())));
    let verifying = at_once((0..16).map(|_| app.verify(&verify)));
    let changing = at_once((0..16).map(|_| app.verify_email(&change)));
    let (registered, verified, changed) = tokio::join!(registering, verifying, changing);
    assert_eq!(count(&registered, 201), 32, "whoever has the address, nobody is told");
    all_are_clear(&verified);
    all_are_clear(&changed);
    assert_eq!(
        usize::from(count(&verified, 200) > 0) + usize::from(count(&changed, 200) > 0),
        1,
        "{verified:?} {changed:?}"
    );
    addresses_are_unique(&app).await;

    for mail in app.mails().await.iter().filter(|mail| mail.text.contains("signature=")) {
        app.verify(&mail.link()).await.expect_detail(400, "This email is already registered.");
    }
    addresses_are_unique(&app).await;
}

#[tokio::test]
async fn where_users_are_active_at_once_one_address_has_one_owner_too() {
    for conceal in [true, false] {
        let strict = TestApp::start().await;
        let (_, token) = strict.somebody("ann").await;
        let change = strict.email_link(&token, "wanted@mail.example").await;
        let app = strict
            .sibling(|settings| {
                settings.registration.verification = false;
                settings.users.conceal_emails = conceal;
            })
            .await;
        let wanted = json!({ "email": "wanted@mail.example" });
        let names: Vec<_> = (0..32).map(|number| format!("user{number}")).collect();
        let registering = at_once(names.iter().map(|name| app.register(name, wanted.clone())));
        let changing = at_once((0..8).map(|_| app.verify_email(&change)));
        let (registered, changed) = tokio::join!(registering, changing);
        all_are_clear(&registered);
        all_are_clear(&changed);
        addresses_are_unique(&app).await;
        let owned = app.users().await.into_iter().filter(|user| user.email.as_deref() == Some("wanted@mail.example"));
        assert_eq!(owned.count(), 1);
    }
}

#[tokio::test]
async fn of_many_users_who_prove_one_address_one_has_it() {
    let app = TestApp::start().await;
    let mut links = Vec::new();
    for number in 0..32 {
        let (_, token) = app.somebody(&format!("user{number}")).await;
        links.push(app.email_link(&token, "wanted@mail.example").await);
    }
    let answers = at_once(links.iter().map(|link| app.verify_email(link))).await;
    assert_eq!((count(&answers, 200), count(&answers, 400)), (1, 31));
    for answer in answers.iter().filter(|answer| answer.status == 400) {
        answer.expect_detail(400, "This email is already registered.");
    }
    addresses_are_unique(&app).await;
}

#[tokio::test]
async fn nothing_asked_for_beside_a_reset_reaches_mallory() {
    let app = TestApp::start().await;
    let (ann, stolen) = app.somebody("ann").await;
    let link = app.reset_link("ann").await;
    let asking = at_once((0..32).map(|_| app.ask_for_email(&stolen, "mallory@mail.example")));
    let (asked, reset) = tokio::join!(asking, app.reset(&link, NEW_PASSWORD));
    all_are_clear(&asked);
    reset.expect(200);
    assert!(app.mails().await.iter().all(|mail| mail.to == ann.email));
}

#[tokio::test]
async fn all_devices_log_out_at_once() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let mut devices = Vec::new();
    for _ in 0..32 {
        devices.push(app.token_of(&ann).await);
    }
    let all = json!({ "revoke_token": true });
    let answers = at_once(devices.iter().map(|token| app.post_by(token, paths::LOGOUT, &all))).await;
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.status == 401), "{answers:?}");
    for token in &devices {
        assert!(!app.is_alive(token).await);
    }
}
