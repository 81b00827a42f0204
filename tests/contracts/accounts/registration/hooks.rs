//! An embedding program hears of what happens, once, and of nothing else.

use std::time::Duration;

use countersign::accounts::{Client, NewPassword, SessionToken, TypedName};
use countersign::passwords::Password;
use countersign::settings::LoginField;
use countersign::{Hooks, UserId};
use futures_util::FutureExt;
use serde_json::json;

use crate::support::test_app::PASSWORD;
use crate::support::{Diary, Person, TestApp};

/// Fails whatever it is told.
struct Broken;

/// The password of a user who registers with another's address.
const CLAIMED: &str = "Velvet-Comet-77";

impl Hooks for Broken {
    fn user_registered(&self, _: &UserId) {
        panic!("this hook is broken");
    }

    fn user_logged_in(&self, _: &UserId) {
        panic!("this hook is broken");
    }
}

#[tokio::test]
async fn hooks_hear_of_registration_and_of_the_first_activation() {
    let diary = Diary::default();
    let app = TestApp::with_hooks(diary.clone(), |_| {}).await;
    let ann = app.registered("ann").await;
    assert_eq!(diary.entries(), [format!("registered {}", ann.id)]);

    let link = app.link().await;
    app.verify(&link).await.expect(200);
    let story = |Person { id, .. }: &Person| [format!("registered {id}"), format!("activated {id} Some(1700000000)")];
    let both = story(&ann);
    assert_eq!(diary.entries(), both);
    app.verify(&link).await.expect(200);
    assert_eq!(diary.entries(), both, "a second click activates nobody");
}

#[tokio::test]
async fn hooks_do_not_hear_of_what_was_refused_or_concealed() {
    let diary = Diary::default();
    let app = TestApp::with_hooks(diary.clone(), |_| {}).await;
    let ann = app.verified("ann").await;
    let before = diary.entries();

    app.register("bob", json!({ "email": ann.email })).await.expect(201);
    app.register("ann", json!({ "email": "other@mail.example" })).await.expect(400);
    app.register("cyd", json!({ "password": "short" })).await.expect(400);
    app.resend(&ann.email).await.expect(200);
    app.mails().await;
    assert_eq!(diary.entries(), before);
}

#[tokio::test]
async fn hooks_hear_of_logins_and_of_those_that_failed() {
    let diary = Diary::default();
    let app = TestApp::with_hooks(diary.clone(), |_| {}).await;
    let (ann, bob) = (app.verified("ann").await.id, app.registered("bob").await.id);
    let before = diary.entries().len();

    app.log_in("ann", PASSWORD).await.expect(200);
    app.log_in("ann", "wrong").await.expect(400);
    app.log_in("nobody", PASSWORD).await.expect(400);
    app.log_in("bob", PASSWORD).await.expect(400);
    let expected = [
        format!("logged in {ann}"),
        format!("login failed {ann} WrongPassword"),
        "login failed - NoSuchUser".to_owned(),
        format!("login failed {bob} Unverified"),
    ];
    assert_eq!(diary.entries()[before..], expected);
}

#[tokio::test]
async fn a_failed_login_by_address_is_told_once_and_of_the_user_that_is_meant() {
    let diary = Diary::default();
    let app = TestApp::with_hooks(diary.clone(), |settings| settings.login.fields = vec![LoginField::Email]).await;
    let (ann, bob) = (app.verified("ann").await, app.registered("bob").await);
    let claim = json!({ "email": ann.email, "password": CLAIMED, "password_confirm": CLAIMED });
    let eve = app.register("eve", claim).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let before = diary.entries().len();

    let mut expected = Vec::new();
    for (email, password, told) in [
        (ann.email.as_str(), "wrong", format!("{} WrongPassword", ann.id)),
        (&ann.email, CLAIMED, format!("{eve} Unverified")),
        (&bob.email, "wrong", format!("{} WrongPassword", bob.id)),
        (&bob.email, PASSWORD, format!("{} Unverified", bob.id)),
        ("nobody@mail.example", PASSWORD, "- NoSuchUser".to_owned()),
    ] {
        app.log_in(email, password).await.expect(400);
        expected.push(format!("login failed {told}"));
    }
    assert_eq!(diary.entries()[before..], expected);
}

