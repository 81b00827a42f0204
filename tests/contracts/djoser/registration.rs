//! `users/` POST.

use countersign::Settings;
use countersign::settings::{LoginField, UserField, UsernamePolicy};
use serde_json::{Value, json};

use super::{with_activation, without_activation};
use crate::support::TestApp;
use crate::support::djoser::{Link, expect_nothing, paths, registration};
use crate::support::endpoints::Contract;
use crate::support::test_app::PASSWORD;

fn registration_with(name: &str, value: Value) -> Value {
    let mut body = registration("ann", "ann@mail.example");
    body[name] = value;
    body
}

#[tokio::test]
async fn a_new_user_is_shown_and_gets_a_link_to_the_page_of_this_contract() {
    let app = TestApp::with(with_activation).await;
    let answer = app.djoser().post(paths::USERS, &registration("ann", "Ann@Mail.Example")).await;
    let id = answer.expect(201)["id"].as_str().expect("an id").to_owned();
    assert_eq!(answer.body, format!(r#"{{"email":"Ann@mail.example","username":"ann","id":"{id}"}}"#));
    let mail = app.mail().await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        ("Ann@mail.example", "Please verify your account at Tea & Co")
    );
    let link = Link::of(&mail);
    let page = format!("http://localhost:5173/activate/{}/{}", link.uid, link.token);
    assert_eq!(link.url, page);
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &link.claim()).await);
}

