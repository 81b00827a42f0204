//! `refresh-token/` and `verify-token/`, and `logout/` where a refresh token can end the login too. They are there if
//! logins are answered with JSON Web Tokens.

use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest};

use super::operations;
use super::sessions::{extent_of, log_out, revoke_field};
use super::state::Handle;
use super::welcome::WelcomeWithPair;
use super::words;
use crate::accounts::{TokenError, TokenPairs};
use crate::contracts::access_tokens::sentence;
use crate::contracts::credentials::LoggedInUser;
use crate::contracts::service_faults::telling;
use crate::contracts::token_pairs::read_token;
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, FieldDescription, FieldKind};
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};
use crate::secret::Secret;

/// Returns the endpoints of this capability.
pub(super) fn endpoints() -> [Endpoint<'static>; 3] {
    let token = |name, label| FieldDescription::required(name, FieldKind::String, label);
    let refresh_or_header = FieldDescription::optional("refresh", FieldKind::String, "Refresh");
    [
        Endpoint::open("logout", "Logout")
            .taking("POST", vec![refresh_or_header, revoke_field()])
            .described(Method::POST, operations::logout_by_jwt)
            .on(Method::POST, logout),
        Endpoint::open("refresh-token", "Refresh Token")
            .taking("POST", vec![token("refresh", "Refresh")])
            .described(Method::POST, operations::refresh_token)
            .on(Method::POST, refresh_token),
        Endpoint::open("verify-token", "Verify Token")
            .taking("POST", vec![token("token", "Token")])
            .described(Method::POST, operations::verify_token)
            .on(Method::POST, verify_token),
    ]
}

/// Logs out by the credentials of the request. If they are no longer valid, the refresh token counts: an access token has
/// often expired when its user logs out.
async fn logout(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let mut fields = body.fields()?;
    let refresh = fields.optional_text("refresh", TextRule::TRIMMED);
    let revoke_token = fields.optional_boolean("revoke_token");
    let (refresh, revoke_token) = fields.finish((refresh, revoke_token))?;
    let extent = extent_of(revoke_token);

    let refused = match LoggedInUser::extract(&request).await {
        Ok(who) => return log_out(&contract, &request, &who, extent).await,
        Err(fault) => fault,
    };
    let Some(refresh) = refresh.filter(|_| refused.status() == StatusCode::UNAUTHORIZED) else { return Err(refused) };
    contract.site.admit(&contract.site.throttles.refresh, &request)?;
    pairs_of(&contract)?.log_out(&refresh, extent).await.map_err(telling(token_fault))?;
    let mut response = reply::detail(words::LOGGED_OUT);
    contract.site.remove_cookies(&request, &mut response);
    Ok(response)
}

async fn refresh_token(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.refresh, &request)?;
    let token = read_token(&body, "refresh")?;
    let client = || contract.site.client(&request);
    let renewed = pairs_of(&contract)?.refresh_for(&token, client).await.map_err(telling(token_fault))?;
    let (access, refresh) = (Some(renewed.access.expose()), renewed.refresh.as_ref().map(Secret::expose));
    reply::json(StatusCode::OK, &WelcomeWithPair { detail: words::REFRESHED, access, refresh })
}

async fn verify_token(contract: Handle, body: Body) -> Answer {
    let token = read_token(&body, "token")?;
    pairs_of(&contract)?.verify(&token).await.map_err(telling(token_fault))?;
    Ok(reply::detail("Token is valid"))
}

fn pairs_of(contract: &Handle) -> Result<&TokenPairs, Fault> {
    contract.pairs.as_ref().ok_or_else(Fault::not_found)
}

fn token_fault(fact: TokenError) -> Fault {
    let text = match fact {
        TokenError::Refused(refused) => sentence(refused),
        TokenError::Replaced => "Token was replaced",
        TokenError::Ended(_) | TokenError::NoSuchUser | TokenError::UserDisabled => "Login has ended",
    };
    words::token_refused(text)
}
