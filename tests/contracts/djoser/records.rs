//! `users/` GET, `users/me/` and `users/{id}/`: who sees whom, and who changes whom.

use countersign::accounts::{Client, Failure, ProfileChange, SessionToken, StaffError};
use countersign::identity::{EmailAddress, PersonName};
use countersign::passwords::Password;
use countersign::settings::UserField;
use countersign::{Settings, UserId};
use serde_json::{Value, json};

use super::{with_activation, without_activation};
use crate::support::TestApp;
use crate::support::djoser::{Link, expect_nothing, paths};
use crate::support::test_app::PASSWORD;

pub(super) async fn make_staff(app: &TestApp, id: &str) {
    app.accounts().administration().make_staff(&UserId::from_stored(id)).await.expect("it is there");
}

#[tokio::test]
async fn users_see_themselves_and_nobody_else() {
    let app = TestApp::with(without_activation).await;
    let (bea, _) = app.djoser().somebody("bea").await;
    let (ann, token) = app.djoser().somebody("ann").await;
    let own = json!({ "email": "ann@mail.example", "id": ann, "username": "ann" });
    let answer = app.djoser().get_by(&token, paths::ME).await;
    assert_eq!(answer.body, format!(r#"{{"email":"ann@mail.example","id":"{ann}","username":"ann"}}"#));
    assert_eq!(app.djoser().get_by(&token, &paths::user(&ann)).await.expect(200), own);
    assert_eq!(app.djoser().get_by(&token, paths::USERS).await.expect(200), json!([own]));
    for id in [bea.as_str(), "99999999", "018bcfe5-6800-7000-8000-000000000000", "a%00b", "%F0%9F%A6%8A"] {
        app.djoser().get_by(&token, &paths::user(id)).await.expect_detail(404, "Not found.");
        let change =
            app.djoser().send_by(&token, "PATCH", &paths::user(id), &json!({ "email": "z@mail.example" })).await;
        change.expect_detail(404, "Not found.");
        let body = json!({ "current_password": PASSWORD });
        let deletion = app.djoser().send_by(&token, "DELETE", &paths::user(id), &body).await;
        deletion.expect_detail(403, "You do not have permission to perform this action.");
    }
    assert_eq!(app.users().await.len(), 2);
}

#[tokio::test]
async fn a_site_may_show_all_users_and_still_lets_none_change_another() {
    let open = |settings: &mut Settings| {
        without_activation(settings);
        settings.contracts.djoser.hide_users = false;
    };
    let app = TestApp::with(open).await;
    let (bea, _) = app.djoser().somebody("bea").await;
    app.advance(1);
    let (_, token) = app.djoser().somebody("ann").await;
    let names = |list: Value| -> Vec<String> {
        let list = list.as_array().expect("a list").iter();
        list.map(|record| record["username"].as_str().expect("a name").to_owned()).collect()
    };
    let list = async |query: &str| app.djoser().get_by(&token, &format!("users/{query}")).await;
    assert_eq!(names(list("").await.expect(200)), ["bea", "ann"]);
    assert_eq!(names(list("?limit=1").await.expect(200)), ["bea"]);
    assert_eq!(names(list("?limit=1&offset=1").await.expect(200)), ["ann"]);
    assert_eq!(names(list("?offset=2").await.expect(200)), [""; 0]);
    let (not_less, not_more) = ("greater than or equal to", "less than or equal to");
    for (query, name, sentence) in [
        ("?limit=0", "limit", format!("Ensure this value is {not_less} 1.")),
        ("?limit=-1", "limit", format!("Ensure this value is {not_less} 1.")),
        ("?limit=-99999999999999999999", "limit", format!("Ensure this value is {not_less} 1.")),
        ("?limit=1001", "limit", format!("Ensure this value is {not_more} 1000.")),
        ("?limit=99999999999999999999", "limit", format!("Ensure this value is {not_more} 1000.")),
        ("?offset=-1", "offset", format!("Ensure this value is {not_less} 0.")),
        ("?offset=4294967296", "offset", format!("Ensure this value is {not_more} 1000000.")),
        ("?limit=x", "limit", "A valid integer is required.".to_owned()),
        ("?limit=", "limit", "A valid integer is required.".to_owned()),
    ] {
        assert_eq!(list(query).await.expect(400), json!({ name: [sentence] }), "{query}");
    }
    let permission = "You do not have permission to perform this action.";
    for method in ["GET", "PATCH", "PUT"] {
        let other = app.djoser().send_by(&token, method, &paths::user(&bea), &json!({})).await;
        other.expect_detail(403, permission);
        let nobody = app.djoser().send_by(&token, method, &paths::user("99999999"), &json!({})).await;
        nobody.expect_detail(404, "No User matches the given query.");
    }
}

#[tokio::test]
async fn a_staff_member_sees_and_changes_everybody_and_only_here() {
    let named = |settings: &mut Settings| {
        without_activation(settings);
        settings.contracts.djoser.editable_fields = vec![UserField::Email, UserField::FirstName];
        settings.contracts.djoser.user_fields = vec![UserField::Email, UserField::FirstName];
    };
    let app = TestApp::with(named).await;
    let (bea, _) = app.djoser().somebody("bea").await;
    let (ann, token) = app.djoser().somebody("ann").await;
    make_staff(&app, &ann).await;
    assert_eq!(app.djoser().get_by(&token, paths::USERS).await.expect(200).as_array().map(Vec::len), Some(2));
    app.djoser().get_by(&token, &paths::user(&bea)).await.expect(200);
    app.djoser().get_by(&token, &paths::user("99999999")).await.expect_detail(404, "No User matches the given query.");
    let change = json!({ "email": "by-staff@mail.example", "first_name": " Bea " });
    let answer = app.djoser().send_by(&token, "PATCH", &paths::user(&bea), &change).await;
    assert_eq!(answer.expect(200), json!({ "email": "by-staff@mail.example", "first_name": "Bea" }));
    app.accounts().administration().dismiss_staff(&UserId::from_stored(&ann)).await.expect("it is there");
    app.djoser().get_by(&token, &paths::user(&bea)).await.expect_detail(404, "Not found.");
}

#[tokio::test]
async fn only_the_settings_fields_are_changed_and_the_login_name_is_not() {
    let named = |settings: &mut Settings| {
        without_activation(settings);
        settings.contracts.djoser.editable_fields = vec![UserField::FirstName];
        settings.contracts.djoser.user_fields = vec![UserField::Username, UserField::FirstName, UserField::LastName];
    };
    let app = TestApp::with(named).await;
    let (id, token) = app.djoser().somebody("ann").await;
    let everything = json!({
        "username": "other", "email": "other@mail.example", "first_name": "Ann", "last_name": "Lee", "id": 1,
        "is_staff": true, "password": "x",
    });
    let expected = json!({ "username": "ann", "first_name": "Ann", "last_name": "" });
    for method in ["PATCH", "PUT"] {
        assert_eq!(app.djoser().send_by(&token, method, paths::ME, &everything).await.expect(200), expected);
        assert_eq!(app.djoser().send_by(&token, method, paths::ME, &json!({})).await.expect(200), expected);
    }
    let user = app.user(&id).await;
    assert_eq!((user.email.as_deref(), user.is_staff()), (Some("ann@mail.example"), false));
    let cleared = app.djoser().send_by(&token, "PATCH", paths::ME, &json!({ "first_name": "" })).await;
    assert_eq!(cleared.expect(200)["first_name"], "");
}

#[tokio::test]
async fn a_staff_member_deletes_another_with_the_own_password() {
    let app = TestApp::with(without_activation).await;
    let (bea, _) = app.djoser().somebody("bea").await;
    let (ann, token) = app.djoser().somebody("ann").await;
    make_staff(&app, &ann).await;
    let delete = async |id: &str, password: &str| {
        app.djoser().send_by(&token, "DELETE", &paths::user(id), &json!({ "current_password": password })).await
    };
    assert_eq!(delete(&bea, "Wrong-Lantern-9").await.expect(400), json!({ "current_password": ["Invalid password."] }));
    expect_nothing(&delete(&bea, PASSWORD).await);
    delete(&bea, PASSWORD).await.expect_detail(404, "No User matches the given query.");
    assert_eq!(app.users().await.len(), 1);
}

#[tokio::test]
async fn a_staff_member_mails_links_to_new_addresses_within_the_limits_of_mailboxes() {
    let app = TestApp::with(|settings| {
        settings.contracts.djoser.enabled = true;
        settings.throttle.enabled = true;
        settings.throttle.register_email = crate::support::limits::unreached();
    })
    .await;
    let (bea, _) = app.djoser().somebody("bea").await;
    let (ann, token) = app.djoser().somebody("ann").await;
    make_staff(&app, &ann).await;
    let patch =
        async |email: &str| app.djoser().send_by(&token, "PATCH", &paths::user(&bea), &json!({ "email": email })).await;
    for number in 0..5 {
        let email = if number % 2 == 0 { "V@mail.example" } else { "v@mail.example" };
        assert_eq!(patch(email).await.expect(200)["email"], "bea@mail.example");
    }
    patch("V@mail.example").await.expect(429);
    let mails = app.mails().await;
    let mail = mails.last().expect("a mail");
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &Link::of(mail).claim()).await);
    assert_eq!(app.user(&bea).await.email.as_deref(), Some("V@mail.example"));
}

