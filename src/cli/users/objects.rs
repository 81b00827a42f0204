//! Users and sessions as `--json` prints them. Released names of fields never change; docs/command-line.md lists them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::accounts::{ProviderAccount, Session, User};
use crate::clock::Timestamp;
use crate::passwords::StoredPassword;
use crate::profile_fields::ProfileValue;

/// A user in a list.
#[derive(Debug, Serialize)]
pub(super) struct UserObject<'a> {
    id: &'a str,
    username: Option<&'a str>,
    email: Option<&'a str>,
    /// The address that was asked for and is not proved yet.
    pending_email: Option<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    state: &'static str,
    is_staff: bool,
    created_at: String,
    verified_at: Option<String>,
    disabled_at: Option<String>,
    last_login_at: Option<String>,
}

/// All that `users show` prints of a user.
#[derive(Debug, Serialize)]
pub(super) struct WholeUserObject<'a> {
    #[serde(flatten)]
    user: UserObject<'a>,
    staff_at: Option<String>,
    profile_updated_at: Option<String>,
    /// Whether there is a password, and whether it will be hashed anew.
    password: &'static str,
    password_scheme: Option<&'static str>,
    /// The stored values; absent if they are not a JSON object.
    profile: Option<BTreeMap<String, ProfileValue>>,
    provider_accounts: Vec<ProviderAccountObject<'a>>,
}

#[derive(Debug, Serialize)]
struct ProviderAccountObject<'a> {
    id: &'a str,
    provider: &'a str,
    subject: &'a str,
    created_at: String,
    last_login_at: Option<String>,
}

/// A session in a list.
#[derive(Debug, Serialize)]
pub(super) struct SessionObject<'a> {
    id: &'a str,
    address: &'a str,
    user_agent: &'a str,
    created_at: String,
    last_used_at: String,
    expires_at: String,
}

/// Returns what the user can do, in one word.
pub(super) fn state(user: &User) -> &'static str {
    match (user.disabled_at, user.verified_at) {
        (Some(_), _) => "disabled",
        (None, Some(_)) => "verified",
        (None, None) => "unverified",
    }
}

fn instant(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

impl<'a> From<&'a User> for UserObject<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id.as_str(),
            username: user.username.as_deref(),
            email: user.email.as_deref(),
            pending_email: user.pending_email.as_deref(),
            first_name: &user.first_name,
            last_name: &user.last_name,
            state: state(user),
            is_staff: user.is_staff(),
            created_at: user.created_at.to_string(),
            verified_at: instant(user.verified_at),
            disabled_at: instant(user.disabled_at),
            last_login_at: instant(user.last_login_at),
        }
    }
}

impl<'a> WholeUserObject<'a> {
    pub(super) fn new(user: &'a User, password: StoredPassword, accounts: &'a [ProviderAccount]) -> Self {
        let (password, password_scheme) = match password {
            StoredPassword::None => ("none", None),
            StoredPassword::Current(scheme) => ("current", Some(scheme)),
            StoredPassword::Outdated(scheme) => ("outdated", Some(scheme)),
            StoredPassword::Unusable(_) => ("unusable", None),
        };
        Self {
            user: UserObject::from(user),
            staff_at: instant(user.staff_at),
            profile_updated_at: instant(user.profile_updated_at),
            password,
            password_scheme,
            profile: user.profile.values().ok(),
            provider_accounts: accounts.iter().map(ProviderAccountObject::from).collect(),
        }
    }
}

impl<'a> From<&'a ProviderAccount> for ProviderAccountObject<'a> {
    fn from(account: &'a ProviderAccount) -> Self {
        Self {
            id: &account.id,
            provider: &account.provider,
            subject: &account.subject,
            created_at: account.created_at.to_string(),
            last_login_at: instant(account.last_login_at),
        }
    }
}

impl<'a> From<&'a Session> for SessionObject<'a> {
    fn from(session: &'a Session) -> Self {
        Self {
            id: &session.id,
            address: &session.address,
            user_agent: &session.user_agent,
            created_at: session.created_at.to_string(),
            last_used_at: session.last_used_at.to_string(),
            expires_at: session.expires_at.to_string(),
        }
    }
}
