//! `all-profiles` POST and `profile/{id}` DELETE: a profile is filled in and emptied.

use super::*;

#[tokio::test]
async fn a_profile_is_filled_in_once_and_again_after_it_was_emptied() {
    let app = TestApp::with(private).await;
    let (ann, token) = member(&app, "ann").await;
    let path = paths::profile(&ann);
    let all = json!({ "description": "Ann", "location": "Hall 3", "is_organizer": true });
    for _ in 0..2 {
        let created = app.profiles().send_by(&token, "POST", paths::ALL, &all).await.expect(201);
        assert_eq!((&created["location"], &created["phone"]), (&json!("Hall 3"), &json!("555")));
        let again = app.profiles().send_by(&token, "POST", paths::ALL, &json!({ "location": "x" })).await.expect(400);
        assert_eq!(again, json!({ "non_field_errors": ["This user has a profile already."] }));
        assert_eq!(app.profiles().get_by(&token, &path).await.expect(200), created);

        let emptied = app.profiles().send_by(&token, "DELETE", &path, &json!({})).await;
        assert_eq!((emptied.status, emptied.body.as_str()), (204, ""));
        let left = app.profiles().get_by(&token, &path).await.expect(200);
        assert_eq!((&left["location"], &left["is_organizer"]), (&json!(""), &json!(false)));
        assert_eq!(left["phone"], "555", "users cannot empty what they cannot change");
    }
    assert_eq!(app.users().await.len(), 1, "the account stays");
}

#[tokio::test]
async fn a_null_and_an_empty_text_fill_nothing() {
    let app = TestApp::with(private).await;
    let mut body = djoser::registration("ann", "ann@mail.example");
    (body["location"], body["description"]) = (json!(""), Value::Null);
    let user = app.djoser().post(djoser::paths::USERS, &body).await.expect(201);
    let token = app.djoser().token("ann", PASSWORD).await;
    let fill = async |body: Value| app.profiles().send_by(&token, "POST", paths::ALL, &body).await;
    fill(json!({ "location": " ", "description": null })).await.expect(201);
    let created = fill(json!({ "location": "Hall 3" })).await.expect(201);
    assert_eq!((&created["id"], &created["location"]), (&user["id"], &json!("Hall 3")));
    fill(json!({ "location": "Hall 4" })).await.expect(400);

    let path = paths::profile(user["id"].as_str().expect("an id"));
    let emptied = json!({ "location": "", "description": null });
    app.profiles().send_by(&token, "PATCH", &path, &emptied).await.expect(200);
    fill(json!({ "is_organizer": false })).await.expect(201);
    fill(json!({ "location": "Hall 4" })).await.expect(400);
}

#[tokio::test]
async fn of_many_first_fillings_one_counts() {
    let app = TestApp::with(private).await;
    let (ann, token) = member(&app, "ann").await;
    let fill = |number: usize| {
        let (app, token) = (&app, &token);
        async move {
            let body = json!({ "location": number.to_string() });
            app.profiles().send_by(token, "POST", paths::ALL, &body).await
        }
    };
    let answers = futures_util::future::join_all((0..32).map(fill)).await;
    let created: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!((created.len(), answers.iter().filter(|answer| answer.status == 400).count()), (1, 31));
    assert_eq!(app.profiles().get_by(&token, &paths::profile(&ann)).await.expect(200), created[0].json());
}

#[tokio::test]
async fn an_emptied_profile_keeps_what_is_required() {
    let app = TestApp::with(|settings| {
        private(settings);
        let required = Declaration { required: true, ..Declaration::new("role", FieldType::TEXT) };
        let optional = Declaration::new("nick", FieldType::TEXT);
        let fields = [required, optional].map(|declaration| declaration.check().expect("a sound declaration"));
        settings.profile_fields = ProfileFields::new(fields.into()).expect("sound fields");
    })
    .await;
    let mut body = djoser::registration("ann", "ann@mail.example");
    body["role"] = json!("teacher");
    let user = app.djoser().post(djoser::paths::USERS, &body).await.expect(201);
    let token = app.djoser().token("ann", PASSWORD).await;
    let path = paths::profile(user["id"].as_str().expect("an id"));
    let full = json!({ "role": "teacher", "nick": "Annie" });
    app.profiles().send_by(&token, "POST", paths::ALL, &full).await.expect(201);
    app.profiles().send_by(&token, "POST", paths::ALL, &full).await.expect(400);
    assert_eq!(app.profiles().send_by(&token, "DELETE", &path, &json!({})).await.status, 204);
    let left = app.profiles().get_by(&token, &path).await.expect(200);
    assert_eq!((&left["role"], &left["nick"]), (&json!("teacher"), &json!("")));
    app.profiles().send_by(&token, "POST", paths::ALL, &full).await.expect(201);
}
