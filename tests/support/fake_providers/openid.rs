//! A provider of OpenID Connect, which Google is too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign::clock::Clock;
use countersign::settings::{Provider, ProviderKind};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::id_tokens::{Signing, key_set, sign};
use super::logins::{FakeUser, Login};
use super::server::{Received, Reply, Server, lock};
use super::{CLIENT_ID, CLIENT_SECRET};

/// The provider.
pub struct FakeOpenId {
    pub server: Server,
    state: Arc<Mutex<State>>,
    clock: Clock,
}

#[derive(Default)]
struct State {
    issuer: String,
    codes: HashMap<String, Begun>,
    tokens: HashMap<String, Issued>,
    count: usize,
    signing: Option<Signing>,
    keys: Vec<Signing>,
    /// What replaces or adds to the claims of every id token.
    claims: serde_json::Map<String, Value>,
    /// What replaces or adds to the discovery document.
    document: serde_json::Map<String, Value>,
    /// Claims that only the endpoint for user information has.
    kept_for_user_info: Vec<String>,
}

struct Begun {
    user: FakeUser,
    redirect_uri: String,
    code_challenge: Option<String>,
    nonce: Option<String>,
}

struct Issued {
    user: FakeUser,
    client_id: String,
    expires_at: i64,
}

impl FakeOpenId {
    pub fn start() -> Self {
        Self::start_at(Clock::System)
    }

    /// Starts a provider with the clock of a test.
    pub fn start_at(clock: Clock) -> Self {
        let state = Arc::new(Mutex::new(State { keys: vec![Signing::First], ..State::default() }));
        let (of_server, server_clock) = (Arc::clone(&state), clock.clone());
        let server = Server::start(move |request| lock(&of_server).answer(request, &server_clock));
        lock(&state).issuer = server.url();
        Self { server, state, clock }
    }

    pub fn issuer(&self) -> String {
        self.server.url()
    }

    /// Returns the settings of this provider under a name.
    pub fn settings(&self, name: &str) -> Provider {
        super::settings(name, ProviderKind::OpenId, &self.issuer())
    }

    /// Returns the settings of this provider as Google.
    pub fn settings_as_google(&self, name: &str) -> Provider {
        super::settings(name, ProviderKind::Google, &self.issuer())
    }

    /// Logs `user` in at the page of the provider that `url` leads to, and returns what the browser brings back.
    pub fn log_in(&self, url: &str, user: &FakeUser) -> Login {
        let query = url.split_once('?').expect("the page has a query").1;
        let query: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], CLIENT_ID);
        assert!(!query.contains_key("code_challenge") || query["code_challenge_method"] == "S256", "{url}");
        let code = self.code_for(
            user,
            &query["redirect_uri"],
            query.get("code_challenge").map(String::as_str),
            query.get("nonce").map(String::as_str),
        );
        Login { code, state: query["state"].clone(), redirect_uri: query["redirect_uri"].clone() }
    }

    /// Returns a code of a login of `user`, to be exchanged once.
    pub fn code_for(
        &self,
        user: &FakeUser,
        redirect_uri: &str,
        code_challenge: Option<&str>,
        nonce: Option<&str>,
    ) -> String {
        let mut state = lock(&self.state);
        let code = state.new_name("code");
        let begun = Begun {
            user: user.clone(),
            redirect_uri: redirect_uri.to_owned(),
            code_challenge: code_challenge.map(str::to_owned),
            nonce: nonce.map(str::to_owned),
        };
        state.codes.insert(code.clone(), begun);
        code
    }

    /// Returns an access token of `user` that was issued to this site, and the id token beside it.
    pub fn tokens_for(&self, user: &FakeUser) -> (String, String) {
        let mut state = lock(&self.state);
        let token = state.new_token(user, CLIENT_ID, &self.clock);
        let id_token = state.id_token(user, None, Some(&token), &self.clock);
        (token, id_token)
    }

    /// Returns an access token of `user` that was issued to somebody else.
    pub fn foreign_token_for(&self, user: &FakeUser) -> String {
        lock(&self.state).new_token(user, "somebody-else", &self.clock)
    }

    /// Signs id tokens with `signing`, and shows `keys` in the key set.
    pub fn sign_with(&self, signing: Signing, keys: &[Signing]) {
        let mut state = lock(&self.state);
        state.signing = Some(signing);
        state.keys = keys.to_vec();
    }

    /// Replaces claims of every id token. A null takes a claim out.
    pub fn claim(&self, name: &str, value: impl Into<Value>) {
        lock(&self.state).claims.insert(name.to_owned(), value.into());
    }

    /// Replaces a member of the discovery document. A null takes it out.
    pub fn document(&self, name: &str, value: impl Into<Value>) {
        lock(&self.state).document.insert(name.to_owned(), value.into());
    }

    /// Leaves claims out of id tokens, so that only user information has them.
    pub fn keep_for_user_info(&self, claims: &[&str]) {
        lock(&self.state).kept_for_user_info = claims.iter().map(|claim| (*claim).to_owned()).collect();
    }
}

