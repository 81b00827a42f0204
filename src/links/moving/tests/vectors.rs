//! The links of the packages, as the script writes them.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Vectors {
    pub(super) now: i64,
    pub(super) secrets: Secrets,
    pub(super) users: Vec<Row>,
    pub(super) django_rest_registration: Vec<Signed>,
    pub(super) tokens: Vec<Token>,
    pub(super) keys: Vec<Key>,
}

#[derive(Deserialize)]
pub(super) struct Secrets {
    pub(super) present: String,
    pub(super) fallback: String,
}

#[derive(Deserialize)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) password: String,
    pub(super) last_login: Option<i64>,
    pub(super) addresses: Vec<Address>,
}

#[derive(Deserialize)]
pub(super) struct Address {
    pub(super) email: String,
}

#[derive(Deserialize)]
pub(super) struct Signed {
    pub(super) purpose: String,
    pub(super) one_time: bool,
    pub(super) key: String,
    pub(super) seconds: i64,
    pub(super) user_id: String,
    pub(super) email: Option<String>,
    pub(super) timestamp: String,
    pub(super) signature: String,
}

#[derive(Deserialize)]
pub(super) struct Token {
    pub(super) kind: String,
    pub(super) key: String,
    pub(super) seconds: i64,
    pub(super) user_id: String,
    pub(super) uid: String,
    pub(super) token: String,
}

#[derive(Deserialize)]
pub(super) struct Key {
    pub(super) key: String,
    pub(super) seconds: i64,
    pub(super) user_id: String,
    pub(super) email_id: String,
    pub(super) confirmation: String,
}

pub(super) static VECTORS: LazyLock<Vectors> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../tests/moving/vectors.json")).expect("make_vectors.py writes JSON")
});
