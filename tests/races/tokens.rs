//! Many requests with different tokens at once: each is the request of its own user, also where the store looks for
//! their sessions with one query.

use countersign::Settings;
use futures_util::future::join_all;

use crate::support::accounts::{at_once, paths};
use crate::support::dj_rest_auth;
use crate::support::endpoints::serve_jwt;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

const USERS: usize = 12;
/// Requests of each user at the same moment.
const EACH: usize = 8;

fn username(number: usize) -> String {
    format!("user{number}")
}

/// Sees that the answers are those to `EACH` requests with the token of each user in turn, and then to as many with a
/// token whose session has ended.
fn are_told_apart(answers: &[Answer]) {
    assert_eq!(answers.len(), (USERS + 1) * EACH);
    for (number, of_one) in answers.chunks(EACH).enumerate() {
        for answer in of_one {
            match number {
                USERS => drop(answer.expect(401)),
                _ => assert_eq!(answer.expect(200)["username"], username(number).as_str()),
            }
        }
    }
}

#[tokio::test]
async fn each_of_many_session_tokens_finds_its_own_user() {
    let app = TestApp::start().await;
    let mut tokens = Vec::new();
    for number in 0..USERS {
        tokens.push(app.somebody(&username(number)).await.1);
    }
    // A token that was one until now.
    let (_, ended) = app.somebody("mallory").await;
    app.post_by(&ended, paths::LOGOUT, &serde_json::json!({ "revoke_token": true })).await.expect(200);
    tokens.push(ended);

    let requests = tokens.iter().flat_map(|token| [token; EACH]).map(|token| app.get_by(token, paths::PROFILE));
    are_told_apart(&at_once(requests).await);
}

#[tokio::test]
async fn each_of_many_access_tokens_finds_its_own_user() {
    let app = TestApp::with(|settings: &mut Settings| {
        serve_jwt(settings);
        settings.registration.verification = false;
    })
    .await;
    let client = app.dj_rest_auth();
    let names: Vec<_> = (0..USERS).map(username).chain(["mallory".to_owned()]).collect();
    let mut tokens = Vec::new();
    for name in &names {
        client.register(name).await.expect(201);
        let access = client.log_in(name, PASSWORD).await.expect(200)["access"].as_str().expect("a token").to_owned();
        tokens.push(access);
    }
    let mallory = app
        .users()
        .await
        .into_iter()
        .find(|user| user.username.as_deref() == Some("mallory"))
        .expect("mallory registered");
    app.accounts().administration().delete_user(&mallory.id).await.expect("mallory is there");

    let path = client.path(dj_rest_auth::paths::USER);
    let requests = tokens
        .iter()
        .flat_map(|token| [token; EACH])
        .map(|token| app.send(app.request("GET", &path).header("authorization", format!("Bearer {token}"))));
    are_told_apart(&join_all(requests).await);
}
