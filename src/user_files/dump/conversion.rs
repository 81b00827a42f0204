//! Makes a line of a Django user and of what belongs to it.

use serde_json::Value;
use serde_json::value::RawValue;

use super::fields::{Fields, Name};
use super::part::Part;
use crate::clock::{Seconds, Timestamp};
use crate::identity::EmailAddress;
use crate::user_files::choices::{Choices, Inactive};
use crate::user_files::json::Members;
use crate::user_files::line::{Line, MovedEmailLine, ProviderAccountLine, RevokedTokenLine, SessionLine};
use crate::user_files::values::{Id, Instant, Since};

/// What a conversion needs beside the records.
pub(super) struct Converter {
    pub(super) choices: Choices,
    pub(super) began_at: Timestamp,
    /// How long after a registration an inactive user may be one who has not followed the link; `None`: not at all.
    pub(super) links_awaited_for: Option<Seconds>,
    /// Whether the dump has addresses of allauth, which then say who is verified.
    pub(super) has_emails: bool,
}

/// An address of allauth.
struct Address {
    id: String,
    email: String,
    is_verified: bool,
    is_primary: bool,
}

impl Converter {
    /// Makes the line of a user.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the records.
    pub(super) fn user(
        &self,
        key: String,
        fields: &Fields,
        has_token: bool,
        tokens: &[Part],
        emails: &[Part],
        accounts: &[Part],
    ) -> Result<Line, Vec<String>> {
        let mut faults = Vec::new();
        let mapping = &self.choices.mapping.user;
        let mut text = |mapped: &Option<String>, usual| {
            or_fault(fields.text(Name::new(mapped.as_deref(), usual)), &mut faults).flatten()
        };
        let username = text(&mapping.username, "username");
        let email = text(&mapping.email, "email").filter(|email| !email.trim().is_empty());
        let first_name = text(&mapping.first_name, "first_name");
        let last_name = text(&mapping.last_name, "last_name");
        let password_hash = text(&mapping.password, "password");
        let mut instant = |mapped: &Option<String>, usual| {
            or_fault(fields.instant(Name::new(mapped.as_deref(), usual)), &mut faults).flatten()
        };
        let last_login_at = instant(&mapping.last_login, "last_login");
        let created_at = instant(&mapping.date_joined, "date_joined");
        let mut truth = |mapped: &Option<String>, usual| {
            or_fault(fields.truth(Name::new(mapped.as_deref(), usual)), &mut faults).flatten()
        };
        let is_active = truth(&mapping.is_active, "is_active").unwrap_or(true);
        let is_staff = truth(&mapping.is_staff, "is_staff").unwrap_or(false);
        let flag = or_fault(self.flag(fields), &mut faults).flatten();
        let addresses: Vec<_> = emails.iter().filter_map(|part| or_fault(part.read(address), &mut faults)).collect();
        let email = email.or_else(|| primary(&addresses));
        let was_seen = last_login_at.is_some() || has_token || !accounts.is_empty();
        // A user without an address has none to prove.
        let proved = flag.or_else(|| Some(proved_by(&addresses, email.as_deref().filter(|_| self.has_emails)?)));
        let (verified_at, disabled_at) = self.standing(proved, is_active, was_seen, created_at);
        let sessions = tokens.iter().filter_map(|part| or_fault(part.read(session), &mut faults)).collect();
        let provider_accounts = accounts
            .iter()
            .filter_map(|part| or_fault(part.read(|part| self.provider_account(part)), &mut faults))
            .collect();
        let line = Line {
            id: Some(Id(key)),
            username,
            email,
            created_at: created_at.map(Instant),
            verified_at,
            disabled_at,
            staff_at: is_staff.then_some(Since::SomeTime),
            last_login_at: last_login_at.map(Instant),
            first_name,
            last_name,
            password_hash,
            fields: or_fault(self.profile(fields), &mut faults),
            provider_accounts,
            sessions,
            moved_emails: addresses
                .into_iter()
                .map(|one| MovedEmailLine { id: Id(one.id), email: one.email })
                .collect(),
            ..Line::default()
        };
        if faults.is_empty() { Ok(line) } else { Err(faults) }
    }

    /// Makes the line of a refresh token that was revoked.
    pub(super) fn revoked_token(fields: &Fields) -> Result<Line, String> {
        let jti = fields.text(Name::mapped("jti"))?;
        let expires_at = fields.instant(Name::mapped("expires_at"))?.ok_or("the token has no `expires_at`")?;
        let revoked_token = Some(RevokedTokenLine { jti, digest: None, expires_at: Instant(expires_at) });
        Ok(Line { revoked_token, ..Line::default() })
    }

