//! The state of the contract's handlers.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use actix_web::web::Data;

use super::edition::Edition;
use crate::accounts::{Accounts, ForContract, TokenDigits};
use crate::contracts::access_tokens::{self, SIMPLEJWT_WORD};
use crate::contracts::site::Site;
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
    /// Where logins are answered with JSON Web Tokens.
    pub(super) jwt: Option<Jwt>,
    /// The challenge of a 401.
    pub(super) challenge: HeaderValue,
}

/// How logins are answered with JSON Web Tokens.
pub(super) struct Jwt {
    pub(super) shared: token_pairs::Jwt,
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
        let accounts = site.accounts.for_contract(ForContract { pages, token_digits: TokenDigits::Forty });
        let contract = edition.settings(settings);
        let logs_in_by = |field| settings.login.fields.contains(&field);
        // A site without usernames has none to show, whatever its settings list.
        let exists = |field: &UserField| *field != UserField::Username || accounts.have_usernames();
        let uses_jwt = contract.use_jwt && edition.has_jwt();
        let jwt_challenge = access_tokens::challenge(&settings.jwt.header_types, SIMPLEJWT_WORD);
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
            jwt: accounts.token_pairs().filter(|_| uses_jwt).map(|pairs| Jwt {
                shared: token_pairs::Jwt::new(pairs, jwt_challenge.clone()),
                hides_refresh_tokens: contract.jwt_cookies.is_http_only,
                returns_expiration: contract.jwt_auth_return_expiration,
            }),
            challenge: match uses_jwt {
                true => jwt_challenge,
                false => ErrorStyle::DEFAULT.challenge,
            },
            accounts,
            edition,
            site: Arc::clone(site),
        }
    }

    /// Returns how logins are answered with JSON Web Tokens. 404 where they are not.
    pub(super) fn jwt(&self) -> Result<&Jwt, Fault> {
        self.jwt.as_ref().ok_or_else(Fault::not_found)
    }

    /// Returns the refresh tokens in the cookies of a request.
    ///
    /// # Errors
    ///
    /// 403, if there are some and the request may come from a page of another site.
    pub(super) fn refresh_tokens<'a>(&'a self, request: &'a HttpRequest) -> Result<Vec<&'a str>, Fault> {
        let cookies = self.site.jwt_cookies.iter();
        let tokens: Vec<_> = cookies.flat_map(|cookies| cookies.refresh_tokens(request.headers())).collect();
        if !tokens.is_empty() {
            self.site.admit_by_jwt_cookie(request)?;
        }
        Ok(tokens)
    }

    /// Returns whether users see the field, and so may change it.
    pub(super) fn shows(&self, field: UserField) -> bool {
        self.user_fields.contains(&field)
    }
}
