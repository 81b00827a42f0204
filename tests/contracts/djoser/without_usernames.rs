//! Users who log in by their address: the paths and fields of the login name are those of the address.

use countersign::Settings;
use countersign::settings::{LoginField, UsernamePolicy};
use serde_json::{Value, json};

use super::{with_activation, without_activation};
use crate::support::TestApp;
use crate::support::djoser::{Link, expect_nothing, paths};
use crate::support::test_app::PASSWORD;

fn by_address(settings: &mut Settings) {
    settings.users.username = UsernamePolicy::None;
    settings.login.fields = vec![LoginField::Email];
}

/// Registers a user, and logs in. Returns the token.
async fn somebody(app: &TestApp, email: &str) -> String {
    let body = json!({ "email": email, "password": PASSWORD });
    let record = app.djoser().post(paths::USERS, &body).await.expect(201);
    assert_eq!(record, json!({ "email": email, "id": record["id"] }));
    if let Some(mail) = app.mails().await.last() {
        expect_nothing(&app.djoser().post(paths::ACTIVATION, &Link::of(mail).claim()).await);
    }
    let answer = app.djoser().post(paths::LOGIN, &body).await.expect(200);
    answer["auth_token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn a_user_is_known_by_the_address_alone() {
    let app = TestApp::with(|settings| {
        without_activation(settings);
        by_address(settings);
    })
    .await;
    let token = somebody(&app, "ann@mail.example").await;
    let (required, taken) = (json!(["This field is required."]), "user with this email address already exists.");
    let refused = app.djoser().post(paths::USERS, &json!({})).await;
    assert_eq!(refused.expect(400), json!({ "email": required, "password": required }));
    let again = app.djoser().post(paths::USERS, &json!({ "email": "ann@mail.example", "password": PASSWORD })).await;
    assert_eq!(again.expect(400), json!({ "email": [taken] }));
    let ignored = app.djoser().send_by(&token, "PATCH", paths::ME, &json!({ "email": "other@mail.example" })).await;
    assert_eq!(ignored.expect(200)["email"], "ann@mail.example");
    let sentence = json!({ "non_field_errors": ["Unable to log in with provided credentials."] });
    let by_name = json!({ "username": "ann@mail.example", "password": PASSWORD });
    assert_eq!(app.djoser().post(paths::LOGIN, &by_name).await.expect(400), sentence);
    app.djoser().post_by(&token, paths::SET_USERNAME, &json!({})).await.expect(405);
}

#[tokio::test]
async fn the_address_changes_at_a_path_of_its_own() {
    let app = TestApp::with(|settings| {
        without_activation(settings);
        by_address(settings);
    })
    .await;
    somebody(&app, "bea@mail.example").await;
    let token = somebody(&app, "ann@mail.example").await;
    let set = async |body: Value| app.djoser().post_by(&token, paths::SET_EMAIL, &body).await;
    let required = json!(["This field is required."]);
    assert_eq!(set(json!({})).await.expect(400), json!({ "new_email": required, "current_password": required }));
    let with = |email: &str| json!({ "new_email": email, "current_password": PASSWORD });
    assert_eq!(set(with("bad")).await.expect(400), json!({ "new_email": ["Enter a valid email address."] }));
    let taken = json!({ "new_email": ["user with this email address already exists."] });
    assert_eq!(set(with("bea@mail.example")).await.expect(400), taken);
    expect_nothing(&set(with("new@mail.example")).await);
    assert_eq!(app.djoser().get_by(&token, paths::ME).await.expect(200)["email"], "new@mail.example");
    assert_eq!(app.mail().await.to, "ann@mail.example");
}

#[tokio::test]
async fn where_addresses_are_proved_the_new_one_gets_a_link_first() {
    let app = TestApp::with(|settings| {
        with_activation(settings);
        by_address(settings);
    })
    .await;
    let token = somebody(&app, "ann@mail.example").await;
    let body = json!({ "new_email": "new@mail.example", "current_password": PASSWORD });
    expect_nothing(&app.djoser().post_by(&token, paths::SET_EMAIL, &body).await);
    assert_eq!(app.djoser().get_by(&token, paths::ME).await.expect(200)["email"], "ann@mail.example");
    let mail = app.mail().await;
    assert_eq!(mail.to, "new@mail.example");
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &Link::of(&mail).claim()).await);
    assert_eq!(app.djoser().get_by(&token, paths::ME).await.expect(200)["email"], "new@mail.example");
}

