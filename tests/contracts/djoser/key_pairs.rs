//! Access tokens that a private key signs, and the keys that are published for other services.

use countersign::Settings;
use countersign::settings::{JwtAlgorithm, Origin};
use countersign::tokens::{PrivateKey, PublicKey};
use serde_json::{Value, json};

use super::with_jwt;
use crate::support::TestApp;
use crate::support::djoser::Pair;

const PATH: &str = "/.well-known/jwks.json";

fn key(number: u8) -> PrivateKey {
    PrivateKey::from_random(&[number; 32])
}

fn public(number: u8) -> PublicKey {
    key(number).public().clone()
}

/// Signs with the first of these keys.
fn signing(private: &'static [u8], listed: &'static [u8]) -> impl Fn(&mut Settings) {
    move |settings| {
        with_jwt(settings);
        settings.jwt.algorithm = JwtAlgorithm::EdDsa;
        settings.jwt.secrets = Vec::new();
        settings.jwt.private_keys = private.iter().copied().map(key).collect();
        settings.jwt.public_keys = listed.iter().copied().map(public).collect();
    }
}

async fn published_ids(app: &TestApp) -> Vec<String> {
    let set = app.get(PATH).await.expect(200);
    let keys = set["keys"].as_array().expect("a list");
    keys.iter().map(|key| key["kid"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn the_keys_are_published_at_the_root_for_caches_and_pages_of_every_origin() {
    let app = TestApp::with(signing(&[1, 2], &[3])).await;
    let answer = app.get(PATH).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    let set = answer.expect(200);
    assert_eq!(set["keys"][0]["kid"], public(1).id());
    assert_eq!(published_ids(&app).await, [1, 2, 3].map(|number| public(number).id().to_owned()));
    let head = app.send(app.request("HEAD", PATH)).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(app.send(app.request("POST", PATH)).await.status, 405);
    app.get("/auth/.well-known/jwks.json").await.expect(404);
}

#[tokio::test]
async fn a_page_of_any_origin_is_allowed_once() {
    let app = TestApp::with(|settings| {
        signing(&[1], &[])(settings);
        settings.cors.allowed_origins = vec![Origin::parse("https://app.example").expect("an origin")];
    })
    .await;
    for origin in ["https://app.example", "https://elsewhere.example", "null"] {
        let answer = app.send(app.request("GET", PATH).header("origin", origin)).await;
        let headers = answer.headers.iter().filter(|(name, _)| name == "access-control-allow-origin");
        assert_eq!(headers.map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["*"], "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
}

#[tokio::test]
async fn nothing_is_published_where_secrets_sign_or_no_contract_serves_tokens() {
    let secrets = TestApp::with(with_jwt).await;
    secrets.get(PATH).await.expect_detail(404, "Not found.");
    let off = TestApp::with(|settings| {
        signing(&[1], &[])(settings);
        settings.contracts.djoser.jwt = false;
    });
    off.await.get(PATH).await.expect_detail(404, "Not found.");
}

#[tokio::test]
async fn a_contract_at_the_root_leaves_the_path_of_the_keys() {
    let app = TestApp::with(|settings| {
        signing(&[1], &[])(settings);
        settings.contracts.djoser.base_path = "/".to_owned();
    });
    assert_eq!(published_ids(&app.await).await, [public(1).id()]);
}

/// Replicas are restarted one after the other, so at each step tokens of the step before and after it are about.
#[tokio::test]
async fn a_rotation_refuses_no_token_at_any_of_its_steps_and_publishes_a_key_before_it_signs() {
    let app = TestApp::with(signing(&[1], &[])).await;
    app.djoser().registered("ann").await;
    let steps = [
        app.sibling(signing(&[1], &[2])).await,
        app.sibling(signing(&[1, 2], &[])).await,
        app.sibling(signing(&[2, 1], &[])).await,
        app.sibling(signing(&[2], &[1])).await,
    ];
    let replicas: Vec<&TestApp> = [&app].into_iter().chain(&steps).collect();
    for neighbours in replicas.windows(2) {
        for (signs, verifies) in [(neighbours[0], neighbours[1]), (neighbours[1], neighbours[0])] {
            let pair = signs.djoser().pair("ann").await;
            let kid = header(&pair.access)["kid"].as_str().expect("an id").to_owned();
            assert!(published_ids(verifies).await.contains(&kid));
            assert!(verifies.djoser().admits(&pair.access).await);
            verifies.djoser().refresh(&pair.refresh).await.expect(200);
        }
    }
    let Pair { access, refresh } = app.djoser().pair("ann").await;
    let done = app.sibling(signing(&[2], &[])).await;
    assert!(!done.djoser().admits(&access).await);
    done.djoser().refresh(&refresh).await.expect(401);
}

#[tokio::test]
async fn the_header_names_the_key_and_the_claims_are_those_of_other_algorithms() {
    let app = TestApp::with(signing(&[1], &[])).await;
    app.djoser().registered("ann").await;
    let Pair { access, refresh } = app.djoser().pair("ann").await;
    for token in [&access, &refresh] {
        assert_eq!(header(token), json!({ "alg": "EdDSA", "typ": "JWT", "kid": public(1).id() }));
    }
    assert_eq!(app.djoser().verify_token(&access).await.expect(200), json!({}));
    assert_eq!(app.djoser().blacklist(&refresh).await.expect(200), json!({}));
    assert!(!app.djoser().admits(&access).await);
}

fn header(token: &str) -> Value {
    use base64::Engine as _;
    let part = token.split('.').next().expect("a token has three parts");
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64");
    serde_json::from_slice(&json).expect("JSON")
}
