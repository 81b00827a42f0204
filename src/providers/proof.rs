//! What a frontend brings of a login at a provider, and what begins one.

use crate::secret::Secret;

/// What a provider gave a frontend to prove who the user is.
#[derive(Clone, Debug)]
pub enum Proof {
    /// The code that the provider sent the user back with.
    Code {
        /// The code.
        code: Secret,
        /// The address that the provider sent the user back to, as the login began with it.
        redirect_uri: String,
        /// The verifier of the login's code challenge (PKCE).
        code_verifier: Option<Secret>,
        /// The nonce that the login began with. An id token must carry it.
        nonce: Option<String>,
    },
    /// A token that a frontend got itself.
    AccessToken {
        /// The access token. It may be empty where an id token is given.
        access_token: Secret,
        /// The id token that came with it.
        id_token: Option<Secret>,
    },
    /// A pair of tokens of OAuth 1 that a frontend got itself.
    TokenPair {
        /// The token.
        access_token: Secret,
        /// Its secret.
        token_secret: Secret,
    },
}

/// What a login at a provider begins with.
#[derive(Clone, Copy, Debug)]
pub struct AuthorizationRequest<'a> {
    /// Where the provider is to send the user back to.
    pub redirect_uri: &'a str,
    /// What the provider is to send along.
    pub state: &'a str,
    /// The challenge of PKCE, of the method S256.
    pub code_challenge: Option<&'a str>,
    /// What an id token is to carry.
    pub nonce: Option<&'a str>,
}
