//! Pairs of JSON Web Tokens, as simplejwt's clients know them: refresh, verify, and the refusals of both.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use serde_json::json;

use super::access_tokens::sentence;
use super::service_faults::telling;
use crate::accounts::{Client, Failure, Renewed, TokenError, TokenFault, TokenPairs, TokenType};
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::faults::{Code, FieldFault};
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};

pub(super) const BLACKLISTED: &str = "Token is blacklisted";

/// The operations on JSON Web Tokens, and the challenge of their endpoints.
pub(super) struct Jwt {
    pub(super) pairs: TokenPairs,
    challenge: HeaderValue,
}

impl Jwt {
    pub(super) fn new(pairs: TokenPairs, challenge: HeaderValue) -> Self {
        Self { pairs, challenge }
    }

    /// Exchanges a refresh token. `client` describes who sends it.
    pub(super) async fn refresh(&self, token: &str, client: impl FnOnce() -> Client) -> Result<Renewed, Fault> {
        self.pairs.refresh_for(token, client).await.map_err(telling(|fact| match fact {
            TokenError::NoSuchUser | TokenError::UserDisabled => {
                self.refused("No active account found for the given token.", Code::LoginInvalid)
            }
            TokenError::Refused(refused) => self.token_refused(sentence(refused)),
            TokenError::Ended(_) | TokenError::Replaced => self.token_refused(BLACKLISTED),
        }))
    }

    /// Returns the tokens of a request's cookies, the good ones first.
    ///
    /// A browser may have a second cookie of one name, which earlier settings set for another path or domain, and may send
    /// it first. Its token was replaced long ago. To present it would end the login, as if a thief did.
    pub(super) async fn good_first<'t>(&self, tokens: Vec<&'t str>) -> Result<Vec<&'t str>, Fault> {
        if tokens.len() < 2 {
            return Ok(tokens);
        }
        let (mut good, mut others) = (Vec::new(), Vec::new());
        for token in tokens {
            match self.pairs.verify(token).await {
                Ok(()) => good.push(token),
                Err(Failure::Refused(_)) => others.push(token),
                Err(Failure::Service(error)) => return Err(error.into()),
            }
        }
        good.append(&mut others);
        Ok(good)
    }

    /// Answers whether the token in the body is good.
    pub(super) async fn verify(&self, body: &Body) -> Answer {
        let token = read_token(body, "token")?;
        self.pairs.verify(&token).await.map_err(telling(|fact| match fact {
            TokenError::Refused(refused) => self.token_refused(sentence(refused)),
            TokenError::Ended(TokenType::Refresh) | TokenError::Replaced => {
                Fault::non_field(FieldFault::told(Code::TokenNotValid, BLACKLISTED))
            }
            TokenError::Ended(TokenType::Access | TokenType::Single)
            | TokenError::NoSuchUser
            | TokenError::UserDisabled => self.token_refused(sentence(TokenFault::Invalid)),
        }))?;
        reply::json(StatusCode::OK, &json!({}))
    }

    /// 401 with the challenge of these endpoints.
    pub(super) fn refused(&self, text: &'static str, code: Code) -> Fault {
        Fault::unauthenticated(code, text).challenging(&self.challenge)
    }

    /// 401 that also has its code.
    pub(super) fn token_refused(&self, text: &'static str) -> Fault {
        Fault::unauthenticated_with_code(Code::TokenNotValid, text, None).challenging(&self.challenge)
    }
}

/// Reads the only field of a request.
pub(super) fn read_token(body: &Body, name: &'static str) -> Result<String, Fault> {
    let mut fields = body.fields()?;
    let token = fields.text(name, TextRule::TRIMMED);
    Ok(fields.finish(token)?.into_owned())
}
