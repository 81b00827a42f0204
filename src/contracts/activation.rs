//! The use of a link that proves an address, where new users and new addresses have one page.

use super::service_faults::telling;
use crate::accounts::{Accounts, ChangeEmailError, EmailVerified, Follower, RegistrationVerified, VerifyError};
use crate::http::Fault;
use crate::links::ActivationClaim;

/// Which use of a link this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkUse {
    /// It has proved the address now.
    First,
    /// It proved the address before, and the user still has that address.
    Repeated,
}

/// Why a link proved nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotActivated {
    /// It was used before, and the user has another address now.
    AlreadyUsed,
    /// It has expired.
    Expired,
    /// Another user has proved the address.
    EmailTaken,
    /// Its user has been deleted.
    NoSuchUser,
    /// The account was changed by another request meanwhile.
    Overtaken,
    /// It is no link of this server, or serves nothing any more. An old link of a disabled user is not told from a
    /// forged one.
    Invalid,
}

/// Proves the address of a new user, or the new address of a user. `told` maps a refusal to an answer.
pub(super) async fn activate(
    accounts: &Accounts,
    claim: ActivationClaim,
    told: impl Fn(NotActivated) -> Fault,
) -> Result<LinkUse, Fault> {
    let is_first_use = match claim {
        ActivationClaim::Registration(claim) => {
            let told = |fact| told(of_registration(fact));
            let link = accounts.check_registration_link(claim).map_err(told)?;
            let outcome = accounts.verify_registration(link, Follower::default()).await.map_err(telling(told))?;
            matches!(outcome, RegistrationVerified::Verified(_))
        }
        ActivationClaim::Email(claim) => {
            let verified = accounts.verify_email(claim, Follower::default()).await;
            verified.map_err(telling(|fact| told(of_email(fact))))? == EmailVerified::Now
        }
    };
    Ok(if is_first_use { LinkUse::First } else { LinkUse::Repeated })
}

fn of_registration(fact: VerifyError) -> NotActivated {
    match fact {
        VerifyError::NoSuchUser => NotActivated::NoSuchUser,
        VerifyError::Expired => NotActivated::Expired,
        VerifyError::EmailTaken => NotActivated::EmailTaken,
        // The settings exclude the password.
        VerifyError::SwitchedOff
        | VerifyError::InvalidSignature
        | VerifyError::Disabled
        | VerifyError::PasswordMissing
        | VerifyError::PasswordWrong => NotActivated::Invalid,
    }
}

fn of_email(fact: ChangeEmailError) -> NotActivated {
    match fact {
        ChangeEmailError::Expired => NotActivated::Expired,
        ChangeEmailError::AlreadyUsed => NotActivated::AlreadyUsed,
        ChangeEmailError::Taken => NotActivated::EmailTaken,
        ChangeEmailError::Overtaken => NotActivated::Overtaken,
        ChangeEmailError::SwitchedOff
        | ChangeEmailError::InvalidSignature
        | ChangeEmailError::NoSuchUser
        | ChangeEmailError::PasswordMissing
        | ChangeEmailError::PasswordWrong
        | ChangeEmailError::LoggedOut => NotActivated::Invalid,
    }
}
