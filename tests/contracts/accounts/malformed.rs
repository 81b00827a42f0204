//! Members of a wrong type, size or sense, one by one, from users who are logged in. `tests/http/malformed.rs` has what
//! is malformed whatever the contract.

use serde_json::{Value, json};

use crate::support::accounts::NEW_PASSWORD;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, Person, TestApp};

const JSON: &str = "application/json";

/// An application with a user who is logged in, and how that user was before the attack.
struct Target {
    app: TestApp,
    ann: Person,
    token: String,
    before: String,
}

impl Target {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let (ann, token) = app.somebody("ann").await;
        let before = shown(&app, &ann).await;
        Self { app, ann, token, before }
    }

    async fn attacked(&self, method: &str, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.app.request_by(&self.token, method, path).body(body.into());
        self.app.send(request.header("content-type", content_type)).await
    }

    /// Sees that nothing has changed and that honest requests are still served.
    async fn survives(self) {
        let Self { app, ann, token, before } = self;
        assert_eq!(shown(&app, &ann).await, before);
        assert!(app.mails().await.is_empty(), "no mail was sent");
        app.get("/readyz").await.expect(200);
        assert!(app.is_alive(&token).await);
        app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(200);
        assert!(app.knows("ann", NEW_PASSWORD).await);
    }
}

/// All that is stored of a user, secrets included.
async fn shown(app: &TestApp, person: &Person) -> String {
    let user = app.user(&person.id).await;
    format!("{user:?} {} {}", user.password_hash.expose(), user.link_secret.expose())
}

/// What each endpoint takes, complete and well-formed, but for what would succeed.
fn nearly_honest(path: &str) -> Value {
    let zeros = "0".repeat(64);
    match path {
        paths::LOGIN => json!({ "login": "ann", "password": "Wrong-Lantern-9" }),
        paths::LOGOUT => json!({ "revoke_token": "maybe" }),
        paths::PROFILE => json!({ "username": "not a name" }),
        paths::CHANGE_PASSWORD => {
            json!({ "old_password": "Wrong-Lantern-9", "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD })
        }
        paths::SEND_RESET_LINK => json!({ "login": "" }),
        paths::RESET_PASSWORD => {
            json!({ "user_id": "1", "timestamp": 1_700_000_000, "signature": zeros, "password": NEW_PASSWORD })
        }
        paths::REGISTER_EMAIL => json!({ "email": "nowhere" }),
        _ => json!({ "user_id": "1", "email": "x@mail.example", "timestamp": 1_700_000_000, "signature": zeros }),
    }
}

/// Values that no text member takes, and the most a member of any type can be made to hold.
fn strange() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!(["ann"]),
        json!({ "$gt": "" }),
        json!([[["ann"]]]),
        json!(""),
        json!(" \t\r\n"),
        json!("\0"),
        json!("a\0b"),
        json!("\u{feff}"),
        json!("x".repeat(60_000)),
        json!("é".repeat(20_000)),
    ]
}

#[tokio::test]
async fn no_member_does_harm() {
    let target = Target::start().await;
    let mut tried = 0;
    for (path, members) in [
        (paths::LOGIN, &["login", "password"][..]),
        (paths::CHANGE_PASSWORD, &["old_password", "password", "password_confirm"]),
        (paths::RESET_PASSWORD, &["user_id", "timestamp", "signature", "password"]),
        (paths::VERIFY_EMAIL, &["user_id", "email", "timestamp", "signature"]),
    ] {
        for member in members {
            for value in strange() {
                let mut body = nearly_honest(path);
                body[*member] = value.clone();
                let answer = target.attacked("POST", path, JSON, body.to_string()).await;
                let what: String = format!("{path} {member}: {value}").chars().take(100).collect();
                answer.expect_refusal(400, &what);
                tried += 1;
            }
            let mut body = nearly_honest(path);
            body.as_object_mut().expect("it is one").remove(*member);
            let answer = target.attacked("POST", path, JSON, body.to_string()).await;
            assert_eq!(answer.expect(400), json!({ *member: ["This field is required."] }));
        }
    }
    assert!(tried >= 150, "{tried}");
    target.survives().await;
}

#[tokio::test]
async fn no_lone_surrogate_gets_through() {
    let target = Target::start().await;
    for (method, path, member) in [
        ("POST", paths::LOGIN, "login"),
        ("POST", paths::LOGIN, "password"),
        ("PATCH", paths::PROFILE, "username"),
        ("PATCH", paths::PROFILE, "first_name"),
        ("POST", paths::CHANGE_PASSWORD, "password"),
        ("POST", paths::SEND_RESET_LINK, "login"),
        ("POST", paths::RESET_PASSWORD, "user_id"),
        ("POST", paths::REGISTER_EMAIL, "email"),
        ("POST", paths::VERIFY_EMAIL, "email"),
    ] {
        let mut body = if path == paths::PROFILE { json!({}) } else { nearly_honest(path) };
        body[member] = json!("MARK");
        let body = body.to_string().replace("MARK", "a\\ud800b");
        let answer = target.attacked(method, path, JSON, body).await;
        answer.expect_refusal(400, &format!("{path} {member}"));
        assert!(answer.json().get(member).is_some(), "{path}: {answer:?}");
    }
    target.survives().await;
}

