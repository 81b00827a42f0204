//! `registration/…`: new users and the proof of their address.

use super::*;

#[tokio::test]
async fn a_registration_logs_in_where_nothing_must_be_proved() {
    let app = TestApp::with(open).await;
    let answer = app.dj_rest_auth().register("ann").await;
    let token = key(&answer.expect(201));
    assert_eq!((answer.body.as_str(), token.len()), (format!(r#"{{"key":"{token}"}}"#).as_str(), 40));
    assert_eq!(cookie(&answer, COOKIE).as_deref(), Some(token.as_str()));
    let user = app.dj_rest_auth().get_by(&token, paths::USER).await;
    let id = user.expect(200)["pk"].as_str().expect("an id").to_owned();
    assert_eq!(
        user.body,
        format!(r#"{{"pk":"{id}","username":"ann","email":"ann@mail.example","first_name":"","last_name":""}}"#)
    );
    assert!(app.mails().await.is_empty(), "nothing is mailed");
}

#[tokio::test]
async fn an_optional_verification_mails_and_logs_in() {
    let app = TestApp::with(|settings| {
        mandatory(settings);
        settings.login.require_verified = false;
    })
    .await;
    let token = app.dj_rest_auth().somebody("ann").await;
    assert!(app.dj_rest_auth().is_alive(&token).await);
    let [key] = parameters(&app.mail().await);
    assert_eq!(app.dj_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await.body, r#"{"detail":"ok"}"#);
    assert!(app.dj_rest_auth().is_alive(&token).await);
}

#[tokio::test]
async fn a_mandatory_verification_refuses_the_login_until_the_key_is_posted() {
    let app = TestApp::with(mandatory).await;
    let answer = app.dj_rest_auth().register("ann").await;
    assert_eq!((answer.status, answer.body.as_str()), (201, r#"{"detail":"Verification e-mail sent."}"#));
    assert_eq!(cookie(&answer, COOKIE), None);
    let refused = app.dj_rest_auth().log_in("ann", PASSWORD).await;
    assert_eq!(refused.body, r#"{"non_field_errors":["E-mail is not verified."]}"#);
    let wrong = app.dj_rest_auth().log_in("ann", "Wrong-Lantern-9").await;
    assert_eq!(wrong.body, r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#);

    let mail = app.mail().await;
    let [segment, key] = parameters(&mail);
    assert_eq!(segment, "account-confirm-email");
    let verify = async |key: &str| app.dj_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await;
    for forged in ["x", "a:1:b", &key[1..], &format!("{key}A"), &key.replacen(':', ":1", 1)] {
        verify(forged).await.expect_detail(404, NOT_FOUND);
    }
    assert_eq!(verify(&key).await.body, r#"{"detail":"ok"}"#);
    verify(&key).await.expect_detail(404, NOT_FOUND);
    app.dj_rest_auth().log_in("ann", PASSWORD).await.expect(200);
    for missing in [json!({}), json!({ "key": "" }), json!({ "key": null })] {
        assert!(app.dj_rest_auth().post(paths::VERIFY_EMAIL, &missing).await.expect(400)["key"].is_array());
    }
}

#[tokio::test]
async fn an_expired_key_is_refused_and_another_can_be_had() {
    let app = TestApp::with(mandatory).await;
    app.dj_rest_auth().register("ann").await.expect(201);
    let [key] = parameters(&app.mail().await);
    app.advance(8 * 24 * 60 * 60);
    app.dj_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await.expect_detail(404, NOT_FOUND);
    for email in ["ann@MAIL.example", "nobody@mail.example"] {
        let answer = app.dj_rest_auth().post(paths::RESEND_EMAIL, &json!({ "email": email })).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"detail":"ok"}"#), "{email}");
    }
    let [key] = parameters(&app.mail().await);
    app.dj_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await.expect(200);
    app.dj_rest_auth().post(paths::RESEND_EMAIL, &json!({ "email": "ann@mail.example" })).await.expect(200);
    assert!(app.mails().await.is_empty(), "the address is proved");
}

#[tokio::test]
async fn a_registration_is_refused_in_three_steps() {
    let app = TestApp::with(|settings| {
        open(settings);
        settings.registration.email_required = true;
        settings.users.conceal_emails = false;
    })
    .await;
    app.dj_rest_auth().register("bea").await.expect(201);
    let with = |changes: &[(&str, Value)]| {
        let mut body = registration("annabel", "ann@mail.example");
        for (name, value) in changes {
            body[*name] = value.clone();
        }
        body
    };
    let required = json!(["This field is required."]);
    for (body, expected) in [
        (json!({}), json!({ "username": required, "email": required, "password1": required, "password2": required })),
        (
            with(&[("username", json!("BEA")), ("email", json!("BEA@mail.example")), ("password1", json!("123"))]),
            json!({
                "username": ["A user with that username already exists."],
                "email": ["User is already registered with this e-mail address."],
                "password1": [
                    "This password is too short. It must contain at least 8 characters.",
                    "This password is too common.",
                    "This password is entirely numeric.",
                ],
            }),
        ),
        (
            with(&[("password2", json!("another"))]),
            json!({ "non_field_errors": ["The two password fields didn't match."] }),
        ),
        (
            with(&[("password1", json!("annabel1")), ("password2", json!("annabel1"))]),
            json!({ "non_field_errors": ["The password is too similar to the username."] }),
        ),
    ] {
        assert_eq!(app.dj_rest_auth().post(paths::REGISTRATION, &body).await.expect(400), expected, "{body}");
    }
    assert_eq!(app.users().await.len(), 1);
}

#[tokio::test]
async fn a_login_by_address_tells_that_it_is_not_verified() {
    let app = TestApp::with(|settings| {
        mandatory(settings);
        settings.users.username = UsernamePolicy::Generated;
        settings.login.fields = vec![LoginField::Email];
    })
    .await;
    app.dj_rest_auth().register("ann").await.expect(201);
    let log_in = async |password: &str| {
        let body = json!({ "email": "ann@mail.example", "password": password });
        app.dj_rest_auth().post(paths::LOGIN, &body).await
    };
    let refused = log_in(PASSWORD).await;
    assert_eq!((refused.status, refused.body.as_str()), (400, r#"{"non_field_errors":["E-mail is not verified."]}"#));
    let wrong = r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#;
    assert_eq!(log_in("Wrong-Lantern-9").await.body, wrong);
    let [key] = parameters(&app.mail().await);
    app.dj_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await.expect(200);
    log_in(PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_concealed_address_is_answered_as_a_new_one() {
    let app = TestApp::with(mandatory).await;
    app.dj_rest_auth().register("ann").await.expect(201);
    let [key] = parameters(&app.mail().await);
    app.dj_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await.expect(200);
    let known = app.dj_rest_auth().post(paths::REGISTRATION, &registration("eve", "ann@mail.example")).await;
    let unknown = app.dj_rest_auth().post(paths::REGISTRATION, &registration("fay", "fay@mail.example")).await;
    assert_eq!((known.status, &known.body), (201, &unknown.body));
    // The new user of a taken address waits like any other.
    let logins = [app.dj_rest_auth().log_in("eve", PASSWORD).await, app.dj_rest_auth().log_in("fay", PASSWORD).await];
    assert_eq!(logins[0].body, r#"{"non_field_errors":["E-mail is not verified."]}"#);
    assert_eq!(logins[0].body, logins[1].body);
}

#[tokio::test]
async fn a_key_that_was_mailed_works_where_addresses_need_no_proof_by_now() {
    let strict = TestApp::with(mandatory).await;
    strict.dj_rest_auth().register("ann").await.expect(201);
    let [key] = parameters(&strict.mail().await);
    let app = strict.sibling(open).await;
    let answer = app.dj_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await;
    assert_eq!(answer.expect(200), json!({ "detail": "ok" }));
    assert!(app.users().await[0].verified_at.is_some());
}
