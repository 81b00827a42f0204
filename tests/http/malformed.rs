//! Requests that no honest client sends. Each is answered with a clear 4xx in the contract's JSON, and leaves the
//! server alive and its database as it was.

mod bodies;
mod fields;
mod transfers;

use reqwest::RequestBuilder;
use serde_json::Value;

use crate::support::accounts::NEW_PASSWORD;
use crate::support::declared::{declare, of_every_type};
use crate::support::endpoints::{self, Row};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, Person, TestApp};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=XX";

/// An application with a user who is logged in, one who is unverified, and a mail that waits; and how all of that was
/// before the attack.
struct Target {
    app: TestApp,
    ann: Person,
    token: String,
    /// The header of requests that need a login.
    authorization: String,
    /// The endpoints to attack.
    rows: Vec<Row>,
    before: String,
}

impl Target {
    /// The endpoints of all contracts, with tokens.
    async fn start() -> Self {
        let app = TestApp::with_all_contracts(|settings| declare(settings, of_every_type())).await;
        let (ann, token) = app.somebody("ann").await;
        let authorization = format!("Token {token}");
        Self::of(app, ann, token, authorization, endpoints::all()).await
    }

    /// The endpoints of the contracts that answer logins with JSON Web Tokens, of which the user has one.
    async fn with_jwt() -> Self {
        let app = TestApp::with(|settings| {
            endpoints::serve_jwt(settings);
            declare(settings, of_every_type());
        })
        .await;
        let (ann, token) = app.somebody("ann").await;
        let login = app.django_rest_auth().log_in("ann", PASSWORD).await.expect(200);
        let authorization = format!("JWT {}", login["token"].as_str().expect("a token"));
        Self::of(app, ann, token, authorization, endpoints::all_with_jwt()).await
    }

    async fn both() -> [Self; 2] {
        [Self::start().await, Self::with_jwt().await]
    }

    async fn of(app: TestApp, ann: Person, token: String, authorization: String, rows: Vec<Row>) -> Self {
        app.registered("pending").await;
        let before = shown(&app).await;
        Self { app, ann, token, authorization, rows, before }
    }

    /// Those of the endpoints that take a body, each with one that is well-formed.
    fn taking_bodies(&self) -> Vec<(Row, Value)> {
        endpoints::taking_bodies(self.rows.clone())
    }

    /// A request to an endpoint, with credentials where it asks for some.
    fn request_to(&self, row: &Row) -> RequestBuilder {
        let request = self.app.request(row.endpoint.method, &self.app.path_of(row.contract, row.endpoint.path));
        if row.endpoint.is_guarded() { request.header("authorization", &self.authorization) } else { request }
    }

    /// Sends a body to an endpoint.
    async fn attacked(&self, row: &Row, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.request_to(row).body(body.into());
        let request = if content_type.is_empty() { request } else { request.header("content-type", content_type) };
        self.app.send(request).await
    }

    /// Sees that nothing has changed and that honest requests are still served.
    async fn assert_unharmed(self) {
        let Self { app, ann, token, before, .. } = self;
        assert_eq!(shown(&app).await, before);
        app.get("/readyz").await.expect(200);
        app.verify(&app.link().await).await.expect(200);
        app.verified("afterwards").await;
        assert!(app.is_alive(&token).await);
        app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(200);
        assert!(app.knows(&ann.username, NEW_PASSWORD).await);
    }
}

/// All that is stored of the users, secrets included, and how many mails wait.
async fn shown(app: &TestApp) -> String {
    let users = app.users().await;
    let secrets: Vec<_> = users.iter().map(|user| (user.password_hash.expose(), user.link_secret.expose())).collect();
    format!("{users:?} {secrets:?} {:?}", app.rows().await)
}
