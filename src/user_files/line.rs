//! One line of a file, as it is written. `docs/moving.md` explains each member to operators.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::entries::Place;
use super::json::{Members, object, objects};
use super::values::{Id, Instant, Since};

/// A line: a user, or a token that must not be accepted. An export writes every member that has a value.
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Line {
    #[serde(deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    pub(super) revoked_token: Option<RevokedTokenLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owns_email: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verified_at: Option<Since>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) disabled_at: Option<Since>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) staff_at: Option<Since>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_login_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fields: Option<Members<Box<RawValue>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fields_updated_at: Option<Instant>,
    #[serde(deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub(super) provider_accounts: Vec<ProviderAccountLine>,
    #[serde(deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub(super) sessions: Vec<SessionLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) link_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pending_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pending_email_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) used_email_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) used_reset_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) used_reset_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) moved_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) moved_link_secret: Option<String>,
    #[serde(deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub(super) moved_emails: Vec<MovedEmailLine>,
}

/// A line, or what is wrong with it.
pub(super) struct Numbered {
    /// Where it is in the file.
    pub(super) place: Place,
    pub(super) parsed: Result<Box<Line>, Vec<String>>,
}

/// An account at an identity provider.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderAccountLine {
    pub(super) provider: String,
    pub(super) subject: Id,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_login_at: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) doubted_at: Option<Instant>,
}

/// A session: by its token, as other systems keep it, or by the digest of one.
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SessionLine {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_used_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rotated_at: Option<Instant>,
}

/// An address with the id that it had in the old system.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MovedEmailLine {
    pub(super) id: Id,
    pub(super) email: String,
}

/// A refresh token of the old system that must not be accepted: by its id (`jti`), or by the digest of that.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RevokedTokenLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) jti: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<String>,
    pub(super) expires_at: Instant,
}

impl Line {
    /// Returns whether no member has a value.
    pub(super) fn is_empty(&self) -> bool {
        serde_json::to_string(self).is_ok_and(|text| text == "{}")
    }
}

impl Members<Box<RawValue>> {
    /// Adds a member that was parsed.
    pub(super) fn add(&mut self, name: &str, value: &serde_json::Value) {
        let raw = serde_json::value::to_raw_value(value).expect("a value is JSON");
        self.0.insert(name.to_owned(), raw);
    }
}

impl Serialize for Members<Box<RawValue>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        BTreeMap::serialize(&self.0, serializer)
    }
}
