//! Links of dj-rest-auth and django-rest-auth, which allauth makes where it is installed: confirmation keys, and reset
//! links.
//!
//! A key is `<base64url of the address's id>:<seconds in base 62>:<43 characters>`, a value of Django's
//! `TimestampSigner`. It names an address, not a user. A reset link has the user's id as `uid`: in base 36 or as a UUID
//! with allauth, whose token is bound to all addresses; in base64url without it.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::Choice;

use super::django::{Times, accept, is_signed, read_base_36, read_base_62_time, read_mac, whole};
use super::reset_token::{BoundEmails, Lives, ResetToken};
use super::{Judge, Named, OldClaim, OldSystem, OldUser, STAND_IN};
use crate::clock::{Seconds, Timestamp};
use crate::links::LinkError;
use crate::links::purpose::{ResetPassword, VerifyRegistration};
use crate::links::signer::{CLOCK_SKEW, Verified};
use crate::links::spelling;
use crate::links::syntax::is_user_id;
use crate::secret::Secret;

/// `ACCOUNT_SALT`, and what Django's signers append.
const SALT: &str = "accountsigner";

/// The longest id of an address: a number of 64 bits.
const EMAIL_ID_MAX_DIGITS: usize = 19;

/// The keys of a site with allauth, and how long its links live.
///
/// `Debug` shows no more than how many secrets there are.
pub struct Allauth {
    secrets: Vec<Secret>,
    keys_valid_for: Seconds,
    resets: Lives,
}

impl Allauth {
    /// Takes `SECRET_KEY` and `SECRET_KEY_FALLBACKS`, the life of confirmation keys, the life of reset links, and how
    /// many seconds the site's local time was ahead of UTC.
    pub fn new(
        secrets: Vec<Secret>,
        keys_valid_for: Seconds,
        resets_valid_for: Seconds,
        utc_offset_seconds: i32,
    ) -> Self {
        Self { secrets, keys_valid_for, resets: Lives { valid_for: resets_valid_for, utc_offset_seconds } }
    }

    /// Reads a confirmation key. `None` if no key of allauth looks like it.
    pub fn read_key(self: &Arc<Self>, key: &str) -> Option<OldClaim<VerifyRegistration>> {
        let (value, mac) = key.rsplit_once(':')?;
        let (id, time) = value.split_once(':')?;
        let signed_at = read_base_62_time(time)?;
        let mac = read_mac(mac)?;
        let id = URL_SAFE_NO_PAD.decode(id).ok().and_then(|id| String::from_utf8(id).ok())?;
        let is_id = (1..=EMAIL_ID_MAX_DIGITS).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then(|| {
            let (site, value) = (Arc::clone(self), value.to_owned());
            OldClaim::new(OldSystem::Allauth, Confirmation { site, named: [Named::Email(id)], value, signed_at, mac })
        })
    }

    /// Reads the parameters of a reset link. `None` if no link of these packages has such.
    pub fn read_reset(self: &Arc<Self>, uid: &str, token: &str) -> Option<OldClaim<ResetPassword>> {
        let token = ResetToken::parse(token)?;
        // Some texts are both a number in base 36 and base64url: both users are asked for.
        let with_allauth = read_base_36(uid).map(|id| id.to_string()).or_else(|| hyphenated(uid));
        let without = spelling::read_uid(uid).and_then(|(id, address)| address.is_none().then_some(id));
        let readings = [(with_allauth, BoundEmails::All), (without, BoundEmails::Own)];
        let readings = readings.into_iter().filter_map(|(id, bound)| Some((id.filter(|id| is_user_id(id))?, bound)));
        let (named, bound): (Vec<_>, Vec<_>) = readings.map(|(id, bound)| (Named::User(id), bound)).unzip();
        let is_read = !named.is_empty();
        is_read.then(|| OldClaim::new(OldSystem::Allauth, Reset { site: Arc::clone(self), named, bound, token }))
    }
}

impl fmt::Debug for Allauth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Allauth").field("secrets", &self.secrets.len()).finish_non_exhaustive()
    }
}

struct Confirmation {
    site: Arc<Allauth>,
    named: [Named; 1],
    /// The signed part of the key.
    value: String,
    signed_at: Timestamp,
    mac: [u8; 32],
}

impl Confirmation {
    fn check<T>(&self, is_known: bool, now: Timestamp, proof: impl FnOnce() -> T) -> Result<T, LinkError> {
        let matched = is_signed(&self.site.secrets, SALT, self.value.as_bytes(), &self.mac, whole);
        let (signed_at, valid_for) = (self.signed_at, self.site.keys_valid_for);
        let times = Times { signed_at, may_be_ahead: CLOCK_SKEW, valid_for };
        accept(matched & Choice::from(u8::from(is_known)), times, now, proof)
    }
}

impl Judge<VerifyRegistration> for Confirmation {
    fn named(&self) -> &[Named] {
        &self.named
    }

    fn judge_alone(&self, now: Timestamp) -> Result<(), LinkError> {
        self.check(true, now, || ())
    }

    fn judge(
        &self,
        _: usize,
        user: Option<&OldUser<'_>>,
        now: Timestamp,
    ) -> Result<Verified<VerifyRegistration>, LinkError> {
        let id = user.unwrap_or(&STAND_IN).id;
        self.check(user.is_some(), now, || Verified::of_old_link(id, (), self.signed_at))
    }
}

struct Reset {
    site: Arc<Allauth>,
    named: Vec<Named>,
    /// What the token is bound to, for each reading of the user's id.
    bound: Vec<BoundEmails>,
    token: ResetToken,
}

impl Judge<ResetPassword> for Reset {
    fn named(&self) -> &[Named] {
        &self.named
    }

    fn judge_alone(&self, _: Timestamp) -> Result<(), LinkError> {
        Ok(())
    }

    fn judge(
        &self,
        reading: usize,
        user: Option<&OldUser<'_>>,
        now: Timestamp,
    ) -> Result<Verified<ResetPassword>, LinkError> {
        let bound = self.bound.get(reading).ok_or(LinkError::Malformed)?;
        self.token.verify(&self.site.secrets, *bound, user, self.site.resets, now)
    }
}

/// Writes the 32 digits of a UUID with its hyphens, as Django's databases hold it.
fn hyphenated(digits: &str) -> Option<String> {
    let is_uuid = digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_uuid.then(|| {
        let at = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
        format!("{}-{}-{}-{}-{}", at(0, 8), at(8, 12), at(12, 16), at(16, 20), at(20, 32))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_written_with_its_hyphens() {
        let hyphens = "cb185c07-143f-4d99-ac64-18a280e221ff";
        assert_eq!(hyphenated(&hyphens.replace('-', "")).as_deref(), Some(hyphens));
        for text in [hyphens, "cb185c07", &"CB185C07".repeat(4), &"é".repeat(16)] {
            assert_eq!(hyphenated(text), None, "{text}");
        }
    }
}
