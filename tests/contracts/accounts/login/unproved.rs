//! What a login is answered whose password is right and whose address is not proved.

use countersign::UserId;
use countersign::settings::LoginField;
use reqwest::header::ACCEPT;
use serde_json::{Value, json};

use super::REFUSED;
use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;

async fn app() -> TestApp {
    TestApp::with(|settings| settings.login.fields = vec![LoginField::Username, LoginField::Email]).await
}

/// The problem details of a login that is refused.
async fn problem(app: &TestApp, login: &str, password: &str) -> Value {
    let request = app.request("POST", paths::LOGIN).header(ACCEPT, "application/problem+json");
    app.send(request.json(&json!({ "login": login, "password": password }))).await.expect(400)
}

#[tokio::test]
async fn only_who_knows_the_password_is_told_that_the_address_is_not_proved() {
    let app = app().await;
    app.registered("ann").await;
    for login in ["ann", "ANN", " ann ", "ann@mail.example", "Ann@MAIL.example"] {
        let told = problem(&app, login, PASSWORD).await;
        assert_eq!((&told["code"], &told["detail"]), (&json!("email_not_verified"), &json!(REFUSED)), "{login}");
        assert_eq!(problem(&app, login, "Wrong-Lantern-9").await["code"], "login_invalid", "{login}");
        let plain = app.log_in(login, PASSWORD).await;
        assert_eq!((plain.status, plain.body), (400, json!({ "detail": REFUSED }).to_string()));
    }
    app.verify(&app.link().await).await.expect(200);
    app.log_in("ann", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_disabled_user_is_told_what_a_wrong_password_is() {
    let app = app().await;
    for user in [app.registered("ann").await, app.verified("bob").await] {
        app.store().disable_user(UserId::from_stored(&user.id), app.now()).await.expect("it answers");
        for login in [&user.username, &user.email] {
            assert_eq!(problem(&app, login, PASSWORD).await["code"], "login_invalid", "{login}");
        }
    }
}

#[tokio::test]
async fn the_right_password_of_an_unproved_address_costs_what_a_wrong_one_does() {
    let app = app().await;
    app.registered("ann").await;
    let mut costs = Vec::new();
    for (login, password) in [("ann", PASSWORD), ("ann", "Wrong-Lantern-9"), ("nobody", PASSWORD)] {
        let before = (app.accounts().hasher().hashes_done(), app.store().statements_run());
        problem(&app, login, password).await;
        let after = (app.accounts().hasher().hashes_done(), app.store().statements_run());
        costs.push((after.0 - before.0, after.1 - before.1));
    }
    assert!(costs.iter().all(|cost| *cost == costs[0] && cost.0 == 1), "{costs:?}");
}
