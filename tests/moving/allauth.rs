//! Links of dj-rest-auth and django-rest-auth, posted to their contracts.

use countersign::Settings;
use serde_json::json;

use super::old_site::{ANN, BOB, CLEO, OLD_SITE, TURTLE, Token, altered, disable, moved_in};
use crate::support::dj_rest_auth::paths;
use crate::support::endpoints::Contract;
use crate::support::{Answer, TestApp};

const NEW_PASSWORD: &str = "Velvet-Comet-77";
const KINDS: [&str; 2] = ["django", "allauth"];
/// The largest offset of a time zone, and the allowed clock skew.
const FURTHEST_AHEAD: i64 = 14 * 3_600 + 60;

fn serving(settings: &mut Settings) {
    settings.contracts.dj_rest_auth.enabled = true;
}

fn serving_the_older_one(settings: &mut Settings) {
    settings.contracts.django_rest_auth.enabled = true;
}

async fn confirm(app: &TestApp, key: &str) -> Answer {
    app.dj_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await
}

async fn reset(app: &TestApp, link: &Token) -> Answer {
    let Token { uid, token, .. } = link;
    let body = json!({ "uid": uid, "token": token, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD });
    app.dj_rest_auth().post(paths::RESET_PASSWORD_CONFIRM, &body).await
}

#[track_caller]
fn expect_invalid(answer: &Answer) {
    assert_eq!(answer.expect(400), json!({ "token": ["Invalid value"] }));
}

#[tokio::test]
async fn a_confirmation_key_verifies_its_user_once() {
    let app = moved_in(serving).await;
    confirm(&app, &OLD_SITE.key("4")).await.expect_detail(200, "ok");
    assert_eq!(app.user(CLEO).await.verified_at, Some(app.now()));
    confirm(&app, &OLD_SITE.key("4")).await.expect_detail(404, "Not found.");
}

#[tokio::test]
async fn a_used_key_is_accepted_by_the_older_package_as_before() {
    let app = moved_in(serving_the_older_one).await;
    for _ in 0..2 {
        let answer = app.django_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": OLD_SITE.key("4") })).await;
        answer.expect_detail(200, "ok");
    }
    assert!(app.user(CLEO).await.verified_at.is_some());
}

#[tokio::test]
async fn a_key_of_another_address_than_the_accounts_own_proves_nothing() {
    let app = moved_in(serving).await;
    app.execute("UPDATE users SET verified_at = NULL, owned_email_key = NULL WHERE id = '2'");
    confirm(&app, &OLD_SITE.key("3")).await.expect_detail(404, "Not found.");
    assert!(app.user(BOB).await.verified_at.is_none());
    confirm(&app, &OLD_SITE.key("2")).await.expect_detail(200, "ok");
}

#[tokio::test]
async fn keys_live_three_days() {
    let app = moved_in(serving).await;
    app.advance(259_201);
    confirm(&app, &OLD_SITE.key("4")).await.expect_detail(404, "Not found.");
    let app = moved_in(serving).await;
    app.advance(259_200);
    confirm(&app, &OLD_SITE.key("4")).await.expect_detail(200, "ok");
}

#[tokio::test]
async fn keys_of_others_and_from_the_future_are_refused() {
    let app = moved_in(serving).await;
    let mut refused = altered(&OLD_SITE.key("4"));
    refused.push(OLD_SITE.key_with("other", 0, "4"));
    refused.push(OLD_SITE.key_with("present", 61, "4"));
    for key in refused {
        confirm(&app, &key).await.expect_detail(404, "Not found.");
    }
    assert!(app.user(CLEO).await.verified_at.is_none());
    confirm(&app, &OLD_SITE.key_with("fallback", 60, "4")).await.expect_detail(200, "ok");
}

#[tokio::test]
async fn a_key_of_a_disabled_user_or_of_one_who_did_not_move_is_refused() {
    let app = moved_in(serving).await;
    disable(app.accounts(), CLEO).await;
    confirm(&app, &OLD_SITE.key("4")).await.expect_detail(404, "Not found.");
    let app = moved_in(serving).await;
    app.execute("DELETE FROM moved_users");
    confirm(&app, &OLD_SITE.key("4")).await.expect_detail(404, "Not found.");
    let app = moved_in(serving).await;
    app.execute("DELETE FROM moved_emails");
    confirm(&app, &OLD_SITE.key("4")).await.expect_detail(404, "Not found.");
}

#[tokio::test]
async fn a_reset_link_sets_a_password_once_with_and_without_allauth() {
    for kind in KINDS {
        for id in [ANN, BOB, CLEO, TURTLE] {
            let app = moved_in(serving).await;
            let link = OLD_SITE.token(kind, id);
            assert_eq!(reset(&app, &link).await.status, 200, "{kind} {id}");
            let username = app.user(id).await.username.expect("there is one");
            assert!(app.knows(&username, NEW_PASSWORD).await, "{kind} {id}");
            expect_invalid(&reset(&app, &link).await);
        }
    }
}

