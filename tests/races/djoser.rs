//! The contract of djoser: of many requests that only one may win, one wins.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign::settings::LoginAnswer;
use countersign::{Hooks, Settings, User, UserId};
use serde_json::json;

use super::all_are_clear;
use crate::support::TestApp;
use crate::support::accounts::{self, NEW_PASSWORD, at_once, count};
use crate::support::djoser::{Link, Pair, paths};
use crate::support::test_app::PASSWORD;

/// Counts what happens once.
#[derive(Clone, Default)]
struct Counted {
    activated: Arc<AtomicUsize>,
    deleted: Arc<AtomicUsize>,
    renamed: Arc<AtomicUsize>,
}

impl Hooks for Counted {
    fn user_activated(&self, _: &User) {
        self.activated.fetch_add(1, Ordering::SeqCst);
    }

    fn user_deleted(&self, _: &UserId) {
        self.deleted.fetch_add(1, Ordering::SeqCst);
    }

    fn user_changed_username(&self, _: &UserId) {
        self.renamed.fetch_add(1, Ordering::SeqCst);
    }
}

fn djoser(settings: &mut Settings) {
    settings.contracts.djoser.enabled = true;
    settings.registration.welcome_mail = true;
}

/// Users are active at once, and each refresh token is used once.
fn rotating(settings: &mut Settings) {
    djoser(settings);
    settings.registration.verification = false;
    settings.contracts.djoser.jwt = true;
    settings.jwt.rotate_refresh_tokens = true;
}

