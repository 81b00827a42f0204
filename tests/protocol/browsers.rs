//! Pages on other origins: those of the configured frontends may call, no others.

use serde_json::json;

use crate::support::{Answer, TestApp};

const FRONTEND: &str = "http://localhost:5173";

async fn preflight(app: &TestApp, path: &str, origin: &str, headers: &str) -> Answer {
    let request = app.request("OPTIONS", path).header("origin", origin).header("access-control-request-method", "POST");
    app.send(request.header("access-control-request-headers", headers)).await
}

#[tokio::test]
async fn a_frontend_may_send_what_it_needs() {
    let app = TestApp::start().await;
    for path in ["register/", "verify-registration", "resend-verification/"] {
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
        let request = app.request("POST", "register/").json(&TestApp::registration_of(username));
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
async fn other_origins_are_not_let_in() {
    let app = TestApp::start().await;
    for origin in [
        "https://evil.example",
        "http://localhost:5173.evil.example",
        "http://localhost",
        "https://localhost:5173",
        "null",
        "*",
    ] {
        let refused = preflight(&app, "register/", origin, "content-type").await;
        assert_eq!(refused.header("access-control-allow-origin"), None, "{origin}");
        assert_eq!(refused.header("access-control-allow-methods"), None, "{origin}");
        assert!(refused.status >= 400, "{refused:?}");
        refused.json();

        let request = app.request("POST", "resend-verification/").json(&json!({ "email": "ann@mail.example" }));
        let answer = app.send(request.header("origin", origin)).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
    }
}

#[tokio::test]
async fn where_no_other_origin_is_allowed_none_is() {
    let app = TestApp::with(|settings| settings.cors.allowed_origins.clear()).await;
    let answer = preflight(&app, "register/", FRONTEND, "content-type").await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let request = app.request("POST", "register/").json(&TestApp::registration_of("ann"));
    let answer = app.send(request.header("origin", FRONTEND)).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (201, None));
}
