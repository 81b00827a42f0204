//! Whether an address is taken is its owner's business.

use serde_json::json;

use crate::support::test_app::PASSWORD;
use crate::support::{Answer, Link, TestApp};

/// What an answer shows besides the values that differ for everybody.
fn shape(answer: &Answer) -> (u16, Vec<String>, Vec<&str>) {
    let keys = answer.body.split('"').skip(1).step_by(4).map(str::to_owned).collect();
    let headers = answer.headers.iter().map(|(name, _)| name.as_str());
    (answer.status, keys, headers.filter(|name| *name != "date").collect())
}

#[tokio::test]
async fn a_taken_address_is_answered_like_a_free_one() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let ordinary = app.register("bob", json!({ "first_name": "B" })).await;
    let (users, _) = app.rows().await;
    for (username, email) in [("cyd", ann.email.clone()), ("dan", ann.email.to_uppercase())] {
        let concealed = app.register(username, json!({ "email": email, "first_name": "C" })).await;
        assert_eq!(shape(&concealed), shape(&ordinary));
        let profile = concealed.json();
        assert_eq!((&profile["username"], &profile["first_name"]), (&json!(username), &json!("C")));
        assert_eq!(profile["id"].as_str().map(str::len), Some(36));
        assert_ne!(profile["id"], json!(ann.id));
    }
    // Each holds its username, as the ordinary one does, and none has the address.
    assert_eq!(app.users().await.len(), users + 2);
    assert_eq!(app.lines("SELECT username AS line FROM users WHERE owned_email_key IS NOT NULL"), ["ann"]);
}

#[tokio::test]
async fn the_owner_hears_of_it_and_nobody_else_does() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let hash = app.user(&ann.id).await.password_hash;
    app.register("bob", json!({ "email": "ANN@mail.example", "first_name": "Mallory" })).await.expect(201);

    let mail = app.mail().await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        (ann.email.as_str(), "You already have an account at Tea & Co")
    );
    assert!(mail.text.contains("the address ann@mail.example, which already belongs to your account ann."));
    for part in [&mail.text, mail.html.as_ref().expect("an HTML part")] {
        assert!(!part.contains("http") && !part.contains("bob") && !part.contains("Mallory"), "{part}");
    }
    let user = app.user(&ann.id).await;
    assert_eq!(user.password_hash.expose(), hash.expose());
    assert_eq!(user.username, Some(ann.username));
    assert!(!mail.text.contains(&ann.password));
}

#[tokio::test]
async fn the_fields_are_judged_before_the_address_is() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let weak = json!({ "email": ann.email, "password": "short", "password_confirm": "short" });
    app.register("bob", weak).await.expect(400);
    let taken = app.register("ANN", json!({ "email": ann.email })).await.expect(400);
    assert_eq!(taken, json!({ "username": ["A user with that username already exists."] }), "a name is public");
    assert_eq!(app.rows().await, (1, 0));
}

#[tokio::test]
async fn the_first_link_that_is_followed_decides_and_the_rest_is_concealed_from_then_on() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let bob = app.register("bob", json!({ "email": ann.email })).await.expect(201);
    let links: Vec<_> = app.mails().await.iter().map(|mail| mail.link()).collect();
    let bobs = links.iter().find(|link| bob["id"] == link.user_id.as_str()).expect("bob has a mail");
    app.verify(bobs).await.expect(200);
    app.register("cyd", json!({ "email": ann.email })).await.expect(201);
    assert!(app.mail().await.text.contains("belongs to your account bob."));
    assert_eq!(app.lines("SELECT username AS line FROM users WHERE owned_email_key IS NOT NULL"), ["bob"]);
}

#[tokio::test]
async fn parallel_registrations_with_a_taken_address_all_look_alike() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let names: Vec<String> = (0..32).map(|number| format!("user{number}")).collect();
    let taken = |name| app.register(name, json!({ "email": ann.email }));
    let answers = futures_util::future::join_all(names.iter().map(|name| taken(name))).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    assert_eq!(app.rows().await, (33, 32));
}

#[tokio::test]
async fn an_address_is_the_same_in_unicode_and_in_punycode() {
    let app = TestApp::start().await;
    app.register("ann", json!({ "email": "ann@bücher.example" })).await.expect(201);
    app.verify(&app.link().await).await.expect(200);
    app.register("bob", json!({ "email": "ANN@XN--BCHER-KVA.example" })).await.expect(201);
    assert_eq!(app.mail().await.subject, "You already have an account at Tea & Co");
}

#[tokio::test]
async fn a_concealed_registration_keeps_the_username_taken_as_an_ordinary_one_does() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    app.register("bob", json!({ "email": "free@mail.example" })).await.expect(201);
    app.register("cyd", json!({ "email": ann.email })).await.expect(201);
    for username in ["bob", "cyd", "CYD"] {
        let again = app.register(username, json!({ "email": "third@mail.example" })).await.expect(400);
        assert_eq!(again, json!({ "username": ["A user with that username already exists."] }), "{username}");
    }

    app.advance(31 * 86_400);
    app.accounts().purge_unverified().await.expect("it answers");
    app.accounts().purge_sessions().await.expect("it answers");
    for username in ["bob", "cyd"] {
        app.register(username, json!({ "email": "third@mail.example" })).await.expect(201);
    }
}

#[tokio::test]
async fn no_link_ever_leads_to_a_concealed_account_while_the_address_has_its_owner() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let id = app.register("bob", json!({ "email": ann.email })).await.expect(201)["id"].clone();
    assert_eq!(app.mail().await.subject, "You already have an account at Tea & Co");
    app.resend(&ann.email).await.expect(200);
    app.ask_for_reset("bob").await.expect(200);
    assert!(app.mails().await.is_empty(), "the owner of the address has nothing to do with bob");

    let link = Link::parse(&app.signed(id.as_str().expect("an id"), app.now().unix_seconds()));
    app.verify(&link).await.expect_detail(400, "This email is already registered.");
    app.log_in("bob", PASSWORD).await.expect_detail(400, "Login or password invalid.");
}
