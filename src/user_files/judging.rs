//! Judges a line: makes the user of it that is stored, or says everything that is wrong with it.
//!
//! Parsing is that of a registration, but for what people must not be locked out by: a username that only older rules
//! accept is kept, because a login still finds it, and an address that no mail could reach is left out where the user has
//! a username to log in by.

mod instants;
mod parts;

use serde_json::value::RawValue;

use super::choices::Unverifiable;
use super::json::Members;
use super::line::Line;
use super::values::{Instant, Since};
use crate::accounts::{MovedUser, Origin, RevokedToken, User, fresh_link_secret, is_lower_hex, no_password};
use crate::clock::{Seconds, Timestamp};
use crate::identity::{EmailAddress, PersonName, UserId, Username};
use crate::passwords::PasswordHash;
use crate::profile_fields::{CheckedValues, MAXIMUM_DOCUMENT_BYTES, ProfileFields, ProfileValue, StoredProfile};
use crate::secret::Secret;
use crate::settings::Settings;
use parts::{Parts, moved_email, revoked_token};

const LACKS_SIGNER_KEY: &str =
    "the password hash is of Firebase, whose signer key is not set; give passwords.firebase_signer_key_file";
const MAY_BE_DROPPED: &str = "--drop-bad-hashes imports the user, who has no password until it is reset";

/// What lines are judged by.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// The names of the identity providers in the settings.
    pub(super) providers: Vec<String>,
    pub(super) fields: ProfileFields,
    /// Whether a verified user is the only owner of the address.
    pub(super) owners_are_unique: bool,
    pub(super) unverifiable: Unverifiable,
    /// Whether hashes of Firebase can be verified.
    has_signer_key: bool,
    /// Stands for every instant that a line lacks.
    pub(super) began_at: Timestamp,
    pub(super) sessions_last: Seconds,
    /// Whether users who are not verified cannot log in.
    requires_verified: bool,
    /// How long users who are not verified are kept; `None`: for ever.
    unverified_kept_for: Option<Seconds>,
    /// How long after a registration an inactive user of a Django site may be one who has not followed the link yet.
    /// `None` where an inactive user must be one whom an administrator disabled: unverified users may log in here, or
    /// there are no links.
    pub(super) links_awaited_for: Option<Seconds>,
}

/// A line that can be imported.
#[derive(Debug)]
pub(super) enum Judged {
    User {
        user: Box<MovedUser>,
        /// What was left out of the line.
        notes: Vec<String>,
    },
    RevokedToken(RevokedToken),
}

impl Rules {
    pub(super) fn new(settings: &Settings, unverifiable: Unverifiable, began_at: Timestamp) -> Self {
        Self {
            providers: settings.providers.iter().map(|provider| provider.name.clone()).collect(),
            fields: settings.profile_fields.clone(),
            owners_are_unique: settings.users.email_unique,
            unverifiable,
            has_signer_key: settings.passwords.firebase_signer_key.is_some(),
            began_at,
            sessions_last: settings.sessions.expires_after,
            requires_verified: settings.login.require_verified,
            unverified_kept_for: settings.users.unverified_kept_for(&settings.login),
            links_awaited_for: links_awaited_for(settings),
        }
    }

    /// Returns whether housekeeping deletes a user, who has not followed the link in time.
    pub(super) fn is_short_lived(&self, user: &User) -> bool {
        let purged_at = self.unverified_kept_for.and_then(|kept_for| user.purged_at(kept_for));
        purged_at.is_some_and(|at| at < self.began_at)
    }

