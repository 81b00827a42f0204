//! Pages on other origins: those of the configured frontends may call, no others.

use countersign::Settings;
use countersign::settings::{AllowedHeaders, Origin};
use serde_json::json;

use crate::support::accounts::paths;
use crate::support::accounts::{COOKIE, cookie};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

const FRONTEND: &str = "http://localhost:5173";

async fn preflight(app: &TestApp, path: &str, origin: &str, headers: &str) -> Answer {
    let request = app.request("OPTIONS", path).header("origin", origin).header("access-control-request-method", "POST");
    app.send(request.header("access-control-request-headers", headers)).await
}

#[tokio::test]
async fn a_frontend_may_send_what_it_needs() {
    let app = TestApp::start().await;
    for path in [paths::REGISTER, "verify-registration", paths::RESEND_VERIFICATION] {
        let answer = preflight(&app, path, FRONTEND, "content-type, authorization, x-request-id").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(FRONTEND));
        assert_eq!(answer.header("access-control-max-age"), Some("3600"));
        let methods = answer.header("access-control-allow-methods").expect("methods");
        assert!(methods.contains("POST") && methods.contains("GET"), "{methods}");
        let allowed = answer.header("access-control-allow-headers").expect("headers").to_lowercase();
        assert!(["content-type", "authorization", "x-request-id"].iter().all(|name| allowed.contains(name)));
    }
}

#[tokio::test]
async fn a_frontend_may_read_answers_and_errors() {
    let app = TestApp::start().await;
    for (username, status) in [("ann", 201), ("a b", 400)] {
        let request = app.request("POST", paths::REGISTER).json(&TestApp::registration_of(username));
        let answer = app.send(request.header("origin", FRONTEND)).await;
        answer.expect(status);
        assert_eq!(answer.header("access-control-allow-origin"), Some(FRONTEND));
        let exposed = answer.header("access-control-expose-headers").expect("headers").to_lowercase();
        assert!(exposed.contains("x-request-id") && exposed.contains("retry-after"), "{exposed}");
        assert!(answer.header("vary").expect("it varies").contains("Origin"));
    }
    let unknown = app.send(app.request("POST", "nothing/").header("origin", FRONTEND)).await;
    assert_eq!((unknown.status, unknown.header("access-control-allow-origin")), (404, Some(FRONTEND)));
}

#[tokio::test]
async fn a_frontend_may_send_any_header() {
    let app = TestApp::start().await;
    let asked = "x-requested-with, authorization,X-My-Trace";
    let answer = preflight(&app, paths::LOGIN, FRONTEND, asked).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("access-control-allow-headers"), Some("x-requested-with, authorization, X-My-Trace"));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    let odd = preflight(&app, paths::LOGIN, FRONTEND, "content-type, b(c), a b, ,").await;
    assert_eq!((odd.status, odd.header("access-control-allow-headers")), (200, Some("content-type")), "{odd:?}");
}

#[tokio::test]
async fn where_headers_are_listed_no_others_may_be_sent() {
    let listed = AllowedHeaders::Listed(vec!["x-requested-with".to_owned()]);
    let app = TestApp::with(|settings| settings.cors.allowed_headers = listed).await;
    let answer = preflight(&app, paths::LOGIN, FRONTEND, "X-Requested-With, content-type, x-other").await;
    assert_eq!(answer.header("access-control-allow-headers"), Some("X-Requested-With, content-type"));
}

#[tokio::test]
async fn in_development_every_page_of_this_machine_may_call() {
    let app = TestApp::start().await;
    for origin in ["http://localhost:4321", "http://127.0.0.1:3000", "http://[::1]:5173", "https://localhost:5173"] {
        let answer = preflight(&app, paths::LOGIN, origin, "content-type").await;
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
    }
    let app = TestApp::with(|settings| settings.cors.loopback_in_development = false).await;
    let answer = preflight(&app, paths::LOGIN, FRONTEND, "content-type").await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, None));
}

#[tokio::test]
async fn the_shells_of_apps_may_call_and_log_in() {
    for shell in [
        "capacitor://localhost",
        "ionic://localhost",
        "tauri://localhost",
        "app://bundle",
        "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai",
        "moz-extension://7a5b1d3c-12ab-4b1e-8a1b-1d9b2f1e2c3d",
    ] {
        let allow =
            |settings: &mut Settings| settings.cors.allowed_origins = vec![Origin::parse(shell).expect("allowed")];
        let app = TestApp::with(allow).await;
        assert_eq!(
            preflight(&app, paths::LOGIN, shell, "content-type").await.header("access-control-allow-origin"),
            Some(shell)
        );
        app.verified("ann").await;
        let login = app.request("POST", paths::LOGIN).json(&json!({ "login": "ann", "password": PASSWORD }));
        let answer = app.send(login.header("origin", shell).header("sec-fetch-site", "cross-site")).await;
        answer.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), Some(shell));
        let cookie = cookie(&answer, COOKIE).expect("a cookie");
        let logout = app.request("POST", paths::LOGOUT).header("cookie", format!("{COOKIE}={cookie}"));
        app.send(logout.header("origin", shell)).await.expect(200);
        let elsewhere = app.request("POST", paths::LOGIN).json(&json!({ "login": "ann", "password": PASSWORD }));
        app.send(elsewhere.header("origin", "capacitor://elsewhere")).await.expect(403);
    }
}

#[tokio::test]
async fn a_page_of_our_own_origin_is_no_stranger() {
    let app = TestApp::with(|settings| settings.cors.loopback_in_development = false).await;
    for (name, value) in [("sec-fetch-site", "same-origin".to_owned()), ("accept", "*/*".to_owned())] {
        let own = app.url("/").trim_end_matches('/').to_owned();
        let request =
            app.request("POST", paths::REGISTER).json(&TestApp::registration_of(&format!("ann{}", name.len())));
        let answer = app.send(request.header("origin", own).header(name, value)).await;
        answer.expect(201);
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn other_origins_are_not_let_in() {
    let app = TestApp::start().await;
    for origin in [
        "https://evil.example",
        "http://localhost:5173.evil.example",
        "http://localhost.evil.example",
        "file://",
        "null",
        "*",
    ] {
        let refused = preflight(&app, paths::REGISTER, origin, "content-type").await;
        assert_eq!(refused.header("access-control-allow-origin"), None, "{origin}");
        assert_eq!(refused.header("access-control-allow-methods"), None, "{origin}");
        assert_eq!(refused.header("access-control-allow-headers"), None, "{origin}");
        assert_eq!(refused.header("access-control-allow-credentials"), None, "{origin}");
        assert_eq!(refused.status, 200, "an error would hide from the console what is wrong: {refused:?}");
        assert!(refused.header("vary").is_some_and(|varies| varies.contains("Origin")), "{refused:?}");

        let request = app.request("POST", paths::RESEND_VERIFICATION).json(&json!({ "email": "ann@mail.example" }));
        let answer = app.send(request.header("origin", origin)).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
    }
}

#[tokio::test]
async fn where_no_other_origin_is_allowed_none_is() {
    let app = TestApp::with(|settings| settings.cors.loopback_in_development = false).await;
    let answer = preflight(&app, paths::REGISTER, FRONTEND, "content-type").await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let request = app.request("POST", paths::REGISTER).json(&TestApp::registration_of("ann"));
    let answer = app.send(request.header("origin", FRONTEND)).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None));
}
