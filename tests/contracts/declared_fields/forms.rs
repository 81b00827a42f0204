//! Forms: what is absent stays, and an empty input means that the user gave nothing.

use super::*;

async fn patch_form(app: &TestApp, token: &str, path: &str, pairs: &[(&str, &str)]) -> Answer {
    app.send(BY_TOKEN(app, token, "PATCH", path).form(pairs)).await
}

#[tokio::test]
async fn a_form_registers_with_declared_fields() {
    let app = app_with(of_every_type()).await;
    let sent =
        [("bio", "from a form"), ("age", "31"), ("newsletter", "on"), ("born_on", "1990-12-31"), ("role", "student")];
    for (contract, name) in Contract::THAT_SHOW_NEW_USERS.into_iter().zip(["ann", "bob", "eve"]) {
        let (path, body) = registration(contract, name);
        let mut pairs: Vec<(&str, &str)> = body
            .as_object()
            .expect("an object")
            .iter()
            .map(|(name, value)| (&**name, value.as_str().expect("a text")))
            .collect();
        pairs.extend([("bio", "a form")]);
        pairs.extend(sent.iter().skip(1).copied());
        let answer = app.send(app.request("POST", &app.path_of(contract, path)).form(&pairs)).await.expect(201);
        let expected =
            json!({ "bio": "a form", "age": 31, "newsletter": true, "born_on": "1990-12-31", "role": "student" });
        assert_eq!(among(&answer, &expected), expected, "{contract:?}");
    }
}

#[tokio::test]
async fn what_a_form_leaves_out_stays() {
    let app = app_with(of_every_type()).await;
    let all = json!({ "bio": "kept", "age": 31, "newsletter": true, "born_on": "1990-12-31", "role": "student" });
    let token = logged_in(&app, "ann", &all).await;
    for path in records(&app) {
        for method in ["PATCH", "PUT"] {
            let request = BY_TOKEN(&app, &token, method, &path).form(&[("username", "ann")]);
            assert_eq!(among(&app.send(request).await.expect(200), &all), all, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn an_empty_input_is_no_value_where_there_may_be_none_and_else_leaves_the_value() {
    let app = app_with(of_every_type()).await;
    let all = json!({ "bio": "gone", "age": 31, "newsletter": true, "born_on": "1990-12-31", "role": "student" });
    for (path, name) in records(&app).iter().zip(["ann", "bob"]) {
        let token = logged_in(&app, name, &all).await;
        let empty = [("bio", ""), ("age", ""), ("newsletter", ""), ("born_on", ""), ("role", "")];
        let expected = json!({ "bio": "", "age": null, "newsletter": true, "born_on": null, "role": null });
        assert_eq!(among(&patch_form(&app, &token, path, &empty).await.expect(200), &expected), expected);
    }
}

fn all_required() -> Vec<Declaration> {
    of_every_type().into_iter().map(|declaration| Declaration { required: true, ..declaration }).collect()
}

#[tokio::test]
async fn an_empty_input_is_no_value_of_a_required_field() {
    let app = app_with(all_required()).await;
    let all = json!({ "bio": "kept", "age": 31, "newsletter": true, "born_on": "1990-12-31", "role": "student" });
    let token = logged_in(&app, "ann", &all).await;
    let empty = json!({ "bio": " ", "age": "", "newsletter": "", "born_on": "", "role": "" });
    let expected = json!({
        "bio": ["This field may not be blank."],
        "age": ["A valid integer is required."],
        "newsletter": ["Must be a valid boolean."],
        "born_on": ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."],
        "role": ["\"\" is not a valid choice."],
    });
    for contract in Contract::THAT_REGISTER {
        let (path, body) = registration(contract, "bob");
        let request = app.request("POST", &app.path_of(contract, path)).form(&with_members(body, &empty));
        assert_eq!(app.send(request).await.expect(400), expected, "{contract:?}");
    }
    for path in all_records(&app).await {
        assert_eq!(app.send(BY_TOKEN(&app, &token, "PATCH", &path).form(&empty)).await.expect(400), expected, "{path}");
    }
}

#[tokio::test]
async fn a_required_field_of_every_type_is_missed_in_json_and_in_forms() {
    let app = app_with(all_required()).await;
    let all = json!({ "bio": "kept", "age": 31, "newsletter": true, "born_on": "1990-12-31", "role": "student" });
    let token = logged_in(&app, "ann", &all).await;
    let told = ["This field is required."];
    let expected = json!({ "bio": told, "age": told, "newsletter": told, "born_on": told, "role": told });
    for contract in Contract::THAT_REGISTER {
        let (path, body) = registration(contract, "bob");
        let post = || app.request("POST", &app.path_of(contract, path));
        for request in [post().json(&body), post().form(&body)] {
            assert_eq!(app.send(request).await.expect(400), expected, "{contract:?}");
        }
        let problem = app.send(post().json(&body).header("accept", "application/problem+json")).await.expect(400);
        assert!(
            ["bio", "age", "role"].iter().all(|name| problem["errors"][name][0]["code"] == "required"),
            "{problem}"
        );
    }
    let body = json!({ "username": "ann" });
    for path in all_records(&app).await {
        let put = || BY_TOKEN(&app, &token, "PUT", &path);
        for request in [put().json(&body), put().form(&body)] {
            assert_eq!(app.send(request).await.expect(400), expected, "{path}");
        }
        let kept = app.send(BY_TOKEN(&app, &token, "PATCH", &path).form(&body)).await.expect(200);
        assert_eq!(among(&kept, &all), all, "{path}");
    }
}

#[tokio::test]
async fn booleans_of_forms_have_many_spellings() {
    let app = app_with(of_every_type()).await;
    let token = logged_in(&app, "ann", &json!({})).await;
    for (text, truth) in [("true", true), ("on", true), ("1", true), ("off", false), ("no", false), ("0", false)] {
        for path in all_records(&app).await {
            let changed = patch_form(&app, &token, &path, &[("newsletter", text)]).await.expect(200);
            assert_eq!(changed["newsletter"], json!(truth), "{text}");
        }
    }
}

#[tokio::test]
async fn an_uploaded_file_is_no_value() {
    let app = app_with(of_every_type()).await;
    let token = logged_in(&app, "ann", &json!({})).await;
    for name in ["bio", "age", "newsletter", "born_on", "role"] {
        for path in all_records(&app).await {
            let file = reqwest::multipart::Part::text("2").file_name("a.txt");
            let form = reqwest::multipart::Form::new().part(name, file);
            let answer = app.send(BY_TOKEN(&app, &token, "PATCH", &path).multipart(form)).await;
            answer.expect_refusal(400, name);
        }
    }
}
