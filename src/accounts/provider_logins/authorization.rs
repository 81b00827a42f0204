//! Sends a browser to an identity provider, and takes what it brings back.

use super::ProviderLoginError;
use super::error::refused_by;
use crate::accounts::budgets::{Operation, Payment, Subject};
use crate::accounts::events::Event;
use crate::accounts::{Accounts, Authenticated, Client, Failure, LoggedIn, Refusal};
use crate::clock::Seconds;
use crate::links::{Asked, ReturnedAuthorization, STATE_VALID_FOR, StateError};
use crate::providers::{AuthorizationRequest, Proof, Provider};
use crate::secret::Secret;

/// Why a browser was not sent to a provider, or is not believed when it comes back.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizationError {
    /// The settings do not name the page as one that the provider may send browsers to.
    #[error("the redirect URI is not in redirect_uris of the provider")]
    RedirectNotAllowed,
    /// The settings name no page at all to which the provider may send browsers.
    #[error("the provider has no `redirect_uris` in the settings")]
    NoRedirects,
    /// The state is not ours, or it was begun for another provider or purpose, or by another user.
    #[error("the state is not ours")]
    StateForged,
    /// The state was begun in another browser, or the browser has lost its cookie.
    #[error("the state belongs to another browser")]
    OfAnotherBrowser,
    /// More than ten minutes have passed.
    #[error("the state has expired")]
    StateExpired,
    /// The state was used before.
    #[error("the state was used before")]
    StateUsed,
    /// What the provider says is refused.
    #[error(transparent)]
    Login(#[from] ProviderLoginError),
}

impl Refusal for AuthorizationError {}

impl From<StateError> for AuthorizationError {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Forged => Self::StateForged,
            StateError::OfAnotherBrowser => Self::OfAnotherBrowser,
            StateError::Expired => Self::StateExpired,
        }
    }
}

/// Where a browser goes now, and what it must bring back.
#[derive(Debug)]
pub struct Begun {
    /// The provider's page.
    pub authorization_url: String,
    /// The provider returns it.
    pub state: String,
    /// The browser keeps it in a cookie at least as long as the state is valid.
    pub browser_mark: Secret,
}

/// An authorization that came back to its browser in time. It may have been used before.
#[derive(Debug)]
pub struct OpenAuthorization {
    authorization: ReturnedAuthorization,
    code: Secret,
    pub(super) provider: Provider,
}

impl OpenAuthorization {
    /// Returns whether it was begun to connect a provider account, not to log in.
    pub fn connects(&self) -> bool {
        self.authorization.user_id.is_some()
    }

    /// Returns whether this user began it to connect a provider account.
    pub(super) fn connects_for(&self, who: &Authenticated) -> bool {
        self.authorization.user_id.as_deref() == Some(who.user.id.as_str())
    }
}

/// What a browser brings back from a provider.
#[derive(Clone, Debug)]
pub struct Returned {
    state: String,
    code: Secret,
    /// Empty without a cookie.
    browser_mark: Secret,
}

impl Returned {
    /// Wraps the state and the code of a request, and the value of its cookie.
    pub fn new(state: &str, code: &str, browser_mark: Secret) -> Self {
        Self { state: state.to_owned(), code: Secret::new(code), browser_mark }
    }
}

impl Accounts {
    /// Begins an authorization: somebody logs in by a provider account, or `connects` one. Without `redirect_uri` it is
    /// the first of the provider. `browser_mark` is what the browser's cookie holds already.
    ///
    /// # Errors
    ///
    /// [`AuthorizationError::RedirectNotAllowed`], [`AuthorizationError::NoRedirects`]; and
    /// [`ServiceError::ProviderUnavailable`](crate::accounts::ServiceError::ProviderUnavailable).
    pub async fn begin_authorization(
        &self,
        provider: &Provider,
        redirect_uri: Option<&str>,
        connects: Option<&Authenticated>,
        browser_mark: &str,
    ) -> Result<Begun, Failure<AuthorizationError>> {
        let Some(first) = provider.callback() else {
            return Err(self.refused_state(provider, AuthorizationError::NoRedirects).into());
        };
        let redirect_uri = redirect_uri.unwrap_or(first);
        if !provider.allows_redirect(redirect_uri) {
            return Err(self.refused_state(provider, AuthorizationError::RedirectNotAllowed).into());
        }
        let user_id = connects.map(|who| who.user.id.as_str());
        let asked = Asked { provider: provider.name(), redirect_uri, user_id, browser_mark };
        let begun = self.parts.authorization_states.begin(asked, self.parts.clock.now());
        let request = AuthorizationRequest {
            redirect_uri,
            state: &begun.state,
            code_challenge: Some(&begun.code_challenge),
            nonce: Some(&begun.nonce),
        };
        let url = provider.authorization_url(request).await.map_err(|error| refused_by(provider, error));
        let url = url.map_err(|failure| self.report_failed_login(provider, None, failure));
        let authorization_url = url.map_err(|failure| failure.map(AuthorizationError::Login))?;
        Ok(Begun { authorization_url, state: begun.state, browser_mark: begun.browser_mark })
    }

