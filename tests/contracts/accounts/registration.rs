//! People register.

mod concealed;
mod fields;
mod hooks;
mod mailable;
mod passwords;
mod taken;

use countersign::UserId;
use countersign::internals::Purged;
use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;

#[tokio::test]
async fn a_new_user_is_answered_with_the_profile_as_it_is_stored() {
    let app = TestApp::start().await;
    let names = json!({ "first_name": " Ann Mary ", "last_name": "O'Neill", "email": "Ann@Mail.EXAMPLE" });
    let answer = app.register("Ann", names).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));

    let user = app.users().await.remove(0);
    let expected = format!(
        r#"{{"id":"{}","username":"Ann","first_name":"Ann Mary","last_name":"O'Neill","email":"Ann@mail.example"}}"#,
        user.id
    );
    assert_eq!(answer.body, expected, "in this order of keys");
    assert_eq!((user.username.as_deref(), user.email.as_deref()), (Some("Ann"), Some("Ann@mail.example")));
    assert_eq!((user.first_name.as_str(), user.last_name.as_str()), ("Ann Mary", "O'Neill"));
    assert_eq!((user.created_at, user.verified_at, user.disabled_at), (app.now(), None, None));
    assert!(user.password_hash.expose().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    assert!(!answer.body.contains(PASSWORD));
}

#[tokio::test]
async fn each_language_of_the_contract_registers() {
    let app = TestApp::start().await;
    let body = |name: &str| TestApp::registration_of(name).to_string();
    app.post_bytes(paths::REGISTER, "application/json", body("ann")).await.expect(201);
    app.post_bytes(paths::REGISTER, "Application/JSON; charset=UTF-8", body("bob")).await.expect(201);

    let pairs = [("username", "cyd"), ("email", "cyd@mail.example"), ("password", PASSWORD)];
    let pairs = [pairs.as_slice(), &[("password_confirm", PASSWORD)]].concat();
    assert_eq!(app.post_form(paths::REGISTER, &pairs).await.expect(201)["username"], "cyd");

    let form = reqwest::multipart::Form::new().text("username", "żółć").text("email", "dan@mail.example");
    let form = form.text("password", PASSWORD).text("password_confirm", PASSWORD);
    let answer = app.send(app.request("POST", paths::REGISTER).multipart(form)).await;
    assert_eq!(answer.expect(201)["username"], "żółć");
    assert_eq!(app.rows().await, (4, 4));
}

#[tokio::test]
async fn what_nobody_may_set_is_ignored() {
    let app = TestApp::start().await;
    let hidden = json!({
        "id": 1, "is_active": true, "is_staff": true, "is_superuser": true, "verified_at": 1, "disabled_at": 1,
        "last_login": "2020-01-01", "groups": [1], "nothing": { "known": null },
    });
    let profile = app.register("ann", hidden).await.expect(201);
    assert_eq!(profile.as_object().expect("a profile").len(), 5);
    let user = app.users().await.remove(0);
    assert_eq!(user.id.as_str().len(), 36);
    assert_eq!((user.verified_at, user.disabled_at), (None, None));
}