#[tokio::test]
async fn a_hook_that_panics_fails_no_request() {
    let app = TestApp::with_hooks(Broken, |_| {}).await;
    app.verified("ann").await;
    app.log_in("ann", PASSWORD).await.expect(200);
    assert_eq!(app.users().await.len(), 1);
}

#[tokio::test]
async fn a_login_is_told_though_the_client_has_gone_away() {
    let diary = Diary::default();
    let app = TestApp::with_hooks(diary.clone(), |_| {}).await;
    let ann = app.verified("ann").await;
    let id = UserId::from_stored(&*ann.id);
    for number in 1..=20 {
        let password = Password::parse(PASSWORD, 128).expect("a password");
        let mut login = Box::pin(app.accounts().log_in(TypedName::Any("ann"), password, Client::default()));
        // Polled until the database has the session, and dropped before it is polled once more.
        let mut is_done = false;
        while !is_done && app.accounts().administration().list_sessions(&id).await.expect("it answers").len() < number {
            is_done = (&mut login).now_or_never().is_some();
        }
        drop(login);
        let is_told = async {
            while diary.entries().iter().filter(|entry| entry.starts_with("logged in")).count() < number {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), is_told).await.expect("the login is told");
    }
}

#[tokio::test]
async fn a_login_under_a_name_that_two_users_have_is_told_for_the_one_who_is_meant() {
    let diary = Diary::default();
    let app = TestApp::with_hooks(diary.clone(), |settings| {
        settings.login.fields = vec![LoginField::Username, LoginField::Email];
    })
    .await;
    let ann = app.verified("ann").await;
    let password =
        json!({ "email": "bea@mail.example", "password": "Other-Lantern-9", "password_confirm": "Other-Lantern-9" });
    let bea = app.register(&ann.email, password).await.expect(201)["id"].as_str().expect("an id").to_owned();
    app.verify(&app.link().await).await.expect(200);
    diary.take();
    app.log_in(&ann.email, "Other-Lantern-9").await.expect(200);
    assert_eq!(diary.take(), [format!("logged in {bea}")]);
    app.log_in(&ann.email, "Wrong-Lantern-9").await.expect(400);
    let both = [&ann.id, &bea].map(|id| format!("login failed {id} WrongPassword"));
    assert_eq!(diary.take(), both);
}

#[tokio::test]
async fn a_changed_password_is_told_though_the_client_has_gone_away() {
    let diary = Diary::default();
    let app = TestApp::with_hooks(diary.clone(), |_| {}).await;
    let (ann, token) = app.somebody("ann").await;
    let token = SessionToken::parse(&token).expect("a token");
    let parsed = |text: &str| Password::parse(text, 128).expect("a password");
    let mut old = PASSWORD.to_owned();
    for number in 0..20 {
        let who = app.accounts().authenticate(&token).await.expect("it answers").expect("ann is logged in");
        let (before, new, client) = (&who.user.password_hash, format!("Copper-Lantern-{number}"), Client::default());
        let change = app.accounts().change_password(&who, parsed(&old), NewPassword::new(parsed(&new)), &client);
        let mut change = Box::pin(change);
        // Polled until the database has the new password, and dropped before it is polled once more.
        let mut is_done = false;
        while !is_done && app.user(&ann.id).await.password_hash.expose() == before.expose() {
            is_done = (&mut change).now_or_never().is_some();
        }
        drop(change);
        let told = format!("changed password {}", ann.id);
        let is_told = async {
            while diary.entries().iter().filter(|entry| **entry == told).count() <= number {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), is_told).await.expect("the change is told");
        old = new;
    }
}
