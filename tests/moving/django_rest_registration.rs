//! Links of django-rest-registration, posted to the contract `accounts`.

use countersign::Settings;
use serde_json::{Value, json};

use super::old_site::{ANN, BOB, CLEO, OLD_SITE, Signed, TURTLE, altered, disable, moved_in};
use crate::support::accounts::{NEW_PASSWORD, paths};
use crate::support::{Answer, TestApp};

const MODES: [bool; 2] = [false, true];

fn one_time(is_on: bool) -> impl FnOnce(&mut Settings) {
    move |settings| {
        settings.moving.django_rest_registration.register_one_time_use = is_on;
        settings.moving.django_rest_registration.reset_password_one_time_use = is_on;
    }
}

impl Signed {
    fn body(&self) -> Value {
        let mut body = json!({ "user_id": self.user_id, "timestamp": self.timestamp, "signature": self.signature });
        if let Some(email) = &self.email {
            body["email"] = json!(email);
        }
        body
    }
}

async fn verify(app: &TestApp, link: &Signed) -> Answer {
    app.post_json(paths::VERIFY_REGISTRATION, &link.body()).await
}

async fn reset(app: &TestApp, link: &Signed) -> Answer {
    let mut body = link.body();
    body["password"] = json!(NEW_PASSWORD);
    body["password_confirm"] = json!(NEW_PASSWORD);
    app.post_json(paths::RESET_PASSWORD, &body).await
}

async fn verify_email(app: &TestApp, link: &Signed) -> Answer {
    app.post_json(paths::VERIFY_EMAIL, &link.body()).await
}

#[tokio::test]
async fn a_registration_link_verifies_its_user_once_in_both_modes() {
    for mode in MODES {
        let app = moved_in(one_time(mode)).await;
        let link = OLD_SITE.signed("register", mode, CLEO);
        verify(&app, &link).await.expect_detail(200, "User verified successfully");
        assert_eq!(app.user(CLEO).await.verified_at, Some(app.now()));
        app.advance(60);
        // As for a link of ours that is used again.
        let own = app.registered("own").await;
        let own_link = app.mails().await.last().expect("a mail").link();
        app.verify(&own_link).await.expect(200);
        let again = (verify(&app, &link).await, app.verify(&own_link).await);
        assert_eq!((again.0.status, &again.0.body), (again.1.status, &again.1.body), "{}", own.id);
        assert_eq!(app.user(CLEO).await.verified_at.map(|at| app.now().since(at).get()), Some(60));
    }
}

#[tokio::test]
async fn a_used_registration_link_is_told_where_links_work_once() {
    let app = moved_in(|settings| settings.registration.one_time_use = true).await;
    let link = OLD_SITE.signed("register", false, CLEO);
    verify(&app, &link).await.expect(200);
    assert_eq!(verify(&app, &link).await.status, 400);
}

#[tokio::test]
async fn a_reset_link_sets_a_password_once_in_both_modes() {
    for mode in MODES {
        let app = moved_in(one_time(mode)).await;
        let link = OLD_SITE.signed("reset-password", mode, TURTLE);
        assert_eq!(reset(&app, &link).await.status, 200, "mode {mode}");
        assert!(app.knows("żółw", NEW_PASSWORD).await);
        let before = app.user(TURTLE).await.password_hash.expose().to_owned();
        // The hash that a one-time link is bound to is gone, so that it cannot be told from a forged one.
        let told = if mode { "Invalid signature" } else { "This link has already been used." };
        reset(&app, &link).await.expect_detail(400, told);
        assert_eq!(app.user(TURTLE).await.password_hash.expose(), before);
    }
}

#[tokio::test]
async fn an_email_link_changes_the_address_once() {
    let app = moved_in(|_| {}).await;
    let link = OLD_SITE.signed("register-email", false, ANN);
    assert_eq!(verify_email(&app, &link).await.status, 200);
    assert_eq!(app.user(ANN).await.email.as_deref(), Some("ann@new.example"));
    // As with a link of ours, a second click is no error as long as the address is the one of the link.
    assert_eq!(verify_email(&app, &link).await.status, 200);
    app.execute(
        "UPDATE users SET email = 'x@new.example', email_key = 'x@new.example', owned_email_key = 'x@new.example' \
         WHERE id = '1'",
    );
    assert_eq!(verify_email(&app, &link).await.status, 400);
    assert_eq!(app.user(ANN).await.email.as_deref(), Some("x@new.example"));
}