    /// Returns whether or since when the address is proved, if the mapping names a member for that.
    fn flag(&self, fields: &Fields) -> Result<Option<Since>, String> {
        let Some(name) = self.choices.mapping.user.verified.as_deref() else { return Ok(None) };
        match fields.get(Name::mapped(name))? {
            None => Ok(Some(Since::Never)),
            Some(Value::Bool(truth)) => Ok(Some(if *truth { Since::SomeTime } else { Since::Never })),
            Some(_) => Ok(fields.instant(Name::mapped(name))?.map(Since::At)),
        }
    }

    /// Returns since when a user is verified, and since when disabled.
    ///
    /// Django's packages have one flag for both: `is_active` is false until the link was followed, and false again when an
    /// administrator disables the user. Where something else says who is verified, it means the latter.
    fn standing(
        &self,
        proved: Option<Since>,
        is_active: bool,
        was_seen: bool,
        created_at: Option<Timestamp>,
    ) -> (Option<Since>, Option<Since>) {
        if is_active {
            return (Some(proved.unwrap_or(Since::SomeTime)), None);
        }
        let disabled = Some(Since::SomeTime);
        match self.choices.inactive {
            Inactive::Unverified => (None, None),
            Inactive::Disabled => (proved.or(was_seen.then_some(Since::SomeTime)), disabled),
            Inactive::Judged if proved.is_some() => (proved, disabled),
            Inactive::Judged if was_seen => (disabled, disabled),
            Inactive::Judged => {
                let joined_at = created_at.unwrap_or(self.began_at);
                let is_awaited = self.links_awaited_for.is_some_and(|span| joined_at.plus(span) > self.began_at);
                // An administrator may have disabled an older one before the first login.
                (None, disabled.filter(|_| !is_awaited))
            }
        }
    }

    fn provider_account(&self, Part { fields, .. }: &Part) -> Result<ProviderAccountLine, String> {
        let name = fields.text(Name::mapped("provider"))?.ok_or("the account has no `provider`")?;
        let provider = self.choices.mapping.providers.get(&name).cloned().unwrap_or(name);
        let subject = fields.text(Name::mapped("uid"))?.ok_or("the account has no `uid`")?;
        Ok(ProviderAccountLine {
            provider,
            subject: Id(subject),
            id: None,
            created_at: fields.instant(Name::new(None, "date_joined"))?.map(Instant),
            last_login_at: fields.instant(Name::new(None, "last_login"))?.map(Instant),
            doubted_at: None,
        })
    }

    fn profile(&self, fields: &Fields) -> Result<Members<Box<RawValue>>, String> {
        let mut members = Members::default();
        for (name, member) in &self.choices.mapping.fields {
            if let Some(value) = fields.get(Name::mapped(member))? {
                members.add(name, value);
            }
        }
        Ok(members)
    }
}

fn session(Part { key, fields, .. }: &Part) -> Result<SessionLine, String> {
    let created_at = fields.instant(Name::new(None, "created"))?.map(Instant);
    Ok(SessionLine { token: Some(key.clone()), created_at, ..SessionLine::default() })
}

fn address(Part { key, fields, .. }: &Part) -> Result<Address, String> {
    Ok(Address {
        id: key.clone(),
        email: fields.text(Name::mapped("email"))?.ok_or("the address has no `email`")?,
        is_verified: fields.truth(Name::mapped("verified"))?.unwrap_or(false),
        is_primary: fields.truth(Name::new(None, "primary"))?.unwrap_or(false),
    })
}

/// Returns the address of a user whose own record has none: the primary one, or the only one.
fn primary(addresses: &[Address]) -> Option<String> {
    let primary = addresses.iter().find(|address| address.is_primary);
    let only = || Some(addresses).filter(|addresses| addresses.len() == 1)?.first();
    primary.or_else(only).map(|address| address.email.clone())
}

/// Returns whether one of the addresses is the user's and was proved. Letter case does not matter.
fn proved_by(addresses: &[Address], email: &str) -> Since {
    let key = |email: &str| EmailAddress::parse(email).map(|email| email.key()).ok();
    let own = key(email);
    let is_proved = own.is_some() && addresses.iter().any(|address| address.is_verified && key(&address.email) == own);
    if is_proved { Since::SomeTime } else { Since::Never }
}

fn or_fault<T>(read: Result<T, String>, faults: &mut Vec<String>) -> Option<T> {
    read.map_err(|fault| faults.push(fault)).ok()
}
