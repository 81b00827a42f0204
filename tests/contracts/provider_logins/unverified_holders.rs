//! Provider accounts of users who have proved no address: such a user owns nothing, so a verified user takes them over.

use std::sync::{Arc, Mutex};

use countersign::{Hooks, UserId};

use super::*;
use crate::support::accounts::{NEW_PASSWORD, at_once, count};
use crate::support::test_app::PASSWORD;

const NOT_VERIFIED: &str = "The e-mail address is not verified. Follow the link in the mail first.";
const OF_ANOTHER: &str = "Another user has this provider account.";

/// Ann at the provider, which has not verified her address.
fn unverified_ann() -> FakeUser {
    ann().with("email_verified", false)
}

async fn connected_to(site: &Site, user: &FakeUser) -> Value {
    site.profile(&token(&site.log_in(user).await)).await["id"].clone()
}

#[tokio::test]
async fn the_owner_of_the_address_logs_in_and_connects_what_a_login_has_bound_to_a_hidden_user() {
    let site = Site::start().await;
    let person = site.app.verified("ann").await;
    expect_refused(&site.log_in(&unverified_ann()).await, NOT_VERIFIED);
    let session = token(&site.app.log_in("ann", PASSWORD).await);
    site.app.mails().await;
    site.connect(&session, &unverified_ann()).await.expect_detail(200, "Provider account connected");
    let notice = site.app.mail().await;
    assert_eq!((&*notice.to, &*notice.subject), ("ann@mail.example", "A way to log in to Tea & Co was added"));
    assert_eq!(connected_to(&site, &unverified_ann()).await, person.id.as_str());
    assert_eq!(site.app.lines("SELECT CAST(count(*) AS TEXT) AS line FROM provider_accounts"), ["1"]);
    assert_eq!(site.app.users().await.len(), 2, "the hidden user is purged as any other");
}

#[tokio::test]
async fn the_mail_to_the_owner_says_how_to_log_in_by_the_provider() {
    let site = Site::with(|settings| settings.providers[0].title = "Tea ID".to_owned()).await;
    site.app.verified("ann").await;
    site.app.mails().await;
    site.log_in(&unverified_ann()).await;
    let told = site.app.mail().await;
    assert_eq!(&*told.to, "ann@mail.example");
    let sentence = "To log in with yours there, log in as usual first, then connect it to your account.";
    assert!(told.text.contains(sentence) && told.text.contains("an account at Tea ID."), "{}", told.text);
    // Of a registration with a password there is no such sentence.
    let body = json!({
        "username": "ann-2", "email": "ann@mail.example", "password": PASSWORD, "password_confirm": PASSWORD
    });
    site.app.post_json("register/", &body).await.expect(201);
    let told = site.app.mail().await;
    assert!(!told.text.contains("To log in with yours there"), "{}", told.text);
}

#[tokio::test]
async fn notices_name_the_provider_by_its_title() {
    let site = Site::with(|settings| settings.providers[0].title = "Tea ID".to_owned()).await;
    let (_, bob) = site.app.somebody("bob").await;
    site.app.mails().await;
    site.connect(&bob, &ann()).await.expect(200);
    let id = site.accounts_of(&bob).await[0]["id"].as_str().expect("an id").to_owned();
    let told = site.app.mail().await;
    assert!(told.text.starts_with("An account at Tea ID was connected to your account"), "{}", told.text);
    site.app.delete_by(&bob, &format!("provider-accounts/{id}/")).await.expect(200);
    let told = site.app.mail().await;
    assert!(told.text.starts_with("An account at Tea ID was disconnected from your account"), "{}", told.text);
}

#[tokio::test]
async fn who_has_reset_the_password_connects_again_what_the_reset_has_disconnected() {
    let site = Site::start().await;
    site.log_in(&unverified_ann()).await.expect(400);
    let link = site.app.link().await;
    site.app.advance(1);
    site.app.verify(&link).await.expect(200);
    let link = site.app.reset_link("ann").await;
    site.app.reset(&link, NEW_PASSWORD).await.expect(200);
    expect_refused(&site.log_in(&unverified_ann()).await, NOT_VERIFIED);
    let session = token(&site.app.log_in("ann", NEW_PASSWORD).await);
    site.connect(&session, &unverified_ann()).await.expect_detail(200, "Provider account connected");
    assert_eq!(connected_to(&site, &unverified_ann()).await, site.profile(&session).await["id"]);
}

