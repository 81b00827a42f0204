//! The operations of this contract as the description of the API has them.

use actix_web::http::StatusCode;

use super::email_links::EmailLinks;
use super::new_password::password_field;
use super::state::AccountsContract;
use super::words;
use crate::contracts::declared_fields;
use crate::contracts::words::{EMAIL_TAKEN, USERNAME_TAKEN, overtaken};
use crate::http::Fault;
use crate::http::endpoint::{FieldDescription, Login, Member, Operation, Shape};
use crate::http::faults::Code;

pub(super) fn register(contract: &AccountsContract) -> Operation {
    let tells = contract.accounts.tells_taken_emails();
    let mut refusals = vec![Fault::field("username", USERNAME_TAKEN)];
    refusals.extend(tells.then(|| Fault::field("email", EMAIL_TAKEN)));
    if !contract.options.register_email_required && contract.accounts.is_verification_on() {
        refusals.push(words::email_missing());
    }
    refusals.extend((!contract.accounts.profile_fields().is_empty()).then(declared_fields::too_large));
    let confirmed = contract.options.register_confirmation.field().is_some();
    let about = match (contract.accounts.is_verification_on(), tells) {
        (true, false) => {
            "The user is unverified and gets a mail with a link. For the address of a verified user the answer is the \
             same: the owner of the address gets a mail that says so."
        }
        (true, true) => "The user is unverified and gets a mail with a link.",
        (false, _) => "The user can log in at once.",
    };
    Operation::new("register", "Register a user")
        .about(about)
        .throttled()
        .repeatable()
        .answers(StatusCode::CREATED, "The new user.", contract.user_shape())
        .refuses(refusals)
        .refuses(new_password_faults(contract, confirmed))
}

pub(super) fn verify_registration(contract: &AccountsContract) -> Operation {
    let mut refusals = link_faults();
    refusals.retain(|fault| contract.options.one_time_use || fault.code() != Code::LinkAlreadyUsed);
    let asks_password = contract.accounts.is_password_asked_at_verification();
    let operation = Operation::new("verify_registration", "Verify a new user by the link of the mail")
        .about(
            "Send the three parameters of the link. A second use of a link changes nothing. Act on a click, not on the \
             load of the page: scanners of mail open links too.",
        )
        .throttled()
        .refuses(refusals)
        .refuses(asks_password.then(|| Fault::field("password", words::PASSWORD_WRONG)));
    match contract.accounts.is_auto_login_on() {
        true => operation.answers(
            StatusCode::OK,
            "It is verified, and logged in where the request comes from the browser that registered.",
            contract.possible_welcome_shape(words::VERIFIED),
        ),
        false => operation.answers_detail(words::VERIFIED),
    }
}

pub(super) fn resend_verification() -> Operation {
    Operation::new("resend_verification", "Mail another link to a new user")
        .about("The answer is the same whether or not an unverified user has the address.")
        .throttled()
        .answers_detail(words::RESENT)
}

pub(super) fn login(contract: &AccountsContract) -> Operation {
    let codes = [Code::LoginInvalid, Code::EmailNotVerified];
    Operation::new("login", "Log in with a password")
        .about("Sets the session's cookie where the site logs in by cookie.")
        .throttled()
        .answers(StatusCode::OK, "Logged in.", contract.welcome_shape(words::LOGGED_IN))
        .refuses(codes.map(words::login_invalid))
}

pub(super) fn logout() -> Operation {
    Operation::new("logout", "Log out")
        .about("Ends the session of the request; with `revoke_token` all sessions of the user.")
        .answers_detail(words::LOGGED_OUT)
}

pub(super) fn logout_by_jwt() -> Operation {
    logout()
        .about(
            "Ends the session of the request; with `revoke_token` all sessions of the user. Where the access token has \
             expired, the session of `refresh` ends.",
        )
        .logging_in(Login::Required)
        .throttled()
        .refuses([words::token_refused("Token is invalid")])
}

pub(super) fn refresh_token() -> Operation {
    let body = [Member::text("detail").like(words::REFRESHED), Member::text("access")];
    Operation::new("refresh_token", "Exchange a refresh token for a new access token")
        .throttled()
        .answers(
            StatusCode::OK,
            "The new access token, and a new refresh token where those work once.",
            Shape::object(body.into_iter().chain([Member::text("refresh").optional()])),
        )
        .refuses([words::token_refused("Login has ended")])
}

pub(super) fn verify_token() -> Operation {
    Operation::new("verify_token", "Check a JSON Web Token")
        .answers_detail("Token is valid")
        .refuses([words::token_refused("Token is expired")])
}

pub(super) fn list_sessions(page: Vec<FieldDescription>) -> Operation {
    let session = Shape::object([
        Member::text("id"),
        Member::new("current", Shape::Boolean),
        Member::new("created_at", Shape::Moment),
        Member::new("last_used_at", Shape::Moment),
        Member::new("expires_at", Shape::Moment),
        Member::text("user_agent").like("Mozilla/5.0"),
        Member::text("address").like("198.51.100.7"),
    ]);
    Operation::new("list_sessions", "List the user's sessions, newest first").querying(page).throttled().answers(
        StatusCode::OK,
        "The sessions.",
        session.listed(),
    )
}

pub(super) fn end_other_sessions() -> Operation {
    Operation::new("end_other_sessions", "End all other sessions").throttled().answers_detail("Other sessions ended")
}

