//! Links to new addresses: what a claim proves, and the change that it brings.

use crate::accounts::old_links::{Believed, OldStanding};
use crate::accounts::{Accounts, ChangeEmailError, Failure, Follower};
use crate::identity::EmailAddress;
use crate::links::{AnyClaim, BoundTo, Claim, LinkError, LinkSecret, OldClaim, Purpose as _, Verified, VerifyEmail};
use crate::secret::Secret;
use crate::store::{EmailProof, OldLinkHolder, User};

/// How many times a link is tried if the account is changed meanwhile.
const ATTEMPTS: usize = 3;

/// What became of a link to a new address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailVerified {
    /// This use of the link gave the user the address.
    Now,
    /// The link was used before, and the user still has the address.
    Before,
}

/// The link that a claim comes from.
enum LinkStanding {
    /// The link of the newest request, and the secret that it is bound to.
    Asked(Verified<VerifyEmail>, Secret),
    /// The link that was used last.
    Used(Verified<VerifyEmail>),
}

/// The addresses that a link may prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Provable {
    /// The address of an unverified user, and the new address of a verified one.
    AnyAddress,
    /// The address of an unverified user.
    CorrectedAddress,
}

impl Accounts {
    /// Changes the address by a mailed link, which also verifies an unverified user. The link and all older ones become
    /// invalid. Using the same link again is no error as long as the user has its address. Where new addresses need no
    /// proof, links that were mailed before still work.
    ///
    /// # Errors
    ///
    /// Each [`ChangeEmailError`] but [`ChangeEmailError::SwitchedOff`]; nothing is changed then.
    pub async fn verify_email(
        &self,
        claim: impl Into<AnyClaim<VerifyEmail>>,
        follower: Follower,
    ) -> Result<EmailVerified, Failure<ChangeEmailError>> {
        self.follow_email_link(claim.into(), &follower, Provable::AnyAddress).await
    }

    /// Verifies an unverified user by a link that was mailed to the corrected address. The same as
    /// [`Accounts::verify_email`], but for links to new addresses of verified users.
    ///
    /// # Errors
    ///
    /// Each [`ChangeEmailError`]; nothing is changed then. [`ChangeEmailError::SwitchedOff`] if the user is verified and
    /// the link has not been used.
    pub async fn verify_corrected_email(
        &self,
        claim: impl Into<AnyClaim<VerifyEmail>>,
        follower: Follower,
    ) -> Result<EmailVerified, Failure<ChangeEmailError>> {
        self.follow_email_link(claim.into(), &follower, Provable::CorrectedAddress).await
    }

    async fn follow_email_link(
        &self,
        claim: AnyClaim<VerifyEmail>,
        follower: &Follower,
        provable: Provable,
    ) -> Result<EmailVerified, Failure<ChangeEmailError>> {
        let system = claim.old_system();
        for _ in 0..ATTEMPTS {
            match self.use_email_link(claim.clone(), follower, provable).await {
                // Perhaps the same link was used a moment ago: it is judged again.
                Err(Failure::Refused(ChangeEmailError::Overtaken)) => {}
                judged => return self.counted(VerifyEmail::NAME, system, judged),
            }
        }
        Err(ChangeEmailError::InvalidSignature.into())
    }

