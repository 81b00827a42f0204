//! The pages that mailed links lead to, where a contract has pages of its own.

use crate::links::{FrontendUrl, FrontendUrlError, PageUrlError, Purpose, Spelling, VerifyEmail, VerifyRegistration};

/// The page where an address is proved: one URL for both kinds of links that lead to it.
#[derive(Clone, Debug)]
pub struct ActivationPages {
    /// For new users.
    pub registration: FrontendUrl<VerifyRegistration>,
    /// For new addresses.
    pub email: FrontendUrl<VerifyEmail>,
}

impl ActivationPages {
    /// Parses a page as [`parse_page`] does.
    pub(super) fn parse(text: &str, spelling: Spelling, allowed: &str) -> Result<Self, String> {
        Ok(Self { registration: parse_page(text, spelling, allowed)?, email: parse_page(text, spelling, allowed)? })
    }
}

/// Parses a page whose links have this spelling. `allowed` tells the operator what may be written.
pub(super) fn parse_page<P: Purpose>(text: &str, spelling: Spelling, allowed: &str) -> Result<FrontendUrl<P>, String> {
    match FrontendUrl::<P>::parse(text) {
        Ok(page) if page.spelling() == spelling => Ok(page),
        // Django packages take paths here.
        Err(FrontendUrlError::Page(PageUrlError::NotAbsoluteHttp)) => {
            Err(format!("put scheme and host of your frontend before it; {allowed}"))
        }
        Ok(_)
        | Err(
            FrontendUrlError::TakenParameter(_)
            | FrontendUrlError::Unknown(_)
            | FrontendUrlError::Mixed(..)
            | FrontendUrlError::Needless(_)
            | FrontendUrlError::Incomplete(..),
        ) => Err(allowed.to_owned()),
        Err(other) => Err(format!("{other}; {allowed}")),
    }
}
