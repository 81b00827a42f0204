//! A forgotten password.

use countersign::UserId;
use countersign::clock::Seconds;
use countersign::settings::LoginField;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::accounts::{COOKIE, NEW_PASSWORD, at_once, cookie, count};
use crate::support::test_app::PASSWORD;

const SENT: &str = "Reset link sent if the user exists in database";

#[tokio::test]
async fn who_reads_the_mail_sets_a_new_password_and_is_told_so() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    app.ask_for_reset(" ANN ").await.expect_detail(200, SENT);
    let mail = app.mail().await;
    assert_eq!(mail.to, ann.email);
    let answer = app.reset(&mail.link(), NEW_PASSWORD).await;
    answer.expect_detail(200, "Reset password successful");
    assert!(cookie(&answer, COOKIE).is_none(), "a link is no login");
    assert!(app.knows("ann", NEW_PASSWORD).await && !app.knows("ann", PASSWORD).await);
    let notice = app.mail().await;
    assert_eq!(
        (notice.to.as_str(), notice.subject.as_str()),
        (ann.email.as_str(), "Your password at Tea & Co was changed")
    );
}

#[tokio::test]
async fn strangers_hear_the_same_and_get_no_mail_unless_the_site_tells() {
    let app = TestApp::start().await;
    for login in ["stranger", "stranger@mail.example", "no name!", "x\u{200b}"] {
        app.ask_for_reset(login).await.expect_detail(200, SENT);
    }
    assert!(app.mails().await.is_empty());

    let open = TestApp::with(|settings| settings.reset_password.conceal_unknown = false).await;
    open.verified("ann").await;
    open.ask_for_reset("stranger").await.expect_detail(400, "User not found");
    open.ask_for_reset("ann").await.expect_detail(200, "Reset link sent");
    assert_eq!(open.mails().await.len(), 1);
}

#[tokio::test]
async fn where_it_is_switched_off_nothing_is_there() {
    let on = TestApp::start().await;
    on.verified("ann").await;
    let link = on.reset_link("ann").await;
    let app = on.sibling(|settings| settings.reset_password.enabled = false).await;
    app.ask_for_reset("ann").await.expect_detail(404, "Not found.");
    app.post_bytes(paths::SEND_RESET_LINK, "application/json", "{").await.expect_detail(404, "Not found.");
    app.reset(&link, NEW_PASSWORD).await.expect_detail(404, "Not found.");
    let broken = app.post_bytes(paths::RESET_PASSWORD, "application/json", "{").await.expect(400);
    assert!(broken["detail"].as_str().expect("a text").starts_with("JSON parse error - "), "before the switch");
    app.get(paths::RESET_PASSWORD).await.expect_detail(405, "Method \"GET\" not allowed.");
    assert!(on.knows("ann", PASSWORD).await);
}

