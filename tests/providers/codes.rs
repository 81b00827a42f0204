//! Logins by code, with PKCE and nonce.

use countersign::providers::{AuthorizationRequest, IdTokenFault, Proof, ProviderError, Providers, Refusal};
use countersign::secret::Secret;
use serde_json::{Value, json};

use super::{
    CHALLENGE, VERIFIER, ann, code, code_refused, email, log_in, misconfigured, only, open, refused, unavailable,
};
use crate::support::fake_providers::{
    Act, CLIENT_ID, FakeGitHub, FakeOpenId, FakeTwitter, FakeUser, REDIRECT_URI, Reply,
};

fn proof(code: &str, verifier: &str, nonce: Option<&str>) -> Proof {
    Proof::Code {
        code: Secret::new(code),
        redirect_uri: REDIRECT_URI.to_owned(),
        code_verifier: Some(Secret::new(verifier)),
        nonce: nonce.map(str::to_owned),
    }
}

const REQUEST: AuthorizationRequest<'_> = AuthorizationRequest {
    redirect_uri: REDIRECT_URI,
    state: "state & more",
    code_challenge: Some(CHALLENGE),
    nonce: Some("nonce-1"),
};

#[tokio::test]
async fn a_login_by_code_names_the_user() {
    let fake = FakeOpenId::start();
    let providers = open(fake.settings("fake"));
    let url = only(&providers).authorization_url(REQUEST).await.expect("the provider is there");
    assert!(
        url.starts_with(&format!("{}/authorize?response_type=code&client_id={CLIENT_ID}&", fake.issuer())),
        "{url}"
    );
    assert!(url.contains("scope=openid+email&"), "{url}");
    let login = fake.log_in(&url, &ann().with("preferred_username", "ann"));
    assert_eq!((login.state.as_str(), login.redirect_uri.as_str()), ("state & more", REDIRECT_URI));
    let identity = only(&providers).identify(proof(&login.code, VERIFIER, Some("nonce-1"))).await.expect("a user");
    assert_eq!((identity.subject.as_str(), email(&identity)), ("ann-1", Some(("ann@mail.example", true))));
    assert_eq!(identity.username.as_deref(), Some("ann"));
    assert_eq!((identity.first_name.as_deref(), identity.last_name.as_deref()), (Some("Ann"), Some("Lee")));
}

#[tokio::test]
async fn a_code_of_another_login_is_refused() {
    let fake = FakeOpenId::start();
    let providers = open(fake.settings("fake"));
    let provider = only(&providers);
    let new = || fake.code_for(&ann(), REDIRECT_URI, Some(CHALLENGE), Some("nonce-1"));
    let wrong_verifier = "a-verifier-of-another-login-that-is-long-enough-too";
    let (first, second, third) = (new(), new(), new());
    assert_eq!(provider.identify(proof(&first, wrong_verifier, None)).await, code_refused(Some("invalid_grant")));
    let nonce = refused(Refusal::BadIdToken(IdTokenFault::Nonce));
    assert_eq!(provider.identify(proof(&second, VERIFIER, Some("nonce-2"))).await, nonce);
    assert!(provider.identify(proof(&third, VERIFIER, Some("nonce-1"))).await.is_ok());
    // The provider gives nothing for a code twice.
    assert_eq!(provider.identify(proof(&third, VERIFIER, Some("nonce-1"))).await, code_refused(Some("invalid_grant")));
    assert_eq!(provider.identify(code("")).await, code_refused(None));
    assert_eq!(provider.identify(code(&"x".repeat(20_000))).await, code_refused(None));
}

#[tokio::test]
async fn an_id_token_without_the_nonce_of_the_login_is_refused() {
    let fake = FakeOpenId::start();
    let providers = open(fake.settings("fake"));
    let code = fake.code_for(&ann(), REDIRECT_URI, Some(CHALLENGE), None);
    let outcome = only(&providers).identify(proof(&code, VERIFIER, Some("nonce-1"))).await;
    assert_eq!(outcome, refused(Refusal::BadIdToken(IdTokenFault::Nonce)));
}

#[tokio::test]
async fn an_address_counts_as_verified_only_if_the_provider_says_so() {
    for (claim, is_verified) in [
        (Value::Bool(true), true),
        ("true".into(), true),
        (Value::Bool(false), false),
        ("false".into(), false),
        (Value::Null, false),
    ] {
        let fake = FakeOpenId::start();
        fake.claim("email_verified", claim.clone());
        let identity = log_in(&fake).await.expect("a user");
        assert_eq!(email(&identity), Some(("ann@mail.example", is_verified)), "{claim}");
    }
}

