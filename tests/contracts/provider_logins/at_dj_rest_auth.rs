//! The paths of dj-rest-auth and of the older package.

use countersign::settings::ProviderKind;

use super::*;
use crate::support::fake_providers::{FakeGitHub, FakeTwitter, settings};

/// The contract's tokens are digits, under `key`.
async fn site() -> Site {
    Site::with(|settings| {
        settings.contracts.dj_rest_auth.enabled = true;
        settings.contracts.django_rest_auth.enabled = true;
    })
    .await
}

async fn post(site: &Site, path: &str, body: &Value) -> Answer {
    site.app.post_json(&format!("/dj-rest-auth/{path}"), body).await
}

#[track_caller]
fn key(answer: &Answer) -> String {
    answer.expect(200)["key"].as_str().expect("a key").to_owned()
}

#[track_caller]
fn expect_error(answer: &Answer, sentence: &str) {
    assert_eq!(answer.expect(400), json!({ "non_field_errors": [sentence] }));
}

#[tokio::test]
async fn a_token_of_this_site_logs_in() {
    let site = site().await;
    let (access_token, id_token) = site.idp.tokens_for(&ann());
    let body = json!({ "access_token": access_token, "id_token": id_token });
    let first = key(&post(&site, "idp/", &body).await);
    let user = site.app.get_by(&first, "/dj-rest-auth/user/").await.expect(200);
    assert_eq!((&user["username"], &user["email"]), (&json!("ann"), &json!("ann@mail.example")));
    let alone = key(&post(&site, "idp/", &json!({ "access_token": access_token })).await);
    assert_eq!(site.app.get_by(&alone, "/dj-rest-auth/user/").await.expect(200), user);
    let older = site.app.post_json("/rest-auth/idp/", &body).await;
    assert_eq!(site.app.get_by(&key(&older), "/rest-auth/user/").await.expect(200)["username"], "ann");
}

#[tokio::test]
async fn a_token_of_another_site_logs_in_nobody() {
    let site = site().await;
    let stolen = site.idp.foreign_token_for(&ann());
    expect_error(&post(&site, "idp/", &json!({ "access_token": stolen })).await, "Incorrect value");
    for token in ["revoked", " ", "a\nb", "é", &"x".repeat(10_000)] {
        let refused = post(&site, "idp/", &json!({ "access_token": token })).await;
        if token.trim().is_empty() {
            expect_error(&refused, "Incorrect input. access_token or code is required.");
        } else {
            expect_error(&refused, "Incorrect value");
        }
    }
    assert!(site.app.users().await.is_empty());
}

#[tokio::test]
async fn something_must_prove_the_login() {
    let site = site().await;
    let (_, id_token) = site.idp.tokens_for(&ann());
    for body in [json!({}), json!({ "access_token": "", "code": "" }), json!({ "id_token": id_token })] {
        expect_error(&post(&site, "idp/", &body).await, "Incorrect input. access_token or code is required.");
    }
    let wrong = post(&site, "idp/", &json!({ "access_token": [], "code": true })).await.expect(400);
    assert_eq!(wrong, json!({ "access_token": ["Not a valid string."], "code": ["Not a valid string."] }));
}

#[tokio::test]
async fn a_code_is_exchanged_with_the_proof_key_of_the_frontend() {
    use base64::Engine;
    use sha2::Digest;
    let site = site().await;
    let verifier = "a".repeat(43);
    let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(&verifier));
    let code = |challenge: Option<&str>| site.idp.code_for(&ann(), REDIRECT_URI, challenge, None);
    key(&post(&site, "idp/", &json!({ "code": code(None) })).await);
    key(&post(&site, "idp/", &json!({ "code": code(Some(&challenge)), "code_verifier": verifier })).await);
    let refused = [
        json!({ "code": code(Some(&challenge)) }),
        json!({ "code": code(Some(&challenge)), "code_verifier": "b".repeat(43) }),
        json!({ "code": site.idp.code_for(&ann(), "https://evil.example/", None, None) }),
        json!({ "code": "used" }),
    ];
    for body in refused {
        expect_error(&post(&site, "idp/", &body).await, "Failed to exchange code for access token");
    }
}

