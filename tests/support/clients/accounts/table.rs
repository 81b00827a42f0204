//! Every endpoint of the contract, and what a stranger may ask by it.

use serde_json::{Value, json};

use super::{NEW_PASSWORD, paths};
use crate::support::TestApp;
use crate::support::endpoints::{Endpoint, Question};

const WRONG_PASSWORD: &str = "Wrong-Lantern-9";

/// Every endpoint. Bodies are complete and well-formed; those with a link or a password are refused in the end.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint::open("POST", paths::REGISTER).taking(registration).free(&["first_name", "last_name"]),
    Endpoint::open("POST", paths::VERIFY_REGISTRATION).taking(|| forged("1", json!({}))),
    Endpoint::open("POST", paths::RESEND_VERIFICATION).taking(|| json!({ "email": "newcomer@mail.example" })),
    Endpoint::open("POST", paths::LOGIN).taking(|| credentials("ann", WRONG_PASSWORD)),
    Endpoint::guarded("POST", paths::LOGOUT).taking(|| json!({ "revoke_token": false })).optional(),
    Endpoint::guarded("GET", paths::SESSIONS),
    Endpoint::guarded("DELETE", paths::SESSIONS),
    Endpoint::guarded("DELETE", paths::ONE_SESSION),
    Endpoint::guarded("GET", paths::PROFILE),
    Endpoint::guarded("POST", paths::PROFILE).taking(profile).free(&["first_name", "last_name"]),
    Endpoint::guarded("PUT", paths::PROFILE).taking(profile).free(&["first_name", "last_name"]),
    Endpoint::guarded("PATCH", paths::PROFILE).taking(profile).free(&["first_name", "last_name"]).optional(),
    Endpoint::guarded("DELETE", paths::PROFILE).taking(|| json!({ "password": WRONG_PASSWORD })),
    Endpoint::guarded("POST", paths::CHANGE_PASSWORD).taking(
        || json!({ "old_password": WRONG_PASSWORD, "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD }),
    ),
    Endpoint::open("POST", paths::SEND_RESET_LINK).taking(|| json!({ "login": "nobody" })).free(&["login"]),
    Endpoint::open("POST", paths::RESET_PASSWORD).taking(|| forged("1", json!({ "password": NEW_PASSWORD }))),
    Endpoint::guarded("POST", paths::REGISTER_EMAIL).taking(|| json!({ "email": "newcomer@mail.example" })),
    Endpoint::guarded("DELETE", paths::REGISTER_EMAIL),
    Endpoint::open("POST", paths::CORRECT_EMAIL).taking(|| correction("ann", WRONG_PASSWORD)),
    Endpoint::open("POST", paths::VERIFY_EMAIL).taking(|| forged("1", json!({ "email": "newcomer@mail.example" }))),
    Endpoint::open("GET", paths::PROVIDERS),
    // To connect takes a login.
    Endpoint::open("POST", paths::START_PROVIDER_LOGIN)
        .taking(|| json!({ "redirect_uri": "https://elsewhere.example/", "connect": false }))
        .optional()
        .refusing_text_with(401),
    Endpoint::open("POST", paths::FINISH_PROVIDER_LOGIN).taking(|| json!({ "code": "abc", "state": "abc.def" })),
    Endpoint::guarded("GET", paths::PROVIDER_ACCOUNTS),
    Endpoint::guarded("DELETE", paths::ONE_PROVIDER_ACCOUNT),
];

/// The paths that are served only where logins are answered with JSON Web Tokens.
pub const PATHS_WITH_JWT: &[&str] = &[paths::REFRESH_TOKEN, paths::VERIFY_TOKEN];

/// What a stranger may ask about users.
pub const QUESTIONS: &[Question] = &[
    Question::Login { path: paths::LOGIN, body: credentials, refused_with: 400 },
    Question::Login { path: paths::CORRECT_EMAIL, body: correction, refused_with: 400 },
    Question::MailByName { path: paths::SEND_RESET_LINK, body: |login| json!({ "login": login }) },
    Question::MailByAddress { path: paths::RESEND_VERIFICATION, body: |email| json!({ "email": email }) },
    Question::Registration {
        path: paths::REGISTER,
        body: |username, email| {
            let mut body = TestApp::registration_of(username);
            body["email"] = json!(email);
            body
        },
    },
    Question::ForgedLink { path: paths::VERIFY_REGISTRATION, body: |id| forged(id, json!({})) },
    Question::ForgedLink { path: paths::RESET_PASSWORD, body: |id| forged(id, json!({ "password": NEW_PASSWORD })) },
    Question::ForgedLink { path: paths::VERIFY_EMAIL, body: |id| forged(id, json!({ "email": "new@mail.example" })) },
];

fn registration() -> Value {
    let mut body = TestApp::registration_of("newcomer");
    (body["first_name"], body["last_name"]) = (json!("New"), json!("Comer"));
    body
}

fn credentials(login: &str, password: &str) -> Value {
    json!({ "login": login, "password": password })
}

fn correction(login: &str, password: &str) -> Value {
    json!({ "login": login, "password": password, "email": "other@mail.example" })
}

fn profile() -> Value {
    json!({ "username": "ann", "first_name": "Ann", "last_name": "Lee" })
}

/// A link of this user that no signer has signed, with other members.
fn forged(user_id: &str, other: Value) -> Value {
    let mut body = json!({ "user_id": user_id, "timestamp": 1_700_000_000, "signature": "0".repeat(64) });
    let Value::Object(other) = other else { panic!("{other} is no object") };
    body.as_object_mut().expect("it is one").extend(other);
    body
}