#[tokio::test]
async fn a_staff_member_neither_activates_nor_changes_an_account_that_waits_or_is_shut() {
    let app = TestApp::with(|settings| {
        settings.contracts.djoser.enabled = true;
        settings.change_email.verification = false;
    })
    .await;
    let waiting = app.djoser().registered("bea").await;
    let (shut, _) = app.djoser().somebody("cyd").await;
    app.accounts().administration().disable_user(&UserId::from_stored(&*shut)).await.expect("it is there");
    let (ann, token) = app.djoser().somebody("ann").await;
    make_staff(&app, &ann).await;
    for (id, sentence) in [
        (&waiting, "This account must be activated before its address can be changed."),
        (&shut, "This account is disabled."),
    ] {
        let body = json!({ "email": "new@mail.example" });
        let answer = app.djoser().send_by(&token, "PATCH", &paths::user(id), &body).await;
        assert_eq!(answer.expect(400), json!({ "email": [sentence] }));
    }
    assert!(app.user(&waiting).await.verified_at.is_none());
}

#[tokio::test]
async fn who_is_dismissed_while_a_change_is_on_its_way_changes_nothing() {
    let app = TestApp::with(without_activation).await;
    let (bea, _) = app.djoser().somebody("bea").await;
    let (ann, token) = app.djoser().somebody("ann").await;
    make_staff(&app, &ann).await;
    let token = SessionToken::parse(&token).expect("a token");
    let staff = app.accounts().authenticate(&token).await.expect("it answers").expect("ann is logged in");
    app.accounts().administration().dismiss_staff(&UserId::from_stored(&*ann)).await.expect("it is there");
    let (target, id) = (app.user(&bea).await, UserId::from_stored(&*bea));
    let email = EmailAddress::parse("evil@mail.example").expect("an address");
    let name = ProfileChange { first_name: PersonName::parse("Eve").ok(), ..ProfileChange::default() };
    let password = Password::parse(PASSWORD, 128).expect("a password");
    let confirmed = app.accounts().confirm_password(&staff, password, &Client::default()).await.expect("it answers");
    let refusals = [
        app.accounts().change_email_of(&staff, target, email).await.err(),
        app.accounts().change_profile_of(&staff, &id, name).await.err(),
        app.accounts().delete_account_of(confirmed.expect("it is right"), &id).await.err(),
    ];
    for refusal in refusals {
        assert!(matches!(refusal, Some(Failure::Refused(StaffError::NotStaff))), "{refusal:?}");
    }
    let user = app.user(&bea).await;
    assert_eq!((user.email.as_deref(), user.first_name.as_str()), (Some("bea@mail.example"), ""));
}

