//! `o/<provider>/` of djoser.

use countersign::settings::{LoginField, UsernamePolicy};

use super::*;

async fn site(jwt: bool) -> Site {
    Site::with(|settings| {
        settings.contracts.djoser.enabled = true;
        settings.contracts.djoser.jwt = jwt;
    })
    .await
}

/// Asks for the provider's page, and keeps the cookie.
async fn page(site: &Site, browser: &mut Browser) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("redirect_uri", REDIRECT_URI).finish();
    let answer = site.app.get(&format!("/auth/o/idp/?{query}")).await;
    browser.keep(&answer);
    answer.expect(200)["authorization_url"].as_str().expect("a URL").to_owned()
}

/// Sends code and state as djoser's clients do: in the query, with an empty form.
async fn bring(site: &Site, browser: &Browser, pairs: &[(&str, &str)]) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let request = site.app.request("POST", &format!("/auth/o/idp/?{query}"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let request =
        if browser.cookies.is_empty() { request } else { request.header("cookie", browser.cookies.join("; ")) };
    site.app.send(request).await
}

#[track_caller]
fn expect_error(answer: &Answer, sentence: &str) {
    assert_eq!(answer.expect(400), json!({ "non_field_errors": [sentence] }));
}

#[tokio::test]
async fn a_login_ends_with_json_web_tokens_and_the_users_name() {
    let site = site(true).await;
    let mut browser = Browser::default();
    let url = page(&site, &mut browser).await;
    let login = site.idp.log_in(&url, &ann());
    let answer = bring(&site, &browser, &[("code", &login.code), ("state", &login.state)]).await.expect(201);
    assert_eq!(answer["user"], "ann");
    let bearer = format!("Bearer {}", answer["access"].as_str().expect("an access token"));
    let me = site.app.send(site.app.request("GET", "/auth/users/me/").header("authorization", bearer)).await;
    assert_eq!(me.expect(200)["email"], "ann@mail.example");
    assert!(answer["refresh"].is_string());
}

#[tokio::test]
async fn the_user_is_the_login_name() {
    for (fields, expected) in
        [(vec![LoginField::Email], "ann@mail.example"), (vec![LoginField::Username, LoginField::Email], "ann")]
    {
        let site = Site::with(|settings| {
            settings.contracts.djoser.enabled = true;
            settings.users.username = UsernamePolicy::Generated;
            settings.login.fields = fields.clone();
        })
        .await;
        let mut browser = Browser::default();
        let url = page(&site, &mut browser).await;
        let login = site.idp.log_in(&url, &ann());
        let answer = bring(&site, &browser, &[("code", &login.code), ("state", &login.state)]).await.expect(201);
        assert_eq!(answer["user"], expected, "{fields:?}");
    }
}

#[tokio::test]
async fn code_and_state_may_come_in_the_body() {
    let site = site(false).await;
    let mut browser = Browser::default();
    let url = page(&site, &mut browser).await;
    let login = site.idp.log_in(&url, &ann());
    let body = json!({ "code": login.code, "state": login.state });
    let answer = browser.send(&site.app, "/auth/o/idp/", None, &body).await.expect(201);
    let token = answer["auth_token"].as_str().expect("a token");
    assert_eq!(site.app.get_by(token, "/auth/users/me/").await.expect(200)["username"], "ann");
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_told_as_djoser_does() {
    let site = site(true).await;
    let not_allowed = json!("redirect_uri must be in SOCIAL_AUTH_ALLOWED_REDIRECT_URIS");
    for query in ["", "?redirect_uri=", "?redirect_uri=https://evil.example/", "?redirect_uri=%00"] {
        assert_eq!(site.app.get(&format!("/auth/o/idp/{query}")).await.expect(400), not_allowed, "{query}");
    }
    let unknown = site.app.get(&format!("/auth/o/nope/?redirect_uri={REDIRECT_URI}")).await;
    unknown.expect_detail(404, "Provider 'nope' not supported");
    site.app.post_json("/auth/o/nope/", &json!({})).await.expect_detail(404, "Provider 'nope' not supported");

    let mut browser = Browser::default();
    let url = page(&site, &mut browser).await;
    let login = site.idp.log_in(&url, &ann());
    let (code, state) = (("code", login.code.as_str()), ("state", login.state.as_str()));
    expect_error(&bring(&site, &browser, &[code]).await, "Missing needed parameter state");
    expect_error(&bring(&site, &browser, &[state]).await, "Missing needed parameter code");
    let wrong = bring(&site, &browser, &[code, ("state", "wrong")]).await;
    expect_error(&wrong, "Invalid state has been provided.");
    let stranger = bring(&site, &Browser::default(), &[code, state]).await;
    expect_error(&stranger, "State could not be found in server-side session data.");
    expect_error(&bring(&site, &browser, &[("code", "used"), state]).await, "The provider refused the code.");
    expect_error(&bring(&site, &browser, &[code, state]).await, "Invalid state has been provided.");
}

#[tokio::test]
async fn an_address_is_proved_before_tokens_are_given() {
    let site = site(true).await;
    let mut browser = Browser::default();
    let url = page(&site, &mut browser).await;
    let login = site.idp.log_in(&url, &ann().with("email_verified", false));
    let refused = bring(&site, &browser, &[("code", &login.code), ("state", &login.state)]).await;
    expect_error(&refused, "The e-mail address is not verified.");
    let mail = site.app.mail().await;
    assert!(mail.text.contains("/activate/"), "the link opens the contract's page: {mail:?}");
}
