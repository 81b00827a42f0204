//! What registers can be mailed to: one grammar, and in production the addresses of the internet only.

use countersign::links::FrontendUrl;
use countersign::settings::Mode;
use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::smtp_server::SmtpServer;
use crate::support::test_app::PASSWORD;

const INVALID: &str = "Enter a valid email address.";

#[tokio::test]
async fn unusual_addresses_that_register_are_mailed() {
    let server = SmtpServer::start();
    let app = TestApp::with(|settings| server.take_mails_of(settings)).await;
    let addresses =
        ["\"a.b\"@example.org", "\"a@b\"@example.org", "a@localhost", "a@[192.0.2.1]", "a@[::1]", "a@日本.example"];
    for (number, address) in addresses.iter().enumerate() {
        app.register(&format!("user{number}"), json!({ "email": address })).await.expect(201);
    }
    assert_eq!(app.deliver().await, addresses.len());
    let mut arrived: Vec<String> = server.received().into_iter().flat_map(|mail| mail.to).collect();
    let mut expected: Vec<String> = addresses.iter().map(|address| address.replace("[::1]", "[IPv6:::1]")).collect();
    expected[5] = "a@xn--wgv71a.example".to_owned();
    arrived.sort();
    expected.sort();
    assert_eq!((arrived, app.rows().await), (expected, (addresses.len(), 0)));
}

#[tokio::test]
async fn what_cannot_be_mailed_is_a_field_error_wherever_an_address_is_given() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let long = format!("{}@mail.example", "a".repeat(65));
    for address in ["\"\"@mail.example", "\"a\\ b\"@mail.example", long.as_str(), "ü@mail.example"] {
        let refused = app.register("bob", json!({ "email": address })).await.expect(400);
        assert_eq!(refused, json!({ "email": [INVALID] }), "{address}");
        let refused = app.post_json(paths::RESEND_VERIFICATION, &json!({ "email": address })).await.expect(400);
        assert_eq!(refused, json!({ "email": [INVALID] }), "{address}");
    }
    let token = app.post_json(paths::LOGIN, &json!({"login": "ann", "password": PASSWORD})).await.expect(200);
    let token = format!("Token {}", token["token"].as_str().expect("a text"));
    let request =
        app.request("POST", paths::REGISTER_EMAIL).header("authorization", token).json(&json!({ "email": long }));
    assert_eq!(app.send(request).await.expect(400), json!({ "email": [INVALID] }));
    assert_eq!(app.user(&ann.id).await.email.as_deref(), Some("ann@mail.example"));
}

#[tokio::test]
async fn addresses_of_one_machine_are_for_development() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let server = SmtpServer::start();
    let production = app
        .sibling(|settings| {
            settings.mode = Mode::Production;
            server.take_mails_of(settings);
            settings.cors.allowed_origins.clear();
            let page = "https://app.example/";
            settings.registration.frontend_url = FrontendUrl::parse(page).ok();
            settings.reset_password.frontend_url = FrontendUrl::parse(page).ok();
            settings.change_email.frontend_url = FrontendUrl::parse(page).ok();
        })
        .await;
    let token = app.post_json(paths::LOGIN, &json!({"login": "ann", "password": PASSWORD})).await.expect(200);
    let token = format!("Token {}", token["token"].as_str().expect("a text"));
    for (number, address) in ["a@localhost", "a@[192.0.2.1]", "a@[::1]", "\"a\"@[192.0.2.1]"].iter().enumerate() {
        let refused = production.register("bob", json!({ "email": address })).await.expect(400);
        assert_eq!(refused, json!({ "email": [INVALID] }), "{address}");
        let change = json!({ "email": address });
        let request = production.request("POST", paths::REGISTER_EMAIL).header("authorization", &token).json(&change);
        assert_eq!(production.send(request).await.expect(400), json!({ "email": [INVALID] }), "{address}");
        app.register(&format!("user{number}"), json!({ "email": address })).await.expect(201);
    }
    production.register("bob", json!({ "email": "\"b.c\"@mail.example" })).await.expect(201);
}

#[tokio::test]
async fn a_stored_address_that_cannot_be_mailed_harms_nobody_else() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    app.registered("bob").await;
    app.execute("UPDATE users SET email = 'no address <x>' WHERE username = 'ann'");
    assert_eq!(app.deliver().await, 2);
    let mails = app.store().list_mails(10).await.expect("the database answers");
    assert!(mails.len() == 1 && mails[0].parked_at.is_some(), "{mails:?}");
    assert_eq!(app.mail().await.to, "bob@mail.example");
}
