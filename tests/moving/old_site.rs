//! The old site of the tests: its users, links and tokens.

use std::sync::LazyLock;

use countersign::identity::{EmailAddress, Username};
use countersign::secret::Secret;
use countersign::{Accounts, Settings, UserId};
use serde::Deserialize;

use crate::support::TestApp;
use crate::support::test_app::BEGINNING;

/// What `make_vectors.py` has written.
#[derive(Deserialize)]
pub struct OldSite {
    pub secrets: Secrets,
    pub users: Vec<OldUser>,
    pub django_rest_registration: Vec<Signed>,
    pub tokens: Vec<Token>,
    pub keys: Vec<Key>,
    pub jwts: Vec<Jwt>,
}

/// Each by its name in links and tokens.
#[derive(Deserialize)]
pub struct Secrets {
    pub present: String,
    pub fallback: String,
    pub jwt: String,
}

#[derive(Deserialize)]
pub struct OldUser {
    pub id: String,
    pub username: String,
    pub email: String,
    pub password: String,
    pub last_login: Option<i64>,
    pub is_verified: bool,
    pub addresses: Vec<Address>,
}

#[derive(Deserialize)]
pub struct Address {
    pub id: String,
    pub email: String,
}

/// A link of django-rest-registration.
#[derive(Clone, Deserialize)]
pub struct Signed {
    pub purpose: String,
    pub one_time: bool,
    pub key: String,
    pub seconds: i64,
    pub user_id: String,
    pub email: Option<String>,
    pub timestamp: String,
    pub signature: String,
}

/// The two parameters of a link with a token of Django or allauth.
#[derive(Clone, Deserialize)]
pub struct Token {
    pub kind: String,
    pub key: String,
    pub seconds: i64,
    pub user_id: String,
    pub uid: String,
    pub token: String,
}

/// A confirmation key of allauth.
#[derive(Clone, Deserialize)]
pub struct Key {
    pub key: String,
    pub seconds: i64,
    pub email_id: String,
    pub confirmation: String,
}

/// A token of simplejwt.
#[derive(Clone, Deserialize)]
pub struct Jwt {
    pub key: String,
    pub kind: String,
    pub user_id: String,
    pub as_number: bool,
    pub token: String,
}

/// The ids of its users. Ann and bob are verified, cleo is not. Bob and the turtle have logged in, and have several
/// addresses.
pub const ANN: &str = "1";
pub const BOB: &str = "2";
pub const CLEO: &str = "3";
pub const TURTLE: &str = "40";
/// No user has this id.
pub const UNKNOWN: &str = "9";

pub static OLD_SITE: LazyLock<OldSite> =
    LazyLock::new(|| serde_json::from_str(include_str!("vectors.json")).expect("make_vectors.py writes JSON"));

impl OldSite {
    /// A link of django-rest-registration, mailed when tests begin.
    pub fn signed(&self, purpose: &str, one_time: bool, user_id: &str) -> Signed {
        self.signed_with("present", 0, purpose, one_time, user_id)
    }

    /// A link of django-rest-registration, signed with this key so many seconds later.
    pub fn signed_with(&self, key: &str, seconds: i64, purpose: &str, one_time: bool, user_id: &str) -> Signed {
        let is_it = |link: &&Signed| {
            let is_made_so = link.key == key && link.seconds == seconds && link.one_time == one_time;
            is_made_so && link.purpose == purpose && link.user_id == user_id
        };
        self.django_rest_registration.iter().find(is_it).expect("the script makes all of them").clone()
    }

    /// A link with a token, mailed when tests begin.
    pub fn token(&self, kind: &str, user_id: &str) -> Token {
        self.token_with("present", 0, kind, user_id)
    }

    /// A link with a token, signed with this key so many seconds later.
    pub fn token_with(&self, key: &str, seconds: i64, kind: &str, user_id: &str) -> Token {
        let is_it = |token: &&Token| {
            token.key == key && token.seconds == seconds && token.kind == kind && token.user_id == user_id
        };
        self.tokens.iter().find(is_it).expect("the script makes all of them").clone()
    }

