//! Which links `verify-email/` takes, as the settings decide.

use crate::accounts::Accounts;
use crate::http::Fault;

/// The links that `verify-email/` takes. The answer to all others is that it is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EmailLinks {
    /// Every link to a new address.
    All,
    /// New addresses need no proof. Unverified users who corrected their address still have to prove it.
    Corrected,
    /// No address needs a proof.
    None,
}

impl EmailLinks {
    pub(super) fn of(accounts: &Accounts) -> Self {
        match (accounts.is_email_verification_on(), accounts.is_verification_on()) {
            (true, _) => Self::All,
            (false, true) => Self::Corrected,
            (false, false) => Self::None,
        }
    }

    /// Returns the fault of a request without a link of this kind.
    pub(super) fn told(self, fault: Fault) -> Fault {
        if self == Self::All { fault } else { Fault::not_found() }
    }
}
