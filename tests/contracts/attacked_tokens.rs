//! JSON Web Tokens that are forged, kept too long, stolen or used twice, at each endpoint of both contracts that takes
//! one.

mod ended;
mod forged;
mod key_confusion;
mod replayed;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::Settings;
use countersign::settings::LoginAnswer;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::accounts::paths;
use crate::support::djoser::{self, Pair};
use crate::support::endpoints::Contract;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// Both contracts serve JSON Web Tokens; users are active at once.
fn with_jwt(settings: &mut Settings) {
    settings.contracts.djoser.enabled = true;
    settings.contracts.djoser.jwt = true;
    settings.contracts.accounts.login = vec![LoginAnswer::Jwt];
    settings.registration.verification = false;
    settings.change_email.verification = false;
}

async fn app_with_pair(change: impl FnOnce(&mut Settings)) -> (TestApp, Pair) {
    let app = TestApp::with(|settings| {
        with_jwt(settings);
        change(settings);
    })
    .await;
    app.registered("ann").await;
    let pair = app.djoser().pair("ann").await;
    (app, pair)
}

/// Logs in at the contract.
async fn log_in(app: &TestApp, contract: Contract) -> Pair {
    match contract {
        Contract::Accounts => Pair::of(&app.log_in("ann", PASSWORD).await),
        _ => app.djoser().pair("ann").await,
    }
}

/// Presents a token at every endpoint that takes one.
struct Presented<'a> {
    app: &'a TestApp,
    token: &'a str,
}

impl Presented<'_> {
    fn by_header(&self, word: &str, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.app.request(method, path).header("authorization", format!("{word} {}", self.token))
    }

    /// As an access token, in the header.
    async fn for_access(&self) -> Vec<Answer> {
        let mut answers = Vec::new();
        for word in ["Bearer", "JWT"] {
            for (method, path) in [("GET", "/auth/users/me/"), ("GET", paths::PROFILE), ("POST", paths::LOGOUT)] {
                answers.push(self.app.send(self.by_header(word, method, path)).await);
            }
        }
        answers
    }

    /// As a refresh token, in the body.
    async fn for_refresh(&self) -> Vec<Answer> {
        let body = json!({ "refresh": self.token });
        vec![
            self.app.djoser().refresh(self.token).await,
            self.app.djoser().blacklist(self.token).await,
            self.app.post_json(paths::REFRESH_TOKEN, &body).await,
            self.app.post_json(paths::LOGOUT, &body).await,
        ]
    }

    /// As a token of either type, to be verified.
    async fn for_verification(&self) -> Vec<Answer> {
        let body = json!({ "token": self.token });
        vec![self.app.djoser().verify_token(self.token).await, self.app.post_json(paths::VERIFY_TOKEN, &body).await]
    }
}

/// Asserts that each answer is a refusal with this sentence, with the code of refused tokens.
#[track_caller]
fn expect_sentence(answers: &[Answer], sentence: &str) {
    for answer in answers {
        let body = answer.json();
        assert!(matches!(answer.status, 400 | 401), "{answer:?}");
        // A refused access token has its sentence in a note.
        let told = body["messages"][0]["message"].as_str().or(body["detail"].as_str());
        assert_eq!(told, Some(sentence), "{answer:?}");
        assert!(answer.status == 400 || body["code"] == "token_not_valid", "{answer:?}");
    }
}

/// Asserts that a token is refused with this sentence wherever one is taken.
async fn expect_refused_everywhere(app: &TestApp, token: &str, sentence: &str) {
    let presented = Presented { app, token };
    expect_sentence(&presented.for_access().await, sentence);
    expect_sentence(&presented.for_refresh().await, sentence);
    expect_sentence(&presented.for_verification().await, sentence);
}

/// Asserts that the login is untouched.
async fn expect_alive(app: &TestApp, pair: &Pair) {
    assert!(app.djoser().admits(&pair.access).await);
    app.djoser().verify_token(&pair.refresh).await.expect(200);
    app.djoser().refresh(&pair.refresh).await.expect(200);
}

/// Asserts that both tokens are refused wherever one is taken, whatever the sentence.
async fn expect_dead(app: &TestApp, pair: &Pair, what: &str) {
    for token in [&pair.access, &pair.refresh] {
        let presented = Presented { app, token };
        let answers = [presented.for_access().await, presented.for_refresh().await, presented.for_verification().await];
        for answer in answers.concat() {
            assert!(matches!(answer.status, 400 | 401), "{what}: {answer:?}");
        }
    }
}

/// Returns the claims of a token.
fn claims_of(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("a token has three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
}

/// Encodes a header and claims, which are to be signed.
fn message(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

/// Signs a header and claims with HMAC.
fn signed_with(secret: &[u8], header: &str, claims: &str) -> String {
    let message = message(header, claims);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes any key");
    mac.update(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// The path of djoser's endpoint for the own record.
fn me() -> String {
    format!("/auth/{}", djoser::paths::ME)
}