    /// Judges a line.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub(super) fn judge(&self, mut line: Line) -> Result<Judged, Vec<String>> {
        let mut faults = Vec::new();
        let judged = match line.revoked_token.take() {
            Some(token) => {
                if !line.is_empty() {
                    faults.push("a line with `revoked_token` has no other member".to_owned());
                }
                revoked_token(token, &mut faults).map(Judged::RevokedToken)
            }
            None => {
                let mut notes = Vec::new();
                let user = self.user(line, &mut faults, &mut notes);
                // An export is of this program, which stores any.
                let is_new = user.origin.as_ref().is_some_and(|origin| origin.moved_at == self.began_at);
                if is_new && instants::are_too_late(&user) {
                    faults
                        .push("an instant comes after the year 9999; numbers are seconds, not milliseconds".to_owned());
                }
                Some(Judged::User { user: Box::new(user), notes })
            }
        };
        judged.filter(|_| faults.is_empty()).ok_or(faults)
    }

    fn user(&self, line: Line, faults: &mut Vec<String>, notes: &mut Vec<String>) -> MovedUser {
        let created_at = line.created_at.map_or(self.began_at, |Instant(at)| at);
        let id = match &line.id {
            Some(id) => UserId::parse(&id.0).unwrap_or_else(|| {
                faults.push(
                    "`id` must be a UUID, or a number of 36 digits at most, as text if it has more than 19".to_owned(),
                );
                UserId::from_stored("")
            }),
            None => UserId::generate(created_at),
        };
        let username = line.username.filter(|name| !name.trim().is_empty()).and_then(|name| username(&name, faults));
        let email = line.email.filter(|email| !email.trim().is_empty());
        let email = email.and_then(|typed| match EmailAddress::parse(&typed) {
            Ok(email) => Some(email),
            Err(reasons) => {
                let reasons = listed(&reasons);
                if username.is_some() {
                    notes.push(format!("`email` is left out: {reasons}"));
                } else {
                    faults.push(format!("`email` cannot be used, and there is no username: {reasons}"));
                }
                None
            }
        });
        if username.is_none() && email.is_none() && faults.is_empty() {
            faults.push("there is neither a username nor an e-mail address".to_owned());
        }
        let since = |since: Option<Since>, some_time: Timestamp| match since {
            Some(Since::At(at)) => Some(at),
            Some(Since::SomeTime) => Some(some_time),
            Some(Since::Never) | None => None,
        };
        let verified_at = since(line.verified_at, created_at);
        let may_own = email.is_some() && verified_at.is_some();
        if line.owns_email == Some(true) && !may_own && notes.is_empty() {
            faults.push("`owns_email` needs `email` and `verified_at`".to_owned());
        }
        let is_export = line.link_secret.is_some();
        let link_secret = secret("link_secret", line.link_secret, faults).unwrap_or_else(fresh_link_secret);
        let origin = match (line.moved_at, secret("moved_link_secret", line.moved_link_secret, faults)) {
            (Some(Instant(moved_at)), Some(link_secret)) => Some(Origin { link_secret, moved_at }),
            (None, None) if is_export => None,
            (None, None) => Some(Origin { link_secret: link_secret.clone(), moved_at: self.began_at }),
            _ => {
                faults.push("`moved_at` and `moved_link_secret` come together".to_owned());
                None
            }
        };
        let [first_name, last_name] = [("first_name", line.first_name), ("last_name", line.last_name)]
            .map(|(name, text)| person_name(name, text, faults));
        let instant = |at: Option<Instant>| at.map(|Instant(at)| at);
        let pending_email_secret = secret("pending_email_secret", line.pending_email_secret, faults);
        let used_email_secret = secret("used_email_secret", line.used_email_secret, faults);
        let used_reset_secret = secret("used_reset_secret", line.used_reset_secret, faults);
        let pending_email = line.pending_email.and_then(|typed| {
            let email = EmailAddress::parse(&typed).map(|email| email.as_str().to_owned());
            email.map_err(|_| faults.push("`pending_email` is no e-mail address".to_owned())).ok()
        });
        if pending_email.is_some() && pending_email_secret.is_none() {
            faults.push("`pending_email` needs `pending_email_secret`".to_owned());
        }
        let user = User {
            id,
            username: username.map(|name| name.as_str().to_owned()),
            email: email.map(|email| email.as_str().to_owned()),
            first_name,
            last_name,
            password_hash: self.password_hash(line.password_hash, faults, notes),
            link_secret,
            created_at,
            verified_at,
            disabled_at: since(line.disabled_at, self.began_at),
            last_login_at: instant(line.last_login_at),
            pending_email,
            pending_email_secret,
            used_email_secret,
            used_reset_secret,
            used_reset_at: instant(line.used_reset_at),
            staff_at: since(line.staff_at, self.began_at),
            profile: self.profile(line.fields, faults),
            profile_updated_at: instant(line.fields_updated_at),
        };
        let parts = Parts { began_at: self.began_at, sessions_last: self.sessions_last };
        let mut sessions: Vec<_> =
            line.sessions.into_iter().filter_map(|session| parts.session(session, faults)).collect();
        if self.requires_verified && user.verified_at.is_none() && !is_export && !sessions.is_empty() {
            sessions.clear();
            notes.push("the sessions are left out: the user is not verified, and so cannot log in".to_owned());
        }
        MovedUser {
            user,
            owns_email: may_own && line.owns_email.unwrap_or(self.owners_are_unique),
            sessions,
            provider_accounts: line
                .provider_accounts
                .into_iter()
                .filter_map(|account| parts.provider_account(account, faults))
                .collect(),
            origin,
            emails: line.moved_emails.into_iter().filter_map(|email| moved_email(email, faults)).collect(),
        }
    }

    fn password_hash(&self, text: Option<String>, faults: &mut Vec<String>, notes: &mut Vec<String>) -> Secret {
        let Some(text) = text.filter(|text| !text.starts_with('!')) else { return no_password() };
        let verifiable = PasswordHash::import(text).map_err(|reason| reason.to_string()).and_then(|hash| {
            let lacks_key = hash.needs_signer_key() && !self.has_signer_key;
            if lacks_key { Err(LACKS_SIGNER_KEY.to_owned()) } else { Ok(hash) }
        });
        match (verifiable, self.unverifiable) {
            (Ok(hash), _) => return Secret::new(hash.as_str()),
            (Err(reason), Unverifiable::Refuse) if reason == LACKS_SIGNER_KEY => faults.push(reason),
            (Err(reason), Unverifiable::Refuse) => faults.push(format!("{reason}; {MAY_BE_DROPPED}")),
            (Err(reason), Unverifiable::Drop) => {
                notes.push(format!("the user has no password until it is reset: {reason}"));
            }
        }
        no_password()
    }

    fn profile(&self, members: Option<Members<Box<RawValue>>>, faults: &mut Vec<String>) -> StoredProfile {
        let mut values = CheckedValues::default();
        for (name, raw) in members.unwrap_or_default().0 {
            let Some(field) = self.fields.get(&name) else {
                faults.push(format!("no profile field is named `{name}`"));
                continue;
            };
            let value = serde_json::from_str::<serde_json::Value>(raw.get()).map(ProfileValue::from);
            let judged = value
                .map_err(|_| "it cannot be read".to_owned())
                .and_then(|value| values.add(field, value).map_err(|faults| listed(&faults)));
            if let Err(reason) = judged {
                faults.push(format!("the value of the profile field `{name}` does not fit: {reason}"));
            }
        }
        let profile = StoredProfile::of_new_user(&values);
        if profile.is_too_large() {
            faults.push(format!("`fields` has more than {MAXIMUM_DOCUMENT_BYTES} bytes"));
        }
        profile
    }
}