#[tokio::test]
async fn an_email_link_is_void_after_a_newer_request_here() {
    let app = moved_in(|settings| settings.change_email.password = false).await;
    let reset_link = OLD_SITE.signed("reset-password", false, TURTLE);
    app.execute(
        "UPDATE users SET pending_email = 'third@mail.example', \
         pending_email_secret = '00112233445566778899aabbccddeeff' WHERE id = '40'",
    );
    let link = OLD_SITE.signed("register-email", false, TURTLE);
    verify_email(&app, &link).await.expect_detail(400, "Invalid signature");
    assert_eq!(reset(&app, &reset_link).await.status, 200, "other links still work");
}

#[tokio::test]
async fn a_user_who_was_not_verified_had_no_email_link() {
    let app = moved_in(|_| {}).await;
    let link = OLD_SITE.signed("register-email", false, CLEO);
    verify_email(&app, &link).await.expect_detail(400, "User not found");
    let cleo = app.user(CLEO).await;
    assert!(cleo.verified_at.is_none() && cleo.email.as_deref() == Some("cleo@mail.example"));
}

#[tokio::test]
async fn links_live_as_long_as_the_settings_say() {
    let (register, reset_link, email) = (
        OLD_SITE.signed("register", false, CLEO),
        OLD_SITE.signed("reset-password", false, ANN),
        OLD_SITE.signed("register-email", false, ANN),
    );
    for late in [false, true] {
        let app = moved_in(|_| {}).await;
        let status = if late { 400 } else { 200 };
        let expect = |answer: Answer| match late {
            true => answer.expect_detail(400, "Signature expired"),
            false => assert_eq!(answer.status, status, "{answer:?}"),
        };
        app.advance(86_400 + u64::from(late));
        expect(reset(&app, &reset_link).await);
        let app = moved_in(|_| {}).await;
        app.advance(604_800 + u64::from(late));
        expect(verify(&app, &register).await);
        expect(verify_email(&app, &email).await);
    }
}

#[tokio::test]
async fn a_link_from_the_future_is_refused() {
    for (seconds, is_good) in [(60, true), (61, false)] {
        for mode in MODES {
            let app = moved_in(one_time(mode)).await;
            let of = |purpose: &str, mode, id| OLD_SITE.signed_with("present", seconds, purpose, mode, id);
            let answers = [
                verify(&app, &of("register", mode, CLEO)).await,
                reset(&app, &of("reset-password", mode, BOB)).await,
                verify_email(&app, &of("register-email", false, ANN)).await,
            ];
            for answer in answers {
                match is_good {
                    true => assert_eq!(answer.status, 200, "{answer:?}"),
                    false => answer.expect_detail(400, "Invalid signature"),
                }
            }
        }
    }
}

#[tokio::test]
async fn the_key_decides_who_signed() {
    for (key, status) in [("fallback", 200), ("other", 400)] {
        for mode in MODES {
            let app = moved_in(one_time(mode)).await;
            let of = |purpose: &str, mode, id| OLD_SITE.signed_with(key, 0, purpose, mode, id);
            assert_eq!(verify(&app, &of("register", mode, CLEO)).await.status, status);
            assert_eq!(reset(&app, &of("reset-password", mode, BOB)).await.status, status);
            assert_eq!(verify_email(&app, &of("register-email", false, ANN)).await.status, status);
        }
    }
}

/// The links that are the given one but for one part, which is changed.
fn variants(link: &Signed) -> Vec<Signed> {
    let mut all = Vec::new();
    all.extend(altered(&link.signature).into_iter().map(|signature| Signed { signature, ..link.clone() }));
    all.extend(altered(&link.timestamp).into_iter().map(|timestamp| Signed { timestamp, ..link.clone() }));
    all.extend(
        [ANN, BOB, CLEO, TURTLE]
            .into_iter()
            .filter(|id| *id != link.user_id)
            .map(|id| Signed { user_id: id.to_owned(), ..link.clone() }),
    );
    if let Some(email) = &link.email {
        all.extend(altered(email).into_iter().map(|email| Signed { email: Some(email), ..link.clone() }));
    }
    all
}

