//! What a request with a refused access token is answered. The packages that frontends know have different sentences.

use crate::accounts::{TokenError, TokenFault};
use crate::http::Fault;
use crate::http::faults::{Code, Note};

/// A package whose answers to a refused access token a contract gives. A contract adds it to the state of its handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::contracts) enum TokenAnswers {
    /// simplejwt: with a code, and the word before the token as written in the settings.
    Simplejwt,
    /// drf-jwt, which django-rest-auth uses: a sentence, and the word before the token in any letter case.
    DrfJwt,
}

impl TokenAnswers {
    /// Returns whether the first word of a header is `known`, a word of the settings.
    pub(super) fn is_word(self, known: &str, scheme: &[u8]) -> bool {
        match self {
            Self::Simplejwt => known.as_bytes() == scheme,
            Self::DrfJwt => known.as_bytes().eq_ignore_ascii_case(scheme),
        }
    }

    /// 401: nothing follows the word.
    pub(super) fn no_token(self) -> Fault {
        self.bad_header("Invalid Authorization header. No credentials provided.")
    }

    /// 401: several words follow the word.
    pub(super) fn several_words(self) -> Fault {
        self.bad_header("Invalid Authorization header. Credentials string should not contain spaces.")
    }

    fn bad_header(self, of_drf_jwt: &'static str) -> Fault {
        let code = Code::BadAuthorizationHeader;
        match self {
            Self::Simplejwt => {
                let sentence = "Authorization header must contain two space-delimited values";
                Fault::unauthenticated_with_code(code, sentence, None)
            }
            Self::DrfJwt => Fault::unauthenticated(code, of_drf_jwt),
        }
    }

    /// Returns all faults of access tokens in a header, for the description of the API.
    pub(in crate::contracts) fn refusals(self) -> [Fault; 6] {
        let [invalid, expired] = [TokenFault::Invalid, TokenFault::Expired].map(TokenError::Refused);
        let refused = [invalid, expired, TokenError::NoSuchUser, TokenError::UserDisabled];
        let [invalid, expired, no_user, disabled] = refused.map(|fact| self.fault(fact));
        [self.no_token(), self.several_words(), invalid, expired, no_user, disabled]
    }

    /// 401: the access token is refused.
    pub(super) fn fault(self, fact: TokenError) -> Fault {
        match self {
            Self::Simplejwt => simplejwt(fact),
            Self::DrfJwt => drf_jwt(fact),
        }
    }
}

fn simplejwt(fact: TokenError) -> Fault {
    match fact {
        TokenError::Refused(refused) => simplejwt_refused(refused),
        TokenError::Ended(_) | TokenError::Replaced => simplejwt_refused(TokenFault::Invalid),
        TokenError::NoSuchUser => Fault::unauthenticated_with_code(Code::UserNotFound, "User not found", None),
        TokenError::UserDisabled => Fault::unauthenticated_with_code(Code::UserInactive, "User is inactive", None),
    }
}

/// The note says which kind of token was expected.
fn simplejwt_refused(refused: TokenFault) -> Fault {
    const INVALID: Note = &[("token_class", "AccessToken"), ("token_type", "access"), ("message", "Token is invalid")];
    const EXPIRED: Note = &[("token_class", "AccessToken"), ("token_type", "access"), ("message", "Token is expired")];
    const WRONG_TYPE: Note =
        &[("token_class", "AccessToken"), ("token_type", "access"), ("message", "Token has wrong type")];
    let note = match refused {
        TokenFault::Invalid => INVALID,
        TokenFault::Expired => EXPIRED,
        TokenFault::WrongType => WRONG_TYPE,
    };
    let sentence = "Given token not valid for any token type";
    Fault::unauthenticated_with_code(Code::TokenNotValid, sentence, Some(note))
}

/// drf-jwt reads no session. A token whose session has ended is answered as that of a user who does not exist.
fn drf_jwt(fact: TokenError) -> Fault {
    match fact {
        TokenError::Refused(TokenFault::Expired) => {
            Fault::unauthenticated(Code::TokenNotValid, "Signature has expired.")
        }
        TokenError::Refused(TokenFault::Invalid | TokenFault::WrongType) => {
            Fault::unauthenticated(Code::TokenNotValid, "Error decoding signature.")
        }
        TokenError::Ended(_) | TokenError::Replaced => {
            Fault::unauthenticated(Code::TokenNotValid, "Invalid signature.")
        }
        TokenError::NoSuchUser => Fault::unauthenticated(Code::UserNotFound, "Invalid signature."),
        TokenError::UserDisabled => Fault::unauthenticated(Code::UserInactive, "User account is disabled."),
    }
}