#[tokio::test]
async fn one_activation_link_wins_once_and_brings_one_welcome() {
    let counted = Counted::default();
    let app = TestApp::with_hooks(counted.clone(), djoser).await;
    let client = app.djoser();
    client.registered("ann").await;
    let claim = Link::of(&app.mail().await).claim();
    let answers = at_once((0..64).map(|_| client.post(paths::ACTIVATION, &claim))).await;
    assert_eq!((count(&answers, 204), count(&answers, 403)), (1, 63));
    assert_eq!((app.mails().await.len(), counted.activated.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn an_account_is_deleted_once() {
    let counted = Counted::default();
    let app = TestApp::with_hooks(counted.clone(), djoser).await;
    let client = app.djoser();
    let (_, token) = client.somebody("ann").await;
    let body = json!({ "current_password": PASSWORD });
    let answers = at_once((0..64).map(|_| client.send_by(&token, "DELETE", paths::ME, &body))).await;
    assert_eq!((count(&answers, 204), count(&answers, 401)), (1, 63));
    assert_eq!((app.users().await.len(), counted.deleted.load(Ordering::SeqCst)), (0, 1));
}

#[tokio::test]
async fn one_username_link_wins_once() {
    let counted = Counted::default();
    let app = TestApp::with_hooks(counted.clone(), djoser).await;
    let client = app.djoser();
    client.somebody("ann").await;
    client.post(paths::RESET_USERNAME, &json!({ "email": "ann@mail.example" })).await;
    let link = Link::of(&app.mail().await);
    let bodies: Vec<_> = (0..64).map(|number| link.with(json!({ "new_username": format!("ann{number}") }))).collect();
    let answers = at_once(bodies.iter().map(|body| client.post(paths::RESET_USERNAME_CONFIRM, body))).await;
    assert_eq!((count(&answers, 204), count(&answers, 400)), (1, 63));
    assert_eq!((app.mails().await.len(), counted.renamed.load(Ordering::SeqCst)), (1, 1));
    let winner = answers.iter().position(|answer| answer.status == 204).expect("one won");
    assert_eq!(app.users().await[0].username, Some(format!("ann{winner}")));
}

#[tokio::test]
async fn many_users_who_want_one_name_make_one_owner() {
    let app = TestApp::with(djoser).await;
    let client = app.djoser();
    let mut tokens = Vec::new();
    for number in 0..8 {
        tokens.push(client.somebody(&format!("user{number}")).await.1);
    }
    let body = json!({ "new_username": "wanted", "current_password": PASSWORD });
    let answers = at_once(tokens.iter().map(|token| client.post_by(token, paths::SET_USERNAME, &body))).await;
    assert_eq!((count(&answers, 204), count(&answers, 400)), (1, 7));
}

#[tokio::test]
async fn staff_members_who_delete_each_other_leave_one_or_none() {
    let app = TestApp::with(djoser).await;
    let client = app.djoser();
    let mut staff = Vec::new();
    for name in ["ann", "bea"] {
        let (id, token) = client.somebody(name).await;
        app.accounts().administration().make_staff(&UserId::from_stored(&*id)).await.expect("it is there");
        staff.push((id, token));
    }
    let body = json!({ "current_password": PASSWORD });
    let (first, second) = (&staff[0], &staff[1]);
    let targets = [paths::user(&second.0), paths::user(&first.0)];
    let requests = (0..32).map(|number| {
        let (token, path) = (&staff[number % 2].1, &targets[number % 2]);
        client.send_by(token, "DELETE", path, &body)
    });
    let answers = at_once(requests).await;
    all_are_clear(&answers);
    assert_eq!(count(&answers, 204), 2 - app.users().await.len());
    assert!(count(&answers, 204) >= 1);
}

#[tokio::test]
async fn a_new_password_and_a_new_name_by_link_do_not_both_use_one_secret() {
    let app = TestApp::with(djoser).await;
    let client = app.djoser();
    client.somebody("ann").await;
    let mut links = Vec::new();
    for path in [paths::RESET_PASSWORD, paths::RESET_USERNAME] {
        client.post(path, &json!({ "email": "ann@mail.example" })).await;
        links.push(Link::of(&app.mail().await));
    }
    let password = links[0].with(json!({ "new_password": NEW_PASSWORD }));
    let name = links[1].with(json!({ "new_username": "anna" }));
    let requests = (0..32).map(|number| match number % 2 {
        0 => client.post(paths::RESET_PASSWORD_CONFIRM, &password),
        _ => client.post(paths::RESET_USERNAME_CONFIRM, &name),
    });
    let answers = at_once(requests).await;
    all_are_clear(&answers);
    assert_eq!(count(&answers, 204), 1, "each kills the links that were mailed before");
}

#[tokio::test]
async fn of_many_refreshes_with_one_token_one_gets_a_new_pair_and_the_login_lives() {
    let app = TestApp::with(rotating).await;
    let client = app.djoser();
    client.registered("ann").await;
    let pair = client.pair("ann").await;
    let answers = at_once((0..64).map(|_| client.refresh(&pair.refresh))).await;
    assert_eq!((count(&answers, 200), count(&answers, 401)), (1, 63));
    let new = Pair::of(answers.iter().find(|answer| answer.status == 200).expect("one is"));
    assert!(client.admits(&new.access).await);
    Pair::of(&client.refresh(&new.refresh).await);
}

/// Tabs of one browser may even ask at different contracts.
#[tokio::test]
async fn of_many_refreshes_with_one_token_at_both_contracts_one_wins_and_the_login_lives() {
    let app = TestApp::with(|settings| {
        rotating(settings);
        settings.contracts.accounts.login = vec![LoginAnswer::Jwt];
    })
    .await;
    let client = app.djoser();
    client.registered("ann").await;
    let mut pair = Pair::of(&app.log_in("ann", PASSWORD).await);
    for _ in 0..3 {
        let body = json!({ "refresh": pair.refresh });
        let requests = (0..64).map(|number| match number % 2 {
            0 => app.post_json("/auth/jwt/refresh/", &body),
            _ => app.post_json(accounts::paths::REFRESH_TOKEN, &body),
        });
        let answers = at_once(requests).await;
        all_are_clear(&answers);
        assert_eq!(count(&answers, 200), 1);
        pair = Pair::of(answers.iter().find(|answer| answer.status == 200).expect("one is"));
        assert!(client.admits(&pair.access).await);
    }
}

#[tokio::test]
async fn of_refreshes_and_logouts_with_one_token_one_of_each_wins_and_the_login_ends() {
    let app = TestApp::with(rotating).await;
    let client = app.djoser();
    client.registered("ann").await;
    let pair = client.pair("ann").await;
    let body = json!({ "refresh": pair.refresh });
    let requests = (0..32).map(|number| match number % 2 {
        0 => client.post(paths::JWT_REFRESH, &body),
        _ => client.post(paths::JWT_BLACKLIST, &body),
    });
    let answers = at_once(requests).await;
    all_are_clear(&answers);
    // Whether it comes before or after a refresh, a logout ends the login.
    let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    let (ended, refreshed): (Vec<_>, Vec<_>) = won.into_iter().partition(|answer| answer.json() == json!({}));
    assert_eq!(ended.len(), 1);
    assert!(refreshed.len() <= 1);
    assert!(!client.admits(&pair.access).await);
    for refreshed in refreshed {
        assert!(!client.admits(&Pair::of(refreshed).access).await);
        client.refresh(&Pair::of(refreshed).refresh).await.expect(401);
    }
    client.refresh(&pair.refresh).await.expect(401);
}
