//! The events of accounts.

use std::fmt::Display;

use crate::accounts::{LoginError, ProviderLoginError};
use crate::identity::UserId;
use crate::store::User;

/// An event of an account.
pub(in crate::accounts) enum Event<'a> {
    Registered(&'a UserId),
    /// A registration with the address of another user. The client gets the same answer as for any other registration.
    RegistrationConcealed,
    LoggedIn(&'a UserId),
    /// A link was used that another system had mailed before its users moved here.
    OldLinkUsed {
        id: &'a UserId,
        purpose: &'static str,
        system: &'static str,
    },
    /// A refresh token that another system had signed became a session.
    OldTokenExchanged(&'a UserId),
    /// A refresh token that another system had signed was revoked.
    OldTokenRevoked(&'a UserId),
    LoggedInByProvider {
        id: &'a UserId,
        provider: &'a str,
    },
    LoginFailed(Option<&'a User>, LoginError),
    /// A login by a provider account was refused. The user is that of the provider account, if it has one.
    ProviderLoginFailed {
        id: Option<&'a UserId>,
        provider: &'a str,
        fact: &'a ProviderLoginError,
    },
    /// The state of a login or a connection was refused.
    ProviderStateRefused {
        provider: &'a str,
        reason: &'a dyn Display,
    },
    ProviderNotConnected {
        id: &'a UserId,
        provider: &'a str,
        reason: &'a dyn Display,
    },
    ProviderConnected {
        id: &'a UserId,
        provider: &'a str,
    },
    ProviderDisconnected {
        id: &'a UserId,
        provider: &'a str,
    },
    SessionsEnded(&'a UserId, usize),
    /// A refresh token was used after its replacement, so its session was ended.
    RefreshTokenReplayed(&'a UserId),
    OldPasswordWrong(&'a UserId),
    PasswordChanged(&'a UserId),
    PasswordReset(&'a UserId),
    /// An operator has set the password.
    PasswordSet(&'a UserId),
    /// A password was required in addition to a link or a session, and was wrong.
    PasswordNotConfirmed(&'a UserId),
    /// A new link that verifies the user was signed for an operator.
    VerificationLinkSigned(&'a UserId),
    EmailAskedFor(&'a UserId),
    EmailCorrected(&'a UserId),
    EmailChanged(&'a UserId),
    /// An operator has disabled the user.
    Disabled(&'a UserId),
    /// An operator has enabled the user.
    Enabled(&'a UserId),
    /// An operator has made the user staff.
    MadeStaff(&'a UserId),
    /// An operator has taken the staff flag from the user.
    StaffDismissed(&'a UserId),
    /// An operator has set values of declared fields.
    ProfileSet(&'a UserId),
    /// An operator has deleted the values of a declared field of all users.
    ProfileFieldPurged {
        name: &'a str,
        users: u64,
    },
    /// An operator has imported users from a file.
    Imported {
        users: u64,
    },
    /// The user has another username.
    UsernameChanged(&'a UserId),
    /// An operator has deleted the user.
    Deleted(&'a UserId),
    /// The user has deleted the own account.
    DeletedByUser(&'a UserId),
    /// A staff member has changed the user's record. Told beside what has changed.
    ChangedByStaff {
        id: &'a UserId,
        staff_id: &'a UserId,
    },
    /// A staff member has deleted the user.
    DeletedByStaff {
        id: &'a UserId,
        staff_id: &'a UserId,
    },
    /// An unverified user was deleted by housekeeping, whose log has one line for all of them.
    Purged(&'a UserId),
    /// An unverified user who was never used was deleted: at the next login, the provider tells another address.
    MadeAnew {
        id: &'a UserId,
        provider: &'a str,
    },
}
