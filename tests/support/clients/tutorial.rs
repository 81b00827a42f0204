//! The client of the contract `tutorial`: its paths and bodies.

use serde_json::{Value, json};

use crate::support::endpoints::{Contract, Endpoint, Question};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

/// The paths of the endpoints, below the contract's base path.
pub mod paths {
    pub const REGISTER: &str = "register/";
    pub const LOGIN: &str = "login/";
}

/// Every endpoint.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint::open("POST", paths::REGISTER).taking(|| registration("ann", "ann@mail.example")),
    Endpoint::open("POST", paths::LOGIN).taking(|| credentials("ann", "Wrong-Lantern-9")).refusing_with(401),
];

/// What a stranger may ask about users.
pub const QUESTIONS: &[Question] = &[
    Question::Login { path: paths::LOGIN, body: credentials, refused_with: 401 },
    Question::Registration { path: paths::REGISTER, body: registration },
];

/// What a user of that name and address sends to register.
pub fn registration(username: &str, email: &str) -> Value {
    json!({ "username": username, "email": email, "password": PASSWORD, "password2": PASSWORD })
}

/// What a user sends to log in.
pub fn credentials(username: &str, password: &str) -> Value {
    json!({ "username": username, "password": password })
}

/// The contract's requests.
pub struct Client<'a>(&'a TestApp);

impl TestApp {
    /// The client of the tutorial's contract.
    pub fn tutorial(&self) -> Client<'_> {
        Client(self)
    }
}

impl Client<'_> {
    pub async fn register(&self, body: &Value) -> Answer {
        self.post(paths::REGISTER, body).await
    }

    pub async fn log_in(&self, body: &Value) -> Answer {
        self.post(paths::LOGIN, body).await
    }

    /// Posts a body to a path of the contract.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.0.post_json(&self.0.path_of(Contract::Tutorial, path), body).await
    }
}
