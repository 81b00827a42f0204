//! The operations of this contract as the description of the API has them.

use actix_web::http::StatusCode;

use super::edition::Edition;
use super::record::describe_record;
use super::state::{DjRestAuthContract, Logins, Methods};
use super::words;
use crate::contracts::declared_fields;
use crate::contracts::service_faults::provider_unavailable;
use crate::contracts::token_pairs::BLACKLISTED;
use crate::contracts::words::{USERNAME_TAKEN, overtaken};
use crate::http::Fault;
use crate::http::endpoint::{FieldDescription, FieldKind, Login, Member, Operation, Shape};
use crate::http::faults::{Code, FieldFault};

/// Returns the shape of the answer to a login.
fn logged_in(contract: &DjRestAuthContract) -> Shape {
    let user = Member::new("user", describe_record(contract));
    match &contract.logins {
        Logins::Token => Shape::object([Member::text("key")]),
        Logins::Single(_) => Shape::object([Member::text("token"), user]),
        Logins::Pair(jwt) => {
            let refresh = Member::text("refresh");
            let refresh = if jwt.hides_refresh_tokens { refresh.like("") } else { refresh };
            let expirations = ["access_expiration", "refresh_expiration"].map(|name| Member::new(name, Shape::Moment));
            let expirations = jwt.returns_expiration.then_some(expirations).into_iter().flatten();
            Shape::object([Member::text("access"), refresh, user].into_iter().chain(expirations))
        }
    }
}

pub(super) fn login(contract: &DjRestAuthContract) -> Operation {
    let about = match contract.methods {
        Methods::Username => "With `username` and `password`.",
        Methods::Email => "With `email` and `password`.",
        Methods::Both => "With `username` or `email`, and `password`.",
    };
    Operation::new("login", "Log in with a password")
        .about(about)
        .throttled()
        .answers(StatusCode::OK, "Logged in.", logged_in(contract))
        .refuses([words::login_invalid(), words::email_not_verified(), words::name_missing(contract.methods)])
}

pub(super) fn logout(contract: &DjRestAuthContract) -> Operation {
    let operation = Operation::new("logout", "Log out").logging_in(Login::Optional).answers_detail(words::LOGGED_OUT);
    match &contract.logins {
        Logins::Token => {
            let refuses = contract.edition.refuses_anonymous_logouts() && !contract.gives_cookies;
            operation.refuses(refuses.then(words::not_logged_in))
        }
        Logins::Single(_) => operation,
        Logins::Pair(jwt) => operation
            .about("Ends the logins of the access token, of the refresh token and of the cookies.")
            .throttled()
            .refuses([words::no_refresh_token(jwt.hides_refresh_tokens), words::refresh_token_refused(BLACKLISTED)]),
    }
}

pub(super) fn refresh_token(contract: &DjRestAuthContract) -> Operation {
    let answer = Shape::object([
        Member::text("access"),
        Member::text("refresh").optional(),
        Member::new("access_expiration", Shape::Moment),
        Member::new("refresh_expiration", Shape::Moment).optional(),
    ]);
    let jwt = contract.jwt().ok();
    let invalid = "No active account found for the given token.";
    Operation::new("refresh_token", "Exchange a refresh token for a new access token")
        .about("The refresh token comes in the body, or in its cookie.")
        .throttled()
        .answers(StatusCode::OK, "The new access token, and a new refresh token where those work once.", answer)
        .refuses(jwt.map(|jwt| jwt.shared.token_refused("No valid refresh token found.")))
        .refuses(jwt.map(|jwt| jwt.shared.refused(invalid, Code::LoginInvalid)))
}

pub(super) fn verify_token(contract: &DjRestAuthContract) -> Operation {
    Operation::new("verify_token", "Check a JSON Web Token")
        .answers(StatusCode::OK, "It is good.", Shape::object([]))
        .refuses(contract.jwt().ok().map(|jwt| jwt.shared.token_refused("Token is invalid")))
        .refuses([Fault::non_field(FieldFault::told(Code::TokenNotValid, BLACKLISTED))])
}

pub(super) fn show_user(contract: &DjRestAuthContract) -> Operation {
    Operation::new("show_user", "Show the logged-in user").answers(
        StatusCode::OK,
        "The user.",
        describe_record(contract),
    )
}

pub(super) fn replace_user(contract: &DjRestAuthContract) -> Operation {
    saving("replace_user", "Replace what users may change about themselves", contract)
}

pub(super) fn change_user(contract: &DjRestAuthContract, fields: Vec<FieldDescription>) -> Operation {
    let fields = fields.into_iter().map(FieldDescription::made_optional).collect();
    saving("change_user", "Change some of what users may change about themselves", contract).taking(fields)
}

fn saving(id: &'static str, summary: &'static str, contract: &DjRestAuthContract) -> Operation {
    Operation::new(id, summary)
        .answers(StatusCode::OK, "The changed user.", describe_record(contract))
        .refuses([Fault::field("username", USERNAME_TAKEN), declared_fields::too_large()])
}

pub(super) fn register(contract: &DjRestAuthContract) -> Operation {
    let (accounts, edition) = (&contract.accounts, contract.edition);
    let (about, answer) = match accounts.may_log_in_at_once() {
        true => ("The new user is logged in.", logged_in(contract)),
        false => ("The new user gets a mail with a link.", Shape::detail(words::VERIFICATION_SENT)),
    };
    let weak = accounts.password_rules().into_iter().map(|weakness| Fault::field("password1", weakness));
    Operation::new("register", "Register a user")
        .throttled()
        .repeatable()
        .answers(StatusCode::CREATED, about, answer)
        .refuses(accounts.have_usernames().then(|| Fault::field("username", USERNAME_TAKEN)))
        .refuses(accounts.tells_taken_emails().then(|| Fault::field("email", words::email_taken(edition))))
        .refuses(weak)
        .refuses(accounts.may_log_in_at_once().then(words::login_invalid))
        .refuses([words::passwords_differ(), declared_fields::too_large()])
}

