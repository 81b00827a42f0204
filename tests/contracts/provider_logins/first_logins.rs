//! The first login by a provider account, which creates a user.

use countersign::settings::{LoginField, UsernamePolicy};

use super::*;
use crate::support::accounts::{at_once, count};
use crate::support::limits::{rate, unreached};

#[tokio::test]
async fn a_user_gets_a_free_username_near_the_name_there() {
    let site = Site::start().await;
    site.app.verified("ann").await;
    let user = ann().with("email", "ann.there@mail.example");
    let profile = site.profile(&token(&site.log_in(&user).await)).await;
    let name = profile["username"].as_str().expect("a name");
    assert_eq!((&name[..3], name.len()), ("ann", 7), "{name}");

    let named = async |claim: &str, subject: &str| {
        let user = FakeUser::new(subject, &format!("{subject}@mail.example")).with("preferred_username", claim);
        let profile = site.profile(&token(&site.log_in(&user).await)).await;
        profile["username"].as_str().expect("a name").to_owned()
    };
    assert_eq!(named("Bob.Lee@corp.example", "one").await, "Bob.Lee");
    assert_eq!(named("<script> x", "two").await, "scriptx");
    assert!(
        named("\u{0430}nn", "three").await.starts_with("\u{0430}nn")
            || named("\u{0430}nn", "four").await.starts_with("user")
    );
    let long = "x".repeat(400);
    assert_eq!(named(&long, "five").await.len(), 150);
}

#[tokio::test]
async fn where_users_have_no_usernames_none_is_made() {
    let site = Site::with(|settings| {
        settings.users.username = UsernamePolicy::None;
        settings.login.fields = vec![LoginField::Email];
    })
    .await;
    token(&site.log_in(&ann()).await);
    assert_eq!(site.app.users().await[0].username, None);
}

#[tokio::test]
async fn an_address_that_the_provider_has_verified_needs_no_link() {
    let site = Site::start().await;
    token(&site.log_in(&ann()).await);
    assert!(site.app.users().await[0].verified_at.is_some());
    assert!(site.app.mails().await.is_empty());
}

#[tokio::test]
async fn any_other_address_is_mailed_a_link_before_the_user_may_log_in() {
    let doubtful = [ann().with("email_verified", false), ann().without("email_verified")];
    for user in doubtful {
        let site = Site::start().await;
        let sentence = "The e-mail address is not verified. Follow the link in the mail first.";
        expect_refused(&site.log_in(&user).await, sentence);
        let link = site.app.link().await;
        expect_refused(&site.log_in(&user).await, sentence);
        assert!(site.app.mails().await.is_empty(), "one mail is enough");
        assert_eq!(site.app.users().await.len(), 1);
        site.app.verify(&link).await.expect(200);
        token(&site.log_in(&user).await);
    }
}

#[tokio::test]
async fn a_verification_that_is_not_written_as_one_verifies_nothing() {
    for value in [json!("yes"), json!("True"), json!(1), json!([true]), json!({ "value": true }), json!(null)] {
        let site = Site::start().await;
        site.log_in(&ann().with("email_verified", value.clone())).await.expect(400);
        assert!(site.app.users().await[0].verified_at.is_none(), "{value}");
        let link = site.app.link().await;
        site.app.verify(&link).await.expect(200);
    }
}

#[tokio::test]
async fn a_provider_whose_verification_does_not_count_leads_to_a_link() {
    let site = Site::with(|settings| settings.providers[0].verifies_emails = false).await;
    site.log_in(&ann()).await.expect(400);
    let link = site.app.link().await;
    site.app.verify(&link).await.expect(200);
    token(&site.log_in(&ann()).await);
}

#[tokio::test]
async fn a_user_whose_address_the_provider_verifies_later_may_log_in() {
    let site = Site::start().await;
    site.log_in(&ann().with("email_verified", false)).await.expect(400);
    token(&site.log_in(&ann()).await);
    assert!(site.app.users().await[0].verified_at.is_some());
}

#[tokio::test]
async fn where_no_address_must_be_proved_a_user_logs_in_at_once() {
    let site = Site::with(|settings| settings.registration.verification = false).await;
    token(&site.log_in(&ann().with("email_verified", false)).await);
    token(&site.log_in(&FakeUser::new("no-mail", "").without("email")).await);
    assert_eq!(site.app.users().await.len(), 2);
}

#[tokio::test]
async fn without_an_address_there_is_no_user_where_one_is_needed() {
    let site = Site::start().await;
    let sentence = "The identity provider tells no e-mail address, and one is needed.";
    for user in [ann().without("email"), ann().with("email", "no address"), ann().with("email", "")] {
        expect_refused(&site.log_in(&user).await, sentence);
    }
    assert!(site.app.users().await.is_empty());
}

#[tokio::test]
async fn new_users_may_be_shut_out() {
    let sentence = "No user has this provider account, and new users are not created.";
    let closed = Site::with(|settings| settings.registration.enabled = false).await;
    expect_refused(&closed.log_in(&ann()).await, sentence);
    let site = Site::with(|settings| settings.providers[0].creates_users = false).await;
    expect_refused(&site.log_in(&ann()).await, sentence);
    assert!(site.app.users().await.is_empty());
    let (_, bob) = site.app.somebody("bob").await;
    site.connect(&bob, &ann()).await.expect_detail(200, "Provider account connected");
    assert_eq!(site.profile(&token(&site.log_in(&ann()).await)).await["username"], "bob");
}

