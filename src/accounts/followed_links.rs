//! Counts the mailed links that users follow, by purpose and outcome.

use super::{
    Accounts, ChangeEmailError, EmailVerified, Failure, RegistrationVerified, ResetPasswordError, ResetUsernameError,
    VerifyError,
};
use crate::links::OldSystem;
use crate::metrics::LinkOutcome;

/// The name by which links of this server are counted.
const OWN_SYSTEM: &str = "countersign";

/// The outcome of a link, as far as it is counted.
pub(super) trait CountedOutcome {
    fn outcome(&self) -> LinkOutcome;
}

impl Accounts {
    /// Counts a link of this purpose and of this other system, if one mailed it. Returns what came of it. A failure of the
    /// service is no outcome of a link.
    pub(super) fn counted<T: CountedOutcome, F: CountedOutcome>(
        &self,
        purpose: &'static str,
        system: Option<OldSystem>,
        followed: Result<T, Failure<F>>,
    ) -> Result<T, Failure<F>> {
        match &followed {
            Ok(used) => self.parts.metrics.link(purpose, name_of(system), used.outcome()),
            Err(Failure::Refused(fact)) => self.parts.metrics.link(purpose, name_of(system), fact.outcome()),
            Err(Failure::Service(_)) => {}
        }
        followed
    }

    /// Counts a link of this purpose, and of this other system if one mailed it, that is refused before it is used.
    pub(super) fn counted_if_refused<T, F: CountedOutcome>(
        &self,
        purpose: &'static str,
        system: Option<OldSystem>,
        judged: Result<T, F>,
    ) -> Result<T, F> {
        judged.inspect_err(|fact| self.parts.metrics.link(purpose, name_of(system), fact.outcome()))
    }
}

fn name_of(system: Option<OldSystem>) -> &'static str {
    system.map_or(OWN_SYSTEM, OldSystem::name)
}

impl CountedOutcome for () {
    fn outcome(&self) -> LinkOutcome {
        LinkOutcome::Verified
    }
}

impl CountedOutcome for RegistrationVerified {
    fn outcome(&self) -> LinkOutcome {
        match self {
            Self::Verified(_) => LinkOutcome::Verified,
            Self::AlreadyVerified => LinkOutcome::Used,
        }
    }
}

impl CountedOutcome for EmailVerified {
    fn outcome(&self) -> LinkOutcome {
        match self {
            Self::Now => LinkOutcome::Verified,
            Self::Before => LinkOutcome::Used,
        }
    }
}

impl CountedOutcome for VerifyError {
    fn outcome(&self) -> LinkOutcome {
        match self {
            Self::InvalidSignature | Self::NoSuchUser => LinkOutcome::Invalid,
            Self::Expired => LinkOutcome::Expired,
            Self::SwitchedOff | Self::PasswordMissing | Self::PasswordWrong | Self::Disabled | Self::EmailTaken => {
                LinkOutcome::Refused
            }
        }
    }
}

impl CountedOutcome for ResetPasswordError {
    fn outcome(&self) -> LinkOutcome {
        match self {
            Self::InvalidSignature | Self::NoSuchUser => LinkOutcome::Invalid,
            Self::AlreadyUsed => LinkOutcome::Used,
            Self::Expired => LinkOutcome::Expired,
            Self::SwitchedOff | Self::EmailTaken | Self::Password(_) => LinkOutcome::Refused,
        }
    }
}

impl CountedOutcome for ResetUsernameError {
    fn outcome(&self) -> LinkOutcome {
        match self {
            Self::InvalidSignature => LinkOutcome::Invalid,
            Self::Expired => LinkOutcome::Expired,
            Self::Taken => LinkOutcome::Refused,
        }
    }
}

impl CountedOutcome for ChangeEmailError {
    fn outcome(&self) -> LinkOutcome {
        match self {
            Self::InvalidSignature | Self::NoSuchUser => LinkOutcome::Invalid,
            Self::AlreadyUsed => LinkOutcome::Used,
            Self::Expired => LinkOutcome::Expired,
            Self::SwitchedOff
            | Self::Taken
            | Self::PasswordMissing
            | Self::PasswordWrong
            | Self::Overtaken
            | Self::LoggedOut => LinkOutcome::Refused,
        }
    }
}
