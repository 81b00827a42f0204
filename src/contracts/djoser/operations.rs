//! The operations of this contract as the description of the API has them.

use actix_web::http::StatusCode;

use super::current_password;
use super::record::describe_record;
use super::retype::Retype;
use super::state::DjoserContract;
use super::words;
use crate::accounts::TokenFault;
use crate::contracts::access_tokens::sentence;
use crate::contracts::declared_fields::{self, Extent};
use crate::contracts::token_pairs::BLACKLISTED;
use crate::contracts::user_values::Viewer;
use crate::contracts::words::{EMAIL_TAKEN, USERNAME_TAKEN, overtaken, permission_denied};
use crate::http::Fault;
use crate::http::endpoint::{FieldDescription, Login, Member, Operation, Shape};
use crate::http::faults::{Code, FieldFault};

const DONE: &str = "It is done.";

pub(super) fn show_root() -> Operation {
    let users = Member::new("users", Shape::Url).like("https://api.example.org/auth/users/");
    Operation::new("show_root", "Show where the list of users is").answers(
        StatusCode::OK,
        "The URL.",
        Shape::object([users]),
    )
}

pub(super) fn register(contract: &DjoserContract) -> Operation {
    let (accounts, options) = (&contract.accounts, &contract.options);
    let shape = describe_record(&options.create_fields, &contract.declared, Viewer::Owner);
    let differ = (options.register_retype == Retype::Asked).then(words::passwords_differ);
    Operation::new("register", "Register a user")
        .throttled()
        .repeatable()
        .answers(StatusCode::CREATED, "The new user.", shape)
        .refuses(contract.takes_username().then(|| Fault::field("username", USERNAME_TAKEN)))
        .refuses(accounts.tells_taken_emails().then(|| Fault::field("email", EMAIL_TAKEN)))
        .refuses(weak_passwords(contract, "password"))
        .refuses(differ)
        .refuses([declared_fields::too_large()])
        .refuses((!accounts.is_registration_open()).then(Fault::not_found))
}

pub(super) fn list_users(contract: &DjoserContract, page: Vec<FieldDescription>) -> Operation {
    let about = match contract.options.hides_users {
        true => "Staff members see all users, others themselves.",
        false => "All users. Of others, users see only the declared fields that are shown to them.",
    };
    Operation::new("list_users", "List users")
        .about(about)
        .querying(page)
        .throttled()
        .logging_in(Login::Required)
        .answers(StatusCode::OK, "The users, in the order in which they registered.", record(contract).listed())
}

pub(super) fn activate() -> Operation {
    let codes = [Code::InvalidSignature, Code::LinkAlreadyUsed, Code::SignatureExpired, Code::EmailTaken];
    Operation::new("activate", "Verify a new user, or a new address, by the link of the mail")
        .answers_nothing(StatusCode::NO_CONTENT, DONE)
        .refuses(codes.map(words::invalid_token))
        .refuses([words::invalid_uid(), words::stale_token(), overtaken()])
}

pub(super) fn resend_activation(contract: &DjoserContract) -> Operation {
    let off = Fault::empty(Code::NotFound, words::NO_ACTIVATION);
    mailing("resend_activation", "Mail another link to a new user", contract)
        .refuses((!contract.accounts.is_verification_on()).then_some(off))
}

pub(super) fn login() -> Operation {
    let codes = [Code::LoginInvalid, Code::EmailNotVerified];
    Operation::new("login", "Log in with a password")
        .throttled()
        .answers(StatusCode::OK, "Logged in.", Shape::object([Member::text("auth_token")]))
        .refuses(codes.map(words::login_invalid))
}

pub(super) fn logout() -> Operation {
    Operation::new("logout", "Log out").answers_nothing(StatusCode::NO_CONTENT, "The session of the request has ended.")
}

pub(super) fn create_jwt(contract: &DjoserContract) -> Operation {
    let jwt = contract.jwt.as_ref();
    let refused = |code| jwt.map(|jwt| jwt.refused(words::NO_ACTIVE_ACCOUNT, code));
    let pair = Shape::object([Member::text("refresh"), Member::text("access")]);
    Operation::new("create_jwt", "Log in with a password, for JSON Web Tokens")
        .throttled()
        .answers(StatusCode::OK, "Logged in.", pair)
        .refuses([Code::LoginInvalid, Code::EmailNotVerified].into_iter().filter_map(refused))
}

