//! JSON Web Tokens in bodies: `login/`, `registration/`, `token/refresh/` and `token/verify/`.

use super::*;

#[tokio::test]
async fn a_login_and_a_registration_answer_with_a_pair_and_its_user() {
    let app = TestApp::with(in_bodies).await;
    let registered = app.dj_rest_auth().register("ann").await;
    let logged_in = app.dj_rest_auth().log_in("ann", PASSWORD).await;
    for (answer, status) in [(&registered, 201), (&logged_in, 200)] {
        let body = answer.expect(status);
        let members: Vec<&String> = body.as_object().expect("an object").keys().collect();
        assert_eq!(members, ["access", "refresh", "user"], "no cookie has a name, and no expiration is asked for");
        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(user_by(&app, text(&body, "access")).await.expect(200), body["user"]);
        app.dj_rest_auth().post(paths::REFRESH, &json!({ "refresh": body["refresh"] })).await.expect(200);
    }
    let refused = app.dj_rest_auth().log_in("ann", "Wrong-Lantern-9").await;
    assert_eq!(errors(&refused, "non_field_errors"), json!(["Unable to log in with provided credentials."]));
}

#[tokio::test]
async fn expirations_are_answered_where_they_are_asked_for_and_by_each_refresh() {
    let app = TestApp::with(|settings| {
        in_bodies(settings);
        settings.contracts.dj_rest_auth.jwt_auth_return_expiration = true;
    })
    .await;
    let registered = app.dj_rest_auth().register("ann").await.expect(201);
    // The clock of the test stands still.
    let expected = ["2023-11-14T22:18:20Z", "2023-11-15T22:13:20Z"];
    assert_eq!([text(&registered, "access_expiration"), text(&registered, "refresh_expiration")], expected);
    let refreshed = app.dj_rest_auth().post(paths::REFRESH, &json!({ "refresh": registered["refresh"] })).await;
    let refreshed = refreshed.expect(200);
    let members: Vec<&String> = refreshed.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["access", "access_expiration"], "the refresh token stays");
    assert_eq!(text(&refreshed, "access_expiration"), expected[0]);
}

#[tokio::test]
async fn where_refresh_tokens_are_used_once_a_refresh_answers_with_a_new_pair() {
    let app = TestApp::with(|settings| {
        in_bodies(settings);
        settings.jwt.rotate_refresh_tokens = true;
    })
    .await;
    let first = app.dj_rest_auth().register("ann").await.expect(201);
    let refresh =
        async |body: &Value| app.dj_rest_auth().post(paths::REFRESH, &json!({ "refresh": body["refresh"] })).await;
    let second = refresh(&first).await.expect(200);
    let members: Vec<&String> = second.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["access", "access_expiration", "refresh", "refresh_expiration"]);
    // Another tab: refused, and nothing ends.
    app.advance(10);
    expect_token_refused(&refresh(&first).await, "Token is blacklisted");
    let third = refresh(&second).await.expect(200);
    // A thief: the login ends.
    app.advance(11);
    expect_token_refused(&refresh(&second).await, "Token is blacklisted");
    expect_token_refused(&refresh(&third).await, "Token is blacklisted");
    assert_eq!(user_by(&app, text(&third, "access")).await.status, 401);
}

#[tokio::test]
async fn a_refresh_and_a_verification_refuse_what_is_no_token_of_theirs() {
    let app = TestApp::with(in_bodies).await;
    let pair = app.dj_rest_auth().register("ann").await.expect(201);
    let post = async |path: &str, body: Value| app.dj_rest_auth().post(path, &body).await;
    expect_token_refused(&post(paths::REFRESH, json!({})).await, "No valid refresh token found.");
    expect_token_refused(&post(paths::REFRESH, json!({ "refresh": "abc" })).await, "Token is invalid");
    let access = json!({ "refresh": pair["access"] });
    expect_token_refused(&post(paths::REFRESH, access).await, "Token has wrong type");
    for (path, body, sentence) in [
        (paths::REFRESH, json!({ "refresh": "" }), "This field may not be blank."),
        (paths::REFRESH, json!({ "refresh": null }), "This field may not be null."),
        (paths::VERIFY, json!({}), "This field is required."),
        (paths::VERIFY, json!({ "token": [] }), "Not a valid string."),
    ] {
        let field = if path == paths::REFRESH { "refresh" } else { "token" };
        assert_eq!(errors(&post(path, body).await, field), json!([sentence]));
    }
    for name in ["access", "refresh"] {
        assert_eq!(post(paths::VERIFY, json!({ "token": pair[name] })).await.expect(200), json!({}));
    }
    expect_token_refused(&post(paths::VERIFY, json!({ "token": "abc" })).await, "Token is invalid");
    // Neither looks at other credentials.
    let path = app.dj_rest_auth().path(paths::REFRESH);
    let request = app.request("POST", &path).header("authorization", "Bearer abc");
    app.send(request.json(&json!({ "refresh": pair["refresh"] }))).await.expect(200);
    app.advance(86_400);
    expect_token_refused(&post(paths::REFRESH, json!({ "refresh": pair["refresh"] })).await, "Token is expired");
}

