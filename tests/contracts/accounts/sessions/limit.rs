//! How many sessions a user has, and how many are shown at once.

use std::fmt::Write;

use countersign::UserId;
use serde_json::{Value, json};

use super::ids;
use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::accounts::{at_once, count};
use crate::support::limits::rate;
use crate::support::test_app::{BEGINNING, PASSWORD};

async fn at_most(most: u32) -> TestApp {
    TestApp::with(|settings| settings.sessions.max_per_user = most).await
}

/// Gives a user sessions as an earlier version left them, one each second up to the beginning.
fn crowd(app: &TestApp, user_id: &str, sessions: i64) {
    let end = BEGINNING.unix_seconds();
    for numbers in (0..sessions).collect::<Vec<_>>().chunks(1_000) {
        let mut rows = String::new();
        for number in numbers {
            let (begun, comma) = (end - number, if rows.is_empty() { "" } else { "," });
            let digest = format!("{number:048}{}", &user_id.replace('-', "")[16..]);
            write!(rows, "{comma}('{digest}', '{digest}', '{user_id}', {begun}, {begun}, {}, '', '')", end + 86_400)
                .expect("a text takes it");
        }
        let columns = "digest, id, user_id, created_at, last_used_at, expires_at, user_agent, address";
        app.execute(&format!("INSERT INTO sessions ({columns}) VALUES {rows}"));
    }
}

async fn sessions_of(app: &TestApp, user_id: &str) -> usize {
    let count = format!("SELECT CAST(count(*) AS text) AS line FROM sessions WHERE user_id = '{user_id}'");
    app.lines(&count)[0].parse().expect("a number")
}

#[tokio::test]
async fn a_login_beyond_the_limit_ends_the_oldest_session_and_no_other() {
    let app = at_most(3).await;
    let (ann, first) = app.somebody("ann").await;
    let (_, bobs) = app.somebody("bob").await;
    let mut later = Vec::new();
    for _ in 0..3 {
        app.advance(1);
        later.push(app.token_of(&ann).await);
    }
    assert!(!app.is_alive(&first).await);
    for token in later.iter().chain([&bobs]) {
        assert!(app.is_alive(token).await);
    }
}

#[tokio::test]
async fn a_new_session_is_never_the_one_that_ends_whatever_the_clock_says() {
    let app = at_most(2).await;
    let (ann, _) = app.somebody("ann").await;
    crowd(&app, &ann.id, 5);
    app.execute("UPDATE sessions SET created_at = created_at + 1000000");
    let token = app.token_of(&ann).await;
    assert!(app.is_alive(&token).await);
    assert_eq!(sessions_of(&app, &ann.id).await, 2);
}

#[tokio::test]
async fn of_many_logins_at_once_as_many_sessions_are_left_as_the_limit_says() {
    let app = at_most(5).await;
    let ann = app.verified("ann").await;
    let answers = at_once((0..32).map(|_| app.log_in("ann", PASSWORD))).await;
    assert_eq!(count(&answers, 200), 32, "{answers:?}");
    assert_eq!(sessions_of(&app, &ann.id).await, 5);
}

#[tokio::test]
async fn one_answer_lists_a_hundred_sessions_and_the_rest_is_on_further_pages() {
    let app = at_most(1_000).await;
    let (ann, token) = app.somebody("ann").await;
    crowd(&app, &ann.id, 249);
    let page = async |query: &str| ids(&app.get_by(&token, &format!("sessions/{query}")).await.expect(200));
    let first = page("").await;
    assert_eq!(first.len(), 100);
    assert_eq!(page("?limit=100&offset=0").await, first);
    let mut all = first;
    for offset in [100, 200, 300] {
        all.extend(page(&format!("?offset={offset}")).await);
    }
    let stored = app.store().list_sessions(UserId::from_stored(&ann.id)).await.expect("it answers");
    assert_eq!(all, stored.iter().map(|session| session.id.clone()).collect::<Vec<_>>());
    assert_eq!(all.len(), 250);
    assert_eq!(page("?limit=7&offset=30&else=x").await, all[30..37]);
}

#[tokio::test]
async fn a_page_that_is_none_is_told_by_field() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let coded = app.request_by(&token, "GET", "sessions/?limit=0").header("accept", "application/problem+json");
    assert_eq!(app.send(coded).await.expect(400)["errors"]["limit"][0]["code"], "min_value");
    for (query, field, message) in [
        ("limit=0", "limit", "Ensure this value is greater than or equal to 1."),
        ("limit=101", "limit", "Ensure this value is less than or equal to 100."),
        ("limit=x", "limit", "A valid integer is required."),
        ("limit=", "limit", "A valid integer is required."),
        ("offset=-1", "offset", "Ensure this value is greater than or equal to 0."),
        ("offset=1001", "offset", "Ensure this value is less than or equal to 1000."),
        ("offset=99999999999999999999", "offset", "Ensure this value is less than or equal to 1000."),
    ] {
        let told = app.get_by(&token, &format!("sessions/?{query}")).await.expect(400);
        assert_eq!(told, json!({ field: [message] }), "{query}");
    }
}

#[tokio::test]
async fn sessions_that_have_ended_by_themselves_take_no_place_on_a_page() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    crowd(&app, &ann.id, 20);
    app.advance(86_400);
    let list = app.get_by(&token, "sessions/?limit=2").await.expect(200);
    assert_eq!(list.as_array().map(Vec::len), Some(1));
    assert_eq!(list[0]["current"], Value::Bool(true));
}

#[tokio::test]
async fn the_endpoint_has_a_throttle() {
    let app = TestApp::with(|settings| {
        settings.throttle.enabled = true;
        settings.throttle.sessions = rate(1, 2);
    })
    .await;
    let (_, token) = app.somebody("ann").await;
    for _ in 0..2 {
        app.get_by(&token, paths::SESSIONS).await.expect(200);
    }
    assert_eq!(app.get_by(&token, paths::SESSIONS).await.status, 429);
    assert_eq!(app.delete_by(&token, paths::SESSIONS).await.status, 429);
    assert!(app.is_alive(&token).await);
}

#[tokio::test]
async fn users_with_very_many_sessions_come_down_to_the_limit() {
    let app = at_most(100).await;
    let mut people = Vec::new();
    for (name, sessions) in [("ann", 11_000), ("bob", 100), ("cyd", 101), ("dan", 0), ("eve", 4_999), ("fay", 5_001)] {
        let person = app.verified(name).await;
        crowd(&app, &person.id, sessions);
        people.push((person, usize::try_from(sessions).expect("not negative")));
    }
    // Logins and lists are served meanwhile, and quickly.
    let token = app.token_of(&people[0].0).await;
    assert_eq!(sessions_of(&app, &people[0].0.id).await, 11_001 - 10);
    assert_eq!(ids(&app.get_by(&token, paths::SESSIONS).await.expect(200)).len(), 100);

    let ended = app.accounts().trim_sessions().await.expect("it answers");
    assert_eq!(ended, 10_891 + 1 + 4_899 + 4_901);
    for (person, sessions) in &people {
        let expected = if person.username == "ann" { 100 } else { *sessions.min(&100) };
        assert_eq!(sessions_of(&app, &person.id).await, expected, "{}", person.username);
    }
    let oldest =
        format!("SELECT CAST(min(created_at) AS text) AS line FROM sessions WHERE user_id = '{}'", people[5].0.id);
    assert_eq!(app.lines(&oldest), [(BEGINNING.unix_seconds() - 99).to_string()], "the newest are kept");
    assert!(app.is_alive(&token).await);
    assert_eq!(app.accounts().trim_sessions().await.expect("it answers"), 0);
}
