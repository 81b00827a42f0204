//! The paths of the first contract.

use countersign::secret::Secret;
use countersign::settings::{LoginAnswer, Origin};

use super::*;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::fake_providers::{Act, Reply};

#[tokio::test]
async fn a_login_begins_at_the_button_and_ends_with_a_token() {
    let site = Site::start().await;
    let listed = site.app.get("providers/").await.expect(200);
    assert_eq!(listed, json!([{ "name": "idp", "title": "idp" }]));

    let answer = site.log_in(&ann()).await;
    assert_eq!(answer.expect(200)["detail"], "Login successful");
    let profile = site.profile(&token(&answer)).await;
    assert_eq!(profile["username"], "ann");
    assert_eq!((&profile["first_name"], &profile["last_name"]), (&json!("Ann"), &json!("Lee")));
    assert_eq!(profile["email"], "ann@mail.example");
    let again = token(&site.log_in(&ann()).await);
    assert_eq!(site.profile(&again).await["id"], profile["id"]);
    assert_eq!(site.app.users().await.len(), 1);
}

#[tokio::test]
async fn the_redirect_uri_is_compared_letter_by_letter_and_the_first_is_the_default() {
    let site = Site::start().await;
    let mut browser = Browser::default();
    let begun = site.start_with(&mut browser, None, &json!({})).await.expect(200);
    let url = begun["authorization_url"].as_str().expect("a URL");
    assert_eq!(site.idp.log_in(url, &ann()).redirect_uri, REDIRECT_URI);
    assert!(url.contains(&format!("state={}", begun["state"].as_str().expect("a state"))), "{url}");
    let upper = REDIRECT_URI.to_uppercase();
    let wrong = [&format!("{REDIRECT_URI}/"), &format!("{REDIRECT_URI}?a=1"), &upper, "https://evil.example/", "x"];
    for uri in wrong {
        let refused = site.start_with(&mut browser, None, &json!({ "redirect_uri": uri })).await;
        let sentence = "The provider's redirect_uris do not contain this address.";
        assert_eq!(refused.expect(400), json!({ "redirect_uri": [sentence] }), "{uri}");
    }
}

#[tokio::test]
async fn the_cookie_of_the_browser_is_for_the_site_alone() {
    let site = Site::start().await;
    let answer = site.app.post_json("providers/idp/start/", &json!({})).await;
    let cookie = answer.header("set-cookie").expect("a cookie");
    let (pair, attributes) = cookie.split_once("; ").expect("it has attributes");
    assert_eq!(pair.len(), BROWSER.len() + 1 + 64);
    assert_eq!(attributes, "SameSite=Lax; Secure; Path=/; HttpOnly; Max-Age=3600");
}

#[tokio::test]
async fn without_providers_there_are_no_such_paths() {
    let app = TestApp::start().await;
    for path in ["providers/", "provider-accounts/"] {
        app.get(path).await.expect_detail(404, "Not found.");
    }
    app.post_json("providers/idp/start/", &json!({})).await.expect_detail(404, "Not found.");
    let site = Site::start().await;
    site.app.post_json("providers/other/start/", &json!({})).await.expect_detail(404, "Not found.");
}

#[tokio::test]
async fn a_user_of_a_provider_has_no_password_before_a_reset() {
    let site = Site::start().await;
    let token = token(&site.log_in(&ann()).await);
    for password in ["!", "", "password"] {
        let body = json!({ "login": "ann", "password": password });
        assert_eq!(site.app.post_json("login/", &body).await.status, 400, "{password}");
    }
    let account = &site.accounts_of(&token).await[0];
    let path = format!("provider-accounts/{}/", account["id"].as_str().expect("an id"));
    let refused = site.app.delete_by(&token, &path).await;
    let sentence =
        "You could not log in any more. Set a password by a reset link first, or connect another provider account.";
    expect_refused(&refused, sentence);
    assert_eq!(site.accounts_of(&token).await.len(), 1);

    let link = site.app.reset_link("ann").await;
    site.app.reset(&link, NEW_PASSWORD).await.expect(200);
    let token = site.app.log_in("ann", NEW_PASSWORD).await;
    let token = super::token(&token);
    // The account was verified, so its provider account is the user's own.
    site.app.delete_by(&token, &path).await.expect_detail(200, "Provider account disconnected");
    assert!(site.accounts_of(&token).await.is_empty());
    site.app.delete_by(&token, &path).await.expect_detail(404, "Not found.");
}

