//! The client of the contracts `dj_rest_auth` and `django_rest_auth`: their paths and bodies.

use std::ops::Deref;

use countersign::links::LinkSigner;
use countersign::secret::Secret;
use serde_json::{Value, json};
use url::Url;

use super::requests::Requests;
use crate::support::endpoints::{Contract, Endpoint, Question};
use crate::support::test_app::{BEGINNING, PASSWORD, SECRET};
use crate::support::{Answer, Mail, TestApp};

/// The paths of the endpoints, below the contract's base path.
pub mod paths {
    pub const LOGIN: &str = "login/";
    pub const LOGOUT: &str = "logout/";
    pub const USER: &str = "user/";
    pub const CHANGE_PASSWORD: &str = "password/change/";
    pub const RESET_PASSWORD: &str = "password/reset/";
    pub const RESET_PASSWORD_CONFIRM: &str = "password/reset/confirm/";
    pub const RESET_PASSWORD_BY_PATH: &str = "password/reset/confirm/{uid}/{token}/";
    pub const REGISTRATION: &str = "registration/";
    pub const CONFIRM_EMAIL: &str = "registration/account-confirm-email/{key}/";
    pub const VERIFY_EMAIL: &str = "registration/verify-email/";
    pub const RESEND_EMAIL: &str = "registration/resend-email/";
    pub const REFRESH: &str = "token/refresh/";
    pub const VERIFY: &str = "token/verify/";
    pub const PROVIDER_LOGIN: &str = "{provider}/";
    pub const PROVIDER_CONNECTION: &str = "{provider}/connect/";
    pub const SOCIAL_ACCOUNTS: &str = "socialaccounts/";
    pub const DISCONNECTION: &str = "socialaccounts/{id}/disconnect/";
}

pub const UID: &str = "MDE4YmNmZTUtNjgwMA";
pub const TOKEN: &str = "1700000000-00112233445566778899aabbccddeeff";
pub const KEY: &str = "MDE4YmNmZTUtNjgwMA:1700000000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// The paths that are served with JSON Web Tokens only.
pub const PATHS_WITH_JWT: &[&str] = &[paths::REFRESH, paths::VERIFY];

const NEW_PASSWORD: &str = "Velvet-Comet-77";

