//! One identity provider, as the rest of the program sees it.

use std::fmt;
use std::sync::Arc;

use tokio::sync::Semaphore;

use super::check::Finding;
use super::error::ProviderError;
use super::identity::ProviderIdentity;
use super::lane::Lane;
use super::peer::Peer;
use super::proof::{AuthorizationRequest, Proof};
use crate::settings::ProviderKind;

/// Requests of one provider that are worked on at once. More are refused, so that a provider that hangs fills no
/// memory.
const IN_FLIGHT: usize = 32;

/// What the word of a provider may do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whether an address that the provider has verified is verified here.
    pub verifies_emails: bool,
    /// Whether a login by an unknown provider account registers a user.
    pub creates_users: bool,
    /// Whether a login with a verified address joins the user who has verified the same address here.
    pub joins_verified_emails: bool,
}

/// An identity provider. Clones share its requests.
#[derive(Clone)]
pub struct Provider {
    rules: Rules,
    peer: Arc<Peer>,
    in_flight: Arc<Semaphore>,
    /// Not in `peer`, which work on the lane holds: it must not be the last to drop the lane.
    lane: Arc<Lane>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provider({})", self.name())
    }
}

impl Provider {
    pub(super) fn new(peer: Peer, lane: Arc<Lane>) -> Self {
        let settings = &peer.settings;
        let rules = Rules {
            verifies_emails: settings.verifies_emails,
            creates_users: settings.creates_users,
            joins_verified_emails: settings.joins_verified_emails,
        };
        Self { rules, peer: Arc::new(peer), in_flight: Arc::new(Semaphore::new(IN_FLIGHT)), lane }
    }

    /// Returns the name in paths.
    pub fn name(&self) -> &str {
        &self.peer.settings.name
    }

    /// Returns the name for people.
    pub fn title(&self) -> &str {
        &self.peer.settings.title
    }

    /// Returns how the provider is spoken to.
    pub fn kind(&self) -> ProviderKind {
        self.peer.settings.kind
    }

    /// Returns what the provider's word may do here.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Returns the scope without which the provider tells no address, if the settings leave it out.
    pub fn missing_email_scope(&self) -> Option<&'static str> {
        self.peer.settings.missing_email_scope()
    }

    /// Returns whether the provider may send users back to `uri`, which is compared byte by byte.
    pub fn allows_redirect(&self, uri: &str) -> bool {
        self.peer.allows_redirect(uri)
    }

    /// Returns where the provider sends users back to if a contract does not say. None if no address is set.
    pub fn callback(&self) -> Option<&str> {
        self.peer.settings.redirect_uris.first().map(String::as_str)
    }

    /// Returns the page of the provider that a login begins at.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Unsupported`] for kinds without logins by code, [`Refusal::WrongRedirect`](super::Refusal), and
    /// [`ProviderError::Unavailable`].
    pub async fn authorization_url(&self, request: AuthorizationRequest<'_>) -> Result<String, ProviderError> {
        let request = Start {
            redirect_uri: request.redirect_uri.to_owned(),
            state: request.state.to_owned(),
            code_challenge: request.code_challenge.map(str::to_owned),
            nonce: request.nonce.map(str::to_owned),
        };
        let peer = Arc::clone(&self.peer);
        self.on_lane(async move { peer.authorization_url(request.borrowed()).await }).await
    }

    /// Asks the provider who the user is that brings `proof`.
    ///
    /// # Errors
    ///
    /// Each [`ProviderError`].
    pub async fn identify(&self, proof: Proof) -> Result<ProviderIdentity, ProviderError> {
        let peer = Arc::clone(&self.peer);
        self.on_lane(async move { peer.identify(proof).await }).await
    }

    /// Asks the provider whether the settings fit, and returns what it found: at least one finding.
    pub async fn check(&self) -> Vec<Finding> {
        let peer = Arc::clone(&self.peer);
        let findings = self.on_lane(async move { Ok(peer.check().await) }).await;
        findings.unwrap_or_else(|error| vec![Finding::fault(error.to_string())])
    }

    /// Runs `work` on the lane. Dropping the future cancels it.
    async fn on_lane<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ProviderError>> + Send + 'static,
    ) -> Result<T, ProviderError> {
        let permit = self.in_flight.try_acquire();
        match permit {
            Err(_) => {
                let cause = format!("{IN_FLIGHT} requests to it wait for answers already");
                Err(ProviderError::Unavailable { retry_after_seconds: 1, cause })
            }
            Ok(_permit) => {
                let outcome = self.lane.run(work).await;
                outcome.unwrap_or_else(|| Err(ProviderError::unavailable("the program stops, or has a fault")))
            }
        }
    }
}

/// An [`AuthorizationRequest`] that travels to the lane.
struct Start {
    redirect_uri: String,
    state: String,
    code_challenge: Option<String>,
    nonce: Option<String>,
}

impl Start {
    fn borrowed(&self) -> AuthorizationRequest<'_> {
        AuthorizationRequest {
            redirect_uri: &self.redirect_uri,
            state: &self.state,
            code_challenge: self.code_challenge.as_deref(),
            nonce: self.nonce.as_deref(),
        }
    }
}
