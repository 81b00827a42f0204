//! Login by an address that nobody has proved, where the site lets unverified users in.

use countersign::UserId;
use countersign::settings::LoginField;
use serde_json::{Value, json};

use super::REFUSED;
use crate::support::accounts::{NEW_PASSWORD, paths};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

const OTHER: &str = "Velvet-Comet-77";
const ADDRESS: &str = "ann@mail.example";

async fn app(fields: &[LoginField]) -> TestApp {
    TestApp::with(|settings| {
        settings.login.fields = fields.to_vec();
        settings.login.require_verified = false;
        settings.users.conceal_emails = false;
    })
    .await
}

/// Registers with [`ADDRESS`] and gives the id.
async fn claim(app: &TestApp, username: &str, password: &str) -> String {
    let body = json!({ "email": ADDRESS, "password": password, "password_confirm": password });
    app.register(username, body).await.expect(201)["id"].as_str().expect("an id").to_owned()
}

async fn id_of(app: &TestApp, answer: &Answer) -> Value {
    let token = answer.expect(200)["token"].as_str().expect("a token").to_owned();
    app.get_by(&token, paths::PROFILE).await.expect(200)["id"].clone()
}

#[tokio::test]
async fn who_has_just_registered_logs_in_by_address() {
    for fields in [&[LoginField::Email][..], &[LoginField::Username, LoginField::Email]] {
        let app = app(fields).await;
        let ann = claim(&app, "ann", PASSWORD).await;
        for typed in [ADDRESS, "ANN@Mail.Example"] {
            assert_eq!(id_of(&app, &app.log_in(typed, PASSWORD).await).await, json!(ann));
        }
        app.log_in(ADDRESS, OTHER).await.expect_detail(400, REFUSED);
    }
}

#[tokio::test]
async fn a_later_claim_does_not_displace_an_earlier_one_and_proving_does() {
    let app = app(&[LoginField::Email]).await;
    let ann = claim(&app, "ann", PASSWORD).await;
    app.advance(1);
    let bob = claim(&app, "bob", OTHER).await;
    assert_eq!(id_of(&app, &app.log_in(ADDRESS, PASSWORD).await).await, json!(ann));
    app.log_in(ADDRESS, OTHER).await.expect_detail(400, REFUSED);

    let mails = app.mails().await;
    app.verify(&mails[1].link()).await.expect(200);
    assert_eq!(id_of(&app, &app.log_in(ADDRESS, OTHER).await).await, json!(bob));
    app.log_in(ADDRESS, PASSWORD).await.expect_detail(400, REFUSED);
    // The owner keeps the address when disabled.
    app.store().disable_user(UserId::from_stored(&bob), app.now()).await.expect("it answers");
    for password in [PASSWORD, OTHER] {
        app.log_in(ADDRESS, password).await.expect_detail(400, REFUSED);
    }
}

#[tokio::test]
async fn a_disabled_claim_makes_way_for_the_next() {
    let app = app(&[LoginField::Email]).await;
    let ann = claim(&app, "ann", PASSWORD).await;
    app.advance(1);
    let bob = claim(&app, "bob", OTHER).await;
    app.store().disable_user(UserId::from_stored(&ann), app.now()).await.expect("it answers");
    app.log_in(ADDRESS, PASSWORD).await.expect_detail(400, REFUSED);
    assert_eq!(id_of(&app, &app.log_in(ADDRESS, OTHER).await).await, json!(bob));
}

#[tokio::test]
async fn a_claim_takes_nobody_s_username_over() {
    let app = app(&[LoginField::Username, LoginField::Email]).await;
    let body = json!({ "email": "bob@mail.example" });
    let bob = app.register(ADDRESS, body).await.expect(201)["id"].clone();
    let mallory = claim(&app, "mallory", OTHER).await;
    assert_eq!(id_of(&app, &app.log_in(ADDRESS, PASSWORD).await).await, bob);
    assert_eq!(id_of(&app, &app.log_in(ADDRESS, OTHER).await).await, json!(mallory));
}

#[tokio::test]
async fn an_address_that_verified_users_share_names_no_claim_either() {
    let app = TestApp::with(|settings| {
        settings.login.fields = vec![LoginField::Email];
        settings.login.require_verified = false;
        settings.users.email_unique = false;
    })
    .await;
    for name in ["ann", "bob"] {
        claim(&app, name, PASSWORD).await;
        app.verify(&app.link().await).await.expect(200);
    }
    claim(&app, "cyd", OTHER).await;
    for password in [PASSWORD, OTHER] {
        app.log_in(ADDRESS, password).await.expect_detail(400, REFUSED);
    }
}

