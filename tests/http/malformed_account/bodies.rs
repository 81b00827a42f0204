//! Bodies that are not what their content type says, and methods that are not offered, for every endpoint.

use super::{ENDPOINTS, JSON, Target};
use crate::support::accounts::paths;

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=XX";

/// Description, status, content type, body.
type Case = (&'static str, u16, &'static str, Vec<u8>);

fn cases() -> Vec<Case> {
    let json = |what, body: &[u8]| (what, 400, JSON, body.to_vec());
    vec![
        json("an object that ends at once", b"{"),
        json("a value that is missing", b"{\"login\":}"),
        json("a text that does not end", b"{\"password\":\"x"),
        json("a comma too many", b"{\"password\":\"x\",}"),
        json("something after the end", b"{} {}"),
        json("NaN", b"{\"timestamp\":NaN}"),
        json("bytes that are no UTF-8", b"{\"password\":\"\xff\xfe\"}"),
        json("a bare NUL", b"\0"),
        json("a list", b"[{\"login\":\"ann\"}]"),
        json("a text", b"\"ann\""),
        json("a number", b"1e999"),
        json("null", b"null"),
        json("a form under the name of JSON", b"login=ann&password=x"),
        json("UTF-16", b"\xff\xfe{\0}\0"),
        ("lists in lists", 400, JSON, [b"{\"x\":".to_vec(), vec![b'['; 60_000]].concat()),
        ("a body over the limit", 413, JSON, vec![b' '; 65_537]),
        ("a body far over the limit", 413, JSON, vec![b'['; 1_000_000]),
        ("a form over the limit", 413, FORM, vec![b'a'; 65_537]),
        ("text", 415, "text/plain", b"{}".to_vec()),
        ("XML", 415, "application/xml", b"<login/>".to_vec()),
        ("JSON in UTF-16", 415, "application/json; charset=utf-16", b"{\0}\0".to_vec()),
        ("no content type", 415, "", b"{}".to_vec()),
        ("two content types", 415, "application/json, text/plain", b"{}".to_vec()),
        (
            "multipart that does not end",
            400,
            MULTIPART,
            b"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb".to_vec(),
        ),
        ("multipart that names no boundary", 400, "multipart/form-data", b"--XX--\r\n".to_vec()),
    ]
}

#[tokio::test]
async fn no_body_does_harm() {
    let target = Target::start().await;
    let cases = cases();
    let mut tried = 0;
    for (what, status, content_type, body) in &cases {
        for (method, path) in ENDPOINTS {
            let answer = target.attacked(method, path, content_type, body.clone()).await;
            answer.expect_refusal(*status, &format!("{what} by {method} to {path}"));
            tried += 1;
        }
    }
    assert!(tried >= 200, "{tried}");
    target.survives().await;
}

#[tokio::test]
async fn no_method_does_harm() {
    let target = Target::start().await;
    for (path, allow) in [
        (paths::LOGIN, "POST, OPTIONS"),
        (paths::LOGOUT, "POST, OPTIONS"),
        (paths::PROFILE, "GET, POST, PUT, PATCH, HEAD, OPTIONS"),
        (paths::CHANGE_PASSWORD, "POST, OPTIONS"),
        (paths::SEND_RESET_LINK, "POST, OPTIONS"),
        (paths::RESET_PASSWORD, "POST, OPTIONS"),
        (paths::REGISTER_EMAIL, "POST, DELETE, OPTIONS"),
        (paths::CORRECT_EMAIL, "POST, OPTIONS"),
        (paths::VERIFY_EMAIL, "POST, OPTIONS"),
        (paths::SESSIONS, "GET, DELETE, HEAD, OPTIONS"),
        ("sessions/1/", "DELETE, OPTIONS"),
    ] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"] {
            if allow.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let answer = target.attacked(method, path, JSON, "{").await;
            answer.expect_refusal(405, &format!("{method} {path}"));
            assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
            assert_eq!(answer.json()["detail"], format!("Method \"{method}\" not allowed."));
        }
    }
    target.survives().await;
}

#[tokio::test]
async fn what_cannot_be_answered_is_not_done() {
    let target = Target::start().await;
    for (method, path) in ENDPOINTS {
        for accept in ["text/html", "application/xml", "application/json;q=0", ""] {
            let request = target.app.request_by(&target.token, method, path).header("accept", accept);
            let answer = target.app.send(request.json(&serde_json::json!({}))).await;
            answer.expect_refusal(406, &format!("{accept:?} from {path}"));
        }
    }
    target.survives().await;
}

#[tokio::test]
async fn what_looks_like_a_path_and_is_none_is_not_found() {
    let target = Target::start().await;
    for path in [
        "login/more",
        "login//",
        "LOGIN/",
        "login%00/",
        "login;a=b/",
        "logout.json",
        "profile/1/",
        "profile/..%2f",
        "sessions/1/2/",
        "sessions//",
        "change-password/%20",
        "reset-password/1-abc/",
        "verify-email/%2e%2e/",
    ] {
        let answer = target.attacked("POST", path, JSON, "{}").await;
        answer.expect_refusal(404, path);
    }
    target.survives().await;
}