fn links_awaited_for(settings: &Settings) -> Option<Seconds> {
    let asks_for_links = settings.registration.verification && settings.login.require_verified;
    asks_for_links.then(|| settings.users.purge_unverified_after.unwrap_or(settings.registration.expires_after))
}

fn username(typed: &str, faults: &mut Vec<String>) -> Option<Username> {
    let reasons = match Username::parse(typed) {
        Ok(name) => return Some(name),
        Err(reasons) => reasons,
    };
    let kept = Username::of_older_rules(typed);
    if kept.is_none() {
        faults.push(format!("users cannot log in by `username`: {}", listed(&reasons)));
    }
    kept
}

fn person_name(name: &str, typed: Option<String>, faults: &mut Vec<String>) -> String {
    match PersonName::parse(&typed.unwrap_or_default()) {
        Ok(name) => name.as_str().to_owned(),
        Err(reasons) => {
            faults.push(format!("`{name}`: {}", listed(&reasons)));
            String::new()
        }
    }
}

fn listed(reasons: &[impl ToString]) -> String {
    reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn secret(name: &str, text: Option<String>, faults: &mut Vec<String>) -> Option<Secret> {
    let text = text?;
    if !is_lower_hex(&text, 32) {
        faults.push(format!("`{name}` has 32 hexadecimal digits"));
        return None;
    }
    Some(Secret::new(text))
}
