//! Stored passwords that cannot be compared: moved here from elsewhere, broken, or never meant to match.

use serde_json::json;

use super::REFUSED;
use crate::support::TestApp;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::test_app::PASSWORD;

const UNUSABLE: [&str; 13] = [
    "",
    "!",
    "*",
    "password",
    "!unusable",
    "pbkdf2_sha256$870000$salt$aGFzaA==",
    "$2b$31$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
    "$scrypt$ln=31,r=8,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA",
    "$argon2id$v=19$m=8,t=1,p=1$c29tZQ$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2i$v=19$m=2147483647,t=4294967295,p=16777215$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "ł\u{202e}$$$",
];

fn store(app: &TestApp, id: &str, hash: &str) {
    app.execute(&format!("UPDATE users SET password_hash = '{hash}' WHERE id = '{id}'"));
}

#[tokio::test]
async fn an_unusable_hash_is_an_ordinary_refusal_at_the_ordinary_price() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let cost = async |login: &str| {
        let before = (app.accounts().hasher().hashes_done(), app.store().statements_run());
        app.log_in(login, PASSWORD).await.expect_detail(400, REFUSED);
        (app.accounts().hasher().hashes_done() - before.0, app.store().statements_run() - before.1)
    };
    let ordinary = cost("nobody").await;
    for hash in UNUSABLE {
        store(&app, &ann.id, hash);
        assert_eq!(cost("ann").await, ordinary, "{hash}");
    }
}

#[tokio::test]
async fn with_an_unusable_hash_the_old_password_is_wrong() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    for hash in UNUSABLE {
        store(&app, &ann.id, hash);
        let refused = app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(400);
        assert_eq!(refused, json!({ "old_password": ["Old password is not correct"] }), "{hash}");
    }
}

#[tokio::test]
async fn an_unusable_hash_is_replaced_by_a_reset() {
    for hash in UNUSABLE {
        let app = TestApp::start().await;
        let ann = app.verified("ann").await;
        store(&app, &ann.id, hash);
        let link = app.reset_link("ann").await;
        app.reset(&link, NEW_PASSWORD).await.expect(200);
        app.log_in("ann", NEW_PASSWORD).await.expect(200);
    }
}