    /// A confirmation key, signed with this key so many seconds after tests begin.
    pub fn key_with(&self, key: &str, seconds: i64, email_id: &str) -> String {
        let is_it = |made: &&Key| made.key == key && made.seconds == seconds && made.email_id == email_id;
        self.keys.iter().find(is_it).expect("the script makes all of them").confirmation.clone()
    }

    /// A confirmation key, mailed when tests begin.
    pub fn key(&self, email_id: &str) -> String {
        self.key_with("present", 0, email_id)
    }

    /// A token of simplejwt.
    pub fn jwt(&self, kind: &str, user_id: &str) -> String {
        self.jwt_with("present", false, kind, user_id)
    }

    /// A token of simplejwt, signed with this key, whose user's id is a number or a text.
    pub fn jwt_with(&self, key: &str, as_number: bool, kind: &str, user_id: &str) -> String {
        let is_it =
            |jwt: &&Jwt| jwt.key == key && jwt.as_number == as_number && jwt.kind == kind && jwt.user_id == user_id;
        self.jwts.iter().find(is_it).expect("the script makes all of them").token.clone()
    }

    /// `SECRET_KEY` and `SECRET_KEY_FALLBACKS`.
    pub fn secrets(&self) -> Vec<Secret> {
        [&self.secrets.present, &self.secrets.fallback].map(|secret| Secret::new(secret.as_str())).into()
    }
}

/// The application, after the users of the old site have moved in.
pub async fn moved_in(change: impl FnOnce(&mut Settings)) -> TestApp {
    let app = TestApp::with(|settings| {
        settings.moving.django_rest_registration.secrets = OLD_SITE.secrets();
        settings.moving.djoser.secrets = OLD_SITE.secrets();
        settings.moving.allauth.secrets = OLD_SITE.secrets();
        settings.moving.simplejwt.secrets = vec![Secret::new(OLD_SITE.secrets.jwt.as_str())];
        change(settings);
    })
    .await;
    for user in &OLD_SITE.users {
        app.execute(&rows_of(user));
    }
    app
}

fn rows_of(user: &OldUser) -> String {
    let OldUser { id, username, email, password, .. } = user;
    let now = BEGINNING.unix_seconds();
    let (username_key, email_key) =
        (Username::from_stored(username).key(), EmailAddress::from_stored(email.as_str()).key());
    let or_null = |value: Option<String>| value.unwrap_or_else(|| "NULL".to_owned());
    let verified_at = or_null(user.is_verified.then(|| (now - 1_000).to_string()));
    let owned = or_null(user.is_verified.then(|| format!("'{email_key}'")));
    let last_login = or_null(user.last_login.map(|seconds| seconds.to_string()));
    let secret = link_secret(id);
    let mut rows = format!(
        "INSERT INTO users (id, username, username_key, email, email_key, owned_email_key, first_name, last_name, \
         password_hash, link_secret, created_at, verified_at, last_login_at) VALUES ('{id}', '{username}', \
         '{username_key}', '{email}', '{email_key}', {owned}, '', '', '{password}', '{secret}', {now} - 2000, \
         {verified_at}, {last_login}); \
         INSERT INTO moved_users (user_id, link_secret, moved_at) VALUES ('{id}', '{secret}', {now}); "
    );
    for Address { id: email_id, email } in &user.addresses {
        rows.push_str(&format!(
            "INSERT INTO moved_emails (id, user_id, email) VALUES ('{email_id}', '{id}', '{email}'); "
        ));
    }
    rows
}

/// The link secret that a user has after the move.
fn link_secret(id: &str) -> String {
    format!("{id:0>32}")
}

/// Disables a user, as an operator does.
pub async fn disable(accounts: &Accounts, id: &str) {
    let disabled = accounts.administration().disable_user(&UserId::from_stored(id)).await;
    disabled.expect("there is such a user");
}

/// Every text that differs from `text` by one other letter or digit, at a few places.
pub fn altered(text: &str) -> Vec<String> {
    let last = text.chars().count() - 1;
    let places = [0, last / 3, last / 2, last].into_iter().collect::<std::collections::BTreeSet<_>>();
    let altered = places.into_iter().map(|place| {
        let other = |(index, character): (usize, char)| match character {
            character if index != place => character,
            '7' => '8',
            _ => '7',
        };
        text.chars().enumerate().map(other).collect::<String>()
    });
    altered.collect()
}
