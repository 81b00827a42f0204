//! `all-profiles` and `profile/{id}`: who sees whose profile, and what becomes of it.

mod filling;
mod lists;

use countersign::profile_fields::{Declaration, Editable, FieldType, ProfileFields, Visibility};
use countersign::settings::{ProfilesVisibility, UserField};
use countersign::{Settings, UserId};
use serde_json::{Value, json};

use crate::support::endpoints::Contract;
use crate::support::profiles::paths;
use crate::support::test_app::PASSWORD;
use crate::support::{TestApp, djoser};

const FORBIDDEN: &str = "You do not have permission to perform this action.";
const MISSING: &str = "No userProfile matches the given query.";

/// The fields of the tutorial, and one that only the owner sees and cannot change.
fn fields() -> ProfileFields {
    let seen =
        |name, field_type| Declaration { visibility: Visibility::LoggedIn, ..Declaration::new(name, field_type) };
    let location = FieldType::Text { min_length: 0, max_length: 30, pattern: None };
    let declarations = [
        Declaration { nullable: Some(true), ..seen("description", FieldType::TEXT) },
        seen("location", location),
        Declaration { default: Some(false.into()), ..seen("is_organizer", FieldType::Boolean) },
        Declaration { editable: Editable::AtRegistration, ..Declaration::new("phone", FieldType::TEXT) },
    ];
    let fields = declarations.map(|declaration| declaration.check().expect("a sound declaration"));
    ProfileFields::new(fields.into()).expect("sound fields")
}

/// Users are active at once, and see their own profile only.
fn private(settings: &mut Settings) {
    settings.registration.verification = false;
    settings.contracts.djoser.enabled = true;
    settings.contracts.profiles.enabled = true;
    settings.profile_fields = fields();
}

/// As in the tutorial: everybody who is logged in sees all profiles.
fn open(settings: &mut Settings) {
    private(settings);
    settings.contracts.profiles.visible_to = ProfilesVisibility::LoggedIn;
}

/// Registers a user who has a telephone number. Returns the id and a token.
async fn member(app: &TestApp, name: &str) -> (String, String) {
    let mut body = djoser::registration(name, &format!("{name}@mail.example"));
    body["phone"] = json!("555");
    let user = app.djoser().post(djoser::paths::USERS, &body).await.expect(201);
    let id = user["id"].as_str().expect("an id").to_owned();
    (id, app.djoser().token(name, PASSWORD).await)
}