#[tokio::test]
async fn where_claimants_do_not_log_in_a_reset_link_goes_to_the_newest() {
    let app = TestApp::with(|settings| settings.login.fields = vec![LoginField::Email]).await;
    claim(&app, "ann", PASSWORD).await;
    app.advance(1);
    let bob = claim(&app, "bob", OTHER).await;
    app.mails().await;
    assert_eq!(app.reset_link(ADDRESS).await.user_id, bob);
}

#[tokio::test]
async fn claimed_owned_and_unknown_addresses_cost_the_same() {
    let app = app(&[LoginField::Email]).await;
    claim(&app, "ann", PASSWORD).await;
    app.advance(1);
    claim(&app, "bob", OTHER).await;
    app.verified("cyd").await;
    let mut costs = Vec::new();
    for login in [ADDRESS, "cyd@mail.example", "nobody@mail.example", "no address"] {
        let before = (app.accounts().hasher().hashes_done(), app.store().statements_run());
        app.log_in(login, "Wrong-Lantern-9").await.expect_detail(400, REFUSED);
        let after = (app.accounts().hasher().hashes_done(), app.store().statements_run());
        costs.push((after.0 - before.0, after.1 - before.1));
    }
    assert!(costs.iter().all(|cost| *cost == costs[0] && cost.0 == 1), "{costs:?}");
}

#[tokio::test]
async fn a_later_claim_gets_neither_the_reset_nor_the_new_link_of_who_logs_in() {
    let app = app(&[LoginField::Email]).await;
    let ann = claim(&app, "ann", PASSWORD).await;
    app.advance(1);
    claim(&app, "mallory", OTHER).await;
    app.mails().await;
    let link = app.reset_link(ADDRESS).await;
    app.reset(&link, NEW_PASSWORD).await.expect(200);
    assert_eq!(id_of(&app, &app.log_in(ADDRESS, NEW_PASSWORD).await).await, json!(ann));
}

#[tokio::test]
async fn a_new_link_proves_the_account_that_logs_in() {
    let app = app(&[LoginField::Email]).await;
    let ann = claim(&app, "ann", PASSWORD).await;
    app.advance(1);
    claim(&app, "mallory", OTHER).await;
    app.mails().await;
    app.resend(ADDRESS).await.expect(200);
    app.verify(&app.link().await).await.expect(200);
    assert_eq!(id_of(&app, &app.log_in(ADDRESS, PASSWORD).await).await, json!(ann));
    app.log_in(ADDRESS, OTHER).await.expect_detail(400, REFUSED);
}

#[tokio::test]
async fn a_username_spelt_like_an_unproved_address_locks_nobody_out() {
    let app = TestApp::with(|settings| {
        settings.login.fields = vec![LoginField::Username, LoginField::Email];
        settings.login.require_verified = false;
    })
    .await;
    let ann = claim(&app, "ann", PASSWORD).await;
    let other = json!({ "email": "m@mail.example", "password": OTHER, "password_confirm": OTHER });
    let mallory = app.register(ADDRESS, other).await.expect(201)["id"].clone();
    assert_eq!(id_of(&app, &app.log_in(ADDRESS, PASSWORD).await).await, json!(ann));
    assert_eq!(id_of(&app, &app.log_in(ADDRESS, OTHER).await).await, mallory);
}

#[tokio::test]
async fn a_disabled_claimant_swallows_no_reset() {
    for requires_verified in [true, false] {
        let app = TestApp::with(|settings| {
            settings.login.fields = vec![LoginField::Username, LoginField::Email];
            settings.login.require_verified = requires_verified;
        })
        .await;
        let mut ids = Vec::new();
        for username in ["first", "ann", "last"] {
            ids.push(claim(&app, username, PASSWORD).await);
            app.advance(1);
        }
        for disabled in [&ids[0], &ids[2]] {
            app.store().disable_user(UserId::from_stored(disabled), app.now()).await.expect("it answers");
        }
        app.mails().await;
        let link = app.reset_link(ADDRESS).await;
        app.reset(&link, NEW_PASSWORD).await.expect(200);
        assert_eq!(id_of(&app, &app.log_in("ann", NEW_PASSWORD).await).await, json!(ids[1]));
    }
}
