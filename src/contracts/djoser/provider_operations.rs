//! The operations on identity providers as the description of the API has them.

use actix_web::http::StatusCode;

use super::state::DjoserContract;
use super::words;
use crate::contracts::provider_logins::{CLOSED, EMAIL_MISSING};
use crate::contracts::service_faults::provider_unavailable;
use crate::http::endpoint::{FieldDescription, FieldKind, Member, Operation, Shape};
use crate::http::faults::Code;

pub(super) fn start_provider_login() -> Operation {
    let redirect_uri =
        FieldDescription::required("redirect_uri", FieldKind::String, "One of the provider's redirect_uris");
    let url = Member::new("authorization_url", Shape::Url);
    Operation::new("start_provider_login", "Begin a login at an identity provider")
        .querying(vec![redirect_uri])
        .throttled()
        .answers(StatusCode::OK, "Where to send the browser.", Shape::object([url]))
        .refuses([words::redirect_not_allowed(), words::no_redirects()])
        .refuses([words::no_such_provider("myspace"), provider_unavailable()])
}

pub(super) fn finish_provider_login(contract: &DjoserContract) -> Operation {
    let tokens: &[&'static str] = if contract.jwt.is_some() { &["access", "refresh"] } else { &["auth_token"] };
    let user = Member::text("user").like("ann");
    let answer = Shape::object(tokens.iter().copied().map(Member::text).chain([user]));
    let in_query = ["code", "state"].map(|name| FieldDescription::optional(name, FieldKind::String, name));
    let refused = [
        (Code::Required, "Missing needed parameter state"),
        (Code::StateInvalid, "Invalid state has been provided."),
        (Code::StateExpired, "Invalid state has been provided."),
        (Code::StateUsed, "Invalid state has been provided."),
        (Code::StateOfAnotherBrowser, "State could not be found in server-side session data."),
        (Code::ProviderRefused, "The provider refused the code."),
        (Code::RegistrationClosed, CLOSED),
        (Code::EmailTaken, "A user with the e-mail address of this provider account exists."),
        (Code::EmailMissing, EMAIL_MISSING),
        (Code::EmailNotVerified, "The e-mail address is not verified."),
    ];
    Operation::new("finish_provider_login", "Finish a login at an identity provider")
        .about("`code` and `state` come in the body, or in the query.")
        .querying(in_query.to_vec())
        .throttled()
        .answers(StatusCode::CREATED, "Logged in.", answer)
        .refuses(refused.map(|(code, sentence)| words::provider_login(code, sentence)))
        .refuses([words::login_invalid(Code::LoginInvalid), words::no_such_provider("myspace"), provider_unavailable()])
}