#[tokio::test]
async fn a_link_that_is_not_exactly_the_one_mailed_changes_nothing() {
    for mode in MODES {
        let app = moved_in(one_time(mode)).await;
        let stored = format!("{:?}", app.users().await);
        let (register, reset_link, email) = (
            OLD_SITE.signed("register", mode, CLEO),
            OLD_SITE.signed("reset-password", mode, ANN),
            OLD_SITE.signed("register-email", false, ANN),
        );
        for link in variants(&register).iter().chain([&OLD_SITE.signed("reset-password", mode, CLEO)]) {
            verify(&app, link).await.expect_detail(400, "Invalid signature");
        }
        for link in variants(&reset_link).iter().chain([&OLD_SITE.signed("register", mode, ANN)]) {
            reset(&app, link).await.expect_detail(400, "Invalid signature");
        }
        for link in variants(&email) {
            let answer = verify_email(&app, &link).await;
            assert_eq!(answer.status, 400, "{answer:?}");
        }
        // Those of the other mode.
        verify(&app, &OLD_SITE.signed("register", !mode, CLEO)).await.expect_detail(400, "Invalid signature");
        reset(&app, &OLD_SITE.signed("reset-password", !mode, ANN)).await.expect_detail(400, "Invalid signature");
        assert_eq!(format!("{:?}", app.users().await), stored);
    }
}

#[tokio::test]
async fn every_link_dies_with_a_new_password() {
    for mode in MODES {
        let app = moved_in(one_time(mode)).await;
        app.advance(5);
        app.ask_for_reset("ann").await.expect(200);
        let own = app.link().await;
        assert_eq!(app.reset(&own, NEW_PASSWORD).await.status, 200);
        reset(&app, &OLD_SITE.signed("reset-password", mode, ANN)).await.expect_detail(400, "Invalid signature");
        verify_email(&app, &OLD_SITE.signed("register-email", false, ANN))
            .await
            .expect_detail(400, "Invalid signature");
        assert_eq!(app.user(ANN).await.email.as_deref(), Some("ann@mail.example"));
    }
}

#[tokio::test]
async fn a_one_time_reset_link_dies_with_the_hash_and_the_other_does_not() {
    for mode in MODES {
        let app = moved_in(one_time(mode)).await;
        // As the next login does.
        app.execute("UPDATE users SET password_hash = 'another' WHERE id = '1'");
        let status = if mode { 400 } else { 200 };
        assert_eq!(reset(&app, &OLD_SITE.signed("reset-password", mode, ANN)).await.status, status);
    }
}

#[tokio::test]
async fn no_link_serves_a_disabled_user() {
    let app = moved_in(|_| {}).await;
    for id in [ANN, CLEO] {
        disable(app.accounts(), id).await;
    }
    assert_eq!(verify(&app, &OLD_SITE.signed("register", false, CLEO)).await.status, 400);
    assert_eq!(verify_email(&app, &OLD_SITE.signed("register-email", false, ANN)).await.status, 400);
    assert_eq!(reset(&app, &OLD_SITE.signed("reset-password", false, ANN)).await.status, 400);
    assert!(app.user(CLEO).await.verified_at.is_none());
}

#[tokio::test]
async fn only_users_who_moved_have_old_links() {
    let app = moved_in(|_| {}).await;
    app.execute("DELETE FROM moved_users");
    verify(&app, &OLD_SITE.signed("register", false, CLEO)).await.expect_detail(400, "Invalid signature");
    reset(&app, &OLD_SITE.signed("reset-password", false, ANN)).await.expect_detail(400, "Invalid signature");
    verify_email(&app, &OLD_SITE.signed("register-email", false, ANN)).await.expect_detail(400, "Invalid signature");
}

#[tokio::test]
async fn a_link_that_was_signed_long_after_the_move_is_forged() {
    for (days, is_good) in [(1, true), (2, false)] {
        let app = moved_in(|_| {}).await;
        app.execute(&format!("UPDATE moved_users SET moved_at = moved_at - {days} * 86400"));
        let answer = reset(&app, &OLD_SITE.signed("reset-password", false, ANN)).await;
        match is_good {
            true => assert_eq!(answer.status, 200),
            false => answer.expect_detail(400, "Invalid signature"),
        }
    }
}

#[tokio::test]
async fn without_the_old_secret_no_old_link_works() {
    let app = moved_in(|settings| settings.moving.django_rest_registration.secrets.clear()).await;
    verify(&app, &OLD_SITE.signed("register", false, CLEO)).await.expect_detail(400, "Invalid signature");
    reset(&app, &OLD_SITE.signed("reset-password", false, ANN)).await.expect_detail(400, "Invalid signature");
    verify_email(&app, &OLD_SITE.signed("register-email", false, ANN)).await.expect_detail(400, "Invalid signature");
}
