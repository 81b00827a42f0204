//! The parts of Facebook's Graph API that tell who a user is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use countersign::settings::{Provider, ProviderKind};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::server::{Received, Reply, Server, lock};
use super::{CLIENT_ID, CLIENT_SECRET};

/// The provider.
pub struct FakeFacebook {
    pub server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    codes: HashMap<String, String>,
    tokens: HashMap<String, Issued>,
}

struct Issued {
    id: String,
    email: Option<String>,
    app_id: String,
    expires_at: i64,
    is_valid: bool,
}

impl FakeFacebook {
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let of_server = Arc::clone(&state);
        Self { server: Server::start(move |request| lock(&of_server).answer(request)), state }
    }

    pub fn settings(&self, name: &str) -> Provider {
        super::settings(name, ProviderKind::Facebook, &self.server.url())
    }

    /// Returns a token that was issued to this site and does not expire.
    pub fn token_for(&self, id: &str, email: Option<&str>) -> String {
        self.issue(id, email, CLIENT_ID, 0)
    }

    /// Returns a token that was issued to somebody else.
    pub fn foreign_token_for(&self, id: &str) -> String {
        self.issue(id, None, "somebody-else", 0)
    }

    /// Returns a token that expires at an instant.
    pub fn token_until(&self, id: &str, expires_at: i64) -> String {
        self.issue(id, None, CLIENT_ID, expires_at)
    }

    /// Returns a code of a login, to be exchanged once.
    pub fn code_for(&self, id: &str, email: Option<&str>) -> String {
        let token = self.token_for(id, email);
        let code = format!("code of {token}");
        lock(&self.state).codes.insert(code.clone(), token);
        code
    }

    /// Withdraws a token, as its user may do.
    pub fn revoke(&self, token: &str) {
        if let Some(issued) = lock(&self.state).tokens.get_mut(token) {
            issued.is_valid = false;
        }
    }

    fn issue(&self, id: &str, email: Option<&str>, app_id: &str, expires_at: i64) -> String {
        let mut state = lock(&self.state);
        let token = format!("EAAG{}", state.tokens.len());
        let email = email.map(str::to_owned);
        let issued = Issued { id: id.to_owned(), email, app_id: app_id.to_owned(), expires_at, is_valid: true };
        state.tokens.insert(token.clone(), issued);
        token
    }
}

fn failure(code: u16, message: &str) -> Reply {
    Reply::json(
        400,
        &json!({"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}}),
    )
}

impl State {
    fn answer(&mut self, request: &Received) -> Reply {
        let of_query = |name: &str| request.query.get(name).cloned().unwrap_or_default();
        let app_token = format!("{CLIENT_ID}|{CLIENT_SECRET}");
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/oauth/access_token") => {
                let form = request.form();
                if form.get("client_secret").is_none_or(|secret| secret != CLIENT_SECRET) {
                    return failure(1, "Error validating client secret.");
                }
                match form.get("code").and_then(|code| self.codes.remove(code)) {
                    Some(token) => Reply::json(200, &json!({"access_token": token, "token_type": "bearer"})),
                    None => failure(100, "This authorization code has been used."),
                }
            }
            ("GET", "/debug_token") if of_query("access_token") != app_token => {
                failure(190, "Invalid OAuth access token signature.")
            }
            ("GET", "/debug_token") => Reply::json(200, &self.debug(&of_query("input_token"))),
            ("GET", "/me") => self.me(&of_query("access_token"), &of_query("appsecret_proof")),
            ("GET", path) if path == format!("/{CLIENT_ID}") => match of_query("access_token") == app_token {
                true => Reply::json(200, &json!({"id": CLIENT_ID})),
                false => failure(190, "Invalid OAuth access token signature."),
            },
            _ => failure(2500, "Unknown path components"),
        }
    }

    fn debug(&self, token: &str) -> Value {
        match self.tokens.get(token) {
            Some(issued) => json!({"data": {
                "app_id": issued.app_id,
                "type": "USER",
                "is_valid": issued.is_valid,
                "expires_at": issued.expires_at,
                "user_id": issued.id,
                "scopes": ["email", "public_profile"],
            }}),
            None => json!({"data": {"error": {"code": 190, "message": "Malformed access token"}, "is_valid": false}}),
        }
    }

    fn me(&self, token: &str, proof: &str) -> Reply {
        let mut mac = Hmac::<Sha256>::new_from_slice(CLIENT_SECRET.as_bytes()).expect("a key");
        mac.update(token.as_bytes());
        if proof != hex::encode(mac.finalize().into_bytes()) {
            return failure(100, "Invalid appsecret_proof provided in the API argument");
        }
        match self.tokens.get(token).filter(|issued| issued.is_valid) {
            Some(issued) => {
                let mut user = json!({"id": issued.id, "first_name": "Ann", "last_name": "Lee"});
                if let Some(email) = &issued.email {
                    user["email"] = json!(email);
                }
                Reply::json(200, &user)
            }
            None => failure(190, "Error validating access token: The session has been invalidated"),
        }
    }
}