#[tokio::test]
async fn by_email_works_whatever_the_site_logs_in_by() {
    for fields in [vec![LoginField::Username], vec![LoginField::Email]] {
        let app = TestApp::with(|settings| {
            settings.contracts.accounts.reset_password_by_email = true;
            settings.login.fields = fields;
        })
        .await;
        let ann = app.verified("ann").await;
        let missing = app.ask_for_reset("ann").await.expect(400);
        assert_eq!(missing, json!({ "email": ["This field is required."] }));
        for email in ["ann", "stranger@mail.example", "not an address"] {
            app.post_json(paths::SEND_RESET_LINK, &json!({ "email": email })).await.expect_detail(200, SENT);
        }
        assert!(app.mails().await.is_empty());
        let email = json!({ "email": ann.email.to_uppercase() });
        app.post_json(paths::SEND_RESET_LINK, &email).await.expect_detail(200, SENT);
        app.reset(&app.link().await, NEW_PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn an_address_goes_to_who_has_proved_it_else_to_the_newest() {
    let app = TestApp::with(|settings| settings.contracts.accounts.reset_password_by_email = true).await;
    let shared = json!({ "email": "shared@mail.example" });
    let first = app.register("first", shared.clone()).await.expect(201);
    app.advance(1);
    let second = app.register("second", shared.clone()).await.expect(201);
    let mails = app.mails().await;
    let ask = async || {
        app.post_json(paths::SEND_RESET_LINK, &shared).await.expect(200);
        Value::from(app.link().await.user_id)
    };
    assert_eq!(ask().await, second["id"]);
    let link = mails.iter().map(|mail| mail.link()).find(|link| first["id"] == link.user_id.as_str());
    app.verify(&link.expect("a link for the first")).await.expect(200);
    assert_eq!(ask().await, first["id"]);
}

#[tokio::test]
async fn a_link_works_for_a_day_and_not_a_second_longer() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let link = app.reset_link("ann").await;
    app.advance(86_401);
    app.reset(&link, NEW_PASSWORD).await.expect_detail(400, "Signature expired");
    assert!(app.knows("ann", PASSWORD).await);
    let link = app.reset_link("ann").await;
    app.advance(86_400);
    app.reset(&link, NEW_PASSWORD).await.expect(200);

    let short = app.sibling(|settings| settings.reset_password.expires_after = Seconds::new(60)).await;
    app.mails().await;
    let link = app.reset_link("ann").await;
    app.advance(61);
    short.reset(&link, PASSWORD).await.expect_detail(400, "Signature expired");
}

#[tokio::test]
async fn whatever_is_changed_in_a_claim_it_is_refused_and_the_password_is_not_looked_at() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let bob = app.verified("bob").await;
    let link = app.reset_link("ann").await;
    let good = link.claim();
    let zeros = "0".repeat(64);
    for (field, value) in [
        ("user_id", json!(bob.id)),
        ("user_id", json!("1")),
        ("user_id", json!(ann.id.to_uppercase())),
        ("user_id", json!("00000000-0000-7000-8000-000000000000")),
        ("user_id", json!("x".repeat(5_000))),
        ("timestamp", json!(1_700_000_001)),
        ("timestamp", json!(0)),
        ("timestamp", json!(-1)),
        ("timestamp", json!("9".repeat(900))),
        ("signature", json!(zeros)),
        ("signature", json!(link.signature.to_uppercase())),
        ("signature", json!(link.signature[..63])),
        ("signature", json!(format!("{}0", link.signature))),
        ("signature", json!("=")),
    ] {
        let mut claim = good.clone();
        claim[field] = value.clone();
        for password in [NEW_PASSWORD, "short"] {
            claim["password"] = json!(password);
            let answer = app.post_json(paths::RESET_PASSWORD, &claim).await;
            answer.expect_detail(400, "Invalid signature");
        }
    }
    assert!(app.knows("ann", PASSWORD).await);
    app.reset(&link, NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn links_for_something_else_reset_nothing() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    let verification = app.link().await;
    app.reset(&verification, NEW_PASSWORD).await.expect_detail(400, "Invalid signature");
    app.verify(&verification).await.expect(200);
    let (_, token) = app.somebody("bob").await;
    let email = app.email_link(&token, "bob2@mail.example").await;
    app.reset(&email, NEW_PASSWORD).await.expect_detail(400, "Invalid signature");
    let reset = app.reset_link("bob").await;
    app.verify(&reset).await.expect_detail(400, "Invalid signature");
    let mut as_email = reset.clone();
    as_email.email = Some("bob2@mail.example".to_owned());
    app.verify_email(&as_email).await.expect_detail(400, "Invalid signature");
    app.reset(&reset, NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn where_it_must_be_repeated_it_must_be_the_same() {
    let app = TestApp::with(|settings| settings.contracts.accounts.reset_password_confirm = true).await;
    app.verified("ann").await;
    let link = app.reset_link("ann").await;
    let missing = app.reset(&link, NEW_PASSWORD).await.expect(400);
    assert_eq!(missing, json!({ "password_confirm": ["This field is required."] }));
    let mut claim = link.claim();
    claim["password"] = json!(NEW_PASSWORD);
    claim["password_confirm"] = json!("other");
    let other = app.post_json(paths::RESET_PASSWORD, &claim).await.expect(400);
    assert_eq!(other, json!({ "password_confirm": ["Passwords don't match"] }));
    claim["password_confirm"] = json!(NEW_PASSWORD);
    app.post_json(paths::RESET_PASSWORD, &claim).await.expect(200);
}

#[tokio::test]
async fn who_uses_a_reset_link_has_proved_the_address() {
    let app = TestApp::with(|settings| settings.login.fields = vec![LoginField::Username, LoginField::Email]).await;
    let ann = app.registered("ann").await;
    let registration = app.link().await;
    let link = app.reset_link("ann").await;
    app.advance(60);
    app.reset(&link, NEW_PASSWORD).await.expect_detail(200, "Reset password successful");
    assert_eq!(app.user(&ann.id).await.verified_at, Some(app.now()));
    assert!(app.knows("ann", NEW_PASSWORD).await && app.knows(&ann.email, NEW_PASSWORD).await, "and owns it");
    app.verify(&registration).await.expect_detail(200, "User verified successfully");
    assert_eq!(app.mails().await.len(), 1, "the notice");
}

#[tokio::test]
async fn a_reset_makes_nobody_the_second_owner_of_an_address() {
    for require_verified in [true, false] {
        let app = TestApp::with(|settings| settings.login.require_verified = require_verified).await;
        let ann = app.registered("ann").await;
        app.mails().await;
        let link = app.reset_link("ann").await;
        let bob = app.register("bob", json!({ "email": ann.email })).await.expect(201);
        app.verify(&app.link().await).await.expect(200);
        let answer = app.reset(&link, NEW_PASSWORD).await;
        if require_verified {
            // The new password would let nobody in.
            answer.expect_detail(400, "This email is already registered.");
            assert!(app.mails().await.is_empty());
        } else {
            answer.expect_detail(200, "Reset password successful");
            assert!(app.knows("ann", NEW_PASSWORD).await);
        }
        assert_eq!(app.user(&ann.id).await.verified_at, None);
        assert!(app.user(bob["id"].as_str().expect("a text")).await.verified_at.is_some());
        assert_eq!(app.lines("SELECT owned_email_key AS line FROM users WHERE owned_email_key IS NOT NULL").len(), 1);
    }
}

#[tokio::test]
async fn of_resets_and_a_verification_for_one_address_at_once_one_owns_it() {
    for round in 0..4 {
        let app = TestApp::start().await;
        let email = format!("wanted{round}@mail.example");
        let mut resets = Vec::new();
        for number in 0..8 {
            app.register(&format!("user{number}"), json!({ "email": email })).await.expect(201);
            app.mails().await;
            resets.push(app.reset_link(&format!("user{number}")).await);
        }
        let answers = at_once(resets.iter().map(|link| app.reset(link, NEW_PASSWORD))).await;
        assert_eq!((count(&answers, 200), count(&answers, 400)), (1, 7), "{answers:?}");
        assert_eq!(app.lines("SELECT owned_email_key AS line FROM users WHERE owned_email_key IS NOT NULL"), [email]);
    }
}

#[tokio::test]
async fn a_reset_enables_nobody() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    app.mails().await;
    app.store().disable_user(UserId::from_stored(&ann.id), app.now()).await.expect("it answers");
    let link = app.reset_link("ann").await;
    app.reset(&link, NEW_PASSWORD).await.expect(200);
    let user = app.user(&ann.id).await;
    assert!(user.disabled_at.is_some() && user.verified_at.is_none() && !app.knows("ann", NEW_PASSWORD).await);
    app.mails().await;

    let bob = app.verified("bob").await;
    app.store().disable_user(UserId::from_stored(&bob.id), app.now()).await.expect("it answers");
    let link = app.reset_link("bob").await;
    app.reset(&link, NEW_PASSWORD).await.expect(200);
    assert!(app.user(&bob.id).await.disabled_at.is_some() && !app.knows("bob", NEW_PASSWORD).await);
}

#[tokio::test]
async fn the_link_of_a_deleted_user_is_as_good_as_forged() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let link = app.reset_link("ann").await;
    app.store().delete_user(UserId::from_stored(&ann.id)).await.expect("it answers");
    app.reset(&link, NEW_PASSWORD).await.expect_detail(400, "Invalid signature");
}
