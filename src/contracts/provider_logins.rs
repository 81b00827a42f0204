//! What the contracts share of logins by identity providers.

use actix_web::HttpRequest;

use super::site::Site;
use crate::accounts::{AuthorizationError, Begun, Returned};
use crate::http::faults::Code;
use crate::http::reply::Answer;

/// The first login by a provider account is refused, as it may create no user.
pub(super) const CLOSED: &str = "No user has this provider account, and new users are not created.";
/// The first login by a provider account is refused, as the provider names no address.
pub(super) const EMAIL_MISSING: &str = "The identity provider tells no e-mail address, and one is needed.";

/// A login cannot begin, as no page is set to which the provider may send browsers.
pub(super) const NO_REDIRECTS: &str = "The provider has no redirect_uris in the settings, so that no login can begin.";

impl Site {
    /// Returns what the browser of a request brings back from a provider.
    pub(super) fn returned(&self, request: &HttpRequest, state: &str, code: &str) -> Returned {
        Returned::new(state, code, self.cookies.browser_mark(request.headers()))
    }

    /// Adds the cookie by which the browser is recognised when it comes back.
    pub(super) fn send_to_provider(&self, request: &HttpRequest, begun: &Begun, answer: Answer) -> Answer {
        let mut response = answer?;
        self.cookies.remember_browser(&mut response, &begun.browser_mark);
        self.cookies.note_if_lost(request.headers());
        Ok(response)
    }
}

/// Returns the code of a refused state; `None` for the other errors.
pub(super) fn state_code(error: &AuthorizationError) -> Option<Code> {
    match error {
        AuthorizationError::StateForged => Some(Code::StateInvalid),
        AuthorizationError::OfAnotherBrowser => Some(Code::StateOfAnotherBrowser),
        AuthorizationError::StateExpired => Some(Code::StateExpired),
        AuthorizationError::StateUsed => Some(Code::StateUsed),
        AuthorizationError::RedirectNotAllowed | AuthorizationError::NoRedirects | AuthorizationError::Login(_) => None,
    }
}
