//! Links that another system mailed. A user who moved here can use one as long as it would have lived there, and as
//! long as the user's link secret is the one of the move: so each works once, and dies with a new password or address.

use super::events::Event;
use super::{Accounts, Failure, Refusal};
use crate::clock::{Seconds, Timestamp};
use crate::identity::{EmailAddress, UserId};
use crate::links::{
    LinkError, Named, OldClaim, OldSystem, OldUser, Purpose, ResetPassword, SignedPurpose, Verified, VerifyRegistration,
};
use crate::store::OldLinkHolder;

/// How long after the move of a user the other system may still have signed something for that user: a day, in which
/// both systems run. A client that has its secret later can sign nothing that is good for longer than a link lives.
pub(super) const SIGNED_AFTER_MOVE: Seconds = Seconds::new(86_400);

/// A registration link that has passed what can be checked without a query.
#[derive(Debug)]
pub enum CheckedRegistration {
    /// A link of ours.
    Own(Verified<VerifyRegistration>),
    /// A link of another system.
    Old(OldClaim<VerifyRegistration>),
}

impl From<Verified<VerifyRegistration>> for CheckedRegistration {
    fn from(link: Verified<VerifyRegistration>) -> Self {
        Self::Own(link)
    }
}

impl CheckedRegistration {
    /// Returns the other system that mailed the link; `None` for a link of ours.
    pub(super) fn old_system(&self) -> Option<OldSystem> {
        match self {
            Self::Own(_) => None,
            Self::Old(claim) => Some(claim.system()),
        }
    }
}

/// A link of another system that is genuine and has not expired, and its user.
pub(super) struct Believed<P: Purpose> {
    pub(super) moved: OldLinkHolder,
    pub(super) link: Verified<P>,
}

/// Whether an old link can still be used.
pub(super) enum OldStanding<P: Purpose> {
    /// Its user is as at the move.
    Fresh(Believed<P>),
    /// It has changed its user before.
    Used(Believed<P>),
}

impl Accounts {
    /// Reads the parameters of a link that the django-rest-registration of the other system mailed. `None` if it mailed
    /// no such link, or the settings do not accept its links.
    pub fn old_claim_of_parts<P: SignedPurpose>(
        &self,
        user_id: &str,
        email: Option<&str>,
        timestamp: &str,
        signature: &str,
    ) -> Option<OldClaim<P>> {
        self.parts.old_links.django_rest_registration.as_ref()?.read(user_id, email, timestamp, signature)
    }

    /// Reads the parameters of a link that the djoser of the other system mailed. `None` if it mailed no such link, or
    /// the settings do not accept its links.
    pub fn old_claim_of_token<P: Purpose<Address = ()>>(&self, uid: &str, token: &str) -> Option<OldClaim<P>> {
        self.parts.old_links.djoser.as_ref()?.read(uid, token)
    }

    /// Reads the parameters of a reset link that the dj-rest-auth or django-rest-auth of the other system mailed. `None`
    /// if it mailed no such link, or the settings do not accept its links.
    pub fn old_reset_claim(&self, uid: &str, token: &str) -> Option<OldClaim<ResetPassword>> {
        self.parts.old_links.allauth.as_ref()?.read_reset(uid, token)
    }

    /// Reads a confirmation key that the allauth of the other system mailed. `None` if it mailed no such key, or the
    /// settings do not accept its keys.
    pub fn old_claim_of_key(&self, key: &str) -> Option<OldClaim<VerifyRegistration>> {
        self.parts.old_links.allauth.as_ref()?.read_key(key)
    }

