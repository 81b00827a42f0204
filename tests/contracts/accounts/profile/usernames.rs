//! A user takes another name.

use serde_json::json;

use super::send;
use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::accounts::{NEW_PASSWORD, at_once, count};
use crate::support::test_app::PASSWORD;

const TAKEN: &str = "A user with that username already exists.";

#[tokio::test]
async fn a_name_is_folded_and_shown_as_it_was_typed_otherwise() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let answer = send(&app, &token, "PATCH", &json!({ "username": " ＦＩnlay " })).await.expect(200);
    assert_eq!(answer["username"], "FInlay");
    assert!(app.knows("finlay", PASSWORD).await);
    assert!(!app.knows("ann", PASSWORD).await);
}

#[tokio::test]
async fn a_name_of_somebody_else_is_taken_in_any_case_and_spelling() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    app.registered("Fin").await;
    for name in ["Fin", "fin", "FIN", "ﬁn", "ＦＩＮ", " fin "] {
        for method in ["PATCH", "PUT", "POST"] {
            let answer = send(&app, &token, method, &json!({ "username": name, "first_name": "x" })).await.expect(400);
            assert_eq!(answer, json!({ "username": [TAKEN] }), "{name}");
        }
    }
    assert_eq!(app.get_by(&token, paths::PROFILE).await.expect(200)["first_name"], "");
}

#[tokio::test]
async fn ones_own_name_is_free_in_any_case() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    for name in ["ann", "Ann", "ＡＮＮ"] {
        send(&app, &token, "PUT", &json!({ "username": name })).await.expect(200);
    }
    assert_eq!(app.get_by(&token, paths::PROFILE).await.expect(200)["username"], "ANN");
}

#[tokio::test]
async fn of_many_who_want_a_name_at_once_one_gets_it() {
    let app = TestApp::start().await;
    let mut tokens = Vec::new();
    for number in 0..32 {
        tokens.push(app.somebody(&format!("user{number}")).await.1);
    }
    let names = ["wanted", "Wanted", "ＷＡＮＴＥＤ", "wanTed"];
    let bodies: Vec<_> = names.iter().map(|name| json!({ "username": name })).collect();
    let requests = tokens.iter().enumerate().map(|(number, token)| send(&app, token, "PATCH", &bodies[number % 4]));
    let answers = at_once(requests).await;
    assert_eq!((count(&answers, 200), count(&answers, 400)), (1, 31));
    for answer in answers.iter().filter(|answer| answer.status == 400) {
        assert_eq!(answer.json(), json!({ "username": [TAKEN] }));
    }
    let named = app.users().await;
    assert_eq!(
        named.iter().filter(|user| user.username.as_ref().expect("a name").to_lowercase() == "wanted").count(),
        1
    );
}

#[tokio::test]
async fn links_and_sessions_stay_with_the_person_and_not_with_the_name() {
    let app = TestApp::start().await;
    let (ann, anns) = app.somebody("ann").await;
    let (bob, bobs) = app.somebody("bob").await;
    let link = app.reset_link("ann").await;
    send(&app, &anns, "PATCH", &json!({ "username": "annette" })).await.expect(200);
    send(&app, &bobs, "PATCH", &json!({ "username": "ann" })).await.expect(200);
    assert_eq!(app.mails().await.len(), 2, "a changed name is told");

    let mail = {
        app.ask_for_reset("ann").await.expect(200);
        app.mail().await
    };
    assert_eq!((mail.to.as_str(), mail.link().user_id), (bob.email.as_str(), bob.id.clone()), "the name is bob's now");
    app.reset(&link, NEW_PASSWORD).await.expect(200);
    assert!(app.knows("annette", NEW_PASSWORD).await && app.knows("ann", PASSWORD).await);
    assert!(app.is_alive(&bobs).await && !app.is_alive(&anns).await);
    assert_eq!(app.user(&ann.id).await.username.as_deref(), Some("annette"));
}
