//! `registration/verify-email/` and `registration/resend-email/`.

use actix_web::HttpRequest;
use actix_web::http::Method;

use super::state::{DjRestAuthContract, Handle};
use super::{operations, words};
use crate::accounts::Failure;
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

pub(super) fn endpoints(contract: &DjRestAuthContract) -> Vec<Endpoint<'_>> {
    // First, since actix compares paths one after the other, and forged claims are the most frequent requests of
    // strangers.
    let verify = Endpoint::open("registration/verify-email", "Verify Email")
        .taking("POST", vec![FieldDescription::required("key", FieldKind::String, "Key")])
        .described(Method::POST, move || operations::verify_email(contract))
        .on(Method::POST, verify);
    let resend = Endpoint::open("registration/resend-email", "Resend Email Verification")
        .taking("POST", vec![FieldDescription::required("email", FieldKind::Email, "Email")])
        .described(Method::POST, operations::resend_email)
        .on(Method::POST, resend);
    if contract.edition.resends_links() { vec![verify, resend] } else { vec![verify] }
}

/// Verifies a new user, or the new address of a user: both links lead to the same page.
async fn verify(contract: Handle, body: Body) -> Answer {
    let mut fields = body.fields()?;
    let key = fields.text("key", TextRule::TRIMMED);
    let key = fields.finish(key)?;
    let claim = match contract.accounts.old_claim_of_key(&key) {
        Some(old) => ActivationClaim::from(old),
        None => ActivationClaim::parse_key(&key).map_err(|_| words::no_such_key(Code::InvalidSignature))?,
    };
    match activation::activate(&contract.accounts, claim, not_activated).await? {
        LinkUse::Repeated if !contract.edition.accepts_used_keys() => Err(words::no_such_key(Code::LinkAlreadyUsed)),
        LinkUse::First | LinkUse::Repeated => Ok(reply::detail(words::OK)),
    }
}

fn not_activated(fact: NotActivated) -> Fault {
    words::no_such_key(match fact {
        NotActivated::AlreadyUsed => Code::LinkAlreadyUsed,
        NotActivated::Expired => Code::SignatureExpired,
        NotActivated::EmailTaken => Code::EmailTaken,
        NotActivated::NoSuchUser | NotActivated::Invalid => Code::InvalidSignature,
        NotActivated::Overtaken => return overtaken(),
    })
}

/// Mails another link, if the address waits for its proof. The answer does not tell.
async fn resend(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.resend_verification, &request)?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, EmailAddress::parse);
    let email = fields.finish(email)?;
    match contract.accounts.resend_verification(&email).await {
        Ok(()) | Err(Failure::Refused(_)) => Ok(reply::detail(words::OK)),
        Err(Failure::Service(error)) => Err(error.into()),
    }
}