#[tokio::test]
async fn a_link_to_the_old_address_lets_the_user_name_another() {
    for is_proved in [false, true] {
        let app = TestApp::with(|settings| {
            if is_proved {
                with_activation(settings)
            } else {
                without_activation(settings)
            }
            by_address(settings);
        })
        .await;
        let token = somebody(&app, "ann@mail.example").await;
        expect_nothing(&app.djoser().post(paths::RESET_EMAIL, &json!({ "email": "ann@mail.example" })).await);
        let link = Link::of(&app.mail().await);
        let body = link.with(json!({ "new_email": "new@mail.example" }));
        expect_nothing(&app.djoser().post(paths::RESET_EMAIL_CONFIRM, &body).await);
        let other = link.with(json!({ "new_email": "other@mail.example" }));
        let again = app.djoser().post(paths::RESET_EMAIL_CONFIRM, &other).await;
        assert_eq!(again.expect(400), json!({ "token": ["Invalid token for given user."] }));
        let present = async || app.djoser().get_by(&token, paths::ME).await.expect(200)["email"].clone();
        if is_proved {
            assert_eq!(present().await, "ann@mail.example");
            let mail = app.mail().await;
            assert_eq!(mail.to, "new@mail.example");
            expect_nothing(&app.djoser().post(paths::ACTIVATION, &Link::of(&mail).claim()).await);
        }
        assert_eq!(present().await, "new@mail.example");
    }
}

#[tokio::test]
async fn without_a_link_nobody_learns_which_addresses_are_taken() {
    let app = TestApp::with(|settings| {
        without_activation(settings);
        by_address(settings);
    })
    .await;
    somebody(&app, "ann@mail.example").await;
    let mut answers = Vec::new();
    for email in ["ann@mail.example", "nobody@mail.example"] {
        let body = json!({ "new_email": email, "uid": "YW5u", "token": "1700000000-00112233445566778899aabbccddeeff" });
        answers.push(app.djoser().post(paths::RESET_EMAIL_CONFIRM, &body).await.expect(400));
        answers.push(app.djoser().post(paths::RESET_EMAIL_CONFIRM, &json!({ "new_email": email })).await.expect(400));
    }
    assert_eq!(answers[..2], answers[2..]);
}

#[tokio::test]
async fn the_present_address_by_link_uses_it_up_and_sends_nothing() {
    for is_proved in [false, true] {
        let app = TestApp::with(|settings| {
            if is_proved {
                with_activation(settings)
            } else {
                without_activation(settings)
            }
            by_address(settings);
        })
        .await;
        somebody(&app, "ann@mail.example").await;
        app.djoser().post(paths::RESET_EMAIL, &json!({ "email": "ann@mail.example" })).await;
        let link = Link::of(&app.mail().await);
        let confirm = async |email: &str| {
            app.djoser().post(paths::RESET_EMAIL_CONFIRM, &link.with(json!({ "new_email": email }))).await
        };
        expect_nothing(&confirm("ann@mail.example").await);
        assert_eq!(app.mails().await.len(), 0);
        let used_up = json!({ "token": ["Invalid token for given user."] });
        assert_eq!(confirm("other@mail.example").await.expect(400), used_up);
    }
}

