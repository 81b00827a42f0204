//! Sessions that end by themselves.

use countersign::Settings;
use countersign::clock::Seconds;

use super::ids;
use crate::support::TestApp;
use crate::support::accounts::paths;

const DAY: u64 = 86_400;

fn lasting(expires_after: u64, idle_after: u64) -> impl FnOnce(&mut Settings) {
    move |settings| {
        settings.sessions.expires_after = Seconds::new(expires_after);
        settings.sessions.idle_after = Seconds::new(idle_after);
    }
}

#[tokio::test]
async fn an_unused_session_ends_after_fourteen_days() {
    let app = TestApp::start().await;
    let (ann, first) = app.somebody("ann").await;
    app.advance(14 * DAY - 1);
    assert!(app.is_alive(&first).await);
    app.advance(14 * DAY);
    assert!(!app.is_alive(&first).await);
    let second = app.token_of(&ann).await;
    assert_eq!(
        ids(&app.get_by(&second, paths::SESSIONS).await.expect(200)).len(),
        1,
        "the list does not show what has ended"
    );
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_however_much_it_is_used() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    for _ in 0..30 {
        assert!(app.is_alive(&token).await);
        app.advance(DAY);
    }
    assert!(!app.is_alive(&token).await);
}

#[tokio::test]
async fn the_last_second_counts_and_the_next_does_not() {
    let app = TestApp::with(lasting(30 * DAY, 30 * DAY)).await;
    let (_, token) = app.somebody("ann").await;
    app.advance(30 * DAY - 1);
    assert!(app.is_alive(&token).await);
    app.advance(1);
    assert!(!app.is_alive(&token).await);
}

#[tokio::test]
async fn use_is_written_down_once_a_minute_at_most() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let last_used_at = async || {
        let list = app.get_by(&token, paths::SESSIONS).await.expect(200);
        list[0]["last_used_at"].as_str().expect("a text").to_owned()
    };
    app.advance(59);
    app.get_by(&token, paths::PROFILE).await.expect(200);
    assert_eq!(last_used_at().await, "2023-11-14T22:13:20Z");
    app.advance(1);
    app.get_by(&token, paths::PROFILE).await.expect(200);
    assert_eq!(last_used_at().await, "2023-11-14T22:14:20Z");
    app.advance(59);
    app.get_by(&token, paths::PROFILE).await.expect(200);
    assert_eq!(last_used_at().await, "2023-11-14T22:14:20Z");
}

#[tokio::test]
async fn a_session_in_use_does_not_end_however_short_the_pause_may_be() {
    for idle_after in [60, 90, 119] {
        let app = TestApp::with(lasting(DAY, idle_after)).await;
        let (_, token) = app.somebody("ann").await;
        for _ in 0..40 {
            app.advance(idle_after / 2);
            assert!(app.is_alive(&token).await, "{idle_after}");
        }
        app.advance(idle_after);
        assert!(!app.is_alive(&token).await, "{idle_after}");
    }
}

#[tokio::test]
async fn what_the_settings_say_today_counts_for_the_pause() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let stricter = app.sibling(lasting(DAY, 3_600)).await;
    app.advance(3_600);
    assert!(!stricter.is_alive(&token).await);
    assert!(app.is_alive(&token).await);
}

#[tokio::test]
async fn ended_sessions_are_cleared_away_and_no_others() {
    let app = TestApp::with(lasting(30 * DAY, 30 * DAY)).await;
    let (ann, _) = app.somebody("ann").await;
    for _ in 0..3 {
        app.token_of(&ann).await;
    }
    app.advance(DAY);
    let young = app.token_of(&ann).await;
    app.advance(29 * DAY - 1);
    assert_eq!(app.accounts().purge_sessions().await.expect("it answers"), 0);
    app.advance(1);
    assert_eq!(app.accounts().purge_sessions().await.expect("it answers"), 4);
    assert!(app.is_alive(&young).await);
    let kept = app.store().list_sessions(countersign::UserId::from_stored(&ann.id)).await.expect("it answers");
    assert_eq!(kept.len(), 1);
}

/// Sessions as version 0.1.0 stores them beside this one, while a fleet is upgraded: half end at `end`, half later.
fn stored_by_an_older_program(app: &TestApp, user_id: &str, sessions: u32, end: i64) {
    let row = |number: u32| {
        let ends = end + i64::from(number % 2);
        format!("('{number:064}', 'of an older program {number}', '{user_id}', 1, 1, {ends}, '', '')")
    };
    let rows: Vec<String> = (0..sessions).map(row).collect();
    let columns = "digest, id, user_id, created_at, last_used_at, expires_at, user_agent, address";
    app.execute(&format!("INSERT INTO sessions ({columns}) VALUES {}", rows.join(", ")));
}

#[tokio::test]
async fn sessions_of_an_older_program_are_cleared_away_at_their_end() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    app.advance(DAY);
    stored_by_an_older_program(&app, &ann.id, 2_400, app.now().unix_seconds());
    let checked = "SELECT CAST(count(*) AS text) AS line FROM sessions WHERE expiry_check_at = expires_at";
    assert_eq!(app.lines(checked), ["0"]);
    assert_eq!(app.accounts().purge_sessions().await.expect("it answers"), 1_200);
    assert_eq!(app.lines(checked), ["1200"], "the rest is not looked at again before it ends");
    assert_eq!(app.accounts().purge_sessions().await.expect("it answers"), 0);
    app.advance(1);
    assert_eq!(app.accounts().purge_sessions().await.expect("it answers"), 1_200);
}
