//! `countersign providers check`.

use serde_json::{Value, json};

use super::{QUIET, home};
use crate::process::Home;
use crate::support::fake_providers::{
    Act, CLIENT_ID, CLIENT_SECRET, FakeFacebook, FakeGitHub, FakeOpenId, FakeTwitter, REDIRECT_URI, Reply,
};

/// Returns the lines of a provider.
fn lines(name: &str, kind: &str, secret: &str, more: &str) -> String {
    format!(
        "[[providers]]\nname = \"{name}\"\nkind = \"{kind}\"\nclient_id = \"{CLIENT_ID}\"\nclient_secret = \"{secret}\"\n\
         timeout_seconds = 5\n{more}\n"
    )
}

fn openid(fake: &FakeOpenId, secret: &str) -> String {
    let more = format!("issuer = \"{}\"\nredirect_uris = [\"{REDIRECT_URI}\"]", fake.issuer());
    lines("staff", "openid", secret, &more)
}

#[test]
fn without_providers_there_is_nothing_to_ask() {
    let said = home().run(&["providers", "check"]).done();
    assert_eq!(said, "No identity provider is set; see [[providers]] in the settings.\n");
}

#[test]
fn providers_that_fit_have_a_line_each_and_exit_code_0() {
    let (staff, github) = (FakeOpenId::start(), FakeGitHub::start());
    let (facebook, twitter) = (FakeFacebook::start(), FakeTwitter::start());
    let at = |url: String| format!("api_url = \"{url}\"");
    let home = Home::new(
        &[
            QUIET,
            &openid(&staff, CLIENT_SECRET),
            &lines("github", "github", CLIENT_SECRET, &at(github.server.url())),
            &lines("facebook", "facebook", CLIENT_SECRET, &at(facebook.server.url())),
            &lines("twitter", "twitter", CLIENT_SECRET, &at(twitter.server.url())),
        ]
        .concat(),
    );
    let accepted = "it accepts `client_id` and `client_secret`";
    let said = home.run(&["providers", "check"]).done();
    let expected = [
        format!("staff: issuer {}, 1 key", staff.issuer()),
        format!("staff: {accepted}"),
        format!("github: {accepted}"),
        format!("facebook: {accepted}"),
        format!("twitter: {accepted}"),
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn each_thing_that_does_not_fit_is_told_with_exit_code_1() {
    type Break = fn(&FakeOpenId);
    let breaks: [(Break, &str); 9] = [
        (|fake| fake.document("issuer", "https://other.example"), "of the issuer \"https://other.example\""),
        (
            |fake| fake.document("jwks_uri", "https://keys.example.org/keys"),
            "its jwks_uri: keys.example.org is no host of this provider; if it should be, name it in `additional_hosts`",
        ),
        (|fake| fake.document("code_challenge_methods_supported", vec!["plain"]), "of the method S256"),
        (|fake| fake.document("token_endpoint", Value::Null), "lacks the member `token_endpoint`"),
        (
            |fake| fake.document("jwks_uri", Value::Null),
            "an answer (200, application/json; charset=utf-8) lacks the member `jwks_uri`",
        ),
        (
            |fake| {
                let keys = json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0", "use": "sig", "alg": "HS256" }] });
                fake.server.make("/keys", Act::Reply(Reply::json(200, &keys)));
            },
            "no key that signs",
        ),
        (|fake| fake.sign_with(crate::support::fake_providers::Signing::First, &[]), "no key that signs"),
        (
            |fake| fake.server.make("/.well-known/openid-configuration", Act::Reply(Reply::html(404))),
            "the discovery document is answered 404",
        ),
        (|fake| fake.server.make("/keys", Act::Close), "cannot be reached"),
    ];
    for (make_unfit, told) in breaks {
        let fake = FakeOpenId::start();
        make_unfit(&fake);
        let home = Home::new(&format!("{QUIET}{}", openid(&fake, CLIENT_SECRET)));
        let finished = home.run(&["providers", "check"]);
        assert_eq!(finished.code, Some(1), "{told}: {}", finished.stderr);
        assert!(finished.stdout.contains("staff: error: ") && finished.stdout.contains(told), "{}", finished.stdout);
        assert!(finished.stderr.contains("see [[providers]] in the settings"), "{}", finished.stderr);
    }
}

#[test]
fn a_secret_that_a_provider_refuses_is_told() {
    let (staff, github) = (FakeOpenId::start(), FakeGitHub::start());
    let (facebook, twitter) = (FakeFacebook::start(), FakeTwitter::start());
    let at = |url: String| format!("api_url = \"{url}\"");
    let no_key = Reply { status: 401, ..Reply::html(401) };
    twitter.server.make("/oauth/request_token", Act::Reply(no_key));
    let wrong = "not-for-eyes";
    for text in [
        openid(&staff, wrong),
        lines("github", "github", wrong, &at(github.server.url())),
        lines("facebook", "facebook", wrong, &at(facebook.server.url())),
        lines("twitter", "twitter", wrong, &at(twitter.server.url())),
    ] {
        let finished = Home::new(&format!("{QUIET}{text}")).run(&["providers", "check"]);
        assert_eq!(finished.code, Some(1), "{text}");
        assert!(finished.stdout.contains("`client_id` or `client_secret`"), "{text}: {}", finished.stdout);
        assert!(!format!("{}{}", finished.stdout, finished.stderr).contains(wrong), "{}", finished.stdout);
    }
}

#[test]
fn a_forgotten_secret_is_told_where_the_client_needs_one_and_a_public_client_is_named() {
    let fake = FakeOpenId::start();
    let text = openid(&fake, "x").replace("client_secret = \"x\"\n", "");
    let finished = Home::new(&format!("{QUIET}{text}")).run(&["providers", "check"]);
    assert_eq!(finished.code, Some(1), "{}", finished.stdout);
    let told = "staff: error: it refuses `client_id` or `client_secret` (invalid_client)";
    assert!(
        finished.stdout.contains(told) && finished.stdout.contains("no `client_secret` is set"),
        "{}",
        finished.stdout
    );
    fake.server.make("/token", Act::Reply(Reply::json(400, &json!({ "error": "invalid_grant" }))));
    let said = Home::new(&format!("{QUIET}{text}")).run(&["providers", "check"]).done();
    assert!(said.contains("staff: it accepts `client_id` without a secret, and none is set"), "{said}");
    let text = text.replace(&format!("redirect_uris = [\"{REDIRECT_URI}\"]"), "");
    let said = Home::new(&format!("{QUIET}{text}")).run(&["providers", "check"]).done();
    assert!(said.contains("staff: `redirect_uris` is empty, so that no login can begin here"), "{said}");
}

#[test]
fn a_check_names_the_providers_and_one_for_production_asks_them() {
    let fake = FakeOpenId::start();
    let home = Home::new(&format!("{QUIET}{}", openid(&fake, "not-for-eyes")));
    let said = home.run(&["check"]).done();
    assert!(said.contains("providers   1 set: staff; `countersign providers check` asks them"), "{said}");
    assert_eq!(fake.server.received("/token").len(), 0);
    let finished = home.run(&["check", "--deploy"]);
    assert!(finished.stdout.contains("providers   1 set and asked: staff"), "{}", finished.stdout);
    assert!(finished.stdout.contains("staff: it refuses `client_id` or `client_secret`"), "{}", finished.stdout);
    assert!(!finished.stdout.contains("not-for-eyes"), "{}", finished.stdout);
}
