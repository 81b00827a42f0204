//! Attempts to get into the account of somebody else.

use countersign::UserId;
use countersign::identity::EmailAddress;
use countersign::internals::EmailSharing;
use countersign::settings::LoginField;

use super::*;
use crate::support::accounts::{NEW_PASSWORD, at_once, count};
use crate::support::mailbox::Link;
use crate::support::test_app::PASSWORD;

pub(super) const TAKEN: &str =
    "A user with the e-mail address of this provider account exists. Log in, then connect the provider account.";

/// The provider accounts of the user with this address who is verified.
async fn accounts_of(site: &Site, email: &str) -> usize {
    let sql = format!(
        "SELECT CAST(count(*) AS TEXT) AS line FROM provider_accounts JOIN users ON users.id = provider_accounts.user_id \
         WHERE users.email = '{email}' AND users.verified_at IS NOT NULL"
    );
    site.app.lines(&sql)[0].parse().expect("a number")
}

#[tokio::test]
async fn an_address_joins_no_user_unless_the_settings_say_so() {
    let site = Site::start().await;
    site.app.verified("ann").await;
    expect_refused(&site.log_in(&ann()).await, TAKEN);
    // The address in another spelling is the same one.
    expect_refused(&site.log_in(&ann().with("email", "ANN@Mail.Example")).await, TAKEN);
    assert_eq!(accounts_of(&site, "ann@mail.example").await, 0);
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_verified_joins_nobody_and_tells_nothing() {
    for joins in [false, true] {
        let site = Site::with(|settings| settings.providers[0].joins_verified_emails = joins).await;
        site.app.verified("ann").await;
        site.app.mails().await;
        let taken = site.log_in(&ann().with("email_verified", false)).await;
        let free = site.log_in(&FakeUser::new("free", "free@mail.example").with("email_verified", false)).await;
        assert_eq!((taken.status, &taken.body), (free.status, &free.body));
        assert_eq!(accounts_of(&site, "ann@mail.example").await, 0);
        // The owner is told, and no link leads to the new user.
        let mails = site.app.mails().await;
        assert_eq!(mails.len(), 2, "{mails:?}");
        site.log_in(&ann().with("email_verified", false)).await.expect(400);
    }
}

#[tokio::test]
async fn where_it_may_join_a_verified_address_logs_its_owner_in() {
    let site = Site::with(|settings| settings.providers[0].joins_verified_emails = true).await;
    let person = site.app.verified("ann").await;
    site.app.mails().await;
    let profile = site.profile(&token(&site.log_in(&ann()).await)).await;
    assert_eq!(profile["id"], person.id.as_str());
    let notice = site.app.mail().await;
    assert_eq!((&*notice.to, &*notice.subject), ("ann@mail.example", "A way to log in to Tea & Co was added"));
    assert_eq!(accounts_of(&site, "ann@mail.example").await, 1);
    site.app.log_in("ann", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_planted_account_does_not_wait_for_its_victim() {
    let site = Site::with(|settings| settings.providers[0].joins_verified_emails = true).await;
    // Mallory registers with Ann's address, which is not proved.
    let planted = site.app.registered("ann").await;
    let profile = site.profile(&token(&site.log_in(&ann()).await)).await;
    assert_ne!(profile["id"], planted.id.as_str());
    assert_eq!(profile["email"], "ann@mail.example");
    site.app.log_in("ann", PASSWORD).await.expect(400);
}

#[tokio::test]
async fn a_user_who_logs_in_without_a_proof_is_not_shut_out() {
    let site = Site::with(|settings| {
        settings.login.require_verified = false;
        settings.login.fields = vec![LoginField::Username, LoginField::Email];
    })
    .await;
    site.app.registered("ann").await;
    expect_refused(&site.log_in(&ann()).await, TAKEN);
    assert_eq!(site.app.users().await.len(), 1);
    site.app.log_in("ann@mail.example", PASSWORD).await.expect(200);
    site.app.mails().await;
    // The way on: the mail for the address.
    let link = site.app.reset_link("ann@mail.example").await;
    site.app.reset(&link, NEW_PASSWORD).await.expect(200);
    let session = token(&site.app.log_in("ann@mail.example", NEW_PASSWORD).await);
    site.connect(&session, &ann()).await.expect(200);
}

/// A site on which Mallory, at the provider, has an account with Ann's address, and has connected another one; and the
/// link that Ann got.
async fn with_mallory() -> (Site, FakeUser, Link) {
    let site = Site::with(|settings| {
        settings.login.require_verified = false;
        settings.login.fields = vec![LoginField::Username, LoginField::Email];
    })
    .await;
    let mallory = FakeUser::new("mallory", "ann@mail.example").with("email_verified", false);
    let session = token(&site.log_in(&mallory).await);
    let link = site.app.link().await;
    site.connect(&session, &FakeUser::new("more", "more@mail.example")).await.expect(200);
    site.app.mails().await;
    (site, mallory, link)
}

/// Sees that no account at the provider leads to Ann's account, after she has reset its password.
async fn expect_only_ann(site: &Site, mallory: &FakeUser) {
    assert_eq!(accounts_of(site, "ann@mail.example").await, 0);
    let hers = token(&site.app.log_in("ann@mail.example", NEW_PASSWORD).await);
    let hers = site.profile(&hers).await["id"].clone();
    for user in [mallory, &FakeUser::new("more", "more@mail.example")] {
        let again = site.log_in(user).await;
        if again.status == 200 {
            assert_ne!(site.profile(&token(&again)).await["id"], hers);
        }
    }
}

#[tokio::test]
async fn a_reset_that_proves_an_address_shuts_out_whoever_came_before() {
    let (site, mallory, _) = with_mallory().await;
    site.app.advance(1);
    let link = site.app.reset_link("ann@mail.example").await;
    site.app.reset(&link, NEW_PASSWORD).await.expect(200);
    expect_only_ann(&site, &mallory).await;
}

#[tokio::test]
async fn a_reset_after_the_proof_of_an_address_does_so_too() {
    let (site, mallory, link) = with_mallory().await;
    site.app.advance(1);
    site.app.verify(&link).await.expect(200);
    let link = site.app.reset_link("ann@mail.example").await;
    site.app.reset(&link, NEW_PASSWORD).await.expect(200);
    expect_only_ann(&site, &mallory).await;
}

#[tokio::test]
async fn a_reset_leaves_what_was_connected_after_the_proof() {
    let site = Site::start().await;
    token(&site.log_in(&ann()).await);
    site.app.advance(60);
    let link = site.app.reset_link("ann").await;
    site.app.reset(&link, NEW_PASSWORD).await.expect(200);
    assert_eq!(accounts_of(&site, "ann@mail.example").await, 1);
    token(&site.log_in(&ann()).await);
}

#[tokio::test]
async fn an_account_of_another_user_is_refused_and_never_moved() {
    let site = Site::start().await;
    let ann_here = site.profile(&token(&site.log_in(&ann()).await)).await;
    let (_, bob) = site.app.somebody("bob").await;
    expect_refused(&site.connect(&bob, &ann()).await, "Another user has this provider account.");
    assert!(site.accounts_of(&bob).await.is_empty());
    assert_eq!(site.profile(&token(&site.log_in(&ann()).await)).await["id"], ann_here["id"]);
}

#[tokio::test]
async fn a_subject_belongs_to_its_provider() {
    let second = FakeOpenId::start_at(Clock::manual(BEGINNING));
    let other = second.settings("other");
    let site = Site::with(|settings| settings.providers.push(other)).await;
    let first = site.profile(&token(&site.log_in(&ann()).await)).await;
    // The same subject at another provider is somebody else.
    let mut browser = Browser::default();
    let answer = browser.send(&site.app, "providers/other/start/", None, &json!({})).await;
    browser.keep(&answer);
    let url = answer.expect(200)["authorization_url"].as_str().expect("a URL").to_owned();
    let login = second.log_in(&url, &ann().with("email", "eve@mail.example"));
    let body = json!({ "code": login.code, "state": login.state });
    let eve = token(&browser.send(&site.app, "providers/other/finish/", None, &body).await);
    assert_ne!(site.profile(&eve).await["id"], first["id"]);
}

#[tokio::test]
async fn a_subject_keeps_its_user_when_its_address_changes_hands() {
    let site = Site::start().await;
    let before = site.profile(&token(&site.log_in(&ann()).await)).await;
    // The provider gives the address to somebody else, with another subject.
    let heir = FakeUser::new("heir", "ann@mail.example");
    expect_refused(&site.log_in(&heir).await, TAKEN);
    let moved = ann().with("email", "new@mail.example");
    assert_eq!(site.profile(&token(&site.log_in(&moved).await)).await["id"], before["id"]);
}

#[tokio::test]
async fn a_connection_of_two_users_at_once_belongs_to_one() {
    let site = Site::start().await;
    let (_, bob) = site.app.somebody("bob").await;
    let (_, eve) = site.app.somebody("eve").await;
    let user = ann();
    let answers = at_once([&bob, &eve].map(|session| site.connect(session, &user))).await;
    assert_eq!((count(&answers, 200), count(&answers, 400)), (1, 1), "{answers:?}");
    assert_eq!(site.accounts_of(&bob).await.len() + site.accounts_of(&eve).await.len(), 1);
}

#[tokio::test]
async fn an_address_that_needs_no_proof_here_joins_nobody() {
    let without_proof: [fn(&mut Settings); 2] =
        [|settings| settings.registration.verification = false, |settings| settings.change_email.verification = false];
    for change in without_proof {
        let site = Site::with(|settings| {
            settings.providers[0].joins_verified_emails = true;
            change(settings);
        });
        let site = site.await;
        // Mallory has Ann's address, and nobody asked for a proof.
        let mallory = site.app.registered("ann").await;
        site.app.accounts().administration().verify_user(&UserId::from_stored(&mallory.id)).await.ok();
        expect_refused(&site.log_in(&ann()).await, TAKEN);
        assert_eq!(accounts_of(&site, "ann@mail.example").await, 0);
    }
}

#[tokio::test]
async fn a_provider_proves_the_address_that_it_names_and_no_later_one() {
    let site = Site::start().await;
    let person = site.app.registered("ann").await;
    let (id, store) = (UserId::from_stored(&person.id), site.app.accounts().store());
    // The user corrects the address after the login has read the other one.
    for (named, is_verified) in [("mallory@mail.example", false), ("ANN@mail.example", true)] {
        let email = EmailAddress::parse(named).expect("an address");
        let verified = store.verify_email_of(id.clone(), email, site.app.now(), EmailSharing::Unique, None).await;
        verified.expect("it answers");
        assert_eq!(site.app.users().await[0].verified_at.is_some(), is_verified, "{named}");
    }
}

#[tokio::test]
async fn a_reset_shuts_out_who_came_in_the_second_of_the_proof() {
    let (site, mallory, _) = with_mallory().await;
    site.app.mails().await;
    // The user is as old as the mail took to arrive; Mallory has connected something just now.
    site.app.execute("UPDATE users SET created_at = created_at - 60");
    let link = site.app.reset_link("ann@mail.example").await;
    site.app.reset(&link, NEW_PASSWORD).await.expect(200);
    expect_only_ann(&site, &mallory).await;
}

#[tokio::test]
async fn a_page_of_another_site_logs_nobody_in() {
    let site = Site::with(|settings| {
        settings.contracts.djoser.enabled = true;
        settings.contracts.dj_rest_auth.enabled = true;
        settings.contracts.django_rest_auth.enabled = true;
    })
    .await;
    let paths =
        ["providers/idp/start/", "providers/idp/finish/", "/auth/o/idp/", "/dj-rest-auth/idp/", "/rest-auth/idp/"];
    for path in paths {
        let access_token = site.idp.tokens_for(&ann()).0;
        let form = [("access_token", access_token.as_str()), ("code", "x"), ("state", "x")];
        let request = site.app.request("POST", path).form(&form);
        let request = request.header("origin", "https://evil.example").header("sec-fetch-site", "cross-site");
        let answer = site.app.send(request).await;
        assert_eq!(answer.status, 403, "{path}: {answer:?}");
        assert_eq!(answer.header("set-cookie"), None, "{path}");
    }
    assert!(site.app.users().await.is_empty());
}
