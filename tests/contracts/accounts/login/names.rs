//! What counts as a login.

use countersign::settings::{LoginField, UsernamePolicy};
use serde_json::json;

use super::REFUSED;
use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;

async fn by(fields: &[LoginField]) -> TestApp {
    TestApp::with(|settings| settings.login.fields = fields.to_vec()).await
}

#[tokio::test]
async fn a_username_is_found_in_any_case_and_any_spelling_that_is_the_same() {
    let app = TestApp::start().await;
    app.verified("Fin").await;
    for login in ["Fin", "fin", "FIN", " fin\n", "ﬁn", "ＦＩＮ"] {
        app.log_in(login, PASSWORD).await.expect(200);
    }
    for login in ["fi n", "fın", "fin.", "f"] {
        app.log_in(login, PASSWORD).await.expect_detail(400, REFUSED);
    }
}

#[tokio::test]
async fn an_address_is_found_in_any_case_and_nothing_else_where_only_addresses_count() {
    let app = by(&[LoginField::Email]).await;
    let ann = app.verified("ann").await;
    for login in [ann.email.clone(), ann.email.to_uppercase(), " Ann@Mail.Example ".to_owned()] {
        app.log_in(&login, PASSWORD).await.expect(200);
    }
    app.log_in("ann", PASSWORD).await.expect_detail(400, REFUSED);
    app.log_in("ann@", PASSWORD).await.expect_detail(400, REFUSED);
}

#[tokio::test]
async fn either_counts_where_both_do() {
    let app = by(&[LoginField::Username, LoginField::Email]).await;
    let ann = app.verified("ann").await;
    app.log_in("ANN", PASSWORD).await.expect(200);
    app.log_in(&ann.email.to_uppercase(), PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_international_address_is_found_in_either_spelling() {
    let app = by(&[LoginField::Email]).await;
    app.register("ann", json!({ "email": "ann@bücher.example" })).await.expect(201);
    app.verify(&app.link().await).await.expect(200);
    app.log_in("ann@BÜCHER.example", PASSWORD).await.expect(200);
    app.log_in("ann@xn--bcher-kva.example", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_username_that_looks_like_an_address_takes_nobody_over() {
    let app = by(&[LoginField::Username, LoginField::Email]).await;
    let ann = app.verified("ann").await;
    let mallory = json!({ "email": "mallory@mail.example", "password": "Other-Lantern-9", "password_confirm": "Other-Lantern-9" });
    let mallory = app.register(&ann.email, mallory).await.expect(201)["id"].clone();
    app.verify(&app.link().await).await.expect(200);

    for (password, id) in [(PASSWORD, json!(ann.id)), ("Other-Lantern-9", mallory.clone())] {
        let token = app.log_in(&ann.email, password).await.expect(200)["token"].as_str().expect("a token").to_owned();
        assert_eq!(app.get_by(&token, paths::PROFILE).await.expect(200)["id"], id);
    }
    app.ask_for_reset(&ann.email).await.expect(200);
    for mail in app.mails().await {
        let id = if mail.to == ann.email { json!(ann.id) } else { mallory.clone() };
        assert_eq!(json!(mail.link().user_id), id, "{}", mail.to);
    }
}

#[tokio::test]
async fn an_address_that_verified_users_share_logs_nobody_in() {
    let app = TestApp::with(|settings| {
        settings.users.email_unique = false;
        settings.login.fields = vec![LoginField::Username, LoginField::Email];
    })
    .await;
    let ann = app.verified("ann").await;
    app.log_in(&ann.email, PASSWORD).await.expect(200);
    app.register("bob", json!({ "email": ann.email })).await.expect(201);
    app.log_in(&ann.email, PASSWORD).await.expect(200);
    app.verify(&app.link().await).await.expect(200);
    app.log_in(&ann.email, PASSWORD).await.expect_detail(400, REFUSED);
    app.log_in("ann", PASSWORD).await.expect(200);
    app.log_in("bob", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn accounts_without_usernames_go_by_their_address() {
    let app = TestApp::with(|settings| {
        settings.users.username = UsernamePolicy::None;
        settings.login.fields = vec![LoginField::Email];
    })
    .await;
    let body = json!({ "email": "ann@mail.example", "password": PASSWORD, "password_confirm": PASSWORD });
    let profile = app.post_json(paths::REGISTER, &body).await.expect(201);
    assert_eq!(profile["email"], "ann@mail.example");
    app.verify(&app.link().await).await.expect(200);

    let token =
        app.log_in("ANN@mail.example", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    let shown = app.get_by(&token, paths::PROFILE).await.expect(200);
    let keys: Vec<_> = shown.as_object().expect("a profile").keys().cloned().collect();
    assert_eq!(keys, ["email", "first_name", "id", "last_name"], "there is no username to show");
    let changed = app.send(app.request_by(&token, "PUT", paths::PROFILE).json(&json!({ "first_name": "Ann" }))).await;
    assert_eq!(changed.expect(200)["first_name"], "Ann", "nor one to be asked for");
    let named = app.send(app.request_by(&token, "PATCH", paths::PROFILE).json(&json!({ "username": "ann" }))).await;
    named.expect(200);
    assert_eq!(app.users().await[0].username, None, "nor one to be given");

    let options = app.send(app.request("OPTIONS", paths::REGISTER)).await.expect(200);
    assert!(options["actions"]["POST"].get("username").is_none(), "{options}");
    let missing = json!({ "password": PASSWORD, "password_confirm": PASSWORD });
    app.post_json(paths::REGISTER, &missing).await.expect_detail(400, "User without email cannot be verified");
}
