//! Access tokens of Google.

use countersign::clock::{Clock, Seconds, Timestamp};
use countersign::providers::{Providers, Refusal};
use serde_json::json;

use super::{ann, email, only, open, refused, token, unavailable};
use crate::support::fake_providers::{Act, CLIENT_ID, FakeOpenId, Reply};

#[tokio::test]
async fn google_confirms_whom_a_token_belongs_to_and_that_it_is_for_this_site() {
    let fake = FakeOpenId::start();
    let providers = open(fake.settings_as_google("google"));
    let provider = only(&providers);
    let (ours, _) = fake.tokens_for(&ann());
    let identity = provider.identify(token(&ours)).await.expect("a user");
    assert_eq!((identity.subject.as_str(), email(&identity)), ("ann-1", Some(("ann@mail.example", true))));
    assert_eq!(identity.first_name.as_deref(), Some("Ann"));
    let unverified = ann().with("email_verified", false);
    let identity = provider.identify(token(&fake.tokens_for(&unverified).0)).await.expect("a user");
    assert_eq!(email(&identity), Some(("ann@mail.example", false)));
    let without = ann().without("email");
    assert_eq!(email(&provider.identify(token(&fake.tokens_for(&without).0)).await.expect("a user")), None);

    assert_eq!(provider.identify(token(&fake.foreign_token_for(&ann()))).await, refused(Refusal::WrongClient));
    assert_eq!(provider.identify(token("nobody's")).await, refused(Refusal::TokenRefused));
}

#[tokio::test]
async fn a_token_of_google_that_has_expired_is_refused() {
    let clock = Clock::manual(Timestamp::from_unix_seconds(1_700_000_000));
    let fake = FakeOpenId::start_at(clock.clone());
    let settings = [fake.settings_as_google("google")];
    let providers = Providers::open_with_clock(&settings, clock.clone()).expect("a thread");
    let (ours, _) = fake.tokens_for(&ann());
    clock.advance(Seconds::new(600));
    assert_eq!(only(&providers).identify(token(&ours)).await, refused(Refusal::TokenRefused));
}

#[tokio::test]
async fn a_token_of_an_app_on_a_phone_counts_by_its_authorized_party() {
    let fake = FakeOpenId::start();
    let providers = open(fake.settings_as_google("google"));
    let info = |azp: &str, aud: &str| json!({"azp": azp, "aud": aud, "sub": "ann-1", "exp": "99999999999"});
    let (ours, _) = fake.tokens_for(&ann());
    fake.server.make("/tokeninfo", Act::Reply(Reply::json(200, &info(CLIENT_ID, "the-server"))));
    assert!(only(&providers).identify(token(&ours)).await.is_ok());
    fake.server.make("/tokeninfo", Act::Reply(Reply::json(200, &info("a", "b"))));
    assert_eq!(only(&providers).identify(token(&ours)).await, refused(Refusal::WrongClient));
    fake.server.make("/tokeninfo", Act::Reply(Reply::html(200)));
    assert!(unavailable(only(&providers).identify(token(&ours)).await).1.contains("not the JSON"));
}
