//! The faults from the 13th on.

use serde_json::json;

use super::{by_either, forged};
use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::accounts::{COOKIE, NEW_PASSWORD};
use crate::support::test_app::PASSWORD;

#[tokio::test]
async fn fault_13_tokens_are_stored_in_clear_never_expire_are_one_per_user_and_survive_a_reset() {
    let app = TestApp::start().await;
    let (ann, first) = app.somebody("ann").await;
    let second = app.token_of(&ann).await;
    assert_ne!(first, second, "each login has its own");
    app.post_by(&second, paths::LOGOUT, &json!({})).await.expect(200);
    assert!(app.is_alive(&first).await && !app.is_alive(&second).await);
    for file in std::fs::read_dir(app.home()).expect("it is there").map(|entry| entry.expect("it is there").path()) {
        let stored = if file.is_file() { std::fs::read(&file).expect("it can be read") } else { Vec::new() };
        let holds_token = stored.windows(first.len()).any(|window| window == first.as_bytes());
        assert!(!holds_token, "{}", file.display());
    }
    let link = app.reset_link("ann").await;
    app.reset(&link, PASSWORD).await.expect(200);
    assert!(!app.is_alive(&first).await);
    let third = app.token_of(&ann).await;
    app.advance(30 * 86_400);
    assert!(!app.is_alive(&third).await);
}

#[tokio::test]
async fn fault_14_ones_own_session_is_lost_on_change_password() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(200);
    assert!(app.is_alive(&token).await);
}

#[tokio::test]
async fn fault_15_a_logout_with_revoke_token_is_400_though_the_session_is_gone() {
    let app = TestApp::with(|settings| settings.login.token = false).await;
    app.verified("ann").await;
    let answer = app.log_in("ann", PASSWORD).await;
    let session = crate::support::accounts::cookie(&answer, COOKIE).expect("a cookie");
    let logout = app.request("POST", paths::LOGOUT).header("cookie", format!("{COOKIE}={session}"));
    let logout = logout.header("sec-fetch-site", "same-origin").json(&json!({ "revoke_token": true }));
    app.send(logout).await.expect_detail(200, "Logout successful");
}

#[tokio::test]
async fn fault_16_password_errors_have_an_empty_list_beside_them() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let link = app.reset_link("ann").await;
    let weak = json!({ "password": "password", "password_confirm": "password" });
    let common = json!({ "password": ["This password is too common."] });
    assert_eq!(app.register("bob", weak).await.expect(400), common);
    assert_eq!(app.reset(&link, "password").await.expect(400), common);
}

#[tokio::test]
async fn fault_17_a_post_without_the_final_slash_is_turned_into_a_get() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let body = json!({ "login": "ann", "password": PASSWORD });
    app.post_json("login", &body).await.expect(200);
    for path in ["register", "verify-registration", "reset-password", "verify-email", "send-reset-password-link"] {
        app.post_json(path, &json!({})).await.expect(400);
    }
}

#[tokio::test]
async fn fault_18_text_mails_show_html_entities() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    app.ask_for_email(&token, "o'neill&co@mail.example").await.expect(200);
    let mail = app.mail().await;
    assert!(!mail.text.contains("&#x27;") && !mail.text.contains("&#39;") && !mail.text.contains("&amp;"));
    app.verify_email(&mail.link()).await.expect(200);
    app.mails().await;
    app.register("bob", json!({ "email": "o'neill&co@mail.example" })).await.expect(201);
    assert!(app.mail().await.text.contains("o'neill&co@mail.example"));
}

#[tokio::test]
async fn fault_19_the_host_header_decides_where_links_lead() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let request = app.request("POST", paths::SEND_RESET_LINK).json(&json!({ "login": "ann" }));
    let request = request.header("host", "evil.example").header("x-forwarded-host", "evil.example");
    app.send(request.header("forwarded", "host=evil.example")).await.expect(200);
    assert!(app.link().await.url.starts_with("http://localhost:8000/reset-password/?user_id="));
}

#[tokio::test]
async fn fault_20_a_login_by_post_is_not_protected_from_other_sites() {
    let app = TestApp::start().await;
    app.verified("mallory").await;
    let form = app.request("POST", paths::LOGIN).form(&[("login", "mallory"), ("password", PASSWORD)]);
    let answer = app.send(form.header("origin", "https://evil.example").header("sec-fetch-site", "cross-site")).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (403, None));
}

#[tokio::test]
async fn fault_21_without_verification_the_answer_says_that_a_link_was_sent() {
    let app = TestApp::with(|settings| settings.change_email.verification = false).await;
    let (_, token) = app.somebody("ann").await;
    app.ask_for_email(&token, "ann2@mail.example").await.expect_detail(200, "Email changed");
}

#[tokio::test]
async fn fault_22_two_accounts_differ_only_in_letter_case() {
    let app = TestApp::with(|settings| {
        by_either(settings);
        settings.users.conceal_emails = false;
    })
    .await;
    let ann = app.verified("ann").await;
    let taken = app.register("ANN", json!({ "email": "other@mail.example" })).await.expect(400);
    assert_eq!(taken, json!({ "username": ["A user with that username already exists."] }));
    let taken = app.register("bob", json!({ "email": ann.email.to_uppercase() })).await.expect(400);
    assert_eq!(taken, json!({ "email": ["user with this email address already exists."] }));
    assert!(app.knows("Ann", PASSWORD).await && app.knows("ANN@mail.EXAMPLE", PASSWORD).await);
}

#[tokio::test]
async fn fault_23_unverified_accounts_hold_their_name_for_ever() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    app.resend(&ann.email).await.expect(200);
    assert_eq!(app.mails().await.len(), 2, "a link can be sent again");
    app.advance(30 * 86_400 + 1);
    app.accounts().purge_unverified().await.expect("it answers");
    app.verified("ann").await;
}

#[tokio::test]
async fn fault_24_a_reset_by_email_finds_nobody_where_users_log_in_by_username() {
    let app = TestApp::with(|settings| settings.contracts.accounts.reset_password_by_email = true).await;
    let ann = app.verified("ann").await;
    app.post_json(paths::SEND_RESET_LINK, &json!({ "email": ann.email })).await.expect(200);
    app.reset(&app.link().await, NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn fault_25_unverified_users_can_log_in() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    app.log_in("ann", PASSWORD).await.expect_detail(400, "Login or password invalid.");
    app.verify(&forged(&ann.id)).await.expect_detail(400, "Invalid signature");
    app.verify(&app.link().await).await.expect(200);
    app.log_in("ann", PASSWORD).await.expect(200);
}
