//! GitHub's login and the parts of its API that tell who a user is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use countersign::settings::{Provider, ProviderKind};
use serde_json::{Value, json};

use super::openid::is_this_site;
use super::server::{Received, Reply, Server, lock};
use super::{CLIENT_ID, CLIENT_SECRET};

/// An address of a user.
#[derive(Clone, Copy, Debug)]
pub struct FakeEmail {
    pub address: &'static str,
    pub is_primary: bool,
    pub is_verified: bool,
}

/// The provider.
pub struct FakeGitHub {
    pub server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    count: usize,
    codes: HashMap<String, Issued>,
    tokens: HashMap<String, Issued>,
}

#[derive(Clone)]
struct Issued {
    user: Value,
    /// None if the token does not allow to read them.
    emails: Option<Value>,
    client_id: String,
}

impl FakeGitHub {
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let of_server = Arc::clone(&state);
        Self { server: Server::start(move |request| lock(&of_server).answer(request)), state }
    }

    pub fn settings(&self, name: &str) -> Provider {
        super::settings(name, ProviderKind::GitHub, &self.server.url())
    }

    /// Returns a token that was issued to this site.
    pub fn token_for(&self, id: u64, login: &str, emails: &[FakeEmail]) -> String {
        let token = self.state().new_name();
        self.state().tokens.insert(token.clone(), issued(id, login, Some(emails), CLIENT_ID));
        token
    }

    /// Returns a token that was issued to somebody else.
    pub fn foreign_token_for(&self, id: u64, login: &str) -> String {
        let token = self.state().new_name();
        self.state().tokens.insert(token.clone(), issued(id, login, Some(&[]), "somebody-else"));
        token
    }

    /// Returns a token that does not allow to read addresses.
    pub fn narrow_token_for(&self, id: u64, login: &str) -> String {
        let token = self.state().new_name();
        self.state().tokens.insert(token.clone(), issued(id, login, None, CLIENT_ID));
        token
    }

    /// Returns a code of a login, to be exchanged once.
    pub fn code_for(&self, id: u64, login: &str, emails: &[FakeEmail]) -> String {
        let code = self.state().new_name();
        self.state().codes.insert(code.clone(), issued(id, login, Some(emails), CLIENT_ID));
        code
    }

    /// Withdraws a token, as its user may do.
    pub fn revoke(&self, token: &str) {
        self.state().tokens.remove(token);
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn issued(id: u64, login: &str, emails: Option<&[FakeEmail]>, client_id: &str) -> Issued {
    let emails = emails.map(|emails| {
        let emails = emails.iter().map(|email| {
            json!({"email": email.address, "primary": email.is_primary, "verified": email.is_verified, "visibility": null})
        });
        emails.collect()
    });
    // The address in the profile is public, and null by default.
    let user = json!({"login": login, "id": id, "node_id": "MDQ6VXNlcjE=", "name": "Ann Lee", "email": null});
    Issued { user, emails, client_id: client_id.to_owned() }
}

impl State {
    fn new_name(&mut self) -> String {
        self.count += 1;
        format!("gho_{}", self.count)
    }

    fn answer(&mut self, request: &Received) -> Reply {
        if request.header("user-agent").is_empty() {
            return Reply {
                status: 403,
                headers: Vec::new(),
                body: b"Request forbidden by administrative rules.".to_vec(),
            };
        }
        let bad_credentials = || Reply::json(401, &json!({"message": "Bad credentials"}));
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/login/oauth/access_token") => self.exchange(request),
            ("POST", path) if path == format!("/applications/{CLIENT_ID}/token") => {
                if !is_this_site(request) {
                    return bad_credentials();
                }
                let token = request.json()["access_token"].as_str().unwrap_or_default().to_owned();
                match self.tokens.get(&token) {
                    Some(issued) => {
                        let app = json!({"client_id": issued.client_id, "name": "tests"});
                        Reply::json(200, &json!({"id": 1, "token": token, "app": app, "user": issued.user}))
                    }
                    None => Reply::json(404, &json!({"message": "Not Found"})),
                }
            }
            ("GET", "/user") => match self.tokens.get(request.bearer()) {
                Some(issued) => Reply::json(200, &issued.user),
                None => bad_credentials(),
            },
            ("GET", "/user/emails") => match self.tokens.get(request.bearer()) {
                Some(Issued { emails: Some(emails), .. }) => Reply::json(200, emails),
                Some(_) => Reply::json(404, &json!({"message": "Not Found"})),
                None => bad_credentials(),
            },
            _ => Reply::json(404, &json!({"message": "Not Found"})),
        }
    }

    /// Answers errors with 200, as GitHub does.
    fn exchange(&mut self, request: &Received) -> Reply {
        let form = request.form();
        let is = |name: &str, value: &str| form.get(name).is_some_and(|sent| sent == value);
        if !is("client_id", CLIENT_ID) || !is("client_secret", CLIENT_SECRET) {
            return Reply::json(200, &json!({"error": "incorrect_client_credentials"}));
        }
        let Some(issued) = form.get("code").and_then(|code| self.codes.remove(code)) else {
            return Reply::json(
                200,
                &json!({"error": "bad_verification_code", "error_uri": "https://docs.github.com"}),
            );
        };
        let token = self.new_name();
        self.tokens.insert(token.clone(), issued);
        Reply::json(200, &json!({"access_token": token, "scope": "read:user,user:email", "token_type": "bearer"}))
    }
}