#[tokio::test]
async fn an_ended_account_gets_no_new_tokens() {
    let app = TestApp::with(in_bodies).await;
    let pair = app.dj_rest_auth().register("ann").await.expect(201);
    let id = UserId::from_stored(text(&pair["user"], "pk"));
    let administration = app.accounts().administration().clone();
    administration.disable_user(&id).await.expect("there is such a user");
    let refused = app.dj_rest_auth().post(paths::REFRESH, &json!({ "refresh": pair["refresh"] })).await;
    refused.expect_detail(401, "No active account found for the given token.");
    assert_eq!(text(&user_by(&app, text(&pair, "access")).await.expect(401), "code"), "user_inactive");
    administration.delete_user(&id).await.expect("there is such a user");
    assert_eq!(text(&user_by(&app, text(&pair, "access")).await.expect(401), "code"), "user_not_found");
}

#[tokio::test]
async fn a_bad_header_is_told_as_clients_of_json_web_tokens_expect() {
    let app = TestApp::with(in_bodies).await;
    app.dj_rest_auth().register("ann").await.expect(201);
    let user = async |header: &str| {
        let request = app.request("GET", &app.dj_rest_auth().path(paths::USER));
        app.send(request.header("authorization", header)).await
    };
    for (header, code) in [
        ("Bearer abc", "token_not_valid"),
        ("Bearer a.b.c", "token_not_valid"),
        ("Bearer", "bad_authorization_header"),
        ("Bearer a b", "bad_authorization_header"),
    ] {
        let answer = user(header).await;
        assert_eq!(text(&answer.expect(401), "code"), code, "{header}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"api\""));
    }
    for header in ["Token abc", "Token", "Basic YTpi"] {
        user(header).await.expect_detail(401, "Authentication credentials were not provided.");
    }
}

#[tokio::test]
async fn a_session_token_of_before_goes_on() {
    let app = TestApp::with(open).await;
    let token = app.dj_rest_auth().somebody("ann").await;
    let now_with_jwt = app.sibling(in_bodies).await;
    for scheme in ["Token", "Bearer"] {
        let request = now_with_jwt.request("GET", &now_with_jwt.dj_rest_auth().path(paths::USER));
        now_with_jwt.send(request.header("authorization", format!("{scheme} {token}"))).await.expect(200);
    }
    assert!(app.dj_rest_auth().is_alive(&token).await);
}

#[tokio::test]
async fn a_new_password_ends_the_other_logins() {
    let app = TestApp::with(in_bodies).await;
    let own = app.dj_rest_auth().register("ann").await.expect(201);
    let other = app.dj_rest_auth().log_in("ann", PASSWORD).await.expect(200);
    let path = app.dj_rest_auth().path(paths::CHANGE_PASSWORD);
    let request = app.request("POST", &path).header("authorization", format!("Bearer {}", text(&own, "access")));
    let body = json!({ "old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD });
    app.send(request.json(&body)).await.expect(200);
    assert_eq!(user_by(&app, text(&own, "access")).await.status, 200);
    assert_eq!(user_by(&app, text(&other, "access")).await.status, 401);
    let refused = app.dj_rest_auth().post(paths::REFRESH, &json!({ "refresh": other["refresh"] })).await;
    expect_token_refused(&refused, "Token is blacklisted");
}
