//! The keys and the discovery document of a provider: kept, and fetched anew.

use countersign::clock::{Clock, Seconds, Timestamp};
use countersign::providers::{IdTokenFault, ProviderError, ProviderIdentity, Providers, Refusal};

use super::{ann, code, only, refused, unavailable};
use crate::support::fake_providers::{Act, FakeOpenId, REDIRECT_URI, Reply, Signing};

/// A provider and this site, with one clock.
struct Pair {
    fake: FakeOpenId,
    providers: Providers,
    clock: Clock,
}

impl Pair {
    fn new() -> Self {
        let clock = Clock::manual(Timestamp::from_unix_seconds(1_700_000_000));
        let fake = FakeOpenId::start_at(clock.clone());
        let settings = [fake.settings("fake")];
        let providers = Providers::open_with_clock(&settings, clock.clone()).expect("a thread");
        Self { fake, providers, clock }
    }

    async fn log_in(&self) -> Result<ProviderIdentity, ProviderError> {
        only(&self.providers).identify(code(&self.fake.code_for(&ann(), REDIRECT_URI, None, None))).await
    }

    /// Returns how often document and keys were asked for.
    fn asked(&self) -> (usize, usize) {
        let count = |path| self.fake.server.received(path).len();
        (count("/.well-known/openid-configuration"), count("/keys"))
    }
}

#[tokio::test]
async fn nothing_is_asked_before_the_first_login_and_then_once_an_hour() {
    let pair = Pair::new();
    assert_eq!(pair.asked(), (0, 0));
    for _ in 0..3 {
        pair.log_in().await.expect("a user");
    }
    assert_eq!(pair.asked(), (1, 1));
    pair.clock.advance(Seconds::new(3_600));
    pair.log_in().await.expect("a user");
    assert_eq!(pair.asked(), (2, 2));
}

#[tokio::test]
async fn keys_that_the_provider_replaced_a_moment_ago_are_fetched_anew_at_once() {
    let pair = Pair::new();
    pair.log_in().await.expect("a user");
    for (count, signing) in [(2, Signing::Second), (3, Signing::First)] {
        pair.fake.sign_with(signing, &[signing]);
        pair.log_in().await.expect("a user");
        pair.log_in().await.expect("a user");
        assert_eq!(pair.asked(), (1, count));
    }
    // A key that the provider has withdrawn signs no more.
    pair.fake.sign_with(Signing::Second, &[Signing::First]);
    assert_eq!(pair.log_in().await, unknown_key());
}

#[tokio::test]
async fn a_new_key_under_the_name_of_the_old_one_is_fetched_at_once() {
    let pair = Pair::new();
    pair.log_in().await.expect("a user");
    pair.fake.sign_with(Signing::SecondAsFirst, &[Signing::SecondAsFirst]);
    pair.log_in().await.expect("a user");
    assert_eq!(pair.asked(), (1, 2));
}

#[tokio::test]
async fn logins_at_once_after_a_replacement_ask_for_the_keys_once() {
    let pair = Pair::new();
    pair.log_in().await.expect("a user");
    pair.fake.sign_with(Signing::Second, &[Signing::Second]);
    let logins: Vec<_> = (0..8).map(|_| pair.log_in()).collect();
    for outcome in futures_util::future::join_all(logins).await {
        outcome.expect("a user");
    }
    assert_eq!(pair.asked(), (1, 2));
}

#[tokio::test]
async fn made_up_tokens_make_no_flood_of_requests() {
    let pair = Pair::new();
    pair.log_in().await.expect("a user");
    pair.fake.sign_with(Signing::Second, &[Signing::First]);
    let forged_until = async |asked: usize| {
        for _ in 0..10 {
            assert_eq!(pair.log_in().await, unknown_key());
        }
        assert_eq!(pair.asked(), (1, asked));
    };
    // Three at once, and then one in 20 seconds.
    forged_until(4).await;
    pair.clock.advance(Seconds::new(19));
    forged_until(4).await;
    pair.clock.advance(Seconds::new(1));
    forged_until(5).await;
    pair.clock.advance(Seconds::new(20));
    forged_until(6).await;
    // Meanwhile users log in as before, and a replacement is seen at the next fetch.
    pair.fake.sign_with(Signing::First, &[Signing::First]);
    pair.log_in().await.expect("a user");
    pair.fake.sign_with(Signing::EdDsa, &[Signing::EdDsa]);
    pair.fake.claim("at_hash", serde_json::Value::Null);
    assert_eq!(pair.log_in().await, unknown_key());
    pair.clock.advance(Seconds::new(20));
    pair.log_in().await.expect("a user");
    // A minute later three are allowed again.
    pair.clock.advance(Seconds::new(60));
    pair.fake.sign_with(Signing::Second, &[Signing::First]);
    forged_until(10).await;
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_anew_hold_up_no_login_that_needs_none() {
    let pair = Pair::new();
    pair.log_in().await.expect("a user");
    pair.fake.server.make("/keys", Act::Hang);
    pair.fake.sign_with(Signing::Second, &[Signing::Second]);
    let waiting = pair.log_in();
    let asked = async {
        while pair.asked() != (1, 2) {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        pair.fake.sign_with(Signing::First, &[Signing::First]);
        pair.log_in().await.expect("a user, by the keys that are known");
        pair.fake.server.heal("/keys");
    };
    let (outcome, ()) = futures_util::future::join(waiting, asked).await;
    let (_, cause) = unavailable(outcome);
    assert!(cause.contains("in time"), "{cause}");
}

fn unknown_key() -> Result<ProviderIdentity, ProviderError> {
    refused(Refusal::BadIdToken(IdTokenFault::UnknownKey))
}

#[tokio::test]
async fn a_provider_that_gives_no_document_is_left_alone_for_a_moment() {
    let pair = Pair::new();
    pair.fake
        .server
        .make("/.well-known/openid-configuration", Act::Reply(Reply::html(503).with_header("Retry-After", 42)));
    for _ in 0..3 {
        let (retry_after_seconds, cause) = unavailable(pair.log_in().await);
        assert_eq!(retry_after_seconds, 42, "{cause}");
    }
    assert_eq!(pair.asked(), (1, 0));
    pair.fake.server.heal("/.well-known/openid-configuration");
    pair.clock.advance(Seconds::new(5));
    pair.log_in().await.expect("a user");
}

#[tokio::test]
async fn logins_at_once_ask_for_the_document_once() {
    let pair = Pair::new();
    let logins: Vec<_> = (0..8).map(|_| pair.log_in()).collect();
    for outcome in futures_util::future::join_all(logins).await {
        outcome.expect("a user");
    }
    assert_eq!(pair.asked(), (1, 1));
}

#[tokio::test]
async fn a_document_of_another_issuer_is_not_believed() {
    for (member, value, told) in [
        ("issuer", "https://somebody-else.example", "if that is meant, write `issuer` just so"),
        ("token_endpoint", "https://somebody-else.example/token", "name it in `additional_hosts`"),
        ("jwks_uri", "https://somebody-else.example/keys", "name it in `additional_hosts`"),
        ("jwks_uri", "http://somebody-else.example/keys", "without encryption"),
        ("jwks_uri", "file:///etc/passwd", "is no URL"),
        ("userinfo_endpoint", "http://127.0.0.1:1/userinfo", "127.0.0.1:1 is no host of this provider"),
    ] {
        let pair = Pair::new();
        pair.fake.document(member, value);
        pair.fake.keep_for_user_info(&["email"]);
        let (_, cause) = unavailable(pair.log_in().await);
        assert!(cause.contains(told), "{member}: {cause}");
    }
}
