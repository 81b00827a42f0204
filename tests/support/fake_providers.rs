//! Identity providers inside the test process, written from the public documents of the real ones.
//!
//! Each is a small web server on a free port, on threads of its own, so that it works under any runtime. A test says
//! which users there are, and may make any path answer something else: see [`Act`].
#![allow(dead_code, unused_imports, reason = "two test programs share it, and none uses all of it")]

mod facebook;
mod github;
mod id_tokens;
mod logins;
mod openid;
mod server;
mod twitter;

pub use facebook::FakeFacebook;
pub use github::{FakeEmail, FakeGitHub};
pub use id_tokens::Signing;
pub use logins::{FakeUser, Login};
pub use openid::FakeOpenId;
pub use server::{Act, Received, Reply, Server};
pub use twitter::FakeTwitter;

use countersign::clock::Seconds;
use countersign::secret::Secret;
use countersign::settings::{Provider, ProviderKind};

/// The client id of this site at every provider.
pub const CLIENT_ID: &str = "countersign-tests";
/// Its secret.
pub const CLIENT_SECRET: &str = "the secret of all tests & of nothing else";
/// Where every provider may send users back to.
pub const REDIRECT_URI: &str = "https://app.example.org/login/callback";

/// Returns the settings of a provider at `url`.
pub fn settings(name: &str, kind: ProviderKind, url: &str) -> Provider {
    Provider {
        name: name.to_owned(),
        kind,
        title: name.to_owned(),
        issuer: matches!(kind, ProviderKind::OpenId | ProviderKind::Google).then(|| url.to_owned()),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(Secret::new(CLIENT_SECRET)),
        client_secret_file: None,
        scopes: vec!["openid".to_owned(), "email".to_owned()],
        redirect_uris: vec![REDIRECT_URI.to_owned()],
        additional_hosts: Vec::new(),
        verifies_emails: true,
        creates_users: true,
        joins_verified_emails: false,
        timeout: Seconds::new(5),
        api_url: url.to_owned(),
        web_url: url.to_owned(),
    }
}
