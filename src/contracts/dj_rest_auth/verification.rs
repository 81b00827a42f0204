//! `registration/verify-email/` and `registration/resend-email/`.

use actix_web::HttpRequest;
use actix_web::http::Method;

use super::state::Handle;
use super::words;
use crate::accounts::{ChangeEmailError, EmailVerified, Failure, Follower, RegistrationVerified, VerifyError};
use crate::contracts::service_faults::telling;
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, FieldDescription, FieldKind};
use crate::http::faults::Code;
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};
use crate::identity::EmailAddress;
use crate::links::ActivationClaim;

pub(super) fn endpoints() -> [Endpoint; 2] {
    [
        // First, since actix compares paths one after the other, and forged claims are the most frequent requests of
        // strangers.
        Endpoint::open("registration/verify-email", "Verify Email")
            .taking("POST", vec![FieldDescription::required("key", FieldKind::String, "Key")])
            .on(Method::POST, verify),
        Endpoint::open("registration/resend-email", "Resend Email Verification")
            .taking("POST", vec![FieldDescription::required("email", FieldKind::Email, "Email")])
            .on(Method::POST, resend),
    ]
}

/// Verifies a new user, or the new address of a user: both links lead to the same page.
async fn verify(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let mut fields = body.fields()?;
    let key = fields.text("key", TextRule::TRIMMED);
    let key = fields.finish(key)?;
    let accounts = &contract.accounts;
    let follower = || Follower { client: contract.site.client(&request), password: None, browser_marks: Vec::new() };

    let claim = ActivationClaim::parse_key(&key).map_err(|_| words::no_such_key(Code::InvalidSignature))?;
    let is_first_use = match claim {
        ActivationClaim::Registration(claim) => {
            let link = accounts.check_registration_link(claim).map_err(registration_fault)?;
            let outcome = accounts.verify_registration(link, follower()).await.map_err(telling(registration_fault))?;
            matches!(outcome, RegistrationVerified::Verified(_))
        }
        ActivationClaim::Email(claim) => {
            accounts.verify_email(claim, follower()).await.map_err(telling(email_fault))? == EmailVerified::Now
        }
    };
    if is_first_use { Ok(reply::detail("ok")) } else { Err(words::no_such_key(Code::LinkAlreadyUsed)) }
}

fn registration_fault(fact: VerifyError) -> Fault {
    words::no_such_key(match fact {
        VerifyError::Expired => Code::SignatureExpired,
        VerifyError::EmailTaken => Code::EmailTaken,
        // An old link of a disabled user gets the same answer as a forged one. The settings exclude the password.
        VerifyError::NoSuchUser
        | VerifyError::SwitchedOff
        | VerifyError::InvalidSignature
        | VerifyError::Disabled
        | VerifyError::PasswordMissing
        | VerifyError::PasswordWrong => Code::InvalidSignature,
    })
}

fn email_fault(fact: ChangeEmailError) -> Fault {
    words::no_such_key(match fact {
        ChangeEmailError::Expired => Code::SignatureExpired,
        ChangeEmailError::AlreadyUsed => Code::LinkAlreadyUsed,
        ChangeEmailError::Taken => Code::EmailTaken,
        ChangeEmailError::Overtaken => return words::overtaken(),
        ChangeEmailError::SwitchedOff
        | ChangeEmailError::InvalidSignature
        | ChangeEmailError::NoSuchUser
        | ChangeEmailError::PasswordMissing
        | ChangeEmailError::PasswordWrong
        | ChangeEmailError::LoggedOut => Code::InvalidSignature,
    })
}

/// Mails another link, if the address waits for its proof. The answer does not tell.
async fn resend(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.throttles.resend_verification.admit(contract.site.client_address(&request))?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, EmailAddress::parse);
    let email = fields.finish(email)?;
    match contract.accounts.resend_verification(&email).await {
        Ok(()) | Err(Failure::Refused(_)) => Ok(reply::detail("ok")),
        Err(Failure::Service(error)) => Err(error.into()),
    }
}