#[tokio::test]
async fn a_reset_link_in_the_path_works_as_well() {
    let app = moved_in(serving).await;
    let Token { uid, token, .. } = OLD_SITE.token("allauth", TURTLE);
    let path = format!("password/reset/confirm/{uid}/{token}/");
    let body = json!({ "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD });
    app.dj_rest_auth().post(&path, &body).await.expect(200);
    assert!(app.knows("żółw", NEW_PASSWORD).await);
}

#[tokio::test]
async fn old_mails_that_name_the_path_of_the_api_lead_to_the_page() {
    let app = moved_in(serving).await;
    let Token { uid, token, .. } = OLD_SITE.token("allauth", TURTLE);
    let key = OLD_SITE.key("4");
    for (path, part) in [
        (format!("registration/account-confirm-email/{key}/"), key.replace(':', "%3A")),
        (format!("password/reset/confirm/{uid}/{token}/"), token.clone()),
    ] {
        let answer = app.get(&app.path_of(Contract::DjRestAuth, &path)).await;
        assert_eq!(answer.status, 302, "{path}: {answer:?}");
        let page = answer.header("location").expect("it leads somewhere").replace(&key, &key.replace(':', "%3A"));
        assert!(page.contains(&part), "{page}");
    }
    assert!(app.user(CLEO).await.verified_at.is_none(), "a scanner confirms nothing");
}

#[tokio::test]
async fn the_older_package_takes_both_kinds_of_reset_links() {
    for kind in KINDS {
        let app = moved_in(serving_the_older_one).await;
        let Token { uid, token, .. } = OLD_SITE.token(kind, BOB);
        let body = json!({ "uid": uid, "token": token, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD });
        app.django_rest_auth().post(paths::RESET_PASSWORD_CONFIRM, &body).await.expect(200);
        assert!(app.knows("bob", NEW_PASSWORD).await, "{kind}");
    }
}

#[tokio::test]
async fn a_reset_link_that_is_not_exactly_the_one_mailed_changes_nothing() {
    for kind in KINDS {
        let app = moved_in(serving).await;
        let stored = format!("{:?}", app.users().await);
        let link = OLD_SITE.token(kind, TURTLE);
        let mut others: Vec<Token> =
            altered(&link.token).into_iter().map(|token| Token { token, ..link.clone() }).collect();
        // Other users, an unknown one, and the same user in the spelling of the other kind.
        let other_kind = OLD_SITE.token(if kind == "django" { "allauth" } else { "django" }, TURTLE);
        let uids = ["1", "2", "MQ", "Mg", "9", "OQ", other_kind.uid.as_str()];
        others.extend(uids.map(|uid| Token { uid: uid.to_owned(), ..link.clone() }));
        others.push(OLD_SITE.token_with("other", 0, kind, TURTLE));
        others.push(OLD_SITE.token_with("present", FURTHEST_AHEAD + 1, kind, TURTLE));
        for other in &others {
            let answer = reset(&app, other).await;
            assert_eq!(answer.status, 400, "{} {}: {answer:?}", other.uid, other.token);
        }
        assert_eq!(format!("{:?}", app.users().await), stored);
        let good = OLD_SITE.token_with("fallback", FURTHEST_AHEAD, kind, TURTLE);
        assert_eq!(reset(&app, &good).await.status, 200);
    }
}

#[tokio::test]
async fn reset_links_live_three_days_and_die_with_a_login_or_a_new_password() {
    for kind in KINDS {
        let app = moved_in(serving).await;
        app.advance(259_200);
        assert_eq!(reset(&app, &OLD_SITE.token(kind, ANN)).await.status, 200);
        app.advance(1);
        expect_invalid(&reset(&app, &OLD_SITE.token(kind, BOB)).await);

        let app = moved_in(serving).await;
        app.execute("UPDATE users SET last_login_at = 1700000000 WHERE id = '2'");
        expect_invalid(&reset(&app, &OLD_SITE.token(kind, BOB)).await);
        app.execute("UPDATE users SET link_secret = '00112233445566778899aabbccddeeff' WHERE id = '1'");
        expect_invalid(&reset(&app, &OLD_SITE.token(kind, ANN)).await);
    }
}

#[tokio::test]
async fn a_reset_link_of_allauth_is_bound_to_all_addresses() {
    let app = moved_in(serving).await;
    app.execute("DELETE FROM moved_emails WHERE id = '3'");
    expect_invalid(&reset(&app, &OLD_SITE.token("allauth", BOB)).await);
    assert_eq!(reset(&app, &OLD_SITE.token("django", BOB)).await.status, 200);
}

#[tokio::test]
async fn without_the_old_secret_no_old_link_works() {
    let app = moved_in(|settings| {
        serving(settings);
        settings.moving.allauth.secrets.clear();
    })
    .await;
    confirm(&app, &OLD_SITE.key("4")).await.expect_detail(404, "Not found.");
    for kind in KINDS {
        assert_eq!(reset(&app, &OLD_SITE.token(kind, BOB)).await.status, 400);
    }
}
