//! Why a provider does not tell who a user is.

/// The longest error code of a provider that the log shows, in characters.
const LONGEST_CODE: usize = 64;

/// Why a provider does not tell who a user is. The texts are for the log and hold no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// What the frontend brought proves nothing.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The provider refuses this site: the operator must change the settings, there or here.
    #[error("it refuses {what}; compare [[providers]] in the settings with its page for developers")]
    Misconfigured {
        /// What is refused, and the provider's own word for it.
        what: String,
    },
    /// The provider gives no answer that can be used.
    #[error("{cause}")]
    Unavailable {
        /// When to try again: 1 to 300 seconds.
        retry_after_seconds: u32,
        /// What happened.
        cause: String,
    },
    /// Providers of this kind do not take this proof.
    #[error("a provider of this kind does not take this proof")]
    Unsupported,
}

/// Why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The code is wrong, expired, used, or of another login.
    #[error("the provider refuses the code{}", in_brackets(.error.as_deref()))]
    CodeRefused {
        /// The provider's own word for it, such as `invalid_grant`, if it has one.
        error: Option<String>,
    },
    /// The redirect URI is none of those in the settings.
    #[error("the redirect URI is not allowed; see `redirect_uris` of the provider")]
    WrongRedirect,
    /// The token is wrong, expired or revoked, or may not be used to ask who the user is.
    #[error("the provider refuses the token")]
    TokenRefused,
    /// The token was issued to another site or app.
    #[error("the token was issued to another client")]
    WrongClient,
    /// The id token is not to be believed.
    #[error("the id token is not to be believed: {0}")]
    BadIdToken(IdTokenFault),
    /// The access token and the id token are about two users.
    #[error("the access token and the id token are about two users")]
    SubjectsDiffer,
    /// The provider names no user.
    #[error("the provider names no user")]
    NoSubject,
}

/// What is wrong with an id token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenFault {
    /// There is none, though the provider should have sent one.
    #[error("there is none")]
    Absent,
    /// It cannot be read.
    #[error("it cannot be read")]
    Malformed,
    /// A claim that decides whether it is believed is absent or of another type than it must have.
    #[error("its claim `{0}` is absent or of a wrong type")]
    Claim(&'static str),
    /// It is not signed, or with an algorithm that is not accepted.
    #[error("its algorithm is not accepted")]
    Algorithm,
    /// The provider has no key of that id.
    #[error("the provider has no such key")]
    UnknownKey,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// Another provider issued it.
    #[error("its issuer is another one")]
    Issuer,
    /// It was issued to another client.
    #[error("its audience is another one")]
    Audience,
    /// It is of another login.
    #[error("its nonce is of another login")]
    Nonce,
    /// It has expired, or is of the future.
    #[error("its time is over or has not come")]
    Time,
    /// It is about another access token.
    #[error("it belongs to another access token")]
    AccessTokenHash,
}

impl ProviderError {
    /// When to try again where nothing better is known.
    pub(super) const RETRY_AFTER_SECONDS: u32 = 10;

    /// Creates the error of a provider that does not accept the client id or the secret.
    pub(super) fn client_refused(error: Option<&str>) -> Self {
        Self::refuses("`client_id` or `client_secret`", error)
    }

    /// Creates the error of a provider that refuses something of this site, with its own word for it.
    pub(super) fn refuses(what: &str, error: Option<&str>) -> Self {
        let error = error.map(printable_code);
        Self::Misconfigured { what: format!("{what}{}", in_brackets(error.as_deref())) }
    }

    /// Creates an error of a provider that should be asked again after the usual time.
    pub(super) fn unavailable(cause: impl Into<String>) -> Self {
        Self::Unavailable { retry_after_seconds: Self::RETRY_AFTER_SECONDS, cause: cause.into() }
    }
}

impl Refusal {
    /// Creates the refusal of a code, with the provider's own word for it.
    pub(super) fn of_code(error: Option<&str>) -> Self {
        Self::CodeRefused { error: error.map(printable_code).filter(|error| !error.is_empty()) }
    }
}

/// Returns the beginning of an error code, without characters that no such code has (RFC 6749, 5.2).
fn printable_code(error: &str) -> String {
    let is_allowed = |character: &char| matches!(character, ' '..='~') && !matches!(character, '"' | '\\');
    error.chars().filter(is_allowed).take(LONGEST_CODE).collect()
}

fn in_brackets(text: Option<&str>) -> String {
    text.map(|text| format!(" ({text})")).unwrap_or_default()
}

impl From<IdTokenFault> for ProviderError {
    fn from(fault: IdTokenFault) -> Self {
        Self::Refused(Refusal::BadIdToken(fault))
    }
}
