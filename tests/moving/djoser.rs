//! Links of djoser, posted to its contract.

use countersign::Settings;
use serde_json::{Value, json};

use super::old_site::{ANN, BOB, CLEO, OLD_SITE, TURTLE, Token, UNKNOWN, altered, disable, moved_in};
use crate::support::djoser::paths;
use crate::support::{Answer, TestApp};

const NEW_PASSWORD: &str = "Velvet-Comet-77";
const INVALID: &str = "Invalid token for given user.";
/// The largest offset of a time zone, and the allowed clock skew.
const FURTHEST_AHEAD: i64 = 14 * 3_600 + 60;

fn serving(settings: &mut Settings) {
    settings.contracts.djoser.enabled = true;
    settings.contracts.djoser.username_reset_confirm_url =
        Some(countersign::links::FrontendUrl::parse("https://app.example/username/{uid}/{token}").expect("a URL"));
}

async fn post(app: &TestApp, path: &str, link: &Token, other: Value) -> Answer {
    let mut body = json!({ "uid": link.uid, "token": link.token });
    let Value::Object(other) = other else { panic!("{other} is no object") };
    body.as_object_mut().expect("it is one").extend(other);
    app.djoser().post(path, &body).await
}

async fn activate(app: &TestApp, link: &Token) -> Answer {
    post(app, paths::ACTIVATION, link, json!({})).await
}

async fn reset(app: &TestApp, link: &Token) -> Answer {
    post(app, paths::RESET_PASSWORD_CONFIRM, link, json!({ "new_password": NEW_PASSWORD })).await
}

async fn rename(app: &TestApp, link: &Token) -> Answer {
    post(app, paths::RESET_USERNAME_CONFIRM, link, json!({ "new_username": "renamed" })).await
}

#[track_caller]
fn expect_invalid(answer: &Answer) {
    assert_eq!(answer.expect(400), json!({ "token": [INVALID] }));
}

#[tokio::test]
async fn an_activation_link_verifies_its_user_once() {
    let app = moved_in(serving).await;
    let link = OLD_SITE.token("django", CLEO);
    assert_eq!(activate(&app, &link).await.status, 204);
    assert_eq!(app.user(CLEO).await.verified_at, Some(app.now()));
    activate(&app, &link).await.expect_detail(403, "Stale token for given user.");
}

#[tokio::test]
async fn an_activation_link_resets_nothing() {
    let app = moved_in(serving).await;
    let link = OLD_SITE.token("django", CLEO);
    expect_invalid(&reset(&app, &link).await);
    expect_invalid(&rename(&app, &link).await);
    app.advance(1);
    assert_eq!(activate(&app, &link).await.status, 204);
    expect_invalid(&reset(&app, &link).await);
    expect_invalid(&rename(&app, &link).await);
}

#[tokio::test]
async fn a_reset_link_sets_a_password_once() {
    for id in [ANN, BOB, TURTLE] {
        let app = moved_in(serving).await;
        let link = OLD_SITE.token("django", id);
        assert_eq!(reset(&app, &link).await.status, 204, "{id}");
        let username = app.user(id).await.username.expect("there is one");
        let credentials = json!({ "username": username, "password": NEW_PASSWORD });
        app.djoser().post(paths::LOGIN, &credentials).await.expect(200);
        expect_invalid(&reset(&app, &link).await);
        expect_invalid(&rename(&app, &link).await);
    }
}

#[tokio::test]
async fn a_username_link_renames_its_user_once() {
    let app = moved_in(serving).await;
    let link = OLD_SITE.token("django", BOB);
    assert_eq!(rename(&app, &link).await.status, 204);
    assert_eq!(app.user(BOB).await.username.as_deref(), Some("renamed"));
    expect_invalid(&rename(&app, &link).await);
    expect_invalid(&reset(&app, &link).await);
}

#[tokio::test]
async fn a_login_ends_a_link_as_it_did_there() {
    let app = moved_in(serving).await;
    app.execute("UPDATE users SET last_login_at = 1700000000 WHERE id = '1'");
    expect_invalid(&reset(&app, &OLD_SITE.token("django", ANN)).await);
}

#[tokio::test]
async fn a_link_dies_with_a_new_password() {
    let app = moved_in(serving).await;
    app.ask_for_reset("ann").await.expect(200);
    let own = app.link().await;
    app.reset(&own, NEW_PASSWORD).await.expect(200);
    expect_invalid(&reset(&app, &OLD_SITE.token("django", ANN)).await);
    // The hash as it was does not revive it.
    let hash = &OLD_SITE.users[0].password;
    app.execute(&format!("UPDATE users SET password_hash = '{hash}' WHERE id = '1'"));
    expect_invalid(&reset(&app, &OLD_SITE.token("django", ANN)).await);
}

