//! The state of the contract's handlers.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use actix_web::web::Data;

use super::edition::Edition;
use crate::accounts::{Accounts, ForContract, SingleTokens, TokenDigits};
use crate::contracts::access_tokens::{self, DRF_JWT_WORD, SIMPLEJWT_WORD};
use crate::contracts::site::{JwtCookies, Site};
use crate::contracts::token_pairs;
use crate::http::{ErrorStyle, Fault};
use crate::links::{FrontendUrl, ResetPassword, VerifyRegistration};
use crate::settings::{LoginField, Settings, UserField};

/// What every handler of the contract needs. All threads use the same one.
pub(in crate::contracts) struct DjRestAuthContract {
    /// Links in mails lead to the pages of this contract.
    pub(super) accounts: Accounts,
    pub(super) site: Arc<Site>,
    pub(super) edition: Edition,
    pub(super) base_path: String,
    /// What a login may name.
    pub(super) methods: Methods,
    /// The fields of `user/`, in the order of the answer.
    pub(super) user_fields: Vec<UserField>,
    pub(super) ends_own_session: bool,
    pub(super) gives_cookies: bool,
    /// The pages of the frontend that mailed links lead to.
    pub(super) confirmation_page: Option<FrontendUrl<VerifyRegistration>>,
    pub(super) reset_page: Option<FrontendUrl<ResetPassword>>,
    /// What logins are answered with.
    pub(super) logins: Logins,
    /// The challenge of a 401.
    pub(super) challenge: HeaderValue,
}

/// What logins are answered with.
pub(super) enum Logins {
    /// A token that is no JSON Web Token.
    Token,
    /// A pair of JSON Web Tokens.
    Pair(Jwt),
    /// One JSON Web Token.
    Single(SingleJwt),
}

/// How logins are answered with one JSON Web Token.
pub(super) struct SingleJwt {
    pub(super) tokens: SingleTokens,
    /// The cookie that gives the token, if there is one.
    pub(super) cookies: Option<JwtCookies>,
}

/// How logins are answered with a pair of JSON Web Tokens.
pub(super) struct Jwt {
    pub(super) shared: token_pairs::Jwt,
    /// The cookies that give the tokens, if there are some.
    pub(super) cookies: Option<JwtCookies>,
    /// Whether a refresh token is in no body, where scripts could read it.
    pub(super) hides_refresh_tokens: bool,
    pub(super) returns_expiration: bool,
}

/// By what users log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Methods {
    Username,
    Email,
    Both,
}

/// The contract, for handlers. Each worker has a handle of its own to clone.
pub(super) type Handle = Data<Arc<DjRestAuthContract>>;

impl DjRestAuthContract {
    pub(in crate::contracts) fn new(site: &Arc<Site>, settings: &Settings, edition: Edition) -> Self {
        let pages = Some(edition.name());
        let for_contract = ForContract { pages, token_digits: TokenDigits::Forty, ..ForContract::default() };
        let accounts = site.accounts.for_contract(for_contract);
        let contract = edition.settings(settings);
        let logs_in_by = |field| settings.login.fields.contains(&field);
        // A site without usernames has none to show, whatever its settings list.
        let exists = |field: &UserField| *field != UserField::Username || accounts.have_usernames();
        let word = match edition {
            Edition::DjRestAuth => SIMPLEJWT_WORD,
            Edition::DjangoRestAuth => DRF_JWT_WORD,
        };
        let jwt_challenge = access_tokens::challenge(&settings.jwt.header_types, word);
        let logins = Logins::new(edition, settings, &accounts, &jwt_challenge);
        Self {
            methods: match (logs_in_by(LoginField::Username), logs_in_by(LoginField::Email)) {
                (true, false) => Methods::Username,
                (false, _) => Methods::Email,
                (true, true) => Methods::Both,
            },
            user_fields: contract.user_fields.iter().copied().filter(exists).collect(),
            base_path: contract.base_path.clone(),
            ends_own_session: contract.logout_on_password_change,
            gives_cookies: contract.session_login,
            // One page for both kinds of links that prove an address.
            confirmation_page: contract.account_confirm_email_url.as_ref().map(|pages| pages.registration.clone()),
            reset_page: contract.password_reset_confirm_url.clone(),
            challenge: match &logins {
                Logins::Token => ErrorStyle::DEFAULT.challenge,
                Logins::Pair(_) | Logins::Single(_) => jwt_challenge,
            },
            logins,
            accounts,
            edition,
            site: Arc::clone(site),
        }
    }

    /// Returns how logins are answered with a pair of JSON Web Tokens. 404 where they are not.
    pub(super) fn jwt(&self) -> Result<&Jwt, Fault> {
        match &self.logins {
            Logins::Pair(jwt) => Ok(jwt),
            Logins::Token | Logins::Single(_) => Err(Fault::not_found()),
        }
    }

    /// Returns whether users see the field, and so may change it.
    pub(super) fn shows(&self, field: UserField) -> bool {
        self.user_fields.contains(&field)
    }
}

impl Logins {
    fn new(edition: Edition, settings: &Settings, accounts: &Accounts, challenge: &HeaderValue) -> Self {
        let contract = edition.settings(settings);
        if !contract.use_jwt {
            return Self::Token;
        }
        let logins = match edition {
            Edition::DjRestAuth => accounts.token_pairs().map(|pairs| {
                Self::Pair(Jwt {
                    shared: token_pairs::Jwt::new(pairs, challenge.clone()),
                    cookies: JwtCookies::of_dj_rest_auth(&settings.contracts),
                    hides_refresh_tokens: contract.jwt_cookies.is_http_only,
                    returns_expiration: contract.jwt_auth_return_expiration,
                })
            }),
            Edition::DjangoRestAuth => accounts.single_tokens(contract.jwt_expires_after).map(|tokens| {
                Self::Single(SingleJwt { tokens, cookies: JwtCookies::of_django_rest_auth(&settings.contracts) })
            }),
        };
        logins.expect("there is a signer where a contract serves JSON Web Tokens")
    }
}

impl Jwt {
    /// Returns whether a cookie gives the refresh token.
    pub(super) fn gives_refresh_cookies(&self) -> bool {
        self.cookies.as_ref().is_some_and(JwtCookies::give_refresh_tokens)
    }

    /// Returns the refresh tokens in the cookies of a request.
    ///
    /// # Errors
    ///
    /// 403, if there are some and the request may come from a page of another site.
    pub(super) fn refresh_tokens<'a>(&'a self, site: &Site, request: &'a HttpRequest) -> Result<Vec<&'a str>, Fault> {
        let tokens: Vec<_> = self.sent_refresh_tokens(request).collect();
        match &self.cookies {
            Some(cookies) if !tokens.is_empty() => site.admit_by_jwt_cookie(request, cookies)?,
            _ => {}
        }
        Ok(tokens)
    }

    /// Returns the same without a look at where the request comes from.
    pub(super) fn sent_refresh_tokens<'a>(&'a self, request: &'a HttpRequest) -> impl Iterator<Item = &'a str> {
        self.cookies.iter().flat_map(|cookies| cookies.refresh_tokens(request.headers()))
    }
}
