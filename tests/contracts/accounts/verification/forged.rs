//! Links that are not ours, or not for this.

use countersign::links::{LinkSecret, LinkSigner};
use countersign::secret::Secret;
use serde_json::{Value, json};

use crate::support::accounts::paths;
use crate::support::test_app::{BEGINNING, SECRET};
use crate::support::{Link, TestApp};

const NEW_SECRET: &str = "a secret that comes after the secret of all tests";

#[tokio::test]
async fn a_claim_that_was_changed_anywhere_is_refused() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let link = app.link().await;
    let bob = app.registered("bob").await;
    let signature = link.signature.as_str();
    let flipped = |at: usize| {
        let mut digits: Vec<char> = signature.chars().collect();
        digits[at] = if digits[at] == '0' { '1' } else { '0' };
        digits.into_iter().collect::<String>()
    };
    let changes: Vec<(&str, Value)> = vec![
        ("user_id", json!(bob.id)),
        ("user_id", json!(ann.id.to_uppercase())),
        ("user_id", json!(ann.id.replace('-', ""))),
        ("user_id", json!(format!("{}0", ann.id))),
        ("user_id", json!("x".repeat(65))),
        ("user_id", json!("no such user")),
        ("user_id", json!(1)),
        ("timestamp", json!(1_699_999_999)),
        ("timestamp", json!(-1_700_000_000)),
        ("timestamp", json!(0)),
        ("timestamp", json!(i64::MAX)),
        ("timestamp", json!(i64::MIN)),
        ("timestamp", json!("9223372036854775808")),
        ("timestamp", json!("9".repeat(1_000))),
        ("signature", json!(flipped(0))),
        ("signature", json!(flipped(31))),
        ("signature", json!(flipped(63))),
        ("signature", json!(signature.to_uppercase())),
        ("signature", json!(&signature[..63])),
        ("signature", json!(format!("{signature}0"))),
        ("signature", json!(format!("{signature}="))),
        ("signature", json!(format!("0x{}", &signature[2..]))),
        ("signature", json!("0".repeat(64))),
        ("signature", json!("ż".repeat(32))),
        ("signature", json!("x".repeat(60_000))),
    ];
    for (field, value) in changes {
        let mut claim = link.claim();
        claim[field] = value.clone();
        let answer = app.post_json(paths::VERIFY_REGISTRATION, &claim).await;
        assert_eq!(answer.status, 400, "{field}: {value}");
        answer.expect_detail(400, "Invalid signature");
    }
    assert!(app.users().await.iter().all(|user| user.verified_at.is_none()));
    app.verify(&link).await.expect(200);
}

#[tokio::test]
async fn a_link_for_another_purpose_verifies_nobody() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let secret = app.user(&ann.id).await.link_secret;
    let secret = LinkSecret::parse(secret.expose()).expect("as it was stored");
    let signer = LinkSigner::new(&[Secret::new(SECRET)]).expect("long enough");
    for other in [
        signer.sign_reset_password(&ann.id, &secret, BEGINNING).signature(),
        signer.sign_reset_username(&ann.id, &secret, BEGINNING).signature(),
        signer.sign_verify_email(&ann.id, &ann.email, &secret, BEGINNING).signature(),
    ] {
        let claim = json!({ "user_id": ann.id, "timestamp": 1_700_000_000, "signature": other });
        app.post_json(paths::VERIFY_REGISTRATION, &claim).await.expect_detail(400, "Invalid signature");
    }
    let ours = signer.sign_verify_registration(&ann.id, BEGINNING);
    let claim = json!({ "user_id": ann.id, "timestamp": 1_700_000_000, "signature": ours.signature() });
    app.post_json(paths::VERIFY_REGISTRATION, &claim).await.expect(200);
}

#[tokio::test]
async fn a_wrong_signature_is_told_before_its_age_and_before_its_user() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    for (user_id, timestamp) in [(ann.id.as_str(), 1), ("nobody", 1), ("nobody", 1_700_000_000)] {
        let claim = json!({ "user_id": user_id, "timestamp": timestamp, "signature": "a".repeat(64) });
        app.post_json(paths::VERIFY_REGISTRATION, &claim).await.expect_detail(400, "Invalid signature");
    }
}

#[tokio::test]
async fn a_change_of_secrets_breaks_no_link_while_the_old_one_is_listed() {
    let before = TestApp::start().await;
    before.registered("ann").await;
    let old_link = before.link().await;

    let during = before.sibling(|s| s.links.secrets = vec![Secret::new(NEW_SECRET), Secret::new(SECRET)]).await;
    let after = before.sibling(|s| s.links.secrets = vec![Secret::new(NEW_SECRET)]).await;
    after.verify(&old_link).await.expect_detail(400, "Invalid signature");
    during.verify(&old_link).await.expect(200);

    during.registered("bob").await;
    let new_link = during.link().await;
    before.verify(&new_link).await.expect_detail(400, "Invalid signature");
    after.verify(&new_link).await.expect(200);
}

#[tokio::test]
async fn a_link_taken_from_elsewhere_is_refused_under_our_secret() {
    let elsewhere = TestApp::with(|settings| settings.links.secrets = vec![Secret::new(NEW_SECRET)]).await;
    elsewhere.registered("ann").await;
    let link: Link = elsewhere.link().await;
    let app = TestApp::start().await;
    app.registered("ann").await;
    app.verify(&link).await.expect_detail(400, "Invalid signature");
}
