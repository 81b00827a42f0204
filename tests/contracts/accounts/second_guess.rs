//! What a stranger might try after a registration, to learn whether the address was taken.

use std::collections::BTreeSet;

use countersign::clock::Seconds;
use countersign::identity::Username;
use countersign::internals::EmailSharing;
use countersign::settings::LoginField;
use countersign::{Settings, UserId};
use futures_util::future::join_all;
use serde_json::json;

use crate::support::accounts::NEW_PASSWORD as OTHER;
use crate::support::accounts::paths;
use crate::support::limits::three_guesses;
use crate::support::test_app::PASSWORD;
use crate::support::{Link, TestApp};

/// A password that is neither of the others.
const THIRD: &str = "Copper-Meadow-58";

/// Registers `username` with ann's address, which is taken, or with one that is free.
async fn registered_with(app: &TestApp, username: &str, email: &str) {
    app.register(username, json!({ "email": email })).await.expect(201);
}

#[tokio::test]
async fn the_username_is_gone_either_way() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    registered_with(&app, "taken", &ann.email).await;
    registered_with(&app, "free", "nobody@mail.example").await;
    for username in ["taken", "free"] {
        let again = app.register(username, json!({ "email": "other@mail.example" })).await.expect(400);
        assert_eq!(again, json!({ "username": ["A user with that username already exists."] }), "{username}");
    }
}

#[tokio::test]
async fn it_stays_gone_as_long_either_way() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    registered_with(&app, "taken", &ann.email).await;
    registered_with(&app, "free", "nobody@mail.example").await;
    for (days, status) in [(1, 400), (28, 400), (2, 201)] {
        app.advance(days * 86_400);
        app.accounts().purge_unverified().await.expect("it answers");
        for username in ["taken", "free"] {
            app.register(username, json!({ "email": "other@mail.example" })).await.expect(status);
        }
    }
}

/// When a username that a stranger planted becomes free: the address has an owner, or none, or gets one later.
#[tokio::test]
async fn of_two_thousand_planted_names_each_becomes_free_when_its_twins_do() {
    const TRIPLES: usize = 667;
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let late = app.registered("late").await;
    app.deliver().await;
    let app = &app;
    let plant = |name: String, email: String| async move {
        app.register(&name, json!({ "email": email })).await.expect(201);
        name
    };
    let mut triples = Vec::new();
    for number in 0..TRIPLES {
        triples.push(
            join_all([
                plant(format!("owned{number}"), ann.email.clone()),
                plant(format!("free{number}"), format!("free{number}@mail.example")),
                plant(format!("late{number}"), late.email.clone()),
            ])
            .await,
        );
        app.advance(37);
    }
    app.verify(&Link::parse(&app.signed(&late.id, app.now().unix_seconds()))).await.expect(200);

    let is_taken = async |name: &str| {
        let username = Username::parse(name).expect("a username");
        app.accounts().look_up_taken(Some(&username), None).await.expect("it answers").username
    };
    let mut freed = vec![None; TRIPLES];
    app.advance(30 * 86_400 - 37 * TRIPLES as u64 - 3_600);
    for moment in 0..40 {
        app.advance(911);
        if moment % 2 == 0 {
            app.accounts().purge_unverified().await.expect("it answers");
            app.accounts().purge_sessions().await.expect("it answers");
        }
        for (triple, freed) in triples.iter().zip(&mut freed).filter(|(_, freed)| freed.is_none()) {
            let taken = join_all(triple.iter().map(|name| is_taken(name))).await;
            assert!(taken.iter().all(|is_taken| *is_taken == taken[0]), "{triple:?} at {moment}: {taken:?}");
            if !taken[0] {
                *freed = Some(moment);
            }
        }
    }
    let moments: BTreeSet<_> = freed.into_iter().map(|moment| moment.expect("all are free in the end")).collect();
    assert!(moments.len() > 10, "they were planted over seven hours: {moments:?}");
}

#[tokio::test]
async fn neither_other_settings_nor_a_disabled_account_tell_the_twins_apart() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    registered_with(&app, "taken", &ann.email).await;
    registered_with(&app, "free", "nobody@mail.example").await;
    let day = Seconds::new(86_400);
    let statuses = async |app: &TestApp, days: Option<u64>, status: u16| {
        let app = app
            .sibling(|settings| settings.users.purge_unverified_after = days.map(|days| Seconds::new(days * day.get())))
            .await;
        app.accounts().purge_unverified().await.expect("it answers");
        for username in ["taken", "free"] {
            app.register(username, json!({ "email": "other@mail.example" })).await.expect(status);
        }
    };
    app.advance(31 * day.get());
    statuses(&app, Some(60), 400).await;
    statuses(&app, None, 400).await;
    statuses(&app, Some(10), 201).await;
}

