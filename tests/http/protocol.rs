//! HTTP as such: what holds whatever is asked for.

mod browsers;
mod codes;
mod envelope;
mod limits;
mod outages;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;

#[tokio::test]
async fn an_unknown_path_is_answered_in_json() {
    let app = TestApp::start().await;
    for path in [
        "/nothing",
        "nothing/",
        "register/more",
        "/api/v1/accounts",
        "/healthz/more",
        "/api//v1/accounts/register/",
        "/%ff%fe",
        "/api/v1/accounts/%00",
    ] {
        for method in ["GET", "POST", "OPTIONS", "BREW"] {
            let answer = app.send(app.request(method, path)).await;
            answer.expect_detail(404, "Not found.");
            assert_eq!(answer.header("content-type"), Some("application/json"), "{method} {path}");
        }
    }
    let answer = app.raw("OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("an answer");
    answer.expect_detail(404, "Not found.");
}

#[tokio::test]
async fn both_spellings_of_the_final_slash_are_served() {
    let app = TestApp::start().await;
    app.post_json("register", &TestApp::registration_of("ann")).await.expect(201);
    let link = app.link().await;
    app.post_json("verify-registration", &link.claim()).await.expect(200);
    app.post_json("resend-verification", &json!({ "email": "ann@mail.example" })).await.expect(200);
    app.post_json("register/?next=/home", &TestApp::registration_of("bob")).await.expect(201);
}

#[tokio::test]
async fn the_language_of_the_answer_is_judged_before_the_method() {
    let app = TestApp::start().await;
    let request = app.request("GET", paths::REGISTER).header(ACCEPT, "text/html");
    assert_eq!(app.send(request).await.status, 406, "before the method is looked at");
    assert_eq!(app.rows().await, (0, 0));
    let browser = app.request("POST", paths::REGISTER).json(&TestApp::registration_of("ann"));
    app.send(browser.header(ACCEPT, "text/html, */*;q=0.1")).await.expect(201);
}

#[tokio::test]
async fn problem_details_go_to_those_who_prefer_them() {
    let app = TestApp::start().await;
    let problem = async |path: &str, body: Value| {
        let request = app.request("POST", path).header(ACCEPT, "application/problem+json, application/json;q=0.9");
        let answer = app.send(request.json(&body)).await;
        let status = answer.status;
        assert_eq!(answer.header(CONTENT_TYPE.as_str()), Some("application/problem+json"));
        assert_eq!(answer.header("vary").map(|vary| vary.contains("Accept")), Some(true));
        answer.expect(status)
    };
    let claim = json!({ "user_id": "1", "timestamp": 1, "signature": "x" });
    let expected = json!({
        "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "Invalid signature",
        "code": "invalid_signature",
    });
    assert_eq!(problem(paths::VERIFY_REGISTRATION, claim).await, expected);
    let expected = json!({
        "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "The request has invalid fields.",
        "code": "invalid_fields", "errors": { "email": [{ "code": "required", "message": "This field is required." }] },
    });
    assert_eq!(problem(paths::RESEND_VERIFICATION, json!({})).await, expected);
    let expected = json!({
        "type": "about:blank", "title": "Not Found", "status": 404, "detail": "Not found.", "code": "not_found",
    });
    assert_eq!(problem("nothing/", json!({})).await, expected);

    let request = app.request("POST", paths::REGISTER).header(ACCEPT, "application/problem+json");
    let success = app.send(request.json(&TestApp::registration_of("ann"))).await;
    assert_eq!((success.status, success.header("content-type")), (201, Some("application/json")));
}

#[tokio::test]
async fn an_endpoint_tells_what_it_takes() {
    let app = TestApp::start().await;
    let text = |label: &str, required: bool, max_length: u32| json!({ "type": "string", "required": required, "read_only": false, "label": label, "max_length": max_length });
    let mut username = text("Username", true, 150);
    username["help_text"] = json!("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.");
    let mut email = text("Email address", false, 254);
    email["type"] = json!("email");
    let expected = json!({
        "name": "Register", "description": "", "renders": ["application/json"],
        "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
        "actions": { "POST": {
            "id": { "type": "string", "required": false, "read_only": true, "label": "ID" },
            "username": username, "email": email,
            "first_name": text("First name", false, 150), "last_name": text("Last name", false, 150),
            "password": text("Password", true, 128),
            "password_confirm":
                { "type": "string", "required": true, "read_only": false, "label": "Password confirm" },
        } },
    });
    let answer = app.send(app.request("OPTIONS", paths::REGISTER)).await;
    assert_eq!(answer.expect(200), expected);
    assert_eq!(answer.header("allow"), Some("POST, OPTIONS"));
    for (path, name) in
        [(paths::VERIFY_REGISTRATION, "Verify Registration"), ("resend-verification", "Resend Verification")]
    {
        let answer = app.send(app.request("OPTIONS", path)).await;
        assert_eq!((&answer.expect(200)["name"], answer.header("allow")), (&json!(name), Some("POST, OPTIONS")));
    }
}

#[tokio::test]
async fn the_api_lies_where_the_settings_say() {
    for base in ["/", "/auth/", "/a/b/c/"] {
        let app = TestApp::with(|settings| base.clone_into(&mut settings.contracts.accounts.base_path)).await;
        app.registered("ann").await;
        app.get("/healthz").await.expect_detail(200, "alive");
        app.get("/readyz").await.expect(200);
        app.get("/api/v1/accounts/register/").await.expect_detail(404, "Not found.");
        app.get("/nothing").await.expect_detail(404, "Not found.");
    }
}

#[tokio::test]
async fn requests_may_follow_each_other_on_one_connection() {
    let app = TestApp::start().await;
    let mut connection = app.connect().await;
    let body = TestApp::registration_of("ann").to_string().replace(PASSWORD, "Kettle-Harbour-43");
    let register = format!(
        "POST /api/v1/accounts/register/ HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let alive = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    connection.send(format!("{alive}{register}{register}{alive}")).await;
    for status in [200, 201, 400, 200] {
        assert_eq!(connection.answer().await.expect("an answer").status, status);
    }
}