pub(super) fn end_session() -> Operation {
    Operation::new("end_session", "End one session")
        .throttled()
        .answers_detail("Session ended")
        .refuses([Fault::not_found()])
}

pub(super) fn show_profile(contract: &AccountsContract) -> Operation {
    Operation::new("show_profile", "Show the logged-in user").answers(
        StatusCode::OK,
        "The user.",
        contract.user_shape(),
    )
}

pub(super) fn replace_profile(contract: &AccountsContract) -> Operation {
    saving("replace_profile", "Replace what users may change about themselves", contract)
}

pub(super) fn replace_profile_by_post(contract: &AccountsContract) -> Operation {
    saving("replace_profile_by_post", "Replace what users may change about themselves, as PUT does", contract)
}

pub(super) fn change_profile(contract: &AccountsContract, fields: Vec<FieldDescription>) -> Operation {
    let fields = fields.into_iter().map(FieldDescription::made_optional).collect();
    saving("change_profile", "Change some of what users may change about themselves", contract).taking(fields)
}

pub(super) fn delete_account() -> Operation {
    Operation::new("delete_account", "Delete the account of the logged-in user")
        .about("For good: with all sessions, and mails that wait. It asks for the user's password.")
        .taking(vec![password_field()])
        .throttled()
        .answers_detail(words::ACCOUNT_DELETED)
        .refuses([Fault::field("password", words::PASSWORD_WRONG)])
}

fn saving(id: &'static str, summary: &'static str, contract: &AccountsContract) -> Operation {
    Operation::new(id, summary)
        .answers(StatusCode::OK, "The changed user.", contract.user_shape())
        .refuses([Fault::field("username", USERNAME_TAKEN), declared_fields::too_large()])
}

pub(super) fn change_password(contract: &AccountsContract) -> Operation {
    let is_old_asked = contract.accounts.is_old_password_asked();
    Operation::new("change_password", "Change the password")
        .about("All other sessions end, and the user gets a notice by mail.")
        .throttled()
        .answers_detail(words::PASSWORD_CHANGED)
        .refuses(is_old_asked.then(|| Fault::field("old_password", words::OLD_PASSWORD_WRONG)))
        .refuses(new_password_faults(contract, contract.options.change_confirmation.field().is_some()))
        .refuses([overtaken()])
}

pub(super) fn send_reset_link(contract: &AccountsContract) -> Operation {
    let conceals = contract.options.reset_conceals_unknown;
    Operation::new("send_reset_password_link", "Mail a link that sets a new password")
        .throttled()
        .answers_detail(words::reset_link_sent(conceals))
        .refuses((!conceals).then(words::user_not_found))
}

pub(super) fn reset_password(contract: &AccountsContract) -> Operation {
    Operation::new("reset_password", "Set a new password by the link of the mail")
        .about("All sessions end. The link also verifies the user, who reads mails at the address.")
        .throttled()
        .answers_detail(words::PASSWORD_RESET)
        .refuses(link_faults())
        .refuses(new_password_faults(contract, contract.options.reset_confirmation.field().is_some()))
}

pub(super) fn request_email(contract: &AccountsContract) -> Operation {
    let is_password_asked = contract.accounts.is_password_asked_for_new_email();
    Operation::new("register_email", "Ask for another address")
        .about("The new address gets a link; the user keeps the present address until it is followed.")
        .throttled()
        .answers_detail(words::EMAIL_LINK_SENT)
        .refuses(is_password_asked.then(|| Fault::field("password", words::PASSWORD_WRONG)))
        .refuses([words::email_already_registered(), words::user_not_found(), overtaken()])
}

pub(super) fn cancel_email() -> Operation {
    Operation::new("cancel_register_email", "Take back the request for another address")
        .answers_detail(words::EMAIL_CANCELLED)
        .refuses([overtaken()])
}

pub(super) fn correct_email() -> Operation {
    Operation::new("correct_email", "Correct the address of a new user, who cannot log in yet")
        .throttled()
        .answers_detail(words::CORRECTED)
        .refuses([
            words::login_invalid(Code::LoginInvalid),
            words::has_verified_email(),
            Fault::field("email", EMAIL_TAKEN),
            overtaken(),
        ])
}

pub(super) fn verify_email(contract: &AccountsContract) -> Operation {
    let asks_password = contract.accounts.is_password_asked_at_verification();
    let wrong = asks_password.then(|| Fault::field("password", words::PASSWORD_WRONG));
    Operation::new("verify_email", "Prove a new address by the link of the mail")
        .throttled()
        .answers_detail(words::EMAIL_VERIFIED)
        .refuses((EmailLinks::of(&contract.accounts) != EmailLinks::All).then(Fault::not_found))
        .refuses(link_faults())
        .refuses(wrong)
        .refuses([overtaken()])
}

/// Returns the faults of a mailed link.
fn link_faults() -> Vec<Fault> {
    vec![
        words::invalid_signature(),
        words::link_already_used(),
        words::signature_expired(),
        words::email_already_registered(),
        words::user_not_found(),
    ]
}

/// Returns the faults of a new password that breaks the rules, or differs from its repetition.
fn new_password_faults(contract: &AccountsContract, is_repeated: bool) -> Vec<Fault> {
    let weak = contract.accounts.password_rules().into_iter().map(|weakness| Fault::field("password", weakness));
    let differs = is_repeated.then(|| Fault::field("password_confirm", words::PASSWORDS_DIFFER));
    weak.chain(differs).collect()
}