#[tokio::test]
async fn json_web_tokens_are_the_answer_where_logins_give_them() {
    let site = Site::with(|settings| {
        settings.contracts.accounts.login = vec![LoginAnswer::Jwt];
    })
    .await;
    let pair = site.log_in(&ann()).await.expect(200);
    let access = pair["access"].as_str().expect("an access token");
    let request = site.app.request("GET", "profile/").header("authorization", format!("Bearer {access}"));
    assert_eq!(site.app.send(request).await.expect(200)["username"], "ann");
    assert!(pair["refresh"].is_string() && pair.get("token").is_none());
}

#[tokio::test]
async fn a_provider_that_is_away_is_503_and_the_same_state_works_later() {
    let site = Site::start().await;
    let mut browser = Browser::default();
    let url = site.begin(&mut browser).await;
    let login = site.idp.log_in(&url, &ann());
    site.idp.server.make("/token", Act::Reply(Reply::html(503)));
    let answer = site.bring(&browser, None, &login.code, &login.state).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    let seconds: u32 = answer.header("retry-after").expect("a time").parse().expect("seconds");
    assert!((1..=300).contains(&seconds), "{seconds}");
    assert_eq!(answer.json()["detail"], "The identity provider does not answer. Please try again later.");
    site.idp.server.heal("/token");
    token(&site.bring(&browser, None, &login.code, &login.state).await);
}

#[tokio::test]
async fn a_secret_that_the_provider_refuses_is_503_with_a_code_of_its_own() {
    let site = Site::with(|settings| settings.providers[0].client_secret = Some(Secret::new("another"))).await;
    let mut browser = Browser::default();
    let url = site.begin(&mut browser).await;
    let login = site.idp.log_in(&url, &ann());
    let request = site.app.request("POST", "providers/idp/finish/").header("accept", "application/problem+json");
    let request = request.header("cookie", browser.cookies.join("; "));
    let answer = site.app.send(request.json(&json!({ "code": login.code, "state": login.state }))).await;
    assert_eq!(answer.expect(503)["code"], "provider_unavailable");
    assert_eq!(answer.header("retry-after"), Some("60"));
}

#[tokio::test]
async fn pages_of_allowed_origins_may_send_the_cookie_of_the_browser_though_logins_give_tokens() {
    let page = "https://app.example.org";
    let site = Site::with(|settings| {
        settings.login.cookie = false;
        settings.contracts.djoser.enabled = true;
        settings.cors.allowed_origins = vec![Origin::parse(page).expect("an origin")];
    })
    .await;
    let djoser = format!("/auth/o/idp/?redirect_uri={REDIRECT_URI}");
    let asked = [("POST", "providers/idp/start/"), ("POST", "providers/idp/finish/"), ("GET", &*djoser)];
    for (method, path) in asked {
        let request = site.app.request(method, path).header("origin", page);
        let request = if method == "POST" { request.json(&json!({})) } else { request };
        let answer = site.app.send(request).await;
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"), "{path}: {answer:?}");
        let preflight = site.app.request("OPTIONS", path).header("origin", page);
        let answer = site.app.send(preflight.header("access-control-request-method", method)).await;
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"), "{path}: {answer:?}");
    }
    let app = TestApp::with(|settings| {
        settings.login.cookie = false;
        settings.cors.allowed_origins = vec![Origin::parse(page).expect("an origin")];
    });
    let answer = app.await;
    let answer = answer.send(answer.request("GET", "profile/").header("origin", page)).await;
    let allowed = answer.header("access-control-allow-credentials");
    assert_eq!(allowed, Some("true"), "pages ask to send cookies also where there are none");
}

#[tokio::test]
async fn without_redirect_uris_a_login_cannot_begin_and_the_answer_says_so() {
    let site = Site::with(|settings| {
        settings.providers[0].redirect_uris.clear();
        settings.contracts.djoser.enabled = true;
    })
    .await;
    let sentence = "The provider has no redirect_uris in the settings, so that no login can begin.";
    for body in [json!({}), json!({ "redirect_uri": REDIRECT_URI })] {
        let refused = site.app.post_json("providers/idp/start/", &body).await;
        assert_eq!(refused.expect(400), json!({ "redirect_uri": [sentence] }));
    }
    let refused = site.app.get(&format!("/auth/o/idp/?redirect_uri={REDIRECT_URI}")).await;
    assert_eq!(refused.expect(400), json!(sentence));
}