#[tokio::test]
async fn what_an_id_token_leaves_out_is_asked_for_and_must_be_of_the_same_user() {
    let fake = FakeOpenId::start();
    fake.keep_for_user_info(&["email", "email_verified", "given_name", "family_name"]);
    let identity = log_in(&fake).await.expect("a user");
    assert_eq!(email(&identity), Some(("ann@mail.example", true)));
    assert_eq!(identity.last_name.as_deref(), Some("Lee"));

    fake.claim("sub", "bob-2");
    assert_eq!(log_in(&fake).await, refused(Refusal::SubjectsDiffer));

    fake.document("userinfo_endpoint", Value::Null);
    let identity = log_in(&fake).await.expect("a user");
    assert_eq!((identity.subject.as_str(), email(&identity)), ("bob-2", None));
}

#[tokio::test]
async fn an_address_that_cannot_be_one_is_left_out() {
    let fake = FakeOpenId::start();
    for address in ["", "no address", "a@b@c", "\u{0}@mail.example"] {
        fake.claim("email", address);
        assert_eq!(log_in(&fake).await.expect("a user").email, None, "{address:?}");
    }
}

#[tokio::test]
async fn a_subject_that_cannot_be_one_is_refused() {
    let fake = FakeOpenId::start();
    for subject in ["", " ", "a\nb", "a\u{0}b", &"x".repeat(256)] {
        fake.claim("sub", subject);
        assert_eq!(log_in(&fake).await, refused(Refusal::NoSubject), "{subject:?}");
    }
    for subject in ["x".repeat(255), "cn=Ann Lee,ou=people".to_owned()] {
        fake.claim("sub", subject.as_str());
        assert_eq!(log_in(&fake).await.expect("a user").subject, subject);
    }
}

