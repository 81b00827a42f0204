//! Facebook: the shapes of its documents, and its errors.

use countersign::clock::Clock;
use countersign::providers::Refusal;
use countersign::secret::Secret;
use serde_json::json;

use super::{code, code_refused, email, misconfigured, only, open, refused, token, unavailable};
use crate::support::fake_providers::{Act, FakeFacebook, Reply};

#[tokio::test]
async fn a_user_of_facebook_is_named_by_code_and_by_token_and_the_address_is_never_verified() {
    let facebook = FakeFacebook::start();
    let providers = open(facebook.settings("facebook"));
    let of_ann = facebook.code_for("77", Some("ann@mail.example"));
    let of_bob = facebook.token_for("78", None);
    let identity = only(&providers).identify(code(&of_ann)).await.expect("a user");
    assert_eq!((identity.subject.as_str(), email(&identity)), ("77", Some(("ann@mail.example", false))));
    assert_eq!((identity.first_name.as_deref(), identity.last_name.as_deref()), (Some("Ann"), Some("Lee")));
    assert_eq!(only(&providers).identify(code(&of_ann)).await, code_refused(Some("100")));
    let identity = only(&providers).identify(token(&of_bob)).await.expect("a user");
    assert_eq!((identity.subject.as_str(), identity.email), ("78", None));
}

#[tokio::test]
async fn a_token_of_facebook_must_be_valid_and_of_this_site() {
    let facebook = FakeFacebook::start();
    let providers = open(facebook.settings("facebook"));
    let provider = only(&providers);
    let now = Clock::System.now().unix_seconds();
    assert_eq!(provider.identify(token(&facebook.foreign_token_for("77"))).await, refused(Refusal::WrongClient));
    assert_eq!(provider.identify(token(&facebook.token_until("77", now - 1))).await, refused(Refusal::TokenRefused));
    assert!(provider.identify(token(&facebook.token_until("77", now + 600))).await.is_ok());
    let revoked = facebook.token_for("77", None);
    facebook.revoke(&revoked);
    assert_eq!(provider.identify(token(&revoked)).await, refused(Refusal::TokenRefused));
    assert_eq!(provider.identify(token("nobody's")).await, refused(Refusal::TokenRefused));
    facebook.server.make("/me", Act::Reply(Reply::json(200, &json!({"id": "78"}))));
    assert_eq!(provider.identify(token(&facebook.token_for("77", None))).await, refused(Refusal::SubjectsDiffer));
}

#[tokio::test]
async fn limits_and_faults_of_facebook_are_worth_another_try() {
    let facebook = FakeFacebook::start();
    let providers = open(facebook.settings("facebook"));
    let of_ann = facebook.token_for("77", None);
    for error in [json!({"code": 4}), json!({"code": 17}), json!({"code": 2}), json!({"code": 9, "is_transient": true})]
    {
        facebook.server.make("/me", Act::Reply(Reply::json(400, &json!({"error": error}))));
        unavailable(only(&providers).identify(token(&of_ann)).await);
    }
    facebook.server.make("/me", Act::Reply(Reply::html(400)));
    assert!(unavailable(only(&providers).identify(token(&of_ann)).await).1.contains("not the JSON"));
}

#[tokio::test]
async fn a_client_that_facebook_refuses_is_no_fault_of_the_user() {
    let facebook = FakeFacebook::start();
    let mut settings = facebook.settings("facebook");
    settings.client_secret = Some(Secret::new("another"));
    let providers = open(settings);
    for proof in [code(&facebook.code_for("77", None)), token(&facebook.token_for("77", None))] {
        let told = misconfigured(only(&providers).identify(proof).await);
        assert!(told.contains("`client_id` or `client_secret`"), "{told}");
    }
}
