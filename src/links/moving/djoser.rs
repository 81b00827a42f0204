//! Links of djoser: `uid` is the user's id in base64url, `token` one of Django's.
//!
//! djoser has one generator for all its links, so that each token is good for activation, password and username there.
//! What a token was mailed for cannot be told from it: here it is accepted where it is posted to, and `accounts` checks
//! what is known about the user.

use std::fmt;
use std::sync::Arc;

use super::reset_token::{BoundEmails, Lives, ResetToken};
use super::{Judge, Named, OldClaim, OldSystem, OldUser};
use crate::clock::{Seconds, Timestamp};
use crate::links::LinkError;
use crate::links::purpose::Purpose;
use crate::links::signer::Verified;
use crate::links::spelling;
use crate::links::syntax::is_user_id;
use crate::secret::Secret;

/// The keys of a site with djoser, and how long its links live.
///
/// `Debug` shows no more than how many secrets there are.
pub struct Djoser {
    secrets: Vec<Secret>,
    lives: Lives,
}

impl Djoser {
    /// Takes `SECRET_KEY` and `SECRET_KEY_FALLBACKS`, `PASSWORD_RESET_TIMEOUT`, and how many seconds the site's local
    /// time was ahead of UTC.
    pub fn new(secrets: Vec<Secret>, valid_for: Seconds, utc_offset_seconds: i32) -> Self {
        Self { secrets, lives: Lives { valid_for, utc_offset_seconds } }
    }

    /// Reads the parameters of a link. `None` if no link of djoser has such.
    pub fn read<P: Purpose<Address = ()>>(self: &Arc<Self>, uid: &str, token: &str) -> Option<OldClaim<P>> {
        let token = ResetToken::parse(token)?;
        let (id, address) = spelling::read_uid(uid)?;
        if address.is_some() || !is_user_id(&id) {
            return None;
        }
        let link = Link { site: Arc::clone(self), named: [Named::User(id)], token };
        Some(OldClaim::new(OldSystem::Djoser, link))
    }
}

impl fmt::Debug for Djoser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Djoser").field("secrets", &self.secrets.len()).finish_non_exhaustive()
    }
}

struct Link {
    site: Arc<Djoser>,
    named: [Named; 1],
    token: ResetToken,
}

impl<P: Purpose<Address = ()>> Judge<P> for Link {
    fn named(&self) -> &[Named] {
        &self.named
    }

    fn judge_alone(&self, _: Timestamp) -> Result<(), LinkError> {
        Ok(())
    }

    fn judge(&self, _: usize, user: Option<&OldUser<'_>>, now: Timestamp) -> Result<Verified<P>, LinkError> {
        self.token.verify(&self.site.secrets, BoundEmails::Own, user, self.site.lives, now)
    }
}