    /// Verifies a claim, and loads its user. The work is the same whether or not there is such a user. `is_used` returns
    /// whether this link has changed the user before.
    ///
    /// A link that something else has voided since the move is [`LinkError::Forged`], as one of ours is.
    pub(super) async fn believe_old<P, F>(
        &self,
        claim: &OldClaim<P>,
        is_used: impl Fn(&OldLinkHolder, &Verified<P>) -> bool,
    ) -> Result<OldStanding<P>, Failure<F>>
    where
        P: Purpose,
        F: Refusal + From<LinkError>,
    {
        let now = self.parts.clock.now();
        claim.verify_alone(now).map_err(F::from)?;
        let mut judged = Err(LinkError::Forged);
        for (reading, named) in claim.named().iter().enumerate() {
            let found = match named {
                Named::User(id) => self.parts.store.find_moved_user(UserId::from_stored(id.as_str())).await?,
                Named::Email(id) => self.parts.store.find_user_of_moved_email(id.clone()).await?,
            };
            let verified = verify(claim, reading, found.as_ref(), now);
            judged = match (judged, verified, found) {
                (Err(_), Ok(link), Some(moved)) if proves_own_email(named, &moved) => Ok((moved, link)),
                (Err(LinkError::Forged), Err(error), _) => Err(error),
                (judged, ..) => judged,
            };
        }
        let (moved, link) = judged.map_err(F::from)?;
        if link.signed_at() > moved.moved_at.plus(SIGNED_AFTER_MOVE) {
            return Err(F::from(LinkError::Forged).into());
        }
        let is_fresh = moved.is_as_moved();
        if !is_fresh && !is_used(&moved, &link) {
            return Err(F::from(LinkError::Forged).into());
        }
        let believed = Believed { moved, link };
        Ok(if is_fresh { OldStanding::Fresh(believed) } else { OldStanding::Used(believed) })
    }

    /// Returns the user of an old link that has not been used.
    pub(super) async fn user_of_old<P, F>(&self, claim: &OldClaim<P>) -> Result<OldLinkHolder, Failure<F>>
    where
        P: Purpose,
        F: Refusal + From<LinkError>,
    {
        match self.believe_old(claim, |_, _| false).await? {
            OldStanding::Fresh(Believed { moved, .. }) | OldStanding::Used(Believed { moved, .. }) => Ok(moved),
        }
    }

    /// Returns whether an old link may reset something of its user.
    ///
    /// A token of djoser may have been mailed for activation. Only a user who could log in at the move was mailed one to
    /// reset something.
    pub(super) fn may_reset<P: Purpose>(&self, claim: &OldClaim<P>, moved: &OldLinkHolder) -> bool {
        if claim.system() != OldSystem::Djoser || !self.parts.login.require_verified {
            return true;
        }
        moved.user.verified_at.is_some_and(|verified_at| verified_at <= moved.moved_at)
    }

    /// Reports that a link was used, if another system mailed it.
    pub(super) fn tell_of_old_link(&self, id: &UserId, purpose: &'static str, system: Option<OldSystem>) {
        if let Some(system) = system {
            self.tell(Event::OldLinkUsed { id, purpose, system: system.name() });
        }
    }
}

/// Verifies a claim as a link of this user.
fn verify<P: Purpose>(
    claim: &OldClaim<P>,
    reading: usize,
    moved: Option<&OldLinkHolder>,
    now: Timestamp,
) -> Result<Verified<P>, LinkError> {
    let Some(OldLinkHolder { user, emails, .. }) = moved else { return claim.verify(reading, None, now) };
    let addresses: Vec<String> = emails.iter().map(|moved| moved.email.clone()).collect();
    let old_user = OldUser {
        id: user.id.as_str(),
        password_hash: user.password_hash.expose(),
        last_login_at: user.last_login_at,
        email: user.email.as_deref().unwrap_or_default(),
        addresses: &addresses,
    };
    claim.verify(reading, Some(&old_user), now)
}

/// Returns whether a link proves the address of the account. A confirmation key may name another address of the user,
/// which is nothing here.
fn proves_own_email(named: &Named, moved: &OldLinkHolder) -> bool {
    let Named::Email(id) = named else { return true };
    let email = moved.emails.iter().find(|moved| moved.id == *id);
    email.is_some_and(|moved_email| moved.user.has_email(&EmailAddress::from_stored(moved_email.email.as_str())))
}
