//! What makes a new password acceptable, wherever one is set.

use serde_json::json;

use crate::support::accounts::NEW_PASSWORD;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

const SHORT: &str = "This password is too short. It must contain at least 8 characters.";
const COMMON: &str = "This password is too common.";
const NUMERIC: &str = "This password is entirely numeric.";

#[tokio::test]
async fn change_and_reset_judge_a_password_by_the_user_as_stored() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("annalisa").await;
    let names = json!({ "first_name": "Wilhelmina", "last_name": "Featherstone" });
    app.send(app.request_by(&token, "PATCH", paths::PROFILE).json(&names)).await.expect(200);
    let link = app.reset_link("annalisa").await;
    for (password, messages) in [
        ("Annalisa1", vec!["The password is too similar to the username."]),
        ("WILHELMINA", vec!["The password is too similar to the first name."]),
        ("featherston", vec!["The password is too similar to the last name."]),
        ("annalisa@mail.example", vec!["The password is too similar to the email address."]),
        ("mail.example", vec!["The password is too similar to the email address."]),
        ("xq7-", vec![SHORT]),
        ("password", vec![COMMON]),
        ("PassWord", vec![COMMON]),
        ("918273645019", vec![NUMERIC]),
        ("12345", vec![SHORT, COMMON, NUMERIC]),
    ] {
        let body = json!({ "old_password": PASSWORD, "password": password, "password_confirm": password });
        let changed = app.post_by(&token, paths::CHANGE_PASSWORD, &body).await;
        let reset = app.reset(&link, password).await;
        for answer in [changed, reset] {
            assert_eq!(answer.expect(400), json!({ "password": messages }), "{password}");
        }
    }
    app.reset(&link, NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn each_rule_can_be_switched_off() {
    let app = TestApp::with(|settings| {
        settings.passwords.min_length = 1;
        settings.passwords.reject_similar = false;
        settings.passwords.reject_common = false;
        settings.passwords.reject_numeric = false;
    })
    .await;
    let (_, token) = app.somebody("ann").await;
    let mut old = PASSWORD;
    for password in ["1", "ann", "password", "ann@mail.example"] {
        app.change_password(&token, old, password).await.expect(200);
        old = password;
    }
    let blank = app.change_password(&token, old, " ").await.expect(400);
    assert_eq!(blank["password"], json!(["This field may not be blank."]));
}

#[tokio::test]
async fn at_least_a_thousand_characters_are_accepted_in_change_and_reset_and_a_bound_there_is() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let long = |count: usize| "Velvet é-".repeat(120).chars().take(count).collect::<String>();
    let told = json!({ "password": ["Ensure this field has no more than 1024 characters."] });
    let too_long = app.change_password(&token, PASSWORD, &long(1_025)).await.expect(400);
    assert_eq!(too_long, told);
    app.change_password(&token, PASSWORD, &long(1_024)).await.expect(200);
    assert!(app.knows("ann", &long(1_024)).await && !app.knows("ann", &long(1_023)).await);
    app.mails().await;
    let link = app.reset_link("ann").await;
    assert_eq!(app.reset(&link, &long(1_025)).await.expect(400), told);
    app.reset(&link, &long(1_000)).await.expect(200);
    assert!(app.knows("ann", &long(1_000)).await);
}

#[tokio::test]
async fn registration_has_a_bound_of_its_own() {
    let app = TestApp::start().await;
    let with = async |count: usize, name: &str| -> Answer {
        let password = "Velvet-é9".repeat(20).chars().take(count).collect::<String>();
        app.register(name, json!({ "password": password, "password_confirm": password })).await
    };
    with(128, "ann").await.expect(201);
    let told = json!({ "password": ["Ensure this field has no more than 128 characters."] });
    assert_eq!(with(129, "bob").await.expect(400), told);
}
