//! The client of the contract `djoser`: its paths and bodies.

mod pairs;
mod table;

use std::ops::Deref;

use serde_json::{Value, json};
use url::Url;

use super::requests::Requests;
use crate::support::endpoints::Contract;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, Mail, TestApp};

pub use pairs::Pair;
pub use table::{ENDPOINTS, PATHS_WITHOUT_USERNAMES, QUESTIONS};

/// The paths of the endpoints, below the contract's base path.
pub mod paths {
    pub const ROOT: &str = "/";
    pub const USERS: &str = "users/";
    pub const ME: &str = "users/me/";
    pub const ONE_USER: &str = "users/{id}/";
    pub const ACTIVATION: &str = "users/activation/";
    pub const RESEND_ACTIVATION: &str = "users/resend_activation/";
    pub const SET_PASSWORD: &str = "users/set_password/";
    pub const RESET_PASSWORD: &str = "users/reset_password/";
    pub const RESET_PASSWORD_CONFIRM: &str = "users/reset_password_confirm/";
    pub const SET_USERNAME: &str = "users/set_username/";
    pub const RESET_USERNAME: &str = "users/reset_username/";
    pub const RESET_USERNAME_CONFIRM: &str = "users/reset_username_confirm/";
    pub const SET_EMAIL: &str = "users/set_email/";
    pub const RESET_EMAIL: &str = "users/reset_email/";
    pub const RESET_EMAIL_CONFIRM: &str = "users/reset_email_confirm/";
    pub const LOGIN: &str = "token/login/";
    pub const LOGOUT: &str = "token/logout/";
    pub const PROVIDER: &str = "o/{provider}/";
    pub const JWT_CREATE: &str = "jwt/create/";
    pub const JWT_REFRESH: &str = "jwt/refresh/";
    pub const JWT_VERIFY: &str = "jwt/verify/";
    pub const JWT_BLACKLIST: &str = "jwt/blacklist/";

    /// One user, by id.
    pub fn user(id: &str) -> String {
        format!("{USERS}{id}/")
    }
}

/// What a user of that name and address sends to register.
pub fn registration(username: &str, email: &str) -> Value {
    json!({ "username": username, "email": email, "password": PASSWORD })
}

/// What a user sends to log in.
pub fn credentials(username: &str, password: &str) -> Value {
    json!({ "username": username, "password": password })
}

/// The two parameters that a mailed link ends with.
#[derive(Clone, Debug)]
pub struct Link {
    pub url: String,
    pub uid: String,
    pub token: String,
}

impl Link {
    /// Takes the link of a mail apart, as the router of a frontend does.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn of(mail: &Mail) -> Self {
        let url = Url::parse(mail.url()).expect("links are URLs");
        let mut parts = url.path().rsplit('/').filter(|part| !part.is_empty());
        let mut part = || parts.next().expect("a link ends with uid and token").to_owned();
        let (token, uid) = (part(), part());
        Self { url: url.to_string(), uid, token }
    }

    /// What the frontend posts, and what it adds.
    pub fn with(&self, other: Value) -> Value {
        let mut body = json!({ "uid": self.uid, "token": self.token });
        let Value::Object(other) = other else { panic!("{other} is no object") };
        body.as_object_mut().expect("it is one").extend(other);
        body
    }

    /// What the frontend posts.
    pub fn claim(&self) -> Value {
        self.with(json!({}))
    }
}

/// The contract's requests.
pub struct Client<'a>(Requests<'a>);

impl<'a> Deref for Client<'a> {
    type Target = Requests<'a>;

    fn deref(&self) -> &Requests<'a> {
        &self.0
    }
}

impl TestApp {
    /// The client of djoser's contract.
    pub fn djoser(&self) -> Client<'_> {
        Client(Requests { app: self, contract: Contract::Djoser })
    }
}

impl Client<'_> {
    /// Posts a body for a logged-in user.
    pub async fn post_by(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send_by(token, "POST", path, body).await
    }

    /// Registers a user of that name, whose address is `NAME@mail.example`. Returns the id.
    pub async fn registered(&self, name: &str) -> String {
        let answer = self.post(paths::USERS, &registration(name, &format!("{name}@mail.example"))).await;
        answer.expect(201)["id"].as_str().expect("an id").to_owned()
    }

    /// Registers a user who follows the link, and logs in. Returns id and token.
    pub async fn somebody(&self, name: &str) -> (String, String) {
        let id = self.registered(name).await;
        let mails = self.app.mails().await;
        let mail = mails.iter().rfind(|mail| mail.to == format!("{name}@mail.example"));
        if let Some(mail) = mail {
            expect_nothing(&self.post(paths::ACTIVATION, &Link::of(mail).claim()).await);
        }
        self.app.mails().await;
        (id, self.token(name, PASSWORD).await)
    }

    /// Logs in, and returns the token.
    pub async fn token(&self, username: &str, password: &str) -> String {
        let answer = self.post(paths::LOGIN, &credentials(username, password)).await.expect(200);
        answer["auth_token"].as_str().expect("a token").to_owned()
    }

    /// Whether the token's session is alive.
    pub async fn is_alive(&self, token: &str) -> bool {
        self.get_by(token, paths::ME).await.status == 200
    }
}

/// Asserts that an answer is 204, without a body.
///
/// # Panics
///
/// If it is another.
#[track_caller]
pub fn expect_nothing(answer: &Answer) {
    assert_eq!((answer.status, answer.body.as_str(), answer.header("content-type")), (204, "", None), "{answer:?}");
}
