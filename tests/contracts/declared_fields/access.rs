//! Who gives, changes and sees a field, and when.

use countersign::UserId;
use countersign::profile_fields::CheckedValues;

use super::*;
use crate::support::djoser::paths;

fn text(name: &str, editable: Editable) -> Declaration {
    Declaration { editable, ..Declaration::new(name, FieldType::TEXT) }
}

fn of_every_kind() -> Vec<Declaration> {
    vec![
        text("always", Editable::Always),
        text("once", Editable::AtRegistration),
        text("later", Editable::AfterRegistration),
        text("operators", Editable::Never),
    ]
}

#[tokio::test]
async fn each_field_is_taken_when_it_is_editable_and_ignored_otherwise() {
    let app = app_with(of_every_kind()).await;
    let sent = json!({ "always": "a", "once": "b", "later": "c", "operators": "d" });
    for (contract, name) in Contract::THAT_SHOW_NEW_USERS.into_iter().zip(["ann", "bob", "eve"]) {
        let registered = register(&app, contract, name, &sent).await.expect(201);
        let expected = json!({ "always": "a", "once": "b", "later": "", "operators": "" });
        assert_eq!(among(&registered, &expected), expected, "{contract:?}");
    }
    let token = app.log_in("ann", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    let change = json!({ "always": "A", "once": "B", "later": "C", "operators": "D" });
    for path in records(&app) {
        let expected = json!({ "always": "A", "once": "b", "later": "C", "operators": "" });
        assert_eq!(among(&patch(&app, &token, &path, &change).await.expect(200), &expected), expected);
    }
}

#[tokio::test]
async fn a_required_field_is_required_at_registration_and_in_a_whole_record() {
    let required = |editable| Declaration { required: true, ..text("role", editable) };
    for editable in [Editable::Always, Editable::AtRegistration] {
        let app = app_with(vec![required(editable)]).await;
        for contract in Contract::THAT_REGISTER {
            let answer = register(&app, contract, "ann", &json!({})).await;
            assert_eq!(answer.expect(400), json!({ "role": ["This field is required."] }), "{contract:?}");
            let answer = register(&app, contract, "ann", &json!({ "role": " " })).await;
            assert_eq!(answer.expect(400), json!({ "role": ["This field may not be blank."] }), "{contract:?}");
        }
        let token = logged_in(&app, "ann", &json!({ "role": "x" })).await;
        for path in records(&app) {
            let put = app.send(BY_TOKEN(&app, &token, "PUT", &path).json(&json!({ "username": "ann" }))).await;
            let status = if editable == Editable::Always { 400 } else { 200 };
            assert_eq!(put.status, status, "{editable:?} {path}: {}", put.body);
            patch(&app, &token, &path, &json!({})).await.expect(200);
        }
    }
}

#[tokio::test]
async fn a_field_may_be_required_and_null() {
    let declaration = Declaration { required: true, nullable: Some(true), ..text("role", Editable::Always) };
    let app = app_with(vec![declaration]).await;
    register(&app, Contract::Accounts, "ann", &json!({})).await.expect(400);
    let registered = register(&app, Contract::Accounts, "ann", &json!({ "role": null })).await.expect(201);
    assert_eq!(registered["role"], Value::Null);
}

#[tokio::test]
async fn other_users_see_only_the_fields_that_are_shown_to_them_and_staff_sees_all() {
    let open = |settings: &mut Settings| {
        let shown = Declaration { visibility: Visibility::LoggedIn, ..text("shown", Editable::Always) };
        with_fields(vec![text("hidden", Editable::Always), shown])(settings);
        settings.contracts.djoser.hide_users = false;
    };
    let app = TestApp::with_all_contracts(open).await;
    let values = json!({ "hidden": "secret", "shown": "open" });
    let ann = logged_in(&app, "ann", &values).await;
    // The list is in the order of registration.
    app.advance(1);
    let bob = logged_in(&app, "bob", &values).await;
    let list = async |token: &str| app.djoser().get_by(token, paths::USERS).await.expect(200);
    for (token, own) in [(&ann, 0), (&bob, 1)] {
        let records = list(token).await;
        assert_eq!(among(&records[own], &values), values);
        assert_eq!((&records[1 - own]["hidden"], &records[1 - own]["shown"]), (&Value::Null, &json!("open")));
        assert!(records[1 - own].get("hidden").is_none());
    }
    let ann_id = app.users().await[0].id.clone();
    app.accounts().administration().make_staff(&ann_id).await.expect("she is there");
    assert!(list(&ann).await.as_array().expect("a list").iter().all(|record| record["hidden"] == "secret"));
}

#[tokio::test]
async fn staff_changes_the_fields_of_others() {
    let app = app_with(of_every_type()).await;
    let ann = logged_in(&app, "ann", &json!({})).await;
    app.advance(1);
    logged_in(&app, "bob", &json!({ "age": 5 })).await;
    let users = app.users().await;
    app.accounts().administration().make_staff(&users[0].id).await.expect("she is there");
    let path = paths::user(users[1].id.as_str());
    let changed = app.djoser().send_by(&ann, "PATCH", &path, &json!({ "bio": "by staff" })).await.expect(200);
    assert_eq!((&changed["bio"], &changed["age"]), (&json!("by staff"), &json!(5)));
    let refused = app.djoser().send_by(&ann, "PATCH", &path, &json!({ "age": -1 })).await.expect(400);
    assert_eq!(refused["age"][0], "Ensure this value is greater than or equal to 0.");
}

#[tokio::test]
async fn operators_and_embedding_programs_set_every_field() {
    let app = app_with(of_every_kind()).await;
    let token = logged_in(&app, "ann", &json!({ "always": "kept" })).await;
    let fields = app.accounts().profile_fields().clone();
    let mut values = CheckedValues::default();
    values.add(fields.get("operators").expect("declared"), "set").expect("it fits");
    let administration = app.accounts().administration();
    let id = app.users().await[0].id.clone();
    let user = administration.set_profile_fields(&id, values.clone()).await.expect("he is there");
    let shown: Vec<_> =
        fields.values_of(&user.profile).into_iter().map(|(field, value)| (field.name(), value)).collect();
    let expected = [("always", "kept"), ("once", ""), ("later", ""), ("operators", "set")];
    assert_eq!(shown, expected.map(|(name, value)| (name, value.into())));
    assert_eq!(app.get_by(&token, &records(&app)[0]).await.expect(200)["operators"], "set");
    let nobody = UserId::from_stored("018bcfe5-6800-7000-8000-000000000000");
    assert!(administration.set_profile_fields(&nobody, values).await.is_err());
}

#[tokio::test]
async fn a_concealed_registration_answers_as_any_other() {
    let app = TestApp::with_all_contracts(|settings| declare(settings, of_every_type())).await;
    app.verified("owner").await;
    let body = |name: &str, email: &str| json!({ "email": email, "bio": "hello", "age": 3, "username": name });
    let taken = app.register("ann", body("ann", "owner@mail.example")).await.expect(201);
    let free = app.register("bob", body("bob", "bob@mail.example")).await.expect(201);
    let names = ["bio", "age", "newsletter", "born_on", "role"];
    assert_eq!(names.map(|name| taken[name].clone()), names.map(|name| free[name].clone()));
    assert_eq!(taken["bio"], "hello");
    let wrong = |email: &str| json!({ "email": email, "age": "x" });
    let told =
        [app.register("eve", wrong("owner@mail.example")).await, app.register("eve", wrong("x@mail.example")).await];
    assert_eq!((told[0].status, &told[0].body), (400, &told[1].body));
}
