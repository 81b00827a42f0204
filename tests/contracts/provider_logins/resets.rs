//! A reset of the password gives an account to the owner of its address alone: provider accounts that another person may
//! have connected are disconnected, and the owner is told.

use super::*;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::test_app::PASSWORD;

const REMOVED: &str = "A way to log in to Tea & Co was removed";

/// A user of the provider with the verified address `eve@mail.example`.
fn eve() -> FakeUser {
    FakeUser::new("eve-there", "eve@mail.example").with("preferred_username", "eve")
}

impl Site {
    /// Gives the user who is logged in another address, whose owner follows the link.
    pub(super) async fn move_to(&self, token: &str, email: &str) {
        self.app.mails().await;
        self.app.advance(1);
        let link = self.app.email_link(token, email).await;
        self.app.verify_email(&link).await.expect(200);
        self.app.mails().await;
        self.app.advance(1);
    }

    /// Resets the password of the account with this address, and returns the subjects of the notices.
    pub(super) async fn reset(&self, email: &str) -> Vec<String> {
        self.app.mails().await;
        let link = self.app.reset_link(email).await;
        self.app.reset(&link, NEW_PASSWORD).await.expect(200);
        self.app.mails().await.into_iter().map(|mail| mail.subject).collect()
    }

    /// The number of provider accounts of the account with this address, after a reset.
    async fn left(&self, email: &str) -> usize {
        let session = token(&self.app.log_in(email, NEW_PASSWORD).await);
        self.accounts_of(&session).await.len()
    }
}

fn by_email(settings: &mut Settings) {
    settings.login.fields.push(countersign::settings::LoginField::Email);
}

#[tokio::test]
async fn what_was_connected_before_the_address_was_changed_is_disconnected() {
    let site = Site::with(by_email).await;
    let session = token(&site.log_in(&eve()).await);
    site.move_to(&session, "victim@mail.example").await;
    let notices = site.reset("victim@mail.example").await;
    assert!(notices.iter().any(|subject| subject == REMOVED), "{notices:?}");
    assert_eq!(site.left("victim@mail.example").await, 0);
    let profile = site.profile(&token(&site.log_in(&eve()).await)).await;
    assert_eq!(profile["email"], "eve@mail.example", "she has an account of her own");

    let site = Site::with(by_email).await;
    let (_, session) = site.app.somebody("bob").await;
    site.connect(&session, &eve()).await.expect(200);
    site.move_to(&session, "victim@mail.example").await;
    site.reset("victim@mail.example").await;
    assert_eq!(site.left("victim@mail.example").await, 0);
}

#[tokio::test]
async fn what_a_stranger_connects_after_the_owner_has_followed_the_link_is_disconnected() {
    // The stranger knows the password of the registration, and the owner of the address has followed its link.
    let site = Site::with(by_email).await;
    let (_, session) = site.app.somebody("bob").await;
    site.app.advance(60);
    site.connect(&session, &eve()).await.expect(200);
    site.reset("bob@mail.example").await;
    assert_eq!(site.left("bob@mail.example").await, 0);

    // The same after a change of the address.
    let site = Site::with(by_email).await;
    let (_, session) = site.app.somebody("bob").await;
    site.move_to(&session, "victim@mail.example").await;
    site.connect(&session, &eve()).await.expect(200);
    site.reset("victim@mail.example").await;
    assert_eq!(site.left("victim@mail.example").await, 0);
}

#[tokio::test]
async fn an_account_whose_provider_has_verified_the_address_stays() {
    let site = Site::with(by_email).await;
    let (_, session) = site.app.somebody("bob").await;
    site.app.advance(60);
    site.connect(&session, &FakeUser::new("bob-there", "bob@mail.example")).await.expect(200);
    assert_eq!(site.reset("bob@mail.example").await, ["Your password at Tea & Co was changed"]);
    assert_eq!(site.left("bob@mail.example").await, 1);

    let unverified = FakeUser::new("bob-there", "bob@mail.example").with("email_verified", false);
    let site = Site::with(by_email).await;
    let (_, session) = site.app.somebody("bob").await;
    site.app.advance(60);
    site.connect(&session, &unverified).await.expect(200);
    site.reset("bob@mail.example").await;
    assert_eq!(site.left("bob@mail.example").await, 0);
}

#[tokio::test]
async fn an_address_that_changes_while_an_account_is_being_connected_is_not_the_one_that_was_verified() {
    let site = Site::with(|settings| {
        by_email(settings);
        settings.change_email.verification = false;
    })
    .await;
    let (_, session) = site.app.somebody("bob").await;
    site.app.advance(60);
    site.idp.server.make("/token", Act::Hold);
    let bob = FakeUser::new("bob-there", "bob@mail.example");
    let changing = async {
        while site.idp.server.received("/token").is_empty() {
            tokio::task::yield_now().await;
        }
        let email = json!({ "email": "victim@mail.example", "password": PASSWORD });
        site.app.post_by(&session, "register-email/", &email).await.expect(200);
        site.idp.server.heal("/token");
    };
    let (connected, ()) = tokio::join!(site.connect(&session, &bob), changing);
    connected.expect(200);
    site.app.advance(60);
    site.reset("victim@mail.example").await;
    assert_eq!(site.left("victim@mail.example").await, 0);
}

#[tokio::test]
async fn a_corrected_address_is_not_the_one_that_the_provider_had_verified() {
    let site = Site::with(|settings| settings.login.require_verified = false).await;
    site.app.registered("bob").await;
    let session = token(&site.app.log_in("bob", PASSWORD).await);
    site.connect(&session, &FakeUser::new("bob-there", "bob@mail.example")).await.expect(200);
    site.app.mails().await;
    let correction = json!({ "login": "bob", "password": PASSWORD, "email": "victim@mail.example" });
    site.app.post_json("correct-email/", &correction).await.expect(200);
    site.app.mails().await;
    let link = site.app.reset_link("bob").await;
    // The owner has an account of the same address, which stays the owner.
    site.app.verified("victim").await;
    site.app.reset(&link, NEW_PASSWORD).await.expect(200);
    assert_eq!(site.left("bob").await, 0);
}

#[tokio::test]
async fn where_no_address_must_be_proved_a_reset_is_the_first_proof() {
    for (registration, change) in [(false, true), (true, false)] {
        let site = Site::with(|settings| {
            by_email(settings);
            settings.registration.verification = registration;
            settings.change_email.verification = change;
        })
        .await;
        let body = json!({
            "username": "bob", "email": "bob@mail.example", "password": PASSWORD, "password_confirm": PASSWORD
        });
        site.app.post_json("register/", &body).await.expect(201);
        if registration {
            let link = site.app.link().await;
            site.app.verify(&link).await.expect(200);
        }
        let session = token(&site.app.log_in("bob", PASSWORD).await);
        site.app.advance(1);
        site.connect(&session, &eve()).await.expect(200);
        // This one is the same person's: the provider has verified the address.
        let bob = FakeUser::new("bob-there", "bob@mail.example");
        site.connect(&session, &bob).await.expect(200);
        let notices = site.reset("bob@mail.example").await;
        assert_eq!(notices.iter().filter(|subject| *subject == REMOVED).count(), 1, "{notices:?}");
        assert_eq!(site.left("bob@mail.example").await, 1);
    }
}