#[tokio::test]
async fn an_unverified_user_takes_nothing_from_another_one() {
    let site = Site::with(|settings| settings.login.require_verified = false).await;
    let first = token(&site.log_in(&unverified_ann()).await);
    let other = FakeUser::new("bob-there", "bob@mail.example").with("email_verified", false);
    let second = token(&site.log_in(&other).await);
    expect_refused(&site.connect(&second, &unverified_ann()).await, OF_ANOTHER);
    assert_eq!((site.accounts_of(&first).await.len(), site.accounts_of(&second).await.len()), (1, 1));
}

#[tokio::test]
async fn a_disabled_user_keeps_the_account_that_an_operator_has_shut_out() {
    let site = Site::start().await;
    site.log_in(&unverified_ann()).await.expect(400);
    let id = site.app.users().await[0].id.clone();
    site.app.accounts().administration().disable_user(&id).await.expect("there is the user");
    let (_, bob) = site.app.somebody("bob").await;
    expect_refused(&site.connect(&bob, &unverified_ann()).await, OF_ANOTHER);
}

#[tokio::test]
async fn of_two_verified_users_who_claim_it_at_once_one_gets_it() {
    let site = Site::start().await;
    site.log_in(&unverified_ann()).await.expect(400);
    let (_, bob) = site.app.somebody("bob").await;
    let (_, eve) = site.app.somebody("eve").await;
    let user = unverified_ann();
    let answers = at_once([&bob, &eve].map(|session| site.connect(session, &user))).await;
    assert_eq!((count(&answers, 200), count(&answers, 400)), (1, 1), "{answers:?}");
    assert_eq!(site.accounts_of(&bob).await.len() + site.accounts_of(&eve).await.len(), 1);
}

#[tokio::test]
async fn a_user_who_proves_the_address_at_that_moment_keeps_it_or_loses_it_and_nothing_breaks() {
    for _ in 0..8 {
        let site = Site::start().await;
        site.log_in(&unverified_ann()).await.expect(400);
        let link = site.app.link().await;
        let (_, bob) = site.app.somebody("bob").await;
        let user = unverified_ann();
        let (connected, verified) = tokio::join!(site.connect(&bob, &user), site.app.verify(&link));
        assert_eq!(verified.status, 200, "{verified:?}");
        let of_bob = site.accounts_of(&bob).await.len();
        assert_eq!((connected.status == 200, of_bob), (of_bob == 1, of_bob), "{connected:?}");
        if of_bob == 0 {
            expect_refused(&connected, OF_ANOTHER);
            token(&site.log_in(&user).await);
        }
        assert_eq!(site.app.lines("SELECT CAST(count(*) AS TEXT) AS line FROM provider_accounts"), ["1"]);
    }
}

#[tokio::test]
async fn an_address_that_the_provider_verifies_later_leads_to_its_owner() {
    for joins in [false, true] {
        let site = Site::with(|settings| settings.providers[0].joins_verified_emails = joins).await;
        let person = site.app.verified("ann").await;
        expect_refused(&site.log_in(&unverified_ann()).await, NOT_VERIFIED);
        let later = site.log_in(&ann()).await;
        if joins {
            assert_eq!(site.profile(&token(&later)).await["id"], person.id.as_str());
        } else {
            let sentence = "A user with the e-mail address of this provider account exists. Log in, then connect the \
                            provider account.";
            expect_refused(&later, sentence);
        }
    }
}

/// Writes down who gets and who loses a provider account.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(String, bool)>>>);

impl Hooks for Told {
    fn user_connected_provider(&self, id: &UserId, _: &str) {
        self.0.lock().expect("no hook panics").push((id.to_string(), true));
    }

    fn user_disconnected_provider(&self, id: &UserId, _: &str) {
        self.0.lock().expect("no hook panics").push((id.to_string(), false));
    }
}

#[tokio::test]
async fn hooks_are_told_who_loses_it_and_who_gets_it() {
    let (told, idp) = (Told::default(), FakeOpenId::start_at(Clock::manual(BEGINNING)));
    let provider = idp.settings("idp");
    let app = TestApp::with_hooks(told.clone(), |settings| settings.providers = vec![provider]).await;
    let site = Site { app, idp };
    site.log_in(&unverified_ann()).await.expect(400);
    let before = site.app.users().await[0].id.to_string();
    let (bob, session) = site.app.somebody("bob").await;
    site.connect(&session, &unverified_ann()).await.expect(200);
    let expected = [(before.clone(), true), (before, false), (bob.id.as_str().to_owned(), true)];
    assert_eq!(*told.0.lock().expect("no hook panics"), expected);
}
