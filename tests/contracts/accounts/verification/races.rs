//! Links that are followed at the same time.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Link, TestApp};

#[tokio::test]
async fn of_sixteen_who_wait_for_one_address_the_first_has_it() {
    let app = TestApp::start().await;
    for number in 0..16 {
        let shared = json!({ "email": "shared@mail.example" });
        app.register(&format!("user{number}"), shared).await.expect(201);
    }
    let links: Vec<Link> = app.mails().await.iter().map(|mail| mail.link()).collect();
    assert_eq!(links.len(), 16);

    let answers = join_all(links.iter().map(|link| app.verify(link))).await;
    let (winners, losers): (Vec<_>, Vec<_>) = links.iter().zip(&answers).partition(|(_, answer)| answer.status == 200);
    assert_eq!((winners.len(), losers.len()), (1, 15));
    for (_, answer) in losers {
        answer.expect_detail(400, "This email is already registered.");
    }
    let verified: Vec<_> = app.users().await.into_iter().filter(|user| user.verified_at.is_some()).collect();
    assert_eq!(verified.len(), 1);
    assert_eq!(verified[0].id.as_str(), winners[0].0.user_id);

    let again = join_all(links.iter().map(|link| app.verify(link))).await;
    assert_eq!(again.iter().filter(|answer| answer.status == 200).count(), 1, "the winner may click twice");
}

#[tokio::test]
async fn the_database_itself_gives_an_address_to_one_user() {
    let app = TestApp::start().await;
    for name in ["ann", "bob"] {
        app.verified(name).await;
    }
    let change = "UPDATE users SET email = owner.email, email_key = owner.email_key, owned_email_key = owner.email_key \
                  FROM users AS owner WHERE owner.username = 'ann' AND users.username = 'bob'";
    let insertion = "INSERT INTO users (id, username, username_key, email, email_key, owned_email_key, first_name, \
                     last_name, password_hash, link_secret, created_at, verified_at) \
                     SELECT 'cyd', 'cyd', 'cyd', email, email_key, email_key, '', '', password_hash, link_secret, \
                     created_at, verified_at FROM users WHERE username = 'ann'";
    for sql in [change, insertion] {
        let words = app.refused(sql);
        assert!(words.to_lowercase().contains("unique constraint") && words.contains("owned_email_key"), "{words}");
    }
    assert_eq!(app.users().await.len(), 2);
}

/// Checks that the addresses which SQLite calls contested are those that several users have.
fn expect_contested(app: &TestApp, count: usize, step: &str) {
    let listed = app.lines("SELECT email_key AS line FROM contested_emails ORDER BY 1");
    let shared =
        "SELECT email_key AS line FROM users WHERE email_key IS NOT NULL GROUP BY 1 HAVING count(*) > 1 ORDER BY 1";
    assert_eq!((&listed, listed.len()), (&app.lines(shared), count), "{step}");
}

#[tokio::test]
async fn sqlite_knows_which_addresses_several_users_have() {
    let app = TestApp::start().await;
    if app.engine() == "postgres" {
        // A unique index decides there.
        return;
    }
    for (name, address, count) in [("ann", "x", 0), ("bob", "x", 1), ("cyd", "y", 1), ("dan", "x", 1), ("eve", "y", 2)]
    {
        app.register(name, json!({ "email": format!("{address}@mail.example") })).await.expect(201);
        expect_contested(&app, count, name);
    }
    for (step, count) in [
        ("UPDATE users SET email = 'z@mail.example', email_key = 'z@mail.example' WHERE username = 'eve'", 1),
        ("UPDATE users SET email = 'z@mail.example', email_key = 'z@mail.example' WHERE username IN ('cyd', 'dan')", 2),
        ("UPDATE users SET email_key = email_key, first_name = 'A'", 2),
        ("UPDATE users SET email = NULL, email_key = NULL WHERE username = 'ann'", 1),
        ("DELETE FROM users WHERE username IN ('bob', 'cyd')", 1),
        ("UPDATE users SET email = 'z@mail.example', email_key = 'z@mail.example' WHERE username = 'ann'", 1),
        ("DELETE FROM users WHERE username = 'dan'", 1),
    ] {
        app.execute(step);
        expect_contested(&app, count, step);
    }
    // As in a database that had users before.
    app.execute(include_str!("../../../../migrations/sqlite/2026-11-30-000100_contested_emails/down.sql"));
    app.execute(include_str!("../../../../migrations/sqlite/2026-11-30-000100_contested_emails/up.sql"));
    expect_contested(&app, 1, "up");
    app.execute("DELETE FROM users");
    expect_contested(&app, 0, "all users are deleted");
}

#[tokio::test]
async fn a_link_for_one_use_is_used_once_however_many_try() {
    let app = TestApp::with(|settings| settings.registration.one_time_use = true).await;
    app.registered("ann").await;
    let link = app.link().await;
    let answers = join_all((0..16).map(|_| app.verify(&link))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.expect_detail(400, "This link has already been used.");
    }
}

#[tokio::test]
async fn two_processes_on_one_database_agree_who_has_an_address() {
    let one = TestApp::start().await;
    let other = one.sibling(|_| {}).await;
    for name in ["ann", "bob"] {
        one.register(name, json!({ "email": "shared@mail.example" })).await.expect(201);
    }
    let links: Vec<Link> = one.mails().await.iter().map(|mail| mail.link()).collect();
    let (first, second) = tokio::join!(one.verify(&links[0]), other.verify(&links[1]));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400], "{first:?} {second:?}");
    let (first, second) = tokio::join!(
        one.register("cyd", json!({ "email": "cyd@mail.example" })),
        other.register("CYD", json!({ "email": "CYD@mail.example" })),
    );
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400], "{first:?} {second:?}");
}