pub(super) fn refresh_jwt(contract: &DjoserContract) -> Operation {
    let pair = Shape::object([Member::text("refresh").optional(), Member::text("access")]);
    let invalid = contract
        .jwt
        .as_ref()
        .map(|jwt| jwt.refused("No active account found for the given token.", Code::LoginInvalid));
    Operation::new("refresh_jwt", "Exchange a refresh token for a new access token")
        .throttled()
        .answers(StatusCode::OK, "The new access token, and a new refresh token where those work once.", pair)
        .refuses(token_refused(contract))
        .refuses(invalid)
}

pub(super) fn verify_jwt(contract: &DjoserContract) -> Operation {
    Operation::new("verify_jwt", "Check a JSON Web Token")
        .answers(StatusCode::OK, "It is good.", Shape::object([]))
        .refuses(token_refused(contract))
        .refuses([Fault::non_field(FieldFault::told(Code::TokenNotValid, BLACKLISTED))])
}

pub(super) fn blacklist_jwt(contract: &DjoserContract) -> Operation {
    Operation::new("blacklist_jwt", "Log out by a refresh token")
        .throttled()
        .answers(StatusCode::OK, "The login has ended.", Shape::object([]))
        .refuses(token_refused(contract))
}

fn token_refused(contract: &DjoserContract) -> Option<Fault> {
    contract.jwt.as_ref().map(|jwt| jwt.token_refused(sentence(TokenFault::Invalid)))
}

pub(super) fn show_me(contract: &DjoserContract) -> Operation {
    Operation::new("show_me", "Show the logged-in user").answers(StatusCode::OK, "The user.", record(contract))
}

pub(super) fn change_me(contract: &DjoserContract, fields: Vec<FieldDescription>, extent: Extent) -> Operation {
    let id = if extent == Extent::Whole { "replace_me" } else { "change_me" };
    saving(id, contract, fields, extent)
}

pub(super) fn delete_me() -> Operation {
    deleting("delete_me")
}

pub(super) fn show_user(contract: &DjoserContract) -> Operation {
    Operation::new("show_user", "Show a user")
        .about(STAFF)
        .answers(StatusCode::OK, "The user.", record(contract))
        .refuses(of_others())
}

pub(super) fn change_user(contract: &DjoserContract, fields: Vec<FieldDescription>, extent: Extent) -> Operation {
    let id = if extent == Extent::Whole { "replace_user" } else { "change_user" };
    saving(id, contract, fields, extent).about(STAFF).refuses(of_others())
}

pub(super) fn delete_user() -> Operation {
    deleting("delete_user").about(STAFF).refuses(of_others())
}

const STAFF: &str = "Users may act on themselves, staff members on everyone.";

fn saving(id: &'static str, contract: &DjoserContract, mut fields: Vec<FieldDescription>, extent: Extent) -> Operation {
    if extent == Extent::Part {
        fields = fields.into_iter().map(FieldDescription::made_optional).collect();
    }
    Operation::new(id, "Change a user")
        .taking(fields)
        .throttled()
        .answers(StatusCode::OK, "The changed user. A new address is shown once it is proved.", record(contract))
        .refuses(contract.asks_password_with_email().then(current_password::wrong))
        .refuses([
            Fault::field("email", EMAIL_TAKEN),
            words::not_activated("email"),
            declared_fields::too_large(),
            overtaken(),
        ])
}

fn deleting(id: &'static str) -> Operation {
    Operation::new(id, "Delete a user")
        .taking(vec![current_password::field()])
        .throttled()
        .answers_nothing(StatusCode::NO_CONTENT, "The user is deleted.")
        .refuses([current_password::wrong()])
}

/// Returns the faults of users who ask for the record of others.
fn of_others() -> [Fault; 3] {
    [Fault::not_found(), words::no_such_user(), permission_denied()]
}

