//! Passwords are changed and reset.

mod old_links;
mod reset;
mod rules;

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::accounts::{NEW_PASSWORD, at_once, count};
use crate::support::test_app::PASSWORD;

const WRONG: &str = "Old password is not correct";

#[tokio::test]
async fn who_knows_the_old_password_sets_a_new_one_and_is_told_by_mail() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect_detail(200, "Password changed successfully");
    assert!(app.knows("ann", NEW_PASSWORD).await && !app.knows("ann", PASSWORD).await);

    let notice = app.mail().await;
    assert_eq!(
        (notice.to.as_str(), notice.subject.as_str()),
        (ann.email.as_str(), "Your password at Tea & Co was changed")
    );
    for part in [&notice.text, notice.html.as_ref().expect("an HTML part")] {
        assert!(!part.contains(NEW_PASSWORD) && !part.contains(PASSWORD) && !part.contains("signature"));
    }
}

#[tokio::test]
async fn the_errors_of_both_passwords_come_together_and_the_repetition_after_them() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let short = "This password is too short. It must contain at least 8 characters.";
    let cases: Vec<(Value, Value)> = vec![
        (
            json!({ "old_password": "x", "password": "short", "password_confirm": "other" }),
            json!({ "old_password": [WRONG], "password": [short] }),
        ),
        (
            json!({ "old_password": "x", "password": NEW_PASSWORD, "password_confirm": "other" }),
            json!({ "old_password": [WRONG] }),
        ),
        (
            json!({ "old_password": PASSWORD, "password": "short", "password_confirm": "other" }),
            json!({ "password": [short] }),
        ),
        (
            json!({ "old_password": PASSWORD, "password": NEW_PASSWORD, "password_confirm": "other" }),
            json!({ "password_confirm": ["Passwords don't match"] }),
        ),
        (
            json!({ "old_password": PASSWORD, "password": NEW_PASSWORD }),
            json!({ "password_confirm": ["This field is required."] }),
        ),
        (
            json!({}),
            json!({
                "old_password": ["This field is required."],
                "password": ["This field is required."],
                "password_confirm": ["This field is required."],
            }),
        ),
        (
            json!({ "old_password": null, "password": [], "password_confirm": "" }),
            json!({
                "old_password": ["This field may not be null."],
                "password": ["Not a valid string."],
                "password_confirm": ["This field may not be blank."],
            }),
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(app.post_by(&token, paths::CHANGE_PASSWORD, &body).await.expect(400), expected, "{body}");
    }
    assert!(app.knows("ann", PASSWORD).await && app.mails().await.is_empty());
}

#[tokio::test]
async fn where_it_need_not_be_repeated_a_repetition_is_ignored() {
    let app = TestApp::with(|settings| settings.contracts.accounts.change_password_confirm = false).await;
    let (_, token) = app.somebody("ann").await;
    let body = json!({ "old_password": PASSWORD, "password": NEW_PASSWORD, "password_confirm": "other" });
    app.post_by(&token, paths::CHANGE_PASSWORD, &body).await.expect(200);
    let body = json!({ "old_password": NEW_PASSWORD, "password": PASSWORD });
    app.post_by(&token, paths::CHANGE_PASSWORD, &body).await.expect(200);
}

#[tokio::test]
async fn the_same_password_again_is_accepted_and_ends_other_sessions_all_the_same() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let other = app.token_of(&ann).await;
    app.change_password(&token, PASSWORD, PASSWORD).await.expect(200);
    assert!(app.is_alive(&token).await && !app.is_alive(&other).await);
}

#[tokio::test]
async fn passwords_are_taken_as_they_were_sent_but_for_their_composition() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    app.change_password(&token, " Kettle-Harbor-42", NEW_PASSWORD).await.expect(400);
    app.change_password(&token, PASSWORD, "  Velvet Comet é ").await.expect(200);
    assert!(!app.knows("ann", "Velvet Comet é").await);
    assert!(app.knows("ann", "  Velvet Comet e\u{301} ").await);
    app.change_password(&token, "  Velvet Comet e\u{301} ", NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn of_many_changes_at_once_one_wins() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let passwords: Vec<_> = (0..32).map(|number| format!("Velvet-Comet-{number}x")).collect();
    let answers = at_once(passwords.iter().map(|new| app.change_password(&token, PASSWORD, new))).await;
    assert_eq!((count(&answers, 200), count(&answers, 400)), (1, 31));
    for answer in answers.iter().filter(|answer| answer.status == 400) {
        let overtaken = "Your account was changed meanwhile. Please try again.";
        let told = answer.json();
        assert!([json!({ "old_password": [WRONG] }), json!({ "detail": overtaken })].contains(&told), "{told}");
    }
    let mut known = 0;
    for password in &passwords {
        known += usize::from(app.knows("ann", password).await);
    }
    assert_eq!((known, app.mails().await.len()), (1, 1));
}
