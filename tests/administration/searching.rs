//! What an operator finds who searches for users.

use countersign::UserId;
use countersign::identity::SearchText;

use crate::support::TestApp;

/// The ids of the users whom a search finds, at most `limit`, after the user `after`.
async fn found(app: &TestApp, text: &str, after: Option<&str>, limit: u32) -> Vec<String> {
    let text = SearchText::parse(text).expect("there are words");
    let administration = app.accounts().administration();
    let users = administration.search_users(text, after.map(UserId::from_stored), limit).await;
    users.expect("the database answers").into_iter().map(|user| user.id.as_str().to_owned()).collect()
}

/// Users with the ids `id10001` to `id15000`, who all registered in one second, more than one query reads.
async fn crowd() -> TestApp {
    let app = TestApp::start().await;
    app.execute(
        "INSERT INTO users (id, username, username_key, email, email_key, first_name, last_name, password_hash,
                            link_secret, created_at)
         WITH RECURSIVE numbers (number) AS (SELECT 10001 UNION ALL SELECT number + 1 FROM numbers WHERE number < 15000)
         SELECT 'id' || number, 'User' || number, 'user' || number, 'a' || number || '@mail.example',
                'a' || number || '@mail.example', 'Zoë', 'Größe', '-', '0123456789abcdef0123456789abcdef', 1600000000
         FROM numbers",
    );
    app
}

#[tokio::test]
async fn a_part_of_a_name_or_address_finds_its_user_among_many() {
    let app = crowd().await;
    for (text, id) in [
        ("USER10001", "id10001"),
        ("a12000@", "id12000"),
        ("ser12001", "id12001"),
        ("a14999@MAIL.EXAMPLE", "id14999"),
        ("gröSSE zoË user15000", "id15000"),
    ] {
        assert_eq!(found(&app, text, None, 10).await, [id], "{text}");
    }
    assert_eq!(found(&app, "user_0001", None, 10).await, Vec::<String>::new());
    assert_eq!(found(&app, "zoë user999", None, 10).await, Vec::<String>::new());
}

#[tokio::test]
async fn pages_of_a_search_follow_each_other_and_are_as_long_as_asked() {
    let app = crowd().await;
    let all = found(&app, "größe", None, 100_000).await;
    let expected: Vec<String> = (10_001..=15_000).map(|number| format!("id{number}")).collect();
    assert_eq!(all, expected);

    let mut walked = Vec::new();
    loop {
        let page = found(&app, "größe", walked.last().map(String::as_str), 1_999).await;
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 1_999);
        walked.extend(page);
    }
    assert_eq!(walked, expected);
    assert_eq!(found(&app, "größe", Some("no-such-id"), 10).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_address_that_is_asked_for_is_searched_too() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let secret = "0123456789abcdef0123456789abcdef";
    app.execute(&format!("UPDATE users SET pending_email = 'new@other.example', pending_email_secret = '{secret}'"));
    assert_eq!(found(&app, "other.EXAMPLE", None, 10).await, [ann.id]);
}
