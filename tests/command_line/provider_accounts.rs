//! `countersign users show` and `users disconnect`: the accounts at identity providers by which a user logs in.

use diesel::connection::SimpleConnection;

use super::users::{home_of, shown};
use crate::database_copy::sample::{lines, open};
use crate::process::Home;

/// A home of ann, who has two provider accounts, and of bob, who has one.
async fn home_with_accounts() -> Home {
    let home = home_of(&["ann", "bob"]).await;
    let [ann, bob] = ["ann", "bob"].map(|name| shown(&home, name, "id"));
    let sql = format!(
        "INSERT INTO provider_accounts VALUES
            ('of-ann', 'google', '110169484474386276334', '{ann}', 1700000000, NULL, NULL),
            ('of-ann-2', 'staff', 'e' || char(27) || '[2Jscape', '{ann}', 1700000001, 1700000002, NULL),
            ('of-bob', 'staff', 'bob-there', '{bob}', 1700000000, NULL, NULL)"
    );
    open(&home.path("var/countersign.sqlite3")).batch_execute(&sql).expect("it is SQL");
    home
}

fn ids(home: &Home) -> Vec<String> {
    lines(&mut open(&home.path("var/countersign.sqlite3")), "SELECT id AS line FROM provider_accounts ORDER BY 1")
}

#[tokio::test]
async fn provider_accounts_are_shown_and_disconnected_by_their_ids() {
    let home = home_with_accounts().await;
    let whole = home.run(&["users", "show", "ann"]).done();
    let told: Vec<_> = whole.lines().filter(|line| line.starts_with("provider")).collect();
    assert_eq!(told.len(), 2, "{whole}");
    assert!(told[0].contains("google 110169484474386276334") && told[0].ends_with("of-ann"), "{whole}");
    assert!(!whole.contains('\u{1b}'), "{whole}");
    let said = home.run(&["users", "disconnect", "ann", "of-ann"]).done();
    assert!(said.starts_with("The provider account of ") && said.ends_with(" is disconnected.\n"), "{said}");
    assert_eq!(ids(&home), ["of-ann-2", "of-bob"]);
    // The last one goes too: an operator knows why.
    home.run(&["users", "disconnect", "ann@mail.example", "of-ann-2"]).done();
    assert_eq!(ids(&home), ["of-bob"]);
}

#[tokio::test]
async fn an_id_that_the_user_does_not_have_disconnects_nothing() {
    let home = home_with_accounts().await;
    let long = "x".repeat(100_000);
    for id in [
        "of-bob",
        "OF-ANN",
        "of-ann ",
        " of-ann",
        "of-ann%",
        "of_ann",
        "",
        "*",
        "%",
        "' OR 1=1 --",
        "google",
        "ann",
        "110169484474386276334",
        "\u{202e}of-ann",
        "é",
        &long,
    ] {
        let complaint = home.run(&["users", "disconnect", "ann", id]).complaint(1);
        assert!(complaint.contains("has no such provider account; see `countersign users show id:"), "{complaint}");
        assert!(!complaint.contains('\u{202e}'), "{complaint}");
    }
    home.run(&["users", "disconnect", "nobody", "of-ann"]).complaint(1);
    assert_eq!(ids(&home), ["of-ann", "of-ann-2", "of-bob"]);
}

#[tokio::test]
async fn a_check_counts_the_accounts_of_providers_that_are_not_set_any_more() {
    let home = home_with_accounts().await;
    let said = home.run(&["check"]).done();
    for told in ["1 stored account is of the provider \"google\"", "2 stored accounts are of the provider \"staff\""] {
        assert!(said.contains(told), "{said}");
    }
    assert!(said.ends_with("Nothing to complain about.\n"), "{said}");
}

#[tokio::test]
async fn an_operator_who_removes_the_last_way_in_is_told_so() {
    let home = home_with_accounts().await;
    let said = home.run(&["users", "disconnect", "ann", "of-ann"]).done();
    assert!(!said.contains("no other way in"), "ann has a password: {said}");
    open(&home.path("var/countersign.sqlite3"))
        .batch_execute("UPDATE users SET password_hash = '!' WHERE username = 'bob'")
        .expect("it is SQL");
    let said = home.run(&["users", "disconnect", "bob", "of-bob"]).done();
    assert!(said.contains("The user has no password and no other way in now"), "{said}");
    assert!(said.contains("`countersign users set-password id:"), "{said}");
}
