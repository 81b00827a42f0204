//! GET of the API's own paths that a mail may name: answers with the way to the frontend's page, and changes nothing.
//!
//! Mail scanners follow links, so only the POST of that page may use a link up.

use actix_web::http::Method;
use actix_web::web::Path;

use super::operations;
use super::state::Handle;
use crate::http::Fault;
use crate::http::endpoint::Endpoint;
use crate::http::reply::{self, Answer};
use crate::links::{ActivationClaim, Carried, Claim, ResetPassword};

pub(super) fn confirmation_endpoint() -> Endpoint<'static> {
    Endpoint::open("registration/account-confirm-email/{key}", "Account Confirm Email")
        .described(Method::GET, operations::lead_to_confirmation)
        .on(Method::GET, lead_to_confirmation)
}

async fn lead_to_confirmation(contract: Handle, key: Path<String>) -> Answer {
    if contract.accounts.old_claim_of_key(&key).is_none() && ActivationClaim::parse_key(&key).is_err() {
        return Err(Fault::not_found());
    }
    let page = contract.confirmation_page.as_ref();
    lead_to(page.and_then(|page| page.url_carrying(Carried::Key(&key))))
}

/// Leads to the page that sets a new password.
pub(super) async fn lead_to_reset(contract: Handle, link: Path<(String, String)>) -> Answer {
    let (uid, token) = link.into_inner();
    let is_old = contract.accounts.old_reset_claim(&uid, &token).is_some();
    if !is_old && Claim::<ResetPassword>::parse_uid_token(&uid, &token).is_err() {
        return Err(Fault::not_found());
    }
    let page = contract.reset_page.as_ref();
    lead_to(page.and_then(|page| page.url_carrying(Carried::UidToken { uid: &uid, token: &token })))
}

fn lead_to(page: Option<String>) -> Answer {
    reply::found(&page.ok_or_else(Fault::not_found)?)
}
