//! Links of django-rest-registration: `user_id`, `timestamp`, `signature`, and `email` where a new address is proved.
//!
//! The signature is Django's over Python's pickle of the sorted parameters, in 43 characters of base64url. In the
//! one-time modes of that package, its salt contains what the use changes: the flag of a verified user, or the password
//! hash.

use std::fmt;
use std::sync::Arc;

use subtle::Choice;

use super::django::{Times, accept, is_signed, read_mac, whole};
use super::{Judge, Named, OldClaim, OldSystem, OldUser, STAND_IN};
use crate::clock::{Seconds, Timestamp};
use crate::links::LinkError;
use crate::links::purpose::sealed::Address as _;
use crate::links::purpose::{Purpose, ResetPassword, VerifyEmail, VerifyRegistration};
use crate::links::signer::{CLOCK_SKEW, Verified};
use crate::links::syntax::{is_address, is_user_id, parse_timestamp};
use crate::secret::Secret;

/// The keys of a site with django-rest-registration, and how its links live.
///
/// `Debug` shows no more than how many secrets there are.
pub struct DjangoRestRegistration {
    secrets: Vec<Secret>,
    rules: OldRules,
}

/// How the links of a site live.
#[derive(Clone, Copy, Debug)]
pub struct OldRules {
    /// `REGISTER_VERIFICATION_ONE_TIME_USE`.
    pub register_one_time_use: bool,
    /// `REGISTER_VERIFICATION_PERIOD`.
    pub register_valid_for: Seconds,
    /// `RESET_PASSWORD_VERIFICATION_ONE_TIME_USE`.
    pub reset_one_time_use: bool,
    /// `RESET_PASSWORD_VERIFICATION_PERIOD`.
    pub reset_valid_for: Seconds,
    /// `REGISTER_EMAIL_VERIFICATION_PERIOD`.
    pub email_valid_for: Seconds,
}

/// A purpose that this package has links for: [`VerifyRegistration`], [`ResetPassword`] or [`VerifyEmail`].
pub trait SignedPurpose: Purpose {
    /// Returns the salt of a site's links, and how long they live.
    #[doc(hidden)]
    fn salted(rules: &OldRules) -> (Salt, Seconds);
}

/// What separates the signatures of one purpose from others.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Salt {
    Fixed(&'static str),
    WithPasswordHash(&'static str),
}

impl SignedPurpose for VerifyRegistration {
    fn salted(rules: &OldRules) -> (Salt, Seconds) {
        // The flag of a user who is not verified, as Python writes it. That of a verified one was never mailed.
        let salt = if rules.register_one_time_use { "register:False" } else { "register" };
        (Salt::Fixed(salt), rules.register_valid_for)
    }
}

impl SignedPurpose for ResetPassword {
    fn salted(rules: &OldRules) -> (Salt, Seconds) {
        let salt = "reset-password";
        let salt = if rules.reset_one_time_use { Salt::WithPasswordHash(salt) } else { Salt::Fixed(salt) };
        (salt, rules.reset_valid_for)
    }
}

impl SignedPurpose for VerifyEmail {
    fn salted(rules: &OldRules) -> (Salt, Seconds) {
        (Salt::Fixed("register-email"), rules.email_valid_for)
    }
}

impl DjangoRestRegistration {
    /// Takes `SECRET_KEY`, and earlier ones whose links shall work as well.
    pub fn new(secrets: Vec<Secret>, rules: OldRules) -> Self {
        Self { secrets, rules }
    }

    /// Reads the parameters of a link. `None` if no link of this package has such.
    pub fn read<P: SignedPurpose>(
        self: &Arc<Self>,
        user_id: &str,
        email: Option<&str>,
        timestamp: &str,
        signature: &str,
    ) -> Option<OldClaim<P>> {
        // The length first: it tells these links from ours.
        let mac = read_mac(signature)?;
        let signed_at = parse_timestamp(timestamp)?;
        let address = P::Address::of_text(email.map(str::to_owned))?;
        if !is_user_id(user_id) || !email.is_none_or(is_address) {
            return None;
        }
        let named = [Named::User(user_id.to_owned())];
        let link = Link::<P> { site: Arc::clone(self), named, address, signed_at, mac };
        Some(OldClaim::new(OldSystem::DjangoRestRegistration, link))
    }
}

impl fmt::Debug for DjangoRestRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DjangoRestRegistration").field("secrets", &self.secrets.len()).finish_non_exhaustive()
    }
}