#[tokio::test]
async fn no_claim_that_is_odd_is_believed() {
    let target = Target::start().await;
    let id = target.ann.id.clone();
    let zeros = "0".repeat(64);
    for (user_id, timestamp, signature) in [
        (json!(id), json!(i64::MAX), json!(zeros)),
        (json!(id), json!(i64::MIN), json!(zeros)),
        (json!(id), json!(u64::MAX), json!(zeros)),
        (json!(id), json!("-0"), json!(zeros)),
        (json!(id), json!(1e300), json!(zeros)),
        (json!(id), json!("99999999999999999999999999"), json!(zeros)),
        (json!(id), json!(1), json!("é".repeat(32))),
        (json!(id), json!(1), json!("0".repeat(63))),
        (json!(id), json!(1), json!("0".repeat(65))),
        (json!(id), json!(1), json!("0x".repeat(32))),
        (json!(id), json!(1), json!("G".repeat(64))),
        (json!(id), json!(1), json!(0)),
        (json!(1), json!(1), json!(zeros)),
        (json!("../../etc/passwd"), json!(1), json!(zeros)),
        (json!("' OR '1'='1"), json!(1), json!(zeros)),
        (json!("a\u{202e}b"), json!(1), json!(zeros)),
        (json!("a\nb"), json!(1), json!(zeros)),
        (json!("x".repeat(64)), json!(1), json!(zeros)),
        (json!("é".repeat(40)), json!(1), json!(zeros)),
    ] {
        for path in [paths::RESET_PASSWORD, paths::VERIFY_EMAIL] {
            let mut body = nearly_honest(path);
            (body["user_id"], body["timestamp"], body["signature"]) =
                (user_id.clone(), timestamp.clone(), signature.clone());
            let answer = target.attacked("POST", path, JSON, body.to_string()).await;
            answer.expect_refusal(400, &format!("{path}: {user_id} {timestamp} {signature}"));
        }
    }
    target.survives().await;
}

#[tokio::test]
async fn of_duplicate_members_the_last_counts_also_where_it_is_wrong() {
    let target = Target::start().await;
    for (path, body) in [
        (paths::LOGIN, format!(r#"{{"login":"ann","password":"{PASSWORD}","password":"wrong one"}}"#)),
        (paths::LOGIN, format!(r#"{{"password":"{PASSWORD}","login":"ann","login":"bob"}}"#)),
        (paths::LOGOUT, r#"{"revoke_token":true,"revoke_token":[]}"#.to_owned()),
        (paths::REGISTER_EMAIL, r#"{"email":"mallory@mail.example","email":"nowhere"}"#.to_owned()),
    ] {
        let answer = target.attacked("POST", path, JSON, body).await;
        answer.expect_refusal(400, path);
    }
    target.survives().await;
}

#[tokio::test]
async fn forms_and_files_are_no_way_around() {
    let target = Target::start().await;
    let form = "application/x-www-form-urlencoded";
    for (method, path, body) in [
        ("POST", paths::LOGIN, "login=ann&password=%00"),
        ("POST", paths::LOGIN, "login[]=ann&password=x"),
        ("POST", paths::LOGIN, "login=%ff%fe&password=x"),
        ("POST", paths::LOGOUT, "revoke_token=maybe"),
        ("PATCH", paths::PROFILE, "username=a%20b"),
        ("PUT", paths::PROFILE, "username="),
        ("POST", paths::REGISTER_EMAIL, "email=nowhere"),
        ("POST", paths::REGISTER_EMAIL, "email=a%40b.example%0d%0aBcc%3a%20c%40d.example"),
        ("POST", paths::SEND_RESET_LINK, "email=ann%40mail.example"),
    ] {
        let answer = target.attacked(method, path, form, body).await;
        answer.expect_refusal(400, &format!("{path}: {body}"));
    }
    for (method, path, member) in
        [("POST", paths::LOGIN, "login"), ("PUT", paths::PROFILE, "username"), ("POST", paths::REGISTER_EMAIL, "email")]
    {
        let part = format!(
            "--XX\r\nContent-Disposition: form-data; name=\"{member}\"; filename=\"a.txt\"\r\n\
             Content-Type: text/plain\r\n\r\nann\r\n--XX--\r\n"
        );
        let answer = target.attacked(method, path, "multipart/form-data; boundary=XX", part).await;
        answer.expect_refusal(400, &format!("a file for {member}"));
    }
    target.survives().await;
}
