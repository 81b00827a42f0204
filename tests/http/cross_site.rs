//! What a page of another site makes its visitor's browser send.

mod charges;
mod jwt_cookies;

use countersign::settings::Origin;
use reqwest::RequestBuilder;
use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::accounts::{COOKIE, cookie};
use crate::support::endpoints;
use crate::support::test_app::PASSWORD;

const FRONTEND: &str = "https://app.example";
const CSRF: &str = "CSRF Failed: the request does not come from an allowed origin.";

async fn with_frontend() -> TestApp {
    TestApp::with_all_contracts(|settings| {
        // In development our own address is that of a development server.
        settings.cors.loopback_in_development = false;
        settings.cors.allowed_origins = vec![Origin::parse(FRONTEND).expect("an origin")];
    })
    .await
}

/// What browsers say of a request that a foreign page made them send, and what a forger without a browser might.
fn foreign() -> Vec<Vec<(&'static str, String)>> {
    let one = |name, value: &str| vec![(name, value.to_owned())];
    let mut all = vec![
        one("origin", "https://evil.example"),
        one("origin", "null"),
        one("origin", "https://app.example.evil.example"),
        one("origin", "https://evil-app.example"),
        one("origin", "http://app.example"),
        one("origin", "https://app.example:8443"),
        one("origin", "https://user@app.example.evil.example"),
        one("origin", "file://"),
        one("origin", "nonsense"),
        one("sec-fetch-site", "cross-site"),
        one("sec-fetch-site", "same-site"),
        one("sec-fetch-site", "Same-Origin"),
        one("referer", "https://evil.example/"),
        one("referer", "https://evil.example/?https://app.example/"),
        one("referer", "https://app.example.evil.example/"),
        one("referer", "https://evil.example/#@app.example"),
        one("x-csrftoken", "anything"),
    ];
    all.push(vec![("origin", "https://evil.example".to_owned()), ("referer", "https://app.example/".to_owned())]);
    all.push(vec![("sec-fetch-site", "cross-site".to_owned()), ("referer", "https://evil.example/".to_owned())]);
    all
}

