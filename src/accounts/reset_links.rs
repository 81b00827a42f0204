//! Mails links that reset something: a password or a login name.

use super::budgets::{MailGroup, Operation, Subject, unless_refused};
use super::{Accounts, Failure, NoSuchUser, ResetPasswordError, ServiceError, TypedName};
use crate::identity::EmailAddress;
use crate::store::{Budget, MailKind, NamedUsers, NewMail, User};

/// Who may receive a link that resets something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receivers {
    /// Every user with an address. The link does not open a disabled account.
    Anyone,
    /// Only users who are not disabled.
    EnabledUsers,
    /// Only users who may log in.
    ActiveUsers,
}

impl Accounts {
    /// Mails a link that sets a new password to the user of that name. The same statements are run for an unknown name.
    ///
    /// # Errors
    ///
    /// [`ResetPasswordError::SwitchedOff`] and [`ResetPasswordError::NoSuchUser`].
    pub async fn send_reset_link(
        &self,
        typed: TypedName<'_>,
        receivers: Receivers,
    ) -> Result<(), Failure<ResetPasswordError>> {
        if !self.is_reset_on() {
            return Err(ResetPasswordError::SwitchedOff.into());
        }
        let may_receive = |user: &User| self.may_receive(user, receivers);
        let is_known = self.mail_links(MailKind::ResetPassword, MailGroup::Reset, typed, may_receive).await?;
        if is_known { Ok(()) } else { Err(ResetPasswordError::NoSuchUser.into()) }
    }

    /// Mails a link that sets another username to the user of that address. The same statements are run for an unknown
    /// address.
    ///
    /// # Errors
    ///
    /// [`NoSuchUser`].
    pub async fn send_username_reset_link(&self, email: &str, receivers: Receivers) -> Result<(), Failure<NoSuchUser>> {
        self.mail_name_link(email, |user| self.may_receive(user, receivers)).await
    }

    /// Mails a link that sets another address to the user of that address, where users log in by address. The same
    /// statements are run for an unknown address. An unverified user whose link [`Accounts::reset_email`] would refuse
    /// gets none.
    ///
    /// # Errors
    ///
    /// [`NoSuchUser`].
    pub async fn send_email_reset_link(&self, email: &str, receivers: Receivers) -> Result<(), Failure<NoSuchUser>> {
        let can_change = |user: &User| user.verified_at.is_some() || self.is_any_address_proved();
        self.mail_name_link(email, |user| can_change(user) && self.may_receive(user, receivers)).await
    }

    async fn mail_name_link(
        &self,
        email: &str,
        may_receive: impl Fn(&User) -> bool,
    ) -> Result<(), Failure<NoSuchUser>> {
        let (kind, group) = (MailKind::ResetUsername, MailGroup::ResetUsername);
        let is_known = self.mail_links(kind, group, TypedName::Email(email), may_receive).await?;
        if is_known { Ok(()) } else { Err(NoSuchUser.into()) }
    }

    /// Mails a link to the users that a typed name can mean. Returns whether there is one.
    async fn mail_links(
        &self,
        kind: MailKind,
        group: MailGroup,
        typed: TypedName<'_>,
        may_receive: impl Fn(&User) -> bool,
    ) -> Result<bool, ServiceError> {
        let name = self.login_name(typed);
        let named = Subject::of_mailed(&name, typed.text());
        let NamedUsers { by_address, by_username, .. } =
            self.parts.store.find_by_reset_name(name, self.email_sharing()).await?;
        let (by_address, by_username) = (by_address.filter(&may_receive), by_username.filter(&may_receive));
        let by_username = by_username.filter(|named| by_address.as_ref().is_none_or(|user| user.id != named.id));
        // Where users are named by username or address, an address may also be another user's username: both users get
        // a link. If only one did, that other user could learn whether the address has an owner, or keep the owner from
        // getting a link.
        let named_users = if self.is_ambiguous(typed) {
            vec![(by_address, named.clone()), (by_username, Subject::Text(typed.text().to_owned()))]
        } else {
            vec![(by_address.or(by_username), named.clone())]
        };
        let mut asked = self.mail_limit(Operation::AskForMail(group), &named);
        let mut is_known = false;
        for (user, subject) in named_users {
            is_known |= self.mail_link(kind, group, user, subject, asked.take()).await?;
        }
        Ok(is_known)
    }

    fn may_receive(&self, user: &User, receivers: Receivers) -> bool {
        match receivers {
            Receivers::Anyone => true,
            Receivers::EnabledUsers => user.disabled_at.is_none(),
            Receivers::ActiveUsers => self.is_active(user),
        }
    }

    /// Returns whether the user may log in: enabled, and verified where that is asked for.
    fn is_active(&self, user: &User) -> bool {
        user.disabled_at.is_none() && (user.verified_at.is_some() || !self.parts.login.require_verified)
    }

    /// Stores the mail with the link, or a decoy for `subject` if there is no user with an address. Returns whether it
    /// is a mail.
    async fn mail_link(
        &self,
        kind: MailKind,
        group: MailGroup,
        user: Option<User>,
        subject: Subject,
        asked: Option<Budget>,
    ) -> Result<bool, ServiceError> {
        let now = self.parts.clock.now();
        let receiver = user.and_then(|user| user.email.map(|email| (user.id, EmailAddress::from_stored(email))));
        let is_known = receiver.is_some();
        // Several users may share one mailbox. That its limit is reached is not reported: a refusal would reveal that
        // they share it.
        let (mail, mailbox) = match receiver {
            Some((id, email)) => (self.new_mail(kind, Some(id)), Subject::of_email(&email)),
            None => (NewMail::decoy(now), subject),
        };
        let within = self.mail_limit(Operation::ReceiveMail(group), &mailbox);
        // `None`: the user was deleted meanwhile.
        let outcome = self.enqueue(NewMail { within, ..mail }, asked).await?;
        let is_known = is_known && outcome.is_some();
        outcome.map_or(Ok(()), unless_refused)?;
        Ok(is_known)
    }
}