/// Every endpoint. The first one is not in the older package.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint::open("POST", paths::RESEND_EMAIL).taking(|| json!({ "email": "nobody@mail.example" })),
    Endpoint::open("POST", paths::LOGIN).taking(|| credentials("ann", "Wrong-Lantern-9")),
    Endpoint::open("POST", paths::LOGOUT),
    Endpoint::guarded("GET", paths::USER),
    Endpoint::guarded("PUT", paths::USER).taking(|| json!({ "username": "ann" })),
    Endpoint::guarded("PATCH", paths::USER).taking(|| json!({ "username": "ann" })).optional(),
    Endpoint::guarded("POST", paths::CHANGE_PASSWORD).taking(
        || json!({ "old_password": "Wrong-Lantern-9", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD }),
    ),
    Endpoint::open("POST", paths::RESET_PASSWORD).taking(|| json!({ "email": "nobody@mail.example" })),
    Endpoint::open("POST", paths::RESET_PASSWORD_CONFIRM).taking(|| reset(UID)),
    Endpoint::open("GET", paths::RESET_PASSWORD_BY_PATH),
    Endpoint::open("POST", paths::RESET_PASSWORD_BY_PATH)
        .taking(|| json!({ "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD })),
    Endpoint::open("GET", paths::CONFIRM_EMAIL),
    Endpoint::open("POST", paths::REGISTRATION).taking(|| registration("ann", "ann@mail.example")),
    Endpoint::open("POST", paths::VERIFY_EMAIL).taking(|| json!({ "key": KEY })).refusing_text_with(404),
    Endpoint::open("POST", paths::PROVIDER_LOGIN).taking(proof),
    Endpoint::guarded("POST", paths::PROVIDER_CONNECTION).taking(proof),
    Endpoint::guarded("GET", paths::SOCIAL_ACCOUNTS),
    Endpoint::guarded("POST", paths::DISCONNECTION),
];

/// The endpoints that take a body of another kind, or are served at all, with JSON Web Tokens only.
pub const JWT_ENDPOINTS: &[Endpoint] = &[
    Endpoint::open("POST", paths::REFRESH).taking(|| json!({ "refresh": "abc" })).optional().refusing_text_with(401),
    Endpoint::open("POST", paths::VERIFY).taking(|| json!({ "token": "abc" })).refusing_text_with(401),
    Endpoint::open("POST", paths::LOGOUT).taking(|| json!({ "refresh": "abc" })).optional().refusing_text_with(401),
];

/// Every endpoint of django-rest-auth.
pub const OLDER_ENDPOINTS: &[Endpoint] = ENDPOINTS.split_at(1).1;

/// What a stranger may ask about users. The first question cannot be asked at the older package.
pub const QUESTIONS: &[Question] = &[
    Question::MailByAddress { path: paths::RESEND_EMAIL, body: |email| json!({ "email": email }) },
    Question::Login { path: paths::LOGIN, body: credentials, refused_with: 400 },
    Question::MailByAddress { path: paths::RESET_PASSWORD, body: |email| json!({ "email": email }) },
    Question::Registration { path: paths::REGISTRATION, body: registration },
    Question::ForgedLink { path: paths::RESET_PASSWORD_CONFIRM, body: |id| reset(&uid(id)) },
    Question::ForgedLink {
        path: paths::VERIFY_EMAIL,
        body: |id| json!({ "key": format!("{}:1700000000:{}", uid(id), "A".repeat(43)) }),
    },
];

/// What a stranger may ask about users at django-rest-auth.
pub const OLDER_QUESTIONS: &[Question] = QUESTIONS.split_at(1).1;

/// What a frontend brings from a provider, with a value for each member.
fn proof() -> Value {
    json!({
        "access_token": "abc", "id_token": "a.b.c", "code": "abc", "code_verifier": "abc", "token_secret": "abc",
    })
}

fn reset(uid: &str) -> Value {
    json!({ "uid": uid, "token": TOKEN, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD })
}

/// The `uid` of links to a user.
fn uid(user_id: &str) -> String {
    let signer = LinkSigner::new(&[Secret::new(SECRET)]).expect("it is long enough");
    signer.sign_verify_registration(user_id, BEGINNING).uid()
}

/// What a user of that name and address sends to register.
pub fn registration(username: &str, email: &str) -> Value {
    json!({ "username": username, "email": email, "password1": PASSWORD, "password2": PASSWORD })
}

/// What a user sends to log in.
pub fn credentials(username: &str, password: &str) -> Value {
    json!({ "username": username, "password": password })
}

/// The last segments of the path of a mail's link, in their order, as the router of a frontend finds them.
pub fn parameters<const N: usize>(mail: &Mail) -> [String; N] {
    let url = Url::parse(mail.url()).expect("links are URLs");
    let segments: Vec<_> = url.path_segments().expect("they have a path").filter(|part| !part.is_empty()).collect();
    let first = segments.len().checked_sub(N).expect("the path ends with the parameters");
    segments[first..].iter().map(|part| (*part).to_owned()).collect::<Vec<_>>().try_into().expect("that many")
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
    /// The client of dj-rest-auth's contract.
    pub fn dj_rest_auth(&self) -> Client<'_> {
        Client(Requests { app: self, contract: Contract::DjRestAuth })
    }

    /// The client of django-rest-auth's contract.
    pub fn django_rest_auth(&self) -> Client<'_> {
        Client(Requests { app: self, contract: Contract::DjangoRestAuth })
    }
}

impl Client<'_> {
    /// Registers a user of that name, whose address is `NAME@mail.example`.
    pub async fn register(&self, name: &str) -> Answer {
        self.post(paths::REGISTRATION, &registration(name, &format!("{name}@mail.example"))).await
    }

    /// Registers a user who is logged in at once. Returns the token.
    pub async fn somebody(&self, name: &str) -> String {
        key(&self.register(name).await.expect(201))
    }

    pub async fn log_in(&self, username: &str, password: &str) -> Answer {
        self.post(paths::LOGIN, &credentials(username, password)).await
    }

    /// Whether the token's session is alive.
    pub async fn is_alive(&self, token: &str) -> bool {
        self.get_by(token, paths::USER).await.status == 200
    }
}

/// The token of an answer.
pub fn key(answer: &Value) -> String {
    answer["key"].as_str().expect("a token").to_owned()
}