fn add(request: RequestBuilder, headers: &[(&'static str, String)]) -> RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
}

#[tokio::test]
async fn a_stolen_cookie_changes_nothing_from_another_site() {
    let app = with_frontend().await;
    let (ann, token) = app.somebody("ann").await;
    let carried = format!("{COOKIE}={token}; csrftoken=anything");
    let mut tried = 0;
    for headers in foreign().into_iter().chain([vec![]]) {
        for row in endpoints::all().iter().filter(|row| row.endpoint.is_guarded() && !row.endpoint.is_safe()) {
            let path = app.path_of(row.contract, row.endpoint.path);
            for form in ["application/x-www-form-urlencoded", "application/json", "text/plain"] {
                let request =
                    app.request(row.endpoint.method, &path).header("cookie", &carried).header("content-type", form);
                let answer = app.send(add(request, &headers).body("username=mallory")).await;
                assert_eq!(answer.status, 403, "{row:?} {headers:?}: {answer:?}");
                answer.expect_detail(403, CSRF);
                tried += 1;
            }
        }
    }
    assert!(tried >= 400, "{tried}");
    assert!(app.is_alive(&token).await);
    assert_eq!(app.user(&ann.id).await.username.as_deref(), Some("ann"));
}

#[tokio::test]
async fn our_own_pages_and_the_frontend_are_served() {
    let app = with_frontend().await;
    let (_, token) = app.somebody("ann").await;
    let own = app.url("/");
    for headers in [
        vec![("sec-fetch-site", "same-origin".to_owned())],
        vec![("origin", FRONTEND.to_owned())],
        vec![("origin", FRONTEND.to_owned()), ("sec-fetch-site", "cross-site".to_owned())],
        vec![("origin", own.trim_end_matches('/').to_owned())],
        vec![("referer", own.clone())],
        vec![("referer", format!("{FRONTEND}/settings?a=b"))],
    ] {
        let request = app.request("PATCH", paths::PROFILE).header("cookie", format!("{COOKIE}={token}"));
        let answer = app.send(add(request, &headers).json(&json!({ "first_name": "Ann" }))).await;
        assert_eq!(answer.status, 200, "{headers:?}: {answer:?}");
    }
}

#[tokio::test]
async fn what_only_reads_needs_no_proof_and_tells_other_origins_nothing() {
    let app = with_frontend().await;
    let (_, token) = app.somebody("ann").await;
    let request = app.request("GET", paths::PROFILE).header("cookie", format!("{COOKIE}={token}"));
    let answer = app.send(request.header("origin", "https://evil.example")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), None, "the browser keeps it from the page");
}

#[tokio::test]
async fn a_page_on_an_insecure_connection_is_another_site() {
    let app = with_frontend().await;
    let (_, token) = app.somebody("ann").await;
    // A page at http://our-own-host, written by whoever sits in between: the browser calls that cross-site.
    let own = app.url("/");
    for site in ["cross-site", "same-site", "none"] {
        let request = app.request("POST", paths::LOGOUT).header("cookie", format!("{COOKIE}={token}"));
        let request = request.header("sec-fetch-site", site).header("origin", own.trim_end_matches('/'));
        app.send(request).await.expect_detail(403, CSRF);
    }
    assert!(app.is_alive(&token).await);
}

#[tokio::test]
async fn a_token_in_the_header_needs_no_proof() {
    let app = with_frontend().await;
    let (_, token) = app.somebody("ann").await;
    let request = app.request_by(&token, "PATCH", paths::PROFILE).header("origin", "https://evil.example");
    app.send(request.json(&json!({ "first_name": "Ann" }))).await.expect(200);
}

#[tokio::test]
async fn a_form_on_another_site_logs_nobody_in() {
    let app = with_frontend().await;
    app.verified("mallory").await;
    for headers in foreign().into_iter().filter(|headers| headers[0].0 != "x-csrftoken") {
        let form = app.request("POST", paths::LOGIN).form(&[("login", "mallory"), ("password", PASSWORD)]);
        let answer = app.send(add(form, &headers)).await;
        answer.expect_detail(403, CSRF);
        assert!(cookie(&answer, COOKIE).is_none(), "{headers:?}");
    }
    for headers in [vec![], vec![("origin", FRONTEND.to_owned())], vec![("sec-fetch-site", "none".to_owned())]] {
        let form = app.request("POST", paths::LOGIN).form(&[("login", "mallory"), ("password", PASSWORD)]);
        app.send(add(form, &headers)).await.expect(200);
    }
}

#[tokio::test]
async fn a_link_of_mallorys_on_another_site_logs_nobody_in() {
    let app = TestApp::with(|settings| settings.registration.auto_login = true).await;
    let registered = app.register("mallory", json!({})).await;
    let mallory = registered.json()["id"].as_str().expect("a text").to_owned();
    let browser = cookie(&registered, "__Host-registration").expect("the browser is marked");
    let browser = [("cookie", format!("__Host-registration={browser}"))];
    let link = app.link().await;
    let pairs = [
        ("user_id", link.user_id.as_str()),
        ("timestamp", link.timestamp.as_str()),
        ("signature", link.signature.as_str()),
    ];
    for headers in foreign().into_iter().filter(|headers| headers[0].0 != "x-csrftoken") {
        let answer =
            app.send(add(add(app.request("POST", paths::VERIFY_REGISTRATION).form(&pairs), &headers), &browser)).await;
        assert!(cookie(&answer, COOKIE).is_none(), "{headers:?}: {answer:?}");
        answer.expect_detail(403, CSRF);
    }
    assert_eq!(app.user(&mallory).await.verified_at, None);
    let answer = app.send(add(app.request("POST", paths::VERIFY_REGISTRATION).form(&pairs), &browser)).await;
    answer.expect(200);
    assert!(cookie(&answer, COOKIE).is_some());
}