#[tokio::test]
async fn of_duplicate_members_the_last_counts() {
    let app = TestApp::start().await;
    let body = TestApp::registration_of("ann").to_string().replacen('{', r#"{"username":"bob","password":[1],"#, 1);
    assert_eq!(app.post_bytes(paths::REGISTER, "application/json", body).await.expect(201)["username"], "ann");
}

#[tokio::test]
async fn a_username_is_folded_before_it_is_checked() {
    let app = TestApp::start().await;
    assert_eq!(app.register("ﬁn", json!({ "email": "fin@mail.example" })).await.expect(201)["username"], "fin");
    let answer = app.register("fin", json!({})).await.expect(400);
    assert_eq!(answer, json!({ "username": ["A user with that username already exists."] }));
}

#[tokio::test]
async fn who_has_no_address_cannot_be_verified() {
    let app = TestApp::start().await;
    for email in [json!(""), json!(" \t ")] {
        let answer = app.register("ann", json!({ "email": email })).await;
        answer.expect_detail(400, "User without email cannot be verified");
    }
    let pairs = [("username", "ann"), ("password", PASSWORD), ("password_confirm", PASSWORD)];
    app.post_form(paths::REGISTER, &pairs).await.expect_detail(400, "User without email cannot be verified");

    let null = app.register("ann", json!({ "email": null })).await.expect(400);
    assert_eq!(null, json!({ "email": ["This field may not be null."] }));
    let weak = app.register("ann", json!({ "email": "", "password": "short", "password_confirm": "x" })).await;
    assert_eq!(
        weak.expect(400).as_object().expect("fields").keys().collect::<Vec<_>>(),
        ["password", "password_confirm"]
    );
    assert_eq!(app.rows().await, (0, 0));
}

#[tokio::test]
async fn a_closed_registration_is_not_found_while_old_links_still_work() {
    let open = TestApp::start().await;
    open.registered("ann").await;
    let link = open.link().await;

    let closed = open.sibling(|settings| settings.registration.enabled = false).await;
    closed.register("bob", json!({})).await.expect_detail(404, "Not found.");
    closed.post_bytes(paths::REGISTER, "application/json", "{").await.expect_detail(404, "Not found.");
    closed.get(paths::REGISTER).await.expect_detail(405, "Method \"GET\" not allowed.");
    closed.verify(&link).await.expect(200);
}

#[tokio::test]
async fn without_verification_users_are_active_at_once_and_get_no_mail() {
    let app = TestApp::with(|settings| settings.registration.verification = false).await;
    let ann = app.registered("ann").await;
    assert_eq!(app.user(&ann.id).await.verified_at, Some(app.now()));
    let profile = app.register("bob", json!({ "email": "" })).await.expect(201);
    assert_eq!(profile["email"], "");
    assert_eq!(app.rows().await, (2, 0));

    let claim = json!({ "user_id": ann.id, "timestamp": 1_700_000_000, "signature": "0".repeat(64) });
    app.post_json(paths::VERIFY_REGISTRATION, &claim).await.expect_detail(404, "Not found.");
    app.resend(&ann.email).await.expect_detail(404, "Not found.");
    let broken = app.post_bytes(paths::VERIFY_REGISTRATION, "application/json", "{").await.expect(400);
    assert!(broken["detail"].as_str().expect("a text").starts_with("JSON parse error - "), "before the switch");
}

#[tokio::test]
async fn where_the_password_need_not_be_repeated_a_repetition_is_ignored() {
    let app = TestApp::with(|settings| settings.contracts.accounts.register_password_confirm = false).await;
    app.register("ann", json!({ "password_confirm": "another" })).await.expect(201);
    let body = json!({ "username": "bob", "email": "bob@mail.example", "password": PASSWORD });
    app.post_json(paths::REGISTER, &body).await.expect(201);
}

#[tokio::test]
async fn an_unverified_account_is_cleared_away_when_its_time_is_over() {
    const KEPT_FOR: u64 = 30 * 86_400;
    let app = TestApp::start().await;
    app.verified("bob").await;
    let ann = app.registered("ann").await;
    let link = app.link().await;

    app.advance(KEPT_FOR);
    assert_eq!(app.accounts().purge_unverified().await.expect("it answers").expired, 0);
    app.advance(1);
    assert_eq!(app.accounts().purge_unverified().await.expect("it answers").expired, 1);

    assert_eq!(app.users().await.len(), 1, "whoever is verified stays");
    app.verify(&link).await.expect_detail(400, "Signature expired");
    let again = app.registered("ann").await;
    assert_ne!(ann.id, again.id);
}

#[tokio::test]
async fn whoever_has_logged_in_stays_when_the_address_must_be_proved_from_now_on() {
    let before = TestApp::with(|settings| settings.login.require_verified = false).await;
    let (ann, bob) = (before.registered("ann").await, before.registered("bob").await);
    before.log_in("ann", PASSWORD).await.expect(200);
    let owner = before.register("owner", json!({ "email": ann.email })).await.expect(201)["id"].clone();
    before.advance(31 * 86_400);
    let after = before.sibling(|settings| settings.users.conceal_emails = false).await;
    after
        .accounts()
        .administration()
        .verify_user(&UserId::from_stored(owner.as_str().expect("text")))
        .await
        .expect("it is there");
    after.advance(86_401);
    let purged = after.accounts().purge_unverified().await.expect("it answers");
    assert_eq!((purged.expired, purged.outrun), (1, 0));
    let left: Vec<String> = after.users().await.iter().map(|user| user.id.to_string()).collect();
    assert!(left.contains(&ann.id) && !left.contains(&bob.id), "{left:?}");
}

#[tokio::test]
async fn where_unverified_users_may_log_in_none_is_cleared_away() {
    let app = TestApp::with(|settings| settings.login.require_verified = false).await;
    let ann = app.registered("ann").await;
    let link = app.link().await;
    app.log_in("ann", PASSWORD).await.expect(200);
    // Somebody else proves the address of another one in use.
    app.registered("bob").await;
    app.mails().await;
    app.register("owner", json!({ "email": "bob@mail.example" })).await.expect(201);
    let owners = app.mails().await.pop().expect("it was mailed").link();
    app.verify(&owners).await.expect(200);
    app.advance(365 * 86_400);
    assert_eq!(app.accounts().purge_unverified().await.expect("it answers"), Purged::default());
    assert_eq!(app.users().await.len(), 3);
    app.verify(&link).await.expect_detail(400, "Signature expired");
    app.log_in("ann", PASSWORD).await.expect(200);
    // Another link is mailed, as the account stays.
    app.post_json(paths::RESEND_VERIFICATION, &json!({ "email": ann.email })).await.expect(200);
    app.verify(&app.link().await).await.expect(200);
}

#[tokio::test]
async fn a_disabled_account_is_never_cleared_away() {
    let app = TestApp::start().await;
    for name in ["mallory", "oscar"] {
        let user = app.registered(name).await;
        app.store().disable_user(UserId::from_stored(&user.id), app.now()).await.expect("it answers");
    }
    // Somebody else proves the address that one of them claims.
    app.register("ann", json!({ "email": "oscar@mail.example" })).await.expect(201);
    let link = app.mails().await.pop().expect("it was mailed").link();
    app.verify(&link).await.expect(200);

    app.advance(365 * 86_400);
    app.accounts().purge_unverified().await.expect("it answers");
    assert_eq!(app.users().await.len(), 3);
    app.register("mallory", json!({ "email": "other@mail.example" })).await.expect(400);
}

#[tokio::test]
async fn unverified_accounts_stay_where_the_settings_say_so() {
    let app = TestApp::with(|settings| settings.users.purge_unverified_after = None).await;
    app.registered("ann").await;
    app.advance(10 * 365 * 86_400);
    assert_eq!(app.accounts().purge_unverified().await.expect("it answers").expired, 0);
    assert_eq!(app.users().await.len(), 1);
}