struct Link<P: Purpose> {
    site: Arc<DjangoRestRegistration>,
    named: [Named; 1],
    address: P::Address,
    signed_at: Timestamp,
    mac: [u8; 32],
}

impl<P: SignedPurpose> Link<P> {
    fn check<T>(
        &self,
        user: Option<&OldUser<'_>>,
        is_known: bool,
        now: Timestamp,
        proof: impl FnOnce() -> T,
    ) -> Result<T, LinkError> {
        let (salt, valid_for) = P::salted(&self.site.rules);
        let salt = match salt {
            Salt::Fixed(salt) => format!("{salt}signer"),
            Salt::WithPasswordHash(salt) => format!("{salt}:{}signer", user.unwrap_or(&STAND_IN).password_hash),
        };
        let matched = is_signed(&self.site.secrets, &salt, &self.message(), &self.mac, whole);
        let times = Times { signed_at: self.signed_at, may_be_ahead: CLOCK_SKEW, valid_for };
        accept(matched & Choice::from(u8::from(is_known)), times, now, proof)
    }

    /// Returns what is signed: the pickle of all parameters, sorted by name.
    fn message(&self) -> Vec<u8> {
        let timestamp = self.signed_at.unix_seconds().to_string();
        let [Named::User(user_id) | Named::Email(user_id)] = &self.named;
        let email = self.address.text().map(|address| ("email", address));
        let parameters = email.into_iter().chain([("timestamp", timestamp.as_str()), ("user_id", user_id)]);
        pickled(parameters)
    }
}

impl<P: SignedPurpose> Judge<P> for Link<P> {
    fn named(&self) -> &[Named] {
        &self.named
    }

    fn judge_alone(&self, now: Timestamp) -> Result<(), LinkError> {
        match P::salted(&self.site.rules).0 {
            Salt::Fixed(_) => self.check(None, true, now, || ()),
            Salt::WithPasswordHash(_) => Ok(()),
        }
    }

    fn judge(&self, _: usize, user: Option<&OldUser<'_>>, now: Timestamp) -> Result<Verified<P>, LinkError> {
        let id = user.unwrap_or(&STAND_IN).id;
        let proof = || Verified::of_old_link(id, self.address.clone(), self.signed_at);
        self.check(user, user.is_some(), now, proof)
    }
}

/// Writes a list of two or more pairs of texts as Python's pickle of protocol 4 does.
fn pickled<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    const MEMOIZE: u8 = 0x94;
    // EMPTY_LIST, MEMOIZE, MARK
    let mut body = vec![b']', MEMOIZE, b'('];
    for (name, value) in pairs {
        for text in [name, value] {
            match u8::try_from(text.len()) {
                Ok(length) => body.extend([0x8c, length]),
                Err(_) => {
                    let length = u32::try_from(text.len()).expect("an address is shorter than four gibibytes");
                    body.push(b'X');
                    body.extend(length.to_le_bytes());
                }
            }
            body.extend_from_slice(text.as_bytes());
            body.push(MEMOIZE);
        }
        // TUPLE2
        body.extend([0x86, MEMOIZE]);
    }
    // APPENDS, STOP
    body.extend(*b"e.");
    // PROTO 4, FRAME
    let mut pickle = vec![0x80, 4, 0x95];
    pickle.extend((body.len() as u64).to_le_bytes());
    pickle.extend(body);
    pickle
}