pub(super) fn set_password(contract: &DjoserContract) -> Operation {
    let is_asked = contract.accounts.is_old_password_asked();
    let differ = (contract.options.set_password_retype == Retype::Asked).then(words::passwords_differ);
    Operation::new("set_password", "Change the password")
        .throttled()
        .answers_nothing(StatusCode::NO_CONTENT, "It is changed, and all other sessions have ended.")
        .refuses(is_asked.then(current_password::wrong))
        .refuses(weak_passwords(contract, "new_password"))
        .refuses(differ)
        .refuses([overtaken()])
}

pub(super) fn send_reset_link(contract: &DjoserContract) -> Operation {
    mailing("reset_password", "Mail a link that sets a new password", contract)
}

pub(super) fn reset_password(contract: &DjoserContract) -> Operation {
    let codes = [Code::InvalidSignature, Code::LinkAlreadyUsed, Code::SignatureExpired, Code::EmailTaken];
    let differ = (contract.options.reset_password_retype == Retype::Asked).then(words::passwords_differ);
    Operation::new("reset_password_confirm", "Set a new password by the link of the mail")
        .throttled()
        .answers_nothing(StatusCode::NO_CONTENT, "It is set, and all sessions have ended.")
        .refuses(codes.map(words::invalid_token))
        .refuses([words::invalid_uid()])
        .refuses(weak_passwords(contract, "new_password"))
        .refuses(differ)
}

pub(super) fn set_name(contract: &DjoserContract) -> Operation {
    let naming = contract.options.naming;
    let differ = (contract.options.set_name_retype == Retype::Asked).then(|| words::names_differ(naming.field));
    let of_address = [words::not_activated(naming.new), overtaken()];
    let by_username = contract.options.log_in_by_username();
    let operation = match by_username {
        true => Operation::new("set_username", "Change the username"),
        false => Operation::new("set_email", "Ask for another address to log in by"),
    };
    operation
        .throttled()
        .answers_nothing(StatusCode::NO_CONTENT, DONE)
        .refuses([current_password::wrong(), taken_name(contract)])
        .refuses(differ)
        .refuses((!by_username).then_some(of_address).into_iter().flatten())
}

pub(super) fn send_name_link(contract: &DjoserContract) -> Operation {
    match contract.options.log_in_by_username() {
        true => mailing("reset_username", "Mail a link that sets another username", contract),
        false => mailing("reset_email", "Mail a link that sets another address", contract),
    }
}

pub(super) fn reset_name(contract: &DjoserContract) -> Operation {
    let naming = contract.options.naming;
    let differ = (contract.options.reset_name_retype == Retype::Asked).then(|| words::names_differ(naming.field));
    let operation = match contract.options.log_in_by_username() {
        true => Operation::new("reset_username_confirm", "Set another username by the link of the mail"),
        false => Operation::new("reset_email_confirm", "Set another address by the link of the mail"),
    };
    operation
        .throttled()
        .answers_nothing(StatusCode::NO_CONTENT, DONE)
        .refuses([Code::InvalidSignature, Code::SignatureExpired].map(words::invalid_token))
        .refuses([words::invalid_uid(), taken_name(contract)])
        .refuses(differ)
}

fn taken_name(contract: &DjoserContract) -> Fault {
    let fault = if contract.options.log_in_by_username() { USERNAME_TAKEN } else { EMAIL_TAKEN };
    Fault::field(contract.options.naming.new, fault)
}

/// Describes an operation that mails something to an address, and tells nothing about it where the settings say so.
fn mailing(id: &'static str, summary: &'static str, contract: &DjoserContract) -> Operation {
    Operation::new(id, summary)
        .throttled()
        .answers_nothing(StatusCode::NO_CONTENT, "A mail is sent, if there is a user whom it concerns.")
        .refuses(contract.options.shows_unknown_emails.then(words::email_not_found))
}

fn record(contract: &DjoserContract) -> Shape {
    describe_record(&contract.options.shown_fields, &contract.declared, Viewer::Other)
}

fn weak_passwords(contract: &DjoserContract, field: &'static str) -> Vec<Fault> {
    contract.accounts.password_rules().into_iter().map(|weakness| Fault::field(field, weakness)).collect()
}
