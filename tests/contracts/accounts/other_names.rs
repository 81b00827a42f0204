//! What a stranger might try under other names, to learn whether an address has an account.

use countersign::settings::LoginField;
use countersign::{Settings, UserId};
use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::limits::unreached;
use crate::support::test_app::PASSWORD;

const WRONG: &str = "Wrong-Lantern-9";
const STRANGERS: &str = "Velvet-Comet-77";
/// The addresses of a verified user and of an unverified one, and an address that no user has.
const ADDRESSES: [&str; 3] = ["ann@mail.example", "bea@mail.example", "nobody@mail.example"];

/// Users log in by either name, and ten wrong guesses from one network are looked at.
fn by_both_names(settings: &mut Settings) {
    settings.login.fields = vec![LoginField::Username, LoginField::Email];
    let none = unreached();
    let throttle = &mut settings.throttle;
    throttle.enabled = true;
    (throttle.register, throttle.login, throttle.send_reset_link) = (none, none, none);
    (throttle.account_login_anywhere, throttle.account_mails) = (none, none);
}

async fn inhabited(change: impl FnOnce(&mut Settings)) -> TestApp {
    let app = TestApp::with(|settings| {
        by_both_names(settings);
        change(settings);
    })
    .await;
    app.verified("ann").await;
    app.registered("bea").await;
    app.deliver().await;
    app.mails().await;
    app
}

/// Makes eleven guesses at one path and one at another, as the same client, and gives the last two statuses.
async fn guessed(app: &TestApp, first: (&str, &str), then: (&str, &str)) -> [u16; 2] {
    let guess = async |(path, login): (&str, &str)| {
        let body = json!({ "login": login, "password": WRONG, "email": "other@mail.example" });
        app.post_json(path, &body).await.status
    };
    for _ in 0..10 {
        assert_eq!(guess(first).await, 400);
    }
    [guess(first).await, guess(then).await]
}

#[tokio::test]
async fn guesses_under_another_spelling_or_elsewhere_do_not_tell_of_an_account() {
    for require_verified in [true, false] {
        let tagged = ADDRESSES.map(|address| address.replace('@', "+x@"));
        for (first, then) in
            [(paths::LOGIN, paths::LOGIN), (paths::CORRECT_EMAIL, paths::LOGIN), (paths::LOGIN, paths::CORRECT_EMAIL)]
        {
            let mut seen = Vec::new();
            for (address, tagged) in ADDRESSES.iter().zip(&tagged) {
                let app = inhabited(|settings| settings.login.require_verified = require_verified).await;
                let spelling = if first == then { tagged.as_str() } else { address };
                seen.push(guessed(&app, (first, spelling), (then, address)).await);
            }
            let all_alike = seen.iter().all(|statuses| *statuses == [429, 400]);
            assert!(all_alike, "{first} and then {then}, verified users only: {require_verified}: {seen:?}");
        }
    }
}

/// Registers `address` as the username of a stranger, who proves another address and forgets about mails so far.
async fn named_like(app: &TestApp, address: &str) -> UserId {
    let email = format!("stranger-{address}");
    let body = json!({ "email": email, "password": STRANGERS, "password_confirm": STRANGERS });
    let id = app.register(address, body).await.expect(201)["id"].as_str().expect("an id").to_owned();
    app.verify(&app.link().await).await.expect(200);
    UserId::from_stored(id)
}

#[tokio::test]
async fn who_has_an_address_as_username_does_not_learn_whether_it_is_anybodys() {
    for require_verified in [true, false] {
        let app = inhabited(|settings| settings.login.require_verified = require_verified).await;
        let mut costs = Vec::new();
        for address in ADDRESSES {
            let stranger = named_like(&app, address).await;
            app.log_in(address, STRANGERS).await.expect(200);
            app.ask_for_reset(address).await.expect(200);
            let mailed = app.mails().await;
            assert!(mailed.iter().any(|mail| mail.to == format!("stranger-{address}")), "{address}");

            let before = (app.accounts().hasher().hashes_done(), app.store().statements_run());
            app.log_in(address, WRONG).await.expect(400);
            let after = (app.accounts().hasher().hashes_done(), app.store().statements_run());
            costs.push((after.0 - before.0, after.1 - before.1));
            assert!(app.user(stranger.as_str()).await.verified_at.is_some());
        }
        assert!(costs.iter().all(|cost| *cost == costs[0]), "{costs:?}");
    }
}

#[tokio::test]
async fn a_strangers_username_keeps_nobody_from_logging_in_by_address_or_asking_for_a_link() {
    let app = inhabited(|_| {}).await;
    let [ann, bea, _] = ADDRESSES;
    named_like(&app, ann).await;
    named_like(&app, bea).await;
    for _ in 0..12 {
        // All that the stranger's own account may be guessed at.
        app.log_in(&format!("stranger-{ann}"), WRONG).await;
    }
    app.log_in(ann, PASSWORD).await.expect(200);
    for address in [ann, bea] {
        app.ask_for_reset(address).await.expect(200);
        let to: Vec<_> = app.mails().await.into_iter().map(|mail| mail.to).collect();
        assert!(to.iter().any(|to| to == address), "{to:?}");
    }
}

#[tokio::test]
async fn who_has_the_own_address_as_username_logs_in_and_gets_one_link() {
    let app = inhabited(|_| {}).await;
    let address = "cyd@mail.example";
    app.register(address, json!({ "email": address })).await.expect(201);
    app.verify(&app.link().await).await.expect(200);
    app.log_in(address, PASSWORD).await.expect(200);
    app.ask_for_reset(address).await.expect(200);
    assert_eq!(app.mails().await.len(), 1);
    for _ in 0..10 {
        app.log_in(address, WRONG).await.expect(400);
    }
    assert_eq!(app.log_in(address, PASSWORD).await.status, 429);
}