    /// Verifies the state that a browser brings back. Nothing is used up yet.
    ///
    /// # Errors
    ///
    /// Those of [`AuthorizationError`] that are about the state, but [`AuthorizationError::StateUsed`].
    pub fn open_authorization(
        &self,
        provider: &Provider,
        returned: Returned,
    ) -> Result<OpenAuthorization, AuthorizationError> {
        let Returned { state, code, browser_mark } = returned;
        let (states, now) = (&self.parts.authorization_states, self.parts.clock.now());
        let verified = states.verify(&state, provider.name(), browser_mark.expose(), now);
        let authorization = verified.map_err(|error| self.refused_state(provider, error.into()))?;
        Ok(OpenAuthorization { authorization, code, provider: provider.clone() })
    }

    /// Logs in by an authorization. Each is used once.
    ///
    /// # Errors
    ///
    /// Each [`AuthorizationError`], and the service errors of [`log_in_by_provider`](Accounts::log_in_by_provider).
    pub async fn finish_login(
        &self,
        open: OpenAuthorization,
        client: Client,
    ) -> Result<LoggedIn, Failure<AuthorizationError>> {
        if open.connects() {
            return Err(self.refused_state(&open.provider, AuthorizationError::StateForged).into());
        }
        let provider = open.provider.clone();
        let (proof, used) = self.use_up(open).await?;
        let outcome = self.log_in_by_provider(&provider, proof, client).await;
        settle(used, &outcome).await;
        outcome.map_err(|failure| failure.map(AuthorizationError::Login))
    }

    /// Reports a state that is refused, and returns why.
    pub(super) fn refused_state(&self, provider: &Provider, error: AuthorizationError) -> AuthorizationError {
        self.tell(Event::ProviderStateRefused { provider: provider.name(), reason: &error });
        error
    }

    /// Notes that a state is used, which is possible once.
    pub(super) async fn use_up(
        &self,
        open: OpenAuthorization,
    ) -> Result<(Proof, UsedState), Failure<AuthorizationError>> {
        let ReturnedAuthorization { redirect_uri, code_verifier, nonce, id, .. } = open.authorization;
        // The note outlives the state.
        let remembered_for = Seconds::new(2 * STATE_VALID_FOR.get());
        let used = self.use_once(Operation::UseState, &Subject::Text(id), remembered_for).await?;
        let used = used.ok_or_else(|| self.refused_state(&open.provider, AuthorizationError::StateUsed))?;
        let (code_verifier, nonce) = (Some(code_verifier), Some(nonce));
        Ok((Proof::Code { code: open.code, redirect_uri, code_verifier, nonce }, UsedState(Some(used))))
    }
}

/// A used state. Dropping it leaves it used: a client that disconnects in the middle of a login does not get it back.
pub(super) struct UsedState(Option<Payment>);

impl Drop for UsedState {
    fn drop(&mut self) {
        if let Some(payment) = self.0.take() {
            payment.keep();
        }
    }
}

/// Lets a state be used again if the service failed: the client repeats the request.
pub(super) async fn settle<T, E>(mut used: UsedState, outcome: &Result<T, Failure<E>>) {
    if matches!(outcome, Err(Failure::Service(error)) if error.is_transient())
        && let Some(payment) = used.0.take()
    {
        payment.give_back().await;
    }
}
