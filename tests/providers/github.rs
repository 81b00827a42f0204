//! GitHub: the shapes of its documents, and its errors.

use countersign::providers::Refusal;
use countersign::secret::Secret;
use serde_json::json;

use super::{code, code_refused, email, misconfigured, only, open, refused, token, unavailable};
use crate::support::fake_providers::{Act, FakeEmail, FakeGitHub, REDIRECT_URI, Reply};

const MAIN: FakeEmail = FakeEmail { address: "ann@mail.example", is_primary: true, is_verified: true };
const OTHER: FakeEmail = FakeEmail { address: "ann@other.example", is_primary: false, is_verified: true };

#[tokio::test]
async fn a_code_is_exchanged_once_and_names_the_user_by_id() {
    let github = FakeGitHub::start();
    let providers = open(github.settings("github"));
    let of_ann = github.code_for(583_231, "ann", &[OTHER, MAIN]);
    let identity = only(&providers).identify(code(&of_ann)).await.expect("a user");
    assert_eq!((identity.subject.as_str(), email(&identity)), ("583231", Some(("ann@mail.example", true))));
    assert_eq!(identity.username.as_deref(), Some("ann"));
    assert_eq!((identity.first_name.as_deref(), identity.last_name.as_deref()), (Some("Ann"), Some("Lee")));
    let sent = github.server.received("/login/oauth/access_token")[0].form();
    assert_eq!(sent["redirect_uri"], REDIRECT_URI);
    // GitHub answers 200 to a code that is used.
    assert_eq!(only(&providers).identify(code(&of_ann)).await, code_refused(Some("bad_verification_code")));
}

#[tokio::test]
async fn the_primary_address_counts_and_is_verified_only_if_github_says_so() {
    let github = FakeGitHub::start();
    let providers = open(github.settings("github"));
    let unverified = FakeEmail { is_verified: false, ..MAIN };
    let hidden = FakeEmail { address: "583231+ann@users.noreply.github.com", ..MAIN };
    for (emails, expected) in [
        (&[OTHER, MAIN][..], Some(("ann@mail.example", true))),
        (&[OTHER, unverified], Some(("ann@mail.example", false))),
        (&[hidden], Some(("583231+ann@users.noreply.github.com", true))),
        (&[OTHER], None),
        (&[], None),
    ] {
        let of_ann = github.token_for(583_231, "ann", emails);
        let identity = only(&providers).identify(token(&of_ann)).await.expect("a user");
        assert_eq!(email(&identity), expected, "{emails:?}");
    }
    let narrow = github.narrow_token_for(583_231, "ann");
    assert_eq!(only(&providers).identify(token(&narrow)).await.expect("a user").email, None);
}

#[tokio::test]
async fn a_name_of_a_wrong_type_counts_as_absent() {
    let github = FakeGitHub::start();
    let providers = open(github.settings("github"));
    let of_ann = github.token_for(583_231, "ann", &[MAIN]);
    let user = json!({"id": 583_231, "login": "ann", "name": {"first": "Ann"}, "plan": 5});
    github.server.make("/user", Act::Reply(Reply::json(200, &user)));
    let identity = only(&providers).identify(token(&of_ann)).await.expect("a user");
    assert_eq!((identity.username.as_deref(), identity.first_name), (Some("ann"), None));
}

#[tokio::test]
async fn a_token_must_be_of_this_site_and_not_be_revoked() {
    let github = FakeGitHub::start();
    let providers = open(github.settings("github"));
    let provider = only(&providers);
    assert_eq!(provider.identify(token(&github.foreign_token_for(1, "ann"))).await, refused(Refusal::WrongClient));
    let of_ann = github.token_for(1, "ann", &[MAIN]);
    assert!(provider.identify(token(&of_ann)).await.is_ok());
    github.revoke(&of_ann);
    assert_eq!(provider.identify(token(&of_ann)).await, refused(Refusal::TokenRefused));
}

#[tokio::test]
async fn limits_and_faults_of_github_are_worth_another_try() {
    let github = FakeGitHub::start();
    let providers = open(github.settings("github"));
    let of_ann = github.token_for(1, "ann", &[MAIN]);
    let limited =
        Reply::json(403, &json!({"message": "API rate limit exceeded"})).with_header("X-RateLimit-Remaining", 0);
    let secondary = Reply::json(403, &json!({"message": "You have exceeded a secondary rate limit"}));
    for (reply, retry_after_seconds) in [
        (limited.clone(), 10),
        (limited.with_header("X-RateLimit-Reset", 4_000_000_000_u64), 300),
        (secondary.with_header("Retry-After", 60), 60),
        (Reply::json(429, &json!({})).with_header("Retry-After", 0), 1),
        (Reply::html(502), 10),
        (Reply::html(503).with_header("Retry-After", "Wed, 21 Oct 2065 07:28:00 GMT"), 300),
    ] {
        github.server.make("/user", Act::Reply(reply.clone()));
        let told = unavailable(only(&providers).identify(token(&of_ann)).await);
        assert_eq!(told.0, retry_after_seconds, "{reply:?}");
    }
}

#[tokio::test]
async fn a_client_that_github_refuses_is_no_fault_of_the_user() {
    let github = FakeGitHub::start();
    let mut settings = github.settings("github");
    settings.client_secret = Some(Secret::new("another"));
    let providers = open(settings);
    let proofs = [code(&github.code_for(1, "ann", &[MAIN])), token(&github.token_for(1, "ann", &[MAIN]))];
    for proof in proofs {
        let told = misconfigured(only(&providers).identify(proof).await);
        assert!(told.contains("`client_id` or `client_secret`"), "{told}");
    }
}

#[tokio::test]
async fn a_code_of_another_redirect_uri_is_the_clients_fault() {
    let github = FakeGitHub::start();
    let providers = open(github.settings("github"));
    let mismatch = json!({"error": "redirect_uri_mismatch", "error_description": "The redirect_uri MUST match"});
    github.server.make("/login/oauth/access_token", Act::Reply(Reply::json(200, &mismatch)));
    assert_eq!(only(&providers).identify(code("a-code")).await, code_refused(Some("redirect_uri_mismatch")));
}