#[tokio::test]
async fn without_activation_a_user_is_active_at_once_and_needs_no_address() {
    let app = TestApp::with(without_activation).await;
    for (name, body) in [
        ("ann", json!({ "username": "ann", "password": PASSWORD })),
        ("bea", json!({ "username": "bea", "password": PASSWORD, "email": "" })),
    ] {
        let answer = app.djoser().post(paths::USERS, &body).await;
        assert_eq!(answer.expect(201)["email"], "");
        app.djoser().token(name, PASSWORD).await;
    }
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field() {
    let app = TestApp::with(with_activation).await;
    let (required, blank) = (json!(["This field is required."]), json!(["This field may not be blank."]));
    let refused = async |body: &Value| app.djoser().post(paths::USERS, body).await.expect(400);
    assert_eq!(refused(&json!({})).await, json!({ "email": required, "username": required, "password": required }));
    let blanks = json!({ "email": "", "username": "", "password": "" });
    assert_eq!(refused(&blanks).await, json!({ "email": blank, "username": blank, "password": blank }));
    app.djoser().registered("bea").await;
    for (body, field, sentences) in [
        (registration_with("username", json!("BEA")), "username", json!(["A user with that username already exists."])),
        (registration_with("email", json!("x")), "email", json!(["Enter a valid email address."])),
        (registration_with("email", Value::Null), "email", json!(["This field may not be null."])),
        (
            registration_with("password", json!("12")),
            "password",
            json!([
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.",
                "This password is entirely numeric."
            ]),
        ),
        (
            registration_with("username", json!("x".repeat(151))),
            "username",
            json!(["Ensure this field has no more than 150 characters."]),
        ),
    ] {
        assert_eq!(refused(&body).await, json!({ field: sentences }), "{body}");
    }
    assert_eq!(app.users().await.len(), 1, "a refused registration leaves nothing behind");
}

#[tokio::test]
async fn a_repeated_password_is_judged_once_the_password_meets_the_rules() {
    let retyped = |settings: &mut Settings| {
        with_activation(settings);
        settings.contracts.djoser.user_create_password_retype = true;
    };
    let app = TestApp::with(retyped).await;
    let required = json!({ "re_password": ["This field is required."] });
    let missing = registration("ann", "ann@mail.example");
    assert_eq!(app.djoser().post(paths::USERS, &missing).await.expect(400), required);
    let different = registration_with("re_password", json!("another"));
    let sentence = json!({ "non_field_errors": ["The two password fields didn't match."] });
    assert_eq!(app.djoser().post(paths::USERS, &different).await.expect(400), sentence);
    let mut weak = different.clone();
    weak["password"] = json!("12345678");
    assert!(app.djoser().post(paths::USERS, &weak).await.expect(400)["password"].is_array());
    app.djoser().post(paths::USERS, &registration_with("re_password", json!(PASSWORD))).await.expect(201);
}

#[tokio::test]
async fn a_repetition_that_is_not_asked_for_is_ignored_and_so_are_other_members() {
    let app = TestApp::with(with_activation).await;
    let mut body = registration_with("re_password", json!("another"));
    (body["is_staff"], body["is_superuser"], body["first_name"], body["id"]) =
        (json!(true), json!(true), json!("Ann"), json!(1));
    let record = app.djoser().post(paths::USERS, &body).await.expect(201);
    let user = app.user(record["id"].as_str().expect("an id")).await;
    assert_eq!((user.first_name.as_str(), user.is_staff()), ("", false));
}

#[tokio::test]
async fn the_settings_say_which_fields_are_taken_and_shown() {
    let named = |settings: &mut Settings| {
        with_activation(settings);
        settings.contracts.djoser.user_create_fields = vec![UserField::FirstName, UserField::Username];
        settings.contracts.djoser.user_fields = vec![UserField::Username, UserField::LastName, UserField::FirstName];
    };
    let app = TestApp::with(named).await;
    let mut body = registration_with("first_name", json!("Ann"));
    body["last_name"] = json!("Lee");
    let answer = app.djoser().post(paths::USERS, &body).await;
    answer.expect(201);
    assert_eq!(answer.body, r#"{"first_name":"Ann","username":"ann"}"#);
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &Link::of(&app.mail().await).claim()).await);
    let token = app.djoser().token("ann", PASSWORD).await;
    let answer = app.djoser().get_by(&token, paths::ME).await;
    assert_eq!(answer.body, r#"{"username":"ann","last_name":"","first_name":"Ann"}"#);
}

#[tokio::test]
async fn a_closed_site_registers_no_user_and_still_lists_them() {
    let closed = |settings: &mut Settings| {
        without_activation(settings);
        settings.registration.enabled = false;
    };
    let open = TestApp::with(without_activation).await;
    let (_, token) = open.djoser().somebody("ann").await;
    let app = open.sibling(closed).await;
    app.djoser().post(paths::USERS, &registration("bea", "bea@mail.example")).await.expect_detail(404, "Not found.");
    assert_eq!(app.djoser().get_by(&token, paths::USERS).await.expect(200).as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_logged_in_user_may_register_another_one() {
    let app = TestApp::with(without_activation).await;
    let (_, token) = app.djoser().somebody("ann").await;
    let body = registration("bea", "bea@mail.example");
    let record = app.djoser().post_by(&token, paths::USERS, &body).await.expect(201);
    assert_eq!(record["username"], "bea");
}

#[tokio::test]
async fn a_username_is_taken_only_where_it_is_needed_or_listed() {
    let generated = |settings: &mut Settings| {
        without_activation(settings);
        settings.users.username = UsernamePolicy::Generated;
        settings.login.fields = vec![LoginField::Email];
        settings.contracts.djoser.user_create_fields = vec![UserField::FirstName];
    };
    let app = TestApp::with(generated).await;
    let body = |name: &str, username: &str| json!({ "email": format!("{name}@mail.example"), "username": username, "password": PASSWORD });
    app.djoser().post(paths::USERS, &body("ann", "chosen")).await.expect(201);
    app.djoser().post(paths::USERS, &body("bea", "ann")).await.expect(201);
    let names: Vec<_> = app.users().await.into_iter().filter_map(|user| user.username).collect();
    assert!(names.contains(&"ann".to_owned()) && names.contains(&"bea".to_owned()), "{names:?}");
    let described = async |app: &TestApp| {
        let path = app.path_of(Contract::Djoser, paths::USERS);
        app.send(app.request("OPTIONS", &path)).await.expect(200)["actions"]["POST"]["username"].is_object()
    };
    assert!(!described(&app).await);

    let listed = app
        .sibling(|settings| {
            generated(settings);
            settings.contracts.djoser.user_create_fields = vec![UserField::Username];
        })
        .await;
    assert!(described(&listed).await);
    let answer = listed.djoser().post(paths::USERS, &body("cyd", "chosen")).await;
    assert_eq!(answer.expect(201)["username"], "chosen");

    let needed = app
        .sibling(|settings| {
            generated(settings);
            settings.users.username = UsernamePolicy::Required;
        })
        .await;
    let missing = needed.djoser().post(paths::USERS, &json!({ "email": "d@mail.example", "password": PASSWORD })).await;
    assert_eq!(missing.expect(400), json!({ "username": ["This field is required."] }));
}