pub(super) fn verify_email(contract: &DjRestAuthContract) -> Operation {
    let mut codes = vec![Code::InvalidSignature, Code::SignatureExpired, Code::EmailTaken, Code::LinkAlreadyUsed];
    codes.truncate(if contract.edition == Edition::DjRestAuth { 4 } else { 3 });
    Operation::new("verify_email", "Verify a new user, or a new address, by the link of the mail")
        .answers_detail(words::OK)
        .refuses(codes.into_iter().map(words::no_such_key))
        .refuses([overtaken()])
}

pub(super) fn resend_email() -> Operation {
    Operation::new("resend_email", "Mail another link to a new user")
        .about("The answer is the same whether or not an unverified user has the address.")
        .throttled()
        .answers_detail(words::OK)
}

pub(super) fn lead_to_confirmation() -> Operation {
    leading("lead_to_confirmation", "Lead to the page that verifies an address")
}

pub(super) fn lead_to_reset() -> Operation {
    leading("lead_to_reset", "Lead to the page that sets a new password")
}

fn leading(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(id, summary)
        .about("For mails that name this path. It changes nothing.")
        .answers_nothing(StatusCode::FOUND, "`Location` has the page of the frontend.")
        .refuses([Fault::not_found()])
}

pub(super) fn change_password(contract: &DjRestAuthContract) -> Operation {
    let wrong = || Fault::field("old_password", words::old_password_wrong(contract.edition));
    Operation::new("change_password", "Change the password")
        .about("All other sessions end, and the user gets a notice by mail.")
        .throttled()
        .answers_detail(words::PASSWORD_SAVED)
        .refuses(contract.accounts.is_old_password_asked().then(wrong))
        .refuses(new_password_faults(contract))
        .refuses([overtaken()])
}

pub(super) fn send_reset_link() -> Operation {
    Operation::new("reset_password", "Mail a link that sets a new password")
        .about("The answer is the same whether or not a user has the address.")
        .throttled()
        .answers_detail(words::RESET_SENT)
}

pub(super) fn reset_password(id: &'static str, contract: &DjRestAuthContract) -> Operation {
    let codes = [Code::InvalidSignature, Code::LinkAlreadyUsed, Code::SignatureExpired, Code::EmailTaken];
    Operation::new(id, "Set a new password by the link of the mail")
        .about("All sessions end.")
        .throttled()
        .answers_detail(words::PASSWORD_RESET)
        .refuses(codes.map(|code| words::invalid_value("token", code)))
        .refuses([words::invalid_value("uid", Code::InvalidSignature)])
        .refuses(new_password_faults(contract))
}

fn new_password_faults(contract: &DjRestAuthContract) -> impl Iterator<Item = Fault> {
    let weak = contract.accounts.password_rules().into_iter().map(FieldFault::from);
    weak.chain([words::NEW_PASSWORDS_DIFFER]).map(|fault| Fault::field("new_password2", fault))
}

pub(super) fn provider_login(provider: &str, contract: &DjRestAuthContract) -> Operation {
    Operation::new(format!("{provider}_login"), "Log in by an account at an identity provider")
        .about(PROOF)
        .taking(proof_fields())
        .throttled()
        .answers(StatusCode::OK, "Logged in.", logged_in(contract))
        .refuses(provider_faults(contract.edition))
}

pub(super) fn provider_connection(provider: &str, contract: &DjRestAuthContract) -> Operation {
    Operation::new(format!("connect_{provider}"), "Connect an account at an identity provider")
        .about(PROOF)
        .taking(proof_fields())
        .throttled()
        .answers(StatusCode::OK, "Connected, and logged in anew.", logged_in(contract))
        .refuses(provider_faults(contract.edition))
        .refuses([words::provider_account_taken(), words::too_many_provider_accounts()])
}

const PROOF: &str = "With `access_token` (and `id_token`, or `token_secret` of Twitter) or `code` (and `code_verifier`) of the provider.";

/// Returns all fields that are read; OPTIONS lists those of the package.
fn proof_fields() -> Vec<FieldDescription> {
    let names = [
        ("access_token", "Access token"),
        ("code", "Code"),
        ("id_token", "Id token"),
        ("token_secret", "Token secret"),
        ("code_verifier", "Code verifier"),
    ];
    names.map(|(name, label)| FieldDescription::optional(name, FieldKind::String, label)).to_vec()
}

fn provider_faults(edition: Edition) -> [Fault; 9] {
    [
        words::proof_missing(),
        words::proof_refused(),
        words::code_not_exchanged(),
        words::registration_closed(),
        words::provider_email_taken(edition),
        words::provider_email_missing(),
        words::email_not_verified(),
        words::login_invalid(),
        provider_unavailable(),
    ]
}

pub(super) fn list_provider_accounts() -> Operation {
    let account = Shape::object([
        Member::text("id"),
        Member::text("provider").like("google"),
        Member::text("uid").like("110169484474386276334"),
        Member::new("last_login", Shape::Moment),
        Member::new("date_joined", Shape::Moment),
    ]);
    Operation::new("list_social_accounts", "List the user's accounts at identity providers").throttled().answers(
        StatusCode::OK,
        "In the order in which they were connected.",
        account.listed(),
    )
}

pub(super) fn disconnect_provider() -> Operation {
    Operation::new("disconnect_social_account", "Disconnect an account at an identity provider")
        .throttled()
        .answers(StatusCode::OK, "Disconnected.", Shape::object([]))
        .refuses([Fault::not_found(), words::no_password()])
}