#[tokio::test]
async fn another_spelling_of_the_present_address_by_link_is_stored() {
    for settings in [with_activation, without_activation] {
        let app = TestApp::with(|all| {
            settings(all);
            by_address(all);
        })
        .await;
        let token = somebody(&app, "ann@mail.example").await;
        app.djoser().post(paths::RESET_EMAIL, &json!({ "email": "ann@mail.example" })).await;
        let link = Link::of(&app.mail().await);
        let confirm = async |email: &str| {
            app.djoser().post(paths::RESET_EMAIL_CONFIRM, &link.with(json!({ "new_email": email }))).await
        };
        expect_nothing(&confirm("Ann@mail.example").await);
        assert_eq!(app.djoser().get_by(&token, paths::ME).await.expect(200)["email"], "Ann@mail.example");
        assert_eq!(app.mails().await.len(), 0);
        confirm("other@mail.example").await.expect(400);
    }
}

#[tokio::test]
async fn the_present_address_by_link_takes_back_the_request_for_another_one() {
    let app = TestApp::with(|settings| {
        with_activation(settings);
        by_address(settings);
    })
    .await;
    let token = somebody(&app, "ann@mail.example").await;
    app.djoser().post(paths::RESET_EMAIL, &json!({ "email": "ann@mail.example" })).await;
    let link = Link::of(&app.mail().await);
    let body = json!({ "new_email": "mistyped@mail.example", "current_password": PASSWORD });
    expect_nothing(&app.djoser().post_by(&token, paths::SET_EMAIL, &body).await);
    let mistyped = Link::of(&app.mail().await);
    let body = link.with(json!({ "new_email": "ann@mail.example" }));
    expect_nothing(&app.djoser().post(paths::RESET_EMAIL_CONFIRM, &body).await);
    app.djoser().post(paths::ACTIVATION, &mistyped.claim()).await.expect(400);
}

#[tokio::test]
async fn an_unverified_user_gets_no_address_unproved() {
    let waiting = TestApp::with(|settings| {
        with_activation(settings);
        by_address(settings);
        settings.login.require_verified = false;
    })
    .await;
    let body = json!({ "email": "ann@mail.example", "password": PASSWORD });
    waiting.djoser().post(paths::USERS, &body).await.expect(201);
    waiting.mails().await;
    waiting.djoser().post(paths::RESET_EMAIL, &json!({ "email": "ann@mail.example" })).await;
    let link = Link::of(&waiting.mail().await);
    let body = link.with(json!({ "new_email": "victim@mail.example" }));
    let lax = waiting
        .sibling(|settings| {
            without_activation(settings);
            by_address(settings);
            settings.login.require_verified = false;
        })
        .await;
    let refused = lax.djoser().post(paths::RESET_EMAIL_CONFIRM, &body).await;
    assert_eq!(refused.expect(400), json!({ "token": ["Invalid token for given user."] }));
    // Where addresses are proved, the new one gets the link that verifies the user.
    expect_nothing(&waiting.djoser().post(paths::RESET_EMAIL_CONFIRM, &body).await);
    let mail = waiting.mail().await;
    assert_eq!(mail.to, "victim@mail.example");
    expect_nothing(&waiting.djoser().post(paths::ACTIVATION, &Link::of(&mail).claim()).await);
    let user = waiting.users().await.remove(0);
    assert_eq!((user.email.as_deref(), user.verified_at.is_some()), (Some("victim@mail.example"), true));
}

#[tokio::test]
async fn a_username_of_former_times_does_not_count() {
    let named = TestApp::with(|settings| {
        without_activation(settings);
        settings.users.conceal_emails = false;
    })
    .await;
    let (_, token) = named.djoser().somebody("ann").await;
    let app = named
        .sibling(|settings| {
            without_activation(settings);
            by_address(settings);
            settings.users.conceal_emails = false;
        })
        .await;
    let body = json!({ "new_email": "Ann@mail.example", "current_password": PASSWORD });
    expect_nothing(&app.djoser().post_by(&token, paths::SET_EMAIL, &body).await);
    assert_eq!(app.djoser().get_by(&token, paths::ME).await.expect(200)["email"], "Ann@mail.example");
}
