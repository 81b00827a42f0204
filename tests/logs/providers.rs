//! Logins by identity providers that are refused: each leaves a line with the provider and the reason.

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::process::{Home, Program, registration};
use crate::support::fake_providers::{Act, CLIENT_ID, CLIENT_SECRET, FakeEmail, FakeGitHub, REDIRECT_URI, Reply};

const EXCHANGE: &str = "/login/oauth/access_token";
const MAIN: FakeEmail = FakeEmail { address: "ann@mail.example", is_primary: true, is_verified: true };

/// A program with the provider `github`, and with `closed`, which creates no users; dj-rest-auth's contract is its
/// first.
async fn program(github: &FakeGitHub) -> (Home, Program, String) {
    let url = github.server.url();
    let provider = |name: &str, more: &str| {
        format!(
            "[[providers]]\nname = \"{name}\"\nkind = \"github\"\nclient_id = \"{CLIENT_ID}\"\n\
             client_secret = \"{CLIENT_SECRET}\"\nredirect_uris = [\"{REDIRECT_URI}\"]\nweb_url = \"{url}\"\n\
             api_url = \"{url}\"\n{more}\n"
        )
    };
    let settings = [
        super::SETTINGS,
        "[throttle]\nenabled = false\n[registration]\nverification = false\nemail_required = true\n",
        "[contracts.dj_rest_auth]\nenabled = true\n",
        &provider("github", ""),
        &provider("closed", "creates_users = false"),
    ];
    let home = Home::new(&settings.concat());
    let program = home.serve();
    let base = format!("http://{}", program.socket().await);
    (home, program, base)
}

async fn post(base: &str, path: &str, token: Option<&str>, body: &Value) -> Response {
    let request = Client::new().post(format!("{base}{path}")).json(body);
    let request = match token {
        Some(token) => request.header("authorization", format!("Token {token}")),
        None => request,
    };
    request.send().await.expect("it answers")
}

/// Waits for the line of a refused login, and returns the last one.
async fn line(program: &Program, phrase: &str, reason: &str) -> String {
    program.wait_for_log(reason).await;
    let log = program.log();
    let line = log.lines().rfind(|line| line.contains(reason)).expect("it was waited for").to_owned();
    assert!(line.contains(phrase), "{line}");
    assert!(!log.contains("ann@mail.example") && !log.contains(CLIENT_SECRET), "{log}");
    line
}

#[tokio::test]
async fn each_refused_login_by_a_provider_has_a_line_with_the_reason() {
    let github = FakeGitHub::start();
    let (_home, program, base) = program(&github).await;
    program.wait_for_log("providers  github, closed").await;
    let refused = "login by a provider refused";
    let code = |code: &str| json!({ "code": code });

    let answer = post(&base, "/dj-rest-auth/github/", None, &code(&github.code_for(1, "ann", &[]))).await;
    assert_eq!(answer.status(), 400);
    let told = line(&program, refused, "the provider names no e-mail address").await;
    assert!(told.contains("github"), "{told}");

    let malformed = FakeEmail { address: "no address", ..MAIN };
    post(&base, "/dj-rest-auth/github/", None, &code(&github.code_for(1, "ann", &[malformed]))).await;
    line(&program, refused, "an e-mail address that is malformed").await;

    post(&base, "/dj-rest-auth/closed/", None, &code(&github.code_for(1, "ann", &[MAIN]))).await;
    line(&program, refused, "new users are not created").await;

    for name in ["ann", "bob"] {
        assert_eq!(post(&base, "/api/v1/accounts/register/", None, &registration(name)).await.status(), 201);
    }
    post(&base, "/dj-rest-auth/github/", None, &code(&github.code_for(1, "ann", &[MAIN]))).await;
    line(&program, refused, "another user has the e-mail address").await;

    let mut keys = Vec::new();
    for name in ["ann", "bob"] {
        let body = json!({ "username": name, "password": "Kettle-Harbor-42" });
        let answer: Value = post(&base, "/dj-rest-auth/login/", None, &body).await.json().await.expect("JSON");
        keys.push(answer["key"].as_str().expect("a key").to_owned());
    }
    let connect = "/dj-rest-auth/github/connect/";
    let first = post(&base, connect, Some(&keys[0]), &code(&github.code_for(1, "ann", &[MAIN]))).await;
    assert_eq!(first.status(), 200);
    post(&base, connect, Some(&keys[1]), &code(&github.code_for(1, "ann", &[MAIN]))).await;
    let told =
        line(&program, "connection of a provider account refused", "another user has the provider account").await;
    assert!(told.contains("user_id"), "{told}");

    github.server.make(EXCHANGE, Act::Reply(Reply::json(200, &json!({ "error": "redirect_uri_mismatch" }))));
    assert_eq!(post(&base, "/dj-rest-auth/github/", None, &code("x")).await.status(), 400);
    line(&program, refused, "the provider refuses the code (redirect_uri_mismatch)").await;

    let state = json!({ "code": "x", "state": "x" });
    post(&base, "/api/v1/accounts/providers/github/finish/", None, &state).await;
    line(&program, refused, "the state is not ours").await;
}

#[tokio::test]
async fn a_refused_client_is_an_error_that_says_what_to_compare() {
    let github = FakeGitHub::start();
    let (_home, program, base) = program(&github).await;
    github.server.make(EXCHANGE, Act::Reply(Reply::json(200, &json!({ "error": "incorrect_client_credentials" }))));
    let answer = post(&base, "/dj-rest-auth/github/", None, &json!({ "code": "x" })).await;
    assert_eq!(answer.status(), 503);
    let reason = "it refuses `client_id` or `client_secret` (incorrect_client_credentials); compare [[providers]]";
    let told = line(&program, "", reason).await;
    assert!(!told.contains("cannot be asked"), "{told}");
    let log = program.log();
    let error = log.lines().find(|line| line.contains("no user can log in by a provider")).expect("it is told");
    assert!(error.contains("ERROR") && error.contains("github"), "{error}");
}