#[tokio::test]
async fn links_live_three_days() {
    let app = moved_in(serving).await;
    app.advance(259_200);
    assert_eq!(activate(&app, &OLD_SITE.token("django", CLEO)).await.status, 204);
    assert_eq!(reset(&app, &OLD_SITE.token("django", ANN)).await.status, 204);
    app.advance(1);
    expect_invalid(&reset(&app, &OLD_SITE.token("django", BOB)).await);
    expect_invalid(&rename(&app, &OLD_SITE.token("django", BOB)).await);
}

#[tokio::test]
async fn links_hold_the_local_time_of_the_old_site() {
    let app = moved_in(|settings| {
        serving(settings);
        settings.moving.djoser.utc_offset_seconds = 7_200;
    })
    .await;
    app.advance(259_200 - 7_200);
    assert_eq!(reset(&app, &OLD_SITE.token("django", ANN)).await.status, 204);
    app.advance(1);
    expect_invalid(&reset(&app, &OLD_SITE.token("django", BOB)).await);
}

#[tokio::test]
async fn a_link_from_further_ahead_than_any_time_zone_is_refused() {
    let app = moved_in(serving).await;
    let ahead = |seconds, id| OLD_SITE.token_with("present", seconds, "django", id);
    expect_invalid(&activate(&app, &ahead(FURTHEST_AHEAD + 1, CLEO)).await);
    expect_invalid(&reset(&app, &ahead(FURTHEST_AHEAD + 1, ANN)).await);
    assert_eq!(activate(&app, &ahead(FURTHEST_AHEAD, CLEO)).await.status, 204);
    assert_eq!(reset(&app, &ahead(FURTHEST_AHEAD, ANN)).await.status, 204);
}

#[tokio::test]
async fn the_key_decides_who_signed() {
    for (key, status) in [("fallback", 204), ("other", 400)] {
        let app = moved_in(serving).await;
        let of = |id| OLD_SITE.token_with(key, 0, "django", id);
        assert_eq!(activate(&app, &of(CLEO)).await.status, status);
        assert_eq!(reset(&app, &of(ANN)).await.status, status);
        assert_eq!(rename(&app, &of(BOB)).await.status, status);
    }
}

#[tokio::test]
async fn a_link_that_is_not_exactly_the_one_mailed_changes_nothing() {
    let app = moved_in(serving).await;
    let stored = format!("{:?}", app.users().await);
    let link = OLD_SITE.token("django", ANN);
    let mut others: Vec<Token> =
        altered(&link.token).into_iter().map(|token| Token { token, ..link.clone() }).collect();
    // "MQ" is ann's; the others are those of other users, and of an unknown one.
    others.extend(["Mg", "Mw", "NDA", "OQ"].map(|uid| Token { uid: uid.to_owned(), ..link.clone() }));
    others.push(OLD_SITE.token("allauth", ANN));
    for other in &others {
        for answer in [activate(&app, other).await, reset(&app, other).await, rename(&app, other).await] {
            assert_eq!(answer.status, 400, "{} {}: {answer:?}", other.uid, other.token);
        }
    }
    assert_eq!(format!("{:?}", app.users().await), stored);
}

#[tokio::test]
async fn no_link_serves_a_disabled_user() {
    let app = moved_in(serving).await;
    for id in [ANN, CLEO] {
        disable(app.accounts(), id).await;
    }
    expect_invalid(&activate(&app, &OLD_SITE.token("django", CLEO)).await);
    expect_invalid(&reset(&app, &OLD_SITE.token("django", ANN)).await);
    expect_invalid(&rename(&app, &OLD_SITE.token("django", ANN)).await);
}

#[tokio::test]
async fn only_users_who_moved_have_old_links() {
    let app = moved_in(serving).await;
    app.execute("DELETE FROM moved_users WHERE user_id = '1'");
    expect_invalid(&reset(&app, &OLD_SITE.token("django", ANN)).await);
    let unknown = Token { uid: "OQ".to_owned(), user_id: UNKNOWN.to_owned(), ..OLD_SITE.token("django", ANN) };
    expect_invalid(&reset(&app, &unknown).await);
}

#[tokio::test]
async fn an_old_link_is_none_at_another_contract() {
    let app = moved_in(|settings| {
        serving(settings);
        settings.moving.djoser.secrets.clear();
    })
    .await;
    expect_invalid(&reset(&app, &OLD_SITE.token("django", ANN)).await);
    expect_invalid(&activate(&app, &OLD_SITE.token("django", CLEO)).await);
}