    async fn use_email_link(
        &self,
        claim: AnyClaim<VerifyEmail>,
        follower: &Follower,
        provable: Provable,
    ) -> Result<EmailVerified, Failure<ChangeEmailError>> {
        let system = claim.old_system();
        let (user, standing) = match claim {
            AnyClaim::Own(claim) => {
                let user = self.user_of_claim(claim.user_id()).await?;
                let standing = self.standing_of(claim, user.as_ref())?;
                (user, standing)
            }
            AnyClaim::Old(claim) => self.standing_of_old(&claim).await?,
        };
        let user = user.filter(|user| user.disabled_at.is_none()).ok_or(ChangeEmailError::NoSuchUser)?;
        let parsed = |link: &Verified<VerifyEmail>| {
            EmailAddress::parse(link.email()).map_err(|_| ChangeEmailError::InvalidSignature)
        };
        let (email, secret) = match standing {
            LinkStanding::Asked(link, secret) => (parsed(&link)?, secret),
            LinkStanding::Used(link) => {
                let has_it = user.has_email(&parsed(&link)?);
                return if has_it { Ok(EmailVerified::Before) } else { Err(ChangeEmailError::AlreadyUsed.into()) };
            }
        };
        if user.verified_at.is_some() && provable == Provable::CorrectedAddress {
            return Err(ChangeEmailError::SwitchedOff.into());
        }
        if user.verified_at.is_none() && self.parts.registration.password_at_verification {
            let password = follower.password.clone().ok_or(ChangeEmailError::PasswordMissing)?;
            if !self.is_password_of(&user, password, &follower.client).await? {
                return Err(ChangeEmailError::PasswordWrong.into());
            }
        }
        let user_id = user.id.clone();
        let change = self.email_change(user, email, EmailProof::Link(secret));
        let changed = self.to_the_end(|accounts| async move {
            let outcome = accounts.parts.store.change_email(change).await?;
            accounts.settle_change(&user_id, outcome).await?;
            accounts.tell_of_old_link(&user_id, VerifyEmail::NAME, system);
            Ok(())
        });
        changed.await.map(|()| EmailVerified::Now)
    }

    /// Verifies a claim of another system, and returns its user. A user who was not verified had no such link.
    async fn standing_of_old(
        &self,
        claim: &OldClaim<VerifyEmail>,
    ) -> Result<(Option<User>, LinkStanding), Failure<ChangeEmailError>> {
        let is_used = |moved: &OldLinkHolder, _: &Verified<VerifyEmail>| {
            moved.user.used_email_secret.as_ref().is_some_and(|used| used.expose() == moved.link_secret.expose())
        };
        match self.believe_old::<_, ChangeEmailError>(claim, is_used).await? {
            OldStanding::Used(Believed { moved, link }) => Ok((Some(moved.user), LinkStanding::Used(link))),
            // A request made here is newer.
            OldStanding::Fresh(Believed { moved, .. }) if moved.user.pending_email_secret.is_some() => {
                Err(ChangeEmailError::InvalidSignature.into())
            }
            OldStanding::Fresh(Believed { moved, link }) => {
                let user = Some(moved.user).filter(|user| user.verified_at.is_some());
                Ok((user, LinkStanding::Asked(link, moved.link_secret)))
            }
        }
    }

    /// Verifies a claim and returns the link that it comes from. The work is the same whether or not such a user or
    /// link exists.
    fn standing_of(
        &self,
        claim: Claim<VerifyEmail>,
        user: Option<&User>,
    ) -> Result<LinkStanding, Failure<ChangeEmailError>> {
        let asked = user.and_then(|user| user.secret_of_email_link(claim.email())).cloned();
        let used = user.and_then(|user| user.used_email_secret.as_ref());
        let judge = |claim, secret: Option<&Secret>| {
            let bound = secret.and_then(|secret| LinkSecret::parse(secret.expose()).ok());
            let valid_for = self.parts.change_email.expires_after;
            self.parts.signer.verify(claim, BoundTo::from(bound.as_ref()), valid_for, || self.parts.clock.now())
        };
        match (judge(claim.clone(), asked.as_ref()), judge(claim, used), asked) {
            (Ok(link), _, Some(secret)) => Ok(LinkStanding::Asked(link, secret)),
            (_, Ok(link), _) => Ok(LinkStanding::Used(link)),
            (_, Err(LinkError::Expired), _) => Err(ChangeEmailError::Expired.into()),
            (Err(error), ..) => Err(ChangeEmailError::from(error).into()),
            (Ok(_), _, None) => Err(ChangeEmailError::InvalidSignature.into()),
        }
    }
}