#[tokio::test]
async fn a_provider_that_takes_the_secret_in_the_form_gets_it_there() {
    let fake = FakeOpenId::start();
    fake.document("token_endpoint_auth_methods_supported", vec!["client_secret_post"]);
    assert!(log_in(&fake).await.is_ok());
    let requests = fake.server.received("/token");
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].header("authorization"), "");
    assert_eq!(requests[0].header("user-agent"), format!("countersign/{}", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn a_client_that_the_provider_refuses_is_no_fault_of_the_user() {
    let fake = FakeOpenId::start();
    let mut settings = fake.settings("fake");
    settings.client_secret = Some(Secret::new("another"));
    let providers = open(settings);
    let code_of_ann = fake.code_for(&ann(), REDIRECT_URI, None, None);
    let told = misconfigured(only(&providers).identify(code(&code_of_ann)).await);
    assert!(told.starts_with("it refuses `client_id` or `client_secret` (invalid_client); compare"), "{told}");
}

#[tokio::test]
async fn an_error_of_the_token_endpoint_is_the_clients_the_operators_or_the_providers() {
    let fake = FakeOpenId::start();
    let providers = open(fake.settings("fake"));
    let answered = async |error: &str| {
        let body = json!({ "error": error, "error_description": "holds a secret" });
        fake.server.make("/token", Act::Reply(Reply::json(400, &body)));
        only(&providers).identify(code("a-code")).await
    };
    for error in ["invalid_grant", "invalid_request", "redirect_uri_mismatch", "bad_verification_code", "of_its_own"] {
        assert_eq!(answered(error).await, code_refused(Some(error)), "{error}");
    }
    for error in ["invalid_client", "unauthorized_client", "incorrect_client_credentials", "deleted_client"] {
        let told = misconfigured(answered(error).await);
        assert!(told.contains(&format!("({error})")) && !told.contains("holds a secret"), "{told}");
    }
    for error in ["server_error", "temporarily_unavailable", "slow_down"] {
        unavailable(answered(error).await);
    }
    // What no error code has is left out, and a long one is cut.
    let strange = answered(&format!("a\nb\u{1b}[31m\u{e9}\"{}", "x".repeat(500))).await;
    assert_eq!(strange, code_refused(Some(&format!("ab[31m{}", "x".repeat(58)))));
}

#[tokio::test]
async fn a_member_of_a_token_answer_that_is_not_used_decides_nothing() {
    let (fake, github) = (FakeOpenId::start(), FakeGitHub::start());
    let (at_fake, at_github) = (open(fake.settings("fake")), open(github.settings("github")));
    for (member, value) in [
        ("scope", json!(["openid", "user:read:email"])),
        ("expires_in", json!("3599")),
        ("expires_in", json!(-1)),
        ("token_type", Value::Null),
        ("token_type", json!(5)),
        ("refresh_token", json!({})),
    ] {
        let (access_token, id_token) = fake.tokens_for(&ann());
        let mut answer = json!({"access_token": access_token, "token_type": "Bearer", "id_token": id_token});
        answer[member] = value.clone();
        fake.server.make("/token", Act::Reply(Reply::json(200, &answer)));
        let identity = only(&at_fake).identify(code("a-code")).await;
        assert!(identity.is_ok(), "{member}: {value}: {identity:?}");

        let mut answer = json!({"access_token": github.token_for(1, "ann", &[]), "token_type": "bearer"});
        answer[member] = value.clone();
        answer["id_token"] = json!(5);
        github.server.make("/login/oauth/access_token", Act::Reply(Reply::json(200, &answer)));
        let identity = only(&at_github).identify(code("a-code")).await;
        assert!(identity.is_ok(), "{member}: {value}: {identity:?}");
    }
    let refusal = json!({"error": "invalid_grant", "error_description": {"text": "used"}, "error_uri": 5});
    fake.server.make("/token", Act::Reply(Reply::json(400, &refusal)));
    assert_eq!(only(&at_fake).identify(code("a-code")).await, code_refused(Some("invalid_grant")));
    fake.server.make("/token", Act::Reply(Reply::json(200, &json!({"access_token": 5}))));
    let (_, told) = unavailable(only(&at_fake).identify(code("a-code")).await);
    assert!(told.contains("access_token"), "{told}");
}

#[tokio::test]
async fn redirects_are_compared_byte_by_byte() {
    let fake = FakeOpenId::start();
    let providers = open(fake.settings("fake"));
    let provider = only(&providers);
    assert!(provider.allows_redirect(REDIRECT_URI));
    assert_eq!(provider.callback(), Some(REDIRECT_URI));
    for other in
        [&format!("{REDIRECT_URI}/"), &format!("{REDIRECT_URI}?a=b"), "https://APP.example.org/login/callback", ""]
    {
        assert!(!provider.allows_redirect(other), "{other}");
        let request = AuthorizationRequest { redirect_uri: other, ..REQUEST };
        assert_eq!(provider.authorization_url(request).await, Err(Refusal::WrongRedirect.into()), "{other}");
        let code = Secret::new(fake.code_for(&ann(), other, None, None));
        let proof = Proof::Code { code, redirect_uri: other.to_owned(), code_verifier: None, nonce: None };
        assert_eq!(provider.identify(proof).await, refused(Refusal::WrongRedirect), "{other}");
    }
    assert_eq!(fake.server.received("/token").len(), 0);
}

#[tokio::test]
async fn a_code_that_googles_script_gave_a_page_is_exchanged() {
    let fake = FakeOpenId::start();
    let mut settings = fake.settings_as_google("google");
    settings.redirect_uris = vec!["postmessage".to_owned()];
    let providers = open(settings);
    let code = Secret::new(fake.code_for(&ann(), "postmessage", None, None));
    let proof = Proof::Code { code, redirect_uri: "postmessage".to_owned(), code_verifier: None, nonce: None };
    assert_eq!(only(&providers).identify(proof).await.expect("a user").subject, "ann-1");
}

#[tokio::test]
async fn a_login_at_github_begins_at_its_page_without_a_nonce() {
    let github = FakeGitHub::start();
    let providers = open(github.settings("github"));
    let url = only(&providers).authorization_url(REQUEST).await.expect("no request is needed");
    assert!(url.starts_with(&format!("{}/login/oauth/authorize?response_type=code&", github.server.url())), "{url}");
    assert!(url.contains("code_challenge_method=S256") && !url.contains("nonce"), "{url}");
}

#[tokio::test]
async fn a_kind_takes_only_the_proofs_that_it_knows() {
    let (openid, github, twitter) = (FakeOpenId::start(), FakeGitHub::start(), FakeTwitter::start());
    let settings = [openid.settings("openid"), github.settings("github"), twitter.settings("twitter")];
    let providers = Providers::open(&settings).expect("a thread");
    let pair = || Proof::TokenPair { access_token: Secret::new("a"), token_secret: Secret::new("b") };
    for (name, proof) in
        [("openid", pair()), ("github", pair()), ("twitter", code("a")), ("twitter", super::token("a"))]
    {
        let outcome = providers.get(name).expect("it is set").identify(proof).await;
        assert_eq!(outcome, Err(ProviderError::Unsupported), "{name}");
    }
    let twitter = providers.get("twitter").expect("it is set");
    assert_eq!(twitter.authorization_url(REQUEST).await, Err(ProviderError::Unsupported));
    assert!(providers.get("nobody").is_none());
    let none = Providers::open(&[]).expect("nothing is needed");
    assert!(none.is_empty() && none.get("openid").is_none());
}

#[tokio::test]
async fn a_user_without_a_family_name_has_one_from_the_whole_name() {
    let fake = FakeOpenId::start();
    let providers = open(fake.settings("fake"));
    let user = FakeUser::new("ann-1", "ann@mail.example").with("name", "Ann Mary Lee");
    let bare = fake.code_for(&user, REDIRECT_URI, None, None);
    let identity = only(&providers).identify(code(&bare)).await.expect("a user");
    assert_eq!((identity.first_name.as_deref(), identity.last_name.as_deref()), (Some("Ann Mary"), Some("Lee")));
}
