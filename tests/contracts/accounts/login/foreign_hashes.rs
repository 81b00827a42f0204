//! Logins with the hash of another system: those of `tests/foreign_hashes/vectors.json`.

use countersign::Settings;
use countersign::passwords::SignerKey;
use serde_json::{Value, json};

use super::REFUSED;
use crate::support::TestApp;
use crate::support::accounts::{at_once, count};

/// The kinds of passwords that can be sent, at the cost that suits a test.
const KINDS: [&str; 4] = ["ordinary", "composed letters", "decomposed letters", "100 bytes of two-byte letters"];

struct Vector {
    maker: String,
    kind: String,
    password: String,
    hash: String,
}

fn vectors() -> Vec<Vector> {
    let file = include_str!("../../../foreign_hashes/vectors.json");
    let file: Value = serde_json::from_str(file).expect("the file is ours");
    let text = |vector: &Value, name: &str| vector[name].as_str().expect("a text").to_owned();
    let vector = |value: &Value| Vector {
        maker: text(value, "maker"),
        kind: text(value, "kind"),
        password: text(value, "password"),
        hash: text(value, "hash"),
    };
    let all = file["vectors"].as_array().expect("vectors").iter().map(vector);
    all.filter(|vector| KINDS.contains(&vector.kind.as_str()) && !vector.maker.contains("defaults")).collect()
}

/// Sets the key of Firebase's own example.
fn with_signer_key(settings: &mut Settings) {
    let key = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
    settings.passwords.firebase_signer_key = Some(SignerKey::parse(key).expect("a signer key"));
}

fn store(app: &TestApp, id: &str, hash: &str) {
    app.execute(&format!("UPDATE users SET password_hash = '{hash}' WHERE id = '{id}'"));
}

#[tokio::test]
async fn each_hash_of_another_system_opens_its_account_and_is_replaced_at_that_login() {
    let app = TestApp::with(|settings| {
        with_signer_key(settings);
        settings.sessions.max_per_user = 1000;
    })
    .await;
    let (ann, token) = app.somebody("ann").await;
    let before = app.user(&ann.id).await;
    for Vector { maker, kind, password, hash } in vectors() {
        store(&app, &ann.id, &hash);
        app.log_in("ann", "Kettle-Harbor-43").await.expect_detail(400, REFUSED);
        assert_eq!(app.user(&ann.id).await.password_hash.expose(), hash, "{maker}");

        app.log_in("ann", &password).await.expect(200);
        let after = app.user(&ann.id).await;
        assert!(after.password_hash.expose().starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{maker}: {kind}");
        assert_eq!(after.link_secret.expose(), before.link_secret.expose(), "{maker}: links stay valid");
        assert!(app.is_alive(&token).await, "{maker}: it is the same password");

        let done = app.accounts().hasher().hashes_done();
        app.log_in("ann", &password).await.expect(200);
        assert_eq!(app.accounts().hasher().hashes_done() - done, 1, "{maker}: {kind}");
    }
}

#[tokio::test]
async fn each_hash_of_another_system_opens_its_account_at_other_contracts() {
    let app = TestApp::with(|settings| {
        with_signer_key(settings);
        settings.contracts.djoser.enabled = true;
        settings.contracts.djoser.jwt = true;
        settings.contracts.dj_rest_auth.enabled = true;
    })
    .await;
    let ann = app.verified("ann").await;
    let credentials = |password: &str| json!({ "username": "ann", "password": password });
    for (number, Vector { maker, password, hash, .. }) in vectors().into_iter().enumerate() {
        store(&app, &ann.id, &hash);
        let path = ["/auth/token/login/", "/auth/jwt/create/", "/dj-rest-auth/login/"][number % 3];
        app.post_json(path, &credentials(&password)).await.expect(200);
        assert!(app.user(&ann.id).await.password_hash.expose().starts_with("$argon2id$v=19$m=8"), "{maker} at {path}");
    }
}

#[tokio::test]
async fn a_password_that_elsewhere_lost_its_blanks_opens_the_account_with_and_without_them() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let vector = vectors().swap_remove(0);
    for sent in [" Kettle-Harbor-42 ", "Kettle-Harbor-42"] {
        store(&app, &ann.id, &vector.hash);
        app.log_in("ann", sent).await.expect(200);
        app.log_in("ann", sent).await.expect(200);
    }
}

#[tokio::test]
async fn without_the_signer_key_a_login_with_a_hash_of_firebase_is_refused_like_any() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let vector = vectors().into_iter().find(|vector| vector.maker.starts_with("Firebase")).expect("there is one");
    store(&app, &ann.id, &vector.hash);
    let before = app.accounts().hasher().hashes_done();
    app.log_in("ann", &vector.password).await.expect_detail(400, REFUSED);
    assert_eq!(app.accounts().hasher().hashes_done() - before, 1, "as for an unknown user");
    assert_eq!(app.user(&ann.id).await.password_hash.expose(), vector.hash, "it stays for when the key is set");
    app.sibling(with_signer_key).await.log_in("ann", &vector.password).await.expect(200);
}

#[tokio::test]
async fn parallel_first_logins_all_succeed() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let vector = vectors().swap_remove(0);
    store(&app, &ann.id, &vector.hash);
    let answers = at_once((0..16).map(|_| app.log_in("ann", &vector.password))).await;
    assert_eq!(count(&answers, 200), 16, "{:?}", answers.iter().find(|answer| answer.status != 200));
}

#[tokio::test]
async fn wrong_passwords_for_a_hash_of_another_system_are_counted_like_any() {
    let limited = |app: TestApp| async move {
        let mut statuses = Vec::new();
        for number in 0..40 {
            statuses.push(app.log_in("ann", &format!("Wrong-Harbor-{number}")).await.status);
        }
        statuses
    };
    let throttled = || TestApp::with(|settings| settings.throttle.enabled = true);
    let (own, moved) = (throttled().await, throttled().await);
    own.verified("ann").await;
    let ann = moved.verified("ann").await;
    store(&moved, &ann.id, &vectors().swap_remove(0).hash);
    let (own, moved) = (limited(own).await, limited(moved).await);
    assert_eq!(own, moved);
    assert!(own.contains(&429), "{own:?}");
}

#[tokio::test]
async fn the_old_password_of_a_change_may_be_hashed_elsewhere() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let vector = vectors().swap_remove(0);
    store(&app, &ann.id, &vector.hash);
    app.change_password(&token, "Kettle-Harbor-43", "Velvet-Comet-77").await.expect(400);
    app.change_password(&token, &vector.password, "Velvet-Comet-77").await.expect(200);
    app.log_in("ann", "Velvet-Comet-77").await.expect(200);
}
