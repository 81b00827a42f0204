//! Logins with JSON Web Tokens.

use serde_json::{Value, json};

use super::{Client, credentials, paths};
use crate::support::Answer;
use crate::support::test_app::PASSWORD;

/// The two tokens of a login.
#[derive(Clone, Debug)]
pub struct Pair {
    pub access: String,
    pub refresh: String,
}

impl Pair {
    /// Reads the pair in an answer.
    ///
    /// # Panics
    ///
    /// If the answer is not 200, or has no two tokens.
    #[track_caller]
    pub fn of(answer: &Answer) -> Self {
        let body = answer.expect(200);
        let token = |name: &str| body[name].as_str().expect("a token").to_owned();
        Self { access: token("access"), refresh: token("refresh") }
    }
}

impl Client<'_> {
    /// Logs in with the password that everybody has, and returns the tokens.
    pub async fn pair(&self, username: &str) -> Pair {
        Pair::of(&self.post(paths::JWT_CREATE, &credentials(username, PASSWORD)).await)
    }

    /// Asks for a new access token.
    pub async fn refresh(&self, token: &str) -> Answer {
        self.post(paths::JWT_REFRESH, &json!({ "refresh": token })).await
    }

    /// Asks whether a token is good.
    pub async fn verify_token(&self, token: &str) -> Answer {
        self.post(paths::JWT_VERIFY, &json!({ "token": token })).await
    }

    /// Ends the login of a refresh token.
    pub async fn blacklist(&self, token: &str) -> Answer {
        self.post(paths::JWT_BLACKLIST, &json!({ "refresh": token })).await
    }

    /// Reads the own record with this `Authorization`.
    pub async fn me_with(&self, authorization: &str) -> Answer {
        let request = self.app.request("GET", &self.path(paths::ME)).header("authorization", authorization);
        self.app.send(request).await
    }

    /// Sends a request with an access token.
    pub async fn send_with(&self, access: &str, method: &str, path: &str, body: &Value) -> Answer {
        let request = self.app.request(method, &self.path(path)).header("authorization", format!("JWT {access}"));
        self.app.send(request.json(body)).await
    }

    /// Whether the access token logs in.
    pub async fn admits(&self, access: &str) -> bool {
        self.me_with(&format!("Bearer {access}")).await.status == 200
    }
}
