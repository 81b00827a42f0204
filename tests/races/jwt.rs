//! The contracts of dj-rest-auth and django-rest-auth: of many requests with JSON Web Tokens, each is answered clearly,
//! and none keeps a login alive that has ended.

use countersign::{Settings, UserId};
use futures_util::future::{BoxFuture, join_all};
use serde_json::{Value, json};

use super::all_are_clear;
use crate::support::accounts::{NEW_PASSWORD, at_once, cookie, count};
use crate::support::dj_rest_auth::{Client, parameters, paths};
use crate::support::endpoints::{JWT_COOKIES, serve_jwt};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

/// Users are active at once, and each refresh token is used once.
fn open(settings: &mut Settings) {
    serve_jwt(settings);
    settings.registration.verification = false;
    settings.jwt.rotate_refresh_tokens = true;
}

fn clients(app: &TestApp) -> [Client<'_>; 2] {
    [app.dj_rest_auth(), app.django_rest_auth()]
}

/// The tokens of the logins that were answered with one.
fn access_tokens(answers: &[Answer]) -> Vec<String> {
    let given = answers.iter().filter(|answer| answer.status == 200).map(Answer::json);
    given.filter_map(|body| body["access"].as_str().or(body["token"].as_str()).map(str::to_owned)).collect()
}

async fn is_alive(app: &TestApp, token: &str) -> bool {
    let request = app.request("GET", &app.django_rest_auth().path(paths::USER));
    app.send(request.header("authorization", format!("JWT {token}"))).await.status == 200
}

async fn post_with(app: &TestApp, path: &str, token: &str, body: &Value) -> Answer {
    app.send(app.request("POST", path).header("authorization", format!("JWT {token}")).json(body)).await
}

#[tokio::test]
async fn no_login_of_the_old_password_outlives_its_change() {
    let app = TestApp::with(open).await;
    for (number, client) in clients(&app).into_iter().enumerate() {
        let name = format!("ann{number}");
        let id = client.register(&name).await.expect(201)["user"]["pk"].as_str().expect("an id").to_owned();
        let mine = access_tokens(&[client.log_in(&name, PASSWORD).await]).remove(0);
        let change = json!({ "old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD });
        let path = client.path(paths::CHANGE_PASSWORD);
        let requests = (0..32).map(|number| -> BoxFuture<'_, Answer> {
            match number {
                12 => Box::pin(post_with(&app, &path, &mine, &change)),
                _ => Box::pin(client.log_in(&name, PASSWORD)),
            }
        });
        let answers = join_all(requests).await;
        all_are_clear(&answers);
        answers[12].expect(200);
        for token in access_tokens(&answers) {
            assert!(!is_alive(&app, &token).await, "{name}");
        }
        assert!(is_alive(&app, &mine).await, "{name}");
        assert_eq!(app.store().list_sessions(UserId::from_stored(&id)).await.expect("it answers").len(), 1);
    }
}

#[tokio::test]
async fn no_login_outlives_a_reset_or_a_disabling() {
    let app = TestApp::with(open).await;
    for (number, client) in clients(&app).into_iter().enumerate() {
        let (ann, bob) = (format!("ann{number}"), format!("bob{number}"));
        let mut ids = Vec::new();
        for name in [&ann, &bob] {
            let body = client.register(name).await.expect(201);
            ids.push(UserId::from_stored(body["user"]["pk"].as_str().expect("an id")));
        }
        client.post(paths::RESET_PASSWORD, &json!({ "email": format!("{ann}@mail.example") })).await.expect(200);
        let [uid, token] = parameters(&app.mail().await);
        let reset = json!({ "uid": uid, "token": token, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD });
        let disabled = async { app.store().disable_user(ids[1].clone(), app.now()).await.expect("it answers") };
        let anns = at_once((0..24).map(|_| client.log_in(&ann, PASSWORD)));
        let bobs = at_once((0..24).map(|_| client.log_in(&bob, PASSWORD)));
        let (anns, bobs, reset, _) =
            tokio::join!(anns, bobs, client.post(paths::RESET_PASSWORD_CONFIRM, &reset), disabled);
        all_are_clear(&anns);
        all_are_clear(&bobs);
        reset.expect(200);
        for id in ids {
            assert!(app.store().list_sessions(id).await.expect("it answers").is_empty(), "{number}");
        }
        for token in access_tokens(&anns).iter().chain(&access_tokens(&bobs)) {
            assert!(!is_alive(&app, token).await, "{number}");
        }
        app.mails().await;
    }
}

#[tokio::test]
async fn a_login_is_ended_once_by_many_logouts_and_no_other_is() {
    let app = TestApp::with(open).await;
    for (number, client) in clients(&app).into_iter().enumerate() {
        let name = format!("ann{number}");
        client.register(&name).await.expect(201);
        let [ended, other] = [client.log_in(&name, PASSWORD).await, client.log_in(&name, PASSWORD).await]
            .map(|login| access_tokens(&[login]).remove(0));
        let (path, nothing) = (client.path(paths::LOGOUT), json!({}));
        let answers = at_once((0..32).map(|_| post_with(&app, &path, &ended, &nothing))).await;
        assert!(count(&answers, 200) >= 1 && count(&answers, 200) + count(&answers, 401) == 32, "{answers:?}");
        assert_eq!((is_alive(&app, &ended).await, is_alive(&app, &other).await), (false, true), "{name}");
    }
}

#[tokio::test]
async fn of_many_refreshes_by_one_cookie_one_replaces_it_and_the_login_lives() {
    let app = TestApp::with(open).await;
    let registered = app.dj_rest_auth().register("ann").await;
    let sent = format!("{0}={1}", JWT_COOKIES[1], cookie(&registered, JWT_COOKIES[1]).expect("it is set"));
    let path = app.dj_rest_auth().path(paths::REFRESH);
    let answers = at_once((0..32).map(|_| app.send(app.request("POST", &path).header("cookie", &sent)))).await;
    assert_eq!((count(&answers, 200), count(&answers, 401)), (1, 31));
    let won = answers.iter().find(|answer| answer.status == 200).expect("there is one");
    assert!(is_alive(&app, &access_tokens(std::slice::from_ref(won)).remove(0)).await);
    let next = format!("{0}={1}", JWT_COOKIES[1], cookie(won, JWT_COOKIES[1]).expect("it is replaced"));
    app.send(app.request("POST", &path).header("cookie", next)).await.expect(200);
}