#[tokio::test]
async fn a_disabled_user_stays_out() {
    let site = Site::start().await;
    let session = token(&site.log_in(&ann()).await);
    let id = site.app.users().await[0].id.clone();
    site.app.accounts().administration().disable_user(&id).await.expect("there is the user");
    assert_eq!(site.app.get_by(&session, "profile/").await.status, 401);
    expect_refused(&site.log_in(&ann()).await, "Login or password invalid.");
    site.app.accounts().administration().enable_user(&id).await.expect("there is the user");
    token(&site.log_in(&ann()).await);
}

#[tokio::test]
async fn of_many_first_logins_at_once_all_get_the_one_user() {
    // Without a name there, each login draws another username, so that the address alone is taken.
    for user in [ann(), ann().without("preferred_username")] {
        let site = Site::start().await;
        let mut begun = Vec::new();
        for _ in 0..32 {
            let mut browser = Browser::default();
            let url = site.begin(&mut browser).await;
            begun.push((browser, site.idp.log_in(&url, &user)));
        }
        let answers =
            at_once(begun.iter().map(|(browser, login)| site.bring(browser, None, &login.code, &login.state)));
        let answers = answers.await;
        assert_eq!(count(&answers, 200), 32, "{answers:?}");
        assert_eq!(site.app.users().await.len(), 1);
        assert_eq!(site.accounts_of(&token(&answers[0])).await.len(), 1);
    }
}

#[tokio::test]
async fn an_address_that_must_be_proved_costs_the_same_whether_or_not_it_has_an_owner() {
    let site = Site::with(|settings| {
        settings.throttle.enabled = true;
        (settings.throttle.login, settings.throttle.account_mails) = (unreached(), unreached());
    })
    .await;
    site.app.verified("owner").await;
    let mut seen = Vec::new();
    for (number, email) in ["free@mail.example", "owner@mail.example", "OWNER@mail.example"].into_iter().enumerate() {
        let user = FakeUser::new(&format!("subject-{number}"), email).with("email_verified", false);
        let mut browser = Browser::default();
        let url = site.begin(&mut browser).await;
        let login = site.idp.log_in(&url, &user);
        let before = (site.app.store().statements_run(), site.app.accounts().hasher().hashes_done());
        let answer = site.bring(&browser, None, &login.code, &login.state).await;
        let (statements, hashes) = (site.app.store().statements_run(), site.app.accounts().hasher().hashes_done());
        seen.push((answer.status, answer.body, statements - before.0, hashes - before.1));
        site.app.mails().await;
    }
    assert_eq!(seen[0].0, 400);
    assert!(seen.iter().all(|other| *other == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn logins_beyond_the_limit_of_sessions_end_the_oldest() {
    let site = Site::with(|settings| {
        settings.contracts.dj_rest_auth.enabled = true;
        settings.sessions.max_per_user = 2;
    })
    .await;
    let first = token(&site.log_in(&ann()).await);
    site.app.advance(1);
    let second = token(&site.log_in(&ann()).await);
    site.app.advance(1);
    let body = json!({ "access_token": site.idp.tokens_for(&ann()).0 });
    let third = site.app.post_json("/dj-rest-auth/idp/", &body).await.expect(200)["key"].clone();
    let alive = [first.as_str(), &second, third.as_str().expect("a key")].map(|token| site.app.is_alive(token));
    assert_eq!(futures_util::future::join_all(alive).await, [false, true, true]);
    // A connection begins a session at dj-rest-auth.
    site.app.advance(1);
    site.app.post_by(&second, "/dj-rest-auth/idp/connect/", &body).await.expect(200);
    assert!(site.app.is_alive(third.as_str().expect("a key")).await && !site.app.is_alive(&second).await);
}

#[tokio::test]
async fn of_many_first_logins_at_once_one_pays_for_the_mail() {
    let mails = 8;
    let site = Site::with(|settings| {
        settings.throttle.enabled = true;
        (settings.throttle.login, settings.throttle.resend_verification) = (unreached(), unreached());
        settings.throttle.account_mails = rate(1, mails);
    })
    .await;
    for round in 0..3 {
        let email = format!("ann-{round}@mail.example");
        let user = FakeUser::new(&format!("ann-{round}"), &email).with("email_verified", false);
        let mut begun = Vec::new();
        for _ in 0..mails {
            let mut browser = Browser::default();
            let url = site.begin(&mut browser).await;
            begun.push((browser, site.idp.log_in(&url, &user)));
        }
        let answers =
            at_once(begun.iter().map(|(browser, login)| site.bring(browser, None, &login.code, &login.state)));
        for answer in answers.await {
            expect_refused(&answer, "The e-mail address is not verified. Follow the link in the mail first.");
        }
        assert_eq!(site.app.mails().await.len(), 1);
        for _ in 1..mails {
            site.app.resend(&email).await.expect(200);
        }
        assert_eq!(site.app.resend(&email).await.status, 429);
        site.app.mails().await;
    }
}
