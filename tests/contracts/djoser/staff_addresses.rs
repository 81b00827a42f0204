//! Staff members give other users another address, or take back what they have mistyped.

use countersign::Settings;
use serde_json::json;

use super::records::make_staff;
use super::{with_activation, without_activation};
use crate::support::djoser::{Link, expect_nothing, paths};
use crate::support::{Answer, TestApp};

const INVALID: &str = "Invalid token for given user.";

/// A site with a staff member and a user, whose mails are read.
struct Office {
    app: TestApp,
    token: String,
    bea: String,
}

impl Office {
    async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let app = TestApp::with(change).await;
        let (bea, _) = app.djoser().somebody("bea").await;
        let (ann, token) = app.djoser().somebody("ann").await;
        make_staff(&app, &ann).await;
        Self { app, token, bea }
    }

    async fn send(&self, method: &str, email: &str) -> Answer {
        self.app.djoser().send_by(&self.token, method, &paths::user(&self.bea), &json!({ "email": email })).await
    }

    async fn stored(&self) -> Option<String> {
        self.app.user(&self.bea).await.email
    }
}

#[tokio::test]
async fn the_present_address_of_a_user_takes_back_a_mistyped_one() {
    for method in ["PATCH", "PUT"] {
        let office = Office::with(with_activation).await;
        office.send("PATCH", "typo@mail.example").await.expect(200);
        let link = Link::of(&office.app.mail().await);
        assert_eq!(office.send(method, "bea@mail.example").await.expect(200)["email"], "bea@mail.example");
        let refused = office.app.djoser().post(paths::ACTIVATION, &link.claim()).await;
        assert_eq!(refused.expect(400), json!({ "token": [INVALID] }), "{method}");
        assert_eq!(office.stored().await.as_deref(), Some("bea@mail.example"));
    }
}

#[tokio::test]
async fn a_mail_to_a_mistyped_address_that_is_taken_back_is_not_sent() {
    let office = Office::with(with_activation).await;
    office.send("PATCH", "typo@mail.example").await.expect(200);
    office.send("PATCH", "bea@mail.example").await.expect(200);
    assert!(office.app.mails().await.is_empty());
}

#[tokio::test]
async fn the_present_address_in_other_letters_counts_at_once_and_mails_nobody() {
    for settings in [with_activation, without_activation] {
        let office = Office::with(settings).await;
        assert_eq!(office.send("PATCH", "BEA@mail.example").await.expect(200)["email"], "BEA@mail.example");
        assert!(office.app.mails().await.is_empty());
        assert_eq!(office.stored().await.as_deref(), Some("BEA@mail.example"));
    }
}

#[tokio::test]
async fn the_present_address_in_other_letters_takes_back_the_request_of_the_user() {
    let office = Office::with(with_activation).await;
    office.send("PATCH", "new@mail.example").await.expect(200);
    let link = Link::of(&office.app.mail().await);
    office.send("PATCH", "Bea@mail.example").await.expect(200);
    office.app.djoser().post(paths::ACTIVATION, &link.claim()).await.expect(400);
    assert_eq!(office.stored().await.as_deref(), Some("Bea@mail.example"));
}

#[tokio::test]
async fn the_mistyped_address_of_a_user_who_waits_is_corrected_in_any_spelling() {
    let app = TestApp::with(with_activation).await;
    let bea = app.djoser().registered("bea").await;
    let (ann, token) = app.djoser().somebody("ann").await;
    make_staff(&app, &ann).await;
    let body = json!({ "email": "BEA@mail.example" });
    app.djoser().send_by(&token, "PATCH", &paths::user(&bea), &body).await.expect(200);
    let mail = app.mail().await;
    assert_eq!(mail.to, "BEA@mail.example");
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &Link::of(&mail).claim()).await);
    let user = app.user(&bea).await;
    assert_eq!((user.email.as_deref(), user.verified_at.is_some()), (Some("BEA@mail.example"), true));
}
