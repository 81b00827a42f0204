//! Access tokens in headers: JSON Web Tokens that log in, where a contract serves them.

mod answers;

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use super::service_faults::telling;
use super::session_tokens;
use crate::accounts::{Authenticated, Failure, ServiceError, SessionToken, TokenError, TokenFault, TokenPairs};
use crate::http::{ErrorStyle, Fault};
use crate::settings::Settings;

pub(super) use answers::TokenAnswers;

/// Finds the user of an access token.
pub(super) struct AccessTokens {
    pairs: TokenPairs,
    /// The words before a token, compared as written.
    header_types: Vec<String>,
    /// Whether no login at a contract is answered with another kind of token.
    are_alone: bool,
    /// What a refused token is answered, where no contract says it.
    pub(super) answers: TokenAnswers,
}

impl AccessTokens {
    pub(super) fn new(pairs: TokenPairs, settings: &Settings) -> Self {
        let are_alone = settings.contracts.ask_for_jwt(&settings.login);
        let answers = match settings.contracts.serve_token_pairs() {
            true => TokenAnswers::Simplejwt,
            false => TokenAnswers::DrfJwt,
        };
        Self { pairs, header_types: settings.jwt.header_types.clone(), are_alone, answers }
    }

    /// Returns the token of another login in `Authorization`, which the site may have given before it served access
    /// tokens alone. What cannot be such a token is refused where logins are answered with one; elsewhere it is another
    /// scheme.
    pub(super) fn other_in_header(&self, headers: &HeaderMap) -> Result<Option<SessionToken>, Fault> {
        match session_tokens::in_header(headers) {
            Err(_) if self.are_alone => Ok(None),
            found => found,
        }
    }

    /// Returns the access token in `Authorization`. `None` if there is another scheme, or another kind of token.
    pub(super) fn in_header<'h>(
        &self,
        headers: &'h HeaderMap,
        answers: TokenAnswers,
    ) -> Result<Option<&'h str>, Fault> {
        let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
        let mut words = value.as_bytes().split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let Some(scheme) = words.next() else { return Ok(None) };
        if !self.header_types.iter().any(|known| answers.is_word(known, scheme)) {
            return Ok(None);
        }
        // The tokens of other logins follow `Bearer` too.
        let has_other = !self.are_alone || matches!(session_tokens::in_header(headers), Ok(Some(_)));
        let is_shared = scheme.eq_ignore_ascii_case(b"bearer") && has_other;
        match (words.next(), words.next()) {
            (Some(token), None) if !is_shared || has_three_parts(token) => {
                let refused = TokenError::Refused(TokenFault::Invalid);
                std::str::from_utf8(token).map(Some).map_err(|_| answers.fault(refused))
            }
            _ if is_shared => Ok(None),
            (None, _) => Err(answers.no_token()),
            _ => Err(answers.several_words()),
        }
    }

    /// Finds the logged-in user of an access token.
    pub(super) async fn authenticate(&self, token: &str, answers: TokenAnswers) -> Result<Authenticated, Fault> {
        self.pairs.authenticate(token).await.map_err(telling(|fact| answers.fault(fact)))
    }

    /// Finds the logged-in user of an access token. Returns `None` if the token is refused.
    pub(super) async fn authenticate_if_good(&self, token: &str) -> Result<Option<Authenticated>, ServiceError> {
        match self.pairs.authenticate(token).await {
            Ok(who) => Ok(Some(who)),
            Err(Failure::Refused(_)) => Ok(None),
            Err(Failure::Service(error)) => Err(error),
        }
    }
}

/// Returns the challenge of a 401 where it depends on what logins at the site's contracts are answered with.
pub(super) fn challenge_of_site(settings: &Settings) -> HeaderValue {
    match settings.contracts.ask_for_jwt(&settings.login) {
        true if !settings.contracts.djoser.enabled && settings.contracts.dj_rest_auth.serves_jwt() => {
            challenge(&settings.jwt.header_types, SIMPLEJWT_WORD)
        }
        true => challenge(&settings.jwt.header_types, DJOSER_WORD),
        false => ErrorStyle::DEFAULT.challenge,
    }
}

/// The word of djoser's own pages.
pub(super) const DJOSER_WORD: &str = "JWT";
/// The word that clients of drf-jwt send by default.
pub(super) const DRF_JWT_WORD: &str = "JWT";
/// The word that clients of simplejwt send by default.
pub(super) const SIMPLEJWT_WORD: &str = "Bearer";

/// Returns the challenge of contracts that take access tokens alone, with `preferred` where clients may send it.
pub(super) fn challenge(header_types: &[String], preferred: &str) -> HeaderValue {
    let word = match header_types.iter().find(|word| *word == preferred) {
        Some(word) => word,
        None => header_types.first().map_or("Bearer", String::as_str),
    };
    HeaderValue::try_from(format!("{word} realm=\"api\"")).expect("the words are letters, digits and hyphens")
}

fn has_three_parts(token: &[u8]) -> bool {
    token.iter().filter(|byte| **byte == b'.').count() == 2
}

/// Returns the sentence for a refused token.
pub(super) fn sentence(refused: TokenFault) -> &'static str {
    match refused {
        TokenFault::Invalid => "Token is invalid",
        TokenFault::Expired => "Token is expired",
        TokenFault::WrongType => "Token has wrong type",
    }
}
