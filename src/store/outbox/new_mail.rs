//! Stores mails in the outbox, and deletes unsent ones that are no longer valid.

use diesel::prelude::*;

use super::kind::{self, MailKind};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::store::budgets::{self, Budget};
use crate::store::connection::{AnyConnection, on_engine};
use crate::store::schema::{outbox, users};

/// A new mail.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// Unique; the Message-ID is made of it, so that a rare duplicate can be recognised.
    pub id: String,
    /// What to send; absent for a decoy, which is never sent.
    pub kind: Option<MailKind>,
    /// The user it is about; absent for a decoy only.
    pub user_id: Option<UserId>,
    /// The recipient, if not the user's own address.
    pub recipient: Option<String>,
    /// The contract whose page the link leads to, if not to the site's own. See [`NewMail::of_contract`].
    pub contract: Option<&'static str>,
    /// The identity provider that the mail is about, by its name in the settings. See [`NewMail::about_provider`].
    pub provider: Option<String>,
    /// Now; due at once.
    pub created_at: Timestamp,
    /// The rate limit of the mailbox. If it is used up, a decoy is stored instead.
    pub within: Option<Budget>,
}

impl NewMail {
    /// Returns a mail to a user's own address. Without a user, the store fills in the user.
    pub fn about(kind: MailKind, user_id: Option<UserId>, now: Timestamp) -> Self {
        Self { kind: Some(kind), user_id, ..Self::decoy(now) }
    }

    /// Sets the contract whose page the link leads to, by its name in the settings. Without a contract the link leads
    /// to the page of the site.
    #[must_use]
    pub fn of_contract(self, contract: Option<&'static str>) -> Self {
        Self { contract, ..self }
    }

    /// Sets the identity provider that the mail is about, by its name in the settings.
    #[must_use]
    pub fn about_provider(self, provider: &str) -> Self {
        Self { provider: Some(provider.to_owned()), ..self }
    }

    /// Returns the same mail with an id of its own, to be stored beside this one.
    #[must_use]
    pub fn another(&self) -> Self {
        Self { id: UserId::generate(self.created_at).to_string(), ..self.clone() }
    }

    /// Returns a decoy, stored instead of a mail to an unknown user. It is never sent.
    pub fn decoy(now: Timestamp) -> Self {
        let id = UserId::generate(now).to_string();
        Self {
            id,
            kind: None,
            user_id: None,
            recipient: None,
            contract: None,
            provider: None,
            created_at: now,
            within: None,
        }
    }
}

/// Stores a mail, or a decoy if the mailbox's rate limit is used up. Both take the same number of statements.
pub(in crate::store) fn insert(connection: &mut AnyConnection, mail: &NewMail) -> QueryResult<()> {
    let may_be_sent = match &mail.within {
        Some(budget) => budgets::take(connection, budget, mail.created_at)?,
        None => true,
    };
    let row = (
        outbox::id.eq(&mail.id),
        outbox::mail.eq(kind::name_of(mail.kind.filter(|_| may_be_sent))),
        outbox::user_id.eq(mail.user_id.as_ref().filter(|_| may_be_sent).map(UserId::as_str)),
        outbox::recipient.eq(mail.recipient.as_ref().filter(|_| may_be_sent)),
        outbox::contract.eq(mail.contract.filter(|_| may_be_sent)),
        outbox::provider.eq(mail.provider.as_ref().filter(|_| may_be_sent)),
        outbox::created_at.eq(mail.created_at.unix_seconds()),
        outbox::due_at.eq(mail.created_at.unix_seconds()),
        outbox::attempts.eq(0),
    );
    on_engine!(connection, engine => diesel::insert_into(outbox::table).values(row).execute(engine))?;
    Ok(())
}

/// Deletes a user's mails with links that can take the account over. The secrets of the links were just replaced, and a
/// link is signed only when its mail is sent: it would be bound to a new secret, while those mailed before are invalid.
pub(in crate::store) fn take_back_links(connection: &mut AnyConnection, user_id: &UserId) -> QueryResult<()> {
    take_back(connection, user_id, MailKind::takes_account_over)
}

/// Deletes a user's mails with links that are bound to the `link_secret`, which was just replaced. The link to a
/// requested address is bound to a secret of its own: the mail stays as long as the request does, like a link that was
/// mailed before.
pub(in crate::store) fn take_back_bound_links(connection: &mut AnyConnection, user_id: &UserId) -> QueryResult<()> {
    let requested = users::table.find(user_id.as_str()).select(users::pending_email);
    match requested.first::<Option<String>>(connection).optional()?.flatten() {
        Some(_) => take_back(connection, user_id, |kind| kind.takes_account_over() && !kind.is_about_asked_address()),
        // A mail of version 0.1.0, which stored no requests, has a link that is bound to the `link_secret`.
        None => take_back_links(connection, user_id),
    }
}

/// Deletes a user's mails about addresses requested earlier.
pub(in crate::store) fn take_back_requests(connection: &mut AnyConnection, user_id: &UserId) -> QueryResult<()> {
    take_back(connection, user_id, MailKind::is_about_asked_address)
}

fn take_back(connection: &mut AnyConnection, user_id: &UserId, is_meant: fn(MailKind) -> bool) -> QueryResult<()> {
    let waiting = outbox::table.filter(outbox::user_id.eq(user_id.as_str()));
    diesel::delete(waiting.filter(outbox::mail.eq_any(kind::names_of(is_meant)))).execute(connection)?;
    Ok(())
}
