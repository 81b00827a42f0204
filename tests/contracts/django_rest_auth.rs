//! The contract of django-rest-auth: the answers in which it differs from that of dj-rest-auth, and both at once.

mod jwt;
mod jwt_cookie;

use countersign::links::FrontendUrl;
use countersign::settings::{ActivationPages, LoginField};
use countersign::{Settings, UserId};
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::dj_rest_auth::{key, parameters, paths, registration};
use crate::support::test_app::PASSWORD;

const NOT_FOUND: &str = "Not found.";

/// The contract alone, where an address must be proved before the first login.
fn mandatory(settings: &mut Settings) {
    settings.contracts.django_rest_auth.enabled = true;
    settings.contracts.accounts.enabled = false;
    settings.login.fields = vec![LoginField::Username, LoginField::Email];
}

/// Users are active at once.
fn open(settings: &mut Settings) {
    mandatory(settings);
    settings.registration.verification = false;
}

#[tokio::test]
async fn a_link_is_accepted_again_while_its_user_has_the_address() {
    let app = TestApp::with(mandatory).await;
    let answer = app.django_rest_auth().register("ann").await;
    assert_eq!((answer.status, answer.body.as_str()), (201, r#"{"detail":"Verification e-mail sent."}"#));
    let refused = app.django_rest_auth().log_in("ann", PASSWORD).await;
    assert_eq!(refused.body, r#"{"non_field_errors":["E-mail is not verified."]}"#);
    let [key] = parameters(&app.mail().await);
    let verify = async |key: &str| app.django_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await;
    for _ in 0..2 {
        assert_eq!(verify(&key).await.expect(200), json!({ "detail": "ok" }));
    }
    for forged in ["x", &key[1..], &format!("{key}A")] {
        verify(forged).await.expect_detail(404, NOT_FOUND);
    }
    let token = key_of_login(&app).await;
    let user = app.django_rest_auth().get_by(&token, paths::USER).await.expect(200);
    let id = UserId::from_stored(user["pk"].as_str().expect("an id"));
    app.accounts().administration().disable_user(&id).await.expect("it is there");
    verify(&key).await.expect_detail(404, NOT_FOUND);
}

async fn key_of_login(app: &TestApp) -> String {
    key(&app.django_rest_auth().log_in("ann", PASSWORD).await.expect(200))
}

#[tokio::test]
async fn no_other_link_can_be_asked_for() {
    let app = TestApp::with(mandatory).await;
    app.django_rest_auth().register("ann").await.expect(201);
    app.mail().await;
    let answer = app.django_rest_auth().post(paths::RESEND_EMAIL, &json!({ "email": "ann@mail.example" })).await;
    answer.expect_detail(404, NOT_FOUND);
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn a_taken_address_has_a_sentence_of_its_own_and_an_unproved_one_is_free() {
    let app = TestApp::with(|settings| {
        mandatory(settings);
        settings.users.conceal_emails = false;
        settings.login.require_verified = false;
    })
    .await;
    let token = app.django_rest_auth().somebody("ann").await;
    assert_eq!(token.len(), 40);
    let [link] = parameters(&app.mail().await);
    app.django_rest_auth().post(paths::REGISTRATION, &registration("eve", "ann@mail.example")).await.expect(201);
    app.django_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": link })).await.expect(200);
    let taken = app.django_rest_auth().post(paths::REGISTRATION, &registration("fay", "ANN@mail.example")).await;
    let sentence = "A user is already registered with this e-mail address.";
    assert_eq!(taken.expect(400), json!({ "email": [sentence] }));
}

#[tokio::test]
async fn a_concealed_address_is_answered_as_a_new_one() {
    let app = TestApp::with(mandatory).await;
    app.django_rest_auth().register("ann").await.expect(201);
    let [key] = parameters(&app.mail().await);
    app.django_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await.expect(200);
    let known = app.django_rest_auth().post(paths::REGISTRATION, &registration("eve", "ann@mail.example")).await;
    let unknown = app.django_rest_auth().post(paths::REGISTRATION, &registration("fay", "fay@mail.example")).await;
    assert_eq!((known.status, &known.body), (201, &unknown.body));
}

#[tokio::test]
async fn a_password_like_the_username_is_refused() {
    let app = TestApp::with(open).await;
    let mut body = registration("annabel", "ann@mail.example");
    body["password1"] = json!("annabel1");
    body["password2"] = json!("annabel1");
    let refused = app.django_rest_auth().post(paths::REGISTRATION, &body).await;
    let sentence = "The password is too similar to the username.";
    assert_eq!(refused.expect(400), json!({ "non_field_errors": [sentence] }));
    assert!(app.users().await.is_empty());
}

#[tokio::test]
async fn a_wrong_old_password_has_a_sentence_of_its_own() {
    let app = TestApp::with(open).await;
    let token = app.django_rest_auth().somebody("ann").await;
    let body = |old: &str| json!({ "old_password": old, "new_password1": "Velvet-Comet-77", "new_password2": "Velvet-Comet-77" });
    let change =
        async |body: Value| app.django_rest_auth().send_by(&token, "POST", paths::CHANGE_PASSWORD, &body).await;
    assert_eq!(change(body("nope")).await.expect(400), json!({ "old_password": ["Invalid password"] }));
    change(body(PASSWORD)).await.expect_detail(200, "New password has been saved.");
}

#[tokio::test]
async fn a_client_that_is_not_logged_in_may_log_out() {
    let app = TestApp::with(|settings| {
        open(settings);
        settings.contracts.django_rest_auth.session_login = false;
    })
    .await;
    let answer = app.django_rest_auth().register("ann").await;
    assert_eq!((answer.status, answer.header("set-cookie")), (201, None));
    let token = key(&answer.expect(201));
    let logged_out = "Successfully logged out.";
    app.django_rest_auth().post(paths::LOGOUT, &json!({})).await.expect_detail(200, logged_out);
    let log_out = async || app.django_rest_auth().send_by(&token, "POST", paths::LOGOUT, &json!({})).await;
    log_out().await.expect_detail(200, logged_out);
    log_out().await.expect_detail(401, "Invalid token.");
}

#[tokio::test]
async fn with_both_packages_each_mail_leads_to_the_page_of_its_own() {
    let page = |host: &str| {
        let text = format!("https://{host}.example/account-confirm-email/{{key}}/");
        let registration = FrontendUrl::parse(&text).expect("a page");
        Some(ActivationPages { registration, email: FrontendUrl::parse(&text).expect("a page") })
    };
    let reset = |host: &str| FrontendUrl::parse(&format!("https://{host}.example/reset/{{uid}}/{{token}}/")).ok();
    let app = TestApp::with(|settings| {
        mandatory(settings);
        settings.login.require_verified = false;
        settings.contracts.dj_rest_auth.enabled = true;
        settings.contracts.dj_rest_auth.account_confirm_email_url = page("newer");
        settings.contracts.dj_rest_auth.password_reset_confirm_url = reset("newer");
        settings.contracts.django_rest_auth.account_confirm_email_url = page("older");
        settings.contracts.django_rest_auth.password_reset_confirm_url = reset("older");
    })
    .await;
    let clients = [(app.dj_rest_auth(), "newer", "ann"), (app.django_rest_auth(), "older", "bea")];
    for (client, host, name) in &clients {
        let token = client.somebody(name).await;
        let mail = app.mail().await;
        assert!(mail.url().starts_with(&format!("https://{host}.example/account-confirm-email/")), "{}", mail.url());
        client.post(paths::RESET_PASSWORD, &json!({ "email": format!("{name}@mail.example") })).await.expect(200);
        let mail = app.mail().await;
        assert!(mail.url().starts_with(&format!("https://{host}.example/reset/")), "{}", mail.url());
        // An account and a login of one package are good at the other.
        for (other, ..) in &clients {
            other.log_in(name, PASSWORD).await.expect(200);
            assert!(other.is_alive(&token).await);
        }
    }
}
