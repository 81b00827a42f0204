//! `users/activation/` and `users/resend_activation/`.

use actix_web::HttpRequest;
use actix_web::http::Method;

use super::claims::{link_fields, malformed, read_token, read_uid};
use super::operations;
use super::state::{DjoserContract, Handle};
use super::words;
use crate::accounts::{Failure, VerifyError};
use crate::contracts::activation::{self, LinkUse, NotActivated};
use crate::contracts::words::overtaken;
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, FieldDescription, FieldKind};
use crate::http::faults::Code;
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};
use crate::identity::EmailAddress;
use crate::links::ActivationClaim;

pub(super) fn endpoints(contract: &DjoserContract) -> [Endpoint<'_>; 2] {
    [
        // First, since actix compares paths one after the other, and forged claims are the most frequent requests of
        // strangers.
        Endpoint::open("users/activation", "User Activation")
            .taking("POST", link_fields())
            .described(Method::POST, operations::activate)
            .on(Method::POST, activate),
        Endpoint::open("users/resend_activation", "User Resend Activation")
            .taking("POST", vec![FieldDescription::required("email", FieldKind::Email, "Email")])
            .described(Method::POST, move || operations::resend_activation(contract))
            .on(Method::POST, resend),
    ]
}

/// Verifies a new user, or the new address of a user: both links lead to the same page.
async fn activate(contract: Handle, body: Body) -> Answer {
    let mut fields = body.fields()?;
    let (uid, token) = (read_uid(&mut fields), read_token(&mut fields));
    let (uid, token) = fields.finish((uid, token))?;
    let claim = match contract.accounts.old_claim_of_token(&uid, &token) {
        Some(old) => ActivationClaim::from(old),
        None => ActivationClaim::parse_uid_token(&uid, &token).map_err(|_| malformed(&uid))?,
    };
    match activation::activate(&contract.accounts, claim, not_activated).await? {
        LinkUse::First => Ok(reply::no_content()),
        LinkUse::Repeated => Err(words::stale_token()),
    }
}

fn not_activated(fact: NotActivated) -> Fault {
    match fact {
        NotActivated::AlreadyUsed => words::invalid_token(Code::LinkAlreadyUsed),
        NotActivated::Expired => words::invalid_token(Code::SignatureExpired),
        NotActivated::EmailTaken => words::invalid_token(Code::EmailTaken),
        NotActivated::NoSuchUser => words::invalid_uid(),
        NotActivated::Overtaken => overtaken(),
        NotActivated::Invalid => words::invalid_token(Code::InvalidSignature),
    }
}

async fn resend(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.resend_verification, &request)?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, EmailAddress::parse);
    let email = fields.finish(email)?;
    match contract.accounts.resend_verification(&email).await {
        Err(Failure::Refused(_)) if contract.options.shows_unknown_emails => Err(words::email_not_found()),
        Err(Failure::Refused(VerifyError::SwitchedOff)) => Err(Fault::empty(Code::NotFound, words::NO_ACTIVATION)),
        // A client must not find out which addresses wait for their proof.
        Ok(()) | Err(Failure::Refused(_)) => Ok(reply::no_content()),
        Err(Failure::Service(error)) => Err(error.into()),
    }
}
