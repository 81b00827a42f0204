//! A verification logs in where the site says so, in the browser that registered and nowhere else.

use countersign::settings::CookieSameSite;
use serde_json::{Value, json};

use crate::support::accounts::paths;
use crate::support::accounts::{COOKIE, cookie, cookie_attributes};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, Link, TestApp};

const MARK: &str = "__Host-registration";
const VERIFIED: &str = "User verified successfully";

async fn welcoming() -> TestApp {
    TestApp::with(|settings| settings.registration.auto_login = true).await
}

/// Registers in a browser that has this cookie, and gives the cookie it has then.
async fn register_in(app: &TestApp, browser: &str, username: &str, email: &str) -> String {
    let mut body = TestApp::registration_of(username);
    body["email"] = Value::from(email);
    let mut request = app.request("POST", paths::REGISTER).json(&body);
    if !browser.is_empty() {
        request = request.header("cookie", format!("other=1; {MARK}={browser}"));
    }
    let answer = app.send(request).await;
    answer.expect(201);
    cookie(&answer, MARK).expect("the browser is marked")
}

async fn verify_in(app: &TestApp, browser: &str, link: &Link) -> Answer {
    let request = app.request("POST", paths::VERIFY_REGISTRATION).json(&link.claim());
    app.send(request.header("cookie", format!("{MARK}={browser}"))).await
}

#[tokio::test]
async fn the_browser_that_registered_is_logged_in_by_the_first_click() {
    let app = welcoming().await;
    let browser = register_in(&app, "", "ann", "ann@mail.example").await;
    let link = app.link().await;
    let answer = verify_in(&app, &browser, &link).await;
    let token = answer.expect(200)["token"].as_str().expect("a token").to_owned();
    assert!(app.is_alive(&token).await && cookie(&answer, COOKIE).is_some());
    let again = verify_in(&app, &browser, &link).await;
    again.expect_detail(200, VERIFIED);
    assert_eq!(again.header("set-cookie"), None);
}

#[tokio::test]
async fn whoever_follows_the_link_of_a_strangers_registration_is_not_logged_in_to_it() {
    let app = welcoming().await;
    let mallorys = register_in(&app, "", "mallory", "victim@mail.example").await;
    let link = app.link().await;
    let victims = register_in(&app, "", "victim", "victims.other@mail.example").await;
    assert_ne!(mallorys, victims);
    let mut altered = mallorys.clone();
    altered.replace_range(..1, if altered.starts_with('0') { "1" } else { "0" });
    for browser in [victims.as_str(), &altered, &mallorys[1..], "", ".", &"0".repeat(64)] {
        let app = app.sibling(|settings| settings.registration.auto_login = true).await;
        let answer = verify_in(&app, browser, &link).await;
        answer.expect_detail(200, VERIFIED);
        assert_eq!(answer.header("set-cookie"), None, "{browser}");
    }
    app.verify(&link).await.expect_detail(200, VERIFIED);
}

#[tokio::test]
async fn without_the_cookie_the_user_is_verified_and_logs_in_by_hand() {
    let app = welcoming().await;
    register_in(&app, "", "ann", "ann@mail.example").await;
    let answer = app.verify(&app.link().await).await;
    answer.expect_detail(200, VERIFIED);
    assert_eq!(answer.header("set-cookie"), None);
    app.log_in("ann", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn the_cookie_is_as_well_kept_as_that_of_a_session() {
    for (same_site, name) in
        [(CookieSameSite::Strict, "Strict"), (CookieSameSite::Lax, "Lax"), (CookieSameSite::None, "None")]
    {
        let app = TestApp::with(|settings| {
            settings.registration.auto_login = true;
            settings.sessions.cookie_same_site = same_site;
        })
        .await;
        let answer = app.register("ann", json!({})).await;
        let same_site = format!("SameSite={name}");
        assert_eq!(cookie_attributes(&answer, MARK), ["HttpOnly", "Max-Age=604800", "Path=/", &same_site, "Secure"]);
    }
}

#[tokio::test]
async fn a_concealed_registration_sets_a_cookie_that_looks_the_same_and_opens_nothing() {
    let app = welcoming().await;
    let anns = register_in(&app, "", "ann", "ann@mail.example").await;
    let anns_link = app.link().await;
    app.verify(&anns_link).await.expect(200);
    for browser in ["", &anns] {
        let taken = register_in(&app, browser, &format!("bob{}", browser.len()), "ann@mail.example").await;
        let free = register_in(&app, browser, &format!("cyd{}", browser.len()), "cyd@mail.example").await;
        let shape = |mark: &str| mark.split('.').map(str::len).collect::<Vec<_>>();
        assert_eq!(shape(&taken), shape(&free));
        assert!(taken.split('.').all(|mark| mark.bytes().all(|byte| byte.is_ascii_hexdigit())), "{taken}");
        verify_in(&app, &taken, &anns_link).await.expect_detail(200, VERIFIED);
    }
}

#[tokio::test]
async fn a_browser_in_which_several_register_keeps_the_newest_four() {
    let app = welcoming().await;
    let mut browser = String::new();
    let mut links = Vec::new();
    for number in 0..5 {
        let (name, email) = (format!("user{number}"), format!("user{number}@mail.example"));
        browser = register_in(&app, &browser, &name, &email).await;
        links.push(app.link().await);
    }
    for (number, link) in links.iter().enumerate() {
        let body = verify_in(&app, &browser, link).await.expect(200);
        assert_eq!(body["token"].is_string(), number > 0, "{number}: {body}");
    }
}

#[tokio::test]
async fn sites_that_log_in_by_token_alone_mark_the_browser_too_and_let_frontends_elsewhere_send_it() {
    let app = TestApp::with(|settings| {
        settings.registration.auto_login = true;
        settings.login.cookie = false;
    })
    .await;
    let request = app.request("POST", paths::REGISTER).json(&TestApp::registration_of("ann"));
    let answer = app.send(request.header("origin", "http://localhost:5173")).await;
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    let browser = cookie(&answer, MARK).expect("the browser is marked");
    let answer = verify_in(&app, &browser, &app.link().await).await;
    assert!(answer.expect(200)["token"].is_string());
    assert_eq!(answer.header("set-cookie"), None);
}

#[tokio::test]
async fn a_page_of_another_site_registers_nobody_in_its_visitors_browser() {
    let app = welcoming().await;
    let form = [
        ("username", "mallory"),
        ("email", "victim@mail.example"),
        ("password", PASSWORD),
        ("password_confirm", PASSWORD),
    ];
    let request = app.request("POST", paths::REGISTER).form(&form).header("origin", "https://evil.example");
    let answer = app.send(request.header("sec-fetch-site", "cross-site")).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (403, None));
    assert_eq!(app.rows().await, (0, 0));
}

#[tokio::test]
async fn where_nobody_is_logged_in_no_browser_is_marked() {
    let app = TestApp::start().await;
    assert_eq!(app.register("ann", json!({})).await.header("set-cookie"), None);
    app.verify(&app.link().await).await.expect_detail(200, VERIFIED);
    let open = TestApp::with(|settings| {
        settings.registration.auto_login = true;
        settings.registration.verification = false;
    })
    .await;
    assert_eq!(open.register("bob", json!({})).await.header("set-cookie"), None);
}
