//! The endpoints of dj-rest-auth and django-rest-auth where logins are answered with JSON Web Tokens.

use countersign::Settings;
use countersign::settings::CookieSameSite;

use super::{Contract, Endpoint, Row, all, serve_all};
use crate::support::clients::dj_rest_auth;

/// The contracts that [`serve_jwt`] lets answer logins with JSON Web Tokens.
pub const WITH_JWT: [Contract; 2] = [Contract::DjRestAuth, Contract::DjangoRestAuth];

/// The names of the cookies of [`serve_jwt`]: access token and refresh token of one contract, token of the other.
pub const JWT_COOKIES: [&str; 3] = ["access-token", "refresh-token", "jwt-cookie"];

/// Switches all contracts on, two of which answer logins with JSON Web Tokens in cookies.
pub fn serve_jwt(settings: &mut Settings) {
    serve_all(settings);
    let [access, refresh, single] = JWT_COOKIES.map(|name| Some(name.to_owned()));
    for contract in [&mut settings.contracts.dj_rest_auth, &mut settings.contracts.django_rest_auth] {
        (contract.use_jwt, contract.session_login) = (true, false);
        contract.jwt_cookies.same_site = CookieSameSite::None;
    }
    settings.contracts.dj_rest_auth.jwt_cookies.access_name = access;
    settings.contracts.dj_rest_auth.jwt_cookies.refresh_name = refresh;
    settings.contracts.django_rest_auth.jwt_cookies.access_name = single;
}

/// Every endpoint of the contracts of [`serve_jwt`], as it is with JSON Web Tokens.
pub fn all_with_jwt() -> Vec<Row> {
    let contract = Contract::DjRestAuth;
    let is_other = |row: &Row| {
        let is_same = |other: &Endpoint| (other.method, other.path) == (row.endpoint.method, row.endpoint.path);
        row.contract == contract && dj_rest_auth::JWT_ENDPOINTS.iter().any(is_same)
    };
    let common = all().into_iter().filter(|row| WITH_JWT.contains(&row.contract) && !is_other(row));
    common.chain(dj_rest_auth::JWT_ENDPOINTS.iter().map(|endpoint| Row { contract, endpoint: *endpoint })).collect()
}