fn names(list: &Value) -> Vec<&str> {
    let profiles = list.as_array().expect("a list").iter();
    profiles.map(|profile| profile["user"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn a_new_user_has_a_profile_with_the_values_of_nothing() {
    let app = TestApp::with(private).await;
    let (ann, token) = member(&app, "ann").await;
    let answer = app.profiles().get_by(&token, &paths::profile(&ann)).await;
    let joined = "2023-11-14T22:13:20Z";
    assert_eq!(
        answer.body,
        format!(
            r#"{{"id":"{ann}","user":"ann","description":null,"location":"","is_organizer":false,"phone":"555","date_joined":"{joined}","updated_on":"{joined}"}}"#
        )
    );
    assert_eq!(app.profiles().get_by(&token, paths::ALL).await.expect(200), json!([answer.json()]));
}

#[tokio::test]
async fn the_owner_changes_a_profile_in_whole_and_in_part() {
    let app = TestApp::with(private).await;
    let (ann, token) = member(&app, "ann").await;
    let path = paths::profile(&ann);
    app.advance(60);
    let all = json!({ "description": "Runs the hall.", "location": " Hall 3 ", "is_organizer": true });
    let saved = app.profiles().send_by(&token, "PUT", &path, &all).await.expect(200);
    assert_eq!((&saved["location"], &saved["updated_on"]), (&json!("Hall 3"), &json!("2023-11-14T22:14:20Z")));
    assert_eq!(saved["date_joined"], "2023-11-14T22:13:20Z");

    let ignored = json!({ "id": "x", "user": "eve", "date_joined": "2001-01-01T00:00:00Z", "phone": "1", "zzz": 1 });
    for method in ["PUT", "PATCH"] {
        assert_eq!(app.profiles().send_by(&token, method, &path, &json!({})).await.expect(200), saved, "{method}");
        assert_eq!(app.profiles().send_by(&token, method, &path, &ignored).await.expect(200), saved, "{method}");
    }
    let part = json!({ "description": null, "location": "" });
    let saved = app.profiles().send_by(&token, "PATCH", &path, &part).await.expect(200);
    assert_eq!((&saved["description"], &saved["location"]), (&Value::Null, &json!("")));
    assert_eq!((&saved["is_organizer"], &saved["phone"]), (&json!(true), &json!("555")));
    // The fields of a profile are those of the account.
    let record = app.djoser().get_by(&token, djoser::paths::ME).await.expect(200);
    assert_eq!((&record["is_organizer"], &record["phone"]), (&json!(true), &json!("555")));
}

#[tokio::test]
async fn what_does_not_fit_is_told_at_its_field_and_changes_nothing() {
    let app = TestApp::with(private).await;
    let (ann, token) = member(&app, "ann").await;
    let path = paths::profile(&ann);
    for (body, expected) in [
        (
            json!({ "description": ["a"], "location": "x".repeat(31), "is_organizer": "maybe" }),
            json!({
                "description": ["Not a valid string."],
                "location": ["Ensure this field has no more than 30 characters."],
                "is_organizer": ["Must be a valid boolean."],
            }),
        ),
        (
            json!({ "description": "kept?", "location": null, "is_organizer": null }),
            json!({ "location": ["This field may not be null."], "is_organizer": ["This field may not be null."] }),
        ),
        (json!([1]), json!({ "non_field_errors": ["Invalid data. Expected a dictionary, but got list."] })),
    ] {
        for (method, path) in [("PUT", path.as_str()), ("PATCH", &path), ("POST", paths::ALL)] {
            let refused = app.profiles().send_by(&token, method, path, &body).await.expect(400);
            assert_eq!(refused, expected, "{method} {body}");
        }
    }
    let profile = app.profiles().get_by(&token, &path).await.expect(200);
    assert_eq!(profile["description"], Value::Null);
    assert_eq!(profile["updated_on"], profile["date_joined"]);
}

#[tokio::test]
async fn a_profile_is_its_owners_alone_unless_the_site_says_otherwise() {
    let app = TestApp::with(private).await;
    let (bea, _) = member(&app, "bea").await;
    let (_, token) = member(&app, "ann").await;
    assert_eq!(names(&app.profiles().get_by(&token, paths::ALL).await.expect(200)), ["ann"]);
    assert_eq!(names(&app.profiles().get_by(&token, "all-profiles?offset=1").await.expect(200)), [""; 0]);
    for id in [bea.as_str(), "99999999", "018bcfe5-6800-7000-8000-000000000000", "abc", "a%00b", "%F0%9F%A6%8A"] {
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            let answer = app.profiles().send_by(&token, method, &paths::profile(id), &json!({})).await;
            answer.expect_detail(404, MISSING);
        }
    }
}

#[tokio::test]
async fn everybody_reads_and_nobody_writes_the_profiles_of_an_open_site() {
    let app = TestApp::with(open).await;
    let (bea, bea_token) = member(&app, "bea").await;
    app.advance(1);
    let (_, token) = member(&app, "ann").await;
    let full = json!({ "description": "Bea", "location": "Hall 3", "is_organizer": true });
    app.profiles().send_by(&bea_token, "PUT", &paths::profile(&bea), &full).await.expect(200);

    let seen = app.profiles().get_by(&token, &paths::profile(&bea)).await.expect(200);
    assert_eq!(
        (&seen["user"], &seen["description"], &seen["location"]),
        (&json!("bea"), &json!("Bea"), &json!("Hall 3"))
    );
    assert_eq!(seen.get("phone"), None, "a field of the owner's");
    let list = app.profiles().get_by(&token, paths::ALL).await.expect(200);
    assert_eq!(names(&list), ["ann", "bea"], "the newest first");
    assert_eq!(list[1], seen);
    assert_eq!(list[0]["phone"], "555");
    for method in ["PUT", "PATCH", "DELETE"] {
        let body = json!({ "description": 5 });
        let refused = app.profiles().send_by(&token, method, &paths::profile(&bea), &body).await;
        refused.expect_detail(403, FORBIDDEN);
        let missing = app.profiles().send_by(&token, method, &paths::profile("99999999"), &body).await;
        missing.expect_detail(404, MISSING);
    }
    assert_eq!(app.profiles().get_by(&token, &paths::profile(&bea)).await.expect(200), seen);
}

#[tokio::test]
async fn strangers_see_nothing_and_a_profile_goes_with_its_account() {
    let app = TestApp::with(open).await;
    let (bea, bea_token) = member(&app, "bea").await;
    let (_, token) = member(&app, "ann").await;
    for path in [paths::ALL, "profile/1", &paths::profile(&bea)] {
        app.profiles().get_by("0".repeat(40).as_str(), path).await.expect_detail(401, "Invalid token.");
    }
    let deletion = json!({ "current_password": PASSWORD });
    assert_eq!(app.djoser().send_by(&bea_token, "DELETE", djoser::paths::ME, &deletion).await.status, 204);
    app.profiles().get_by(&token, &paths::profile(&bea)).await.expect_detail(404, MISSING);
    assert_eq!(names(&app.profiles().get_by(&token, paths::ALL).await.expect(200)), ["ann"]);
}

#[tokio::test]
async fn the_fields_may_be_kept_out_of_the_records_of_djoser() {
    let apart = |settings: &mut Settings| {
        private(settings);
        settings.contracts.djoser.profile_fields = false;
        settings.contracts.djoser.user_fields = vec![UserField::Username];
    };
    let app = TestApp::with(apart).await;
    let mut body = djoser::registration("ann", "ann@mail.example");
    body["location"] = json!("Hall 3");
    let user = app.djoser().post(djoser::paths::USERS, &body).await.expect(201);
    assert_eq!(user.as_object().expect("an object").len(), 3, "{user}");
    let token = app.djoser().token("ann", PASSWORD).await;
    let profile = paths::profile(user["id"].as_str().expect("an id"));
    assert_eq!(app.profiles().get_by(&token, &profile).await.expect(200)["location"], "");

    let filled = json!({ "location": "Hall 3", "is_organizer": true });
    app.profiles().send_by(&token, "PUT", &profile, &filled).await.expect(200);
    let change = json!({ "location": 5, "is_organizer": false });
    for method in ["PUT", "PATCH"] {
        let record = app.djoser().send_by(&token, method, djoser::paths::ME, &change).await.expect(200);
        assert_eq!(record, json!({ "username": "ann" }), "{method}");
    }
    assert_eq!(app.djoser().get_by(&token, djoser::paths::ME).await.expect(200), json!({ "username": "ann" }));
    let seen = app.profiles().get_by(&token, &profile).await.expect(200);
    assert_eq!((&seen["location"], &seen["is_organizer"]), (&json!("Hall 3"), &json!(true)));
    for path in [djoser::paths::USERS, djoser::paths::ME] {
        let described = app.send(app.request("OPTIONS", &app.path_of(Contract::Djoser, path))).await;
        assert!(!described.body.contains("location"), "{path}: {}", described.body);
    }
}