#[tokio::test]
async fn an_account_is_connected_listed_and_disconnected() {
    let site = site().await;
    let (_, bob) = site.app.somebody("bob").await;
    let by = async |method: &str, path: &str, body: Value| {
        site.app.send(site.app.request_by(&bob, method, &format!("/dj-rest-auth/{path}")).json(&body)).await
    };
    let body = || json!({ "access_token": site.idp.tokens_for(&ann()).0 });
    let session = key(&by("POST", "idp/connect/", body()).await);
    assert_eq!(site.app.get_by(&session, "/dj-rest-auth/user/").await.expect(200)["username"], "bob");
    key(&by("POST", "idp/connect/", body()).await);
    let listed = by("GET", "socialaccounts/", json!({})).await.expect(200);
    let account = &listed.as_array().expect("a list")[0];
    let members: Vec<_> = account.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(members, ["date_joined", "id", "last_login", "provider", "uid"]);
    assert_eq!((&account["provider"], &account["uid"]), (&json!("idp"), &json!("ann-there")));
    by("POST", "socialaccounts/none/disconnect/", json!({})).await.expect_detail(404, "Not found.");
    let path = format!("socialaccounts/{}/disconnect/", account["id"].as_str().expect("an id"));
    assert_eq!(by("POST", &path, json!({})).await.expect(200), json!({}));
    assert_eq!(by("GET", "socialaccounts/", json!({})).await.expect(200), json!([]));

    let ann_here = key(&post(&site, "idp/", &body()).await);
    let taken = by("POST", "idp/connect/", body()).await;
    expect_error(&taken, "The social account is already connected to a different account.");
    let hers = site.app.get_by(&ann_here, "/dj-rest-auth/socialaccounts/").await.expect(200);
    let path = format!("/dj-rest-auth/socialaccounts/{}/disconnect/", hers[0]["id"].as_str().expect("an id"));
    let last = site.app.post_by(&ann_here, &path, &json!({})).await;
    expect_error(&last, "Your account has no password set up.");
    for (method, path) in
        [("POST", "idp/connect/"), ("GET", "socialaccounts/"), ("POST", "socialaccounts/1/disconnect/")]
    {
        let anonymous = site.app.send(site.app.request(method, &format!("/dj-rest-auth/{path}"))).await;
        anonymous.expect_detail(401, "Authentication credentials were not provided.");
    }
}

#[tokio::test]
async fn an_address_is_proved_before_tokens_are_given() {
    let site = site().await;
    let doubtful = || ann().with("email_verified", false);
    let body = || json!({ "access_token": site.idp.tokens_for(&doubtful()).0 });
    expect_error(&post(&site, "idp/", &body()).await, "E-mail is not verified.");
    let mail = site.app.mail().await;
    assert!(mail.text.contains("/account-confirm-email/"), "the link opens the contract's page: {mail:?}");
    site.app.verified("bob").await;
    let body = json!({ "access_token": site.idp.tokens_for(&FakeUser::new("eve", "bob@mail.example")).0 });
    expect_error(&post(&site, "idp/", &body).await, "User is already registered with this e-mail address.");
}

#[tokio::test]
async fn json_web_tokens_are_the_answer_where_logins_give_them() {
    let site = Site::with(|settings| {
        settings.contracts.dj_rest_auth.enabled = true;
        settings.contracts.dj_rest_auth.use_jwt = true;
        settings.contracts.dj_rest_auth.jwt_cookies.is_http_only = false;
    })
    .await;
    let body = || json!({ "access_token": site.idp.tokens_for(&ann()).0 });
    let pair = post(&site, "idp/", &body()).await.expect(200);
    assert_eq!(pair["user"]["username"], "ann");
    let bearer = format!("Bearer {}", pair["access"].as_str().expect("an access token"));
    let request = |method, path| site.app.request(method, path).header("authorization", &bearer);
    assert_eq!(site.app.send(request("GET", "/dj-rest-auth/user/")).await.expect(200)["username"], "ann");
    let connected = site.app.send(request("POST", "/dj-rest-auth/idp/connect/").json(&body())).await.expect(200);
    assert!(connected["access"].is_string() && connected["refresh"].is_string(), "{connected}");
}

#[tokio::test]
async fn github_and_twitter_log_in_by_their_own_proofs() {
    let (github, twitter) = (FakeGitHub::start(), FakeTwitter::start());
    let site = Site::with(|site| {
        site.contracts.dj_rest_auth.enabled = true;
        site.registration.verification = false;
        site.providers.push(settings("github", ProviderKind::GitHub, &github.server.url()));
        site.providers.push(settings("twitter", ProviderKind::Twitter, &twitter.server.url()));
    })
    .await;
    let by_secret = json!({ "access_token": "x", "token_secret": "y" });
    expect_error(&post(&site, "github/", &by_secret).await, "Incorrect value");
    expect_error(&post(&site, "twitter/", &json!({ "access_token": "x" })).await, "Incorrect value");
    expect_error(&post(&site, "twitter/", &by_secret).await, "Incorrect value");
}

#[tokio::test]
async fn options_name_every_field_that_a_login_takes() {
    let twitter = FakeTwitter::start();
    let site = Site::with(|site| {
        site.contracts.dj_rest_auth.enabled = true;
        site.providers.push(settings("twitter", ProviderKind::Twitter, &twitter.server.url()));
    })
    .await;
    let (_, bob) = site.app.somebody("bob").await;
    let of_every_kind = ["access_token", "code", "code_verifier", "id_token"];
    let of_twitter = ["access_token", "code", "code_verifier", "id_token", "token_secret"];
    for (name, expected) in [("idp", &of_every_kind[..]), ("twitter", &of_twitter)] {
        for path in [format!("/dj-rest-auth/{name}/"), format!("/dj-rest-auth/{name}/connect/")] {
            let described = site.app.send(site.app.request_by(&bob, "OPTIONS", &path)).await.expect(200);
            let fields = described["actions"]["POST"].as_object().expect("fields");
            assert_eq!(fields.keys().collect::<Vec<_>>(), expected, "{path}");
        }
    }
}