impl State {
    fn new_name(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what}-{}-of-this-test", self.count)
    }

    fn new_token(&mut self, user: &FakeUser, client_id: &str, clock: &Clock) -> String {
        let token = self.new_name("token");
        let expires_at = clock.now().unix_seconds() + 600;
        self.tokens.insert(token.clone(), Issued { user: user.clone(), client_id: client_id.to_owned(), expires_at });
        token
    }

    fn id_token(&self, user: &FakeUser, nonce: Option<&str>, token: Option<&str>, clock: &Clock) -> String {
        let now = clock.now().unix_seconds();
        let mut claims = user.claims.clone();
        claims.retain(|name, _| !self.kept_for_user_info.contains(name));
        claims.extend([
            ("iss".to_owned(), json!(self.issuer)),
            ("aud".to_owned(), json!(CLIENT_ID)),
            ("iat".to_owned(), json!(now)),
            ("exp".to_owned(), json!(now + 600)),
        ]);
        claims.extend(nonce.map(|nonce| ("nonce".to_owned(), json!(nonce))));
        claims.extend(token.map(|token| {
            let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(token)[..16]);
            ("at_hash".to_owned(), json!(hash))
        }));
        claims.extend(self.claims.clone());
        claims.retain(|_, value| !value.is_null());
        sign(self.signing.unwrap_or(Signing::First), &claims.into())
    }

    fn answer(&mut self, request: &Received, clock: &Clock) -> Reply {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/.well-known/openid-configuration") => Reply::json(200, &self.discovery()),
            ("GET", "/keys") => Reply::json(200, &key_set(&self.keys)),
            ("POST", "/token") => self.exchange(request, clock),
            ("GET", "/userinfo") => match self.tokens.get(request.bearer()) {
                Some(issued) => Reply::json(200, &issued.user.claims.clone().into()),
                None => Reply::json(401, &json!({"error": "invalid_token"})),
            },
            ("POST", "/introspect") => self.introspect(request),
            ("GET", "/tokeninfo") => self.token_info(request),
            _ => Reply::html(404),
        }
    }

    fn discovery(&self) -> Value {
        let issuer = &self.issuer;
        let mut document = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "introspection_endpoint": format!("{issuer}/introspect"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
        });
        let members = document.as_object_mut().expect("it is an object");
        members.extend(self.document.clone());
        members.retain(|_, value| !value.is_null());
        document
    }

    fn exchange(&mut self, request: &Received, clock: &Clock) -> Reply {
        let form = request.form();
        let in_form = [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)];
        let is_by_form = in_form.iter().all(|(name, value)| form.get(*name).is_some_and(|sent| sent == value));
        if !is_by_form && !is_this_site(request) {
            return Reply::json(401, &json!({"error": "invalid_client"}));
        }
        let refused = || Reply::json(400, &json!({"error": "invalid_grant"}));
        // A code is used up by a wrong attempt too.
        let Some(begun) = form.get("code").and_then(|code| self.codes.remove(code)) else { return refused() };
        let challenge = form.get("code_verifier").map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
        if form.get("redirect_uri") != Some(&begun.redirect_uri) || challenge != begun.code_challenge {
            return refused();
        }
        let token = self.new_token(&begun.user, CLIENT_ID, clock);
        let id_token = self.id_token(&begun.user, begun.nonce.as_deref(), Some(&token), clock);
        let answer = json!({"access_token": token, "token_type": "Bearer", "expires_in": 600, "id_token": id_token});
        Reply::json(200, &answer)
    }

    fn introspect(&self, request: &Received) -> Reply {
        if !is_this_site(request) {
            return Reply::json(401, &json!({"error": "invalid_client"}));
        }
        let form = request.form();
        match form.get("token").and_then(|token| self.tokens.get(token)) {
            None => Reply::json(200, &json!({"active": false})),
            Some(issued) => {
                let subject = &issued.user.claims["sub"];
                Reply::json(200, &json!({"active": true, "client_id": issued.client_id, "sub": subject}))
            }
        }
    }

    /// Answers as Google does, with numbers and truths as texts.
    fn token_info(&self, request: &Received) -> Reply {
        match request.query.get("access_token").and_then(|token| self.tokens.get(token)) {
            None => Reply::json(400, &json!({"error": "invalid_token", "error_description": "Invalid Value"})),
            Some(issued) => {
                let claims = &issued.user.claims;
                let mut info = json!({
                    "azp": issued.client_id,
                    "aud": issued.client_id,
                    "sub": claims["sub"],
                    "scope": "openid https://www.googleapis.com/auth/userinfo.email",
                    "exp": issued.expires_at.to_string(),
                    "expires_in": "600",
                    "access_type": "online",
                });
                if let Some(email) = claims.get("email") {
                    info["email"] = email.clone();
                    info["email_verified"] =
                        json!(claims.get("email_verified") == Some(&json!(true))).to_string().into();
                }
                Reply::json(200, &info)
            }
        }
    }
}

/// Returns whether a request has this site's id and secret in its `Authorization` header.
pub(super) fn is_this_site(request: &Received) -> bool {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let expected = STANDARD.encode(format!("{}:{}", encoded(CLIENT_ID), encoded(CLIENT_SECRET)));
    request.header("authorization") == format!("Basic {expected}")
}
