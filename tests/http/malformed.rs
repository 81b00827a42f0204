//! Requests that no honest client sends. Each is answered with a clear 4xx in the contract's JSON, and leaves the
//! server alive and its database as it was.

mod bodies;
mod fields;
mod transfers;

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::paths;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=XX";

/// An application with a user and a mail in it, and what was there before the attack.
struct Target {
    app: TestApp,
    rows: (usize, usize),
}

impl Target {
    async fn start() -> Self {
        let app = TestApp::start().await;
        app.verified("owner").await;
        app.registered("pending").await;
        let rows = app.rows().await;
        Self { app, rows }
    }

    /// Sees that nothing has changed and that honest requests are still served.
    async fn assert_unharmed(self) {
        let Self { app, rows } = self;
        assert_eq!(app.rows().await, rows);
        let verified = app.users().await.iter().filter(|user| user.verified_at.is_some()).count();
        assert_eq!(verified, 1);
        app.get("/readyz").await.expect(200);
        app.verify(&app.link().await).await.expect(200);
        app.verified("afterwards").await;
    }
}

/// What each endpoint takes, complete and well-formed.
fn honest(path: &str) -> Value {
    match path {
        paths::REGISTER => TestApp::registration_of("ann"),
        paths::RESEND_VERIFICATION => json!({ "email": "ann@mail.example" }),
        _ => json!({ "user_id": "1", "timestamp": 1_700_000_000, "signature": "0".repeat(64) }),
    }
}
