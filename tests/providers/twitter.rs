//! Twitter, by pairs of tokens.

use countersign::providers::{Proof, Refusal};
use countersign::secret::Secret;
use serde_json::json;

use super::{email, only, open, refused, unavailable};
use crate::support::fake_providers::{Act, FakeTwitter, Reply};

fn pair((token, secret): (&str, &str)) -> Proof {
    Proof::TokenPair { access_token: Secret::new(token), token_secret: Secret::new(secret) }
}

#[tokio::test]
async fn a_pair_of_tokens_names_the_user_and_the_address_is_never_verified() {
    let twitter = FakeTwitter::start();
    let providers = open(twitter.settings("twitter"));
    let (token, secret) = twitter.tokens_for("38895958", "ann", Some("ann@mail.example"));
    let identity = only(&providers).identify(pair((&token, &secret))).await.expect("a user");
    assert_eq!((identity.subject.as_str(), email(&identity)), ("38895958", Some(("ann@mail.example", false))));
    assert_eq!(identity.username.as_deref(), Some("ann"));
    let asked = &twitter.server.received("/1.1/account/verify_credentials.json")[0];
    assert_eq!(asked.query["include_email"], "true");

    let (token, secret) = twitter.tokens_for("38895959", "bob", None);
    assert_eq!(only(&providers).identify(pair((&token, &secret))).await.expect("a user").email, None);
}

#[tokio::test]
async fn tokens_that_twitter_refuses_are_refused_and_its_limits_are_worth_another_try() {
    let twitter = FakeTwitter::start();
    let providers = open(twitter.settings("twitter"));
    assert_eq!(only(&providers).identify(pair(("nobody's", "secret"))).await, refused(Refusal::TokenRefused));
    assert_eq!(only(&providers).identify(pair(("", ""))).await, refused(Refusal::TokenRefused));
    let limited = Reply::json(429, &json!({"errors": [{"code": 88, "message": "Rate limit exceeded"}]}));
    let path = "/1.1/account/verify_credentials.json";
    twitter.server.make(path, Act::Reply(limited.with_header("x-rate-limit-reset", 4_000_000_000_u64)));
    let (token, secret) = twitter.tokens_for("38895958", "ann", None);
    assert_eq!(unavailable(only(&providers).identify(pair((&token, &secret))).await).0, 300);
}
