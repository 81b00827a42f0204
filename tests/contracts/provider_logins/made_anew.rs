//! A user whose first login came with a wrong address is created again when the provider tells another one.

use super::takeovers::TAKEN;
use super::*;
use crate::support::limits::{rate, unreached};

#[tokio::test]
async fn a_mistyped_address_at_the_provider_is_corrected_there() {
    for is_verified in [true, false] {
        let site = Site::start().await;
        site.log_in(&ann().with("email", "typo@mail.example").with("email_verified", false)).await.expect(400);
        let old_link = site.app.link().await;
        let told = ann().with("email_verified", is_verified);
        let answer = site.log_in(&told).await;
        if !is_verified {
            answer.expect(400);
            let link = site.app.link().await;
            assert_eq!(site.app.verify(&link).await.status, 200);
        }
        assert_ne!(site.app.verify(&old_link).await.status, 200, "the other address proves nothing any more");
        let profile = site.profile(&token(&site.log_in(&told).await)).await;
        assert_eq!((&profile["username"], &profile["email"]), (&json!("ann"), &json!("ann@mail.example")));
        assert_eq!(site.app.users().await.len(), 1);
    }
}

#[tokio::test]
async fn a_user_who_has_a_password_or_was_proved_or_used_keeps_the_address_that_the_provider_told_first() {
    let typo = || ann().with("email", "typo@mail.example").with("email_verified", false);
    let site = Site::start().await;
    site.log_in(&typo()).await.expect(400);
    let link = site.app.link().await;
    site.app.verify(&link).await.expect(200);
    assert_eq!(site.profile(&token(&site.log_in(&ann()).await)).await["email"], "typo@mail.example");

    let site = Site::with(|settings| settings.login.require_verified = false).await;
    let session = token(&site.log_in(&typo()).await);
    token(&site.log_in(&ann()).await);
    assert_eq!(site.profile(&session).await["email"], "typo@mail.example");

    for history in [
        "UPDATE provider_accounts SET created_at = created_at + 1",
        "UPDATE users SET profile_updated_at = created_at, profile = '{}'",
        "UPDATE users SET profile = '{}'",
        "UPDATE users SET last_login_at = created_at",
        "UPDATE users SET staff_at = created_at",
        "INSERT INTO moved_users SELECT id, link_secret, created_at FROM users",
    ] {
        let site = Site::start().await;
        site.log_in(&typo()).await.expect(400);
        site.app.execute(history);
        site.log_in(&ann()).await.expect(400);
        assert_eq!(site.app.users().await[0].email.as_deref(), Some("typo@mail.example"), "{history}");
    }

    let site = Site::with(|settings| settings.providers[0].creates_users = false).await;
    let (_, bob) = site.app.somebody("bob").await;
    site.connect(&bob, &ann()).await.expect(200);
    assert_eq!(site.profile(&token(&site.log_in(&ann()).await)).await["username"], "bob");
}

#[tokio::test]
async fn a_user_who_cannot_be_made_anew_is_kept() {
    let typo = ann().with("email", "typo@mail.example").with("email_verified", false);
    let site = Site::with(|settings| {
        settings.throttle.enabled = true;
        (settings.throttle.login, settings.throttle.resend_verification) = (unreached(), unreached());
        settings.throttle.account_mails = rate(1, 1);
    })
    .await;
    site.log_in(&typo).await.expect(400);
    let link = site.app.link().await;
    site.app.resend("ann@mail.example").await.expect(200);
    site.log_in(&ann().with("email_verified", false)).await.expect(429);
    site.app.verify(&link).await.expect(200);

    let site = Site::start().await;
    site.log_in(&typo).await.expect(400);
    let link = site.app.link().await;
    token(&site.log_in(&FakeUser::new("owner-there", "ann@mail.example")).await);
    expect_refused(&site.log_in(&ann()).await, TAKEN);
    site.app.verify(&link).await.expect(200);
}
