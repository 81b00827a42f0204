//! Requests to log in, out, and all that an account's life needs, as no honest client sends them. Each is answered with
//! a clear 4xx in the contract's JSON, and leaves the server alive and everything as it was.

mod bodies;
mod members;

use crate::support::accounts::NEW_PASSWORD;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, Person, TestApp};

const JSON: &str = "application/json";

/// Every endpoint that takes a body, with a method it takes it by.
const ENDPOINTS: [(&str, &str); 10] = [
    ("POST", paths::LOGIN),
    ("POST", paths::LOGOUT),
    ("PUT", paths::PROFILE),
    ("PATCH", paths::PROFILE),
    ("POST", paths::CHANGE_PASSWORD),
    ("POST", paths::SEND_RESET_LINK),
    ("POST", paths::RESET_PASSWORD),
    ("POST", paths::REGISTER_EMAIL),
    ("POST", paths::CORRECT_EMAIL),
    ("POST", paths::VERIFY_EMAIL),
];

/// An application with a user who is logged in, and how that user was before the attack.
struct Target {
    app: TestApp,
    ann: Person,
    token: String,
    before: String,
}

impl Target {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let (ann, token) = app.somebody("ann").await;
        let before = shown(&app, &ann).await;
        Self { app, ann, token, before }
    }

    async fn attacked(&self, method: &str, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.app.request_by(&self.token, method, path).body(body.into());
        let request = if content_type.is_empty() { request } else { request.header("content-type", content_type) };
        self.app.send(request).await
    }

    /// Sees that nothing has changed and that honest requests are still served.
    async fn survives(self) {
        let Self { app, ann, token, before } = self;
        assert_eq!(shown(&app, &ann).await, before);
        assert!(app.mails().await.is_empty(), "nobody was mailed");
        app.get("/readyz").await.expect(200);
        assert!(app.is_alive(&token).await);
        app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(200);
        assert!(app.knows("ann", NEW_PASSWORD).await);
    }
}

/// All that is stored of a user, secrets included.
async fn shown(app: &TestApp, person: &Person) -> String {
    let user = app.user(&person.id).await;
    format!("{user:?} {} {}", user.password_hash.expose(), user.link_secret.expose())
}
