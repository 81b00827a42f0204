//! Users whom a first login has created, and who have no password.

use super::*;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::dj_rest_auth::parameters;
use crate::support::test_app::PASSWORD;

async fn site(change: impl FnOnce(&mut Settings)) -> Site {
    Site::with(|settings| {
        let contracts = &mut settings.contracts;
        contracts.djoser.enabled = true;
        contracts.dj_rest_auth.enabled = true;
        contracts.django_rest_auth.enabled = true;
        contracts.tutorial.enabled = true;
        change(settings);
    })
    .await
}

/// Disconnects the only provider account.
async fn disconnect(site: &Site, token: &str) -> Answer {
    let [account] = &site.accounts_of(token).await[..] else { panic!("there is one") };
    site.app.delete_by(token, &format!("provider-accounts/{}/", account["id"].as_str().expect("an id"))).await
}

#[tokio::test]
async fn no_text_is_the_password_of_a_user_who_has_none() {
    let site = site(|settings| settings.change_email.password = true).await;
    let token = token(&site.log_in(&ann()).await);
    let id = site.profile(&token).await["id"].as_str().expect("an id").to_owned();
    let stored = site.app.user(&id).await.password_hash.expose().to_owned();
    for guess in [stored.as_str(), "!", "*", "None", "null", PASSWORD, &"!".repeat(128)] {
        let logins = [
            ("login/", "login", 400),
            ("/auth/token/login/", "username", 400),
            ("/dj-rest-auth/login/", "username", 400),
            ("/rest-auth/login/", "username", 400),
            ("/api/user/login/", "username", 401),
        ];
        for (path, name, status) in logins {
            let answer = site.app.post_json(path, &json!({ name: "ann", "password": guess })).await;
            assert_eq!(answer.status, status, "{path} with {guess:.20}: {answer:?}");
        }
        let changes = [
            (
                "POST",
                "change-password/",
                json!({ "old_password": guess, "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD }),
            ),
            ("POST", "/auth/users/set_password/", json!({ "new_password": NEW_PASSWORD, "current_password": guess })),
            ("POST", "/auth/users/set_username/", json!({ "new_username": "ann2", "current_password": guess })),
            ("DELETE", "/auth/users/me/", json!({ "current_password": guess })),
            (
                "POST",
                "/dj-rest-auth/password/change/",
                json!({ "old_password": guess, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD }),
            ),
            (
                "POST",
                "/rest-auth/password/change/",
                json!({ "old_password": guess, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD }),
            ),
            ("POST", "register-email/", json!({ "email": "other@mail.example", "password": guess })),
        ];
        for (method, path, body) in changes {
            let answer = site.app.send(site.app.request_by(&token, method, path).json(&body)).await;
            assert_eq!(answer.status, 400, "{path} with {guess:.20}: {answer:?}");
        }
    }
    let user = site.app.user(&id).await;
    assert_eq!((user.has_password(), user.username.as_deref()), (false, Some("ann")));
    assert_eq!(user.email.as_deref(), Some("ann@mail.example"));
    assert!(site.app.is_alive(&token).await && site.app.mails().await.is_empty());
}

/// How a contract resets a password: the paths, and the body for the two parameters of the link.
type Reset = (&'static str, &'static str, fn(&str, &str) -> Value);

const RESETS: [Reset; 3] = [
    (
        "/auth/users/reset_password/",
        "/auth/users/reset_password_confirm/",
        |uid, token| json!({ "uid": uid, "token": token, "new_password": NEW_PASSWORD }),
    ),
    (
        "/dj-rest-auth/password/reset/",
        "/dj-rest-auth/password/reset/confirm/",
        |uid, token| json!({ "uid": uid, "token": token, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD }),
    ),
    (
        "/rest-auth/password/reset/",
        "/rest-auth/password/reset/confirm/",
        |uid, token| json!({ "uid": uid, "token": token, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD }),
    ),
];

/// Sees that the user has a password now, and may do without the provider.
async fn is_set(site: &Site) {
    let by_password = token(&site.app.log_in("ann", NEW_PASSWORD).await);
    let by_provider = token(&site.log_in(&ann()).await);
    assert_eq!(site.profile(&by_password).await["id"], site.profile(&by_provider).await["id"]);
    disconnect(site, &by_provider).await.expect_detail(200, "Provider account disconnected");
    assert!(site.app.knows("ann", NEW_PASSWORD).await);
}

#[tokio::test]
async fn a_reset_sets_the_first_password() {
    let first = site(|_| {}).await;
    let last = disconnect(&first, &token(&first.log_in(&ann()).await)).await;
    assert_eq!(last.status, 400, "{last:?}");
    first.app.advance(60);
    let link = first.app.reset_link("ann").await;
    first.app.reset(&link, NEW_PASSWORD).await.expect(200);
    is_set(&first).await;
    for (ask, confirm, body) in RESETS {
        let site = site(|_| {}).await;
        token(&site.log_in(&ann()).await);
        site.app.advance(60);
        let asked = site.app.post_json(ask, &json!({ "email": "ann@mail.example" })).await;
        assert!([200, 204].contains(&asked.status), "{ask}: {asked:?}");
        let [uid, token] = parameters(&site.app.mail().await);
        let reset = site.app.post_json(confirm, &body(&uid, &token)).await;
        assert!([200, 204].contains(&reset.status), "{confirm}: {reset:?}");
        is_set(&site).await;
    }
}

#[tokio::test]
async fn where_no_old_password_is_asked_a_change_sets_the_first_one() {
    let bodies = [
        ("change-password/", json!({ "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD })),
        ("/auth/users/set_password/", json!({ "new_password": NEW_PASSWORD })),
        ("/dj-rest-auth/password/change/", json!({ "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD })),
    ];
    for (path, body) in bodies {
        let site = site(|settings| settings.change_password.old_required = false).await;
        let session = token(&site.log_in(&ann()).await);
        let changed = site.app.post_by(&session, path, &body).await;
        assert!([200, 204].contains(&changed.status), "{path}: {changed:?}");
        is_set(&site).await;
    }
}

#[tokio::test]
async fn where_a_link_asks_for_the_password_a_reset_proves_the_address_instead() {
    let site = site(|settings| settings.registration.password_at_verification = true).await;
    let doubtful = ann().with("email_verified", false);
    site.log_in(&doubtful).await.expect(400);
    let link = site.app.link().await;
    for guess in ["!", PASSWORD] {
        let mut body = link.claim();
        body["password"] = json!(guess);
        assert_eq!(site.app.post_json("verify-registration/", &body).await.status, 400, "{guess}");
    }
    site.app.advance(60);
    let link = site.app.reset_link("ann").await;
    site.app.reset(&link, NEW_PASSWORD).await.expect(200);
    let session = token(&site.app.log_in("ann", NEW_PASSWORD).await);
    // Whose account at the provider it was is not proved, so it has to be connected again.
    assert!(site.accounts_of(&session).await.is_empty());
    site.connect(&session, &doubtful).await.expect_detail(200, "Provider account connected");
    token(&site.log_in(&doubtful).await);
}

#[tokio::test]
async fn a_deletion_without_a_password_is_for_operators() {
    let site = site(|_| {}).await;
    let session = token(&site.log_in(&ann()).await);
    for body in [json!({}), json!({ "current_password": "" }), json!({ "current_password": null })] {
        let request = site.app.request_by(&session, "DELETE", "/auth/users/me/").json(&body);
        site.app.send(request).await.expect(400);
    }
    assert_eq!(site.app.users().await.len(), 1);
    // With a first password, the user deletes the account, and the provider account goes with it.
    site.app.advance(60);
    let link = site.app.reset_link("ann").await;
    site.app.reset(&link, NEW_PASSWORD).await.expect(200);
    let session = token(&site.log_in(&ann()).await);
    let body = json!({ "current_password": NEW_PASSWORD });
    assert_eq!(site.app.send(site.app.request_by(&session, "DELETE", "/auth/users/me/").json(&body)).await.status, 204);
    assert_eq!(site.app.lines("SELECT CAST(count(*) AS TEXT) AS line FROM provider_accounts"), ["0"]);
}