#[tokio::test]
async fn not_even_the_right_password_tells_which_address_has_an_owner() {
    let app = TestApp::with(|settings| settings.login.fields = vec![LoginField::Username, LoginField::Email]).await;
    let ann = app.verified("ann").await;
    registered_with(&app, "taken", &ann.email).await;
    registered_with(&app, "free", "nobody@mail.example").await;
    // The order of claims within a second follows the wall clock, which this one does not.
    app.advance(1);
    let change = json!({ "password": OTHER, "password_confirm": OTHER, "email": ann.email });
    app.register("other", change).await.expect(201);
    let change = json!({ "password": OTHER, "password_confirm": OTHER, "email": "nobody@mail.example" });
    app.register("another", change).await.expect(201);
    for (one, other, password, code) in [
        ("taken", "free", PASSWORD, "email_not_verified"),
        ("taken", "free", OTHER, "login_invalid"),
        (ann.email.as_str(), "nobody@mail.example", OTHER, "login_invalid"),
    ] {
        for login in [one, other] {
            let request = app.request("POST", paths::LOGIN).header("accept", "application/problem+json");
            let told = app.send(request.json(&json!({ "login": login, "password": password }))).await.expect(400);
            assert_eq!(told["code"], code, "{login}");
        }
    }
}

#[tokio::test]
async fn the_first_claim_is_told_by_address_that_it_is_not_proved_whoever_has_the_address() {
    let app = TestApp::with(|settings| settings.login.fields = vec![LoginField::Email]).await;
    let ann = app.verified("ann").await;
    let claims = [(ann.email.as_str(), "mallory", "mallory2"), ("free@mail.example", "eve", "eve2")];
    for (email, first, second) in claims {
        let of = |password: &str| json!({ "email": email, "password": password, "password_confirm": password });
        app.register(first, of(OTHER)).await.expect(201);
        app.advance(1);
        app.register(second, of(THIRD)).await.expect(201);
    }
    let code_of = async |email: &str, password: &str| {
        let request = app.request("POST", paths::LOGIN).header("accept", "application/problem+json");
        let told = app.send(request.json(&json!({ "login": email, "password": password }))).await.expect(400);
        told["code"].as_str().expect("a code").to_owned()
    };
    for (email, ..) in claims {
        assert_eq!(code_of(email, OTHER).await, "email_not_verified", "{email}");
        assert_eq!(code_of(email, THIRD).await, "login_invalid", "{email}");
    }
    app.log_in(&ann.email, PASSWORD).await.expect(200);
    // A disabled owner, and a user who proves the address later, change nothing for the claim.
    app.store().disable_user(UserId::from_stored(&ann.id), app.now()).await.expect("it answers");
    let late = app.users().await.into_iter().find(|user| user.username.as_deref() == Some("eve2")).expect("a user");
    app.verify(&Link::parse(&app.signed(late.id.as_str(), app.now().unix_seconds()))).await.expect(200);
    for (email, ..) in claims {
        assert_eq!(code_of(email, OTHER).await, "email_not_verified", "{email}");
    }
    assert_eq!(code_of(&ann.email, PASSWORD).await, "login_invalid");
    app.log_in("free@mail.example", THIRD).await.expect(200);
}

#[tokio::test]
async fn guesses_at_a_claim_are_counted_alike_whoever_has_the_address() {
    let app = TestApp::with(|settings| {
        settings.login.fields = vec![LoginField::Email];
        three_guesses(settings);
    })
    .await;
    let ann = app.verified("ann").await;
    for (username, email) in [("mallory", ann.email.as_str()), ("eve", "claimed@mail.example")] {
        let claim = json!({ "email": email, "password": OTHER, "password_confirm": OTHER });
        app.register(username, claim).await.expect(201);
    }
    let mut seen = BTreeSet::new();
    for email in [ann.email.as_str(), "claimed@mail.example"] {
        let mut statuses = Vec::new();
        for password in
            [OTHER, "Wrong-Lantern-9", OTHER, "Wrong-Lantern-9", "Wrong-Lantern-9", "Wrong-Lantern-9", OTHER]
        {
            let answer = app.log_in(email, password).await;
            statuses.push((answer.status, answer.body));
        }
        seen.insert(statuses);
    }
    assert_eq!(seen.len(), 1, "{seen:?}");
    let statuses: Vec<u16> = seen.iter().flatten().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [400, 400, 400, 429, 429, 429, 429]);
}

#[tokio::test]
async fn logging_in_tells_nothing() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    registered_with(&app, "taken", &ann.email).await;
    registered_with(&app, "free", "nobody@mail.example").await;
    for username in ["taken", "free"] {
        app.log_in(username, PASSWORD).await.expect_detail(400, "Login or password invalid.");
    }
}

#[tokio::test]
async fn where_users_are_active_at_once_a_taken_address_is_told_and_no_riddle() {
    for change in [
        |settings: &mut Settings| settings.login.require_verified = false,
        |settings: &mut Settings| settings.registration.verification = false,
    ] {
        let app = TestApp::with(change).await;
        let ann = app.registered("ann").await;
        app.accounts()
            .store()
            .mark_verified(UserId::from_stored(&ann.id), app.now(), EmailSharing::Unique, None)
            .await
            .expect("it answers");
        let told = app.register("bob", json!({ "email": ann.email })).await.expect(400);
        assert_eq!(told, json!({ "email": ["user with this email address already exists."] }));
        assert_eq!(app.users().await.len(), 1);
    }
}

#[tokio::test]
async fn the_owner_gets_one_mail_and_no_link() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    registered_with(&app, "taken", &ann.email).await;
    let mail = app.mail().await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        (ann.email.as_str(), "You already have an account at Tea & Co")
    );
    app.resend(&ann.email).await.expect(200);
    assert!(app.mails().await.is_empty(), "who has the address needs no other link to it");
    assert_eq!(app.user(&ann.id).await.email, Some(ann.email));
}
