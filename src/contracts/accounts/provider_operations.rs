//! The operations on identity providers as the description of the API has them.

use actix_web::http::StatusCode;

use super::state::AccountsContract;
use super::words;
use crate::contracts::service_faults::provider_unavailable;
use crate::http::Fault;
use crate::http::endpoint::{Login, Member, Operation, Shape};
use crate::http::faults::Code;

pub(super) fn list_providers() -> Operation {
    let provider = Shape::object([Member::text("name").like("google"), Member::text("title").like("Google")]);
    Operation::new("list_providers", "List the identity providers").answers(
        StatusCode::OK,
        "In the order of the settings.",
        provider.listed(),
    )
}

pub(super) fn start_provider_login(provider: &str) -> Operation {
    let answer = Shape::object([Member::new("authorization_url", Shape::Url), Member::text("state")]);
    Operation::new(format!("start_{provider}_login"), "Begin a login at an identity provider")
        .about(
            "Send the browser to `authorization_url`. With `connect` the account is connected to the logged-in user.",
        )
        .throttled()
        .logging_in(Login::Optional)
        .answers(StatusCode::OK, "Where to send the browser.", answer)
        .refuses([words::redirect_not_allowed(), words::no_redirects(), provider_unavailable()])
}

pub(super) fn finish_provider_login(contract: &AccountsContract, provider: &str) -> Operation {
    let states = [Code::StateInvalid, Code::StateOfAnotherBrowser, Code::StateExpired, Code::StateUsed];
    Operation::new(format!("finish_{provider}_login"), "Finish a login at an identity provider")
        .about("Send `code` and `state` from the query of the page to which the provider sent the browser back.")
        .throttled()
        .logging_in(Login::Optional)
        .answers(StatusCode::OK, "Logged in, or connected.", contract.possible_welcome_shape(words::LOGGED_IN))
        .refuses(states.map(words::state_refused))
        .refuses([
            words::provider_refused(),
            words::registration_closed(),
            words::provider_email_taken(),
            words::provider_email_missing(),
            words::provider_email_not_verified(),
            words::login_invalid(Code::LoginInvalid),
            words::provider_account_taken(),
            words::too_many_provider_accounts(),
            provider_unavailable(),
        ])
}

pub(super) fn list_provider_accounts() -> Operation {
    let account = Shape::object([
        Member::text("id"),
        Member::text("provider").like("google"),
        Member::text("subject").like("110169484474386276334"),
        Member::new("created_at", Shape::Moment),
        Member::new("last_login_at", Shape::Moment.nullable()),
    ]);
    Operation::new("list_provider_accounts", "List the user's accounts at identity providers").throttled().answers(
        StatusCode::OK,
        "In the order in which they were connected.",
        account.listed(),
    )
}

pub(super) fn disconnect_provider() -> Operation {
    Operation::new("disconnect_provider_account", "Disconnect an account at an identity provider")
        .throttled()
        .answers_detail("Provider account disconnected")
        .refuses([Fault::not_found(), words::last_way_in()])
}
