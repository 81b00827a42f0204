//! The tokens of Django's `PasswordResetTokenGenerator`, and of allauth's, which binds more addresses.
//!
//! A token is `<seconds since 2001 in base 36>-<32 hex digits>`. The digits are every second one of an HMAC over the
//! user's id, password hash, time of the last login, the seconds, and the address: so a token dies when one of these
//! changes, and a login is enough. Django counts the seconds in the local time of the site.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use subtle::Choice;

use super::django::{Times, accept, is_signed, read_base_36};
use super::{OldUser, STAND_IN};
use crate::clock::{Seconds, Timestamp};
use crate::links::LinkError;
use crate::links::link_secret::decode_lower_hex;
use crate::links::purpose::Purpose;
use crate::links::signer::{CLOCK_SKEW, Verified};
use crate::secret::Secret;

const SALT: &str = "django.contrib.auth.tokens.PasswordResetTokenGenerator";

/// 2001-01-01T00:00:00Z.
const EPOCH: Timestamp = Timestamp::from_unix_seconds(978_307_200);

/// The largest offset of a time zone, by which a token's time is ahead if nothing says where the site was.
const LARGEST_OFFSET: Seconds = Seconds::new(14 * 3_600);

/// A token that came back.
pub(super) struct ResetToken {
    /// As it is hashed.
    seconds: u64,
    digits: [u8; 16],
}

/// Which addresses a token is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BoundEmails {
    /// The user's own.
    Own,
    /// The user's own, and all that allauth had for the user.
    All,
}

/// When the tokens of a site are accepted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lives {
    pub(super) valid_for: Seconds,
    /// How far the site's local time was ahead of UTC, in seconds.
    pub(super) utc_offset_seconds: i32,
}

impl ResetToken {
    /// Parses a token. Its time has six digits from 2002 to 2069; that of ours has nine or more.
    pub(super) fn parse(token: &str) -> Option<Self> {
        let (time, digits) = token.split_once('-')?;
        if time.len() != 6 {
            return None;
        }
        Some(Self { seconds: read_base_36(time)?, digits: decode_lower_hex(digits)? })
    }

    /// Verifies that it is the token of this user.
    pub(super) fn verify<P: Purpose<Address = ()>>(
        &self,
        secrets: &[Secret],
        bound: BoundEmails,
        user: Option<&OldUser<'_>>,
        lives: Lives,
        now: Timestamp,
    ) -> Result<Verified<P>, LinkError> {
        let is_known = Choice::from(u8::from(user.is_some()));
        let user = user.unwrap_or(&STAND_IN);
        let matched = is_signed(secrets, SALT, self.hashed(user, bound).as_bytes(), &self.digits, every_second_digit);
        let times = Times {
            signed_at: self.signed_at(lives.utc_offset_seconds),
            may_be_ahead: Seconds::new(LARGEST_OFFSET.get() + CLOCK_SKEW.get()),
            valid_for: lives.valid_for,
        };
        accept(matched & is_known, times, now, || Verified::of_old_link(user.id, (), times.signed_at))
    }

    fn hashed(&self, user: &OldUser<'_>, bound: BoundEmails) -> String {
        let OldUser { id, password_hash, last_login_at, email, addresses } = user;
        let login = last_login_at.map(Timestamp::date_and_time).unwrap_or_default();
        let mut text = format!("{id}{password_hash}{login}{}{email}", self.seconds);
        if bound == BoundEmails::All {
            let own = Some(*email).filter(|email| !email.is_empty());
            let all: BTreeSet<&str> = addresses.iter().map(String::as_str).chain(own).collect();
            for (index, address) in all.into_iter().enumerate() {
                let separator = if index == 0 { "" } else { "|" };
                // Writing to a string cannot fail.
                let _ = write!(text, "{separator}{address}");
            }
        }
        text
    }

    fn signed_at(&self, utc_offset_seconds: i32) -> Timestamp {
        let local = EPOCH.plus(Seconds::new(self.seconds));
        Timestamp::from_unix_seconds(local.unix_seconds().saturating_sub(utc_offset_seconds.into()))
    }
}

/// Returns every second hex digit of a MAC, as Python's `[::2]`: the upper half of each byte.
fn every_second_digit(mac: &[u8; 32]) -> [u8; 16] {
    let mut digits = [0; 16];
    for (digit, pair) in digits.iter_mut().zip(mac.as_chunks::<2>().0) {
        *digit = (pair[0] & 0xf0) | (pair[1] >> 4);
    }
    digits
}
