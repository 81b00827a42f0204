//! The part of Twitter's API that tells whose a pair of tokens is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use countersign::settings::{Provider, ProviderKind};
use serde_json::{Value, json};

use super::CLIENT_ID;
use super::server::{Received, Reply, Server, lock};

/// The provider. It looks at the parts of a signature's header; a vector of its document proves the signature itself.
pub struct FakeTwitter {
    pub server: Server,
    tokens: Arc<Mutex<HashMap<String, Value>>>,
}

impl FakeTwitter {
    pub fn start() -> Self {
        let tokens: Arc<Mutex<HashMap<String, Value>>> = Arc::default();
        let of_server = Arc::clone(&tokens);
        Self { server: Server::start(move |request| answer(request, &lock(&of_server))), tokens }
    }

    pub fn settings(&self, name: &str) -> Provider {
        super::settings(name, ProviderKind::Twitter, &self.server.url())
    }

    /// Returns a pair of tokens that was issued to this site.
    pub fn tokens_for(&self, id: &str, screen_name: &str, email: Option<&str>) -> (String, String) {
        let mut user = json!({"id_str": id, "screen_name": screen_name, "name": "Ann Lee"});
        if let Some(email) = email {
            user["email"] = json!(email);
        }
        let token = format!("{id}-token");
        lock(&self.tokens).insert(token.clone(), user);
        (token, format!("{id}-secret"))
    }
}

fn answer(request: &Received, tokens: &HashMap<String, Value>) -> Reply {
    let fault = |status, code: u16, message: &str| {
        Reply::json(status, &json!({"errors": [{"code": code, "message": message}]}))
    };
    let header = request.header("authorization");
    let part = |name: &str| {
        let start = header.find(&format!("{name}=\""))? + name.len() + 2;
        Some(&header[start..start + header[start..].find('"')?])
    };
    let is_signed = header.starts_with("OAuth ")
        && part("oauth_consumer_key") == Some(CLIENT_ID)
        && part("oauth_signature_method") == Some("HMAC-SHA1")
        && part("oauth_signature").is_some_and(|signature| signature.ends_with("%3D"))
        && part("oauth_nonce").is_some_and(|nonce| nonce.len() >= 32);
    if !is_signed {
        return fault(401, 32, "Could not authenticate you.");
    }
    match request.path.as_str() {
        "/oauth/request_token" => Reply { status: 200, headers: Vec::new(), body: b"oauth_token=a".to_vec() },
        "/1.1/account/verify_credentials.json" => match part("oauth_token").and_then(|token| tokens.get(token)) {
            Some(user) => Reply::json(200, user),
            None => fault(401, 89, "Invalid or expired token."),
        },
        _ => fault(404, 34, "Sorry, that page does not exist."),
    }
}