#[tokio::test]
async fn the_description_lists_the_password_that_a_new_address_takes() {
    for is_asked in [true, false] {
        let app = TestApp::with(|settings| {
            without_activation(settings);
            settings.change_email.password = is_asked;
        })
        .await;
        let (id, token) = app.djoser().somebody("ann").await;
        for path in [paths::ME, &paths::user(&id)] {
            let described = app.djoser().send_by(&token, "OPTIONS", path, &json!({})).await.expect(200);
            let field = &described["actions"]["PUT"]["current_password"];
            assert_eq!(field.is_object(), is_asked, "{path}");
            assert_eq!(field.get("required"), is_asked.then_some(&json!(false)), "{path}");
        }
    }
}

#[tokio::test]
async fn an_imported_address_that_breaks_the_rules_of_today_is_no_fault_in_its_own_record() {
    let app = TestApp::with(with_activation).await;
    let (id, token) = app.djoser().somebody("ann").await;
    app.execute("UPDATE users SET email = 'ann@', email_key = 'ann@', owned_email_key = 'ann@'");
    for method in ["PATCH", "PUT"] {
        let body = app.djoser().get_by(&token, paths::ME).await.expect(200);
        app.djoser().send_by(&token, method, paths::ME, &body).await.expect(200);
    }
    let new = json!({ "email": "Ann@" });
    let refused = app.djoser().send_by(&token, "PATCH", paths::ME, &new).await;
    assert_eq!(refused.expect(400), json!({ "email": ["Enter a valid email address."] }));
    assert_eq!(app.user(&id).await.email.as_deref(), Some("ann@"));
}
